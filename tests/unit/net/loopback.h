// Shared by the tests of servers: a loop that is pumped until a condition holds, and plain clients
// on the loopback.
#pragma once

#include <fcntl.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/posix.h"
#include "net/event_loop.h"
#include "net/socket.h"

namespace ot::loopback {

using std::chrono::milliseconds;
using std::chrono::seconds;

inline Endpoint endpoint(std::string_view address, uint16_t port = 0) {
  return {IpAddress::parse(address).value(), port};
}

inline std::unique_ptr<EventLoop> make_loop(const Clock& clock) {
  return std::move(EventLoop::create(clock)).value();
}

// Runs passes until `done`, for at most twenty real seconds. False if that was too short.
inline bool pump(EventLoop& loop, const std::function<bool()>& done) {
  const auto give_up = std::chrono::steady_clock::now() + seconds(20);
  while (!done()) {
    if (std::chrono::steady_clock::now() > give_up) return false;
    loop.run_once(milliseconds(1));
  }
  return true;
}

// Runs some more passes, in which something must not happen.
inline void settle(EventLoop& loop) {
  for (int i = 0; i < 20; ++i) loop.run_once(milliseconds(1));
}

// A TCP client that never blocks after it has connected.
class Client {
 public:
  explicit Client(const Endpoint& server, int receive_buffer = 0)
      : fd_(::socket(server.address.is_v4() ? AF_INET : AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    if (receive_buffer > 0)
      setsockopt(fd_.get(), SOL_SOCKET, SO_RCVBUF, &receive_buffer, sizeof receive_buffer);
    const int one = 1;
    setsockopt(fd_.get(), IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    SocketAddress address;
    const socklen_t size = to_socket_address(server, address);
    EXPECT_EQ(connect(fd_.get(), &address.any, size), 0) << strerror(errno);
    fcntl(fd_.get(), F_SETFL, O_NONBLOCK);
  }

  // Returns the bytes the kernel took.
  size_t send(std::string_view text) {
    const ssize_t sent = ::send(fd_.get(), text.data(), text.size(), MSG_NOSIGNAL);
    return sent < 0 ? 0 : static_cast<size_t>(sent);
  }
  void finish_sending() { shutdown(fd_.get(), SHUT_WR); }
  void close() { fd_.reset(); }

  // Everything received so far; end() and was_reset() show how the connection ended.
  const std::string& read() {
    std::array<char, 65536> buffer{};
    for (;;) {
      const ssize_t size = recv(fd_.get(), buffer.data(), buffer.size(), 0);
      if (size < 0 && errno != EAGAIN) reset_ = true;
      end_ = end_ || size == 0;
      if (size <= 0) return received_;
      received_.append(buffer.data(), static_cast<size_t>(size));
    }
  }
  bool has(std::string_view text) { return read() == text; }
  bool end() { return read(), end_; }
  bool was_reset() { return read(), reset_; }

 private:
  UniqueFd fd_;
  std::string received_;
  bool end_ = false;
  bool reset_ = false;
};

// Lets this process open `spare` more descriptors while it lives.
class DescriptorLimit {
 public:
  explicit DescriptorLimit(unsigned spare) {
    getrlimit(RLIMIT_NOFILE, &old_);
    rlimit tight = old_;
    const UniqueFd next(dup(0));
    tight.rlim_cur = static_cast<rlim_t>(next.get()) + spare;
    setrlimit(RLIMIT_NOFILE, &tight);
  }
  DescriptorLimit(const DescriptorLimit&) = delete;
  DescriptorLimit& operator=(const DescriptorLimit&) = delete;
  ~DescriptorLimit() { setrlimit(RLIMIT_NOFILE, &old_); }

 private:
  rlimit old_{};
};

}  // namespace ot::loopback
