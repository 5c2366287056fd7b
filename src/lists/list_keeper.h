// Keeps the access list as its file says: reads it at start and again whenever it is told to.
//
// At start the caller waits for the file. Later a job on the worker reads it; the list it makes is
// put in force on the loop, and what was in force goes back to the worker to be let go of. A file
// that will not do leaves the list in force where it is, and the log says why. One that is being
// written is looked at again after kSettleTime, at most kMaxLooks times in a row. A reload that is
// asked for while one runs begins when that has ended; any number of them are one. Thread: that of
// the loop.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "access/access_control.h"
#include "access/list_file.h"
#include "base/log.h"
#include "lists/statistics.h"
#include "net/worker.h"

namespace ot {

class ListKeeper {
 public:
  static constexpr unsigned kMaxLooks = 5;

  struct Hooks {
    // Another list is in force.
    std::function<void()> on_replaced;
    // All that reload() asked for has come to its end, well or not.
    std::function<void()> on_settled;
  };

  // `path` is the file of the white or black list that `access` is to go by.
  ListKeeper(EventLoop& loop, Worker& worker, AccessControl& access, const SecretHash& hash,
             std::string path, const Clock& clock, Log& log, Hooks hooks);

  // Reads the list on the calling thread and puts it in force. A file that was written just now is
  // taken as it is if there is something in it, and looked at again soon; waits for it if not. An
  // error says what is wrong with the file.
  [[nodiscard]] Result<void, std::string> load_first();

  void reload();

  [[nodiscard]] const ListFileStatistics& statistics() const { return statistics_; }

 private:
  class Load;

  void submit();
  void finish(Load& load, const JobResult& result);
  void put_in_force(ListReading& reading, Duration took);
  // Of a file that is not settled: whether it is to be looked at again.
  bool look_again(const ListReading& reading);
  void keep(std::string_view reason);

  EventLoop& loop_;
  Worker& worker_;
  AccessControl& access_;
  const SecretHash hash_;
  const std::string path_;
  const Clock& clock_;
  Log& log_;
  const Hooks hooks_;
  Timer retry_timer_;
  unsigned looks_ = 0;
  bool is_loading_ = false;
  bool is_asked_again_ = false;
  JobTicket ticket_;
  ListFileStatistics statistics_;
};

}  // namespace ot
