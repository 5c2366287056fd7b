#include "access/reloaded_networks.h"

#include <gtest/gtest.h>

namespace ot {
namespace {

IpAddress address(std::string_view text) { return *IpAddress::parse(text); }
Networks networks(std::string_view one) { return Networks(std::array{*Network::parse(one)}); }
std::shared_ptr<const Networks> shared(std::string_view one) {
  return std::make_shared<const Networks>(networks(one));
}

TEST(ReloadedNetworks, ContainNothingAtFirst) {
  const ReloadedNetworks none;
  EXPECT_TRUE(none.empty());
  EXPECT_FALSE(none.contains(address("192.0.2.1")));
  EXPECT_TRUE(ReloadedNetworks(Networks()).empty());
}

TEST(ReloadedNetworks, AreReplacedAndGiveBackTheOld) {
  ReloadedNetworks set(networks("192.0.2.0/24"));
  const std::shared_ptr<const void> before = set.replace(shared("2001:db8::/32"));
  EXPECT_NE(before, nullptr);
  EXPECT_FALSE(set.contains(address("192.0.2.1")));
  EXPECT_TRUE(set.contains(address("2001:db8::1")));
  (void)set.replace(nullptr);
  EXPECT_TRUE(set.empty());
  EXPECT_FALSE(set.contains(address("2001:db8::1")));
}

TEST(DeniedNetworks, NeverContainTheBlessed) {
  DeniedNetworks denied(networks("192.0.2.1"), networks("192.0.2.0/24"));
  EXPECT_FALSE(denied.contains(address("192.0.2.1")));
  EXPECT_TRUE(denied.contains(address("192.0.2.2")));
  (void)denied.denied().replace(shared("0.0.0.0/0"));
  EXPECT_FALSE(denied.contains(address("192.0.2.1")));
  EXPECT_TRUE(denied.contains(address("198.51.100.1")));
}

TEST(DeniedNetworks, TakeAnIPv4MappedAddressAsItsIPv4Form) {
  const DeniedNetworks denied({}, networks("192.0.2.0/24"));
  EXPECT_TRUE(denied.contains(address("::ffff:192.0.2.9")));
}

}  // namespace
}  // namespace ot
