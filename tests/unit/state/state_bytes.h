// State files as bytes in memory.
#pragma once

#include <algorithm>

#include "state/state_loader.h"
#include "unit/swarm/numbered.h"

namespace ot {

// Serves bytes in reads of at most `most`.
class BytesSource {
 public:
  explicit BytesSource(ByteView bytes, size_t most = SIZE_MAX) : rest_(bytes), most_(most) {}

  [[nodiscard]] auto read() {
    return [this](ByteSpan out) -> Result<size_t, SystemError> {
      const size_t size = std::min({out.size(), rest_.size(), most_});
      std::copy_n(rest_.begin(), size, out.begin());
      rest_ = rest_.subspan(size);
      return size;
    };
  }

 private:
  ByteView rest_;
  const size_t most_;
};

inline Result<WallTime, StateFault> read_bytes(ByteView bytes) {
  BytesSource source(bytes);
  return read_state(source.read(), [](const SwarmCopy&, WallTime) {});
}

// A file of three blocks with one torrent each, which has peers of both families: torrent n has
// n + 1 IPv4 peers seen 7 minutes before `written`, and one IPv6 peer seen 9 minutes before.
inline std::vector<uint8_t> small_state_file(WallTime written = WallTime(std::chrono::hours(1))) {
  std::vector<uint8_t> file;
  StateFramer framer(file);
  StateCounter counter;
  SwarmCopy swarms;
  framer.header(written);
  for (uint32_t n = 0; n < 3; ++n) {
    swarms.clear();
    swarms.begin({numbered_hash(n), n, 3, 0, 0});
    for (uint32_t peer = 0; peer <= n; ++peer) swarms.add(numbered_peer<Peer4>(peer, true, 7));
    swarms.add(numbered_peer<Peer6>(n, false, 9));
    framer.begin_block();
    encode_swarms(swarms, file);
    framer.end_block(StateBlockKind::swarms, written);
    counter.count(swarms);
  }
  framer.begin_block();
  encode_totals(counter.totals(), file);
  framer.end_block(StateBlockKind::end, written);
  return file;
}

// The offsets of the blocks of a good file.
inline std::vector<size_t> blocks_of(ByteView file) {
  std::vector<size_t> blocks;
  StateReader reader;
  BytesSource source(file);
  if (!reader.header(source.read())) return blocks;
  for (auto block = reader.next(source.read()); block; block = reader.next(source.read())) {
    blocks.push_back(block->payload_offset - kStateBlockHead);
    if (block->kind == StateBlockKind::end) break;
  }
  return blocks;
}

}  // namespace ot
