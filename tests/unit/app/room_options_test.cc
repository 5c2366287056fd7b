#include "app/room_options.h"

#include <gtest/gtest.h>

#include <array>

#include "base/features.h"
#include "config/configuration.h"

namespace ot {
namespace {

RoomOptions options_of(std::string_view text) {
  const Configuration configuration = configure(text, "o.conf");
  EXPECT_TRUE(configuration.errors.empty());
  return room_options(configuration.settings);
}

TEST(RoomOptions, HaveTheDefaultsOfTheRoomsForAnEmptyConfiguration) {
  const RoomOptions ours = options_of("");
  const RoomOptions theirs;
  EXPECT_EQ(ours.table.peer_timeout, theirs.table.peer_timeout);
  EXPECT_EQ(ours.table.torrent_timeout, theirs.table.torrent_timeout);
  EXPECT_EQ(ours.table.max_peers, theirs.table.max_peers);
  EXPECT_EQ(ours.table.max_peers_per_torrent, theirs.table.max_peers_per_torrent);
  EXPECT_EQ(ours.table.max_memory, theirs.table.max_memory);
  EXPECT_EQ(ours.policy.interval, theirs.policy.interval);
  EXPECT_EQ(ours.policy.interval_jitter, theirs.policy.interval_jitter);
  EXPECT_EQ(ours.policy.min_interval, theirs.policy.min_interval);
  EXPECT_EQ(ours.policy.numwant_default, theirs.policy.numwant_default);
  EXPECT_EQ(ours.policy.numwant_max, theirs.policy.numwant_max);
  EXPECT_EQ(ours.udp.udp_payload_v4, theirs.udp.udp_payload_v4);
  EXPECT_EQ(ours.udp.udp_payload_v6, theirs.udp.udp_payload_v6);
  EXPECT_EQ(ours.udp.udp_reject_interval, theirs.udp.udp_reject_interval);
  EXPECT_EQ(ours.http.stats_path, theirs.http.stats_path);
  EXPECT_EQ(ours.http.metrics_path, theirs.http.metrics_path);
  EXPECT_EQ(ours.http.redirect_url, theirs.http.redirect_url);
  EXPECT_EQ(ours.tcp.http_timeout, theirs.tcp.http_timeout);
  EXPECT_EQ(ours.tcp.keepalive_timeout, theirs.tcp.keepalive_timeout);
  EXPECT_EQ(ours.tcp.max_reply, theirs.tcp.max_reply);
  EXPECT_EQ(ours.lists.watch, theirs.lists.watch);
  EXPECT_EQ(ours.lists.journal, theirs.lists.journal);
}

TEST(RoomOptions, HoldTheConfiguredValues) {
  using std::chrono::minutes;
  using std::chrono::seconds;
  const RoomOptions options = options_of(
      "tracker.interval 20m\ntracker.interval_jitter 2m\ntracker.min_interval 3m\n"
      "tracker.peer_timeout 50m\ntracker.torrent_timeout 2h\ntracker.numwant_default 11\n"
      "tracker.numwant_max 22\ntracker.udp_payload_v4 600\ntracker.udp_payload_v6 700\n"
      "tracker.http_timeout 9s\ntracker.redirect_url http://h/\ntracker.max_peers 1000\n"
      "tracker.max_peers_per_torrent 100\ntracker.max_memory 1G\naccess.stats_path numbers\n"
      "access.udp_reject_interval 1d\ntracker.state_file peers\ntracker.state_interval 7m\n"
      "access.blacklist list\naccess.watch on\naccess.fifo_add fifo\naccess.journal j\n");
  EXPECT_TRUE(options.lists.watch);
  EXPECT_EQ(options.lists.journal, "j");
  EXPECT_EQ(options.policy.interval, minutes(20));
  EXPECT_EQ(options.policy.interval_jitter, minutes(2));
  EXPECT_EQ(options.policy.min_interval, minutes(3));
  EXPECT_EQ(options.table.peer_timeout, minutes(50));
  EXPECT_EQ(options.table.torrent_timeout, minutes(120));
  EXPECT_EQ(options.policy.numwant_default, 11U);
  EXPECT_EQ(options.policy.numwant_max, 22U);
  EXPECT_EQ(options.udp.udp_payload_v4, 600U);
  EXPECT_EQ(options.udp.udp_payload_v6, 700U);
  EXPECT_EQ(options.udp.udp_reject_interval, minutes(1440));
  EXPECT_EQ(options.tcp.http_timeout, seconds(9));
  EXPECT_EQ(options.http.redirect_url, "http://h/");
  EXPECT_EQ(options.table.max_peers, 1000U);
  EXPECT_EQ(options.table.max_peers_per_torrent, 100U);
  EXPECT_EQ(options.table.max_memory, 1U << 30U);
  EXPECT_EQ(options.http.stats_path, "numbers");
  EXPECT_EQ(options.state_file, "peers");
  EXPECT_EQ(options.state_interval, minutes(7));
}

const IpAddress kInV4 = *IpAddress::parse("192.0.2.77");
const IpAddress kInV6 = *IpAddress::parse("2001:db8::1");

TEST(RoomOptions, TrustNobodyByDefault) {
  const RoomOptions options = options_of("");
  const HttpOptions& http = options.http;
  EXPECT_TRUE(options.addresses.proxy.empty());
  EXPECT_TRUE(options.addresses.ip_from_query.empty());
  EXPECT_EQ(options.addresses.proxy_header, ForwardedHeader::x_forwarded_for);
  EXPECT_TRUE(http.permissions.bless.empty());
  EXPECT_TRUE(http.permissions.stats.empty());
  EXPECT_TRUE(http.permissions.fullscrape.empty());
  EXPECT_EQ(http.permissions.stats_shut, features::kStatsShutUnlessAllowed);
}

// Each key whose values are networks, and whether an address is in the set that it fills.
struct NetworksOfKey {
  const char* key;
  bool (*contains)(const RoomOptions& options, const IpAddress& address);
};
constexpr std::array<NetworksOfKey, 5> kNetworksOfKeys{{
    {"access.bless", [](const RoomOptions& all,
                        const IpAddress& a) { return all.http.permissions.bless.contains(a); }},
    {"access.stats", [](const RoomOptions& all,
                        const IpAddress& a) { return all.http.permissions.stats.contains(a); }},
    {"access.fullscrape",
     [](const RoomOptions& all, const IpAddress& a) {
       return all.http.permissions.fullscrape.contains(a);
     }},
    {"access.proxy",
     [](const RoomOptions& all, const IpAddress& a) { return all.addresses.proxy.contains(a); }},
    {"access.ip_from_query",
     [](const RoomOptions& all, const IpAddress& a) {
       return all.addresses.ip_from_query.contains(a);
     }},
}};

TEST(RoomOptions, HoldTheNetworksOfEachKeyInItsOwnSet) {
  for (const NetworksOfKey& given : kNetworksOfKeys) {
    if (!find_key(given.key)->is_built_in()) continue;
    const std::string line = std::string(given.key) + " ";
    const RoomOptions options = options_of(line + "192.0.2.0/24\n" + line + "2001:db8::1\n");
    for (const NetworksOfKey& other : kNetworksOfKeys) {
      const bool same = &given == &other;
      EXPECT_EQ(other.contains(options, kInV4), same) << given.key << " in " << other.key;
      EXPECT_EQ(other.contains(options, kInV6), same) << given.key << " in " << other.key;
    }
  }
}

TEST(RoomOptions, HoldThePathsOfTheFilesOfNetworks) {
  const NetworkFileOptions none = options_of("").network_files;
  EXPECT_TRUE(none.deny.empty() && none.proxy_file.empty() && none.proxy.empty());
  EXPECT_EQ(options_of("access.deny d\n").network_files.deny, "d");
  if (!features::kIpFromProxy) return;
  const NetworkFileOptions both =
      options_of("access.proxy_file p\naccess.proxy 192.0.2.0/24\n").network_files;
  EXPECT_EQ(both.proxy_file, "p");
  EXPECT_EQ(both.proxy.size(), 1U);
}

TEST(RoomOptions, NeverDenyTheBlessed) {
  RoomOptions options = options_of("access.bless 192.0.2.77\n");
  (void)options.addresses.deny.denied().replace(
      std::make_shared<const Networks>(std::array{*Network::parse("192.0.2.0/24")}));
  EXPECT_FALSE(options.addresses.deny.contains(kInV4));
  EXPECT_TRUE(options.addresses.deny.contains(*IpAddress::parse("192.0.2.78")));
}

TEST(RoomOptions, KnowEveryProxyHeader) {
  if (!features::kIpFromProxy) return;
  for (const ForwardedHeader header :
       {ForwardedHeader::x_forwarded_for, ForwardedHeader::forwarded, ForwardedHeader::x_real_ip,
        ForwardedHeader::cf_connecting_ip, ForwardedHeader::true_client_ip}) {
    const std::string line = "access.proxy_header " + std::string(name_of(header)) + "\n";
    EXPECT_EQ(options_of(line).addresses.proxy_header, header) << line;
  }
}

TEST(RoomOptions, HaveRoomForTheLargestConfiguredReply) {
  const RoomOptions options = options_of("tracker.numwant_max 2000\n");
  EXPECT_GE(options.tcp.max_reply, HttpFrontend::max_reply(options.policy));
}

TEST(RoomOptions, DeriveTheModeFromTheConfiguredList) {
  if (features::kWhitelist) {
    const ListOptions white = options_of("access.whitelist good\n").lists;
    EXPECT_EQ(white.mode, AccessMode::white);
    EXPECT_EQ(white.path, "good");
  }
  if (features::kBlacklist) {
    const ListOptions black = options_of("access.blacklist bad\n").lists;
    EXPECT_EQ(black.mode, AccessMode::black);
    EXPECT_EQ(black.path, "bad");
  }
  const bool white_only = features::kWhitelist && !features::kBlacklist;
  EXPECT_EQ(options_of("").lists.mode, white_only ? AccessMode::white : AccessMode::open);
}

}  // namespace
}  // namespace ot
