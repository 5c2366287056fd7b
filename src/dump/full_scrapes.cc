#include "dump/full_scrapes.h"

#include <algorithm>
#include <cassert>
#include <utility>

namespace ot {
namespace {

// How often the timer looks whether readers have taken something: often while they do, seldom while
// they do not.
constexpr Duration kShortestPause = std::chrono::milliseconds(2);
constexpr Duration kLongestPause = std::chrono::milliseconds(64);
// The least time between two scans for waiting clients that have hung up; a scan makes a system
// call for each client.
constexpr Duration kScanPause = std::chrono::milliseconds(100);

}  // namespace

struct FullScrapes::Run {
  Run(DumpKind of, std::shared_ptr<DumpBody> from, const DumpReaders& to)
      : kind(of), body(std::move(from)), readers(to) {}

  const DumpKind kind;
  std::shared_ptr<DumpBody> body;  // belongs to the worker while a piece is being made
  DumpReaders readers;
  std::optional<JobTicket> piece;  // while a piece is being made
  bool begun = false;              // the first piece has been made: nobody may join
  bool whole = false;
  uint32_t shards_done = 0;
  // The start of the pace window, and what the fastest reader had taken then.
  MonotonicTime measured_since{};
  uint64_t taken_then = 0;
  // Since when the fastest reader has waited for the piece being made.
  std::optional<MonotonicTime> starved_since;
  // While draining: bytes that readers have yet to take, and when that last changed.
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
  FullScrapes& asker_;  // for finish() only: it may be gone while run() runs
  const std::shared_ptr<DumpBody> body_;
};

class FullScrapes::Promise final : public LateReply {
 public:
  Promise(FullScrapes& scrapes, const Requester& requester, DumpKind kind)
      : scrapes_(scrapes), requester_(requester), kind_(kind) {}

  void begin(ReplyPort& port, ConnectionToken to) override {
    scrapes_.waiting_.push_back({requester_.at(port, to), kind_});
    if (!scrapes_.run_) scrapes_.start_next();
    scrapes_.arm();
  }

 private:
  FullScrapes& scrapes_;
  const Requester requester_;
  const DumpKind kind_;
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

std::unique_ptr<LateReply> FullScrapes::promise(const Requester& requester, DumpKind kind) {
  if (has_room()) return std::make_unique<Promise>(*this, requester, kind);
  ++counters_.refused;
  return nullptr;
}

// Clients that have hung up lose their place only when somebody else needs it: a client may shut
// down its side and wait for the reply.
bool FullScrapes::has_room() {
  if (waiting_.size() < limits_.max_waiting) return true;
  forget_leavers();
  if (waiting_.size() < limits_.max_waiting) return true;
  if (loop_.now() < next_scan_) return false;
  next_scan_ = loop_.now() + kScanPause;
  std::erase_if(waiting_, [this](const Waiting& one) {
    if (!one.requester.port->has_hung_up(one.requester.token)) return false;
    one.requester.reset();
    ++counters_.reset;
    return true;
  });
  return waiting_.size() < limits_.max_waiting;
}

void FullScrapes::forget_leavers() {
  std::erase_if(waiting_, [](const Waiting& one) { return !one.requester.waiting(); });
}

void FullScrapes::start_next() {
  assert(!run_);
  forget_leavers();
  if (waiting_.empty()) return;
  const DumpKind kind = waiting_.front().kind;
  run_ = std::make_unique<Run>(kind, std::make_shared<DumpBody>(table_, clock_, kind),
                               DumpReaders(kind.gzip, limits_.max_lag, statistics_, counters_));
  ++counters_.runs;
  make_piece();
}

void FullScrapes::make_piece() {
  assert(!run_->piece && !run_->whole);
  run_->piece = worker_.submit(loop_, std::make_unique<PieceJob>(*this, run_->body));
}

void FullScrapes::on_piece(const JobResult& result) {
  Run& run = *run_;
  run.piece.reset();
  // Readers are not to blame for time in which there was nothing to take.
  if (run.starved_since) run.measured_since += loop_.now() - *run.starved_since;
  run.starved_since.reset();
  if (!std::exchange(run.begun, true)) {
    std::erase_if(waiting_, [&run](const Waiting& one) {
      if (one.kind != run.kind) return false;
      run.readers.add(one.requester);
      return true;
    });
    run.measured_since = loop_.now();
  }
  if (!result) {
    run.readers.reset_all();
    run_.reset();
    return start_next();
  }
  run.whole = run.body->has_ended();
  run.shards_done = run.body->shards_done();
  run.readers.begin_piece(run.body->take_piece(), run.whole);
  pause_ = kShortestPause;
  go_on();
  drain();  // pieces may come faster than the timer
  arm();
}

// Does what can be done next for the run being made.
void FullScrapes::go_on() {
  DumpReaders& readers = run_->readers;
  if (!run_->piece) {
    if (!readers.send_some()) return;
    readers.review();
    if (is_too_slow()) readers.reset_all();
    if (readers.empty() || run_->whole) {
      run_->body.reset();
      if (!readers.empty()) draining_.push_back(std::move(run_));
      run_.reset();
      return start_next();
    }
    if (readers.backlog() >= limits_.low_water) return;
    make_piece();
  }
  readers.review();
  if (readers.backlog() == 0 && !run_->starved_since) run_->starved_since = loop_.now();
}

// Measures the run, not a reader: when the fastest leaves, the others must first get to where it
// was.
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

// Lets go of what draining runs no longer need, and of runs that are stuck if there is too much.
void FullScrapes::drain() {
  for (const auto& run : draining_) {
    run->readers.review();
    const size_t left = run->readers.left();
    if (std::exchange(run->left, left) != left) run->moved = loop_.now();
  }
  std::erase_if(draining_, [](const auto& run) { return run->readers.empty(); });
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

// Never puts off a deadline: requests may come faster than any pause ends.
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
