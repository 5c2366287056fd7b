#include "lists/list_keeper.h"

#include <poll.h>

#include <new>
#include <utility>

#include "base/duration_text.h"

namespace ot {
namespace {

constexpr std::string_view kStays = "; the list in force stays";

// "; 7 lines skipped: line 3 is (why), line 9 is (why), ...", or nothing.
std::string faults_text(const ListTally& tally) {
  if (tally.faulty == 0) return {};
  std::string text =
      "; " + std::to_string(tally.faulty) + (tally.faulty == 1 ? " line" : " lines") + " skipped: ";
  for (const FaultyLine& line : tally.first_faulty) {
    if (&line != &tally.first_faulty.front()) text += ", ";
    text += "line " + std::to_string(line.number) + " is " + std::string(describe(line.fault));
  }
  return tally.faulty > tally.first_faulty.size() ? text + ", ..." : text;
}

void wait_until_settled() {
  ::poll(nullptr, 0,
         static_cast<int>(
             std::chrono::milliseconds(kSettleTime + std::chrono::milliseconds(50)).count()));
}

// Something was there to be seen: hashes, or comments and nothing that is wrong.
bool is_usable(const ListReading& reading) {
  const ListTally& tally = reading.tally;
  return tally.hashes != 0 || (tally.lines != 0 && tally.faulty == 0);
}

}  // namespace

// Reads the file into itself; knows its keeper only at the end.
class ListKeeper::Load final : public Job {
 public:
  Load(ListKeeper& keeper, const std::string& path, const SecretHash& hash, const Clock& clock)
      : keeper_(keeper), path_(path), hash_(hash), clock_(clock) {}

  JobResult run(const JobWatch& watch) override {
    const MonotonicTime start = clock_.now();
    reading =
        read_list_file(path_, clock_.wall_time(), hash_, [&watch] { return watch.is_cancelled(); });
    took = clock_.now() - start;
    return {};
  }
  void finish(const JobResult& result) override { keeper_.finish(*this, result); }
  [[nodiscard]] std::string_view name() const override { return "list"; }

  ListReading reading;
  Duration took{0};

 private:
  ListKeeper& keeper_;
  const std::string path_;
  const SecretHash hash_;
  const Clock& clock_;
};

ListKeeper::ListKeeper(EventLoop& loop, Worker& worker, AccessControl& access,
                       const SecretHash& hash, std::string path, const Clock& clock, Log& log,
                       Hooks hooks)
    : loop_(loop),
      worker_(worker),
      access_(access),
      hash_(hash),
      path_(std::move(path)),
      clock_(clock),
      log_(log),
      hooks_(std::move(hooks)),
      retry_timer_(loop.timers(), [this] { submit(); }) {}

Result<void, std::string> ListKeeper::load_first() {
  const auto read = [this](ListReading& reading) {
    const MonotonicTime start = clock_.now();
    reading = read_list_file(path_, clock_.wall_time(), hash_, [] { return false; });
    return clock_.now() - start;
  };
  try {
    ListReading reading;
    Duration took = read(reading);
    for (looks_ = 1; reading.outcome == ListOutcome::read_again && !is_usable(reading); ++looks_) {
      if (looks_ == kMaxLooks) return Unexpected(reading.reason);
      wait_until_settled();
      took = read(reading);
    }
    if (reading.outcome == ListOutcome::refused) return Unexpected(reading.reason);
    const bool is_settled = reading.outcome == ListOutcome::loaded;
    put_in_force(reading, took);
    if (!is_settled) retry_timer_.arm_after(kSettleTime);
  } catch (const std::bad_alloc&) {
    return Unexpected(path_ + ": no memory for a list as long as this");
  }
  return {};
}

void ListKeeper::reload() {
  looks_ = 0;
  if (is_loading_) {
    is_asked_again_ = true;
    return;
  }
  retry_timer_.disarm();
  submit();
}

void ListKeeper::submit() {
  ++looks_;
  is_loading_ = true;
  is_asked_again_ = false;
  ticket_ = worker_.submit(loop_, std::make_unique<Load>(*this, path_, hash_, clock_));
}

void ListKeeper::finish(Load& load, const JobResult& result) {
  is_loading_ = false;
  bool is_settled = true;
  if (!result) {
    keep(path_ + ": " + result.error().reason);
  } else if (load.reading.outcome == ListOutcome::loaded) {
    put_in_force(load.reading, load.took);
  } else if (load.reading.outcome == ListOutcome::refused) {
    keep(load.reading.reason);
  } else {
    is_settled = !look_again(load.reading);
    worker_.discard(std::make_shared<const AccessList>(std::move(load.reading.list)));
  }
  if (is_asked_again_) {
    retry_timer_.disarm();
    return submit();
  }
  if (is_settled) hooks_.on_settled();
}

void ListKeeper::put_in_force(ListReading& reading, Duration took) {
  const bool is_settled = reading.outcome == ListOutcome::loaded;
  auto list = std::make_shared<const AccessList>(std::move(reading.list));
  log_.info(path_ + ": " + std::to_string(list->size()) + " info_hashes in force, read in " +
            seconds_text(took) + faults_text(reading.tally) +
            (is_settled ? "" : "; it was written just now, so it is looked at again soon"));
  ++statistics_.loaded;
  statistics_.hashes = list->size();
  statistics_.bytes = list->bytes();
  statistics_.loaded_at = clock_.wall_time();
  statistics_.took = took;
  worker_.discard(access_.replace(std::move(list)));
  hooks_.on_replaced();
}

bool ListKeeper::look_again(const ListReading& reading) {
  if (looks_ >= kMaxLooks) {
    keep(reading.reason + ", time and again; replace it by a rename, then send SIGHUP");
    return false;
  }
  ++statistics_.unsettled;
  log_.info(reading.reason + "; looked at again in " + std::to_string(kSettleTime.count()) + " s");
  retry_timer_.arm_after(kSettleTime);
  return true;
}

void ListKeeper::keep(std::string_view reason) {
  ++statistics_.refused;
  log_.warning(std::string(reason) + std::string(kStays));
}

}  // namespace ot
