#include "dump/full_scrapes.h"

#include <algorithm>
#include <utility>

namespace ot {
namespace {

// How often it is looked whether readers have taken something: soon while they do, seldom while
// they do not.
constexpr Duration kShortestPause = std::chrono::milliseconds(2);
constexpr Duration kLongestPause = std::chrono::milliseconds(64);
// How often those who wait are asked whether they have hung up, a system call each.
constexpr Duration kScanPause = std::chrono::milliseconds(100);

}  // namespace

struct FullScrapes::Run {
  Run(DumpKind of, std::shared_ptr<DumpBody> from, const DumpReaders& to)
      : kind(of), body(std::move(from)), readers(to) {}

  const DumpKind kind;
  std::shared_ptr<DumpBody> body;  // the worker's while a piece is being made
  DumpReaders readers;
  std::optional<JobTicket> piece;  // while it is being made
  bool begun = false;              // the first piece was there: nobody may join
  bool whole = false;
  uint32_t shards_done = 0;
  // Since when the pace is measured, and what the fastest had taken then.
  MonotonicTime measured_since{};
  uint64_t taken_then = 0;
  // Since when the fastest has had nothing to take, while a piece is being made.
  std::optional<MonotonicTime> starved_since;
  // When the body is whole: what its readers have yet to take, and since when that is so.
  size_t left = 0;
  MonotonicTime moved{};
};

class FullScrapes::PieceJob final : public Job {
 public:
  PieceJob(FullScrapes& asker, std::shared_ptr<DumpBody> body)
      : asker_(asker), body_(std::move(body)) {}

  JobResult run(const JobWatch& watch) override { return body_->make_piece(watch); }
  void finish(const JobResult& result) override { asker_.on_piece(result); }

 private:
  FullScrapes& asker_;  // for finish(): run() may find it gone
  const std::shared_ptr<DumpBody> body_;
};

FullScrapes::FullScrapes(EventLoop& loop, Worker& worker, TorrentTable& table, const Clock& clock,
                         Statistics& statistics, const DumpLimits& limits)
    : loop_(loop),
      worker_(worker),
      table_(table),
      clock_(clock),
      statistics_(statistics),
      limits_(limits),
      pause_(kShortestPause),
      timer_(loop.timers(), [this] { look(); }) {}

FullScrapes::~FullScrapes() = default;

// A place is taken from whoever has left or seems to have, but only when somebody needs it: a
// client may shut down its side and wait for the reply.
bool FullScrapes::has_room() {
  if (waiting_.size() < limits_.max_waiting) return true;
  forget_leavers();
  if (waiting_.size() >= limits_.max_waiting) reset_who_hung_up();
  if (waiting_.size() < limits_.max_waiting) return true;
  ++counters_.refused;
  return false;
}

void FullScrapes::reset_who_hung_up() {
  if (loop_.now() < next_scan_) return;
  next_scan_ = loop_.now() + kScanPause;
  std::erase_if(waiting_, [this](const DumpReader& reader) {
    if (!reader.port->has_hung_up(reader.to)) return false;
    reader.port->reset(reader.to);
    ++counters_.reset;
    return true;
  });
}

void FullScrapes::reply(const DumpReader& reader) {
  waiting_.push_back(reader);
  if (!run_) start_next();
  arm();
}

void FullScrapes::forget_leavers() {
  std::erase_if(waiting_, [](const DumpReader& reader) { return reader.has_left(); });
}

void FullScrapes::start_next() {
  forget_leavers();
  if (waiting_.empty()) return;
  const DumpKind kind = waiting_.front().kind;
  run_ = std::make_unique<Run>(kind, std::make_shared<DumpBody>(table_, clock_, kind),
                               DumpReaders(limits_.max_lag, statistics_, counters_));
  ++counters_.runs;
  ask_for_piece();
}

void FullScrapes::ask_for_piece() {
  run_->piece = worker_.submit(loop_, std::make_unique<PieceJob>(*this, run_->body));
}

// While a piece is being made.
void FullScrapes::note_starving() {
  run_->readers.review();
  if (run_->readers.backlog() == 0 && !run_->starved_since) run_->starved_since = loop_.now();
}

// The piece is there: time in which there was nothing to take is not the readers'.
void FullScrapes::forgive_starving() {
  if (!run_->starved_since) return;
  run_->measured_since += loop_.now() - *run_->starved_since;
  run_->starved_since.reset();
}

void FullScrapes::on_piece(const JobResult& result) {
  run_->piece.reset();
  forgive_starving();
  if (!std::exchange(run_->begun, true)) take_waiting();
  if (!result) {
    run_->readers.reset_all();
    run_.reset();
    return start_next();
  }
  run_->whole = run_->body->has_ended();
  run_->shards_done = run_->body->shards_done();
  run_->readers.begin_piece(run_->body->take_piece(), run_->whole);
  pause_ = kShortestPause;
  go_on();
  drain();  // the timer does not come to it while pieces come fast
  arm();
}

// Who asked for the same joins the run.
void FullScrapes::take_waiting() {
  std::erase_if(waiting_, [this](const DumpReader& reader) {
    if (reader.kind != run_->kind) return false;
    run_->readers.add(reader);
    return true;
  });
  run_->measured_since = loop_.now();
}

// Does what can be done next for the run being made.
void FullScrapes::go_on() {
  DumpReaders& readers = run_->readers;
  if (run_->piece) return note_starving();
  if (!readers.send_some()) return;
  readers.review();
  if (is_too_slow()) readers.reset_all();
  if (readers.empty() || run_->whole) {
    run_->body.reset();
    if (!readers.empty()) draining_.push_back(std::move(run_));
    run_.reset();
    return start_next();
  }
  if (readers.backlog() < limits_.low_water) {
    ask_for_piece();
    note_starving();
  }
}

// If the fastest has left, the others have to reach where it was: it is the run that is measured.
bool FullScrapes::is_too_slow() {
  Run& run = *run_;
  if (loop_.now() - run.measured_since < limits_.pace_window) return false;
  forget_leavers();
  const uint64_t taken = run.readers.taken();
  const bool too_slow = !waiting_.empty() && run.readers.backlog() > 0 &&
                        taken < run.taken_then + limits_.least_taken;
  run.measured_since = loop_.now();
  run.taken_then = taken;
  return too_slow;
}

void FullScrapes::drain() {
  for (const auto& run : draining_) {
    run->readers.review();
    const size_t left = run->readers.left();
    if (std::exchange(run->left, left) != left) run->moved = loop_.now();
  }
  std::erase_if(draining_, [](const auto& run) { return run->readers.empty(); });
  limit_draining();
}

void FullScrapes::limit_draining() {
  size_t held = 0;
  for (const auto& run : draining_) held += run->readers.held();
  while (held > limits_.max_held || draining_.size() > limits_.max_draining) {
    const auto stuck =
        std::min_element(draining_.begin(), draining_.end(),
                         [](const auto& a, const auto& b) { return a->moved < b->moved; });
    held -= (*stuck)->readers.held();
    (*stuck)->readers.reset_all();
    draining_.erase(stuck);
  }
}

void FullScrapes::look() {
  if (run_) go_on();
  drain();
  uint64_t taken = run_ ? run_->readers.taken() : 0;
  for (const auto& run : draining_) taken += run->readers.taken();
  const bool moved = taken != std::exchange(seen_, taken);
  pause_ = moved ? kShortestPause : std::min(2 * pause_, kLongestPause);
  arm();
}

// What is pending is never put off: requests may come faster than any pause ends.
void FullScrapes::arm() {
  if (!run_ && draining_.empty()) return timer_.disarm();
  // The rest of a piece goes out in the next pass.
  const bool sending = run_ && run_->readers.has_piece_to_send();
  const MonotonicTime due = loop_.now() + (sending ? Duration::zero() : pause_);
  if (timer_.armed() && due_ <= due) return;
  due_ = due;
  timer_.arm(due);
}

DumpStatus FullScrapes::status() const {
  DumpStatus status;
  status.counters = counters_;
  status.waiting = waiting_.size();
  if (run_) {
    status.readers = run_->readers.size();
    status.shards_done = run_->shards_done;
  }
  for (const auto& run : draining_) status.readers += run->readers.size();
  return status;
}

}  // namespace ot
