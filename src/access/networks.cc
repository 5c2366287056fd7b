#include "access/networks.h"

#include <algorithm>

namespace ot {
namespace {

constexpr uint32_t kNobody = UINT32_MAX;
constexpr Address6 kAllOnes6{UINT64_MAX, UINT64_MAX};

template <typename Number>
struct Range {
  Number first{};
  Number last{};
  uint32_t owner = kNobody;
};

uint32_t number4(const IpAddress& address) { return ByteReader(address.bytes()).read<uint32_t>(); }

Address6 number6(const IpAddress& address) {
  ByteReader reader(address.bytes());
  const auto high = reader.read<uint64_t>();
  return {high, reader.read<uint64_t>()};
}

// 64 bits: zeros for the first `bits`, ones for the rest.
uint64_t host_mask(unsigned bits) { return bits >= 64 ? 0 : UINT64_MAX >> bits; }

Range<uint32_t> range4(const Network& network, uint32_t owner) {
  const uint32_t number = number4(network.address());
  const auto hosts = static_cast<uint32_t>(host_mask(network.prefix_bits() + 32));
  return {number & ~hosts, number | hosts, owner};
}

Range<Address6> range6(const Network& network, uint32_t owner) {
  const Address6 number = number6(network.address());
  const unsigned bits = network.prefix_bits();
  const Address6 hosts{host_mask(bits), host_mask(bits < 64 ? 0 : bits - 64)};
  return {{number.high & ~hosts.high, number.low & ~hosts.low},
          {number.high | hosts.high, number.low | hosts.low},
          owner};
}

// The next number; nothing after the last.
std::optional<uint32_t> next_after(uint32_t number) {
  if (number == UINT32_MAX) return std::nullopt;
  return number + 1;
}

std::optional<Address6> next_after(const Address6& number) {
  if (number == kAllOnes6) return std::nullopt;
  return Address6{number.low == UINT64_MAX ? number.high + 1 : number.high, number.low + 1};
}

// Walks nested ranges in order of their start, with a stack of those that contain the current
// place.
template <typename Number>
class Flattener {
 public:
  AddressRanges<Number> flatten(std::vector<Range<Number>> ranges) {
    // An outer range comes before those inside it, and a later one ends up on top of its equals.
    std::stable_sort(ranges.begin(), ranges.end(), [](const auto& a, const auto& b) {
      return a.first != b.first ? a.first < b.first : a.last > b.last;
    });
    for (const Range<Number>& range : ranges) {
      while (!open_.empty() && open_.back().last < range.first) close_innermost();
      open_.push_back(range);
      begin(range.first, range.owner);
    }
    while (!open_.empty()) close_innermost();
    return std::move(out_);
  }

 private:
  void close_innermost() {
    const auto next = next_after(open_.back().last);
    open_.pop_back();
    if (next) begin(*next, open_.empty() ? kNobody : open_.back().owner);
  }

  void begin(const Number& start, uint32_t owner) {
    if (!out_.starts.empty() && out_.starts.back() == start) {
      out_.owners.back() = owner;
    } else {
      out_.starts.push_back(start);
      out_.owners.push_back(owner);
    }
  }

  std::vector<Range<Number>> open_;
  AddressRanges<Number> out_;
};

template <typename Number>
std::optional<uint32_t> owner_of(const AddressRanges<Number>& ranges, const Number& number) {
  const auto after = std::upper_bound(ranges.starts.begin(), ranges.starts.end(), number);
  if (after == ranges.starts.begin()) return std::nullopt;
  const auto place = static_cast<size_t>(after - ranges.starts.begin()) - 1;
  if (ranges.owners[place] == kNobody) return std::nullopt;
  return ranges.owners[place];
}

}  // namespace

bool has_host_bits(const Network& network) {
  return network.address().is_v4() ? range4(network, 0).first != number4(network.address())
                                   : range6(network, 0).first != number6(network.address());
}

NetworkIndex::NetworkIndex(std::span<const Network> networks) {
  assert(networks.size() < kNobody);
  std::vector<Range<uint32_t>> ranges4;
  std::vector<Range<Address6>> ranges6;
  for (uint32_t i = 0; i < networks.size(); ++i) {
    if (networks[i].address().is_v4()) {
      ranges4.push_back(range4(networks[i], i));
    } else {
      ranges6.push_back(range6(networks[i], i));
    }
  }
  v4_ = Flattener<uint32_t>().flatten(std::move(ranges4));
  v6_ = Flattener<Address6>().flatten(std::move(ranges6));
}

std::optional<uint32_t> NetworkIndex::find(const IpAddress& address) const {
  return address.is_v4() ? owner_of(v4_, number4(address)) : owner_of(v6_, number6(address));
}

}  // namespace ot
