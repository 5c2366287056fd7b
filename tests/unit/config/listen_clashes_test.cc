#include "config/listen_clashes.h"

#include <gtest/gtest.h>

namespace ot {
namespace {

// The errors of a configuration with these listeners.
std::vector<std::string> clashes(const std::string& text) {
  std::vector<std::string> messages;
  for (const ConfigError& error : configure(text, "o.conf").errors)
    messages.push_back(error.message);
  return messages;
}

TEST(ListenClashes, NameBothLines) {
  EXPECT_EQ(clashes("listen.tcp_udp 0.0.0.0\n\nlisten.tcp_udp 0.0.0.0:6969\n"),
            (std::vector<std::string>{
                "o.conf:3: listen.tcp_udp: '0.0.0.0:6969': TCP and UDP are bound here already by "
                "o.conf:1 (listen.tcp_udp 0.0.0.0); remove one of the two"}));
}

TEST(ListenClashes, IncludeAllAddressesBesideOne) {
  for (const char* text :
       {"listen.tcp *:80\nlisten.tcp 0.0.0.0:80\n", "listen.tcp [::]:80\nlisten.tcp *:80\n",
        "listen.udp 192.0.2.1\nlisten.udp *\n", "listen.udp 0.0.0.0\nlisten.udp 192.0.2.1\n",
        "listen.tcp [::]:80\nlisten.tcp [2001:db8::1]:80\n",
        "listen.tcp 192.0.2.1\naccess.proxy 192.0.2.2\nlisten.tcp.proxy 192.0.2.1\n"})
    EXPECT_EQ(clashes(text).size(), 1U) << text;
}

TEST(ListenClashes, AreNotBetweenProtocolsPortsFamiliesOrAddresses) {
  for (const char* text :
       {"listen.tcp *:80\nlisten.udp *:80\n", "listen.tcp *:80\nlisten.tcp *:81\n",
        "listen.tcp 0.0.0.0:80\nlisten.tcp [::]:80\n",
        "listen.udp 192.0.2.1\nlisten.udp 192.0.2.2\n"})
    EXPECT_TRUE(clashes(text).empty()) << text;
}

TEST(ListenClashes, SayWhichProtocolClashes) {
  const auto said = clashes("listen.udp *\nlisten.tcp_udp 192.0.2.1\n");
  ASSERT_EQ(said.size(), 1U);
  EXPECT_NE(said[0].find("'192.0.2.1': UDP is bound here already by o.conf:1 (listen.udp *)"),
            std::string::npos);
}

}  // namespace
}  // namespace ot
