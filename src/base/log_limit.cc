#include "base/log_limit.h"

#include <algorithm>

namespace ot {
namespace {

constexpr Duration kSecond = std::chrono::seconds(1);
constexpr size_t kMaxExample = 200;

}  // namespace

LimitedLog::Tally& LimitedLog::tally_of(LogKind kind) {
  const auto found = std::find_if(tallies_.begin(), tallies_.end(),
                                  [kind](const Tally& tally) { return tally.kind == kind; });
  if (found != tallies_.end()) return *found;
  Tally& added = tallies_.emplace_back();
  added.kind = kind;
  added.begin = clock_.now();
  return added;
}

// Begins a new second if the current one is over; returns its summary if lines were left out.
std::optional<LimitedLog::Summary> LimitedLog::end_second(Tally& tally, MonotonicTime now) {
  if (now - tally.begin < kSecond) return std::nullopt;
  tally.begin = now;
  tally.written = 0;
  if (tally.left_out == 0) return std::nullopt;
  tally.written = 1;
  Summary summary{
      tally.kind, tally.level,
      std::to_string(tally.left_out) + " more of these were left out: " + std::move(tally.example)};
  tally.left_out = 0;
  tally.example.clear();
  return summary;
}

void LimitedLog::write(LogLevel level, std::string_view message, LogKind kind) {
  std::optional<Summary> summary;
  bool admitted = false;
  {
    const MutexLock lock(mutex_);
    Tally& tally = tally_of(kind);
    summary = end_second(tally, clock_.now());
    tally.level = level;
    admitted = tally.written < kLinesPerSecond;
    if (admitted) {
      ++tally.written;
    } else if (tally.left_out++ == 0) {
      tally.example = message.substr(0, kMaxExample);
    }
  }
  if (summary) out_.write(summary->level, summary->text, summary->kind);
  if (admitted) out_.write(level, message, kind);
}

void LimitedLog::tell_left_out() {
  std::vector<Summary> summaries;
  {
    const MutexLock lock(mutex_);
    const MonotonicTime now = clock_.now();
    for (Tally& tally : tallies_) {
      if (tally.left_out == 0) continue;
      if (auto summary = end_second(tally, now)) summaries.push_back(std::move(*summary));
    }
  }
  for (const Summary& summary : summaries) out_.write(summary.level, summary.text, summary.kind);
}

}  // namespace ot
