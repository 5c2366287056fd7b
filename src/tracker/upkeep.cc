#include "tracker/upkeep.h"

#include <utility>

namespace ot {

class Upkeep::SlabJob final : public Job {
 public:
  explicit SlabJob(Upkeep& upkeep) : upkeep_(upkeep) {}

  JobResult run(const JobWatch&) override {
    slab_ = Slab::map(SlabKind::settled);
    return {};
  }
  void finish(const JobResult&) override { upkeep_.add(std::move(slab_)); }
  [[nodiscard]] std::string_view name() const override { return "slab"; }

 private:
  Upkeep& upkeep_;  // for finish(); in run() it may be gone
  Slab::Memory slab_;
};

Upkeep::Upkeep(EventLoop& loop, Worker& worker, TorrentTable& table, const Clock& clock)
    : table_(table), loop_(loop), worker_(worker), clock_(clock), timer_(loop.timers(), [this] {
        step();
      }) {
  step();
}

void Upkeep::step() {
  const bool goes_on = move_pages();
  if (!job_ && table_.wants_slab()) job_ = worker_.submit(loop_, std::make_unique<SlabJob>(*this));
  timer_.arm_after(goes_on ? kTick : kTickWhenSettled);
}

// True if there is more to move.
bool Upkeep::move_pages() {
  const MonotonicTime start = clock_.now();
  while (table_.settle_slots(kPages)) {
    if (clock_.now() - start >= kLongestStep) return true;
  }
  return false;
}

// If there is no slab for lack of memory, the next step asks again, which is soon enough.
void Upkeep::add(Slab::Memory slab) {
  job_.reset();
  if (slab && table_.add_slab(std::move(slab))) timer_.arm_after(Duration(0));
}

}  // namespace ot
