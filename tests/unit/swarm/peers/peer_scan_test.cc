#include "swarm/peers/peer_scan.h"

#include <gtest/gtest.h>
#include <sys/mman.h>

#include <set>
#include <vector>

#include "base/random.h"
#include "unit/swarm/numbered.h"

namespace ot {
namespace {

// The scans that this processor can do; on x86 without AVX2 both are the same.
const std::set<PeerScan> kScans{PeerScan::portable, best_peer_scan()};

// Peers that mostly have the same bytes, so that a scan that compares too few of them is caught;
// flags and minute are noise.
Peer4 noisy_peer(Random& random) {
  Peer4 peer;
  for (uint8_t& byte : peer.endpoint) byte = static_cast<uint8_t>(random.below(3));
  peer.flags = static_cast<uint8_t>(random.next());
  peer.minute = static_cast<uint8_t>(random.next());
  return peer;
}

size_t find_naively(const std::vector<Peer4>& peers, const Peer4& key) {
  for (size_t i = 0; i < peers.size(); ++i) {
    if (peers[i].endpoint == key.endpoint) return i;
  }
  return kPeerNotFound;
}

TEST(PeerScan, FindsWhatANaiveLoopFindsInArraysOfAnySize) {
  Random random(1);
  for (size_t size = 0; size <= 600; ++size) {
    std::vector<Peer4> peers;
    while (peers.size() < size) {
      const Peer4 peer = noisy_peer(random);
      if (size > 300 || find_naively(peers, peer) == kPeerNotFound) peers.push_back(peer);
    }
    for (int probe = 0; probe < 40; ++probe) {
      const Peer4 key = noisy_peer(random);
      for (const PeerScan scan : kScans)
        EXPECT_EQ(find_peer(scan, peers.data(), size, key), find_naively(peers, key));
    }
  }
}

// Endpoints that differ in one bit only, at any place of a step of 16, first or last byte.
TEST(PeerScan, TheBestScanAgreesWithThePortableOneOnEndpointsThatAlmostMatch) {
  Random random(2);
  for (int round = 0; round < 20'000; ++round) {
    std::vector<Peer4> peers(1 + random.below(80), noisy_peer(random));
    const Peer4 key = peers.front();
    for (Peer4& peer : peers) {
      peer.endpoint[random.below(Peer4::kCompact)] ^= static_cast<uint8_t>(1U << random.below(8));
      peer.flags = static_cast<uint8_t>(random.next());
    }
    const size_t place = random.below(static_cast<uint32_t>(2 * peers.size()));
    if (place < peers.size()) peers[place].endpoint = key.endpoint;
    const size_t expected = place < peers.size() ? place : kPeerNotFound;
    for (const PeerScan scan : kScans)
      ASSERT_EQ(find_peer(scan, peers.data(), peers.size(), key), expected);
  }
}

// Else the tests above would compare the portable scan with itself.
TEST(PeerScan, OfA64BitArmProcessorIsTheOneWithNeon) {
#if defined(__aarch64__)
  EXPECT_EQ(best_peer_scan(), PeerScan::neon);
#else
  EXPECT_NE(best_peer_scan(), PeerScan::neon);
#endif
}

TEST(PeerScan, FindsEveryPeerOfAnArrayAtItsIndex) {
  for (size_t size = 1; size <= 200; ++size) {
    std::vector<Peer4> peers;
    for (size_t i = 0; i < size; ++i)
      peers.push_back(numbered_peer<Peer4>(static_cast<uint32_t>(i), i % 2 == 0, 9));
    for (size_t i = 0; i < size; ++i) {
      const auto key = numbered_peer<Peer4>(static_cast<uint32_t>(i), true, 77);
      for (const PeerScan scan : kScans) EXPECT_EQ(find_peer(scan, peers.data(), size, key), i);
    }
  }
}

TEST(PeerScan, ComparesAllEighteenBytesOfIpv6) {
  std::vector<Peer6> peers{numbered_peer<Peer6>(1), numbered_peer<Peer6>(2)};
  for (size_t byte = 0; byte < Peer6::kCompact; ++byte) {
    Peer6 key = numbered_peer<Peer6>(2, true, 4);
    EXPECT_EQ(find_peer(best_peer_scan(), peers.data(), 2, key), 1U);
    key.endpoint[byte] ^= 0x80;
    EXPECT_EQ(find_peer(best_peer_scan(), peers.data(), 2, key), kPeerNotFound);
  }
  EXPECT_EQ(find_peer(best_peer_scan(), peers.data(), 1, peers[1]), kPeerNotFound);
}

TEST(PeerScan, NeverReadsBeyondTheArray) {
  constexpr size_t kPage = 4096;
  auto* pages = static_cast<uint8_t*>(
      ::mmap(nullptr, 2 * kPage, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
  ASSERT_EQ(::mprotect(pages + kPage, kPage, PROT_NONE), 0);
  const auto key4 = numbered_peer<Peer4>(1);
  const auto key6 = numbered_peer<Peer6>(1);
  for (size_t size = 0; size <= 100; ++size) {
    const auto* peers4 = reinterpret_cast<const Peer4*>(pages + kPage) - size;
    const auto* peers6 = reinterpret_cast<const Peer6*>(pages + kPage) - size;
    for (const PeerScan scan : kScans) {
      EXPECT_EQ(find_peer(scan, peers4, size, key4), kPeerNotFound);
      EXPECT_EQ(find_peer(scan, peers6, size, key6), kPeerNotFound);
    }
  }
  ::munmap(pages, 2 * kPage);
}

}  // namespace
}  // namespace ot
