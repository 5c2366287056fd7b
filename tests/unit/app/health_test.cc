// Whom --health asks; tests/e2e/test_health.py shows what it finds.
#include "app/health.h"

#include <gtest/gtest.h>

#include "base/features.h"
#include "config/configuration.h"

namespace ot {
namespace {

std::string asked(std::string_view text, bool has_v6 = true) {
  const Configuration configuration = configure(text, "o.conf");
  EXPECT_TRUE(configuration.errors.empty());
  std::string all;
  for (const HealthUrl& one : listeners_to_ask(configuration.settings.listen, has_v6))
    all += (all.empty() ? "" : ", ") + describe(one);
  return all;
}

TEST(ListenersToAsk, AreTheConfiguredOnesEachOnce) {
  EXPECT_EQ(asked("listen.tcp 192.0.2.1\nlisten.udp 192.0.2.1:80\nlisten.udp 192.0.2.1\n"),
            "TCP 192.0.2.1:6969, UDP 192.0.2.1:80, UDP 192.0.2.1:6969");
}

TEST(ListenersToAsk, HaveTheLoopbackInsteadOfAWildcard) {
  EXPECT_EQ(asked("listen.udp 0.0.0.0:80\n"), "UDP 127.0.0.1:80");
  if (features::kV4Only || features::kV6Only) GTEST_SKIP() << "this build serves one family";
  EXPECT_EQ(asked("listen.udp [::]:80\n"), "UDP [::1]:80");
  EXPECT_EQ(asked("listen.tcp *:80\n"), "TCP 127.0.0.1:80, TCP [::1]:80");
}

TEST(ListenersToAsk, LeaveOutWhatTheKernelLacksOnlyIfNoAddressIsGiven) {
  if (features::kV4Only || features::kV6Only) GTEST_SKIP() << "this build serves one family";
  EXPECT_EQ(asked("", false), "TCP 127.0.0.1:6969, UDP 127.0.0.1:6969");
  EXPECT_EQ(asked("listen.tcp [::]:80\n", false), "TCP [::1]:80");
}

TEST(ListenersToAsk, LeaveOutThoseBehindProxyHeaders) {
  if (!features::kIpFromProxy) GTEST_SKIP() << "listen.tcp.proxy is not built in";
  EXPECT_EQ(asked("listen.tcp.proxy 127.0.0.1:80\naccess.proxy 127.0.0.1\n"), "");
  EXPECT_EQ(
      asked("listen.tcp.proxy 127.0.0.1:80\naccess.proxy 127.0.0.1\nlisten.tcp *:81\n", false),
      "TCP 127.0.0.1:81");
}

}  // namespace
}  // namespace ot
