#include "access/dynamic_set.h"

namespace ot {
namespace {

template <typename Map, size_t... I>
std::array<Map, sizeof...(I)> make_maps(const SecretHash& hash, std::index_sequence<I...>) {
  return {((void)I, Map(0, {hash}))...};
}

}  // namespace

DynamicSet::DynamicSet(const SecretHash& hash, size_t max_hashes)
    : hash_(hash),
      max_hashes_(max_hashes),
      maps_(make_maps<Map>(hash, std::make_index_sequence<kMaps>())) {}

bool DynamicSet::note(const InfoHash& info_hash, Change change) {
  assert(change != Change::none);
  const uint64_t hash = hash_(info_hash.bytes);
  Map& map = maps_[map_of(hash)];
  if (const auto known = map.find(info_hash); known != map.end()) {
    known->second = change;
    return true;
  }
  if (size_ == max_hashes_) return false;
  map.emplace(info_hash, change);
  filter_[filter_word_of(hash)] |= filter_bit_of(hash);
  ++size_;
  return true;
}

bool DynamicSet::forget(const InfoHash& info_hash) {
  if (maps_[map_of(hash_(info_hash.bytes))].erase(info_hash) == 0) return false;
  --size_;
  return true;
}

void DynamicSet::tidy() {
  if (size_ > kWorthTidying) return;
  filter_.fill(0);
  for_each([this](const InfoHash& info_hash, Change) {
    const uint64_t hash = hash_(info_hash.bytes);
    filter_[filter_word_of(hash)] |= filter_bit_of(hash);
  });
}

DynamicSet::Change DynamicSet::search(const InfoHash& info_hash, uint64_t hash) const {
  const Map& map = maps_[map_of(hash)];
  const auto known = map.find(info_hash);
  return known == map.end() ? Change::none : known->second;
}

}  // namespace ot
