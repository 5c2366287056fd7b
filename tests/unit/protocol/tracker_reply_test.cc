#include "protocol/tracker_reply.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "base/random.h"
#include "unit/support/bencode_decoder.h"
#include "unit/support/guarded_bytes.h"

namespace ot {
namespace {

using std::string_literals::operator""s;

const IpAddress kClient4 = *IpAddress::parse("192.0.2.7");
const IpAddress kClient6 = *IpAddress::parse("2001:db8::7");

AnnounceReply reply_with(size_t v4_peers, size_t v6_peers) {
  return {.swarm = {.seeders = 1, .leechers = 2, .downloaded = 3},
          .v4_bytes = v4_peers * kCompactPeer4,
          .v6_bytes = v6_peers * kCompactPeer6,
          .interval = std::chrono::seconds(1800),
          .min_interval = std::chrono::seconds(900)};
}

// Fills the two spans with different bytes.
void fill(const PeerBuffers& peers) {
  for (size_t i = 0; i < peers.v4.size(); ++i) peers.v4[i] = static_cast<uint8_t>('A' + i % 26);
  for (size_t i = 0; i < peers.v6.size(); ++i) peers.v6[i] = static_cast<uint8_t>('a' + i % 26);
}

std::string announce_reply(PeerForm form, const AnnounceReply& reply, const IpAddress& client,
                           Persistence persistence, size_t max_peers = 200) {
  GuardedBytes guard(AnnounceReplyFrame::size_for(max_peers));
  const ByteSpan out = guard.last(AnnounceReplyFrame::size_for(max_peers));
  AnnounceReplyFrame frame(out, form, max_peers);
  fill(frame.peers());
  return std::string(as_text(frame.finish(reply, client, persistence)));
}

std::string body_of(const std::string& reply) {
  const size_t end = reply.find("\r\n\r\n");
  EXPECT_NE(end, std::string::npos);
  const std::string body = reply.substr(end + 4);
  const std::string length = "\r\nContent-Length: " + std::to_string(body.size()) + "\r\n";
  EXPECT_NE(reply.substr(0, end + 2).find(length), std::string::npos) << reply.substr(0, end);
  return body;
}

TEST(AnnounceReply, HasTheBytesOfTheReferenceAndTheExternalAddress) {
  EXPECT_EQ(announce_reply(PeerForm::compact, reply_with(1, 0), kClient4, Persistence::keep),
            "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nCache-Control: no-store\r\n"
            "Content-Length: 118\r\n\r\n"
            "d8:completei1e10:downloadedi3e11:external ip4:\xc0"
            "\0\x02\x07"
            "10:incompletei2e8:intervali1800e12:min intervali900e5:peers6:ABCDEFe"s);
}

TEST(AnnounceReply, KeepsThePeersKeyWithoutPeers) {
  const std::string reply =
      announce_reply(PeerForm::compact, reply_with(0, 0), kClient4, Persistence::close);
  EXPECT_TRUE(reply.ends_with("12:min intervali900e5:peers0:e")) << reply;
  EXPECT_NE(reply.find("\r\nConnection: close\r\n\r\n"), std::string::npos);
}

TEST(AnnounceReply, PutsIpv6PeersAfterIpv4Peers) {
  const std::string body = body_of(
      announce_reply(PeerForm::compact, reply_with(2, 3), kClient6, Persistence::keep_and_say));
  const auto decoded = BencodeDecoder::decode(body);
  ASSERT_TRUE(decoded) << body;
  EXPECT_EQ((*decoded)["peers"].text, "ABCDEFGHIJKL");
  EXPECT_EQ((*decoded)["peers6"].text, "abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyzab");
  EXPECT_EQ((*decoded)["external ip"].text, as_text(kClient6.bytes()));
}

TEST(AnnounceReply, DecodesToWhatWasEncodedForAnyNumberOfPeers) {
  Random random(3);
  for (int round = 0; round < 200; ++round) {
    const size_t max_peers = 1 + random.below(200);
    AnnounceReply reply = reply_with(random.below(static_cast<uint32_t>(max_peers) + 1),
                                     random.below(static_cast<uint32_t>(max_peers) + 1));
    reply.swarm = {.seeders = random.below(UINT32_MAX), .leechers = random.below(1000)};
    const std::string body = body_of(announce_reply(
        PeerForm::compact, reply, random.below(2) == 0 ? kClient4 : kClient6,
        random.below(2) == 0 ? Persistence::close : Persistence::keep_and_say, max_peers));
    const auto decoded = BencodeDecoder::decode(body);
    ASSERT_TRUE(decoded) << body;
    EXPECT_EQ((*decoded)["complete"].integer, reply.swarm.seeders);
    EXPECT_EQ((*decoded)["incomplete"].integer, reply.swarm.leechers);
    EXPECT_EQ((*decoded)["peers"].text.size(), reply.v4_bytes);
    EXPECT_EQ(decoded->has("peers6"), reply.v6_bytes > 0);
    if (reply.v6_bytes > 0) {
      EXPECT_EQ((*decoded)["peers6"].text.size(), reply.v6_bytes);
    }
  }
}

TEST(AnnounceReply, NeverMovesIpv4Peers) {
  std::vector<uint8_t> out(AnnounceReplyFrame::size_for(50));
  AnnounceReplyFrame frame(out, PeerForm::compact, 50);
  fill(frame.peers());
  const ByteView reply = frame.finish(reply_with(50, 50), kClient4, Persistence::close);
  EXPECT_EQ(frame.peers().v4.data(), out.data() + kAnnounceHeadRoom);
  EXPECT_EQ(as_text(reply).find("ABCDEFGHIJKLMNOPQRSTUVWXYZ"),
            static_cast<size_t>(frame.peers().v4.data() - reply.data()));
}

TEST(AnnounceReply, FitsIntoItsHeadRoomWithTheLongestNumbers) {
  AnnounceReply reply = reply_with(200, 200);
  reply.swarm = {.seeders = UINT32_MAX, .leechers = UINT32_MAX, .downloaded = UINT32_MAX};
  reply.interval = reply.min_interval = std::chrono::seconds::max();
  for (const PeerForm form : {PeerForm::compact, PeerForm::dictionary}) {
    const auto decoded = BencodeDecoder::decode(
        body_of(announce_reply(form, reply, kClient6, Persistence::keep_and_say)));
    ASSERT_TRUE(decoded);
    EXPECT_EQ((*decoded)["downloaded"].integer, UINT32_MAX);
    EXPECT_EQ((*decoded)["min interval"].integer, INT64_MAX);
  }
}

TEST(AnnounceReply, ListsPeersAsDictionaries) {
  const std::string body =
      body_of(announce_reply(PeerForm::dictionary, reply_with(2, 1), kClient4, Persistence::close));
  EXPECT_TRUE(
      body.ends_with("5:peersl"
                     "d2:ip11:65.66.67.684:porti17734ee"
                     "d2:ip11:71.72.73.744:porti19276ee"
                     "d2:ip39:6162:6364:6566:6768:696a:6b6c:6d6e:6f704:porti29042ee"
                     "ee"))
      << body;
  EXPECT_TRUE(BencodeDecoder::decode(body));
}

TEST(AnnounceReply, ListsAnEmptyListIfThereAreNoPeers) {
  const std::string body =
      body_of(announce_reply(PeerForm::dictionary, reply_with(0, 0), kClient4, Persistence::close));
  EXPECT_TRUE(body.ends_with("5:peerslee")) << body;
}

TEST(AnnounceReply, HasRoomForTheLongestPeersAsText) {
  constexpr size_t kPeers = 100;
  std::vector<uint8_t> out(AnnounceReplyFrame::size_for(kPeers));
  AnnounceReplyFrame frame(out, PeerForm::dictionary, kPeers);
  std::fill(frame.peers().v4.begin(), frame.peers().v4.end(), 0xff);
  std::fill(frame.peers().v6.begin(), frame.peers().v6.end(), 0xfe);
  const ByteView reply =
      frame.finish(reply_with(kPeers, kPeers), kClient6, Persistence::keep_and_say);
  const auto decoded = BencodeDecoder::decode(body_of(std::string(as_text(reply))));
  ASSERT_TRUE(decoded);
  const auto& peers = (*decoded)["peers"].list;
  ASSERT_EQ(peers.size(), 2 * kPeers);
  EXPECT_EQ(peers.front()["ip"].text, "255.255.255.255");
  EXPECT_EQ(peers.front()["port"].integer, 65535);
  EXPECT_EQ(peers.back()["ip"].text, "fefe:fefe:fefe:fefe:fefe:fefe:fefe:fefe");
}

std::string scrape_reply(std::span<const InfoHash> hashes, std::span<const SwarmCounts> counts) {
  GuardedBytes guard(kMaxScrapeReply);
  return std::string(
      as_text(write_scrape_reply(guard.last(kMaxScrapeReply), hashes, counts, Persistence::keep)));
}

TEST(ScrapeReply, HasTheBytesOfTheReference) {
  InfoHash hash;
  for (size_t i = 0; i < InfoHash::kSize; ++i) hash.bytes[i] = static_cast<uint8_t>('a' + i);
  const SwarmCounts counts{.seeders = 1, .leechers = 2, .downloaded = 0};
  EXPECT_EQ(scrape_reply({&hash, 1}, {&counts, 1}),
            "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nCache-Control: no-store\r\n"
            "Content-Length: 81\r\n\r\n"
            "d5:filesd20:abcdefghijklmnopqrstd8:completei1e10:downloadedi0e10:incompletei2eeee");
  EXPECT_EQ(body_of(scrape_reply({}, {})), "d5:filesdee");
}

TEST(ScrapeReply, HasRoomForTheMostAndLongestEntries) {
  std::vector<InfoHash> hashes(kMaxScrapeHashes);
  for (size_t i = 0; i < hashes.size(); ++i) hashes[i].bytes[0] = static_cast<uint8_t>(i);
  const std::vector<SwarmCounts> counts(
      kMaxScrapeHashes, {.seeders = UINT32_MAX, .leechers = UINT32_MAX, .downloaded = UINT32_MAX});
  const auto decoded = BencodeDecoder::decode(body_of(scrape_reply(hashes, counts)));
  ASSERT_TRUE(decoded);
  const auto& files = (*decoded)["files"];
  ASSERT_EQ(files.dict.size(), kMaxScrapeHashes);
  const auto& last = files[std::string(as_text(hashes.back().bytes))];
  EXPECT_EQ(last["complete"].integer, UINT32_MAX);
  EXPECT_EQ(last["downloaded"].integer, UINT32_MAX);
  EXPECT_EQ(last["incomplete"].integer, UINT32_MAX);
}

std::string failure_reply(const FailureReply& failure) {
  std::vector<uint8_t> out(kMaxFailureReply);
  return std::string(as_text(write_failure_reply(out, failure, Persistence::close)));
}

TEST(FailureReplyTest, SaysWhyAndWhenToRetry) {
  const std::string never =
      failure_reply({.reason = kNotAuthorized, .interval = std::chrono::minutes(30)});
  EXPECT_EQ(never,
            "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nCache-Control: no-store\r\n"
            "Content-Length: 118\r\n"
            "Connection: close\r\n\r\n"
            "d14:failure reason63:Requested download is not authorized for use with this tracker."
            "8:intervali1800e8:retry in5:nevere");
  const std::string later = body_of(failure_reply({.reason = "Full.",
                                                   .interval = std::chrono::seconds(60),
                                                   .retry_in = std::chrono::minutes(15)}));
  EXPECT_EQ(later, "d14:failure reason5:Full.8:intervali60e8:retry in2:15e");
}

TEST(FailureReplyTest, IsWholeOrEmpty) {
  GuardedBytes guard(kMaxFailureReply);
  const std::string reason(256, 'r');
  const FailureReply failure{.reason = reason, .interval = std::chrono::seconds::max()};
  size_t wholes = 0;
  for (size_t room = 0; room <= kMaxFailureReply; ++room) {
    const ByteView reply = write_failure_reply(guard.last(room), failure, Persistence::keep);
    if (reply.empty()) {
      EXPECT_EQ(wholes, 0U);
      continue;
    }
    EXPECT_TRUE(BencodeDecoder::decode(body_of(std::string(as_text(reply)))));
    ++wholes;
  }
  EXPECT_GT(wholes, 0U);
}

}  // namespace
}  // namespace ot
