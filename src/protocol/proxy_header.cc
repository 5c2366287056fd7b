#include "protocol/proxy_header.h"

#include <algorithm>
#include <array>
#include <cassert>

#include "base/text.h"

namespace ot {
namespace {

using Status = ProxyHeaderResult::Status;

constexpr std::string_view kTextStart = "PROXY ";
constexpr std::string_view kBinaryStart("\r\n\r\n\0\r\nQUIT\n", 12);
constexpr size_t kFixedPart = 16;  // signature, version and command, family, length
constexpr uint8_t kChecksumRecord = 0x03;
constexpr size_t kChecksumSize = 4;
constexpr uint8_t kLocal = 0;
constexpr uint8_t kProxy = 1;
constexpr uint8_t kUnspecified = 0x00;

// The block of addresses for a family: both addresses, then both ports.
struct Layout {
  uint8_t family;
  size_t size;     // of the block
  size_t address;  // of one address; 0 for UNIX sockets
};
constexpr std::array<Layout, 3> kLayouts{{{0x11, 12, 4}, {0x21, 36, 16}, {0x31, 216, 0}}};

ProxyHeaderResult bad(BadProxyHeader reason) { return {Status::bad, reason, {}}; }
ProxyHeaderResult complete(std::optional<Endpoint> source, size_t size) {
  return {Status::complete, {}, {source, size}};
}

std::optional<uint16_t> parse_port(std::string_view text) {
  if (text.size() > 1 && text.starts_with('0')) return std::nullopt;
  const auto number = parse_decimal(text, UINT16_MAX);
  if (!number) return std::nullopt;
  return static_cast<uint16_t>(*number);
}

// "192.0.2.1" for TCP4, "2001:db8::1" for TCP6.
std::optional<IpAddress> parse_address(std::string_view protocol, std::string_view text) {
  const bool is_v6 = text.find(':') != std::string_view::npos;
  return is_v6 == (protocol == "TCP6") ? IpAddress::parse(text) : std::nullopt;
}

// `line` follows "PROXY " and comes without its end; `size` is that of the whole header.
ProxyHeaderResult parse_line(std::string_view line, size_t size) {
  const bool has_trailing_space = line.ends_with(' ');
  const std::string_view protocol = cut(line, ' ');
  if (protocol == "UNKNOWN") return complete(std::nullopt, size);
  if (protocol != "TCP4" && protocol != "TCP6") return bad(BadProxyHeader::bad_family);
  const auto source = parse_address(protocol, cut(line, ' '));
  const auto destination = parse_address(protocol, cut(line, ' '));
  const auto source_port = parse_port(cut(line, ' '));
  const auto destination_port = parse_port(cut(line, ' '));
  if (!source || !destination || !source_port || !destination_port || !line.empty() ||
      has_trailing_space)
    return bad(BadProxyHeader::bad_text);
  return complete(Endpoint{*source, *source_port}, size);
}

ProxyHeaderResult parse_text(std::string_view input) {
  const std::string_view text = input.substr(0, kMaxProxyText);
  const size_t end = text.find_first_of("\r\n");
  if (end == std::string_view::npos || text.substr(end) == "\r") {
    if (text.size() == kMaxProxyText) return bad(BadProxyHeader::too_long);
    return {};
  }
  if (text.substr(end, 2) != "\r\n") return bad(BadProxyHeader::bad_text);
  return parse_line(text.substr(kTextStart.size(), end - kTextStart.size()), end + 2);
}

constexpr std::array<uint32_t, 256> make_crc32c_table() {
  std::array<uint32_t, 256> table{};
  for (uint32_t byte = 0; byte < table.size(); ++byte) {
    uint32_t value = byte;
    for (int bit = 0; bit < 8; ++bit)
      value = (value & 1U) != 0 ? (value >> 1U) ^ 0x82f63b78U : value >> 1U;
    table[byte] = value;
  }
  return table;
}

uint32_t crc32c(uint32_t crc, ByteView bytes) {
  static constexpr std::array<uint32_t, 256> kTable = make_crc32c_table();
  for (const uint8_t byte : bytes) crc = kTable[(crc ^ byte) & 0xffU] ^ (crc >> 8U);
  return crc;
}

// The checksum covers the whole header with zeros in place of its own bytes, which `checksum`
// views.
bool has_checksum(ByteView header, ByteView checksum) {
  assert(checksum.size() == kChecksumSize);
  const auto at = static_cast<size_t>(checksum.data() - header.data());
  assert(at + kChecksumSize <= header.size());
  uint32_t crc = crc32c(UINT32_MAX, header.first(at));
  crc = crc32c(crc, std::array<uint8_t, kChecksumSize>{});
  crc = crc32c(crc, header.subspan(at + kChecksumSize));
  return ~crc == ByteReader(checksum).read<uint32_t>();
}

std::optional<BadProxyHeader> check_records(ByteView header, ByteView records) {
  ByteReader reader(records);
  while (!reader.rest().empty()) {
    const auto type = reader.read<uint8_t>();
    const ByteView value = reader.take(reader.read<uint16_t>());
    if (reader.failed()) return BadProxyHeader::bad_length;
    if (type != kChecksumRecord) continue;
    if (value.size() != kChecksumSize) return BadProxyHeader::bad_length;
    if (!has_checksum(header, value)) return BadProxyHeader::bad_checksum;
  }
  return std::nullopt;
}

std::optional<Endpoint> source_in(ByteView block, const Layout& layout) {
  if (layout.address == 0) return std::nullopt;
  ByteReader ports(block.subspan(2 * layout.address));
  const IpAddress address =
      layout.address == 4 ? IpAddress::v4(block.first<4>()) : IpAddress::v6(block.first<16>());
  return Endpoint{address, ports.read<uint16_t>()};
}

ProxyHeaderResult parse_addresses(ByteView header, uint8_t family) {
  if (family == kUnspecified) return complete(std::nullopt, header.size());
  const auto* layout = std::find_if(kLayouts.begin(), kLayouts.end(), [&](const Layout& candidate) {
    return candidate.family == family;
  });
  if (layout == kLayouts.end()) return bad(BadProxyHeader::bad_family);
  const ByteView block = header.subspan(kFixedPart);
  if (block.size() < layout->size) return bad(BadProxyHeader::bad_length);
  if (const auto problem = check_records(header, block.subspan(layout->size))) return bad(*problem);
  return complete(source_in(block, *layout), header.size());
}

ProxyHeaderResult parse_binary(ByteView input) {
  if (input.size() < kFixedPart) return {};
  ByteReader reader(input.subspan(kBinaryStart.size()));
  const auto version_and_command = reader.read<uint8_t>();
  const auto family = reader.read<uint8_t>();
  const size_t size = kFixedPart + reader.read<uint16_t>();
  const unsigned command = version_and_command & 15U;
  if (version_and_command >> 4U != 2) return bad(BadProxyHeader::bad_version);
  if (command != kLocal && command != kProxy) return bad(BadProxyHeader::bad_command);
  if (size > kMaxProxyHeader) return bad(BadProxyHeader::too_long);
  if (input.size() < size) return {};
  // The specification says to skip everything in a LOCAL header.
  if (command == kLocal) return complete(std::nullopt, size);
  return parse_addresses(input.first(size), family);
}

}  // namespace

std::string_view describe(BadProxyHeader reason) {
  switch (reason) {
    case BadProxyHeader::no_signature:
      return "no PROXY header";
    case BadProxyHeader::too_long:
      return "a PROXY header that is too long";
    case BadProxyHeader::bad_text:
      return "a malformed PROXY line";
    case BadProxyHeader::bad_version:
      return "a PROXY header of unknown version";
    case BadProxyHeader::bad_command:
      return "a PROXY header with an unknown command";
    case BadProxyHeader::bad_family:
      return "a PROXY header for something other than TCP over IPv4 or IPv6";
    case BadProxyHeader::bad_length:
      return "a PROXY header with inconsistent lengths";
    case BadProxyHeader::bad_checksum:
      return "a PROXY header with a wrong checksum";
  }
  return "";
}

ProxyHeaderResult parse_proxy_header(ByteView input) {
  const std::string_view text = as_text(input);
  const auto begins_like = [&](std::string_view start) {
    const size_t size = std::min(start.size(), text.size());
    return text.substr(0, size) == start.substr(0, size);
  };
  if (begins_like(kBinaryStart)) return parse_binary(input);
  if (begins_like(kTextStart))
    return text.size() < kTextStart.size() ? ProxyHeaderResult{} : parse_text(text);
  return bad(BadProxyHeader::no_signature);
}

}  // namespace ot
