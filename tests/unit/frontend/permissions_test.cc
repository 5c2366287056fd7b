#include "frontend/permissions.h"

#include <gtest/gtest.h>

#include <array>
#include <string>

namespace ot {
namespace {

Networks networks(std::string_view one) { return Networks(std::array{*Network::parse(one)}); }

ClientAddress at(std::string_view text) {
  const IpAddress address = *IpAddress::parse(text);
  return {address, address, std::nullopt};
}

struct Seen {
  bool sums;
  bool torrents;
  bool networks;
  bool full_scrape;

  friend bool operator==(const Seen&, const Seen&) = default;
};

RequestHead request(std::string_view fields) {
  RequestHead head;
  head.fields = fields;
  head.version = HttpVersion::v1_1;
  return head;
}

constexpr std::string_view kHost = "Host: 127.0.0.1:6969\r\n";

Seen seen(const PermissionRules& rules, const ClientAddress& client,
          std::string_view fields = kHost) {
  const RequestHead head = request(fields);
  return {may_see(rules, Shows::sums, client, head), may_see(rules, Shows::torrents, client, head),
          may_see(rules, Shows::networks, client, head), may_scrape_all(rules, client)};
}

// The rules of a build with the default switches.
PermissionRules open_rules() { return {{}, {}, {}, false}; }

constexpr Seen kAll{true, true, true, true};
constexpr Seen kAllButNetworks{true, true, false, true};
constexpr Seen kSums{true, false, false, true};
constexpr Seen kNoStatistics{false, false, false, true};

TEST(Permissions, WithoutRulesSumsAreForAllTorrentsForThisMachineAndNetworksForNobody) {
  EXPECT_EQ(seen(open_rules(), at("192.0.2.1")), kSums);
  EXPECT_EQ(seen(open_rules(), at("2001:db8::1")), kSums);
  EXPECT_EQ(seen(open_rules(), at("127.0.0.1")), kAllButNetworks);
  EXPECT_EQ(seen(open_rules(), at("127.9.9.9")), kAllButNetworks);
  EXPECT_EQ(seen(open_rules(), at("::1")), kAllButNetworks);
}

TEST(Permissions, ALoopbackAddressBehindAProxyIsNotThisMachine) {
  for (const char* field : {"X-Forwarded-For: 192.0.2.1\r\n", "Forwarded: for=192.0.2.1\r\n",
                            "X-Real-IP: 192.0.2.1\r\n", "CF-Connecting-IP: 192.0.2.1\r\n",
                            "Via: 1.1 nginx\r\n", "X-REAL-IP: ::1\r\n", "vIA: x\r\n"})
    EXPECT_EQ(seen(open_rules(), at("127.0.0.1"), std::string(kHost) + field), kSums) << field;
}

// The owner of a name can point it at the tracker; a browser then takes the two for one site.
TEST(Permissions, ThisMachineAsksByAddressNotByName) {
  const auto sees = [](const char* address, const std::string& host) {
    return seen(open_rules(), at(address), "Host: " + host + "\r\n");
  };
  for (const char* host : {"localhost", "localhost.:6969", "127.0.0.1.", "[::1]:6969"})
    EXPECT_EQ(sees("127.0.0.1", host), kAllButNetworks) << host;
  for (const char* host : {"evil.example", "evil.example:6969", "", "localhost.evil.example"})
    for (const char* address : {"127.0.0.1", "::1"}) EXPECT_EQ(sees(address, host), kSums) << host;
  EXPECT_EQ(seen(open_rules(), at("127.0.0.1"), "Accept: a\r\n"), kSums) << "no Host in HTTP/1.1";
  RequestHead url = request("Host: 127.0.0.1\r\n");
  url.authority = "evil.example";
  EXPECT_FALSE(may_see(open_rules(), Shows::torrents, at("127.0.0.1"), url));
  url.authority = "localhost";
  EXPECT_TRUE(may_see(open_rules(), Shows::torrents, at("127.0.0.1"), url));
}

TEST(Permissions, NamedNetworksMayAskByNameAndThroughAnything) {
  PermissionRules rules = open_rules();
  rules.bless = networks("127.0.0.1");
  rules.stats = networks("192.0.2.0/24");
  for (const char* address : {"127.0.0.1", "192.0.2.1"})
    EXPECT_EQ(seen(rules, at(address), "Host: tracker.example\r\nVia: 1.1 x\r\n"), kAll);
}

TEST(Permissions, ADenialNamesTheKeysThatPermit) {
  const auto denied = [](const PermissionRules& rules, Shows what) {
    return explain_denial(rules, what, at("192.0.2.1"));
  };
  EXPECT_EQ(denied(open_rules(), Shows::networks),
            "statistics that name networks are only for the networks of access.stats and "
            "access.bless (-A)");
  EXPECT_EQ(denied(open_rules(), Shows::torrents),
            "statistics that name torrents are only for the networks of access.stats and "
            "access.bless (-A), and for this machine if it asks by address or as localhost, "
            "without a proxy");
  PermissionRules rules = open_rules();
  rules.stats = networks("198.51.100.1");
  const std::string all =
      "statistics are only for the networks of access.stats and access.bless (-A)";
  for (const Shows what : {Shows::sums, Shows::torrents, Shows::networks})
    EXPECT_EQ(denied(rules, what), all) << "whatever it is, so that it does not tell what exists";
  ClientAddress unnamed = at("127.0.0.1");
  unnamed.refusal = AddressRefusal::no_client;
  RefusalText reason;
  EXPECT_EQ(explain_denial(rules, Shows::sums, unnamed),
            all + ". " + std::string(describe(unnamed, reason)));
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
  EXPECT_EQ(seen(rules, at("198.51.100.2")), kSums);
  rules.stats = networks("192.0.2.0/24");
  rules.fullscrape = networks("192.0.2.0/24");
  EXPECT_EQ(seen(rules, at("198.51.100.1")), kAll);
}

TEST(Permissions, AFullScrapeNetworkShutsFullScrapesForOthersAndNothingElse) {
  PermissionRules rules = open_rules();
  rules.fullscrape = networks("192.0.2.0/24");
  EXPECT_EQ(seen(rules, at("192.0.2.1")), kSums);
  EXPECT_EQ(seen(rules, at("192.0.3.1")), (Seen{true, false, false, false}));
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
    EXPECT_EQ(seen(rules, client), kSums);
  }
  rules.bless = networks("127.0.0.1");
  rules.stats = networks("127.0.0.1");
  EXPECT_EQ(seen(rules, client), kNoStatistics);
}

constexpr std::string_view kChange = "Host: 127.0.0.1\r\nx-opentracker: change\r\n";

// It may be a proxy that did not name its client.
TEST(Permissions, AnAddressOfAccessProxyNamedByAHeaderHasNoRights) {
  PermissionRules rules = open_rules();
  ClientAddress client = at("127.0.0.1");
  client.may_be_proxy = true;
  EXPECT_EQ(seen(rules, client), kSums);
  rules.bless = networks("127.0.0.1");
  EXPECT_FALSE(may_change(rules, client, request(kChange)));
  rules.stats = networks("127.0.0.1");
  EXPECT_EQ(seen(rules, client), kNoStatistics);
}

TEST(Permissions, ChangesAreForTheBlessedWithTheHeaderLineThatNoPageCanSend) {
  PermissionRules rules = open_rules();
  rules.stats = networks("192.0.2.0/24");
  rules.bless = networks("198.51.100.7");
  EXPECT_TRUE(may_change(rules, at("198.51.100.7"), request(kChange)));
  for (const char* other : {"198.51.100.8", "192.0.2.1", "127.0.0.1", "::1"})
    EXPECT_FALSE(may_change(rules, at(other), request(kChange))) << other;
  for (const char* fields : {"", "Accept: a\r\n", "X-Opentracker: yes\r\n", "X-Opentracker:\r\n"}) {
    const std::string all = std::string(kHost) + fields;
    EXPECT_FALSE(may_change(rules, at("198.51.100.7"), request(all))) << fields;
  }
  EXPECT_FALSE(may_change(open_rules(), at("127.0.0.1"), request(kChange)));
}

// The owner of a name can point it at the tracker; a browser then takes the two for one site.
TEST(Permissions, ChangesAreAskedForByAddressNotByName) {
  PermissionRules rules = open_rules();
  rules.bless = networks("127.0.0.1");
  const auto may = [&rules](const std::string& host) {
    const std::string fields = "X-Opentracker: change\r\nHost: " + host + "\r\n";
    return may_change(rules, at("127.0.0.1"), request(fields));
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
  EXPECT_FALSE(may_change(rules, at("127.0.0.1"), request(through)));
  ClientAddress unnamed = at("127.0.0.1");
  unnamed.refusal = AddressRefusal::no_client;
  EXPECT_FALSE(may_change(rules, unnamed, request(kChange)));
}

}  // namespace
}  // namespace ot
