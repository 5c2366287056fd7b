// One connection of the HTTP load: sends a batch of announces, reads the replies to them.
//
// A client is busy from send() until the last reply of its batch was read. Single-threaded.
#pragma once

#include <array>
#include <vector>

#include "base/posix.h"
#include "base/random.h"
#include "bench/load/http_messages.h"
#include "bench/load/tally.h"

namespace ot::bench {

class HttpClient {
 public:
  static constexpr size_t kMaxPipeline = 64;

  // What all clients share.
  struct Shared {
    const Options& options;
    const Population& population;
    Random& random;
    Tally& tally;
    int epoll;
  };

  HttpClient(Shared& shared, uint32_t number) : shared_(shared), number_(number) {}

  [[nodiscard]] bool is_busy() const { return asked_ != answered_; }
  // Announces as often as --pipeline says, connecting first if need be. False if that failed.
  [[nodiscard]] bool send(MonotonicTime intended);
  // The socket is readable.
  void on_readable(MonotonicTime now);

 private:
  struct Asked {
    uint32_t peer = 0;
    MonotonicTime intended{};
  };

  [[nodiscard]] bool closes() const {
    return shared_.options.connections_mode == Connections::close;
  }
  [[nodiscard]] bool connect();
  [[nodiscard]] uint32_t any_peer();
  void read_replies(MonotonicTime now);
  void on_reply(const HttpReply& reply, const Asked& asked, MonotonicTime now);
  void on_closed();
  void abandon(std::string_view fault);

  Shared& shared_;
  const uint32_t number_;
  UniqueFd socket_;
  std::vector<uint8_t> input_;
  size_t filled_ = 0;
  std::array<Asked, kMaxPipeline> batch_;
  size_t asked_ = 0;
  size_t answered_ = 0;
};

}  // namespace ot::bench
