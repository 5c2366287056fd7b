// The program: reads the command line, the configuration and the environment, starts the daemon,
// runs it, and turns errors into exit codes.
#include <nss.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <string>

#include "app/daemon.h"
#include "app/descriptors.h"
#include "app/program_log.h"
#include "base/features.h"
#include "config/configuration.h"

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

#if defined(OT_STATIC)
constexpr bool kStatic = true;
#else
constexpr bool kStatic = false;
#endif

// A static libc would load modules of the system's libc to look up a user, which may be another one.
void look_up_users_in_passwd_only() {
  if constexpr (kStatic) __nss_configure_lookup("passwd", "files");
}

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

// Without a prefix, so that a line begins with file:line: as editors expect.
void complain(const std::string& text) { std::fputs((text + "\n").c_str(), stderr); }

int refuse(const ot::Configuration& configuration) {
  bool of_flags = false;
  for (const ot::ConfigError& error : configuration.errors) {
    complain(error.message);
    of_flags = of_flags || error.in_command_line;
  }
  if (of_flags) std::fputs(ot::usage().c_str(), stderr);
  return kExitUsage;
}

int show(const ot::Configuration& configuration) {
  for (const std::string& warning : configuration.warnings) complain(warning);
  return print(ot::effective_configuration(configuration));
}

int serve(const ot::Configuration& configuration, const ot::Environment& environment) {
  // Not earlier, since the configuration may be an inherited descriptor, as in -f <(...).
  ot::close_other_descriptors(environment.sockets.size());
  const ot::SystemClock clock;
  const ot::ProgramLog log(kLogTarget, kLogLevel, environment, clock);
  for (const std::string& warning : configuration.warnings) (*log).warning(warning);
  const auto daemon =
      ot::Daemon::start(configuration.settings, identity(), environment, clock, *log);
  if (!daemon) return refuse(daemon.error(), *log);
  (*daemon)->run();
  return 0;
}

}  // namespace

int main(int argc, char** argv, char** variables) {
  ot::open_standard_streams();
  look_up_users_in_passwd_only();
  const ot::CommandLine line = ot::parse_command_line(
      {const_cast<const char* const*>(argv) + 1, static_cast<size_t>(std::max(argc, 1)) - 1});
  const bool readable = line.faults.empty();
  if (readable && line.show_help) return print(ot::usage());
  if (readable && line.show_version) {
    return print(identity().version + "\n" + identity().features + "\n");
  }
  const ot::Configuration configuration = ot::configure(line);
  if (!configuration.errors.empty()) return refuse(configuration);
  if (line.check) return show(configuration);
  const auto environment = ot::Environment::parse(variables, ::getpid());
  if (environment) return serve(configuration, *environment);
  const ot::SystemClock clock;
  ot::StderrLog terminal(kLogLevel, ot::LogForm::plain, clock);
  return refuse(environment.error(), terminal);
}
