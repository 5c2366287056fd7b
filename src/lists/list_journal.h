// Keeps what came by FIFO over reloads and restarts, until the list says the same (access.journal).
//
// A change is in force at once, and a job on the worker appends it to the file (JournalFile) within
// kGather and the time the disk takes. A write that fails is counted, logged once and tried again,
// at last every kLongestRetry; changes beyond kMaxUnwritten stay in force but are not kept.
//
// When a list is in force that was not half written, another job compares the file with it: changes
// that the list holds leave the file, and then, in bounded steps, the access control, unless a FIFO
// has named their hash again meanwhile. The same job makes the file shorter when it has more than
// twice the lines it needs. Jobs run one at a time. Thread: the loop's. Everything passed by
// reference outlives this.
#pragma once

#include <memory>
#include <string>
#include <unordered_set>
#include <vector>

#include "access/access_control.h"
#include "base/log.h"
#include "lists/eviction.h"
#include "lists/journal_file.h"
#include "lists/status.h"
#include "net/worker.h"

namespace ot {

class ListJournal {
 public:
  // Changes are gathered this long before they are written.
  static constexpr Duration kGather = std::chrono::milliseconds(50);
  static constexpr Duration kFirstRetry = std::chrono::seconds(1);
  static constexpr Duration kLongestRetry = std::chrono::minutes(1);
  static constexpr size_t kMaxUnwritten = DynamicSet::kMaxHashes;
  // Lines that do not count when the file is judged for length.
  static constexpr uint64_t kSpareLines = 1024;

  // `path` is not empty. `hash` is what `access` was made with.
  ListJournal(std::string path, EventLoop& loop, Worker& worker, AccessControl& access,
              Eviction& eviction, const SecretHash& hash, const Clock& clock, Log& log);

  // Reads the file on the calling thread and puts its changes in force; once, before anything else.
  // Waits for a process that holds the file, for `patience`. The error begins with the path.
  [[nodiscard]] Result<void, std::string> load(Duration patience = std::chrono::seconds(5));

  // A change from a FIFO: puts it in force and keeps it. False if there is no room for it; then
  // nothing has happened.
  [[nodiscard]] bool take(const InfoHash& info_hash, DynamicSet::Change change);

  // The list may be replaced soon, so what it says is no reason to drop a change.
  void on_read_begins() { is_settled_ = false; }
  // The list of the access control is in force. `is_settled`: it was not half written.
  void on_list(bool is_settled);

  // Writes what is left once more.
  void begin_stop();
  // Whether the file has everything, or cannot be written; after begin_stop().
  [[nodiscard]] bool is_written() const;
  // Logs what the file lacks; the last call.
  void end_stop() const;

  [[nodiscard]] JournalStatus status() const;

 private:
  class Append;
  class Compaction;
  struct Hasher {
    SecretHash hash;
    size_t operator()(const InfoHash& info_hash) const noexcept { return hash(info_hash.bytes); }
  };
  using Entries = std::vector<JournalEntry>;

  [[nodiscard]] Result<void, std::string> take_lock(Duration patience);
  [[nodiscard]] bool list_holds(const InfoHash& info_hash, DynamicSet::Change change) const;
  void keep(const JournalEntry& entry);
  // Begins the next job, if there is something to do and no other runs.
  void work();
  [[nodiscard]] bool is_compaction_due() const;
  void append_waiting();
  void compact();
  void on_appended(Append& job, const JobResult& result);
  void on_compacted(Compaction& job, const JobResult& result);
  void on_failure(const std::string& reason);
  void on_success();
  // Drops some of held_ from the access control; called by the timer until all are done.
  void forget_some();

  const std::string path_;
  EventLoop& loop_;
  Worker& worker_;
  AccessControl& access_;
  Eviction& eviction_;
  const Clock& clock_;
  Log& log_;
  const std::shared_ptr<JournalFile> file_;  // a running job's, while is_busy_
  bool is_settled_ = false;
  bool is_comparison_due_ = false;
  bool is_stopping_ = false;
  bool is_busy_ = false;
  Entries waiting_;       // to be appended, in order
  size_t appending_ = 0;  // entries of the running job
  // While a comparison runs or held_ is not empty: hashes that a FIFO has named since it began.
  bool is_comparing_ = false;
  std::unordered_set<InfoHash, Hasher> renewed_;
  Entries held_;  // by the list, and no longer in the file
  uint64_t lines_ = 0;
  uint64_t least_lines_ = 0;  // after the last compaction
  uint64_t failures_in_a_row_ = 0;
  uint64_t failed_writes_ = 0;
  uint64_t left_out_ = 0;
  Timer work_timer_;
  Timer forget_timer_;
  JobTicket ticket_;
};

}  // namespace ot
