#include "config/warnings.h"

#include <gtest/gtest.h>

namespace ot {
namespace {

// What is warned of, a line each.
std::string said(const std::string& text) {
  const Configuration configuration = configure(text, "o.conf");
  EXPECT_TRUE(configuration.errors.empty()) << text;
  std::string lines;
  for (const ConfigWarning& warning : configuration.warnings) lines += warning.text() + "\n";
  return lines;
}

bool warns(const std::string& text, std::string_view of) {
  return said(text).find(of) != std::string::npos;
}

TEST(Warnings, AskAboutAnAddressThatEndsLikeAPort) {
  EXPECT_EQ(said("listen.tcp_udp 2001:db8::1:6969\n"),
            "o.conf:1: listen.tcp_udp: 2001:db8::1:6969 is an address without a port; did you mean "
            "[2001:db8::1]:6969?\n");
  EXPECT_TRUE(warns("livesync.cluster.listen 2001:db8::1:9696\n", "did you mean"));
  EXPECT_EQ(said("listen.tcp_udp [2001:db8::1:6969]\n"), "");
  EXPECT_EQ(said("listen.tcp_udp 2001:db8::1\n"), "");
}

TEST(Warnings, NameNetworksThatAreTheWholeWorld) {
  for (const char* key : {"access.proxy", "access.bless", "access.stats"})
    for (const char* network : {"0.0.0.0/0", "::/0"})
      EXPECT_TRUE(warns(std::string(key) + " " + network + "\n", "everybody")) << key << network;
  EXPECT_EQ(said("access.proxy 10.0.0.0/8\n"), "");
}

TEST(Warnings, NameBitsAfterThePrefix) {
  EXPECT_TRUE(warns("access.stats 10.0.0.1/8\n",
                    "10.0.0.1/8 has bits set after the prefix and "
                    "counts as 10.0.0.0/8; write that, or 10.0.0.1 "));
  EXPECT_TRUE(warns("access.proxy 2001:db8::1/33\n", "counts as 2001:db8::/33"));
  EXPECT_TRUE(warns("access.proxy 192.0.2.255/31\n", "counts as 192.0.2.254/31"));
  for (const char* network : {"10.0.0.0/8", "10.0.0.1", "10.0.0.1/32", "::1/128", "2001:db8::/32"})
    EXPECT_EQ(said("access.stats " + std::string(network) + "\n"), "");
}

TEST(Warnings, NameAProtocolThatIsNotServed) {
  EXPECT_EQ(said("listen.tcp *\ntracker.user a\n"),
            "o.conf:1: listen.tcp: the tracker serves no UDP, which most clients use; add "
            "listen.udp or listen.tcp_udp\n");
  EXPECT_TRUE(warns("listen.udp *\n", "serves no HTTP"));
  EXPECT_TRUE(warns("listen.tcp.proxy *\naccess.proxy 192.0.2.1\n", "serves no UDP"));
  EXPECT_EQ(said("listen.udp *\nlisten.tcp 192.0.2.1\n"), "");
  EXPECT_EQ(said(""), "");
}

TEST(Warnings, NameTheRightsThatALocalProxyLends) {
  EXPECT_TRUE(
      warns("access.proxy 127.0.0.1\naccess.stats 127.0.0.1\n", ":2: access.stats: loopback"));
  EXPECT_TRUE(warns("access.bless ::1\naccess.proxy 127.0.0.1\n", ":1: access.bless: loopback"));
  EXPECT_TRUE(
      warns("listen.tcp 127.0.0.1\nlisten.udp *\naccess.stats 127.0.0.1\n", "loopback may"));
  EXPECT_EQ(said("access.stats 127.0.0.1\n"), "");
  EXPECT_EQ(said("access.proxy 127.0.0.1\naccess.stats 192.0.2.1\n"), "");
  EXPECT_EQ(said("listen.tcp_udp 127.0.0.1\naccess.stats 127.0.0.1\n"), "");
}

TEST(Warnings, AreForgottenWhenThereAreErrors) {
  EXPECT_TRUE(configure("listen.tcp *\nbogus\n", "o.conf").warnings.empty());
}

}  // namespace
}  // namespace ot
