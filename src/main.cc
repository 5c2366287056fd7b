// The program: reads command line and environment, starts the daemon, runs it, turns errors into
// exit codes.
#include <unistd.h>

#include <cstdio>
#include <span>
#include <string>

#include "app/daemon.h"
#include "app/descriptors.h"
#include "app/program_log.h"
#include "base/features.h"

namespace {

constexpr int kExitUsage = 1;
constexpr int kExitSystem = 111;

#if defined(OT_VERBOSE)
constexpr ot::LogLevel kLogLevel = ot::LogLevel::debug;
#else
constexpr ot::LogLevel kLogLevel = ot::LogLevel::info;
#endif

constexpr ot::LogTarget kLogTarget =
    ot::features::kSyslog ? ot::LogTarget::syslog : ot::LogTarget::standard_error;

ot::Identity identity() {
  ot::Identity identity{"opentracker " OT_VERSION " (" OT_COMMIT ")", {}};
  for (const ot::Feature& feature : ot::features::kWorking) {
    if (!feature) continue;
    if (!identity.features.empty()) identity.features += ' ';
    identity.features += feature.name;
  }
  return identity;
}

int refuse(const ot::StartError& error, ot::Log& log) {
  log.error(error.message());
  return error.is_configuration() ? kExitUsage : kExitSystem;
}

int print(const std::string& text) { return std::fputs(text.c_str(), stdout) < 0 ? kExitUsage : 0; }

}  // namespace

int main(int argc, char** argv, char** variables) {
  ot::open_standard_streams();
  const ot::SystemClock clock;
  ot::StderrLog terminal(kLogLevel, ot::LogForm::plain, clock);
  const auto options =
      ot::parse_options({const_cast<const char* const*>(argv) + 1, static_cast<size_t>(argc) - 1});
  if (!options) {
    terminal.error(options.error().message);
    std::fputs(ot::usage().c_str(), stderr);
    return kExitUsage;
  }
  if (options->show_help) return print(ot::usage());
  if (options->show_version) return print(identity().version + "\n" + identity().features + "\n");
  const auto environment = ot::Environment::parse(variables, ::getpid());
  if (!environment) return refuse(environment.error(), terminal);
  // Only now: the configuration may have been a descriptor of the shell's, as in -f <(...).
  ot::close_other_descriptors(environment->sockets.size());
  const ot::ProgramLog log(kLogTarget, kLogLevel, *environment, clock);
  const auto daemon = ot::Daemon::start(*options, identity(), *environment, clock, *log);
  if (!daemon) return refuse(daemon.error(), *log);
  (*daemon)->run();
  return 0;
}
