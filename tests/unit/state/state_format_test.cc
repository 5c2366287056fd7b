#include "state/state_format.h"

#include <gtest/gtest.h>

#include "unit/swarm/numbered.h"
#include "unit/swarm/table_contents.h"

namespace ot {
namespace {

template <typename Peer>
std::vector<PeerText> texts(std::span<const Peer> peers) {
  std::vector<PeerText> all;
  for (const Peer& peer : peers) all.push_back(peer_text(peer));
  return all;
}

void expect_equal(const SwarmCopy& a, const SwarmCopy& b) {
  ASSERT_EQ(a.parts().size(), b.parts().size());
  for (size_t i = 0; i < a.parts().size(); ++i) {
    const SwarmPart& left = a.parts()[i];
    const SwarmPart& right = b.parts()[i];
    EXPECT_EQ(left.info_hash, right.info_hash);
    EXPECT_EQ(left.downloaded, right.downloaded);
    EXPECT_EQ(left.silent, right.silent);
    EXPECT_EQ(left.peers4, right.peers4);
    EXPECT_EQ(left.peers6, right.peers6);
  }
  EXPECT_EQ(texts(a.peers4()), texts(b.peers4()));
  EXPECT_EQ(texts(a.peers6()), texts(b.peers6()));
}

void fill_at_random(SwarmCopy& swarms, Random& random) {
  swarms.clear();
  for (uint32_t n = random.below(SwarmCopy::kParts); n > 0; --n) {
    swarms.begin({numbered_hash(random.below(1000)), random.below(UINT32_MAX),
                  static_cast<uint16_t>(random.below(65536)), 0, 0});
    for (uint32_t k = random.below(20); k > 0 && swarms.has_room4(1); --k)
      swarms.add(numbered_peer<Peer4>(random.below(1U << 24U), k % 2 == 0, random.below(256)));
    for (uint32_t k = random.below(5); k > 0 && swarms.has_room6(1); --k)
      swarms.add(numbered_peer<Peer6>(random.below(UINT32_MAX), k % 2 == 0, random.below(256)));
  }
}

TEST(StateFormat, DecodesWhatItEncoded) {
  Random random(1);
  SwarmCopy swarms;
  SwarmCopy decoded;
  for (int round = 0; round < 200; ++round) {
    fill_at_random(swarms, random);
    std::vector<uint8_t> payload;
    encode_swarms(swarms, payload);
    ASSERT_LE(payload.size(), kMaxStatePayload);
    ASSERT_TRUE(decode_swarms(payload, decoded));
    expect_equal(swarms, decoded);
  }
}

TEST(StateFormat, AnIPv4PeerTakesEightBytes) {
  SwarmCopy swarms;
  std::vector<uint8_t> alone;
  swarms.begin({numbered_hash(1), 0, 0, 0, 0});
  encode_swarms(swarms, alone);
  std::vector<uint8_t> with_peer;
  swarms.add(numbered_peer<Peer4>(1));
  encode_swarms(swarms, with_peer);
  EXPECT_EQ(alone.size(), 30U);
  EXPECT_EQ(with_peer.size(), 38U);
}

TEST(StateFormat, RefusesTruncatedAndOversizedPayloads) {
  SwarmCopy swarms;
  swarms.begin({numbered_hash(1), 2, 3, 0, 0});
  swarms.add(numbered_peer<Peer4>(1));
  swarms.add(numbered_peer<Peer6>(1));
  std::vector<uint8_t> payload;
  encode_swarms(swarms, payload);
  for (size_t size = 1; size < payload.size(); ++size)
    EXPECT_FALSE(decode_swarms(ByteView(payload).first(size), swarms)) << size;
  // More parts or peers than one step copies.
  std::vector<uint8_t> parts((SwarmCopy::kParts + 1) * 30);
  EXPECT_FALSE(decode_swarms(parts, swarms));
  parts.resize(SwarmCopy::kParts * 30);
  EXPECT_TRUE(decode_swarms(parts, swarms));
  std::vector<uint8_t> peers(30 + (SwarmCopy::kPeers4 + 1) * 8);
  peers[26] = static_cast<uint8_t>((SwarmCopy::kPeers4 + 1) >> 8U);
  peers[27] = static_cast<uint8_t>(SwarmCopy::kPeers4 + 1);
  EXPECT_FALSE(decode_swarms(peers, swarms));
}

TEST(StateFormat, CountsATorrentInSeveralPartsOnce) {
  SwarmCopy swarms;
  StateCounter counter;
  swarms.begin({InfoHash{}, 0, 0, 0, 0});
  swarms.add(numbered_peer<Peer4>(1));
  swarms.begin({numbered_hash(1), 0, 0, 0, 0});
  counter.count(swarms);
  swarms.clear();
  swarms.begin({numbered_hash(1), 0, 0, 0, 0});
  swarms.add(numbered_peer<Peer6>(1));
  counter.count(swarms);
  EXPECT_EQ(counter.totals(), (StateTotals{2, 2}));
  std::vector<uint8_t> payload;
  encode_totals(counter.totals(), payload);
  EXPECT_EQ(decode_totals(payload), counter.totals());
  payload.push_back(0);
  EXPECT_EQ(decode_totals(payload), std::nullopt);
}

}  // namespace
}  // namespace ot
