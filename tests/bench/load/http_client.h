// One connection of the HTTP load: sends a batch of announces and reads the replies.
//
// A client is busy from send() until it has read the last reply of the batch. Single-threaded.
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

  // Shared by all clients.
  struct Shared {
    const Options& options;
    const Population& population;
    Random& random;
    Tally& tally;
    int epoll;
  };

  HttpClient(Shared& shared, uint32_t number) : shared_(shared), number_(number) {}

  [[nodiscard]] bool is_busy() const { return asked_ != answered_; }
  // Sends as many announces as --pipeline says, after connecting if necessary. False on failure.
  [[nodiscard]] bool send(MonotonicTime intended);
  // To be called when the socket is readable.
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
