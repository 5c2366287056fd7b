#include "stats/traffic.h"

#include <gtest/gtest.h>

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
    loop_.attach(traffic_);
    snapshot_.loops = loops_;
    snapshot_.traffic = &traffic_;
  }

  // Whether its switch is built in or not.
  std::string report(std::string_view name, StatsFormat format) {
    for (const StatsMode& mode : stats_modes()) {
      if (mode.name == name) return StatsQuestion{&mode, format}.print(snapshot_);
    }
    return "no such mode";
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

  TrafficLog traffic_;
  Statistics loop_;
  const Statistics without_;
  const std::array<const Statistics*, 2> loops_{&loop_, &without_};
  StatsSnapshot snapshot_;
};

TEST_F(StatsTrafficTest, BusyIsABlockForEachPrefixLength) {
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

TEST_F(StatsTrafficTest, WoodpeckersAnnounceAgainWithinTwentyMinutes) {
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

// With as many networks and numbers as there can be.
TEST_F(StatsTrafficTest, NoPageIsLargerThanThereIsRoomFor) {
  for (uint32_t i = 0; i < 200; ++i) {
    std::array<uint8_t, 16> bytes{};
    bytes.fill(0xfe);
    bytes[3] = static_cast<uint8_t>(i);
    for (const IpAddress& source :
         {IpAddress::v6(bytes), IpAddress::v4(std::span(bytes).first<4>())}) {
      traffic_.record_contact(source);
      traffic_.woodpeckers->add(source);
    }
  }
  for (uint32_t i = 0; i < NumwantHistogram::kExact; ++i) traffic_.numwants->add(i);
  for (const char* mode : {"busy", "woodpeckers", "numwants"}) {
    EXPECT_LE(text(mode).size(), kMaxTrafficPage) << mode;
    EXPECT_LE(json(mode).size(), kMaxTrafficPage) << mode;
  }
}

}  // namespace
}  // namespace ot
