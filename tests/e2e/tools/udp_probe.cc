// Announces to a UDP tracker at a steady rate and reports how long the replies took.
//
//   udp_probe ADDRESS PORT PER_SECOND SECONDS
//
// An open loop: each announce has a scheduled time and its latency counts from that time, so that a
// stall counts for every announce scheduled during it. Prints "sent N answered N p50 US p99 US max
// US" in microseconds. Announces not answered within 2 s of the end are lost.
#include <algorithm>
#include <chrono>
#include <string>
#include <vector>

#include "udp_session.h"

namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::microseconds;

constexpr auto kPatience = std::chrono::seconds(2);

class Probe {
 public:
  Probe(const UdpSession& session, uint32_t per_second, uint32_t seconds)
      : session_(session),
        count_(per_second * seconds),
        gap_(std::chrono::nanoseconds(std::chrono::seconds(1)) / per_second),
        begin_(Clock::now()) {}

  void run() {
    uint32_t sent = 0;
    const Clock::time_point end = due(count_) + kPatience;
    while (sent < count_ || (answered_.size() < count_ && Clock::now() < end)) {
      while (sent < count_ && due(sent) <= Clock::now()) send_one(sent++);
      wait_until(sent < count_ ? due(sent) : end);
      receive_all();
    }
  }

  void print() {
    std::sort(answered_.begin(), answered_.end());
    const auto at = [&](double share) {
      if (answered_.empty()) return 0L;
      const auto index = static_cast<size_t>(share * static_cast<double>(answered_.size() - 1));
      return static_cast<long>(answered_[index].count());
    };
    std::printf("sent %u answered %zu p50 %ld p99 %ld max %ld\n", count_, answered_.size(), at(0.5),
                at(0.99), at(1.0));
  }

 private:
  [[nodiscard]] Clock::time_point due(uint32_t i) const { return begin_ + gap_ * i; }

  void send_one(uint32_t i) const {
    std::array<uint8_t, kAnnounceSize> announce;
    session_.write_announce(announce, i + 1);
    if (send(session_.fd(), announce.data(), announce.size(), 0) < 0) die("send");
  }

  void wait_until(Clock::time_point time) const {
    const auto left = std::chrono::duration_cast<std::chrono::nanoseconds>(time - Clock::now());
    const timespec timeout{0, std::clamp<long>(left.count(), 0, 100'000'000)};
    pollfd item{session_.fd(), POLLIN, 0};
    ppoll(&item, 1, &timeout, nullptr);
  }

  void receive_all() {
    std::array<uint8_t, 2048> reply;
    for (;;) {
      const ssize_t size = recv(session_.fd(), reply.data(), reply.size(), MSG_DONTWAIT);
      if (size < 0) return;
      const auto bytes = std::span(reply).first(static_cast<size_t>(size));
      if (const uint32_t transaction = UdpSession::answered(bytes))
        answered_.push_back(
            std::chrono::duration_cast<microseconds>(Clock::now() - due(transaction - 1)));
    }
  }

  const UdpSession& session_;
  const uint32_t count_;
  const std::chrono::nanoseconds gap_;
  const Clock::time_point begin_;
  std::vector<microseconds> answered_;
};

}  // namespace

int main(int argc, char** argv) {
  if (argc != 5) {
    std::fputs("usage: udp_probe ADDRESS PORT PER_SECOND SECONDS\n", stderr);
    return 1;
  }
  const auto number = [&](int i) { return static_cast<uint32_t>(std::stoul(argv[i])); };
  const UdpSession session(argv[1], static_cast<uint16_t>(number(2)));
  Probe probe(session, number(3), number(4));
  probe.run();
  probe.print();
}
