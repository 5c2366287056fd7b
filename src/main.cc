// The program: reads the command line, the configuration and the environment, starts the daemon,
// runs it, and turns errors into exit codes.
#include <nss.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <string>
#include <vector>

#include "app/daemon.h"
#include "app/descriptors.h"
#include "app/first_process.h"
#include "app/health.h"
#include "app/preflight.h"
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

// A static libc would load modules of the system's libc to look up a user, which may be another
// one.
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
  const auto& errors = configuration.errors;
  const auto last = std::find_if(errors.rbegin(), errors.rend(), [](const ot::ConfigError& error) {
    return error.in_command_line;
  });
  for (const ot::ConfigError& error : errors) {
    const bool needs_help = last != errors.rend() && &error == &*last;
    complain(error.message + (needs_help ? " (-h shows all flags)" : ""));
  }
  return kExitUsage;
}

// What -t does.
int check(ot::Configuration configuration) {
  if (configuration.knows_where) {
    const ot::Findings findings = ot::preflight(configuration.settings);
    for (const auto& error : findings.errors) add_error(configuration, error.key, error.message);
    for (const auto& warning : findings.warnings)
      add_warning(configuration, warning.key, warning.message);
  }
  for (const ot::ConfigWarning& warning : configuration.warnings)
    complain(warning.place + "warning: " + warning.message);
  if (!configuration.errors.empty()) return refuse(configuration);
  return print(ot::effective_configuration(configuration));
}

int ask(const std::vector<ot::HealthUrl>& asked) {
  if (asked.empty()) {
    complain("nothing to ask: every listener is for PROXY headers; give --health a URL");
    return kExitUsage;
  }
  const std::vector<std::string> faults = ot::unhealthy_of(asked, ot::SystemClock());
  for (const std::string& fault : faults) complain("unhealthy: " + fault);
  if (!faults.empty()) return kExitUsage;
  std::string text = "healthy:";
  for (const ot::HealthUrl& one : asked) text += (text.back() == ':' ? " " : ", ") + describe(one);
  return print(text + "\n");
}

int serve(const ot::Configuration& configuration, const ot::Environment& environment) {
  // Not earlier, since the configuration may be an inherited descriptor, as in -f <(...).
  ot::close_other_descriptors(environment.sockets.size());
  ot::leave_no_zombies(::getpid());
  const ot::SystemClock clock;
  const ot::ProgramLog log(kLogTarget, kLogLevel, environment, clock);
  for (const ot::ConfigWarning& warning : configuration.warnings) (*log).warning(warning.text());
  const auto daemon =
      ot::Daemon::start(configuration.settings, identity(), environment, clock, *log);
  if (!daemon) return refuse(daemon.error(), *log);
  (*daemon)->run();
  return 0;
}

}  // namespace

int main(int argc, char** argv, char** variables) {
  ot::keep_early_signals(::getpid());
  ot::open_standard_streams();
  look_up_users_in_passwd_only();
  const ot::CommandLine line = ot::parse_command_line(
      {const_cast<const char* const*>(argv) + 1, static_cast<size_t>(std::max(argc, 1)) - 1});
  const bool readable = line.faults.empty();
  if (readable && line.show_help) return print(ot::usage());
  if (readable && line.show_version) {
    return print(identity().version + "\n" + identity().features + "\n");
  }
  // Before the configuration, which the user of a health check may not be allowed to read.
  if (readable && line.health_url) return ask({*line.health_url});
  const ot::Configuration configuration = ot::configure(line);
  if (line.check) return check(configuration);
  if (!configuration.errors.empty()) return refuse(configuration);
  if (line.health) {
    return ask(ot::listeners_to_ask(configuration.settings.listen, ot::kernel_has_v6()));
  }
  const auto environment = ot::Environment::parse(variables, ::getpid());
  if (environment) return serve(configuration, *environment);
  const ot::SystemClock clock;
  ot::StderrLog terminal(kLogLevel, ot::LogForm::plain, clock);
  return refuse(environment.error(), terminal);
}
