// Collects log lines for tests. Any thread may write; read them when the other threads have
// finished.
#pragma once

#include <mutex>
#include <string>
#include <vector>

#include "base/log.h"

namespace ot {

class CollectedLog final : public Log {
 public:
  void write(LogLevel, std::string_view message, LogKind) override {
    const std::lock_guard lock(mutex_);
    lines_.emplace_back(message);
  }

  [[nodiscard]] const std::vector<std::string>& lines() const { return lines_; }
  // All lines, each with a line feed.
  [[nodiscard]] std::string text() const {
    std::string all;
    for (const std::string& line : lines_) all += line + "\n";
    return all;
  }

 private:
  std::mutex mutex_;
  std::vector<std::string> lines_;
};

}  // namespace ot
