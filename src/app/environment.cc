#include "app/environment.h"

#include <array>
#include <cassert>
#include <string_view>

#include "base/bytes.h"

namespace ot {
namespace {

// The limit of systemd itself.
constexpr uint64_t kMostSockets = 4096;
constexpr uint64_t kLongestWatchdog = 1'000'000ULL * 86400 * 366;

// The texts of the variables; nothing for one that is not set.
struct Raw {
  std::optional<std::string_view> listen_pid;
  std::optional<std::string_view> listen_fds;
  std::optional<std::string_view> listen_names;
  std::optional<std::string_view> notify_socket;
  std::optional<std::string_view> watchdog_pid;
  std::optional<std::string_view> watchdog_usec;
  std::optional<std::string_view> journal_stream;
};

using Field = std::optional<std::string_view> Raw::*;

struct Row {
  std::string_view name;
  Field field;
};

constexpr std::array<Row, 7> kVariables{{{"LISTEN_PID", &Raw::listen_pid},
                                         {"LISTEN_FDS", &Raw::listen_fds},
                                         {"LISTEN_FDNAMES", &Raw::listen_names},
                                         {"NOTIFY_SOCKET", &Raw::notify_socket},
                                         {"WATCHDOG_PID", &Raw::watchdog_pid},
                                         {"WATCHDOG_USEC", &Raw::watchdog_usec},
                                         {"JOURNAL_STREAM", &Raw::journal_stream}}};

Raw read(const char* const* variables) {
  Raw raw;
  for (; *variables != nullptr; ++variables) {
    const std::string_view text(*variables);
    const size_t equals = text.find('=');
    if (equals == std::string_view::npos) continue;
    for (const Row& row : kVariables) {
      if (text.substr(0, equals) == row.name) raw.*row.field = text.substr(equals + 1);
    }
  }
  return raw;
}

Result<uint64_t, StartError> number(std::string_view name, std::string_view text, uint64_t max) {
  if (const auto value = parse_decimal(text, max)) return *value;
  return Unexpected(StartError::configuration("environment: " + std::string(name) + "=" +
                                              std::string(text) + " is not a number from 0 to " +
                                              std::to_string(max) +
                                              "; a service manager sets this variable"));
}

// Whether the variable names another process; if it is not set, it does not.
Result<bool, StartError> is_for_another(std::string_view name,
                                        const std::optional<std::string_view>& text, pid_t self) {
  if (!text) return false;
  const auto pid = number(name, *text, INT32_MAX);
  if (!pid) return Unexpected(pid.error());
  return *pid != static_cast<uint64_t>(self);
}

// `names` are separated by colons; there may be fewer of them than sockets.
std::vector<std::string> names_of(size_t count, std::string_view names) {
  std::vector<std::string> all(count);
  for (std::string& name : all) {
    const size_t end = std::min(names.find(':'), names.size());
    name = names.substr(0, end);
    names.remove_prefix(std::min(end + 1, names.size()));
  }
  return all;
}

}  // namespace

Result<Environment, StartError> Environment::parse(const char* const* variables, pid_t self) {
  assert(variables != nullptr && self > 0);
  const Raw raw = read(variables);
  Environment environment;
  environment.notify_socket = raw.notify_socket.value_or("");
  environment.journal_stream = raw.journal_stream.value_or("");
  if (raw.listen_fds && raw.listen_pid) {
    const auto foreign = is_for_another("LISTEN_PID", raw.listen_pid, self);
    if (!foreign) return Unexpected(foreign.error());
    if (!*foreign) {
      const auto count = number("LISTEN_FDS", *raw.listen_fds, kMostSockets);
      if (!count) return Unexpected(count.error());
      environment.sockets = names_of(*count, raw.listen_names.value_or(""));
    }
  }
  if (raw.watchdog_usec) {
    const auto foreign = is_for_another("WATCHDOG_PID", raw.watchdog_pid, self);
    if (!foreign) return Unexpected(foreign.error());
    const auto limit = number("WATCHDOG_USEC", *raw.watchdog_usec, kLongestWatchdog);
    if (!limit) return Unexpected(limit.error());
    if (!*foreign && *limit > 0) environment.watchdog = std::chrono::microseconds(*limit);
  }
  return environment;
}

}  // namespace ot
