// Keeps a log readable and its disk from filling up, whatever clients do: it writes at most ten
// lines of each kind a second, and when the second is over, one line that says how many were left
// out.
//
// All code that logs because of something a client did writes through this; start and stop need
// not. Thread: any. Lines are written outside the lock.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/log.h"
#include "base/mutex.h"

namespace ot {

class LimitedLog final : public Log {
 public:
  // The line that reports those left out counts as one of its kind.
  static constexpr uint32_t kLinesPerSecond = 10;

  LimitedLog(Log& out, const Clock& clock) : out_(out), clock_(clock) {}

  void write(LogLevel level, std::string_view message, LogKind kind) override;

  // Reports the lines left out of kinds that have not written since. Call it about once a second.
  void tell_left_out();

 private:
  // The current second of one kind; it begins with a line of that kind.
  struct Tally {
    LogKind kind{};
    LogLevel level = LogLevel::info;
    MonotonicTime begin;
    uint32_t written = 0;
    uint64_t left_out = 0;
    std::string example;  // the first one left out
  };
  struct Summary {
    LogKind kind;
    LogLevel level;
    std::string text;
  };

  [[nodiscard]] Tally& tally_of(LogKind kind) OT_REQUIRES(mutex_);
  [[nodiscard]] static std::optional<Summary> end_second(Tally& tally, MonotonicTime now);

  Log& out_;
  const Clock& clock_;
  Mutex mutex_;
  // One for each place in the source that logs: few enough for a linear search.
  std::vector<Tally> tallies_ OT_GUARDED_BY(mutex_);
};

}  // namespace ot
