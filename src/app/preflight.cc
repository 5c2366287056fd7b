#include "app/preflight.h"

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>

#include "base/text.h"
#include "config/keys.h"

namespace ot {
namespace {

std::string current_directory() {
  std::array<char, 4096> buffer{};
  return ::getcwd(buffer.data(), buffer.size()) != nullptr ? buffer.data() : ".";
}

// Enters the directory as the caller, who could not become the user.
Standing enter(int directory) {
  Standing standing{"", ::geteuid(), ::getegid(), ".", false};
  if (::fchdir(directory) != 0) return standing;
  standing.directory = current_directory();
  standing.in_chroot = standing.uid == 0 && ::chroot(".") == 0 && ::chdir("/") == 0;
  return standing;
}

// In the child: afterwards it is another user elsewhere.
Findings look_as_the_tracker(const Settings& settings) {
  const TrackerSettings& tracker = settings.tracker;
  const ConfiguredFiles files(settings);
  const UniqueFd directory(::open(tracker.rootdir.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  const auto standing = drop_privileges(tracker.user, tracker.rootdir);
  if (standing) return files.judge(settings, *standing, Depth::contents);
  const bool is_user = standing.error().is_configuration();
  Findings findings;
  findings.errors.push_back(
      {is_user ? "tracker.user" : "tracker.rootdir", standing.error().message()});
  if (!directory) {
    if (is_user && ::chdir(tracker.rootdir.c_str()) != 0)
      findings.errors.push_back(
          {"tracker.rootdir", last_error("chdir " + tracker.rootdir).take().message()});
    return findings;
  }
  Findings more = files.judge(settings, enter(directory.get()), Depth::contents);
  for (Finding& error : more.errors) findings.errors.push_back(std::move(error));
  findings.warnings = std::move(more.warnings);
  return findings;
}

// A finding is its kind, its key and its message, each with a NUL after it.
constexpr std::string_view kError = "error";
constexpr std::string_view kWarning = "warning";
constexpr std::string_view kEnd = "end";

void append(std::string& out, std::string_view kind, const std::vector<Finding>& findings) {
  for (const Finding& finding : findings)
    for (const std::string_view part : {kind, finding.key, std::string_view(finding.message)})
      out.append(part).push_back('\0');
}

// Nothing if the text is incomplete.
std::optional<Findings> parse(std::string_view text) {
  Findings findings;
  while (!text.empty()) {
    const std::string_view kind = cut(text, '\0');
    if (kind == kEnd) return findings;
    const Key* key = find_key(cut(text, '\0'));
    const std::string_view message = cut(text, '\0');
    if (key == nullptr) break;
    (kind == kError ? findings.errors : findings.warnings)
        .push_back({key->name, std::string(message)});
  }
  return std::nullopt;
}

[[noreturn]] void report(const Settings& settings, int out) {
  const Findings findings = look_as_the_tracker(settings);
  std::string text;
  append(text, kError, findings.errors);
  append(text, kWarning, findings.warnings);
  text.append(kEnd).push_back('\0');
  std::string_view rest = text;
  while (!rest.empty()) {
    const ssize_t written = ::write(out, rest.data(), rest.size());
    if (written <= 0) break;
    rest.remove_prefix(static_cast<size_t>(written));
  }
  ::_exit(0);
}

std::string read_all(int in) {
  std::string text;
  std::array<char, 4096> buffer{};
  for (;;) {
    const ssize_t size = ::read(in, buffer.data(), buffer.size());
    if (size < 0 && errno == EINTR) continue;
    if (size <= 0) return text;
    text.append(buffer.data(), static_cast<size_t>(size));
  }
}

Findings not_looked(const std::string& reason) {
  return {{{"tracker.rootdir", "the files could not be checked: " + reason}}, {}};
}

}  // namespace

Findings preflight(const Settings& settings) {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) return not_looked(last_error("pipe").take().message());
  const UniqueFd in(ends[0]);
  UniqueFd out(ends[1]);
  const pid_t child = ::fork();
  if (child < 0) return not_looked(last_error("fork").take().message());
  if (child == 0) report(settings, out.get());
  out.reset();
  auto findings = parse(read_all(in.get()));
  int status = 0;
  while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  if (findings) return std::move(*findings);
  return not_looked("the process that looked ended early, with status " + std::to_string(status));
}

}  // namespace ot
