// Keeps a log readable, and its disk from filling, whatever clients do: of each kind of line only
// so many a second are written; how many were left out is told once the second is over.
//
// Everything that can speak because of something a client did writes through this. Start and stop
// need not. Thread: any; the lines themselves are written outside the lock.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/log.h"
#include "base/mutex.h"

namespace ot {

class LimitedLog final : public Log {
 public:
  // A line that tells of those left out counts as one of its kind.
  static constexpr uint32_t kLinesPerSecond = 10;

  LimitedLog(Log& out, const Clock& clock) : out_(out), clock_(clock) {}

  void write(LogLevel level, std::string_view message, LogKind kind) override;

  // Tells of lines left out in seconds that are over, for kinds that have fallen silent. To be
  // called about once a second.
  void tell_left_out();

 private:
  // One kind's current second, which begins with its first line.
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
  // As many as there are places that log: few enough to be looked through.
  std::vector<Tally> tallies_ OT_GUARDED_BY(mutex_);
};

}  // namespace ot
