// The changes that FIFOs make to an access list, which is itself immutable: for each hash that was
// added or deleted, the last of its changes.
//
// 64 small maps, so that no rehash stops the loop for a millisecond; keyed, because others choose
// the hashes. A filter of 16 KiB spares most announces the search. At most kMaxHashes hashes; more
// are refused. One per loop, on its thread.
#pragma once

#include <array>
#include <cassert>
#include <cstdint>
#include <unordered_map>

#include "base/secret_hash.h"
#include "bittorrent/info_hash.h"

namespace ot {

class DynamicSet {
 public:
  enum class Change : uint8_t { none, added, deleted };

  static constexpr size_t kMaxHashes = size_t{1} << 20U;

  explicit DynamicSet(const SecretHash& hash, size_t max_hashes = kMaxHashes);

  // Notes a change, added or deleted, in place of an earlier one; false if the set is full.
  [[nodiscard]] bool note(const InfoHash& info_hash, Change change);
  [[nodiscard]] Change find(const InfoHash& info_hash) const {
    return find(info_hash, hash_(info_hash.bytes));
  }
  // `hash` must be the value of the set's SecretHash for the info_hash.
  [[nodiscard]] Change find(const InfoHash& info_hash, uint64_t hash) const {
    assert(hash == hash_(info_hash.bytes));
    if (size_ == 0) return Change::none;
    const bool may_be_here = (filter_[filter_word_of(hash)] & filter_bit_of(hash)) != 0;
    return may_be_here ? search(info_hash, hash) : Change::none;
  }
  [[nodiscard]] size_t size() const { return size_; }

  // Forgets the change of a hash; false if there is none.
  bool forget(const InfoHash& info_hash);
  // Makes the filter forget, too, what forget() has forgotten, unless so much is left that it would
  // hardly help. Takes a fraction of a millisecond.
  void tidy();
  // Calls visit(info_hash, change) for each hash.
  template <typename Visit>
  void for_each(Visit visit) const {
    for (const Map& map : maps_) {
      for (const auto& [info_hash, change] : map) visit(info_hash, change);
    }
  }

 private:
  struct Hasher {
    SecretHash hash;
    size_t operator()(const InfoHash& info_hash) const noexcept { return hash(info_hash.bytes); }
  };
  using Map = std::unordered_map<InfoHash, Change, Hasher>;
  static constexpr size_t kMaps = 64;
  static constexpr size_t kFilterBits = size_t{1} << 17U;
  // With more, the filter is nearly full whatever is forgotten.
  static constexpr size_t kWorthTidying = 4096;

  // These use different bits of the hash.
  [[nodiscard]] static size_t map_of(uint64_t hash) { return hash >> 58U; }
  [[nodiscard]] static size_t filter_word_of(uint64_t hash) {
    return (hash >> 32U) % (kFilterBits / 64);
  }
  [[nodiscard]] static uint64_t filter_bit_of(uint64_t hash) {
    return uint64_t{1} << ((hash >> 26U) & 63U);
  }
  [[nodiscard]] Change search(const InfoHash& info_hash, uint64_t hash) const;

  SecretHash hash_;
  size_t max_hashes_;
  size_t size_ = 0;
  std::array<Map, kMaps> maps_;
  std::array<uint64_t, kFilterBits / 64> filter_{};
};

}  // namespace ot
