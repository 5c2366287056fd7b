#include "state/state_writer.h"

#include <cassert>

namespace ot {

Result<bool, SystemError> StateWriter::step() {
  const MutexLock lock(mutex_);
  assert(stage_ != Stage::done);
  if (stage_ == Stage::abandoned) return false;
  if (auto performed = perform(); !performed) {
    give_up();
    return Unexpected(performed.error());
  }
  if (stage_ != Stage::done) return true;
  written_.totals = counter_.totals();
  written_.took = clock_.now() - started_;
  written_.finished_at = clock_.wall_time();
  return false;
}

void StateWriter::abandon() {
  const MutexLock lock(mutex_);
  if (stage_ != Stage::done) give_up();
}

bool StateWriter::is_in_place() const {
  const MutexLock lock(mutex_);
  return output_.is_in_place();
}

StateWritten StateWriter::written() const {
  const MutexLock lock(mutex_);
  assert(stage_ == Stage::done);
  return written_;
}

void StateWriter::give_up() {
  stage_ = Stage::abandoned;
  output_.abandon();
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
    case Stage::abandoned:
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
  written_.bytes += pending_.size();
  auto written = output_.write(pending_);
  pending_.clear();
  return written;
}

// Ages are whole minutes of the monotonic clock, counted from the current one. The middle of that
// minute stands for it, because the two clocks are read one after the other and would otherwise
// differ by a minute now and then.
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
