#include "frontend/udp.h"

#include <gtest/gtest.h>

#include "unit/frontend/offline_tracker.h"

namespace ot {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;

constexpr TransactionId kTransaction = 0xcafe0001;
constexpr uint64_t kWrongId = 0x0123456789abcdef;

const Endpoint kClient4 = endpoint("192.0.2.7:1000");
const Endpoint kClient6 = endpoint("[2001:db8::7]:1000");

uint32_t word(ByteView reply, size_t index) {
  ByteReader reader(reply);
  reader.skip(index * sizeof(uint32_t));
  return reader.read<uint32_t>();
}

std::string error_text(ByteView reply) {
  if (reply.size() < kUdpErrorHeader || word(reply, 0) != kUdpError) return "no error";
  return std::string(as_text(reply.subspan(kUdpErrorHeader)));
}

class UdpFrontendTest : public testing::Test {
 protected:
  static OfflineSettings with_limits(const UdpLimits& limits) {
    OfflineSettings settings;
    settings.udp = limits;
    return settings;
  }
  // Announces `count` leechers of torrent 1 from addresses of the family, each its own.
  static void fill(OfflineTracker& tracker, bool v4, uint16_t count) {
    AnnounceRequest request;
    request.info_hash = numbered_hash(1);
    for (uint16_t i = 0; i < count; ++i) {
      request.peer = {v4 ? kClient4.address : kClient6.address, static_cast<uint16_t>(2000 + i)};
      (void)tracker.tracker.announce(request, tracker.tracker.prepare(request.info_hash), 0,
                                     tracker.loop->now(), {});
    }
  }
  static UdpAnnounceFields torrent1(uint32_t numwant = UINT32_MAX) {
    UdpAnnounceFields fields;
    fields.info_hash = numbered_hash(1);
    fields.numwant = numwant;
    return fields;
  }
  uint64_t count(Action action) { return tracker_.statistics.actions(Transport::udp, action); }

  OfflineTracker tracker_;
};

TEST_F(UdpFrontendTest, GivesOutIdsThatAnnounceAndScrape) {
  const Bytes connected = tracker_.udp(kClient4, udp_connect(kTransaction));
  ASSERT_EQ(connected.size(), kUdpConnectReply);
  EXPECT_EQ(word(connected, 0), kUdpConnect);
  EXPECT_EQ(word(connected, 1), kTransaction);
  const uint64_t id = ByteReader(ByteView(connected).subspan(8)).read<uint64_t>();

  const Bytes announced = tracker_.udp(kClient4, udp_announce(id, kTransaction, torrent1()));
  ASSERT_EQ(announced.size(), kUdpAnnounceHeader);
  EXPECT_EQ(word(announced, 0), kUdpAnnounce);
  EXPECT_EQ(word(announced, 1), kTransaction);
  EXPECT_NEAR(word(announced, 2), 1800, 180);
  EXPECT_EQ(word(announced, 3), 1U) << "leechers";
  EXPECT_EQ(word(announced, 4), 0U) << "seeders";

  const Bytes scraped =
      tracker_.udp(kClient4, udp_scrape(id, 5, {numbered_hash(2), numbered_hash(1)}));
  ASSERT_EQ(scraped.size(), kUdpScrapeHeader + 2 * kUdpScrapeEntry);
  EXPECT_EQ(word(scraped, 0), kUdpScrape);
  EXPECT_EQ(word(scraped, 1), 5U);
  EXPECT_EQ(word(scraped, 2) + word(scraped, 3) + word(scraped, 4), 0U) << "unknown, in its place";
  EXPECT_EQ(word(scraped, 7), 1U) << "leechers";
}

TEST_F(UdpFrontendTest, AnswersAnAnnounceThatTheListRefusesWithAnErrorOrItsOwnInterval) {
  for (const auto interval : {seconds(0), seconds(86400)}) {
    OfflineSettings settings = with_limits({.udp_reject_interval = interval});
    settings.access = AccessMode::white;
    OfflineTracker tracker(settings);
    for (const Endpoint& client : {kClient4, kClient6}) {
      const uint64_t id = tracker.udp_connection_id(client);
      const Bytes reply = tracker.udp(client, udp_announce(id, kTransaction, torrent1()));
      EXPECT_EQ(word(reply, 1), kTransaction);
      if (interval == seconds(0)) {
        EXPECT_EQ(error_text(reply), kNotAuthorized);
        continue;
      }
      ASSERT_EQ(reply.size(), kUdpAnnounceHeader) << "no peers";
      EXPECT_EQ(word(reply, 0), kUdpAnnounce);
      EXPECT_EQ(word(reply, 2), 86400U);
      EXPECT_EQ(word(reply, 3) + word(reply, 4), 0U) << "nobody is counted";
      UdpAnnounceFields bad = torrent1();
      bad.port = 0;
      EXPECT_EQ(error_text(tracker.udp(client, udp_announce(id, 1, bad))), "Port must not be 0.")
          << "other refusals stay errors";
      EXPECT_EQ(tracker.udp(client, udp_scrape(id, 1, {numbered_hash(1)})).size(), 20U);
    }
    EXPECT_EQ(tracker.table.torrents(), 0U);
    EXPECT_EQ(tracker.statistics.actions(Transport::udp, Action::announce), 0U);
  }
}

TEST_F(UdpFrontendTest, ServesABatchOfMixedDatagramsEachInItsPlace) {
  const uint64_t id = tracker_.udp_connection_id(kClient4);
  std::vector<Bytes> datagrams;
  for (uint32_t i = 0; i < UdpServer::kBatch; ++i) {
    UdpAnnounceFields fields = torrent1();
    fields.port = static_cast<uint16_t>(3000 + i);
    switch (i % 4) {
      case 0:
        datagrams.push_back(udp_announce(id, i, fields));
        break;
      case 1:
        datagrams.push_back(Bytes(i));
        break;  // too short, or no action of ours
      case 2:
        datagrams.push_back(udp_scrape(id, i, {fields.info_hash}));
        break;
      default:
        datagrams.push_back(udp_connect(i));
        break;
    }
  }
  std::vector<Bytes> memory(datagrams.size(), Bytes(UdpServer::kMaxDatagram));
  std::vector<Datagram> in;
  std::vector<UdpReply> out;
  for (size_t i = 0; i < datagrams.size(); ++i) {
    in.push_back({kClient4, datagrams[i]});
    out.push_back({memory[i], 0});
  }
  tracker_.udp_frontend.on_batch(in, out);
  for (uint32_t i = 0; i < out.size(); ++i) {
    const ByteView reply = ByteView(memory[i]).first(out[i].size);
    if (i % 4 == 1) {
      EXPECT_EQ(out[i].size, 0U) << i;
      continue;
    }
    ASSERT_GE(out[i].size, 16U) << i;
    EXPECT_EQ(word(reply, 1), i) << "its own transaction";
    // Announces before it in the batch are seen by those behind them: one, then two, ...
    if (i % 4 == 0) {
      EXPECT_EQ(out[i].size, kUdpAnnounceHeader + i / 4 * kCompactPeer4) << i;
    }
    if (i % 4 == 2) {
      EXPECT_EQ(word(reply, 4), i / 4 + 1) << i;
    }
  }
}

TEST_F(UdpFrontendTest, SendsAnUnprovenSourceNeverMoreThanItSent) {
  OfflineTracker tracker(with_limits({.mismatches_per_second = UINT32_MAX}));
  fill(tracker, true, 300);
  fill(tracker, false, 300);
  size_t answered = 0;
  for (const Endpoint& client : {kClient4, kClient6}) {
    for (const uint64_t id : {kWrongId, kUdpMagic, uint64_t{0}}) {
      for (uint32_t action = 0; action <= 5; ++action) {
        Bytes datagram = udp_header(id, action, kTransaction).take();
        datagram.resize(UdpServer::kMaxDatagram, 0);
        // A port, and the torrent that has peers to give.
        ByteWriter(ByteSpan(datagram).subspan(16)).write(ByteView(numbered_hash(1).bytes));
        ByteWriter(ByteSpan(datagram).subspan(96)).write(uint16_t{6881});
        for (size_t size = 0; size <= UdpServer::kMaxDatagram; ++size) {
          const Bytes reply = tracker.udp(client, ByteView(datagram).first(size));
          ASSERT_LE(reply.size(), size) << "action " << action;
          answered += reply.empty() ? 0 : 1;
        }
      }
    }
  }
  EXPECT_GT(answered, 2U * 2033U) << "connects at least: the test must not pass by silence";
}

TEST_F(UdpFrontendTest, AnswersAWrongIdOnlyIfTheRequestIsAsLongAsTheError) {
  const size_t error = kUdpErrorHeader + kConnectionIdMismatch.size();
  Bytes datagram = udp_header(kWrongId, kUdpScrape, kTransaction).take();
  datagram.resize(error - 1, 1);
  EXPECT_TRUE(tracker_.udp(kClient4, datagram).empty());
  datagram.resize(error, 1);
  const Bytes reply = tracker_.udp(kClient4, datagram);
  EXPECT_EQ(error_text(reply), std::string("Connection ID missmatch.\0", 25));
  EXPECT_EQ(word(reply, 1), kTransaction);
  EXPECT_EQ(count(Action::mismatch), 2U) << "counted, answered or not";
}

TEST_F(UdpFrontendTest, LimitsAnswersToWrongIdsASecondOverAllSources) {
  OfflineTracker tracker(with_limits({.mismatches_per_second = 3}));
  const Bytes datagram = udp_announce(kWrongId, 1, torrent1());
  const auto answers = [&] {
    size_t count = 0;
    for (uint16_t i = 0; i < 10; ++i) {
      const Endpoint source{i % 2 == 0 ? kClient4.address : kClient6.address, i};
      count += tracker.udp(source, datagram).empty() ? 0 : 1;
    }
    return count;
  };
  EXPECT_EQ(answers(), 3U);
  tracker.advance(seconds(1));
  EXPECT_EQ(answers(), 3U);
  EXPECT_EQ(tracker.statistics.actions(Transport::udp, Action::mismatch), 20U);
}

TEST_F(UdpFrontendTest, TellsFaultsOnlyToProvenSources) {
  const uint64_t id = tracker_.udp_connection_id(kClient4);
  UdpAnnounceFields no_port = torrent1();
  no_port.port = 0;
  Bytes partial = udp_scrape(0, 1, {numbered_hash(1)});
  partial.push_back(7);
  Bytes cut = udp_announce(0, 1, torrent1());
  cut.pop_back();
  const std::vector<std::pair<Bytes, std::string>> faults{
      {udp_announce(0, 1, no_port), "Port must not be 0."},
      {cut, "Announce is too short."},
      {udp_scrape(0, 1, {}), "Scrape names no info_hash."},
      {partial, "Scrape ends inside an info_hash."},
  };
  for (const auto& [datagram, text] : faults) {
    const Bytes to_stranger = tracker_.udp(kClient4, datagram);
    EXPECT_LE(to_stranger.size(), datagram.size());
    EXPECT_NE(error_text(to_stranger), text);
    Bytes proven = datagram;
    ByteWriter(proven).write(id);
    EXPECT_EQ(error_text(tracker_.udp(kClient4, proven)), text);
    EXPECT_NE(error_text(tracker_.udp(kClient6, proven)), text) << "the id is of another address";
  }
  EXPECT_EQ(count(Action::refused), faults.size());
  EXPECT_EQ(count(Action::announce), 0U);
  EXPECT_EQ(tracker_.table.peers(), 0U);
}

TEST_F(UdpFrontendTest, IsSilentToOtherProtocols) {
  const uint64_t id = tracker_.udp_connection_id(kClient4);
  for (const uint32_t action : {3U, 4U, 5U, UINT32_MAX}) {
    Bytes datagram = udp_header(id, action, 1).take();
    datagram.resize(200);
    EXPECT_TRUE(tracker_.udp(kClient4, datagram).empty()) << action;
  }
  EXPECT_TRUE(tracker_.udp(kClient4, {}).empty());
  EXPECT_TRUE(tracker_.udp(kClient4, Bytes(15)).empty());
  EXPECT_TRUE(tracker_.udp(kClient4, udp_header(kUdpMagic + 1, kUdpConnect, 1).take()).empty());
  EXPECT_EQ(count(Action::contact), 8U) << "heard all the same, the connect included";
}

TEST_F(UdpFrontendTest, StaysBelowTheDatagramSizeOfEachFamily) {
  OfflineSettings settings;
  settings.policy.numwant_max = 1000;
  OfflineTracker tracker(settings);
  for (const Endpoint& client : {kClient4, kClient6}) {
    const bool v4 = client.address.is_v4();
    const size_t limit = v4 ? 1352 : 1232;
    const size_t peer = v4 ? kCompactPeer4 : kCompactPeer6;
    fill(tracker, v4, 400);
    const uint64_t id = tracker.udp_connection_id(client);
    const Bytes reply = tracker.udp(client, udp_announce(id, 1, torrent1(1000)));
    EXPECT_LE(reply.size(), limit);
    EXPECT_EQ(reply.size(), kUdpAnnounceHeader + (limit - kUdpAnnounceHeader) / peer * peer);
  }
}

TEST_F(UdpFrontendTest, TakesOtherDatagramSizesIfConfigured) {
  OfflineTracker tracker(with_limits({.udp_payload_v4 = 508, .udp_payload_v6 = 508}));
  fill(tracker, true, 300);
  fill(tracker, false, 300);
  const uint64_t id4 = tracker.udp_connection_id(kClient4);
  EXPECT_EQ(tracker.udp(kClient4, udp_announce(id4, 1, torrent1(200))).size(), 20U + 81 * 6);
  const uint64_t id6 = tracker.udp_connection_id(kClient6);
  EXPECT_EQ(tracker.udp(kClient6, udp_announce(id6, 1, torrent1(200))).size(), 20U + 27 * 18);
}

TEST_F(UdpFrontendTest, AnswersOnlyAsManyHashesOfAScrapeAsTheDatagramHolds) {
  OfflineTracker tracker(with_limits({.udp_payload_v4 = 508, .udp_payload_v6 = 508}));
  const std::vector<InfoHash> hashes(kUdpMaxScrapeHashes);
  const uint64_t id = tracker.udp_connection_id(kClient4);
  EXPECT_EQ(tracker.udp(kClient4, udp_scrape(id, 1, hashes)).size(), 8U + 41 * 12);
}

TEST_F(UdpFrontendTest, NamesOnlyPeersOfThePacketsFamilyAndCountsBoth) {
  fill(tracker_, true, 3);
  fill(tracker_, false, 5);
  const uint64_t id4 = tracker_.udp_connection_id(kClient4);
  const Bytes reply4 = tracker_.udp(kClient4, udp_announce(id4, 1, torrent1()));
  EXPECT_EQ(reply4.size(), kUdpAnnounceHeader + 3 * kCompactPeer4);
  EXPECT_EQ(word(reply4, 3), 9U);
  const uint64_t id6 = tracker_.udp_connection_id(kClient6);
  const Bytes reply6 = tracker_.udp(kClient6, udp_announce(id6, 1, torrent1()));
  EXPECT_EQ(reply6.size(), kUdpAnnounceHeader + 5 * kCompactPeer6);
  EXPECT_EQ(word(reply6, 3), 10U);
}

TEST_F(UdpFrontendTest, ReadsNumwantAsSigned) {
  fill(tracker_, true, 300);
  const uint64_t id = tracker_.udp_connection_id(kClient4);
  const std::vector<std::pair<uint32_t, size_t>> expected{
      {0, 0}, {1, 1}, {200, 200}, {201, 200}, {INT32_MAX, 200}, {UINT32_MAX, 50}, {1U << 31U, 50}};
  for (const auto& [numwant, peers] : expected) {
    EXPECT_EQ(tracker_.udp(kClient4, udp_announce(id, 1, torrent1(numwant))).size(),
              kUdpAnnounceHeader + peers * kCompactPeer4)
        << numwant;
  }
}

TEST_F(UdpFrontendTest, ScrapesAsManyHashesAsADatagramHolds) {
  const uint64_t id = tracker_.udp_connection_id(kClient4);
  const std::vector<InfoHash> hashes(100, numbered_hash(1));
  EXPECT_EQ(tracker_.udp(kClient4, udp_scrape(id, 1, hashes)).size(),
            kUdpScrapeHeader + kUdpMaxScrapeHashes * kUdpScrapeEntry);
}

TEST_F(UdpFrontendTest, AcceptsAnIdInItsSlotAndTheTwoAfterIt) {
  tracker_.advance(minutes(5) - (tracker_.clock.now().time_since_epoch() % minutes(5)));
  const uint64_t id = tracker_.udp_connection_id(kClient4);  // in the first second of a slot
  const Bytes datagram = udp_announce(id, 1, torrent1());
  tracker_.advance(minutes(15) - seconds(1));
  EXPECT_EQ(word(tracker_.udp(kClient4, datagram), 0), kUdpAnnounce);
  tracker_.advance(seconds(1));
  EXPECT_EQ(word(tracker_.udp(kClient4, datagram), 0), kUdpError);
}

TEST_F(UdpFrontendTest, CountsWhatItDidByFamily) {
  const uint64_t id = tracker_.udp_connection_id(kClient6);
  (void)tracker_.udp(kClient6, udp_announce(id, 1, torrent1()));
  (void)tracker_.udp(kClient6, udp_scrape(id, 1, {numbered_hash(1), numbered_hash(2)}));
  const Statistics& statistics = tracker_.statistics;
  for (const Action action : {Action::connect, Action::announce, Action::scrape}) {
    EXPECT_EQ(statistics.actions(Transport::udp, Family::v6, action), 1U);
    EXPECT_EQ(statistics.actions(Transport::udp, Family::v4, action), 0U);
    EXPECT_EQ(statistics.actions(Transport::tcp, action), 0U);
  }
  EXPECT_EQ(statistics.actions(Transport::udp, Family::v6, Action::contact), 3U);
}

}  // namespace
}  // namespace ot
