#include "stats/fulllog.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "stats/modes.h"
#include "stats/traffic.h"

namespace ot {
namespace {

class StatsFulllogTest : public testing::Test {
 protected:
  StatsFulllogTest() {
    traffic_.requests.emplace(clock_);
    snapshot_.traffic = &traffic_;
  }

  RequestLog& log() { return *traffic_.requests; }
  // Whether its switch is built in or not.
  std::string report(StatsFormat format) {
    for (const StatsMode& mode : stats_modes()) {
      if (mode.name == "fulllog") return StatsQuestion{&mode, format}.print(snapshot_);
    }
    return "no such mode";
  }
  std::string text() { return report(StatsFormat::text); }
  std::string json() { return report(StatsFormat::json); }

  ManualClock clock_;
  TrafficLog traffic_;
  StatsSnapshot snapshot_;
};

TEST_F(StatsFulllogTest, IsEmptyWithoutALog) {
  traffic_.requests.reset();
  EXPECT_EQ(text(), "\n");
  EXPECT_EQ(json(), "{}\n");
}

TEST_F(StatsFulllogTest, IsTheNetworksAndALineForEachRequest) {
  EXPECT_EQ(text(), "networks:\noldest 0, next 0, recorded 0\n");
  EXPECT_EQ(json(), "{\"networks\":[],\"oldest\":0,\"next\":0,\"recorded\":0,\"requests\":[]}\n");
  ASSERT_TRUE(log().choose(*Network::parse("192.0.2.0/24")));
  ASSERT_TRUE(log().choose(*Network::parse("2001:db8::/32")));
  traffic_.record_request(Transport::tcp, {*IpAddress::parse("192.0.2.7"), 0},
                          as_bytes("GET / HTTP/1.0\r\n\r\n"));
  clock_.advance(std::chrono::milliseconds(1500));
  traffic_.record_request(Transport::udp, *Endpoint::parse("[2001:db8::1]:5", 1), as_bytes("\t<"));
  EXPECT_EQ(text(),
            "networks: 192.0.2.0/24 2001:db8::/32\noldest 0, next 2, recorded 2\n"
            "0 2019-12-20T01:00:00.000Z tcp 192.0.2.7 18 GET / HTTP/1.0\\x0D\\x0A\\x0D\\x0A\n"
            "1 2019-12-20T01:00:01.500Z udp [2001:db8::1]:5 2 093C\n");
  EXPECT_EQ(json(),
            R"({"networks":["192.0.2.0/24","2001:db8::/32"],"oldest":0,"next":2,"recorded":2,)"
            R"("requests":[{"number":0,"time":"2019-12-20T01:00:00.000Z","transport":"tcp",)"
            R"("source":"192.0.2.7","size":18,)"
            R"("request":"GET / HTTP/1.0\\x0D\\x0A\\x0D\\x0A"},)"
            R"({"number":1,"time":"2019-12-20T01:00:01.500Z","transport":"udp",)"
            R"("source":"[2001:db8::1]:5","size":2,"request":"093C"}]})"
            "\n");
}

TEST_F(StatsFulllogTest, ShowsTheNewestThatFitOrThoseFromANumberOn) {
  ASSERT_TRUE(log().choose(*Network::parse("0.0.0.0/0")));
  for (int i = 0; i < 300; ++i)
    traffic_.record_request(Transport::tcp, *Endpoint::parse("192.0.2.7", 1),
                            as_bytes("x" + std::string(99, '\0')));
  const std::string newest = text();
  EXPECT_NE(newest.find("\noldest 0, next 300, recorded 300\n"), std::string::npos);
  EXPECT_NE(newest.find("\n299 "), std::string::npos);
  EXPECT_EQ(newest.find("\n0 "), std::string::npos);
  snapshot_.requests_from = 0;
  const std::string oldest = text();
  EXPECT_NE(oldest.find("recorded 300\n0 "), std::string::npos);
  EXPECT_EQ(oldest.find("\n299 "), std::string::npos);
  EXPECT_EQ(std::count(oldest.begin(), oldest.end(), '\n'),
            std::count(newest.begin(), newest.end(), '\n'));
  snapshot_.requests_from = 298;
  EXPECT_NE(text().find("recorded 300\n298 "), std::string::npos);
  snapshot_.requests_from = UINT64_MAX;
  EXPECT_EQ(text(), "networks: 0.0.0.0/0\noldest 0, next 300, recorded 300\n");
}

// With as many networks and requests as there can be, as long as they can be.
TEST_F(StatsFulllogTest, IsNotLargerThanThereIsRoomFor) {
  for (size_t i = 0; i < RequestLog::kMaxNetworks; ++i) {
    const std::string tail = std::to_string(1111 + i) + ":1111/128";
    ASSERT_TRUE(log().choose(*Network::parse("1111:1111:1111:1111:1111:1111:" + tail)));
  }
  const Endpoint source = *Endpoint::parse("[1111:1111:1111:1111:1111:1111:1111:1111]", 65535);
  for (const size_t size : {size_t{8000}, size_t{0}, size_t{1000}}) {
    const std::vector<uint8_t> request(size, '<');
    for (int i = 0; i < 1000; ++i) traffic_.record_request(Transport::tcp, source, request);
    EXPECT_LE(text().size(), kMaxTrafficPage) << size;
    EXPECT_LE(json().size(), kMaxTrafficPage) << size;
  }
}

}  // namespace
}  // namespace ot
