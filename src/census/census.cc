#include "census/census.h"

#include <cassert>
#include <utility>

#include "census/table_walks.h"

namespace ot {

class Census::WalkJob final : public Job {
 public:
  WalkJob(Census& census, WalkKind kind) : census_(census), table_(census.table_), kind_(kind) {}

  JobResult run(const JobWatch& watch) override {
    return walk_table(kind_, table_, watch, findings_);
  }
  // A failed recount leaves the last one to age. All state is settled before the first delivery,
  // which may ask for another walk.
  void finish(const JobResult& result) override {
    const MonotonicTime now = census_.loop_.now();
    Walk& walk = census_.walk_of(kind_);
    walk.job.reset();
    walk.not_before = now + kPause;
    if (kind_ == WalkKind::recount && result) {
      census_.recount_ = findings_;
      census_.recounted_ = now;
    }
    for (const Deliver& deliver : std::exchange(walk.askers, {}))
      deliver(result ? &findings_ : nullptr);
  }
  [[nodiscard]] std::string_view name() const override { return walk_name(kind_); }

 private:
  Census& census_;  // for finish() only: it may be gone while run() runs
  TorrentTable& table_;
  const WalkKind kind_;
  WalkFindings findings_;
};

Census::Walk::Walk(Census& census, WalkKind kind)
    : pause(census.loop_.timers(), [&census, kind] { census.begin(kind); }) {}

Census::Census(EventLoop& loop, Worker& worker, TorrentTable& table)
    : loop_(loop),
      worker_(worker),
      table_(table),
      walks_{Walk(*this, WalkKind::top_torrents), Walk(*this, WalkKind::busiest_networks),
             Walk(*this, WalkKind::recount)} {}

bool Census::ask(WalkKind kind, Deliver deliver) {
  assert(deliver != nullptr);
  std::vector<Deliver>& askers = walk_of(kind).askers;
  if (askers.size() >= kMaxAskers) return false;
  askers.push_back(std::move(deliver));
  begin(kind);
  return true;
}

std::optional<Recount> Census::last_recount() {
  const Duration age = recounted_ ? loop_.now() - *recounted_ : Duration::max();
  if (age >= kFresh) begin(WalkKind::recount);
  if (age >= kStale) return std::nullopt;
  return Recount{&recount_, std::chrono::floor<std::chrono::seconds>(age)};
}

// Does nothing if a walk of that kind waits or runs.
void Census::begin(WalkKind kind) {
  Walk& walk = walk_of(kind);
  if (walk.job || walk.pause.armed()) return;
  if (loop_.now() < walk.not_before) return walk.pause.arm(walk.not_before);
  walk.job = worker_.submit(loop_, std::make_unique<WalkJob>(*this, kind));
}

}  // namespace ot
