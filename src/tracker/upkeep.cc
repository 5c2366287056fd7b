#include "tracker/upkeep.h"

#include <utility>

namespace ot {

class SlotSettler::SlabJob final : public Job {
 public:
  explicit SlabJob(SlotSettler& settler) : settler_(settler) {}

  JobResult run(const JobWatch&) override {
    slab_ = Slab::map(SlabKind::settled);
    return {};
  }
  void finish(const JobResult&) override { settler_.add(std::move(slab_)); }
  [[nodiscard]] std::string_view name() const override { return "slab"; }

 private:
  SlotSettler& settler_;  // for finish(): run() may find it gone
  Slab::Memory slab_;
};

SlotSettler::SlotSettler(EventLoop& loop, Worker& worker, TorrentTable& table, const Clock& clock)
    : table_(table), loop_(loop), worker_(worker), clock_(clock), timer_(loop.timers(), [this] {
        step();
      }) {
  step();
}

void SlotSettler::step() {
  const bool goes_on = move_pages();
  if (!job_ && table_.wants_slab()) job_ = worker_.submit(loop_, std::make_unique<SlabJob>(*this));
  timer_.arm_after(goes_on ? kTick : kTickWhenSettled);
}

// Whether there is more to move.
bool SlotSettler::move_pages() {
  const MonotonicTime start = clock_.now();
  while (table_.settle_slots(kPages)) {
    if (clock_.now() - start >= kLongestStep) return true;
  }
  return false;
}

// If there was no memory for it, the next step asks again, which is soon enough.
void SlotSettler::add(Slab::Memory slab) {
  job_.reset();
  if (slab && table_.add_slab(std::move(slab))) timer_.arm_after(Duration(0));
}

}  // namespace ot
