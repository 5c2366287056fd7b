// Clients of a tracker without sockets: they speak HTTP text and UDP datagrams, and all they know
// of the tracker is its replies.
//
// A scenario says which peers announce what, lets time pass, and looks at the replies to others.
// Ask::over chooses the wire; replies have one form for both.
#pragma once

#include <gtest/gtest.h>

#include <set>

#include "unit/frontend/offline_tracker.h"
#include "unit/support/bencode_decoder.h"

namespace ot {

enum class Wire : uint8_t { http, udp };

struct Ask {
  Endpoint peer;
  AnnounceEvent event = AnnounceEvent::none;
  uint64_t left = 1;
  int numwant = -1;
  InfoHash info_hash = numbered_hash(1);
  Wire over = Wire::http;
};

// The reply to an announce.
struct Told {
  int64_t seeders = -1;
  int64_t leechers = -1;
  std::chrono::seconds interval{0};
  std::vector<Endpoint> peers;  // as they came: IPv4, then IPv6

  [[nodiscard]] std::set<Endpoint> peer_set() const { return {peers.begin(), peers.end()}; }
  [[nodiscard]] size_t count(Family family) const {
    return static_cast<size_t>(
        std::count_if(peers.begin(), peers.end(),
                      [family](const Endpoint& peer) { return peer.address.family() == family; }));
  }
};

// The number-th peer of a family: an address of its own.
inline Endpoint peer4(uint32_t number) {
  const std::array<uint8_t, 4> bytes{10, static_cast<uint8_t>(number >> 16U),
                                     static_cast<uint8_t>(number >> 8U),
                                     static_cast<uint8_t>(number)};
  return {IpAddress::v4(bytes), 6881};
}
inline Endpoint peer6(uint32_t number) {
  std::array<uint8_t, 16> bytes{0x20, 0x01, 0x0d, 0xb8};
  ByteWriter(ByteSpan(bytes).last(4)).write(number);
  return {IpAddress::v6(bytes), 6881};
}

class SimulatedClients {
 public:
  explicit SimulatedClients(OfflineTracker& tracker) : tracker_(tracker) {}

  Told announce(const Ask& ask) {
    return ask.over == Wire::http ? announce_http(ask) : announce_udp(ask);
  }

  // The reply to a scrape of one torrent.
  SwarmCounts scrape(const InfoHash& hash = numbered_hash(1), Wire over = Wire::http) {
    return over == Wire::http ? scrape_http(hash) : scrape_udp(hash);
  }

 private:
  static constexpr std::array<std::string_view, 5> kEventNames{"", "completed", "started",
                                                               "stopped", "paused"};

  static uint32_t number(const Bencoded& dict, const std::string& key) {
    return static_cast<uint32_t>(dict[key].integer);
  }

  template <size_t kCompact>
  static void read_peers(ByteView compact, std::vector<Endpoint>& out) {
    EXPECT_EQ(compact.size() % kCompact, 0U);
    for (ByteReader reader(compact); reader.rest().size() >= kCompact;) {
      const ByteView address = reader.take(kCompact - 2);
      Endpoint peer;
      if constexpr (kCompact == kCompactPeer4) {
        peer.address = IpAddress::v4(address.first<4>());
      } else {
        peer.address = IpAddress::v6(address.first<16>());
      }
      peer.port = reader.read<uint16_t>();
      out.push_back(peer);
    }
  }

  Bencoded ask_http(const Endpoint& from, const std::string& target) {
    const HttpReply reply = tracker_.http(from, get(target));
    EXPECT_EQ(reply.status_line, "HTTP/1.1 200 OK");
    const auto body = BencodeDecoder::decode(reply.body);
    EXPECT_TRUE(body && !body->has("failure reason")) << reply.body;
    return body.value_or(Bencoded{});
  }

  Told announce_http(const Ask& ask) {
    std::string target = "/announce?info_hash=" + percent_encode(ask.info_hash) +
                         "&port=" + std::to_string(ask.peer.port) +
                         "&left=" + std::to_string(ask.left) +
                         "&numwant=" + std::to_string(ask.numwant);
    if (ask.event != AnnounceEvent::none)
      target += "&event=" + std::string(kEventNames[static_cast<size_t>(ask.event)]);
    const Bencoded reply = ask_http({ask.peer.address, 50000}, target);
    if (reply.dict.empty()) return {};
    Told told{reply["complete"].integer,
              reply["incomplete"].integer,
              std::chrono::seconds(reply["interval"].integer),
              {}};
    read_peers<kCompactPeer4>(as_bytes(reply["peers"].text), told.peers);
    if (reply.has("peers6")) read_peers<kCompactPeer6>(as_bytes(reply["peers6"].text), told.peers);
    return told;
  }

  Told announce_udp(const Ask& ask) {
    const Endpoint from{ask.peer.address, 50000};
    const UdpAnnounceFields fields{ask.info_hash, ask.left, ask.event,
                                   static_cast<uint32_t>(ask.numwant), ask.peer.port};
    const Bytes reply =
        tracker_.udp(from, udp_announce(tracker_.udp_connection_id(from), 1, fields));
    ByteReader reader(reply);
    EXPECT_EQ(reader.read<uint32_t>(), kUdpAnnounce);
    reader.skip(sizeof(TransactionId));
    Told told;
    told.interval = std::chrono::seconds(reader.read<uint32_t>());
    told.leechers = reader.read<uint32_t>();
    told.seeders = reader.read<uint32_t>();
    EXPECT_FALSE(reader.failed());
    if (from.address.is_v4()) {
      read_peers<kCompactPeer4>(reader.rest(), told.peers);
    } else {
      read_peers<kCompactPeer6>(reader.rest(), told.peers);
    }
    return told;
  }

  SwarmCounts scrape_http(const InfoHash& hash) {
    const Bencoded reply = ask_http(peer4(1), "/scrape?info_hash=" + percent_encode(hash));
    if (!reply.has("files") || reply["files"].dict.size() != 1) return {9999, 9999, 9999};
    const Bencoded& file = reply["files"].dict.begin()->second;
    return {number(file, "complete"), number(file, "incomplete"), number(file, "downloaded")};
  }

  SwarmCounts scrape_udp(const InfoHash& hash) {
    const Endpoint from = peer4(1);
    const Bytes reply = tracker_.udp(from, udp_scrape(tracker_.udp_connection_id(from), 1, {hash}));
    ByteReader reader(reply);
    EXPECT_EQ(reader.read<uint32_t>(), kUdpScrape);
    reader.skip(sizeof(TransactionId));
    SwarmCounts counts;
    counts.seeders = reader.read<uint32_t>();
    counts.downloaded = reader.read<uint32_t>();
    counts.leechers = reader.read<uint32_t>();
    EXPECT_FALSE(reader.failed());
    return counts;
  }

  OfflineTracker& tracker_;
};

// A tracker and its clients.
class ScenarioTest : public testing::Test {
 protected:
  static constexpr AnnounceEvent kStarted = AnnounceEvent::started;
  static constexpr AnnounceEvent kCompleted = AnnounceEvent::completed;
  static constexpr AnnounceEvent kStopped = AnnounceEvent::stopped;
  static constexpr AnnounceEvent kPaused = AnnounceEvent::paused;

  // Announces the peers numbered first to last over the wire, as leechers or seeders.
  void join(uint32_t first, uint32_t last, uint64_t left, Endpoint (*peer)(uint32_t) = peer4) {
    for (uint32_t i = first; i <= last; ++i)
      clients_.announce({.peer = peer(i), .event = kStarted, .left = left, .numwant = 0});
  }

  OfflineTracker tracker_;
  SimulatedClients clients_{tracker_};
};

}  // namespace ot
