// The load generator's checks: a good reply passes, each kind of wrong one is seen.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "bench/load/http_messages.h"
#include "bench/load/udp_messages.h"

namespace ot::bench {
namespace {

constexpr uint32_t kAsker = 0;

class Replies : public ::testing::Test {
 protected:
  static PopulationOptions options() {
    PopulationOptions options;
    options.torrents = 2;
    options.peers = 64;
    options.sources = 4;
    options.law = Law::uniform;
    return options;
  }

  // The first `count` peers on the asker's torrent, or on the other.
  [[nodiscard]] std::vector<uint32_t> peers(size_t count, bool same = true) const {
    std::vector<uint32_t> found;
    for (uint32_t peer = 1; peer < population_.size() && found.size() < count; ++peer) {
      if ((population_.torrent_of(peer) == population_.torrent_of(kAsker)) == same)
        found.push_back(peer);
    }
    return found;
  }

  [[nodiscard]] std::vector<uint8_t> compact(const std::vector<uint32_t>& peers) const {
    std::vector<uint8_t> bytes(peers.size() * 6);
    ByteWriter out(bytes);
    for (const uint32_t peer : peers) {
      out.write(Population::source_address(population_.source_of(peer)));
      out.write(population_.port_of(peer));
    }
    return bytes;
  }

  [[nodiscard]] const char* udp_fault(const std::vector<uint32_t>& peers, uint32_t swarm,
                                      uint32_t numwant = 3, Verify verify = Verify::strict,
                                      uint32_t interval = 1800, size_t cut = 0) const {
    std::vector<uint8_t> bytes(20 + peers.size() * 6);
    ByteWriter out(bytes);
    out.write(uint32_t{1});
    out.write(uint32_t{99});
    out.write(interval);
    out.write(swarm);
    out.write(uint32_t{0});
    out.write(ByteView(compact(peers)));
    return find_fault(population_, {kAsker, numwant, false},
                      ByteView(bytes).first(bytes.size() - cut), verify, true);
  }

  const Population population_{options()};
};

TEST_F(Replies, PassWhenAllIsWell) {
  EXPECT_EQ(udp_fault(peers(3), 10), nullptr);
  EXPECT_EQ(udp_fault({}, 1), nullptr);
}

TEST_F(Replies, FailWithTooManyOrTooFewPeers) {
  EXPECT_STREQ(udp_fault(peers(4), 10), "more peers than requested");
  EXPECT_STREQ(udp_fault(peers(2), 10), "too few peers");
  EXPECT_STREQ(udp_fault({}, 10), "too few peers");
  EXPECT_STREQ(udp_fault(peers(3), 2), "more peers than the swarm has");
}

TEST_F(Replies, FailWithAnEmptySwarmOrAnOddInterval) {
  EXPECT_STREQ(udp_fault({}, 0), "a swarm that does not count the client");
  EXPECT_STREQ(udp_fault(peers(3), 10, 3, Verify::strict, 0), "an implausible interval");
}

TEST_F(Replies, FailWhenCutShort) {
  EXPECT_STREQ(udp_fault(peers(3), 10, 3, Verify::strict, 1800, 1), "a truncated peer");
  EXPECT_STREQ(udp_fault({}, 10, 3, Verify::strict, 1800, 1), "a truncated announce reply");
}

TEST_F(Replies, FailWithAPeerOfAnotherSwarm) {
  EXPECT_STREQ(udp_fault(peers(1, false), 2), "a peer from another swarm");
}

TEST_F(Replies, FailWithAPeerTwice) {
  const uint32_t peer = peers(1).front();
  EXPECT_STREQ(udp_fault({peer, peer}, 3), "a duplicate peer");
}

TEST_F(Replies, FailWithTheAskerOnlyIfStrict) {
  EXPECT_STREQ(udp_fault({kAsker}, 2), "the client itself among the peers");
  EXPECT_EQ(udp_fault({kAsker}, 2, 3, Verify::lenient), nullptr);
}

TEST_F(Replies, FailWithAPeerThatNeverAnnounced) {
  const std::vector<uint8_t> foreign{192, 0, 2, 1, 26, 225};
  EXPECT_STREQ(find_peer_fault(population_, kAsker, foreign, Verify::strict),
               "a peer that never announced");
}

HttpReply framed(std::string_view text) { return frame_reply(as_bytes(text)); }

TEST(HttpFraming, WaitsForTheWholeReply) {
  const std::string reply = "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nd2:e";
  for (size_t size = 0; size < reply.size(); ++size)
    EXPECT_EQ(framed(reply.substr(0, size)).status, HttpReply::Status::incomplete) << size;
  const std::string two = reply + "HTTP/1.1";
  const HttpReply whole = framed(two);
  EXPECT_EQ(whole.status, HttpReply::Status::complete);
  EXPECT_EQ(whole.code, 200U);
  EXPECT_EQ(whole.size, reply.size());
  EXPECT_EQ(as_text(whole.body), "d2:e");
}

TEST(HttpFraming, RefusesAReplyWithoutLengthOrOfAnotherProtocol) {
  EXPECT_EQ(framed("HTTP/1.1 200 OK\r\n\r\nde").status, HttpReply::Status::bad);
  EXPECT_EQ(framed("SSH-2.0-x y\r\nContent-Length: 2\r\n\r\nde").status, HttpReply::Status::bad);
}

bool reads(std::string_view body, HttpAnnounceReply& out) {
  return read_announce(as_bytes(body), out);
}

TEST(HttpAnnounceReplies, AreReadKeyByKey) {
  HttpAnnounceReply reply;
  ASSERT_TRUE(reads("d8:completei3e10:incompletei4e8:intervali1800e5:peers6:abcdefe", reply));
  EXPECT_EQ(reply.complete, 3U);
  EXPECT_EQ(reply.incomplete, 4U);
  EXPECT_EQ(reply.interval, 1800U);
  EXPECT_EQ(as_text(reply.peers), "abcdef");
  EXPECT_FALSE(reply.is_failure);
}

TEST(HttpAnnounceReplies, AreRefusedOutOfOrderOrWithTrailingBytes) {
  HttpAnnounceReply reply;
  EXPECT_FALSE(reads("d8:intervali1e8:completei1ee", reply));
  EXPECT_FALSE(reads("d8:completei1e8:completei1ee", reply));
  EXPECT_FALSE(reads("d8:completei1eex", reply));
  EXPECT_FALSE(reads("d8:completei1e", reply));
  EXPECT_FALSE(reads("d5:peers9:abce", reply));
}

TEST(HttpAnnounceReplies, TellFailures) {
  HttpAnnounceReply reply;
  ASSERT_TRUE(reads("d14:failure reason4:nopee", reply));
  EXPECT_TRUE(reply.is_failure);
}

}  // namespace
}  // namespace ot::bench
