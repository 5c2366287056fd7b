#include "state/state_writer.h"

namespace ot {

Result<bool, SystemError> StateWriter::step() {
  if (auto performed = perform(); !performed) {
    abandon();
    return Unexpected(performed.error());
  }
  if (stage_ != Stage::done) return true;
  finished_ = clock_.now();
  finished_at_ = clock_.wall_time();
  return false;
}

StateOutput::Done StateWriter::perform() {
  switch (stage_) {
    case Stage::opening:
      return begin();
    case Stage::walking:
      return walk();
    case Stage::syncing:
      stage_ = Stage::committing;
      return output_.sync();
    case Stage::committing:
      stage_ = Stage::done;
      return output_.commit();
    case Stage::done:
      break;
  }
  return {};
}

StateOutput::Done StateWriter::begin() {
  started_ = clock_.now();
  pending_.reserve(kSlice + kStateBlockHead + kMaxStatePayload);
  framer_.header(clock_.wall_time());
  stage_ = Stage::walking;
  return output_.open();
}

StateOutput::Done StateWriter::walk() {
  while (stage_ == Stage::walking && pending_.size() < kSlice) copy_step();
  if (stage_ == Stage::syncing) append_end();
  bytes_ += pending_.size();
  auto written = output_.write(pending_);
  pending_.clear();
  return written;
}

// Ages are whole minutes of the monotonic clock, so they count from the present one; its middle
// stands for it, lest the two clocks, read one after the other, differ by a minute when compared.
void StateWriter::copy_step() {
  const uint32_t shard = cursor_.shard;
  const MonotonicTime now = clock_.now();
  const auto middle = std::chrono::floor<std::chrono::minutes>(now) + std::chrono::seconds(30);
  const WallTime counted_from = clock_.wall_time() + (middle - now);
  table_.copy_swarms(cursor_, minute_of(now), swarms_);
  if (cursor_.shard < shard) stage_ = Stage::syncing;
  if (swarms_.parts().empty()) return;
  framer_.begin_block();
  encode_swarms(swarms_, pending_);
  framer_.end_block(StateBlockKind::swarms, counted_from);
  counter_.count(swarms_);
}

void StateWriter::append_end() {
  framer_.begin_block();
  encode_totals(counter_.totals(), pending_);
  framer_.end_block(StateBlockKind::end, clock_.wall_time());
}

}  // namespace ot
