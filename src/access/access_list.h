// An immutable set of info_hashes: a white or black list as it was read.
//
// A look-up should read one cache line, although lists hold millions of hashes that anybody may
// have chosen. The table therefore consists of lines of 64 bytes with room for three hashes, and a
// keyed hash gives each info_hash its home line. A hash whose home is full goes to the next line
// with room and sets one of 16 marks in every line it passes, so that a look-up nearly always knows
// whether to go on. The table is three quarters full: a hash takes 28 bytes, and a look-up reads
// 1.15 lines on average. Look-ups compare without branches, because a mispredicted branch would
// keep the processor from fetching the line of the next look-up. Large lists ask for huge pages,
// because a page walk costs as much as the line. Thread-safe: const after construction. Destroying
// a long list takes a millisecond or more; do it on the worker.
#pragma once

#include <array>
#include <cassert>
#include <cstddef>
#include <memory>
#include <span>

#include "base/prefetch.h"
#include "base/secret_hash.h"
#include "bittorrent/info_hash.h"

namespace ot {

class AccessList {
 public:
  // `hashes` may be in any order and contain duplicates. Throws std::bad_alloc, as containers do.
  AccessList(std::span<const InfoHash> hashes, const SecretHash& hash);
  // The empty list.
  AccessList();

  [[nodiscard]] bool contains(const InfoHash& info_hash) const {
    return contains(info_hash, hash_(info_hash.bytes));
  }
  // The same for a caller that has computed the list's SecretHash of the info_hash.
  [[nodiscard]] bool contains(const InfoHash& info_hash, uint64_t hash) const {
    if (size_ == 0) return false;
    assert(hash == hash_(info_hash.bytes));
    for (size_t at = home_of(hash);; at = next_line(at)) {
      const Line& line = lines_[at];
      const unsigned found = holds(line, info_hash);
      if ((found | (~line.marks & mark_of(hash))) != 0) return found != 0;
    }
  }
  // Fetches the line that contains() will read first; call it some time before.
  void prefetch(uint64_t hash) const {
    if (size_ != 0) prefetch_line(&lines_[home_of(hash)]);
  }

  // The number of distinct hashes.
  [[nodiscard]] size_t size() const { return size_; }
  // The memory of the table.
  [[nodiscard]] size_t bytes() const { return line_count_ * sizeof(Line); }

 private:
  static constexpr size_t kHashesPerLine = 3;

  struct alignas(64) Line {
    std::array<InfoHash, kHashesPerLine> hashes;
    uint16_t used;
    uint16_t marks;  // of hashes that passed this line when it was full
  };
  static_assert(sizeof(Line) == 64);

  struct Release {
    size_t alignment;
    void operator()(Line* lines) const;
  };
  using Lines = std::unique_ptr<Line[], Release>;

  [[nodiscard]] static Lines allocate(size_t count);

  [[nodiscard]] size_t home_of(uint64_t hash) const { return ((hash >> 32U) * line_count_) >> 32U; }
  [[nodiscard]] static unsigned mark_of(uint64_t hash) { return 1U << (hash & 15U); }
  [[nodiscard]] size_t next_line(size_t at) const { return at + 1 == line_count_ ? 0 : at + 1; }
  // Not 0 if the line holds the hash.
  [[nodiscard]] static unsigned holds(const Line& line, const InfoHash& info_hash) {
    unsigned found = 0;
    for (unsigned i = 0; i < kHashesPerLine; ++i)
      found |= static_cast<unsigned>(equal(line.hashes[i], info_hash)) << i;
    return found & ((1U << line.used) - 1);
  }
  [[nodiscard]] static bool equal(const InfoHash& a, const InfoHash& b);
  void insert(const InfoHash& info_hash);

  SecretHash hash_;
  size_t line_count_ = 0;
  size_t size_ = 0;
  Lines lines_{nullptr, Release{alignof(Line)}};
};

inline bool AccessList::equal(const InfoHash& a, const InfoHash& b) {
  struct Words {
    uint64_t first;
    uint64_t second;
    uint32_t third;
  } x{}, y{};
  const auto load = [](const InfoHash& from, Words& to) {
    std::memcpy(&to.first, from.bytes.data(), 8);
    std::memcpy(&to.second, from.bytes.data() + 8, 8);
    std::memcpy(&to.third, from.bytes.data() + 16, 4);
  };
  load(a, x);
  load(b, y);
  return ((x.first ^ y.first) | (x.second ^ y.second) | (x.third ^ y.third)) == 0;
}

}  // namespace ot
