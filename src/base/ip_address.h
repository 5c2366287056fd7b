// IPv4 and IPv6 addresses, endpoints and networks as values.
//
// An IPv4-mapped IPv6 address (::ffff:a.b.c.d) becomes its IPv4 form on the way in, so that a peer
// has only one address. libowfat reads IPv4 text; because its scanner accepts prefixes and
// overflowing numbers, the parser here demands a full match and a round trip. libc reads and writes
// IPv6 text.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/bytes.h"

namespace ot {

enum class Family : uint8_t { v4, v6 };

// Room for any address as text.
using AddressText = std::array<char, 64>;

class IpAddress {
 public:
  // 0.0.0.0
  constexpr IpAddress() = default;
  // From bytes in network order.
  [[nodiscard]] static IpAddress v4(std::span<const uint8_t, 4> bytes);
  [[nodiscard]] static IpAddress v6(std::span<const uint8_t, 16> bytes);

  // All of `text` must be "192.0.2.1" or "2001:db8::1": no brackets, no scope, no leading zeros in
  // IPv4.
  [[nodiscard]] static std::optional<IpAddress> parse(std::string_view text);

  [[nodiscard]] constexpr Family family() const { return family_; }
  [[nodiscard]] constexpr bool is_v4() const { return family_ == Family::v4; }
  // 4 or 16 bytes in network order.
  [[nodiscard]] constexpr ByteView bytes() const {
    return ByteView(bytes_).first(is_v4() ? size_t{4} : size_t{16});
  }
  [[nodiscard]] std::string to_string() const;
  // The same text without an allocation; the view lives in `out`.
  [[nodiscard]] std::string_view format(AddressText& out) const;

  [[nodiscard]] bool is_unspecified() const;
  [[nodiscard]] bool is_loopback() const;
  // Whether no peer can have the address, so that it must never be stored or handed out:
  // link-local, multicast, broadcast, reserved (240.0.0.0/4), unspecified (0.0.0.0/8, ::), and the
  // IPv6 forms of such IPv4 addresses and of IPv4 loopback (6to4, NAT64; ::a.b.c.d and
  // ::ffff:0:a.b.c.d whatever is inside). Loopback itself depends on who names it: see is_martian()
  // below. Private, documentation and benchmark networks are not martian: trackers serve LANs. A
  // few instructions for IPv4, and for IPv6 in 2000::/3.
  [[nodiscard]] constexpr bool is_martian() const {
    if (is_v4()) return is_martian_v4(bytes_[0], bytes_[1]);
    const bool is_global = bytes_[0] >> 5U == 1 && !(bytes_[0] == 0x20 && bytes_[1] == 0x02);
    return !is_global && is_martian_v6();
  }

  friend constexpr auto operator<=>(const IpAddress&, const IpAddress&) = default;

 private:
  [[nodiscard]] static constexpr bool is_martian_v4(uint8_t first, uint8_t second) {
    return first == 0 || first >= 224 || (first == 169 && second == 254);
  }
  [[nodiscard]] bool is_martian_v6() const;

  Family family_ = Family::v4;
  std::array<uint8_t, 16> bytes_{};
};

// Whether no peer can have `address`, which somebody at `source` has named: if it is martian
// wherever it comes from, or if it is loopback and the source is not.
[[nodiscard]] inline bool is_martian(const IpAddress& address, const IpAddress& source) {
  return address.is_martian() || (address.is_loopback() && !source.is_loopback());
}

// An address and a port in host order.
struct Endpoint {
  IpAddress address;
  uint16_t port = 0;

  // "a.b.c.d", "a.b.c.d:port", "v6", "[v6]" or "[v6]:port"; default_port if there is no port. A
  // port must be 1 to 65535.
  [[nodiscard]] static std::optional<Endpoint> parse(std::string_view text, uint16_t default_port);
  // "a.b.c.d:port" or "[v6]:port"
  [[nodiscard]] std::string to_string() const;

  friend constexpr auto operator<=>(const Endpoint&, const Endpoint&) = default;
};

// A CIDR network, "192.0.2.0/24" or "2001:db8::/32"; a bare address is a network of one address.
// to_string() shows the bits after the prefix; otherwise they do not matter. An IPv4-mapped network
// becomes its IPv4 form: "::ffff:10.0.0.0/104" is 10.0.0.0/8. A prefix too short to contain only
// mapped addresses is refused.
class Network {
 public:
  [[nodiscard]] static std::optional<Network> parse(std::string_view text);

  [[nodiscard]] bool contains(const IpAddress& address) const;
  [[nodiscard]] std::string to_string() const;

  [[nodiscard]] const IpAddress& address() const { return address_; }
  [[nodiscard]] unsigned prefix_bits() const { return bits_; }

 private:
  Network(const IpAddress& address, unsigned bits) : address_(address), bits_(bits) {}

  IpAddress address_;
  unsigned bits_;
};

}  // namespace ot
