// Which client a request over HTTP counts for: behind proxies, and with an address in the query.
#include <gtest/gtest.h>

#include "base/features.h"
#include "unit/frontend/offline_tracker.h"
#include "unit/support/bencode_decoder.h"

namespace ot {
namespace {

const std::string kHash = percent_encode(numbered_hash(1));
const std::string kAnnounce = "/announce?info_hash=" + kHash + "&port=6881&left=1";

Networks networks(std::string_view one) { return Networks(std::array{*Network::parse(one)}); }

OfflineSettings behind_proxies() {
  OfflineSettings settings;
  settings.addresses.proxy = networks("10.0.0.0/24");
  settings.addresses.ip_from_query = networks("10.0.1.0/24");
  settings.http.permissions = {networks("192.0.2.1"), networks("192.0.2.0/24"),
                               networks("192.0.2.0/24"), false};
  return settings;
}

class HttpClientsAddressTest : public testing::Test {
 protected:
  HttpReply ask(const StreamPeer& peer, std::string_view target, std::string_view fields = "") {
    OfflineConnection connection(tracker_.http_frontend, peer);
    connection.send(get(target, fields));
    const std::vector<HttpReply> replies = connection.take();
    return replies.size() == 1 ? replies.front() : HttpReply{};
  }
  HttpReply ask(std::string_view from, std::string_view target, std::string_view fields = "") {
    return ask(StreamPeer{endpoint(from)}, target, fields);
  }
  Bencoded decoded(const HttpReply& reply) {
    EXPECT_EQ(reply.status_line, "HTTP/1.1 200 OK");
    return BencodeDecoder::decode(reply.body).value_or(Bencoded{});
  }
  // The addresses of the swarm, as another client is told them.
  std::string swarm() {
    const Bencoded reply =
        decoded(ask("203.0.113.99", kAnnounce + "&port=1&event=&left=0&compact=0"));
    std::string text;
    for (const Bencoded& peer : reply["peers"].list) text += peer["ip"].text + " ";
    return text;
  }
  uint64_t count(Family family, Action action) {
    return tracker_.statistics.actions(Transport::tcp, family, action);
  }

  OfflineTracker tracker_{behind_proxies()};
};

TEST_F(HttpClientsAddressTest, AProxysClientIsTrackedAndToldItsAddress) {
  const Bencoded reply = decoded(ask("10.0.0.1", kAnnounce, "X-Forwarded-For: 192.0.2.7\r\n"));
  EXPECT_EQ(reply["external ip"].text, std::string("\xc0\x00\x02\x07", 4));
  EXPECT_EQ(swarm(), "192.0.2.7 ");
}

TEST_F(HttpClientsAddressTest, AHeaderFromElsewhereChangesNothing) {
  (void)ask("203.0.113.1", kAnnounce, "X-Forwarded-For: 192.0.2.7\r\nVia: x\r\n");
  EXPECT_EQ(swarm(), "203.0.113.1 ");
  const HttpReply stats = ask("203.0.113.1", "/stats", "X-Forwarded-For: 192.0.2.1\r\n");
  EXPECT_EQ(stats.status_line, "HTTP/1.0 403 Access Denied");
}

TEST_F(HttpClientsAddressTest, HeadersWrittenByTheClientItselfAreNotBelieved) {
  (void)ask("10.0.0.1", kAnnounce, "X-Forwarded-For: 198.51.100.1, 192.0.2.7, 10.0.0.2\r\n");
  EXPECT_EQ(swarm(), "192.0.2.7 ");
}

TEST_F(HttpClientsAddressTest, AProxyThatNamesNobodyIsRefusedAndNotTracked) {
  for (const std::string fields :
       {"", "X-Forwarded-For: unknown\r\n", "X-Forwarded-For: 224.0.0.1\r\n",
        "X-Forwarded-For: 240.1.2.3\r\n", "X-Forwarded-For: 169.254.1.1\r\n",
        "X-Forwarded-For: fe80::1\r\n", "X-Forwarded-For: 127.0.0.1\r\n"}) {
    const Bencoded reply = decoded(ask("10.0.0.1", kAnnounce, fields));
    EXPECT_TRUE(reply.has("failure reason")) << fields;
    EXPECT_EQ(reply["retry in"].text, "30") << "the proxy may be mended";
  }
  EXPECT_EQ(tracker_.table.torrents(), 0U);
}

TEST_F(HttpClientsAddressTest, EachRequestOfAConnectionIsItsOwnClients) {
  OfflineConnection connection(tracker_.http_frontend, endpoint("10.0.0.1"));
  connection.send(get(kAnnounce, "X-Forwarded-For: 192.0.2.7\r\n") +
                  get(kAnnounce, "X-Forwarded-For: 192.0.2.8\r\n") + get(kAnnounce));
  const std::vector<HttpReply> replies = connection.take();
  ASSERT_EQ(replies.size(), 3U);
  EXPECT_TRUE(decoded(replies[2]).has("failure reason"));
  EXPECT_EQ(tracker_.table.peers(), 2U);
}

TEST_F(HttpClientsAddressTest, APROXYHeaderNamesTheClientOfTheConnection) {
  const StreamPeer peer{endpoint("10.0.0.1"), true, endpoint("192.0.2.7:99")};
  const Bencoded reply = decoded(ask(peer, kAnnounce, "X-Forwarded-For: 192.0.2.8\r\n"));
  EXPECT_EQ(reply["external ip"].text, std::string("\xc0\x00\x02\x07", 4));
  EXPECT_EQ(swarm(), "192.0.2.7 ");
}

TEST_F(HttpClientsAddressTest, AForwardedHeaderCountsBehindAPROXYHeaderThatNamesAProxy) {
  const StreamPeer peer{endpoint("10.0.0.1"), true, endpoint("10.0.0.2:99")};
  (void)ask(peer, kAnnounce, "X-Forwarded-For: 192.0.2.8\r\n");
  EXPECT_EQ(swarm(), "192.0.2.8 ");
}

TEST_F(HttpClientsAddressTest, AProxyThatSpeaksForItselfMayScrapeButNotAnnounce) {
  const StreamPeer peer{endpoint("10.0.0.1"), true};
  EXPECT_TRUE(decoded(ask(peer, kAnnounce)).has("failure reason"));
  EXPECT_TRUE(decoded(ask(peer, "/scrape?info_hash=" + kHash)).has("files"));
  EXPECT_EQ(tracker_.table.torrents(), 0U);
}

TEST_F(HttpClientsAddressTest, ATrustedSourceMayAnnounceAnotherAddressAndIsToldItsOwn) {
  const Bencoded reply = decoded(ask("10.0.1.1", kAnnounce + "&ip=198.51.100.9"));
  EXPECT_EQ(reply["external ip"].text, std::string("\x0a\x00\x01\x01", 4));
  (void)ask("203.0.113.1", kAnnounce + "&ip=198.51.100.10");
  (void)ask("10.0.1.2", kAnnounce + "&ip=not.an.address");
  const std::string peers = swarm();
  EXPECT_NE(peers.find("198.51.100.9 "), std::string::npos);
  EXPECT_NE(peers.find("203.0.113.1 "), std::string::npos);
  EXPECT_NE(peers.find("10.0.1.2 "), std::string::npos);
  EXPECT_EQ(peers.find("198.51.100.10"), std::string::npos);
}

TEST_F(HttpClientsAddressTest, NobodyMayAnnounceAnAddressNobodyCouldConnectTo) {
  for (const std::string address : {"127.0.0.1", "224.0.0.1", "255.255.255.255", "0.0.0.0", "::1",
                                    "ff02::1", "::127.0.0.1", "::ffff:127.0.0.1"})
    EXPECT_TRUE(decoded(ask("10.0.1.1", kAnnounce + "&ip=" + address)).has("failure reason"))
        << address;
  EXPECT_EQ(tracker_.table.torrents(), 0U);
}

TEST_F(HttpClientsAddressTest, ARefusalNamesTheHeaderOrParameterAndTheAddress) {
  const auto reason = [](const Bencoded& reply) { return reply["failure reason"].text; };
  const std::string end =
      " names the address 169.254.1.1, which no peer can have (link-local, multicast, loopback or "
      "reserved).";
  EXPECT_EQ(reason(decoded(ask("10.0.0.1", kAnnounce, "X-Forwarded-For: 169.254.1.1\r\n"))),
            "X-Forwarded-For" + end);
  const StreamPeer introduced{endpoint("10.0.0.1"), true, endpoint("169.254.1.1:99")};
  EXPECT_EQ(reason(decoded(ask(introduced, kAnnounce))), "The PROXY header" + end);
  for (const std::string name : {"ip", "ipv4", "ipv6"}) {
    const std::string target = kAnnounce + "&" + name + "=169.254.1.1";
    EXPECT_EQ(reason(decoded(ask("10.0.1.1", target))), "The parameter " + name + end);
  }
}

// Its own address, not one that somebody names.
TEST_F(HttpClientsAddressTest, AMartianIsAnsweredAsIfItWereStored) {
  for (const std::string source : {"169.254.1.1", "240.1.2.3", "fe80::1"}) {
    const Bencoded reply = decoded(ask(source, kAnnounce));
    EXPECT_EQ(reply["incomplete"].integer, 1) << source;
    EXPECT_TRUE(reply.has("interval"));
  }
  EXPECT_EQ(tracker_.table.torrents(), 0U);
  EXPECT_EQ(swarm(), "");
  EXPECT_EQ(tracker_.statistics.martians(), 3U);
}

TEST_F(HttpClientsAddressTest, RequestsAreCountedByTheFamilyOfTheClient) {
  (void)ask("10.0.0.1", kAnnounce, "X-Forwarded-For: 2001:db8::1\r\n");
  (void)ask("10.0.0.1", "/scrape?info_hash=" + kHash, "X-Forwarded-For: 2001:db8::1\r\n");
  (void)ask("10.0.1.1", kAnnounce + "&ip=2001:db8::2");
  EXPECT_EQ(count(Family::v6, Action::announce), 1U);
  EXPECT_EQ(count(Family::v6, Action::scrape), 1U);
  EXPECT_EQ(count(Family::v4, Action::announce), 1U);
}

TEST_F(HttpClientsAddressTest, StatisticsAreSeenByTheClientNotTheProxy) {
  const auto status = [this](const StreamPeer& peer, std::string_view fields) {
    return ask(peer, "/stats?mode=peer", fields).status_line.substr(9, 3);
  };
  const StreamPeer proxy{endpoint("10.0.0.1")};
  EXPECT_EQ(status(StreamPeer{endpoint("192.0.2.5")}, ""), "200");
  EXPECT_EQ(status(StreamPeer{endpoint("203.0.113.5")}, ""), "403");
  EXPECT_EQ(status(proxy, "X-Forwarded-For: 192.0.2.5\r\n"), "200");
  EXPECT_EQ(status(proxy, "X-Forwarded-For: 203.0.113.5\r\n"), "403");
  EXPECT_EQ(status(proxy, "X-Forwarded-For: 192.0.2.5, 203.0.113.5\r\n"), "403");
  EXPECT_EQ(status(proxy, ""), "403");
  EXPECT_EQ(status({endpoint("10.0.0.1"), true, endpoint("192.0.2.5:1")}, ""), "200");
  EXPECT_EQ(tracker_.statistics.http_errors(HttpError::access_denied), 4U);
}

TEST_F(HttpClientsAddressTest, ADenialDoesNotTellWhatExists) {
  for (const std::string target : {"/stats", "/stats?mode=bogus", "/stats?info_hash=x",
                                   "/stats?mode=top10", "/scrape", "/stats.json", "/metrics"})
    EXPECT_EQ(ask("203.0.113.5", target).status_line, "HTTP/1.0 403 Access Denied") << target;
  EXPECT_EQ(ask("203.0.113.5", "/stats?mode=bogus").body, ask("203.0.113.5", "/stats").body);
  EXPECT_EQ(ask("203.0.113.5", "/stats?mode=s24s").body, ask("203.0.113.5", "/metrics").body);
  EXPECT_NE(ask("203.0.113.5", "/stats").body.find("access.stats"), std::string::npos);
  EXPECT_EQ(ask("192.0.2.1", "/stats?mode=bogus").status_line, "HTTP/1.0 400 Invalid Request");
  OfflineConnection allowed(tracker_.http_frontend, endpoint("192.0.2.1"));
  allowed.send(get("/scrape"));
  EXPECT_EQ(allowed.owed(), static_cast<bool>(features::kFullScrape));
  EXPECT_FALSE(allowed.closed());
}

TEST(HttpStatistics, ThatNameTorrentsAreForThisMachineAndThoseThatNameNetworksForNobody) {
  OfflineSettings settings;
  settings.http.permissions.stats_shut = false;
  OfflineTracker tracker(settings);
  const auto is_denied = [&tracker](const char* client, std::string_view target,
                                    std::string_view fields) {
    const HttpReply reply = tracker.http(endpoint(client), get(target, fields));
    const bool denied = reply.status_line == "HTTP/1.0 403 Access Denied";
    EXPECT_EQ(denied, reply.body.find("access.stats") != std::string::npos) << reply.body;
    return denied;
  };
  const std::string host = "Host: localhost:6969\r\n";
  for (const std::string mode :
       {"top10", "top100", "tpbs", "statedump", "s24s", "busy", "woodpeckers", "fulllog"}) {
    const std::string target = "/stats?mode=" + mode;
    EXPECT_TRUE(is_denied("192.0.2.1", target, host));
    EXPECT_TRUE(is_denied("127.0.0.1", target, host + "Via: 1.1 x\r\n"));
    EXPECT_TRUE(is_denied("127.0.0.1", target, "Host: evil.example\r\n"));
    EXPECT_TRUE(is_denied("127.0.0.1", "http://evil.example" + target, host));
    const bool names_torrents = mode[0] == 't' || mode == "statedump";
    EXPECT_EQ(is_denied("127.0.0.1", target, host), !names_torrents) << mode;
    EXPECT_EQ(is_denied("::1", target, "Host: [::1]:6969\r\n"), !names_torrents) << mode;
  }
}

}  // namespace
}  // namespace ot
