#include "frontend/modest_clients.h"

#include <gtest/gtest.h>

#include "unit/swarm/numbered.h"

namespace ot {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;

class ModestClientsTest : public testing::Test {
 protected:
  bool admit(std::string_view address) {
    return clients_.admit(IpAddress::parse(address).value(), now_);
  }

  MonotonicTime now_{std::chrono::hours(1)};
  ModestClients clients_;
};

TEST_F(ModestClientsTest, HaveOneInFiveMinutes) {
  EXPECT_TRUE(admit("192.0.2.1"));
  EXPECT_FALSE(admit("192.0.2.1"));
  EXPECT_TRUE(admit("192.0.2.2"));
  now_ += minutes(5) - seconds(1);
  EXPECT_FALSE(admit("192.0.2.1")) << "asking in vain changes nothing";
  now_ += seconds(1);
  EXPECT_TRUE(admit("192.0.2.1"));
  EXPECT_FALSE(admit("192.0.2.1"));
}

TEST_F(ModestClientsTest, MayAskWhetherTheyWouldBeAdmitted) {
  const IpAddress address = IpAddress::parse("2001:db8::1").value();
  EXPECT_TRUE(clients_.would_admit(address, now_));
  EXPECT_TRUE(clients_.would_admit(address, now_)) << "asking begins nothing";
  EXPECT_TRUE(admit("2001:db8::1"));
  EXPECT_FALSE(clients_.would_admit(address, now_));
  EXPECT_TRUE(clients_.would_admit(address, now_ + minutes(5)));
}

TEST_F(ModestClientsTest, AreNetworksOf64BitsInIpv6) {
  EXPECT_TRUE(admit("2001:db8::1"));
  EXPECT_FALSE(admit("2001:db8::ffff:2"));
  EXPECT_TRUE(admit("2001:db8:0:1::1"));
}

TEST_F(ModestClientsTest, AreForgottenEarlyIfThereAreTooMany) {
  for (uint32_t i = 0; i < ModestClients::kMost; ++i)
    ASSERT_TRUE(clients_.admit(endpoint4(i).address, now_));
  EXPECT_FALSE(clients_.admit(endpoint4(ModestClients::kMost - 1).address, now_));
  EXPECT_TRUE(admit("192.0.2.1"));
  EXPECT_TRUE(clients_.admit(endpoint4(0).address, now_));
  EXPECT_FALSE(clients_.admit(endpoint4(ModestClients::kMost - 1).address, now_));
}

}  // namespace
}  // namespace ot
