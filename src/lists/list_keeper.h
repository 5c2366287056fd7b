// Keeps the access list as its file says: reads it at start and again on every reload().
//
// At start the caller waits for the file. Later a job on the worker reads it; the loop puts the new
// list in force, starts an eviction, and gives the old list back to the worker to free. A file that
// cannot be used leaves the list in force as it is, and the log says why. A file that is still
// being written is read again after kSettleTime, at most kMaxLooks times in a row. If reload() is
// called while a reload runs, one more follows it, however many calls there were. Thread: the
// loop's. Everything passed by reference outlives it.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "access/access_control.h"
#include "access/list_file.h"
#include "base/log.h"
#include "lists/eviction.h"
#include "lists/status.h"
#include "net/worker.h"

namespace ot {

class ListKeeper {
 public:
  static constexpr unsigned kMaxLooks = 5;

  // `path` is the file of the white or black list of `access`, and `hash` what `access` was made
  // with. `on_reloaded` is called when all that reload() asked for is done, successfully or not.
  ListKeeper(EventLoop& loop, Worker& worker, AccessControl& access, Eviction& eviction,
             const SecretHash& hash, std::string path, const Clock& clock, Log& log,
             std::function<void()> on_reloaded);

  // Reads the list on the calling thread and puts it in force; once, before anything else. A file
  // that was written just now is used as it is if it holds anything, and read again soon; otherwise
  // this waits for it. The error says what is wrong with the file.
  [[nodiscard]] Result<void, std::string> load_first();

  void reload();

  [[nodiscard]] const ListFileStatus& status() const { return status_; }

 private:
  class Load;

  void submit();
  void finish(Load& load, const JobResult& result);
  void put_in_force(ListReading& reading, Duration took);
  // The file was still being written. False: it has been read often enough.
  [[nodiscard]] bool read_again_later(const std::string& reason);
  void log_refusal(const std::string& reason);

  EventLoop& loop_;
  Worker& worker_;
  AccessControl& access_;
  Eviction& eviction_;
  const SecretHash hash_;
  const std::string path_;
  const Clock& clock_;
  Log& log_;
  const std::function<void()> on_reloaded_;
  Timer retry_timer_;
  unsigned looks_ = 0;
  bool is_loading_ = false;
  bool is_asked_again_ = false;
  JobTicket ticket_;
  ListFileStatus status_;
};

}  // namespace ot
