// Keeps the access list as its file says: reads it at start and again on every reload().
//
// At start the caller waits for the file. Later a job on the worker reads it; the loop puts the new
// list in force as soon as it is read, starts an eviction, and gives the old list back to the
// worker to free. A file that cannot be used, or holds nothing, leaves the list in force as it is,
// and the log says why. A file that may have been half written is read again kSettleTime later, at
// most kMaxLooks times in a row; the changes of the FIFOs since the first of these reads stay. If
// reload() is called while a read runs, one more follows it, however many calls there were. Reads
// that nobody asked for change nothing if the file has not changed, and log kLinesPerMinute at
// most. Thread: the loop's. Everything passed by reference outlives it.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "access/access_control.h"
#include "access/list_file.h"
#include "base/log.h"
#include "base/rate_limit.h"
#include "lists/eviction.h"
#include "lists/list_journal.h"
#include "lists/status.h"
#include "net/worker.h"

namespace ot {

class ListKeeper {
 public:
  static constexpr unsigned kMaxLooks = 5;
  static constexpr unsigned kLinesPerMinute = 3;

  // `path` is the file of the white or black list of `access`, and `hash` what `access` was made
  // with. `on_reloaded` is called when all that reload() asked for is done, successfully or not: a
  // list has been put in force, or the file has been found unusable and is not read again.
  // `journal` keeps the changes of the FIFOs, and is told of each list; null: they are forgotten.
  ListKeeper(EventLoop& loop, Worker& worker, AccessControl& access, Eviction& eviction,
             const SecretHash& hash, std::string path, const Clock& clock, Log& log,
             std::function<void()> on_reloaded, ListJournal* journal = nullptr);

  // Reads the list on the calling thread and puts it in force; once, before anything else. A file
  // of zero bytes is a list of nothing here. The error says what is wrong with the file.
  [[nodiscard]] Result<void, std::string> load_first();

  // Reads the file, because somebody asked for it.
  void reload();
  // Reads the file, because it has probably changed.
  void look_again();

  [[nodiscard]] const ListFileStatus& status() const { return status_; }

 private:
  class Load;

  void read_anew();
  void submit();
  void finish(Load& load, const JobResult& result);
  void take(ListReading& reading, Duration took);
  void put_in_force(ListReading& reading, Duration took);
  void refuse(const std::string& reason);
  // Arms the timer for another read if this one may have found half a file. Returns what the log
  // says about that.
  [[nodiscard]] std::string plan_another_look(const ListReading& reading);
  void tell_journal();
  // For a line about a read: whether the log has room for it.
  [[nodiscard]] bool may_log();

  EventLoop& loop_;
  Worker& worker_;
  AccessControl& access_;
  Eviction& eviction_;
  const SecretHash hash_;
  const std::string path_;
  const Clock& clock_;
  Log& log_;
  const std::function<void()> on_reloaded_;
  ListJournal* const journal_;
  Timer again_timer_;
  unsigned looks_ = 0;  // in a row, without anybody having asked
  bool is_loading_ = false;
  bool is_asked_again_ = false;
  bool is_reload_open_ = false;  // on_reloaded is due
  bool forgets_changes_ = true;  // the next list in force replaces the changes of the FIFOs
  ListVersion in_force_;
  bool is_settled_ = false;  // the list in force was not half written
  std::string refused_for_;  // by the last read, if it was refused
  RateLimit unasked_lines_{kLinesPerMinute, std::chrono::minutes(1)};
  JobTicket ticket_;
  ListFileStatus status_;
};

}  // namespace ot
