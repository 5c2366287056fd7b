#include "frontend/permissions.h"

#include <gtest/gtest.h>

#include <array>

namespace ot {
namespace {

Networks networks(std::string_view one) { return Networks(std::array{*Network::parse(one)}); }

ClientAddress at(std::string_view text) {
  const IpAddress address = *IpAddress::parse(text);
  return {address, address, std::nullopt};
}

struct Seen {
  bool counters;
  bool names;
  bool full_scrape;

  friend bool operator==(const Seen&, const Seen&) = default;
};

Seen seen(const PermissionRules& rules, const ClientAddress& client, std::string_view fields = "") {
  return {may_see(rules, Sight::counters, client, fields),
          may_see(rules, Sight::names, client, fields),
          may_see(rules, Sight::full_scrape, client, fields)};
}

// The rules of a build with the default switches.
PermissionRules open_rules() { return {{}, {}, {}, false}; }

constexpr Seen kAll{true, true, true};
constexpr Seen kNoStatistics{false, false, true};
constexpr Seen kCounters{true, false, true};

TEST(Permissions, WithoutRulesCountersAreForAllAndNamesForThisMachine) {
  EXPECT_EQ(seen(open_rules(), at("192.0.2.1")), kCounters);
  EXPECT_EQ(seen(open_rules(), at("2001:db8::1")), kCounters);
  EXPECT_EQ(seen(open_rules(), at("127.0.0.1")), kAll);
  EXPECT_EQ(seen(open_rules(), at("127.9.9.9")), kAll);
  EXPECT_EQ(seen(open_rules(), at("::1")), kAll);
}

TEST(Permissions, ALoopbackAddressBehindAProxyIsNotThisMachine) {
  for (const char* field : {"X-Forwarded-For: 192.0.2.1\r\n", "Forwarded: for=192.0.2.1\r\n",
                            "X-Real-IP: 192.0.2.1\r\n", "CF-Connecting-IP: 192.0.2.1\r\n",
                            "Via: 1.1 nginx\r\n", "host: a\r\nvia: x\r\n"})
    EXPECT_EQ(seen(open_rules(), at("127.0.0.1"), field), kCounters) << field;
  EXPECT_EQ(seen(open_rules(), at("127.0.0.1"), "Host: tracker\r\n"), kAll);
}

TEST(Permissions, AStatisticsNetworkSeesThemAllAndOthersNone) {
  PermissionRules rules = open_rules();
  rules.stats = networks("192.0.2.0/24");
  EXPECT_EQ(seen(rules, at("192.0.2.200")), kAll);
  EXPECT_EQ(seen(rules, at("192.0.3.1")), kNoStatistics);
  EXPECT_EQ(seen(rules, at("127.0.0.1")), kNoStatistics);
}

TEST(Permissions, TheBlessedSeeEverything) {
  PermissionRules rules = open_rules();
  rules.bless = networks("198.51.100.1");
  EXPECT_EQ(seen(rules, at("198.51.100.1")), kAll);
  EXPECT_EQ(seen(rules, at("198.51.100.2")), kCounters);
  rules.stats = networks("192.0.2.0/24");
  rules.fullscrape = networks("192.0.2.0/24");
  EXPECT_EQ(seen(rules, at("198.51.100.1")), kAll);
}

TEST(Permissions, AFullScrapeNetworkShutsFullScrapesForOthersAndNothingElse) {
  PermissionRules rules = open_rules();
  rules.fullscrape = networks("192.0.2.0/24");
  EXPECT_EQ(seen(rules, at("192.0.2.1")), kCounters);
  EXPECT_EQ(seen(rules, at("192.0.3.1")), (Seen{true, false, false}));
}

TEST(Permissions, ABuildThatNamesTheSwitchShowsNoStatisticsUntilANetworkIsNamed) {
  PermissionRules rules = open_rules();
  rules.stats_shut = true;
  EXPECT_EQ(seen(rules, at("127.0.0.1")), kNoStatistics);
  rules.bless = networks("127.0.0.1");
  EXPECT_EQ(seen(rules, at("127.0.0.1")), kAll);
  EXPECT_EQ(seen(rules, at("192.0.2.1")), kNoStatistics);
  rules.stats = networks("192.0.2.1");
  EXPECT_EQ(seen(rules, at("192.0.2.1")), kAll);
}

TEST(Permissions, AnUncertainAddressHasNoRights) {
  PermissionRules rules = open_rules();
  ClientAddress client = at("127.0.0.1");
  for (const AddressRefusal refusal :
       {AddressRefusal::untrusted_proxy, AddressRefusal::proxy_itself, AddressRefusal::no_client,
        AddressRefusal::martian}) {
    client.refusal = refusal;
    EXPECT_EQ(seen(rules, client), kCounters);
  }
  rules.bless = networks("127.0.0.1");
  rules.stats = networks("127.0.0.1");
  EXPECT_EQ(seen(rules, client), kNoStatistics);
}

// It may be a proxy that did not name its client.
TEST(Permissions, AnAddressOfAccessProxyNamedByAHeaderHasNoRights) {
  PermissionRules rules = open_rules();
  ClientAddress client = at("127.0.0.1");
  client.may_be_proxy = true;
  EXPECT_EQ(seen(rules, client), kCounters);
  rules.bless = networks("127.0.0.1");
  EXPECT_FALSE(may_change(rules, client, "X-Opentracker: change\r\n"));
  rules.stats = networks("127.0.0.1");
  EXPECT_EQ(seen(rules, client), kNoStatistics);
}

constexpr std::string_view kChange = "Accept: a\r\nx-opentracker: change\r\n";

TEST(Permissions, ChangesAreForTheBlessedWithTheHeaderLineThatNoPageCanSend) {
  PermissionRules rules = open_rules();
  rules.stats = networks("192.0.2.0/24");
  rules.bless = networks("198.51.100.7");
  EXPECT_TRUE(may_change(rules, at("198.51.100.7"), kChange));
  for (const char* other : {"198.51.100.8", "192.0.2.1", "127.0.0.1", "::1"})
    EXPECT_FALSE(may_change(rules, at(other), kChange)) << other;
  for (const char* fields : {"", "Host: a\r\n", "X-Opentracker: yes\r\n", "X-Opentracker:\r\n"})
    EXPECT_FALSE(may_change(rules, at("198.51.100.7"), fields)) << fields;
  EXPECT_FALSE(may_change(open_rules(), at("127.0.0.1"), kChange));
}

// The owner of a name can point it at the tracker; a browser then takes the two for one site.
TEST(Permissions, ChangesAreAskedForByAddressNotByName) {
  PermissionRules rules = open_rules();
  rules.bless = networks("127.0.0.1");
  const auto may = [&rules](const char* host) {
    return may_change(rules, at("127.0.0.1"), std::string(kChange) + "Host: " + host + "\r\n");
  };
  for (const char* host :
       {"127.0.0.1", "127.0.0.1:6969", "[::1]:6969", "localhost", "localhost:80"})
    EXPECT_TRUE(may(host)) << host;
  for (const char* host :
       {"evil.example", "evil.example:6969", "localhost.evil.example", "127.0.0.1.a"})
    EXPECT_FALSE(may(host)) << host;
}

TEST(Permissions, ChangesAreNotMadeThroughAProxy) {
  PermissionRules rules = open_rules();
  rules.bless = networks("127.0.0.1");
  const std::string through = std::string(kChange) + "X-Forwarded-For: 127.0.0.1\r\n";
  EXPECT_FALSE(may_change(rules, at("127.0.0.1"), through));
  ClientAddress unnamed = at("127.0.0.1");
  unnamed.refusal = AddressRefusal::no_client;
  EXPECT_FALSE(may_change(rules, unnamed, kChange));
}

}  // namespace
}  // namespace ot
