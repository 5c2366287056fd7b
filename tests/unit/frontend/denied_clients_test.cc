// What access.deny refuses, over both protocols: by the socket's address, by the one a proxy names,
// and by the one a client names itself.
#include <gtest/gtest.h>

#include "base/features.h"
#include "unit/frontend/offline_tracker.h"

namespace ot {
namespace {

const std::string kAnnounce =
    "/announce?info_hash=" + percent_encode(numbered_hash(1)) + "&port=6881&left=1";

Networks networks(std::string_view one) { return Networks(std::array{*Network::parse(one)}); }

OfflineSettings denying() {
  OfflineSettings settings;
  settings.addresses.proxy = networks("10.0.0.0/24");
  settings.addresses.ip_from_query = networks("10.0.1.0/24");
  const std::array denied{*Network::parse("192.0.2.0/24"), *Network::parse("2001:db8:bad::/48")};
  settings.addresses.deny = DeniedNetworks(networks("192.0.2.1"), Networks(denied));
  return settings;
}

class DeniedClientsTest : public testing::Test {
 protected:
  std::string ask(std::string_view from, std::string_view target, std::string_view fields = "") {
    return status_of(tracker_.http(endpoint(from), get(target, fields)));
  }
  // "200 OK"
  static std::string status_of(const HttpReply& reply) {
    return reply.status_line.substr(std::string_view("HTTP/1.1 ").size());
  }
  bool may_connect(std::string_view from) {
    return tracker_.http_frontend.on_connected(endpoint(from));
  }
  bool is_answered_over_udp(std::string_view from) {
    return !tracker_.udp(endpoint(from), udp_connect(1)).empty();
  }
  uint64_t denied(Transport transport) { return tracker_.statistics.denied(transport); }

  OfflineTracker tracker_{denying()};
};

constexpr std::string_view kOk = "200 OK";
constexpr std::string_view kDenied = "403 Access Denied";

TEST_F(DeniedClientsTest, AreNotEvenReadFrom) {
  EXPECT_FALSE(may_connect("192.0.2.7:1"));
  EXPECT_FALSE(may_connect("[2001:db8:bad::1]:1"));
  EXPECT_TRUE(may_connect("198.51.100.7:1"));
  EXPECT_TRUE(may_connect("[2001:db8::1]:1"));
  EXPECT_EQ(denied(Transport::tcp), 2U);
}

TEST_F(DeniedClientsTest, GetNoReplyToADatagram) {
  EXPECT_FALSE(is_answered_over_udp("192.0.2.7:1"));
  EXPECT_FALSE(is_answered_over_udp("[2001:db8:bad::1]:1"));
  EXPECT_TRUE(is_answered_over_udp("198.51.100.7:1"));
  EXPECT_TRUE(tracker_.udp(endpoint("192.0.2.7:1"), as_bytes("no BEP 15")).empty());
  EXPECT_EQ(denied(Transport::udp), 3U);
}

TEST_F(DeniedClientsTest, AreNeverTheBlessed) {
  EXPECT_TRUE(may_connect("192.0.2.1:1"));
  EXPECT_TRUE(is_answered_over_udp("192.0.2.1:1"));
  EXPECT_EQ(ask("192.0.2.1:1", kAnnounce), kOk);
}

TEST_F(DeniedClientsTest, AreRefusedOnConnectionsOlderThanTheList) {
  OfflineConnection connection(tracker_.http_frontend, endpoint("192.0.2.7:1"));
  connection.send(get("/stats") + get("/stats"));
  const std::vector<HttpReply> replies = connection.take();
  ASSERT_EQ(replies.size(), 1U) << "closed after the first";
  EXPECT_EQ(status_of(replies.front()), kDenied);
}

TEST_F(DeniedClientsTest, AreRefusedBehindAProxyWhateverTheyAsk) {
  for (const std::string& target : {kAnnounce, std::string("/scrape"), std::string("/stats"),
                                    std::string("/"), std::string("/metrics")}) {
    EXPECT_EQ(ask("10.0.0.1:1", target, "X-Forwarded-For: 192.0.2.7\r\n"), kDenied) << target;
  }
  EXPECT_EQ(ask("10.0.0.1:1", kAnnounce, "X-Forwarded-For: 2001:db8:bad::1\r\n"), kDenied);
  EXPECT_EQ(ask("10.0.0.1:1", kAnnounce, "X-Forwarded-For: ::ffff:192.0.2.7\r\n"), kDenied);
  EXPECT_EQ(ask("10.0.0.1:1", kAnnounce, "X-Forwarded-For: 198.51.100.7\r\n"), kOk);
  EXPECT_EQ(ask("10.0.0.1:1", kAnnounce, "X-Forwarded-For: 192.0.2.1\r\n"), kOk) << "blessed";
  EXPECT_EQ(denied(Transport::tcp), 7U);
  EXPECT_EQ(tracker_.table.peers(), 2U);
}

TEST_F(DeniedClientsTest, AreRefusedIfTheProxyProtocolNamesThem) {
  StreamPeer peer{endpoint("10.0.0.1:1")};
  peer.introduced = true;
  peer.client = endpoint("192.0.2.7:1");
  OfflineConnection connection(tracker_.http_frontend, peer);
  connection.send(get(kAnnounce));
  EXPECT_EQ(status_of(connection.take().at(0)), kDenied);
}

TEST_F(DeniedClientsTest, CannotBeAnnouncedByOthers) {
  EXPECT_EQ(ask("10.0.1.1:1", kAnnounce + "&ip=192.0.2.7"), kDenied);
  EXPECT_EQ(ask("10.0.1.1:1", kAnnounce + "&ip=198.51.100.7"), kOk);
  EXPECT_EQ(ask("198.51.100.1:1", kAnnounce + "&ip=192.0.2.7"), kOk) << "ip= is ignored";
  UdpAnnounceFields fields;
  fields.info_hash = numbered_hash(2);
  fields.port = 6881;
  fields.ip = 0xc0000207;  // 192.0.2.7
  const Endpoint gateway = endpoint("10.0.1.1:1");
  const Bytes announce = udp_announce(tracker_.udp_connection_id(gateway), 7, fields);
  EXPECT_TRUE(tracker_.udp(gateway, announce).empty());
  EXPECT_EQ(denied(Transport::udp), 1U);
}

TEST_F(DeniedClientsTest, AreServedOnceAReloadForgetsThem) {
  (void)tracker_.addresses.deny.denied().replace(nullptr);
  EXPECT_TRUE(may_connect("192.0.2.7:1"));
  EXPECT_TRUE(is_answered_over_udp("192.0.2.7:1"));
  EXPECT_EQ(ask("192.0.2.7:1", kAnnounce), kOk);
}

}  // namespace
}  // namespace ot
