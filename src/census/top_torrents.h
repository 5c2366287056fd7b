// The torrents with the most of something, picked from a stream of all torrents in bounded memory.
//
// A heap of as many as are wanted, the last of them on top. Not thread-safe.
#pragma once

#include <algorithm>
#include <vector>

#include "census/findings.h"

namespace ot {

class TopTorrents {
 public:
  explicit TopTorrents(size_t wanted) : wanted_(wanted) { ranked_.reserve(wanted); }

  // A torrent with none of it does not count.
  void offer(uint64_t count, const InfoHash& info_hash) {
    const RankedTorrent torrent{count, info_hash};
    if (count == 0 || (is_full() && !precedes(torrent, ranked_.front()))) return;
    if (is_full()) {
      std::pop_heap(ranked_.begin(), ranked_.end(), precedes);
      ranked_.pop_back();
    }
    ranked_.push_back(torrent);
    std::push_heap(ranked_.begin(), ranked_.end(), precedes);
  }

  // The first of them first; nothing is left here.
  [[nodiscard]] std::vector<RankedTorrent> take() {
    std::sort_heap(ranked_.begin(), ranked_.end(), precedes);
    return std::move(ranked_);
  }

 private:
  [[nodiscard]] static bool precedes(const RankedTorrent& a, const RankedTorrent& b) {
    return a.count != b.count ? a.count > b.count : a.info_hash < b.info_hash;
  }
  [[nodiscard]] bool is_full() const { return ranked_.size() == wanted_; }

  const size_t wanted_;
  std::vector<RankedTorrent> ranked_;
};

}  // namespace ot
