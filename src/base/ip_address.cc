#include "base/ip_address.h"

#include <arpa/inet.h>
#include <ip4.h>

#include <algorithm>

namespace ot {
namespace {

constexpr std::array<uint8_t, 12> kMappedPrefix{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};

// IPv6 addresses that contain an IPv4 address.
struct Embedding {
  std::array<uint8_t, 12> prefix;
  size_t prefix_size;
  size_t at;       // offset of the IPv4 address
  bool is_routed;  // if not, such an address is martian whatever it contains
};
constexpr std::array<Embedding, 4> kEmbeddings{{
    {{}, 12, 12, false},                                          // ::/96, IPv4-compatible
    {{0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 0, 0}, 12, 12, false},  // ::ffff:0:0:0/96 (RFC 2765)
    {{0, 0x64, 0xff, 0x9b}, 12, 12, true},                        // 64:ff9b::/96, NAT64 (RFC 6052)
    {{0x20, 0x02}, 2, 2, true},                                   // 2002::/16, 6to4 (RFC 3056)
}};

constexpr size_t kMaxText = INET6_ADDRSTRLEN - 1;  // "0000:…:255.255.255.255"

std::string_view format_v4(const uint8_t* bytes, AddressText& out) {
  return {out.data(), fmt_ip4(out.data(), reinterpret_cast<const char*>(bytes))};
}

std::optional<IpAddress> parse_v4(const char* text, size_t size) {
  std::array<uint8_t, 4> raw{};
  AddressText again{};
  if (scan_ip4(text, reinterpret_cast<char*>(raw.data())) != size) return std::nullopt;
  // scan_ip4 reads 256 as 0 and accepts leading zeros; only canonical text survives a round trip.
  if (format_v4(raw.data(), again) != std::string_view(text, size)) return std::nullopt;
  return IpAddress::v4(raw);
}

// By libc, because libowfat 0.32 prints 1:2:3:4:5:6:7:0 as "::" and accepts ":1::" and nine groups.
std::optional<IpAddress> parse_v6(const char* text) {
  std::array<uint8_t, 16> raw{};
  if (inet_pton(AF_INET6, text, raw.data()) != 1) return std::nullopt;
  return IpAddress::v6(raw);
}

std::string_view format_v6(const uint8_t* bytes, AddressText& out) {
  return inet_ntop(AF_INET6, bytes, out.data(), static_cast<socklen_t>(out.size()));
}

}  // namespace

IpAddress IpAddress::v4(std::span<const uint8_t, 4> bytes) {
  IpAddress address;
  std::ranges::copy(bytes, address.bytes_.begin());
  return address;
}

IpAddress IpAddress::v6(std::span<const uint8_t, 16> bytes) {
  if (std::ranges::equal(bytes.first<12>(), kMappedPrefix)) return v4(bytes.last<4>());
  IpAddress address;
  address.family_ = Family::v6;
  std::ranges::copy(bytes, address.bytes_.begin());
  return address;
}

std::optional<IpAddress> IpAddress::parse(std::string_view text) {
  if (text.empty() || text.size() > kMaxText) return std::nullopt;
  if (text.find('\0') != std::string_view::npos) return std::nullopt;
  std::array<char, kMaxText + 1> terminated{};
  std::ranges::copy(text, terminated.begin());
  if (text.find(':') == std::string_view::npos) return parse_v4(terminated.data(), text.size());
  return parse_v6(terminated.data());
}

std::string IpAddress::to_string() const {
  AddressText out{};
  return std::string(format(out));
}

std::string_view IpAddress::format(AddressText& out) const {
  return is_v4() ? format_v4(bytes_.data(), out) : format_v6(bytes_.data(), out);
}

bool IpAddress::is_unspecified() const {
  return std::ranges::all_of(bytes_, [](uint8_t byte) { return byte == 0; });
}

bool IpAddress::is_loopback() const {
  if (is_v4()) return bytes_[0] == 127;
  return bytes_[15] == 1 &&
         std::ranges::all_of(ByteView(bytes_).first(15), [](uint8_t byte) { return byte == 0; });
}

bool IpAddress::is_martian_v6() const {
  const bool is_multicast = bytes_[0] == 0xff;
  const bool is_link_local = bytes_[0] == 0xfe && (bytes_[1] & 0xc0U) == 0x80;
  if (is_multicast || is_link_local) return true;
  if (is_loopback()) return false;
  const ByteView bytes(bytes_);
  for (const Embedding& form : kEmbeddings) {
    const ByteView prefix = ByteView(form.prefix).first(form.prefix_size);
    if (!std::ranges::equal(bytes.first(form.prefix_size), prefix)) continue;
    const uint8_t first = bytes[form.at];
    return !form.is_routed || first == 127 || is_martian_v4(first, bytes[form.at + 1]);
  }
  return false;
}

std::optional<Endpoint> Endpoint::parse(std::string_view text, uint16_t default_port) {
  std::string_view host = text;
  std::string_view port;
  if (text.starts_with('[')) {
    const size_t close = text.find(']');
    if (close == std::string_view::npos) return std::nullopt;
    host = text.substr(1, close - 1);
    port = text.substr(close + 1);
    if (host.find(':') == std::string_view::npos) return std::nullopt;
  } else if (const size_t colon = text.find(':');
             colon != std::string_view::npos && colon == text.rfind(':')) {
    host = text.substr(0, colon);
    port = text.substr(colon);
  }
  const auto address = IpAddress::parse(host);
  if (!address) return std::nullopt;
  if (port.empty()) return Endpoint{*address, default_port};
  const auto number =
      port.starts_with(':') ? parse_decimal(port.substr(1), UINT16_MAX) : std::nullopt;
  if (!number || *number == 0) return std::nullopt;
  return Endpoint{*address, static_cast<uint16_t>(*number)};
}

std::string Endpoint::to_string() const {
  const std::string host = address.is_v4() ? address.to_string() : "[" + address.to_string() + "]";
  return host + ":" + std::to_string(port);
}

std::optional<Network> Network::parse(std::string_view text) {
  const size_t slash = text.find('/');
  const auto address = IpAddress::parse(text.substr(0, slash));
  if (!address) return std::nullopt;
  const auto width = static_cast<unsigned>(address->bytes().size() * 8);
  if (slash == std::string_view::npos) return Network(*address, width);
  // The prefix of a mapped network counts from the start of the IPv6 form: /104 is /8.
  const bool mapped = address->is_v4() && text.find(':') != std::string_view::npos;
  const unsigned hidden = mapped ? kMappedPrefix.size() * 8 : 0;
  const auto bits = parse_decimal(text.substr(slash + 1), hidden + width);
  if (!bits || *bits < hidden) return std::nullopt;
  return Network(*address, static_cast<unsigned>(*bits) - hidden);
}

bool Network::contains(const IpAddress& address) const {
  if (address.family() != address_.family()) return false;
  const ByteView mine = address_.bytes();
  const ByteView other = address.bytes();
  const size_t whole = bits_ / 8;
  if (!std::ranges::equal(mine.first(whole), other.first(whole))) return false;
  if (bits_ % 8 == 0) return true;
  return ((mine[whole] ^ other[whole]) >> (8U - bits_ % 8U)) == 0;
}

std::string Network::to_string() const {
  return address_.to_string() + "/" + std::to_string(bits_);
}

}  // namespace ot
