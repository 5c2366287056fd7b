#include "stats/traffic.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "stats/modes.h"

namespace ot {
namespace {

class StatsTrafficTest : public testing::Test {
 protected:
  StatsTrafficTest() {
    Random random(1);
    traffic_.connections.emplace(random);
    traffic_.woodpeckers.emplace(random);
    traffic_.numwants.emplace();
    traffic_.requests.emplace(clock_);
    loop_.attach(traffic_);
    snapshot_.loops = loops_;
    snapshot_.traffic = &traffic_;
  }

  // Whatever is built in.
  std::string report(std::string_view name, StatsFormat format) {
    for (const StatsMode& mode : stats_modes()) {
      if (mode.name == name) return StatsQuestion{&mode, format}.print(snapshot_);
    }
    return "there is no such mode";
  }
  std::string text(std::string_view name) { return report(name, StatsFormat::text); }
  std::string json(std::string_view name) { return report(name, StatsFormat::json); }

  void announce(std::string_view source, PeerChange change, uint8_t minutes_silent,
                std::optional<uint32_t> numwant = std::nullopt) {
    AnnounceRequest request;
    request.peer = *Endpoint::parse(source, 1);
    request.numwant = numwant;
    AnnounceOutcome outcome;
    outcome.change = change;
    outcome.minutes_silent = minutes_silent;
    traffic_.record_announce(request, outcome);
  }

  ManualClock clock_;
  TrafficLog traffic_;
  Statistics loop_;
  const Statistics without_;
  const std::array<const Statistics*, 2> loops_{&loop_, &without_};
  StatsSnapshot snapshot_;
};

TEST_F(StatsTrafficTest, BusyIsABlockASize) {
  for (const char* source : {"192.0.2.1", "192.0.2.2", "192.0.3.1", "2001:db8::1"})
    traffic_.record_contact(*IpAddress::parse(source));
  EXPECT_EQ(text("busy"),
            "Networks, limit /24:\n00000002: 192.0.2.0\n00000001: 192.0.3.0\n\n"
            "Networks, limit /20:\n00000003: 192.0.0.0\n\n"
            "Networks, limit /16:\n00000003: 192.0.0.0\n\n"
            "Networks, limit /48:\n00000001: 2001:db8::\n\n"
            "Networks, limit /40:\n00000001: 2001:db8::\n\n"
            "Networks, limit /32:\n00000001: 2001:db8::\n\n");
  EXPECT_EQ(json("busy"),
            R"({"networks_24":[{"network":"192.0.2.0/24","connections":2,"overcount":0},)"
            R"({"network":"192.0.3.0/24","connections":1,"overcount":0}],)"
            R"("networks_20":[{"network":"192.0.0.0/20","connections":3,"overcount":0}],)"
            R"("networks_16":[{"network":"192.0.0.0/16","connections":3,"overcount":0}],)"
            R"("networks_48":[{"network":"2001:db8::/48","connections":1,"overcount":0}],)"
            R"("networks_40":[{"network":"2001:db8::/40","connections":1,"overcount":0}],)"
            R"("networks_32":[{"network":"2001:db8::/32","connections":1,"overcount":0}]})"
            "\n");
}

TEST_F(StatsTrafficTest, WoodpeckersAreThoseThatCameAgainInUnderTwentyMinutes) {
  announce("192.0.2.1", PeerChange::added, 0);
  announce("192.0.2.1", PeerChange::renewed, 20);
  announce("192.0.2.1", PeerChange::removed, 0);
  const std::string nobody =
      "Networks, limit /24:\n\nNetworks, limit /20:\n\nNetworks, limit /16:\n\n"
      "Networks, limit /48:\n\nNetworks, limit /40:\n\nNetworks, limit /32:\n\n";
  EXPECT_EQ(text("woodpeckers"), nobody);
  announce("192.0.2.1", PeerChange::renewed, 19);
  announce("192.0.2.9", PeerChange::renewed, 0);
  EXPECT_EQ(text("woodpeckers").substr(0, 41), "Networks, limit /24:\n00000002: 192.0.2.0\n");
  EXPECT_EQ(json("woodpeckers").substr(0, 76),
            R"({"networks_24":[{"network":"192.0.2.0/24","announces":2,"overcount":0}],"net)");
}

TEST_F(StatsTrafficTest, NumwantsAreALineForEachNumberThatWasAskedFor) {
  EXPECT_EQ(text("numwants"), "default 0\nmore 0\n");
  EXPECT_EQ(json("numwants"), "{\"default\":0,\"numwants\":[],\"more\":0}\n");
  for (const uint32_t numwant : {200U, 50U, 50U, 0U, 511U, 512U, UINT32_MAX})
    announce("192.0.2.1", PeerChange::added, 0, numwant);
  announce("192.0.2.1", PeerChange::added, 0);
  EXPECT_EQ(text("numwants"), "default 1\n0 1\n50 2\n200 1\n511 1\nmore 2\n");
  EXPECT_EQ(json("numwants"),
            R"({"default":1,"numwants":[{"numwant":0,"announces":1},{"numwant":50,"announces":2},)"
            R"({"numwant":200,"announces":1},{"numwant":511,"announces":1}],"more":2})"
            "\n");
}

TEST_F(StatsTrafficTest, FulllogIsItsNetworksAndALineARequest) {
  EXPECT_EQ(text("fulllog"), "networks:\noldest 0, next 0, recorded 0\n");
  EXPECT_EQ(json("fulllog"),
            "{\"networks\":[],\"oldest\":0,\"next\":0,\"recorded\":0,\"requests\":[]}\n");
  ASSERT_TRUE(traffic_.requests->choose(*Network::parse("192.0.2.0/24")));
  ASSERT_TRUE(traffic_.requests->choose(*Network::parse("2001:db8::/32")));
  traffic_.record_request(Transport::tcp, {*IpAddress::parse("192.0.2.7"), 0},
                          as_bytes("GET / HTTP/1.0\r\n\r\n"));
  clock_.advance(std::chrono::milliseconds(1500));
  traffic_.record_request(Transport::udp, *Endpoint::parse("[2001:db8::1]:5", 1), as_bytes("\t<"));
  EXPECT_EQ(text("fulllog"),
            "networks: 192.0.2.0/24 2001:db8::/32\noldest 0, next 2, recorded 2\n"
            "0 2019-12-20T01:00:00.000Z tcp 192.0.2.7 18 GET / HTTP/1.0\\x0D\\x0A\\x0D\\x0A\n"
            "1 2019-12-20T01:00:01.500Z udp [2001:db8::1]:5 2 093C\n");
  EXPECT_EQ(json("fulllog"),
            R"({"networks":["192.0.2.0/24","2001:db8::/32"],"oldest":0,"next":2,"recorded":2,)"
            R"("requests":[{"number":0,"time":"2019-12-20T01:00:00.000Z","transport":"tcp",)"
            R"("source":"192.0.2.7","size":18,)"
            R"("request":"GET / HTTP/1.0\\x0D\\x0A\\x0D\\x0A"},)"
            R"({"number":1,"time":"2019-12-20T01:00:01.500Z","transport":"udp",)"
            R"("source":"[2001:db8::1]:5","size":2,"request":"093C"}]})"
            "\n");
}

TEST_F(StatsTrafficTest, FulllogShowsTheNewestThatFitOrThoseFromANumberOn) {
  ASSERT_TRUE(traffic_.requests->choose(*Network::parse("0.0.0.0/0")));
  for (int i = 0; i < 300; ++i)
    traffic_.record_request(Transport::tcp, *Endpoint::parse("192.0.2.7", 1),
                            as_bytes("x" + std::string(99, '\0')));
  const std::string newest = text("fulllog");
  EXPECT_NE(newest.find("\noldest 0, next 300, recorded 300\n"), std::string::npos);
  EXPECT_NE(newest.find("\n299 "), std::string::npos);
  EXPECT_EQ(newest.find("\n0 "), std::string::npos);
  snapshot_.requests_from = 0;
  const std::string oldest = text("fulllog");
  EXPECT_NE(oldest.find("recorded 300\n0 "), std::string::npos);
  EXPECT_EQ(oldest.find("\n299 "), std::string::npos);
  EXPECT_EQ(std::count(oldest.begin(), oldest.end(), '\n'),
            std::count(newest.begin(), newest.end(), '\n'));
  snapshot_.requests_from = 298;
  EXPECT_NE(text("fulllog").find("recorded 300\n298 "), std::string::npos);
  snapshot_.requests_from = UINT64_MAX;
  EXPECT_EQ(text("fulllog"), "networks: 0.0.0.0/0\noldest 0, next 300, recorded 300\n");
}

// All that can grow has grown: no page may be larger than the room for a reply.
TEST_F(StatsTrafficTest, NoPageIsLargerThanThereIsRoomFor) {
  for (uint32_t i = 0; i < 200; ++i) {
    std::array<uint8_t, 16> bytes{};
    bytes.fill(0xfe);
    bytes[3] = static_cast<uint8_t>(i);
    traffic_.record_contact(IpAddress::v6(bytes));
    traffic_.record_contact(IpAddress::v4(std::span(bytes).first<4>()));
  }
  for (uint32_t i = 0; i < NumwantHistogram::kExact; ++i) traffic_.numwants->add(i);
  for (size_t i = 0; i < RequestLog::kMaxNetworks; ++i) {
    const std::string tail = std::to_string(1111 + i) + ":1111/128";
    ASSERT_TRUE(
        traffic_.requests->choose(*Network::parse("1111:1111:1111:1111:1111:1111:" + tail)));
  }
  for (const size_t size : {size_t{8000}, size_t{0}, size_t{1000}}) {
    for (int i = 0; i < 1000; ++i) {
      traffic_.record_request(Transport::tcp,
                              *Endpoint::parse("[1111:1111:1111:1111:1111:1111:1111:1111]", 65535),
                              ByteView(std::vector<uint8_t>(size, '<')));
    }
    for (const char* mode : {"busy", "woodpeckers", "numwants", "fulllog"}) {
      EXPECT_LE(text(mode).size(), kMaxTrafficPage) << mode;
      EXPECT_LE(json(mode).size(), kMaxTrafficPage) << mode;
    }
  }
}

}  // namespace
}  // namespace ot
