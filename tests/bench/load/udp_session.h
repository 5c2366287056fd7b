// The state of a crowd of UDP clients: connection ids, requests in flight, and their outcome.
//
// Requests are numbered. The number is the transaction id and, modulo the size of the ring, the
// place where the request is stored, so that each reply can be checked against it. A request
// without an answer after two seconds is lost. Connection ids are renewed every minute, as by real
// clients. Single-threaded.
#pragma once

#include <memory>
#include <vector>

#include "base/random.h"
#include "bench/load/tally.h"
#include "bench/load/udp_messages.h"
#include "bench/load/udp_port.h"

namespace ot::bench {

class UdpSession {
 public:
  [[nodiscard]] static Result<std::unique_ptr<UdpSession>, SystemError> open(
      const Options& options, const Population& population);

  // Gets a connection id for every source address; false if the server does not answer.
  [[nodiscard]] bool connect_all();

  // Queues one request; `intended` is when it was due.
  void send_mix(MonotonicTime intended);
  void send_announce(uint32_t peer, Event event, MonotonicTime intended);
  void flush();

  // Reads what has arrived; false if that was nothing.
  bool receive();
  // Counts requests that have waited too long as lost.
  void expire(MonotonicTime now);
  // Sleeps until something arrives, or for this long.
  void wait(Duration longest) const;

  [[nodiscard]] uint32_t in_flight() const { return in_flight_; }
  [[nodiscard]] bool has_room() const { return next_ - oldest_ < kRing; }
  [[nodiscard]] MonotonicTime now() const { return clock_.now(); }
  [[nodiscard]] Tally& tally() { return tally_; }
  // The peers whose announces were lost since the last call.
  [[nodiscard]] std::vector<uint32_t> take_lost_peers() { return std::exchange(lost_peers_, {}); }

 private:
  struct Asked {
    MonotonicTime intended{};
    uint32_t transaction = 0;
    uint32_t subject = 0;  // a peer, or for a connect the source
    RequestKind kind = RequestKind::none;
    Event event = Event::none;
  };

  // Room for an open loop of a million requests a second for two seconds.
  static constexpr uint32_t kRing = 1U << 21U;
  static constexpr Duration kPatience = std::chrono::seconds(2);
  static constexpr Duration kIdLife = std::chrono::minutes(1);

  UdpSession(const Options& options, const Population& population, std::unique_ptr<UdpPort> port4,
             std::unique_ptr<UdpPort> port6);

  // The IPv4 addresses come first, then the IPv6 one.
  [[nodiscard]] uint32_t place_of(uint32_t peer) const;
  [[nodiscard]] uint32_t places() const;
  Asked& remember(RequestKind kind, uint32_t subject, MonotonicTime intended);
  void queue(uint32_t place, ByteView request);
  void send_connect(uint32_t place, MonotonicTime intended);
  void send_scrape(MonotonicTime intended);
  void send_forged();
  void send_malformed();
  bool refresh_ids(MonotonicTime now);
  [[nodiscard]] bool happens(double share);
  [[nodiscard]] uint32_t any_peer() { return random_.below(population_.size()); }
  [[nodiscard]] Event any_event();

  void on_reply(ByteView reply, MonotonicTime now);
  void on_error(const Asked& asked, size_t size);
  void on_announce(const Asked& asked, ByteView reply);
  void settle(Asked& asked, MonotonicTime now);

  const Options& options_;
  const Population& population_;
  const SystemClock clock_;
  const std::unique_ptr<UdpPort> port4_;
  const std::unique_ptr<UdpPort> port6_;
  Random random_;
  Tally tally_;
  std::vector<uint64_t> ids_;
  std::vector<Asked> ring_;
  uint32_t next_ = 0;
  uint32_t oldest_ = 0;
  uint32_t in_flight_ = 0;
  std::vector<uint32_t> lost_peers_;
  MonotonicTime refreshed_{};
  uint32_t refresh_next_ = 0;
  uint32_t mixed_ = 0;
};

}  // namespace ot::bench
