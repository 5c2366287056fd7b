#include "protocol/proxy_header.h"

#include <gtest/gtest.h>

#include <string>

#include "unit/support/guarded_bytes.h"

namespace ot {
namespace {

using Status = ProxyHeaderResult::Status;
using std::string_literals::operator""s;

ProxyHeaderResult parse(std::string_view input) { return parse_proxy_header(as_bytes(input)); }

// "192.0.2.1:4711", "nobody", "incomplete" or the fault.
std::string source_in(std::string_view input) {
  const ProxyHeaderResult result = parse(input);
  if (result.status == Status::incomplete) return "incomplete";
  if (result.status == Status::bad) return std::string(describe(result.reason));
  return result.header.source ? result.header.source->to_string() : "nobody";
}
void expect_bad(std::string_view input, BadProxyHeader reason) {
  EXPECT_EQ(source_in(input), describe(reason)) << input;
}

const std::string kText = "PROXY TCP4 192.0.2.1 198.51.100.1 4711 6969\r\n";
const std::string kSignature = "\r\n\r\n\0\r\nQUIT\n"s;

std::string big_endian(size_t value) {
  return {static_cast<char>(value >> 8U), static_cast<char>(value)};
}
// `second` is the byte with version and command; then come family, length and `rest`.
std::string binary(char second, char family, const std::string& rest) {
  return kSignature + second + family + big_endian(rest.size()) + rest;
}
std::string record(char type, const std::string& value) {
  return std::string(1, type) + big_endian(value.size()) + value;
}
const std::string kAddresses4 = "\xc0\x00\x02\x01\xc6\x33\x64\x01\x12\x67\x1b\x39"s;
const std::string kAddresses6 = "\x20\x01\x0d\xb8"s + std::string(11, '\0') + "\x01" +
                                std::string(16, '\x11') + "\x12\x67\x1b\x39";

TEST(ProxyText, NamesTheSource) {
  EXPECT_EQ(source_in(kText), "192.0.2.1:4711");
  EXPECT_EQ(source_in("PROXY TCP6 2001:db8::1 2001:db8::2 1 65535\r\n"), "[2001:db8::1]:1");
  EXPECT_EQ(source_in("PROXY TCP6 ::ffff:192.0.2.1 ::ffff:198.51.100.1 0 0\r\n"), "192.0.2.1:0");
  const std::string longest =
      "PROXY TCP6 ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff "
      "65535 65535\r\n";
  EXPECT_EQ(parse(longest).header.size, longest.size());
}

TEST(ProxyText, LeavesTheInputAfterIt) {
  EXPECT_EQ(parse(kText + "GET / HTTP/1.1\r\n\r\n").header.size, kText.size());
}

TEST(ProxyText, HasNoSourceForUnknown) {
  EXPECT_EQ(source_in("PROXY UNKNOWN\r\n"), "nobody");
  EXPECT_EQ(source_in("PROXY UNKNOWN ffff::1 x \x80\0 y\r\n"s), "nobody");
  const std::string longest = "PROXY UNKNOWN " + std::string(kMaxProxyText - 16, 'x') + "\r\n";
  ASSERT_EQ(longest.size(), kMaxProxyText);
  EXPECT_EQ(parse(longest).header.size, kMaxProxyText);
}

TEST(ProxyText, IsIncompleteForEveryPrefix) {
  for (size_t size = 0; size < kText.size(); ++size)
    EXPECT_EQ(source_in(kText.substr(0, size)), "incomplete") << size;
}

TEST(ProxyText, IsBoundedAt107Bytes) {
  const std::string line = "PROXY UNKNOWN " + std::string(kMaxProxyText - 15, 'x');
  EXPECT_EQ(source_in(line.substr(0, kMaxProxyText - 1)), "incomplete");
  expect_bad(line + "\r\n", BadProxyHeader::too_long);
  expect_bad(line.substr(0, kMaxProxyText - 1) + "\r\n", BadProxyHeader::too_long);
  expect_bad(line + std::string(5000, 'x'), BadProxyHeader::too_long);
}

TEST(ProxyText, IsReadStrictly) {
  for (const std::string_view rest :
       {"TCP4", "TCP4 ", "TCP4 192.0.2.1", "TCP4 192.0.2.1 198.51.100.1 1", "TCP4 a b 1 2",
        "TCP4 192.0.2.1 198.51.100.1 1 2 3", "TCP4 192.0.2.1 198.51.100.1 1 2 ",
        "TCP4  192.0.2.1 198.51.100.1 1 2", "TCP4 192.0.2.1 198.51.100.1 01 2",
        "TCP4 192.0.2.1 198.51.100.1 65536 2", "TCP4 192.0.2.1 198.51.100.1 -1 2",
        "TCP4 192.0.2.1 198.51.100.1 1 x", "TCP4 192.0.2.01 198.51.100.1 1 2",
        "TCP4 2001:db8::1 2001:db8::2 1 2", "TCP6 192.0.2.1 198.51.100.1 1 2",
        "TCP4 ::ffff:192.0.2.1 198.51.100.1 1 2", "TCP6 fe80::1%eth0 ::1 1 2",
        "TCP4 192.0.2.1 198.51.100.1 1 2\n", "TCP4 192.0.2.1\r 198.51.100.1 1 2"})
    expect_bad("PROXY " + std::string(rest) + "\r\n", BadProxyHeader::bad_text);
  for (const std::string_view rest :
       {"", "UDP4 192.0.2.1 198.51.100.1 1 2", "tcp4 1 2", "UNKNOWNS"})
    expect_bad("PROXY " + std::string(rest) + "\r\n", BadProxyHeader::bad_family);
}

TEST(ProxyHeader, IsRefusedAtItsFirstWrongByte) {
  for (const std::string_view input : {"G", "GET / HTTP/1.1\r\n\r\n", "PROXX", "PROXY\t",
                                       "proxy TCP4", "\r\nGET", "\r\n\r\n\r", "\x16\x03\x01", "\n"})
    expect_bad(input, BadProxyHeader::no_signature);
}

TEST(ProxyBinary, NamesTheSource) {
  EXPECT_EQ(source_in(binary('\x21', '\x11', kAddresses4)), "192.0.2.1:4711");
  EXPECT_EQ(source_in(binary('\x21', '\x21', kAddresses6)), "[2001:db8::1]:4711");
  const std::string mapped = std::string(10, '\0') + "\xff\xff\xc0\x00\x02\x01"s +
                             std::string(16, '\x11') + "\x00\x00\x00\x01"s;
  EXPECT_EQ(source_in(binary('\x21', '\x21', mapped)), "192.0.2.1:0");
}

TEST(ProxyBinary, LeavesTheInputAfterItAndIsIncompleteForEveryPrefix) {
  const std::string header = binary('\x21', '\x11', kAddresses4 + record('\x04', "abc"));
  EXPECT_EQ(parse(header + "GET /").header.size, header.size());
  for (size_t size = 0; size < header.size(); ++size)
    EXPECT_EQ(source_in(header.substr(0, size)), "incomplete") << size;
}

TEST(ProxyBinary, HasNoSourceIfTheProxySpeaksForItself) {
  EXPECT_EQ(source_in(binary('\x20', '\x00', "")), "nobody");
  EXPECT_EQ(source_in(binary('\x20', '\x11', kAddresses4)), "nobody");
  EXPECT_EQ(source_in(binary('\x20', '\x77', "\x01\xff")), "nobody") << "all of it is skipped";
  EXPECT_EQ(source_in(binary('\x21', '\x00', "junk")), "nobody");
  EXPECT_EQ(source_in(binary('\x21', '\x31', std::string(216, 'u'))), "nobody");
}

TEST(ProxyBinary, RefusesUnknownVersionsCommandsAndFamilies) {
  expect_bad(binary('\x11', '\x11', kAddresses4), BadProxyHeader::bad_version);
  expect_bad(binary('\x31', '\x11', kAddresses4), BadProxyHeader::bad_version);
  expect_bad(binary('\x22', '\x11', kAddresses4), BadProxyHeader::bad_command);
  for (const char family : {'\x01', '\x10', '\x12', '\x20', '\x22', '\x32', '\x41', '\xff'})
    expect_bad(binary('\x21', family, std::string(216, 'x')), BadProxyHeader::bad_family);
}

TEST(ProxyBinary, RefusesInconsistentLengths) {
  for (size_t size = 0; size < kAddresses4.size(); ++size)
    expect_bad(binary('\x21', '\x11', kAddresses4.substr(0, size)), BadProxyHeader::bad_length);
  expect_bad(binary('\x21', '\x21', std::string(35, 'x')), BadProxyHeader::bad_length);
  expect_bad(binary('\x21', '\x31', std::string(215, 'x')), BadProxyHeader::bad_length);
  const std::string records = record('\x01', "h2") + record('\x05', std::string(128, 'u'));
  for (size_t size = 0; size <= records.size(); ++size) {
    const bool whole = size == 0 || size == 5 || size == records.size();
    EXPECT_EQ(source_in(binary('\x21', '\x11', kAddresses4 + records.substr(0, size))),
              whole ? "192.0.2.1:4711" : describe(BadProxyHeader::bad_length))
        << size;
  }
}

TEST(ProxyBinary, IsBounded) {
  const size_t room = kMaxProxyHeader - 16 - kAddresses4.size() - 3;
  EXPECT_EQ(source_in(binary('\x21', '\x11', kAddresses4 + record('\x04', std::string(room, 0)))),
            "192.0.2.1:4711");
  const std::string longer =
      binary('\x21', '\x11', kAddresses4 + record('\x04', std::string(room + 1, 0)));
  expect_bad(longer, BadProxyHeader::too_long);
  expect_bad(longer.substr(0, 16), BadProxyHeader::too_long);
  EXPECT_EQ(source_in(longer.substr(0, 15)), "incomplete");
}

TEST(ProxyBinary, ChecksAChecksumIfThereIsOne) {
  // This checksum was computed bit by bit, independently of the table in the code.
  const auto crc32c = [](std::string_view bytes) {
    uint32_t crc = UINT32_MAX;
    for (const char c : bytes) {
      crc ^= static_cast<uint8_t>(c);
      for (int bit = 0; bit < 8; ++bit) crc = (crc >> 1U) ^ (0x82f63b78U & (0U - (crc & 1U)));
    }
    return ~crc;
  };
  ASSERT_EQ(crc32c("123456789"), 0xe3069283U) << "the check value of CRC-32C";
  const auto with_sum = [&](const std::string& sum) {
    return binary('\x21', '\x11', kAddresses4 + record('\x03', sum) + record('\x04', "pad"));
  };
  const uint32_t sum = crc32c(with_sum("\0\0\0\0"s));
  const std::string good = with_sum(big_endian(sum >> 16U) + big_endian(sum & 0xffffU));
  EXPECT_EQ(source_in(good), "192.0.2.1:4711");
  const size_t type = 16 + kAddresses4.size();
  for (size_t at = 16; at < good.size(); ++at) {
    if (at == type) continue;  // the record would not be a checksum
    std::string wrong = good;
    wrong[at] = static_cast<char>(wrong[at] ^ 0x40);
    EXPECT_NE(source_in(wrong), "192.0.2.1:4711") << at;
  }
  expect_bad(with_sum("\0\0\0\0"s), BadProxyHeader::bad_checksum);
  expect_bad(with_sum("\0\0\0"s), BadProxyHeader::bad_length);
}

TEST(ProxyHeader, IsNeverReadPastTheInput) {
  GuardedBytes guard(512);
  for (const std::string& whole :
       {kText, binary('\x21', '\x21', kAddresses6 + record('\x03', "abcd") + record('\x04', "")),
        binary('\x21', '\x31', std::string(216, 'x') + "\x01")}) {
    for (size_t size = 0; size <= whole.size(); ++size)
      static_cast<void>(
          parse_proxy_header(as_bytes(guard.place(std::string_view(whole).substr(0, size)))));
  }
}

}  // namespace
}  // namespace ot
