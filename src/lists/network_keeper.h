// Keeps a set of networks as its file says: reads it at start and again on every reload().
//
// At start the caller waits for the file. Later a job on the worker reads it and builds the index;
// the loop puts that in force as soon as it is there, and gives the old one back to the worker to
// free. A file that cannot be used leaves the networks in force as they are, and the log says why.
// A file that was written less than two seconds ago, or while it was read, is read once more when
// it has had time to settle. If it is watched, a change of the file is a reason to read it, too;
// reads that nobody asked for log kLinesPerMinute at most. If reload() is called while a read runs,
// one more follows it, however many calls there were. Thread: the loop's. Everything passed by
// reference outlives it.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "access/network_file.h"
#include "access/networks.h"
#include "base/log.h"
#include "base/rate_limit.h"
#include "lists/list_watch.h"
#include "net/worker.h"

namespace ot {

struct NetworkFileStatus {
  uint64_t loaded = 0;   // reads that put networks in force
  uint64_t refused = 0;  // that left those in force where they were
  size_t networks = 0;   // of the file in force
  std::optional<WallTime> loaded_at;
};

class NetworkKeeper {
 public:
  static constexpr unsigned kLinesPerMinute = 3;

  struct Options {
    std::string key;   // "access.deny", for the log
    std::string path;  // not empty
    bool watch = false;
    // Networks of the configuration, to which those of the file are added.
    std::vector<Network> fixed = {};
    // Whether a network of all addresses is worth a warning, and what that means.
    std::string_view everybody;
  };
  // Puts networks in force; null: none.
  using Use = std::function<void(std::shared_ptr<const Networks>)>;

  // `on_reloaded` is called when all that reload() asked for is done, successfully or not.
  NetworkKeeper(EventLoop& loop, Worker& worker, Options options, Use use, const Clock& clock,
                Log& log, std::function<void()> on_reloaded);

  // Reads the file on the calling thread and puts it in force; once, before anything else. The
  // error says what is wrong with the file.
  [[nodiscard]] Result<void, std::string> load_first();

  void reload();

  [[nodiscard]] const std::string& key() const { return options_.key; }
  [[nodiscard]] const NetworkFileStatus& status() const { return status_; }

 private:
  class Load;

  void read_anew();
  void submit();
  void finish(Load& load, const JobResult& result);
  void put_in_force(Load& load);
  void say_in_force(const Load& load);
  void log_refusal(const std::string& reason);
  // For the lines about a read: whether the log has room for them.
  [[nodiscard]] bool may_log();

  EventLoop& loop_;
  Worker& worker_;
  const Options options_;
  const Use use_;
  const Clock& clock_;
  Log& log_;
  const std::function<void()> on_reloaded_;
  const std::unique_ptr<ListWatch> watch_;  // null: not asked for
  Timer settle_timer_;
  bool is_loading_ = false;
  bool is_asked_again_ = false;
  bool owes_report_ = false;  // on_reloaded_ is still to be called
  RateLimit unasked_lines_{kLinesPerMinute, std::chrono::minutes(1)};
  JobTicket ticket_;
  NetworkFileStatus status_;
};

}  // namespace ot
