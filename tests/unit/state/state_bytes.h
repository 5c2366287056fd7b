// State files as bytes in memory.
#pragma once

#include <algorithm>

#include "state/state_loader.h"
#include "unit/swarm/numbered.h"

namespace ot {

// Gives out bytes, at most so many at a time.
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

// Three blocks of one torrent each, with peers of both families, and the end.
inline std::vector<uint8_t> small_state_file() {
  std::vector<uint8_t> file;
  StateFramer framer(file);
  StateCounter counter;
  SwarmCopy swarms;
  framer.header(WallTime(std::chrono::hours(1)));
  for (uint32_t n = 0; n < 3; ++n) {
    swarms.clear();
    swarms.begin({numbered_hash(n), n, 3, 0, 0});
    for (uint32_t peer = 0; peer <= n; ++peer) swarms.add(numbered_peer<Peer4>(peer, true, 7));
    swarms.add(numbered_peer<Peer6>(n, false, 9));
    framer.begin_block();
    encode_swarms(swarms, file);
    framer.end_block(StateBlockKind::swarms, WallTime(std::chrono::hours(1)));
    counter.count(swarms);
  }
  framer.begin_block();
  encode_totals(counter.totals(), file);
  framer.end_block(StateBlockKind::end, WallTime(std::chrono::hours(1)));
  return file;
}

// Where each block of a good file begins.
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
