// The program: reads the command line, starts the daemon, runs it, turns errors into exit codes.
#include <cstdio>
#include <span>
#include <string>

#include "app/daemon.h"
#include "base/features.h"

namespace {

constexpr int kExitUsage = 1;
constexpr int kExitSystem = 111;

#if defined(OT_VERBOSE)
constexpr ot::LogLevel kLogLevel = ot::LogLevel::debug;
#else
constexpr ot::LogLevel kLogLevel = ot::LogLevel::info;
#endif

ot::Identity identity() {
  ot::Identity identity{"opentracker " OT_VERSION " (" OT_COMMIT ")", {}};
  for (const ot::Feature& feature : ot::features::kWorking) {
    if (!feature) continue;
    if (!identity.features.empty()) identity.features += ' ';
    identity.features += feature.name;
  }
  return identity;
}

int print(const std::string& text) { return std::fputs(text.c_str(), stdout) < 0 ? kExitUsage : 0; }

}  // namespace

int main(int argc, char** argv) {
  ot::StderrLog log(kLogLevel);
  const auto options =
      ot::parse_options({const_cast<const char* const*>(argv) + 1, static_cast<size_t>(argc) - 1});
  if (!options) {
    log.error(options.error().message);
    std::fputs(ot::usage().c_str(), stderr);
    return kExitUsage;
  }
  if (options->show_help) return print(ot::usage());
  if (options->show_version) return print(identity().version + "\n" + identity().features + "\n");
  const ot::SystemClock clock;
  const auto daemon = ot::Daemon::start(*options, identity(), clock, log);
  if (!daemon) {
    log.error(daemon.error().message());
    return kExitSystem;
  }
  (*daemon)->run();
  return 0;
}
