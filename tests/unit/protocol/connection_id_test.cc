#include "protocol/connection_id.h"

#include <gtest/gtest.h>

#include <set>

namespace ot {
namespace {

using std::chrono::seconds;

ConnectionIds::Key counting_key() {
  ConnectionIds::Key key{};
  for (size_t i = 0; i < key.size(); ++i) key[i] = static_cast<uint8_t>(i);
  return key;
}

IpAddress address(std::string_view text) { return IpAddress::parse(text).value(); }

MonotonicTime at(Duration since_start) { return MonotonicTime(since_start); }

class ConnectionIdTest : public ::testing::Test {
 protected:
  const ConnectionIds ids_{counting_key()};
  const IpAddress client_ = address("192.0.2.1");
};

// Computed by an independent SipHash-2-4 that reproduces the test vector of the SipHash paper, over
// the address and the slot as eight big-endian bytes.
TEST_F(ConnectionIdTest, IsTheSipHashOfAddressAndSlotWithTheSlotInTwoBits) {
  EXPECT_EQ(ids_.issue(client_, at(seconds(3600))), 0x198a80abda8cae8);
  EXPECT_EQ(ids_.issue(client_, at(seconds(3900))), 0x38d1d443ac70dd9);
  EXPECT_EQ(ids_.issue(address("2001:db8::1"), at(seconds(3600))), 0xaa38a416a5f0420c);
  EXPECT_EQ(ids_.issue(address("0.0.0.0"), at(seconds(0))), 0xe65bc8ff601fa0cc);
}

TEST_F(ConnectionIdTest, StaysTheSameWithinASlot) {
  const uint64_t id = ids_.issue(client_, at(seconds(3600)));
  EXPECT_EQ(ids_.issue(client_, at(seconds(3900) - Duration(1))), id);
  EXPECT_NE(ids_.issue(client_, at(seconds(3900))), id);
}

TEST_F(ConnectionIdTest, LivesUntilTheThirdSlotEnds) {
  for (const seconds issued : {seconds(3600), seconds(3750), seconds(3899)}) {
    const uint64_t id = ids_.issue(client_, at(issued));
    EXPECT_TRUE(ids_.accepts(id, client_, at(issued)));
    EXPECT_TRUE(ids_.accepts(id, client_, at(seconds(3900))));
    EXPECT_TRUE(ids_.accepts(id, client_, at(seconds(4500) - Duration(1))));
    EXPECT_FALSE(ids_.accepts(id, client_, at(seconds(4500))));
  }
}

TEST_F(ConnectionIdTest, IsRefusedBeforeItsSlot) {
  const uint64_t id = ids_.issue(client_, at(seconds(3600)));
  EXPECT_FALSE(ids_.accepts(id, client_, at(seconds(3600) - Duration(1))));
}

TEST_F(ConnectionIdTest, StaysInvalidWhenTheTwoBitsRepeat) {
  const uint64_t id = ids_.issue(client_, at(seconds(0)));
  for (int slot = 3; slot < 40; ++slot) {
    EXPECT_FALSE(ids_.accepts(id, client_, at(slot * ConnectionIds::kSlot))) << slot;
  }
}

TEST_F(ConnectionIdTest, IsAcceptedWhenTheTwoBitsWrap) {
  for (int slot = 0; slot < 9; ++slot) {
    const uint64_t id = ids_.issue(client_, at(slot * ConnectionIds::kSlot));
    EXPECT_EQ(id & 3U, static_cast<uint64_t>(slot) % 4);
    for (int age = 0; age < 3; ++age) {
      EXPECT_TRUE(ids_.accepts(id, client_, at((slot + age) * ConnectionIds::kSlot))) << slot;
    }
  }
}

TEST_F(ConnectionIdTest, IsRefusedFromAnotherAddress) {
  const MonotonicTime now = at(seconds(3600));
  const uint64_t id = ids_.issue(client_, now);
  EXPECT_FALSE(ids_.accepts(id, address("192.0.2.2"), now));
  EXPECT_FALSE(ids_.accepts(id, address("2001:db8::1"), now));
}

TEST_F(ConnectionIdTest, IsRefusedWithAnyBitFlipped) {
  const MonotonicTime now = at(seconds(3600));
  const uint64_t id = ids_.issue(client_, now);
  for (unsigned bit = 0; bit < 64; ++bit) {
    EXPECT_FALSE(ids_.accepts(id ^ (uint64_t{1} << bit), client_, now)) << bit;
  }
}

TEST_F(ConnectionIdTest, DependsOnTheKey) {
  ConnectionIds::Key other_key = counting_key();
  other_key[15] ^= 1U;
  const MonotonicTime now = at(seconds(3600));
  EXPECT_FALSE(ConnectionIds(other_key).accepts(ids_.issue(client_, now), client_, now));
}

TEST_F(ConnectionIdTest, DiffersBetweenNeighbours) {
  std::set<uint64_t> seen;
  for (unsigned host = 0; host < 1000; ++host) {
    const std::array<uint8_t, 4> bytes{10, 0, static_cast<uint8_t>(host >> 8U),
                                       static_cast<uint8_t>(host)};
    seen.insert(ids_.issue(IpAddress::v4(bytes), at(seconds(1))));
  }
  EXPECT_EQ(seen.size(), 1000U);
}

}  // namespace
}  // namespace ot
