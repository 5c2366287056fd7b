// A tracker for members: which torrents its list lets in, which leave when the list changes, and
// the clients that proxies bring.
#include <gtest/gtest.h>

#include "lists/eviction.h"
#include "unit/scenario/simulated_clients.h"
#include "unit/support/collected_log.h"

namespace ot {
namespace {

using std::chrono::hours;

const SecretHash kSecret({1, 2, 3, 4, 5, 6});

class ClosedTracker : public testing::Test {
 protected:
  static OfflineSettings settings() {
    OfflineSettings settings;
    settings.access = AccessMode::white;
    settings.addresses.proxy = Networks(std::array{*Network::parse("10.255.0.0/24")});
    return settings;
  }

  // From now on only these are served, and the eviction of the others is due.
  void list(std::initializer_list<uint32_t> torrents) {
    std::vector<InfoHash> hashes;
    for (const uint32_t torrent : torrents) hashes.push_back(numbered_hash(torrent));
    (void)tracker_.access.replace(std::make_shared<const AccessList>(hashes, kSecret));
    eviction_.begin();
  }
  void evict() {
    while (eviction_.is_due()) eviction_.step();
  }

  void join(uint32_t torrent, uint32_t first, uint32_t last, Wire over) {
    for (uint32_t peer = first; peer <= last; ++peer)
      clients_.announce({.peer = peer4(peer), .info_hash = numbered_hash(torrent), .over = over});
  }
  std::string http_body(const Endpoint& from, uint32_t torrent, std::string_view fields = "") {
    const std::string target =
        "/announce?info_hash=" + percent_encode(numbered_hash(torrent)) + "&port=6881&left=1";
    return tracker_.http(from, get(target, fields)).body;
  }
  // Asks over both wires, which must agree.
  bool refuses(uint32_t torrent) {
    const Endpoint from = peer4(99);
    const UdpAnnounceFields fields{numbered_hash(torrent), 1, AnnounceEvent::none, 0, 6881};
    const Bytes reply =
        tracker_.udp(from, udp_announce(tracker_.udp_connection_id(from), 1, fields));
    const bool over_udp = ByteReader(reply).read<uint32_t>() == kUdpError;
    const bool over_http = http_body(from, torrent).find("not authorized") != std::string::npos;
    EXPECT_EQ(over_udp, over_http) << torrent;
    return over_udp;
  }
  SwarmCounts scrape(uint32_t torrent) {
    const SwarmCounts over_http = clients_.scrape(numbered_hash(torrent), Wire::http);
    EXPECT_EQ(over_http, clients_.scrape(numbered_hash(torrent), Wire::udp));
    return over_http;
  }

  OfflineTracker tracker_{settings()};
  SimulatedClients clients_{tracker_};
  CollectedLog log_;
  Eviction eviction_{tracker_.loop->timers(), tracker_.table, tracker_.access, tracker_.clock,
                     log_};
};

TEST_F(ClosedTracker, FollowsItsListThroughItsLife) {
  list({1, 2});
  join(1, 1, 5, Wire::http);
  join(2, 6, 10, Wire::udp);
  EXPECT_TRUE(refuses(3));
  EXPECT_EQ(tracker_.table.torrents(), 2U) << "a refused torrent leaves no trace";

  list({2, 3});
  EXPECT_TRUE(refuses(1));
  EXPECT_EQ(scrape(1), SwarmCounts{}) << "at once, although its peers are still there";
  EXPECT_EQ(tracker_.table.peers(), 10U);
  evict();
  EXPECT_EQ(tracker_.table.peers(), 5U);
  EXPECT_EQ(tracker_.table.torrents(), 1U);
  EXPECT_EQ(scrape(2).leechers, 5U);
  EXPECT_FALSE(refuses(3));

  // As through the FIFO, which takes a refused torrent out of the table.
  ASSERT_TRUE(tracker_.access.add(numbered_hash(4)) && tracker_.access.remove(numbered_hash(2)));
  ASSERT_TRUE(tracker_.table.remove(numbered_hash(2)));
  EXPECT_FALSE(refuses(4));
  EXPECT_TRUE(refuses(2));
  list({2, 3});
  EXPECT_TRUE(refuses(4)) << "the new list holds what was added meanwhile";
  EXPECT_FALSE(refuses(2));

  evict();
  tracker_.advance(hours(3), std::chrono::seconds(5));
  EXPECT_EQ(tracker_.table.peers(), 0U);
  EXPECT_EQ(tracker_.table.torrents(), 0U);
}

// The list may not be asked about a torrent that is there, but no client may notice.
TEST_F(ClosedTracker, AnswersByTheListInForceWhetherTheTorrentIsThereOrNot) {
  list({1, 2});
  evict();
  join(1, 1, 5, Wire::udp);
  join(2, 6, 10, Wire::udp);
  EXPECT_FALSE(refuses(1)) << "known, and nothing has changed";
  EXPECT_TRUE(refuses(3)) << "never seen";
  list({2});
  EXPECT_TRUE(refuses(1)) << "known, but by another list";
  EXPECT_EQ(scrape(1), SwarmCounts{});
  EXPECT_EQ(scrape(2).leechers, 5U);
  evict();
  EXPECT_TRUE(refuses(1));
  EXPECT_EQ(tracker_.table.torrents(), 1U);
  list({1, 2});
  EXPECT_FALSE(refuses(1));
}

TEST_F(ClosedTracker, TracksTheClientThatAProxyNamesAndNeverTheProxy) {
  list({1});
  const Endpoint proxy{IpAddress::parse("10.255.0.1").value(), 50000};
  EXPECT_NE(http_body(proxy, 1).find("failure reason"), std::string::npos);
  EXPECT_EQ(tracker_.table.peers(), 0U);
  EXPECT_NE(http_body(proxy, 2, "X-Forwarded-For: 203.0.113.5\r\n").find("not authorized"),
            std::string::npos);
  EXPECT_EQ(http_body(proxy, 1, "X-Forwarded-For: 203.0.113.5\r\n").find("failure reason"),
            std::string::npos);
  const Told told = clients_.announce({.peer = peer4(1), .over = Wire::udp});
  EXPECT_EQ(told.peer_set(), (std::set<Endpoint>{{IpAddress::parse("203.0.113.5").value(), 6881}}));
}

}  // namespace
}  // namespace ot
