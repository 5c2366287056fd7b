#include "traffic/request_log.h"

#include <gtest/gtest.h>

namespace ot {
namespace {

Network network(std::string_view text) { return *Network::parse(text); }
Endpoint source(std::string_view text) { return *Endpoint::parse(text, 1234); }

class RequestLogTest : public testing::Test {
 protected:
  void record(std::string_view bytes, std::string_view from = "192.0.2.1",
              Transport transport = Transport::tcp) {
    log_.record(transport, source(from), as_bytes(bytes));
  }
  std::string kept(uint64_t number) { return std::string(as_text(log_.request(number).bytes)); }

  ManualClock clock_;
  RequestLog log_{clock_};
};

TEST_F(RequestLogTest, RecordsOnlyRequestsFromChosenNetworks) {
  record("GET /");
  EXPECT_EQ(log_.next(), 0U);
  ASSERT_TRUE(log_.choose(network("192.0.2.0/24")));
  record("GET /");
  record("GET /", "192.0.3.1");
  record("GET /", "2001:db8::1");
  EXPECT_EQ(log_.next(), 1U);
  ASSERT_TRUE(log_.choose(network("2001:db8::/32")));
  record("datagram", "[2001:db8::1]:5", Transport::udp);
  ASSERT_EQ(log_.next(), 2U);
  const LoggedRequest last = log_.request(1);
  EXPECT_EQ(last.source, source("[2001:db8::1]:5"));
  EXPECT_EQ(last.transport, Transport::udp);
  EXPECT_EQ(last.time, clock_.wall_time());
  EXPECT_EQ(last.size, 8U);
  EXPECT_EQ(kept(1), "datagram");
}

TEST_F(RequestLogTest, AcceptsUpTo32NetworksAndDuplicatesForFree) {
  for (size_t i = 0; i < RequestLog::kMaxNetworks; ++i) {
    const std::string text = "10.0." + std::to_string(i) + ".0/24";
    EXPECT_TRUE(log_.choose(network(text)));
    EXPECT_TRUE(log_.choose(network(text)));
  }
  EXPECT_EQ(log_.networks().size(), RequestLog::kMaxNetworks);
  EXPECT_FALSE(log_.choose(network("192.0.2.0/24")));
  EXPECT_TRUE(log_.choose(network("10.0.0.0/24"))) << "chosen already";
}

TEST_F(RequestLogTest, ResetForgetsEverythingButTheNumbering) {
  ASSERT_TRUE(log_.choose(network("192.0.2.0/24")));
  record("one");
  log_.reset();
  record("two");
  EXPECT_TRUE(log_.networks().empty());
  EXPECT_EQ(log_.first(), 1U);
  EXPECT_EQ(log_.next(), 1U);
  ASSERT_TRUE(log_.choose(network("192.0.2.0/24")));
  record("three");
  EXPECT_EQ(kept(1), "three");
}

TEST_F(RequestLogTest, KeepsTheBeginningOfALongRequest) {
  ASSERT_TRUE(log_.choose(network("192.0.2.0/24")));
  record(std::string(8000, 'x'));
  record("");
  EXPECT_EQ(log_.request(0).size, 8000U);
  EXPECT_EQ(kept(0), std::string(RequestLog::kMaxRequest, 'x'));
  EXPECT_EQ(kept(1), "");
}

// Whatever the sizes, each request that counts as kept is exactly what was recorded.
TEST_F(RequestLogTest, ForgetsTheOldestRequestsAndMixesNoneUp) {
  ASSERT_TRUE(log_.choose(network("192.0.2.0/24")));
  const auto text = [](uint64_t number) {
    return std::string(number * 7919 % 3000, static_cast<char>('a' + number % 26));
  };
  for (uint64_t number = 0; number < 5000; ++number) {
    record(text(number));
    ASSERT_LE(log_.first(), number);
    ASSERT_EQ(kept(number), text(number));
    ASSERT_EQ(kept(log_.first()), text(log_.first()));
  }
  size_t bytes = 0;
  for (uint64_t number = log_.first(); number < log_.next(); ++number) {
    ASSERT_EQ(kept(number), text(number));
    bytes += kept(number).size();
  }
  EXPECT_LE(bytes, RequestLog::kBytes);
  EXPECT_GE(bytes, RequestLog::kBytes - 3 * RequestLog::kMaxRequest);
}

TEST_F(RequestLogTest, KeepsAtMostKMaxRequests) {
  ASSERT_TRUE(log_.choose(network("192.0.2.0/24")));
  for (size_t i = 0; i < RequestLog::kMaxRequests + 10; ++i) record(std::to_string(i));
  EXPECT_EQ(log_.next() - log_.first(), RequestLog::kMaxRequests);
  EXPECT_EQ(kept(log_.first()), "10");
}

TEST(RequestText, ContainsNothingATerminalOrBrowserWouldInterpret) {
  std::string all;
  for (int byte = 0; byte < 256; ++byte) all += static_cast<char>(byte);
  LoggedRequest request{{}, Transport::tcp, {}, all.size(), as_bytes(all)};
  const std::string text = request_text(request);
  for (const char c : text) {
    EXPECT_TRUE(c >= ' ' && c <= '~') << static_cast<int>(c);
    EXPECT_EQ(std::string_view("<>\"'").find(c), std::string_view::npos);
  }
  EXPECT_LE(text.size(), 4 * all.size());
  request.bytes = as_bytes("GET /a?b=%20&c HTTP/1.1\r\nX: \"<\\\x9b\r\n");
  EXPECT_EQ(request_text(request),
            "GET /a?b=%20&c HTTP/1.1\\x0D\\x0AX: \\x22\\x3C\\x5C\\x9B\\x0D\\x0A");
  request.transport = Transport::udp;
  request.bytes = request.bytes.first(4);
  EXPECT_EQ(request_text(request), "47455420");
}

}  // namespace
}  // namespace ot
