// Which of many networks an address lies in, the longest prefix deciding.
//
// Prefixes nest and never cross, so they cut the addresses of a family into ranges with one owner
// each; a look-up is a binary search among the ranges' beginnings: a few nanoseconds for a handful,
// 17 steps for 100 000. Immutable after construction, and therefore thread-safe.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "base/ip_address.h"

namespace ot {

// An IPv6 address as a number.
struct Address6 {
  uint64_t high = 0;
  uint64_t low = 0;

  friend constexpr auto operator<=>(const Address6&, const Address6&) = default;
};

// The ranges of one family: from starts[i] up to the next start the owner is owners[i]. Nobody owns
// what lies before the first.
template <typename Number>
struct AddressRanges {
  std::vector<Number> starts;
  std::vector<uint32_t> owners;
};

class NetworkIndex {
 public:
  NetworkIndex() = default;
  explicit NetworkIndex(std::span<const Network> networks);

  // The place in the span of the longest network that holds the address, the last one of equals;
  // nothing if none does.
  [[nodiscard]] std::optional<uint32_t> find(const IpAddress& address) const;

 private:
  AddressRanges<uint32_t> v4_;
  AddressRanges<Address6> v6_;
};

// A set of networks.
class Networks {
 public:
  Networks() = default;
  explicit Networks(std::span<const Network> networks) : size_(networks.size()), index_(networks) {}

  [[nodiscard]] bool contains(const IpAddress& address) const {
    return size_ != 0 && index_.find(address).has_value();
  }
  // As given, repeated ones counted.
  [[nodiscard]] size_t size() const { return size_; }
  [[nodiscard]] bool empty() const { return size_ == 0; }

 private:
  size_t size_ = 0;
  NetworkIndex index_;
};

// A value a network.
template <typename T>
class NetworkMap {
 public:
  NetworkMap() = default;
  // As many values as networks.
  NetworkMap(std::span<const Network> networks, std::vector<T> values)
      : values_(std::move(values)), index_(networks) {}

  // The value of the longest network that holds the address; null if none does.
  [[nodiscard]] const T* find(const IpAddress& address) const {
    const auto place = index_.find(address);
    return place ? &values_[*place] : nullptr;
  }

 private:
  std::vector<T> values_;
  NetworkIndex index_;
};

}  // namespace ot
