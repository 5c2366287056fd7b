#include "lists/list_watch.h"

#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cassert>
#include <cerrno>
#include <climits>
#include <utility>
#include <vector>

namespace ot {
namespace {

// As many as the kernel follows (path_resolution(7)).
constexpr int kMaxLinks = 40;
// A directory may be busy with other files, so writes are asked for the list's file alone.
constexpr uint32_t kDirectoryEvents = IN_CREATE | IN_DELETE | IN_MOVED_FROM | IN_MOVED_TO |
                                      IN_DELETE_SELF | IN_MOVE_SELF | IN_ONLYDIR;
constexpr uint32_t kFileEvents =
    IN_MODIFY | IN_CLOSE_WRITE | IN_ATTRIB | IN_DELETE_SELF | IN_MOVE_SELF | IN_DONT_FOLLOW;
// About the watch itself, whatever the name.
constexpr uint32_t kSelfEvents = IN_DELETE_SELF | IN_MOVE_SELF | IN_UNMOUNT | IN_IGNORED;

// The names of a path in reverse order, so that the next one is the last.
std::vector<std::string> names_of(const std::string& path) {
  std::vector<std::string> names;
  for (size_t end = path.size(); end > 0;) {
    const size_t slash = path.rfind('/', end - 1);
    const size_t begin = slash == std::string::npos ? 0 : slash + 1;
    const std::string name = path.substr(begin, end - begin);
    if (!name.empty() && name != ".") names.push_back(name);
    end = slash == std::string::npos ? 0 : slash;
  }
  return names;
}

std::string start_of(const std::string& path) { return path.front() == '/' ? "/" : "."; }

// The target of a symbolic link; empty if it cannot be read, as when it has just gone.
std::string target_of(const std::string& link) {
  std::array<char, PATH_MAX> target{};
  const ssize_t size = ::readlink(link.c_str(), target.data(), target.size());
  return {target.data(), size < 0 ? 0 : static_cast<size_t>(size)};
}

}  // namespace

ListWatch::ListWatch(std::string path, EventLoop& loop, Log& log, std::function<void()> on_change)
    : path_(std::move(path)),
      loop_(loop),
      log_(log),
      on_change_(std::move(on_change)),
      step_timer_(loop.timers(), [this] { end_step(); }),
      retry_timer_(loop.timers(), [this] {
        renew();
        on_change_();
      }) {
  assert(!path_.empty());
}

ListWatch::~ListWatch() { loop_.unwatch(watch_); }

bool ListWatch::open() {
  if (inotify_) return true;
  auto inotify = Inotify::create();
  if (!inotify) return note_failure(inotify.error()), false;
  auto watch = loop_.watch(inotify->descriptor(), EPOLLIN, *this);
  if (!watch) return note_failure(watch.error()), false;
  inotify_.emplace(std::move(*inotify));
  watch_ = *watch;
  return true;
}

void ListWatch::renew() {
  failure_.clear();
  Names found;
  if (open()) walk(found);
  for (const auto& [watch, names] : names_) {
    if (!found.contains(watch)) inotify_->remove(watch);
  }
  names_ = std::move(found);
  if (failure_ != logged_failure_) {
    if (failure_.empty()) log_.info(path_ + ": watched for changes again");
    if (!failure_.empty())
      log_.warning(path_ +
                   ": not every change of this file will be noticed without SIGHUP: " + failure_);
  }
  logged_failure_ = failure_;
  failure_.empty() ? retry_timer_.disarm() : retry_timer_.arm_after(kRetry);
}

// A directory is watched before the name is looked up in it: what changes in between is reported.
void ListWatch::walk(Names& found) {
  std::string directory = start_of(path_);
  std::vector<std::string> rest = names_of(path_);
  for (int links = 0; !rest.empty();) {
    const std::string name = std::exchange(rest.back(), {});
    rest.pop_back();
    const std::string here = std::string(directory).append("/").append(name);
    if (name != "..") add(found, directory, name);
    struct stat status = {};
    if (::lstat(here.c_str(), &status) != 0) {
      if (errno != ENOENT && errno != ENOTDIR) note_failure(last_error(here).take());
      return;
    }
    if (S_ISLNK(status.st_mode)) {
      const std::string target = target_of(here);
      if (target.empty() || ++links > kMaxLinks) return;
      if (target.front() == '/') directory = "/";
      for (std::string& step : names_of(target)) rest.insert(rest.end(), std::move(step));
    } else if (rest.empty()) {
      add(found, here, {});
    } else {
      directory = here;
    }
  }
}

void ListWatch::add(Names& found, const std::string& path, const std::string& name) {
  const auto watch = inotify_->add(path, name.empty() ? kFileEvents : kDirectoryEvents);
  if (watch) {
    auto& names = found[*watch];
    if (!name.empty()) names.insert(name);
  } else if (const int code = watch.error().code; code != ENOENT && code != ENOTDIR) {
    note_failure(watch.error());
  }
}

void ListWatch::note_failure(const SystemError& error) {
  failure_ = error.message() + std::string(advice_on_limit(error));
}

bool ListWatch::matters(const Inotify::Event& event) const {
  if ((event.mask & IN_Q_OVERFLOW) != 0) return true;
  const auto known = names_.find(event.watch);
  if (known == names_.end()) return false;
  const auto& names = known->second;
  return names.empty() || (event.mask & kSelfEvents) != 0 || names.contains(event.name);
}

bool ListWatch::drain() {
  bool any = false;
  inotify_->drain([&](const Inotify::Event& event) { any |= matters(event); });
  return any;
}

// From here on the queue waits: a file that is written line by line must not wake the loop for
// each.
void ListWatch::on_events(uint32_t) {
  if (drain()) burst_ends_ = loop_.now() + kLongestBurst;
  loop_.change(watch_, 0);
  step_timer_.arm_after(kQuiet);
}

void ListWatch::end_step() {
  const MonotonicTime now = loop_.now();
  if (drain()) {
    if (!burst_ends_) burst_ends_ = now + kLongestBurst;
    if (now < *burst_ends_) return step_timer_.arm_after(kQuiet);
  }
  loop_.change(watch_, EPOLLIN);
  if (!std::exchange(burst_ends_, std::nullopt)) return;
  renew();
  on_change_();
}

}  // namespace ot
