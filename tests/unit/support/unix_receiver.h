// Receives from a Unix datagram socket, as the process behind /dev/log or NOTIFY_SOCKET does.
#pragma once

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <cstddef>
#include <cstring>
#include <string>
#include <vector>

#include "base/posix.h"

namespace ot {

class UnixReceiver {
 public:
  // Listens at a path, which the destructor removes, or at an abstract @name.
  explicit UnixReceiver(std::string address) : address_(std::move(address)) { open(); }
  UnixReceiver(const UnixReceiver&) = delete;
  UnixReceiver& operator=(const UnixReceiver&) = delete;
  ~UnixReceiver() { close(); }

  // A path for temporary files that no other process uses.
  static std::string unused_path() {
    return "/tmp/opentracker-receiver-" + std::to_string(::getpid());
  }

  void open() {
    sockaddr_un name{};
    name.sun_family = AF_UNIX;
    std::memcpy(name.sun_path, address_.data(), address_.size());
    const bool abstract = address_.front() == '@';
    if (abstract) name.sun_path[0] = '\0';
    const size_t size = offsetof(sockaddr_un, sun_path) + address_.size() + (abstract ? 0 : 1);
    fd_.reset(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    EXPECT_EQ(
        ::bind(fd_.get(), reinterpret_cast<const sockaddr*>(&name), static_cast<socklen_t>(size)),
        0)
        << std::strerror(errno);
  }
  void close() {
    fd_.reset();
    if (address_.front() != '@') ::unlink(address_.c_str());
  }

  // What was received so far, with an entry for each datagram.
  std::vector<std::string> received() {
    std::vector<std::string> all;
    std::array<char, 8192> buffer{};
    ssize_t size = 0;
    while ((size = ::recv(fd_.get(), buffer.data(), buffer.size(), 0)) >= 0)
      all.emplace_back(buffer.data(), static_cast<size_t>(size));
    return all;
  }

 private:
  const std::string address_;
  UniqueFd fd_;
};

}  // namespace ot
