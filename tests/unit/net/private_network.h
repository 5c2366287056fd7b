// Runs part of a test in a child with a network of its own: loopback only, addresses at will, raw
// sockets allowed. Needs root or unprivileged user namespaces, as Debian has them.
#pragma once

#include <gtest/gtest.h>
#include <linux/ipv6.h>
#include <net/if.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <cstring>
#include <functional>
#include <string_view>

#include "base/ip_address.h"
#include "base/posix.h"

namespace ot::private_network {

inline bool enter() {
  if (unshare(CLONE_NEWNET) != 0 && unshare(CLONE_NEWUSER | CLONE_NEWNET) != 0) return false;
  const UniqueFd fd(socket(AF_INET, SOCK_DGRAM, 0));
  ifreq request{};
  std::strcpy(request.ifr_name, "lo");
  request.ifr_flags = IFF_UP | IFF_RUNNING;
  return ioctl(fd.get(), SIOCSIFFLAGS, &request) == 0;
}

// Adds an IPv6 address to the loopback and waits until it can be used, which the kernel sees to
// later.
inline bool add_address(std::string_view text) {
  const UniqueFd fd(socket(AF_INET6, SOCK_DGRAM, 0));
  in6_ifreq request{};
  std::memcpy(&request.ifr6_addr, IpAddress::parse(text).value().bytes().data(), 16);
  request.ifr6_prefixlen = 128;
  request.ifr6_ifindex = static_cast<int>(if_nametoindex("lo"));
  if (ioctl(fd.get(), SIOCSIFADDR, &request) != 0) return false;
  sockaddr_in6 address{};
  address.sin6_family = AF_INET6;
  address.sin6_addr = request.ifr6_addr;
  for (int i = 0; i < 1000; ++i) {
    if (bind(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0)
      return true;
    usleep(1000);
  }
  return false;
}

// Expectations that fail in `body` fail the test.
inline void run(const std::function<void()>& body) {
  std::fflush(nullptr);
  const pid_t child = fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    EXPECT_TRUE(enter()) << std::strerror(errno);
    if (!::testing::Test::HasFailure()) body();
    std::fflush(nullptr);
    _exit(::testing::Test::HasFailure() ? 1 : 0);
  }
  int status = -1;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  EXPECT_EQ(status, 0) << "see above";
}

}  // namespace ot::private_network
