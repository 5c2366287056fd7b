#include "swarm/peers/peer_block.h"

#include <gtest/gtest.h>

#include <map>
#include <vector>

#include "base/random.h"
#include "unit/swarm/numbered.h"

namespace ot {
namespace {

constexpr size_t kCapacity = 50;

TEST(PeerBlock, KeepsLeechersBeforeSeedersThroughAnyChanges) {
  std::vector<Peer4> room(kCapacity);
  PeerBlock<Peer4> block{room.data(), 0, 0, kCapacity, PeerStorage::borrowed};
  std::map<uint32_t, bool> seeding_of;
  Random random(1);
  for (int i = 0; i < 100'000; ++i) {
    const uint32_t number = random.below(80);
    const bool seeding = random.below(2) == 0;
    const auto peer = numbered_peer<Peer4>(number);
    const size_t at = block.find(peer, best_peer_scan());
    ASSERT_EQ(at != kPeerNotFound, seeding_of.contains(number));
    if (at == kPeerNotFound) {
      if (block.size() == kCapacity) continue;
      const size_t place = block.add(peer, seeding);
      ASSERT_EQ(block.find(peer, best_peer_scan()), place);
      seeding_of[number] = seeding;
    } else if (random.below(3) == 0) {
      block.remove(at);
      seeding_of.erase(number);
    } else {
      const size_t place = block.set_seeding(at, seeding);
      ASSERT_EQ(block.find(peer, best_peer_scan()), place);
      seeding_of[number] = seeding;
    }
    ASSERT_EQ(block.size(), seeding_of.size());
    for (size_t place = 0; place < block.size(); ++place) {
      const auto found = seeding_of.find(peer_number<Peer4>(block.peers[place].endpoint.data()));
      ASSERT_NE(found, seeding_of.end());
      ASSERT_EQ(found->second, block.is_seeder(place));
    }
  }
}

}  // namespace
}  // namespace ot
