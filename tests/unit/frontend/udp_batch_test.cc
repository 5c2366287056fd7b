// A batch of datagrams is answered as its datagrams would be one by one.
#include <gtest/gtest.h>

#include <algorithm>

#include "unit/frontend/offline_tracker.h"

namespace ot {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;

constexpr uint32_t kTorrents = 5;

class UdpBatchTest : public testing::Test {
 protected:
  // Serves the batch, and each of its datagrams alone.
  void serve(const std::vector<Endpoint>& clients, const std::vector<Bytes>& datagrams) {
    std::vector<Datagram> in;
    std::vector<UdpReply> out;
    for (size_t i = 0; i < datagrams.size(); ++i) {
      in.push_back({clients[i], datagrams[i]});
      out.push_back({memory_[i], 0});
    }
    batches_.udp_frontend.on_batch(in, out);
    for (size_t i = 0; i < datagrams.size(); ++i) {
      const Bytes got(memory_[i].begin(), memory_[i].begin() + static_cast<long>(out[i].size));
      ASSERT_EQ(got, one_by_one_.udp(clients[i], datagrams[i])) << "datagram " << i;
      most_ = std::max(most_, got.size());
    }
  }
  void advance(std::chrono::minutes by, Duration tick) {
    one_by_one_.advance(by, tick);
    batches_.advance(by, tick);
  }
  // The same for both.
  uint64_t id_of(const Endpoint& client) {
    const uint64_t id = one_by_one_.udp_connection_id(client);
    EXPECT_EQ(batches_.udp_connection_id(client), id);
    return id;
  }
  // Two of the five share a shard.
  static InfoHash torrent(uint32_t number) {
    InfoHash hash = numbered_hash(number);
    if (number == 1) std::copy_n(numbered_hash(0).bytes.begin(), 2, hash.bytes.begin());
    return hash;
  }
  // All in one shard.
  static InfoHash neighbour(uint32_t number) {
    InfoHash hash;
    ByteWriter(ByteSpan(hash.bytes).last(sizeof number)).write(number);
    return hash;
  }
  static Endpoint client_number(uint32_t number) {
    const std::array<uint8_t, 4> bytes{192, 0, static_cast<uint8_t>(number >> 8U),
                                       static_cast<uint8_t>(number)};
    return {IpAddress::v4(bytes), 4000};
  }
  Endpoint draw_client() { return client_number(1 + dice_.below(400)); }
  Bytes draw_datagram(const Endpoint& client) {
    const uint64_t id = id_of(client);
    switch (dice_.below(12)) {
      case 0:
        return udp_connect(dice_.below(1000));
      case 1:
        return udp_scrape(id, 1, {torrent(dice_.below(kTorrents)), torrent(0)});
      case 2:
        return udp_announce(id + 4, 2, {});
      default:
        break;
    }
    UdpAnnounceFields fields;
    fields.info_hash = torrent(dice_.below(kTorrents));
    fields.left = dice_.below(2);
    fields.event = dice_.below(6) == 0 ? AnnounceEvent::stopped : AnnounceEvent::none;
    fields.numwant = dice_.below(60);
    return udp_announce(id, 3, fields);
  }

  OfflineTracker one_by_one_;
  OfflineTracker batches_;
  Random dice_{5};
  std::vector<Bytes> memory_ =
      std::vector<Bytes>(UdpServer::kBatch, Bytes(UdpServer::kMaxDatagram));
  size_t most_ = 0;  // bytes of the longest reply
};

TEST_F(UdpBatchTest, AnswersAsOneByOne) {
  for (int round = 0; round < 1'000; ++round) {
    std::vector<Endpoint> clients(1 + dice_.below(UdpServer::kBatch));
    std::vector<Bytes> datagrams;
    for (Endpoint& client : clients) {
      client = draw_client();
      datagrams.push_back(draw_datagram(client));
    }
    ASSERT_NO_FATAL_FAILURE(serve(clients, datagrams));
    if (round % 50 == 0) advance(minutes(11), seconds(1));
  }
  EXPECT_GT(most_, kUdpAnnounceHeader + 40 * kCompactPeer4);
}

// A scrape removes the stale peers of a torrent. If none are left, the torrent is removed, and its
// neighbours in the shard move up with their peers.
TEST_F(UdpBatchTest, AnswersAsOneByOneWhenAScrapeMovesTheTorrentsBesideIt) {
  constexpr uint32_t kMany = 2'000;
  constexpr uint32_t kPeers = 3;
  const auto announce = [&](uint32_t number) {
    const Endpoint client = client_number(1 + number);
    UdpAnnounceFields fields;
    fields.info_hash = neighbour(number / kPeers);
    serve({client}, {udp_announce(id_of(client), 1, fields)});
  };
  for (uint32_t i = 0; i < kMany * kPeers; ++i) announce(i);
  advance(minutes(30), minutes(30));
  for (uint32_t i = 0; i < kMany * kPeers; ++i)
    if (i / kPeers % 2 == 0) announce(i);
  advance(minutes(16), seconds(1));
  ASSERT_EQ(batches_.table.torrents(), kMany) << "the sweep has not come to them";
  const Endpoint client = client_number(0);
  const uint64_t id = id_of(client);
  for (uint32_t i = 0; i + 31 < kMany; i += 32) {
    std::vector<Bytes> datagrams;
    for (uint32_t j = 0; j < 16; ++j) {
      UdpAnnounceFields fields;
      fields.info_hash = neighbour(2 * dice_.below(kMany / 2));
      datagrams.push_back(udp_announce(id, j, fields));
      std::vector<InfoHash> stale;
      for (uint32_t k = 0; k < 20; ++k) stale.push_back(neighbour(1 + 2 * dice_.below(kMany / 2)));
      datagrams.push_back(udp_scrape(id, j, stale));
    }
    ASSERT_NO_FATAL_FAILURE(serve(std::vector<Endpoint>(datagrams.size(), client), datagrams));
  }
  EXPECT_EQ(most_, std::max(kUdpAnnounceHeader + kPeers * kCompactPeer4,
                            kUdpScrapeHeader + 20 * kUdpScrapeEntry));
  EXPECT_LT(batches_.table.torrents(), kMany * 6 / 10);
}

}  // namespace
}  // namespace ot
