// What a loop counts. One Statistics a loop, written by that loop alone, read by any thread.
//
// Front ends say what happened, with record(), not which number to raise; the Tracker tells it
// about announces. How long requests take is counted without reading a clock for any of them: a
// pass of the loop reads it when it begins and when it ends, and all that the pass answers goes out
// in between. So a request that came in and was answered within one pass counts with the time of
// that pass: no less than it took, and at most a few batches more. A request whose bytes came in
// over several passes, or whose reply had to wait for the worker, is rare; its server remembers
// when it began.
#pragma once

#include <array>
#include <cstdint>

#include "base/count.h"
#include "base/duration_histogram.h"
#include "base/ip_address.h"
#include "bittorrent/announce.h"
#include "tracker/announce_observer.h"

namespace ot {

enum class Action : uint8_t {
  contact,   // a TCP connection accepted, a datagram received
  connect,   // UDP: a connection id given
  announce,  // answered with success
  scrape,
  mismatch,  // UDP: a wrong connection id
  refused,   // answered with a failure reason, an error packet or an error page
};
inline constexpr size_t kActions = 6;

// The rows of the reference's http_error statistics, in its order.
enum class HttpError : uint8_t {
  redirect,
  parse_error,
  invalid_parameter,
  compact_required,
  not_modest,
  payment_required,
  access_denied,
  not_found,
  internal_error,
};
inline constexpr size_t kHttpErrors = 9;

struct TrafficLog;

class Statistics final : public AnnounceObserver {
 public:
  // Re-announces are counted by the minutes since the last one; the last row is for all older ones.
  static constexpr size_t kRenewRows = 45;

  void record(Transport transport, Family family, Action action) {
    actions_[index(transport)][index(family)][static_cast<size_t>(action)].add(1);
  }
  void record(const AnnounceOutcome& outcome);
  // Records it, and tells the TrafficLog if the build remembers announces.
  void on_announce(const AnnounceRequest& request, const AnnounceOutcome& outcome) override;
  void record(HttpError error) { http_errors_[static_cast<size_t>(error)].add(1); }
  // A full scrape was served, with that many bytes of body.
  void record_full_scrape(uint64_t bytes) {
    full_scrapes_.add(1);
    full_scrape_bytes_.add(bytes);
  }
  // A connection or a datagram was refused because of its address.
  void record_denied(Transport transport) { denied_[index(transport)].add(1); }
  // That many peers came in from other trackers of the cluster.
  void record_synced(uint64_t peers) { synced_peers_.add(peers); }
  // A pass of the loop took that long, not counting the time it waited for events.
  void record_pass(Duration duration) { passes_.add(duration); }
  // That many requests took that long each, from their first byte to their reply.
  void record_requests(Transport transport, Duration took, uint64_t times) {
    if (times != 0) request_times_[index(transport)].add(took, times);
  }
  // A pass that took that long has brought the number of requests answered within a pass to
  // `answered`, counted since the start, or since the sockets were opened anew.
  void end_pass(Transport transport, Duration took, uint64_t answered) {
    uint64_t& before = answered_[index(transport)];
    if (answered > before) record_requests(transport, took, answered - before);
    before = answered;
  }

  // What this loop remembers beyond counts, if the build has any of it; outlives this. Null until
  // attached.
  void attach(TrafficLog& traffic) { traffic_ = &traffic; }
  [[nodiscard]] TrafficLog* traffic() const { return traffic_; }

  [[nodiscard]] uint64_t actions(Transport transport, Family family, Action action) const {
    return actions_[index(transport)][index(family)][static_cast<size_t>(action)].value();
  }
  // Both families.
  [[nodiscard]] uint64_t actions(Transport transport, Action action) const {
    return actions(transport, Family::v4, action) + actions(transport, Family::v6, action);
  }
  [[nodiscard]] uint64_t completed() const { return completed_.value(); }
  // Announces that were answered although there was no room to store the peer.
  [[nodiscard]] uint64_t not_stored() const { return not_stored_.value(); }
  // Announces that were answered without storing the peer, because no peer can have its address.
  [[nodiscard]] uint64_t martians() const { return martians_.value(); }
  [[nodiscard]] uint64_t full_scrapes() const { return full_scrapes_.value(); }
  [[nodiscard]] uint64_t full_scrape_bytes() const { return full_scrape_bytes_.value(); }
  [[nodiscard]] uint64_t denied(Transport transport) const {
    return denied_[index(transport)].value();
  }
  [[nodiscard]] uint64_t synced_peers() const { return synced_peers_.value(); }
  [[nodiscard]] const DurationHistogram& passes() const { return passes_; }
  [[nodiscard]] const DurationHistogram& request_times(Transport transport) const {
    return request_times_[index(transport)];
  }
  [[nodiscard]] uint64_t renewed(size_t row) const { return renewed_[row].value(); }
  [[nodiscard]] uint64_t http_errors(HttpError error) const {
    return http_errors_[static_cast<size_t>(error)].value();
  }

 private:
  [[nodiscard]] static constexpr size_t index(Transport transport) {
    return static_cast<size_t>(transport);
  }
  [[nodiscard]] static constexpr size_t index(Family family) { return static_cast<size_t>(family); }

  std::array<std::array<std::array<Count, kActions>, 2>, 2> actions_;
  std::array<Count, kRenewRows> renewed_;
  std::array<Count, kHttpErrors> http_errors_;
  Count completed_;
  Count not_stored_;
  Count martians_;
  Count full_scrapes_;
  Count full_scrape_bytes_;
  Count synced_peers_;
  std::array<Count, 2> denied_;
  DurationHistogram passes_;
  std::array<DurationHistogram, 2> request_times_;
  std::array<uint64_t, 2> answered_{};  // as end_pass() was last told; the loop's alone
  TrafficLog* traffic_ = nullptr;
};

}  // namespace ot
