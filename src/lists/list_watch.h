// Notices changes of a list's file, of info_hashes or of networks, without a signal.
//
// Watches every directory that the path leads through, symbolic links and their targets included,
// for the names that matter there, and the file itself. So it sees a write, a rename over the file,
// a link that is swapped, and a directory that goes, comes back or appears later. Changes are
// joined into bursts: a burst ends after kQuiet without a change, at the latest kLongestBurst after
// it was noticed; then on_change is called once. The kernel's queue is read at most every kQuiet,
// however much is written. If the kernel refuses a watch, the log says so once, and the watch is
// tried again every kRetry. Does not see changes that another machine makes on a network file
// system. Thread: the loop's. Loop and log outlive it.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>

#include "base/log.h"
#include "net/event_loop.h"
#include "net/inotify.h"

namespace ot {

class ListWatch final : public EventHandler {
 public:
  static constexpr Duration kQuiet = std::chrono::milliseconds(250);
  static constexpr Duration kLongestBurst = std::chrono::milliseconds(500);
  static constexpr Duration kRetry = std::chrono::minutes(1);

  // `path` is not empty; a relative one counts from the working directory at each call.
  ListWatch(std::string path, EventLoop& loop, Log& log, std::function<void()> on_change);
  ListWatch(const ListWatch&) = delete;
  ListWatch& operator=(const ListWatch&) = delete;
  ~ListWatch();

  // Follows the path anew: watches what it leads through now and nothing else. What changes from
  // here on is noticed.
  void renew();

  void on_events(uint32_t events) override;

 private:
  // For each watch the names that matter; for the file's own watch none, because everything does.
  using Names = std::map<int, std::set<std::string, std::less<>>>;

  [[nodiscard]] bool open();
  void walk(Names& found);
  // Adds a watch for a directory, or with an empty name for the file.
  void add(Names& found, const std::string& path, const std::string& name);
  void note_failure(const SystemError& error);
  // Reads the queue; true if anything in it matters.
  [[nodiscard]] bool drain();
  [[nodiscard]] bool matters(const Inotify::Event& event) const;
  void end_step();

  const std::string path_;
  EventLoop& loop_;
  Log& log_;
  const std::function<void()> on_change_;
  std::optional<Inotify> inotify_;
  Watch watch_;
  Names names_;
  std::optional<MonotonicTime> burst_ends_;  // at the latest; nothing if no change is waiting
  std::string failure_;                      // of the last renew()
  std::string logged_failure_;
  Timer step_timer_;
  Timer retry_timer_;
};

}  // namespace ot
