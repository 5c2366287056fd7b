#include "frontend/proxy_introduction.h"

#include <gtest/gtest.h>

#include <array>
#include <string>

#include "unit/support/collected_log.h"

namespace ot {
namespace {

using Status = Introduction::Status;
using std::string_literals::operator""s;

const Endpoint kProxy = Endpoint::parse("10.0.0.1:4711", 0).value();
const std::string kText = "PROXY TCP4 192.0.2.1 198.51.100.1 4711 6969\r\n";
const std::string kSignature = "\r\n\r\n\0\r\nQUIT\n"s;
const std::string kLocal = kSignature + "\x20\x00\x00\x00"s;
const std::string kBinary =
    kSignature + "\x21\x11\x00\x0c"s + "\xc0\x00\x02\x02\xc6\x33\x64\x01\x12\x67\x1b\x39"s;

class ProxyIntroductionTest : public testing::Test {
 protected:
  Introduction hear(std::string_view input) {
    return introduction_.on_introduction(kProxy, as_bytes(input));
  }

  const ReloadedNetworks proxies_{
      Networks(std::array{*Network::parse("10.0.0.0/24"), *Network::parse("fd00::/64")})};
  CollectedLog log_;
  ProxyIntroduction introduction_{proxies_, log_};
};

TEST_F(ProxyIntroductionTest, TrustsConfiguredProxiesOfBothFamiliesOnly) {
  EXPECT_TRUE(introduction_.trusts(kProxy));
  EXPECT_TRUE(introduction_.trusts(Endpoint::parse("[fd00::7]:1", 0).value()));
  EXPECT_EQ(log_.text(), "");
  EXPECT_FALSE(introduction_.trusts(Endpoint::parse("10.0.1.1:1", 0).value()));
  EXPECT_FALSE(introduction_.trusts(Endpoint::parse("[fd00:0:0:1::7]:1", 0).value()));
  ASSERT_EQ(log_.lines().size(), 2U);
  EXPECT_EQ(log_.lines()[0], "listen.tcp.proxy: closed a connection from outside access.proxy");
}

TEST_F(ProxyIntroductionTest, NamesTheClientAndTheBytesItTook) {
  for (const std::string& header : {kText, kBinary}) {
    const Introduction said = hear(header + "GET / HTTP/1.1\r\n");
    EXPECT_EQ(said.status, Status::complete);
    EXPECT_EQ(said.consumed, header.size());
    ASSERT_TRUE(said.client);
    EXPECT_EQ(said.client->to_string(), header == kText ? "192.0.2.1:4711" : "192.0.2.2:4711");
  }
}

TEST_F(ProxyIntroductionTest, NamesNobodyForAProxyThatSpeaksForItself) {
  for (const std::string& header : {"PROXY UNKNOWN\r\n"s, kLocal}) {
    const Introduction said = hear(header + "GET");
    EXPECT_EQ(said.status, Status::complete);
    EXPECT_EQ(said.consumed, header.size());
    EXPECT_EQ(said.client, std::nullopt);
  }
}

TEST_F(ProxyIntroductionTest, AsksForMoreUntilTheHeaderIsComplete) {
  for (const std::string& header : {kText, kBinary}) {
    for (size_t size = 0; size < header.size(); ++size)
      EXPECT_EQ(hear(header.substr(0, size)).status, Status::need_more) << size;
  }
  EXPECT_EQ(log_.text(), "");
}

TEST_F(ProxyIntroductionTest, RefusesAnythingElseAndLogsTheReasonWithoutTheAddress) {
  for (const std::string& input : {"GET / HTTP/1.1\r\n\r\n"s, "\x16\x03\x01"s,
                                   "PROXY TCP4 192.0.2.1\r\n"s, kSignature + "\x31\x11\x00\x0c"s})
    EXPECT_EQ(hear(input).status, Status::refused) << input;
  ASSERT_EQ(log_.lines().size(), 4U);
  EXPECT_EQ(log_.lines()[0],
            "listen.tcp.proxy: closed a connection of a proxy that sent no PROXY header");
  EXPECT_EQ(log_.text().find("192.0.2.1"), std::string::npos);
  EXPECT_EQ(log_.text().find("10.0.0.1"), std::string::npos);
}

}  // namespace
}  // namespace ot
