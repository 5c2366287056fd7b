// A daemon in a child process on the loopback, for the tests of this room, and requests to it.
#pragma once

#include <gtest/gtest.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <functional>
#include <thread>

#include "app/daemon.h"
#include "config/configuration.h"
#include "net/socket.h"
#include "unit/support/collected_log.h"

namespace ot {

inline const IpAddress kLoopback = IpAddress::parse("127.0.0.1").value();

inline Settings settings_for(uint16_t port) {
  Settings settings = configure("tracker.rootdir /\n", "test").settings;
  settings.listen.sockets = {{ListenProtocol::tcp, port, kLoopback},
                             {ListenProtocol::udp, port, kLoopback}};
  return settings;
}

// A port that was free a moment ago for both protocols.
inline uint16_t free_port() {
  for (;;) {
    const auto tcp = listen_tcp({kLoopback, 0});
    const uint16_t port = local_endpoint(tcp.value().get()).value().port;
    if (bind_udp({kLoopback, port})) return port;
  }
}

// A daemon in a child process; killed at the end of its test.
class RunningDaemon {
 public:
  using Adjust = std::function<void(Settings&)>;

  explicit RunningDaemon(
      const Environment& environment = {}, const Adjust& adjust = [](Settings&) {})
      : port_(free_port()), child_(::fork()) {
    if (child_ != 0) return;
    const SystemClock clock;
    CollectedLog log;
    Settings settings = settings_for(port_);
    adjust(settings);
    const auto daemon = Daemon::start(settings, {"opentracker test", ""}, environment, clock, log);
    if (!daemon) ::_exit(111);
    (*daemon)->run();
    if (log.lines().back().find("stopped cleanly after 00:00:0") != 0) ::_exit(2);
    ::_exit(0);
  }
  RunningDaemon(const RunningDaemon&) = delete;
  RunningDaemon& operator=(const RunningDaemon&) = delete;
  ~RunningDaemon() {
    if (!exit_status_) {
      ::kill(child_, SIGKILL);
      ::waitpid(child_, nullptr, 0);
    }
  }

  // A connected socket; waits until the daemon listens.
  [[nodiscard]] UniqueFd connect(int type) const {
    SocketAddress address;
    const socklen_t size = to_socket_address({kLoopback, port_}, address);
    for (int tries = 0; tries < 500; ++tries) {
      UniqueFd fd(::socket(AF_INET, type | SOCK_CLOEXEC, 0));
      if (::connect(fd.get(), &address.any, size) == 0) return fd;
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    return {};
  }

  void signal(int number) const { ::kill(child_, number); }
  // The wait status, or -1 if it does not end in time.
  int wait_for_exit(std::chrono::seconds limit) {
    const auto end = std::chrono::steady_clock::now() + limit;
    while (std::chrono::steady_clock::now() < end) {
      int status = 0;
      if (::waitpid(child_, &status, WNOHANG) == child_) return exit_status_.emplace(status);
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
    return -1;
  }

 private:
  const uint16_t port_;
  const pid_t child_;
  std::optional<int> exit_status_;
};

// Sends `request` and returns what comes back within ten seconds; "" if nothing does.
inline std::string exchange(const UniqueFd& fd, std::string_view request) {
  if (::send(fd.get(), request.data(), request.size(), MSG_NOSIGNAL) < 0) return "not sent";
  pollfd ready{fd.get(), POLLIN, 0};
  if (::poll(&ready, 1, 10'000) != 1) return "";
  std::array<char, 2048> buffer{};
  const ssize_t size = ::recv(fd.get(), buffer.data(), buffer.size(), 0);
  return {buffer.data(), static_cast<size_t>(std::max<ssize_t>(size, 0))};
}

}  // namespace ot
