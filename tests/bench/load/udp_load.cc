#include "bench/load/udp_load.h"

#include <cerrno>
#include <cmath>
#include <thread>

#include "bench/load/udp_session.h"

namespace ot::bench {
namespace {

constexpr Duration kNap = std::chrono::milliseconds(50);

// Reads replies until none is missing or the missing ones count as lost.
void drain(UdpSession& session) {
  session.flush();
  while (session.in_flight() > 0) {
    if (!session.receive()) session.wait(kNap);
    session.expire(session.now());
  }
}

void announce_each(UdpSession& session, const Options& options,
                   const std::vector<uint32_t>& peers) {
  for (const uint32_t peer : peers) {
    while (session.in_flight() >= options.window) {
      session.flush();
      if (!session.receive()) session.wait(kNap);
      session.expire(session.now());
    }
    session.send_announce(peer, Event::started, session.now());
  }
  drain(session);
}

// A server may lose datagrams, but a crowd must be stored completely, so lost announces are
// repeated.
void fill(UdpSession& session, const Options& options, const Population& population) {
  constexpr int kTries = 5;
  std::vector<uint32_t> peers;
  for (uint32_t peer = options.first; peer < population.size(); ++peer) peers.push_back(peer);
  for (int i = 0; i < kTries && !peers.empty(); ++i) {
    announce_each(session, options, peers);
    peers = session.take_lost_peers();
  }
}

void run_closed(UdpSession& session, const Options& options, Duration seconds) {
  const MonotonicTime end = session.now() + seconds;
  for (MonotonicTime now = session.now(); now < end; now = session.now()) {
    while (session.in_flight() < options.window && session.has_room()) session.send_mix(now);
    session.flush();
    if (!session.receive()) session.wait(std::min<Duration>(kNap, end - now));
    session.expire(now);
  }
}

// Requests are due at the times of a Poisson process and leave as soon after as possible. Latency
// counts from when they were due, so a server that stalls cannot slow down the load.
void run_open(UdpSession& session, const Options& options, Duration seconds) {
  constexpr int kMostAtOnce = 64;
  Random random(options.population.seed + 1);
  const double mean_ns = 1e9 / options.rate;
  MonotonicTime due = session.now();
  const MonotonicTime end = due + seconds;
  for (MonotonicTime now = due; now < end; now = session.now()) {
    for (int i = 0; i < kMostAtOnce && due <= now && session.has_room(); ++i) {
      session.send_mix(due);
      const double share = (static_cast<double>(random.next() >> 11U) + 1) * 0x1p-53;
      due += Duration(static_cast<int64_t>(-std::log(share) * mean_ns));
    }
    session.flush();
    if (!session.receive()) session.wait(std::min(due, end) - session.now());
    session.expire(now);
  }
}

void run_bursts(UdpSession& session, const Options& options) {
  for (uint32_t burst = 0; burst < options.repeat; ++burst) {
    std::this_thread::sleep_for(std::chrono::seconds(1));
    const MonotonicTime now = session.now();
    for (uint32_t i = 0; i < options.burst; ++i) session.send_mix(now);
    drain(session);
  }
}

void run_measured(UdpSession& session, const Options& options, const Population& population) {
  if (options.fill) return fill(session, options, population);
  if (options.burst > 0) return run_bursts(session, options);
  if (options.rate > 0) return run_open(session, options, options.seconds);
  run_closed(session, options, options.seconds);
}

}  // namespace

std::string_view udp_mode(const Options& options) {
  if (options.fill) return "fill";
  if (options.burst > 0) return "burst";
  return options.rate > 0 ? "open" : "closed";
}

Result<void, SystemError> run_udp(const Options& options, const Population& population,
                                  Tally& tally, UsageMeter& meter) {
  auto session = UdpSession::open(options, population);
  if (!session) return Unexpected(session.error());
  if (!(*session)->connect_all())
    return Unexpected(SystemError{ETIMEDOUT, "connect to " + options.target.to_string()});
  if (!options.fill && options.burst == 0 && options.warm_up > Duration(0)) {
    run_closed(**session, options, options.warm_up);
    drain(**session);
  }
  (*session)->tally() = Tally();
  meter.restart();
  run_measured(**session, options, population);
  meter.stop();
  // Requests in flight were not answered within the measured time, but may still turn out lost.
  tally = (*session)->tally();
  drain(**session);
  tally.lost = (*session)->tally().lost;
  return {};
}

}  // namespace ot::bench
