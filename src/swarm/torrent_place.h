// Where a torrent stands in the table, and where a walk over the table goes on.
//
// The table is one sorted sequence: by shard, and within a shard by order. Slots move when an index
// grows or shrinks, orders never change; so a walk remembers an order and misses nothing.
#pragma once

#include <cstdint>

namespace ot {

// Chosen by the top 10 bits of the info_hash.
inline constexpr uint32_t kTableShards = 1024;

// Computed once per announce; stays valid as long as the table.
struct TorrentPlace {
  uint32_t shard;
  uint64_t hash;  // TorrentTable::hash() of the info_hash

  [[nodiscard]] uint32_t order() const { return static_cast<uint32_t>(hash >> 32U); }
};

// Where the next step of a walk goes on. Each walk has its own; {} is the beginning, and a walk is
// through when `shard` is 0 again.
struct SweepCursor {
  uint32_t shard = 0;
  uint32_t order = 0;
  // Torrents of this order that are done. One torrent in millions shares its order with another.
  uint32_t twins = 0;
  // Blocks of peers left to do in the next torrent of this order; 0: all of them.
  uint32_t blocks_left = 0;

  // Moves on to the lowest order that is still to come in this shard; 2^32 or more means the next
  // shard. An order that is not done yet keeps its twins and blocks.
  constexpr void go_on_at(uint64_t next_order) {
    if (next_order > UINT32_MAX) {
      *this = {(shard + 1) % kTableShards, 0, 0, 0};
    } else if (next_order != order) {
      *this = {shard, static_cast<uint32_t>(next_order), 0, 0};
    }
  }

  friend constexpr bool operator==(const SweepCursor&, const SweepCursor&) = default;
};

}  // namespace ot
