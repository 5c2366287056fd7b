// Why the program did not start: a mistake in the configuration, or a system call that failed. The
// two have different exit codes.
#pragma once

#include <string>
#include <utility>

#include "base/posix.h"

namespace ot {

class StartError {
 public:
  // Exit code 1: `message` says what is wrong and what would be right.
  [[nodiscard]] static StartError configuration(std::string message) {
    return {std::move(message), true};
  }
  // Exit code 111: `message` says what failed and what can be done.
  [[nodiscard]] static StartError system(std::string message) {
    return {std::move(message), false};
  }
  // Exit code 111. Implicit on purpose, so that a failed system call is passed on as it is.
  // NOLINTNEXTLINE(google-explicit-constructor)
  StartError(const SystemError& error) : StartError(error.message(), false) {}

  [[nodiscard]] bool is_configuration() const { return is_configuration_; }
  [[nodiscard]] const std::string& message() const { return message_; }
  // The same error, its message preceded by where the value at fault was written; nothing precedes
  // it if `place` is empty.
  [[nodiscard]] StartError at(const std::string& place) const {
    return {place.empty() ? message_ : place + ": " + message_, is_configuration_};
  }

 private:
  StartError(std::string message, bool is_configuration)
      : message_(std::move(message)), is_configuration_(is_configuration) {}

  std::string message_;
  bool is_configuration_;
};

}  // namespace ot
