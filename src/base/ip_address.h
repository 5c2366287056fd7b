// IPv4 and IPv6 addresses, endpoints and networks as values.
//
// An IPv4-mapped IPv6 address (::ffff:a.b.c.d) is turned into its IPv4 form on the way in, so that
// one peer has one name. IPv4 text goes through libowfat, whose scanners accept prefixes and
// overflowing numbers; the parser here demands a full match and a round trip. IPv6 text is libc's.
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
  // From network order bytes.
  [[nodiscard]] static IpAddress v4(std::span<const uint8_t, 4> bytes);
  [[nodiscard]] static IpAddress v6(std::span<const uint8_t, 16> bytes);

  // "192.0.2.1" or "2001:db8::1"; the whole text, no brackets, no scope, no leading zeros in IPv4.
  [[nodiscard]] static std::optional<IpAddress> parse(std::string_view text);

  [[nodiscard]] constexpr Family family() const { return family_; }
  [[nodiscard]] constexpr bool is_v4() const { return family_ == Family::v4; }
  // 4 or 16 bytes, network order.
  [[nodiscard]] constexpr ByteView bytes() const {
    return ByteView(bytes_).first(is_v4() ? size_t{4} : size_t{16});
  }
  [[nodiscard]] std::string to_string() const;
  // The same text without an allocation; the view lives in `out`.
  [[nodiscard]] std::string_view format(AddressText& out) const;

  [[nodiscard]] bool is_unspecified() const;
  [[nodiscard]] bool is_loopback() const;

  friend constexpr auto operator<=>(const IpAddress&, const IpAddress&) = default;

 private:
  Family family_ = Family::v4;
  std::array<uint8_t, 16> bytes_{};
};

// An address and a port in host order.
struct Endpoint {
  IpAddress address;
  uint16_t port = 0;

  // "a.b.c.d", "a.b.c.d:port", "v6", "[v6]" or "[v6]:port"; without a port, default_port. Port 0
  // and above 65535 are refused.
  [[nodiscard]] static std::optional<Endpoint> parse(std::string_view text, uint16_t default_port);
  // "a.b.c.d:port" or "[v6]:port"
  [[nodiscard]] std::string to_string() const;

  friend constexpr auto operator<=>(const Endpoint&, const Endpoint&) = default;
};

// A CIDR network, "192.0.2.0/24" or "2001:db8::/32"; a bare address is a network of one. Bits
// behind the prefix are kept for to_string() and do not matter otherwise. An IPv4-mapped network is
// its IPv4 form, "::ffff:10.0.0.0/104" is 10.0.0.0/8; one that reaches beyond the mapped addresses
// is refused.
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
