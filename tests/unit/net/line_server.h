// A TCP server whose protocol is lines of text, on a manual clock: the fixture of its tests.
#pragma once

#include <algorithm>
#include <vector>

#include "loopback.h"
#include "net/tcp_server.h"

namespace ot {

// A request is a line. "big" is answered with kBig bytes, "close" ends the connection, every other
// line comes back.
class Lines final : public StreamHandler {
 public:
  static constexpr size_t kBig = 60000;

  StreamVerdict on_bytes(const StreamPeer& peer, ByteView input, size_t already_seen,
                         OutputBuffer& out) override {
    last_peer = peer.socket;
    last_client = peer.client;
    was_introduced = peer.introduced;
    EXPECT_LE(already_seen, input.size());
    EXPECT_EQ(as_text(input.first(already_seen)).find('\n'), std::string_view::npos);
    seen.push_back(already_seen);
    const size_t end = as_text(input).find('\n');
    if (end == std::string_view::npos) return StreamVerdict::need_more();
    ++requests;
    const std::string_view line = as_text(input).substr(0, end + 1);
    if (line == "big\n") {
      const ByteSpan room = out.reserve(kBig);
      std::ranges::fill(room, uint8_t{'b'});
      out.commit(0, kBig);
      return StreamVerdict::keep(line.size());
    }
    EXPECT_TRUE(out.append(as_bytes(line)));
    return line == "close\n" ? StreamVerdict::close(line.size()) : StreamVerdict::keep(line.size());
  }

  void on_deferred(Duration took, int count) override {
    deferred.insert(deferred.end(), static_cast<size_t>(count), took);
  }

  Endpoint last_peer;
  std::optional<Endpoint> last_client;
  bool was_introduced = false;
  std::vector<size_t> seen;
  std::vector<Duration> deferred;
  int requests = 0;
};

class LineServer : public ::testing::Test {
 protected:
  // Replaces the server by one with other options.
  void serve(const TcpOptions& options, const TcpListenOptions& listen = no_waiting(),
             Introducer* introducer = nullptr) {
    server_ = std::make_unique<TcpServer>(*loop_, handler_, options);
    auto listener = listen_tcp(loopback::endpoint("127.0.0.1"), listen);
    at_ = local_endpoint(listener->get()).value();
    ASSERT_TRUE(server_->add_listener(std::move(*listener), introducer).has_value());
  }
  void SetUp() override { serve({}); }

  static TcpListenOptions no_waiting() { return {.defer_accept_seconds = 0}; }

  bool until(const std::function<bool()>& done) { return loopback::pump(*loop_, done); }
  // Until every byte sent has been received by the server.
  void pass() { loopback::settle(*loop_); }
  void advance(Duration by) {
    clock_.advance(by);
    pass();
  }
  [[nodiscard]] TcpCounters counters() const { return server_->counters(); }

  ManualClock clock_;
  const std::unique_ptr<EventLoop> loop_ = loopback::make_loop(clock_);
  Lines handler_;
  std::unique_ptr<TcpServer> server_;
  Endpoint at_;
};

}  // namespace ot
