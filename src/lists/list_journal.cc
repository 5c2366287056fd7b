#include "lists/list_journal.h"

#include <algorithm>
#include <cassert>
#include <thread>
#include <utility>

#include "base/duration_text.h"

namespace ot {
namespace {

using Change = DynamicSet::Change;

constexpr Duration kLongestStep = std::chrono::microseconds(250);
constexpr Duration kBetweenSteps = std::chrono::milliseconds(10);
constexpr size_t kForgottenAtOnce = 32;

std::string changes_text(uint64_t count) {
  return std::to_string(count) + (count == 1 ? " change" : " changes");
}

JobResult failure(const SystemError& error) { return Unexpected(JobFailure{error.message()}); }

}  // namespace

// Both share the file, because the journal may be gone while the worker is still writing.
class ListJournal::Append final : public Job {
 public:
  Append(ListJournal& journal, std::shared_ptr<JournalFile> file, Entries written)
      : entries(std::move(written)), journal_(journal), file_(std::move(file)) {}

  JobResult run(const JobWatch&) override {
    if (const auto done = file_->append(entries); !done) return failure(done.error());
    return {};
  }
  void finish(const JobResult& result) override { journal_.on_appended(*this, result); }
  [[nodiscard]] std::string_view name() const override { return "journal"; }

  Entries entries;

 private:
  ListJournal& journal_;  // only for finish(); may be gone while run() is running
  const std::shared_ptr<JournalFile> file_;
};

class ListJournal::Compaction final : public Job {
 public:
  Compaction(ListJournal& journal, std::shared_ptr<JournalFile> file,
             std::shared_ptr<const AccessList> list)
      : journal_(journal), file_(std::move(file)), list_(std::move(list)) {}

  JobResult run(const JobWatch& watch) override {
    auto done = file_->compact(list_.get(), [&watch] { return watch.is_cancelled(); });
    list_.reset();  // a long list is freed here rather than on the loop
    if (!done) return failure(done.error());
    held = std::move(*done);
    return {};
  }
  void finish(const JobResult& result) override { journal_.on_compacted(*this, result); }
  [[nodiscard]] std::string_view name() const override { return "journal"; }

  Entries held;

 private:
  ListJournal& journal_;  // as above
  const std::shared_ptr<JournalFile> file_;
  std::shared_ptr<const AccessList> list_;
};

ListJournal::ListJournal(std::string path, EventLoop& loop, Worker& worker, AccessControl& access,
                         Eviction& eviction, const SecretHash& hash, const Clock& clock, Log& log)
    : path_(std::move(path)),
      loop_(loop),
      worker_(worker),
      access_(access),
      eviction_(eviction),
      clock_(clock),
      log_(log),
      file_(std::make_shared<JournalFile>(path_)),
      renewed_(0, Hasher{hash}),
      work_timer_(loop.timers(), [this] { work(); }),
      forget_timer_(loop.timers(), [this] { forget_some(); }) {
  assert(!path_.empty() && access_.mode() != AccessMode::open);
}

Result<void, std::string> ListJournal::load(Duration patience) {
  if (auto locked = take_lock(patience); !locked) return locked;
  uint64_t without_room = 0;
  const auto opened = file_->open([&](const JournalEntry& entry) {
    if (entry.change == Change::none) return access_.forget(entry.info_hash);
    if (!access_.note(entry.info_hash, entry.change)) ++without_room;
  });
  if (!opened) return Unexpected(opened.error());
  lines_ = file_->lines();
  if (opened->damaged_line != 0)
    log_.warning(path_ + ": line " + std::to_string(opened->damaged_line) + " is damaged; the " +
                 std::to_string(opened->cut_bytes) + " bytes from there to the end are cut");
  if (without_room > 0)
    log_.warning(path_ + ": no room for " + changes_text(without_room) + "; at most " +
                 std::to_string(DynamicSet::kMaxHashes) + " are in force");
  log_.info(path_ + (opened->is_new
                         ? ": made; keeps what comes by FIFO"
                         : ": " + changes_text(access_.changes()) + " that came by FIFO in force"));
  return {};
}

Result<void, std::string> ListJournal::take_lock(Duration patience) {
  constexpr auto kStep = std::chrono::milliseconds(20);
  auto taken = file_->lock();
  if (!taken && FileLock::is_busy(taken.error()))
    log_.info(path_ + " is in use by another process; waiting for it");
  for (auto steps = patience / kStep; steps > 0 && !taken && FileLock::is_busy(taken.error());
       --steps) {
    std::this_thread::sleep_for(kStep);
    taken = file_->lock();
  }
  if (taken) return {};
  if (!FileLock::is_busy(taken.error())) return Unexpected(taken.error().message());
  return Unexpected(path_ + ": another process holds " + path_ +
                    ".lock; give each tracker a journal of its own");
}

bool ListJournal::list_holds(const InfoHash& info_hash, Change change) const {
  const auto& list = access_.list();
  return (list != nullptr && list->contains(info_hash)) == (change == Change::added);
}

bool ListJournal::take(const InfoHash& info_hash, Change change) {
  assert(change != Change::none);
  const Change before = access_.change_of(info_hash);
  if (is_settled_ && list_holds(info_hash, change)) {
    if (before == Change::none) return true;
    access_.forget(info_hash);
    keep({info_hash, Change::none});
    return true;
  }
  if (before == change && !is_comparing_) return true;
  if (!access_.note(info_hash, change)) return false;
  keep({info_hash, change});
  return true;
}

void ListJournal::keep(const JournalEntry& entry) {
  if (is_comparing_) renewed_.insert(entry.info_hash);
  if (waiting_.size() + appending_ >= kMaxUnwritten) {
    if (left_out_++ == 0)
      log_.error(path_ +
                 ": too many changes wait to be written; further ones are in force, but "
                 "will not survive a restart");
    return;
  }
  waiting_.push_back(entry);
  if (!is_busy_ && !work_timer_.armed()) work_timer_.arm_after(kGather);
}

void ListJournal::on_list(bool is_settled) {
  is_settled_ = is_settled;
  if (!is_settled) return;
  is_comparison_due_ = true;
  if (!work_timer_.armed()) work();
}

bool ListJournal::is_compaction_due() const {
  if (is_comparing_ || is_stopping_) return false;
  const uint64_t needed = std::max<uint64_t>(access_.changes(), least_lines_);
  return (is_comparison_due_ && is_settled_) || lines_ > 2 * needed + kSpareLines;
}

void ListJournal::work() {
  if (is_busy_) return;
  if (!waiting_.empty()) return append_waiting();
  if (is_compaction_due()) compact();
}

void ListJournal::append_waiting() {
  is_busy_ = true;
  appending_ = waiting_.size();
  ticket_ = worker_.submit(
      loop_, std::make_unique<Append>(*this, file_, std::exchange(waiting_, Entries())));
}

// Without a list that counts, the file only loses lines that later ones replace.
void ListJournal::compact() {
  is_busy_ = is_comparing_ = true;
  std::shared_ptr<const AccessList> list;
  if (is_settled_) {
    is_comparison_due_ = false;
    list = access_.list() != nullptr ? access_.list() : std::make_shared<const AccessList>();
  }
  ticket_ = worker_.submit(loop_, std::make_unique<Compaction>(*this, file_, std::move(list)));
}

void ListJournal::on_appended(Append& job, const JobResult& result) {
  is_busy_ = false;
  appending_ = 0;
  lines_ = file_->lines();
  if (result) return on_success();
  job.entries.insert(job.entries.end(), waiting_.begin(), waiting_.end());
  waiting_ = std::move(job.entries);
  on_failure(result.error().reason);
}

void ListJournal::on_compacted(Compaction& job, const JobResult& result) {
  is_busy_ = false;
  lines_ = file_->lines();
  if (!result) {
    is_comparing_ = false;
    renewed_.clear();
    is_comparison_due_ = true;
    return is_stopping_ ? work() : on_failure(result.error().reason);
  }
  least_lines_ = lines_;
  held_ = std::move(job.held);
  forget_some();
  on_success();
}

void ListJournal::forget_some() {
  const MonotonicTime end = clock_.now() + kLongestStep;
  while (!held_.empty()) {
    for (size_t i = 0; i < kForgottenAtOnce && !held_.empty(); ++i) {
      const JournalEntry entry = held_.back();
      held_.pop_back();
      if (renewed_.contains(entry.info_hash)) continue;
      if (access_.change_of(entry.info_hash) != entry.change) continue;
      access_.forget(entry.info_hash);
      eviction_.judge(entry.info_hash);  // the list may be another one by now
    }
    if (!held_.empty() && clock_.now() > end) return forget_timer_.arm_after(kBetweenSteps);
  }
  held_.shrink_to_fit();
  renewed_.clear();
  is_comparing_ = false;
  access_.tidy_changes();
  if (!work_timer_.armed()) work();
}

void ListJournal::on_success() {
  if (failures_in_a_row_ > 0)
    log_.info(path_ + ": written again, after " + std::to_string(failures_in_a_row_) +
              (failures_in_a_row_ == 1 ? " failure" : " failures"));
  failures_in_a_row_ = 0;
  if (is_busy_) return;
  if (is_stopping_ || waiting_.empty()) return work();
  work_timer_.arm_after(kGather);
}

void ListJournal::on_failure(const std::string& reason) {
  ++failed_writes_;
  if (failures_in_a_row_++ == 0)
    log_.error(path_ + ": not written: " + reason +
               "; the changes are in force, and writing them is tried again");
  const auto doublings = std::min<uint64_t>(failures_in_a_row_ - 1, 10);
  work_timer_.arm_after(std::min<Duration>(kFirstRetry * (1U << doublings), kLongestRetry));
}

void ListJournal::begin_stop() {
  is_stopping_ = true;
  failures_in_a_row_ = 0;
  work_timer_.disarm();
  work();
}

bool ListJournal::is_written() const {
  assert(is_stopping_);
  if (appending_ > 0) return false;
  return waiting_.empty() || (!is_busy_ && failures_in_a_row_ > 0);
}

void ListJournal::end_stop() const {
  const size_t unwritten = waiting_.size() + appending_;
  if (unwritten > 0)
    log_.error(path_ + ": " + changes_text(unwritten) +
               " could not be written and will be forgotten");
}

JournalStatus ListJournal::status() const {
  return {lines_, waiting_.size() + appending_, failed_writes_, left_out_};
}

}  // namespace ot
