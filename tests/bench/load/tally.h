// The counters of a run, and the line that reports them.
#pragma once

#include <cstdint>
#include <string>

#include "bench/load/histogram.h"
#include "bench/load/options.h"
#include "bench/load/process.h"

namespace ot::bench {

struct Tally {
  uint64_t sent = 0;
  uint64_t replies = 0;  // of all kinds except errors
  uint64_t announces = 0;
  uint64_t scrapes = 0;
  uint64_t connects = 0;
  uint64_t peers = 0;    // in announce replies
  uint64_t forged = 0;   // sent with an invalid id or malformed; no answer is required
  uint64_t refused = 0;  // error packets for those
  uint64_t errors = 0;   // error packets, failure reasons, statuses other than 200
  uint64_t lost = 0;     // not answered within two seconds
  uint64_t late = 0;     // answered after that
  uint64_t bad = 0;      // answered wrongly
  std::string first_fault;
  Histogram latency;

  void fault(std::string_view what) {
    if (bad++ == 0) first_fault = what;
  }
};

// The CPU time of the server and of this process while a run was measured.
class UsageMeter {
 public:
  explicit UsageMeter(pid_t pid) : pid_(pid) { restart(); }

  void restart();
  void stop();

  [[nodiscard]] Duration server_cpu() const { return server_; }
  [[nodiscard]] Duration generator_cpu() const { return own_; }
  [[nodiscard]] Duration elapsed() const { return elapsed_; }
  [[nodiscard]] uint64_t rss_bytes() const { return rss_; }

 private:
  const pid_t pid_;
  const SystemClock clock_;
  MonotonicTime started_{};
  ProcessUsage before_;
  Duration own_before_{0};
  Duration server_{0};
  Duration own_{0};
  Duration elapsed_{0};
  uint64_t rss_ = 0;
};

// "mode=closed replies=123 …\n". No word contains a blank, so a shell can split the line.
[[nodiscard]] std::string result_line(const Options& options, std::string_view mode,
                                      const Tally& tally, const UsageMeter& meter,
                                      std::string_view commit);

}  // namespace ot::bench
