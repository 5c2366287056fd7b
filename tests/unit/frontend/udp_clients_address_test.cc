// Which address an announce over UDP is stored under: the ip field of BEP 15, and who may fill it.
#include <gtest/gtest.h>

#include "unit/frontend/offline_tracker.h"

namespace ot {
namespace {

constexpr uint32_t kClaimed = 0xc6336409;  // 198.51.100.9

const Endpoint kTrusted = endpoint("10.0.1.1:1000");
const Endpoint kTrusted6 = endpoint("[fd00::1]:1000");
const Endpoint kElsewhere = endpoint("203.0.113.1:1000");

OfflineSettings with_ip_from_query() {
  OfflineSettings settings;
  settings.addresses.proxy = Networks(std::array{*Network::parse("10.0.0.0/24")});
  settings.addresses.ip_from_query =
      Networks(std::array{*Network::parse("10.0.1.0/24"), *Network::parse("fd00::/64")});
  return settings;
}

class UdpClientsAddressTest : public testing::Test {
 protected:
  Bytes announce(const Endpoint& from, uint32_t ip, uint16_t port = 6881) {
    UdpAnnounceFields fields;
    fields.info_hash = numbered_hash(1);
    fields.ip = ip;
    fields.port = port;
    return tracker_.udp(from, udp_announce(tracker_.udp_connection_id(from), 7, fields));
  }
  static uint32_t action_of(ByteView reply) { return ByteReader(reply).read<uint32_t>(); }
  // The IPv4 peers of the swarm, as another client is told them.
  std::string swarm() {
    const Bytes reply = announce(endpoint("192.0.2.99:1"), 0, 1);
    std::string text;
    for (size_t at = kUdpAnnounceHeader; at < reply.size(); at += kCompactPeer4)
      text += IpAddress::v4(ByteView(reply).subspan(at).first<4>()).to_string() + " ";
    return text;
  }

  OfflineTracker tracker_{with_ip_from_query()};
};

TEST_F(UdpClientsAddressTest, ATrustedSourceMayNameAnother) {
  EXPECT_EQ(action_of(announce(kTrusted, kClaimed)), kUdpAnnounce);
  EXPECT_EQ(swarm(), "198.51.100.9 ");
}

TEST_F(UdpClientsAddressTest, ATrustedSourceThatNamesNobodyIsItself) {
  EXPECT_EQ(action_of(announce(kTrusted, 0)), kUdpAnnounce);
  EXPECT_EQ(swarm(), "10.0.1.1 ");
}

TEST_F(UdpClientsAddressTest, AnUntrustedSourceMayNot) {
  EXPECT_EQ(action_of(announce(kElsewhere, kClaimed)), kUdpAnnounce);
  EXPECT_EQ(swarm(), "203.0.113.1 ");
}

TEST_F(UdpClientsAddressTest, AFieldOfFourBytesNamesNobodyOverIPv6) {
  EXPECT_EQ(action_of(announce(kTrusted6, kClaimed)), kUdpAnnounce);
  EXPECT_EQ(swarm(), "");
  EXPECT_EQ(tracker_.table.peers(), 2U);
}

TEST_F(UdpClientsAddressTest, AProxyIsAClientLikeAnyOther) {
  EXPECT_EQ(action_of(announce(endpoint("10.0.0.1:1000"), kClaimed)), kUdpAnnounce);
  EXPECT_EQ(swarm(), "10.0.0.1 ") << "no proxy of ours passes on datagrams";
}

TEST_F(UdpClientsAddressTest, AMartianInTheFieldIsRefusedAndNotStored) {
  for (const uint32_t ip : {0x7f000001U, 0xa9fe0101U, 0xe0000001U, 0xffffffffU, 0x00000001U}) {
    const Bytes reply = announce(kTrusted, ip);
    EXPECT_EQ(action_of(reply), kUdpError) << ip;
    EXPECT_TRUE(as_text(ByteView(reply).subspan(kUdpErrorHeader))
                    .starts_with("The ip field names the address "))
        << ip;
  }
  const Bytes reply = announce(kTrusted, 0xf0010203U);
  EXPECT_EQ(as_text(ByteView(reply).subspan(kUdpErrorHeader)),
            "The ip field names the address 240.1.2.3, which no peer can have (link-local, "
            "multicast, loopback or reserved).");
  EXPECT_EQ(tracker_.table.torrents(), 0U);
  EXPECT_EQ(tracker_.statistics.actions(Transport::udp, Action::refused), 6U);
  EXPECT_EQ(tracker_.statistics.actions(Transport::udp, Action::announce), 0U);
}

// Its own address, not one that the field names.
TEST_F(UdpClientsAddressTest, AMartianIsAnsweredAsIfItWereStored) {
  (void)announce(endpoint("192.0.2.98:1"), 0, 2);
  for (const char* source : {"169.254.1.1:1000", "240.1.2.3:1000", "[fe80::1]:1000"}) {
    const Bytes reply = announce(endpoint(source), 0);
    ASSERT_GE(reply.size(), kUdpAnnounceHeader);
    EXPECT_EQ(action_of(reply), kUdpAnnounce);
    EXPECT_EQ(ByteReader(ByteView(reply).subspan(12)).read<uint32_t>(), 2U) << "leechers";
  }
  EXPECT_EQ(swarm(), "192.0.2.98 ");
  EXPECT_EQ(tracker_.table.peers(), 2U);
  EXPECT_EQ(tracker_.statistics.martians(), 3U);
  EXPECT_EQ(tracker_.statistics.actions(Transport::udp, Action::refused), 0U);
}

TEST_F(UdpClientsAddressTest, TheFieldIsNotReadBeforeTheConnectionIdHasProvedGood) {
  UdpAnnounceFields fields;
  fields.info_hash = numbered_hash(1);
  fields.ip = kClaimed;
  EXPECT_EQ(action_of(tracker_.udp(kTrusted, udp_announce(12, 7, fields))), kUdpError);
  EXPECT_EQ(tracker_.table.torrents(), 0U);
}

TEST_F(UdpClientsAddressTest, WithoutTrustedSourcesTheFieldIsIgnored) {
  OfflineTracker tracker;
  UdpAnnounceFields fields;
  fields.info_hash = numbered_hash(1);
  fields.ip = kClaimed;
  const uint64_t id = tracker.udp_connection_id(kTrusted);
  EXPECT_EQ(action_of(tracker.udp(kTrusted, udp_announce(id, 7, fields))), kUdpAnnounce);
  fields.port = 1;
  const Bytes reply = tracker.udp(kTrusted, udp_announce(id, 7, fields));
  ASSERT_EQ(reply.size(), kUdpAnnounceHeader + kCompactPeer4);
  EXPECT_EQ(IpAddress::v4(ByteView(reply).subspan(kUdpAnnounceHeader).first<4>()),
            kTrusted.address);
}

}  // namespace
}  // namespace ot
