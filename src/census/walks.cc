#include "census/walks.h"

#include "census/table_walks.h"

namespace ot {

class StatsWalks::WalkJob final : public Job {
 public:
  WalkJob(StatsWalks& asker, WalkKind kind) : asker_(asker), table_(asker.table_), kind_(kind) {}

  JobResult run(const JobWatch& watch) override {
    return walk_table(kind_, table_, watch, findings_);
  }
  void finish(const JobResult& result) override {
    asker_.finish(kind_, result ? &findings_ : nullptr);
  }
  [[nodiscard]] std::string_view name() const override { return walk_name(kind_); }

 private:
  StatsWalks& asker_;  // for finish(): run() may find it gone
  TorrentTable& table_;
  const WalkKind kind_;
  WalkFindings findings_;
};

StatsWalks::StatsWalks(EventLoop& loop, Worker& worker, TorrentTable& table)
    : loop_(loop), worker_(worker), table_(table) {
  for (size_t i = 0; i < kWalkKinds; ++i) {
    walks_[i].pause.emplace(loop.timers(), [this, i] { begin(static_cast<WalkKind>(i)); });
  }
}

StatsWalks::Ticket StatsWalks::ask(WalkKind kind, Deliver deliver) {
  Walk& walk = walks_[static_cast<size_t>(kind)];
  std::erase_if(walk.askers, [](const auto& asker) { return asker.expired(); });
  if (walk.askers.size() >= kMaxAskers) return nullptr;
  auto ticket = std::make_shared<const Deliver>(std::move(deliver));
  walk.askers.push_back(ticket);
  if (!walk.job && !walk.pause->armed()) begin(kind);
  return ticket;
}

void StatsWalks::begin(WalkKind kind) {
  Walk& walk = walks_[static_cast<size_t>(kind)];
  if (loop_.now() < walk.not_before) return walk.pause->arm(walk.not_before);
  walk.job = worker_.submit(loop_, std::make_unique<WalkJob>(*this, kind));
}

// A delivery may ask again or end the life of other askers, so it finds nothing half done here.
void StatsWalks::finish(WalkKind kind, const WalkFindings* findings) {
  Walk& walk = walks_[static_cast<size_t>(kind)];
  walk.job.reset();
  walk.not_before = loop_.now() + kPause;
  const auto askers = std::exchange(walk.askers, {});
  for (const auto& asker : askers) {
    if (const Ticket wanted = asker.lock()) (*wanted)(findings);
  }
}

}  // namespace ot
