#include "app/configured_files.h"

#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <filesystem>
#include <optional>

#include "access/list_file.h"
#include "access/network_file.h"
#include "access/skipped_lines.h"
#include "app/room_options.h"
#include "base/durable_file.h"
#include "base/regular_file.h"
#include "config/keys.h"
#include "lists/journal_file.h"
#include "state/dump_loader.h"

namespace ot {
namespace {

// What is wrong with a file, the path first. `code` is errno if a system call failed.
struct FileFault {
  int code = 0;
  std::string message;
};
using Judged = std::optional<FileFault>;

FileFault failed(const std::string& path) {
  const int code = errno;
  return {code, last_error(path).take().message()};
}

Judged readable(const std::string& path, std::string_view content) {
  if (::access(path.c_str(), R_OK) != 0) return failed(path);
  const auto opened = RegularFile::open(path, content);
  if (!opened) return FileFault{0, opened.error()};
  return std::nullopt;
}

Judged list(const std::string& path, const Settings& /*settings*/, Depth depth) {
  if (Judged fault = readable(path, "info_hashes"); fault || depth == Depth::access) return fault;
  const SystemClock clock;
  const ListReading reading =
      read_list_file(path, clock.wall_time(), SecretHash::random(), [] { return false; });
  if (reading.outcome == ListOutcome::refused) return FileFault{0, reading.reason};
  return std::nullopt;
}

using Doubts = std::vector<std::string>;

Doubts list_doubts(const std::string& path) {
  const SystemClock clock;
  const ListReading reading =
      read_list_file(path, clock.wall_time(), SecretHash::random(), [] { return false; });
  if (reading.outcome == ListOutcome::nothing) return {std::string(kHoldsNothing)};
  if (reading.totals.faulty > 0) return {skipped_lines(reading.totals)};
  return {};
}

Judged dump(const std::string& path, const Settings& settings, Depth depth) {
  if (Judged fault = readable(path, "torrents, as mode=statedump writes them");
      fault || depth == Depth::access || settings.tracker.skip_bad_lines)
    return fault;
  const auto bad = first_bad_line(path);
  if (!bad) return FileFault{0, bad.error()};
  if (*bad) return FileFault{0, (**bad).message(path)};
  return std::nullopt;
}

Judged key_file(const std::string& path, const Settings& /*settings*/, Depth /*depth*/) {
  Judged fault = readable(path, "a secret key");
  struct stat status = {};
  if (fault || ::stat(path.c_str(), &status) != 0) return fault;
  if ((status.st_mode & 077U) == 0) return std::nullopt;
  return FileFault{0, path + ": others than its owner have access to it; chmod 600 it"};
}

Judged writable_directory(const std::string& path) {
  const std::string directory = directory_of(path);
  struct stat status = {};
  if (::stat(directory.c_str(), &status) != 0) return failed(directory);
  if (!S_ISDIR(status.st_mode)) return FileFault{0, directory + ": is not a directory"};
  if (::access(directory.c_str(), W_OK | X_OK) != 0) return failed(directory);
  return std::nullopt;
}

// Without it the tracker starts but cannot remember, which an operator wants to know beforehand.
Judged state(const std::string& path, const Settings& /*settings*/, Depth depth) {
  if (depth == Depth::access) return std::nullopt;
  if (Judged fault = writable_directory(path)) return fault;
  struct stat status = {};
  if (::lstat(path.c_str(), &status) != 0 && errno == ENOENT) return std::nullopt;
  return readable(path, "the tracker's state");
}

// The tracker makes a FIFO that is missing. Without a list it does not use FIFOs.
Judged fifo(const std::string& path, const Settings& settings, Depth /*depth*/) {
  if (room_options(settings).lists.mode == AccessMode::open) return std::nullopt;
  struct stat status = {};
  if (::stat(path.c_str(), &status) != 0) {
    if (errno != ENOENT) return failed(path);
    Judged fault = writable_directory(path);
    if (!fault) return std::nullopt;
    const std::string what = path + ": cannot be made: " + fault->message;
    if (fault->code == ENOENT) return FileFault{ENOENT, what};
    return FileFault{
        fault->code,
        what + "; create it, owned by the user the tracker runs as: mkfifo -m 660 '" + path + "'"};
  }
  if (!S_ISFIFO(status.st_mode))
    return FileFault{0, path + ": is not a FIFO; remove it, then make one: mkfifo -m 660 " + path};
  if (::access(path.c_str(), R_OK | W_OK) != 0) return failed(path);
  return std::nullopt;
}

// The tracker makes a journal that is missing, and writes a new one beside it now and then.
Judged journal(const std::string& path, const Settings& settings, Depth /*depth*/) {
  if (room_options(settings).lists.mode == AccessMode::open) return std::nullopt;
  if (Judged fault = writable_directory(path)) return fault;
  if (::access(path.c_str(), R_OK | W_OK) != 0 && errno != ENOENT) return failed(path);
  if (const auto usable = JournalFile::judge(path); !usable) return FileFault{0, usable.error()};
  return std::nullopt;
}

Judged networks(const std::string& path, const Settings& /*settings*/, Depth depth) {
  if (Judged fault = readable(path, "networks"); fault || depth == Depth::access) return fault;
  const SystemClock clock;
  const NetworkFileReading reading =
      read_network_file(path, EmptyFile::accepted, clock.wall_time(), [] { return false; });
  if (!reading.reason.empty()) return FileFault{0, reading.reason};
  return std::nullopt;
}

Doubts network_doubts(const std::string& path, std::string_view everybody) {
  const SystemClock clock;
  const NetworkFileReading reading =
      read_network_file(path, EmptyFile::accepted, clock.wall_time(), [] { return false; });
  Doubts doubts = doubts_about(reading, everybody);
  if (reading.totals.lines == 0) doubts.emplace_back(kNamesNoNetworks);
  if (reading.totals.faulty > 0) doubts.push_back(skipped_lines(reading.totals));
  return doubts;
}

Doubts deny_doubts(const std::string& path) { return network_doubts(path, kDeniesEverybody); }
Doubts proxy_doubts(const std::string& path) { return network_doubts(path, kTrustsEverybody); }

struct FileRow {
  std::string_view key;
  const std::string& (*path)(const Settings& settings);
  Judged (*judge)(const std::string& path, const Settings& settings, Depth depth);
  // What the start warns of once it has read the file, each without the path.
  Doubts (*doubts)(const std::string& path) = nullptr;
  // Whoever can write it decides who is served.
  bool decides_rights = false;
  // Opened before root is given up.
  bool is_from_outside = false;
};

template <auto kGroup, auto kMember>
const std::string& in(const Settings& settings) {
  return settings.*kGroup.*kMember;
}

constexpr auto kTracker = &Settings::tracker;
constexpr auto kAccess = &Settings::access;

constexpr std::array kFiles{
    FileRow{.key = "access.whitelist",
            .path = in<kAccess, &AccessSettings::whitelist>,
            .judge = list,
            .doubts = list_doubts,
            .decides_rights = true},
    FileRow{.key = "access.blacklist",
            .path = in<kAccess, &AccessSettings::blacklist>,
            .judge = list,
            .doubts = list_doubts,
            .decides_rights = true},
    FileRow{.key = "access.deny",
            .path = in<kAccess, &AccessSettings::deny>,
            .judge = networks,
            .doubts = deny_doubts,
            .decides_rights = true},
    FileRow{.key = "access.proxy_file",
            .path = in<kAccess, &AccessSettings::proxy_file>,
            .judge = networks,
            .doubts = proxy_doubts,
            .decides_rights = true},
    FileRow{
        .key = "access.fifo_add", .path = in<kAccess, &AccessSettings::fifo_add>, .judge = fifo},
    FileRow{.key = "access.fifo_delete",
            .path = in<kAccess, &AccessSettings::fifo_delete>,
            .judge = fifo},
    FileRow{
        .key = "access.journal", .path = in<kAccess, &AccessSettings::journal>, .judge = journal},
    FileRow{.key = "tracker.state_file",
            .path = in<kTracker, &TrackerSettings::state_file>,
            .judge = state},
    FileRow{.key = "tracker.load_statedump",
            .path = in<kTracker, &TrackerSettings::load_statedump>,
            .judge = dump},
    FileRow{.key = "livesync.cluster.key",
            .path = in<&Settings::livesync, &LiveSyncSettings::key_file>,
            .judge = key_file,
            .decides_rights = true,
            .is_from_outside = true},
};

std::string name_of(const Standing& standing) {
  if (standing.uid == 0) return "root";
  return standing.user.empty() ? "uid " + std::to_string(standing.uid) : "user " + standing.user;
}

// Who looks, and from where, since the operator sees another directory tree with other rights.
std::string viewpoint(const Standing& standing) {
  return " (as " + name_of(standing) +
         (standing.in_chroot ? ", inside the chroot " : ", in the directory ") +
         standing.directory + ")";
}

std::string where_paths_count(const std::string& path, const Standing& standing,
                              bool is_of_directory) {
  const std::string& root = standing.directory;
  std::string text = is_of_directory ? "; the directory exists " : "; it exists ";
  text += standing.in_chroot ? "outside the chroot" : "where the tracker was started";
  text += ", but paths count from tracker.rootdir";
  const std::string prefix = root.ends_with('/') ? root : root + "/";
  if (standing.in_chroot && path.starts_with(prefix))
    return text + ": write " + path.substr(prefix.size() - 1);
  return text + ": put it below " + root;
}

// The tracker makes the file itself.
bool needs_directory(const FileRow& row) {
  return row.judge == fifo || row.judge == journal || row.judge == state;
}

std::string advice(const FileRow& row, const std::string& path, const FileFault& fault,
                   const Standing& standing, bool is_outside) {
  if (fault.code == EACCES)
    return "; give " + name_of(standing) + " the permission, also to enter the directories above";
  if ((fault.code == ENOENT || fault.code == ENOTDIR) && is_outside)
    return where_paths_count(path, standing, needs_directory(row));
  if (fault.code == ENOENT) {
    std::error_code not_a_link;
    const std::string target = std::filesystem::read_symlink(path, not_a_link);
    if (!not_a_link) return "; it is a symbolic link to " + target + ", which is not there";
  }
  if (fault.code == ENOENT && (row.judge == state || row.judge == journal))
    return "; create it, writable for that user";
  return "";
}

// Root may write everything, but the tracker does not run as root.
bool may_change(const std::string& path, const Standing& standing) {
  struct stat status = {};
  if (standing.uid == 0 || ::stat(path.c_str(), &status) != 0) return false;
  return status.st_uid == standing.uid || ::access(path.c_str(), W_OK) == 0;
}

bool exists(const FileRow& row, const std::string& path) {
  return ::access((needs_directory(row) ? directory_of(path) : path).c_str(), F_OK) == 0;
}

void add(Findings& findings, const FileRow& row, std::string message) {
  const Key* key = find_key(row.key);
  const bool counts = key->effect == Effect::in_effect || key->effect == Effect::default_in_effect;
  (counts ? findings.errors : findings.warnings).push_back({row.key, std::move(message)});
}

// Of a file that the start accepts. What its contents are doubted for, the start itself logs.
void add_warnings(Findings& findings, const FileRow& row, const std::string& path,
                  const Standing& standing, Depth depth) {
  if (row.doubts != nullptr && depth == Depth::contents)
    for (const std::string& doubt : row.doubts(path))
      findings.warnings.push_back({row.key, std::string(path).append(": ").append(doubt)});
  if (row.decides_rights && may_change(path, standing))
    findings.warnings.push_back(
        {row.key, path + ": " + name_of(standing) +
                      ", as whom the tracker runs, can change it; let another user own it"});
}

}  // namespace

ConfiguredFiles::ConfiguredFiles(const Settings& settings) {
  for (const FileRow& row : kFiles) {
    const std::string& path = row.path(settings);
    if (path.empty()) continue;
    if (exists(row, path)) outside_.insert(row.key);
    if (!row.is_from_outside) continue;
    if (const Judged fault = row.judge(path, settings, Depth::contents))
      add(found_outside_, row, fault->message + " (read before root is given up)");
  }
}

Findings ConfiguredFiles::judge(const Settings& settings, const Standing& standing,
                                Depth depth) const {
  Findings findings = found_outside_;
  for (const FileRow& row : kFiles) {
    const std::string& path = row.path(settings);
    if (path.empty()) continue;
    const Judged fault = row.is_from_outside ? std::nullopt : row.judge(path, settings, depth);
    if (fault)
      add(findings, row,
          fault->message + viewpoint(standing) +
              advice(row, path, *fault, standing, outside_.contains(row.key)));
    else
      add_warnings(findings, row, path, standing, depth);
  }
  if (standing.in_chroot && standing.directory == "/")
    findings.warnings.push_back({"tracker.rootdir",
                                 "the chroot is /, which shuts nothing out; name a directory that "
                                 "holds only the tracker's files"});
  return findings;
}

std::vector<std::string_view> keys_of_files() {
  std::vector<std::string_view> keys;
  keys.reserve(kFiles.size());
  for (const FileRow& row : kFiles) keys.push_back(row.key);
  return keys;
}

}  // namespace ot
