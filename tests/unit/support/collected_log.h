// Keeps log lines for a test to look at. Any thread may write, one looks when the others are done.
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
  // All of them, each with its line end.
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
