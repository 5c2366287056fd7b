#include "lists/list_keeper.h"

#include <poll.h>

#include <cassert>
#include <new>
#include <utility>

#include "base/duration_text.h"

namespace ot {
namespace {

// "; 7 lines skipped (line 3: why, line 9: why, ...)", or nothing.
std::string skipped_text(const ListTotals& totals) {
  if (totals.faulty == 0) return {};
  std::string text = "; " + std::to_string(totals.faulty) +
                     (totals.faulty == 1 ? " line" : " lines") + " skipped (";
  for (const FaultyLine& line : totals.first_faulty) {
    if (&line != &totals.first_faulty.front()) text += ", ";
    text += "line " + std::to_string(line.number) + ": " + std::string(describe(line.fault));
  }
  return text + (totals.faulty > totals.first_faulty.size() ? ", ...)" : ")");
}

void wait_until_settled() {
  constexpr std::chrono::milliseconds kWait = kSettleTime + std::chrono::milliseconds(50);
  ::poll(nullptr, 0, static_cast<int>(kWait.count()));
}

// The file holds something: hashes, or comments and no faulty line.
bool is_usable(const ListTotals& totals) {
  return totals.hashes != 0 || (totals.lines != 0 && totals.faulty == 0);
}

}  // namespace

// Reads the file; only finish() touches the keeper.
class ListKeeper::Load final : public Job {
 public:
  Load(ListKeeper& keeper, std::string path, const SecretHash& hash, const Clock& clock)
      : keeper_(keeper), path_(std::move(path)), hash_(hash), clock_(clock) {}

  void read(FunctionRef<bool()> is_cancelled) {
    const MonotonicTime start = clock_.now();
    reading = read_list_file(path_, clock_.wall_time(), hash_, is_cancelled);
    took = clock_.now() - start;
  }

  JobResult run(const JobWatch& watch) override {
    read([&watch] { return watch.is_cancelled(); });
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

ListKeeper::ListKeeper(EventLoop& loop, Worker& worker, AccessControl& access, Eviction& eviction,
                       const SecretHash& hash, std::string path, const Clock& clock, Log& log,
                       std::function<void()> on_reloaded)
    : loop_(loop),
      worker_(worker),
      access_(access),
      eviction_(eviction),
      hash_(hash),
      path_(std::move(path)),
      clock_(clock),
      log_(log),
      on_reloaded_(std::move(on_reloaded)),
      retry_timer_(loop.timers(), [this] { submit(); }) {
  assert(!path_.empty() && access_.mode() != AccessMode::open);
}

Result<void, std::string> ListKeeper::load_first() {
  assert(!is_loading_ && status_.loaded == 0);
  const auto never = [] { return false; };
  try {
    Load load(*this, path_, hash_, clock_);
    load.read(never);
    for (looks_ = 1; load.reading.outcome == ListOutcome::read_again; ++looks_) {
      if (is_usable(load.reading.totals)) break;
      if (looks_ == kMaxLooks) return Unexpected(load.reading.reason);
      wait_until_settled();
      load.read(never);
    }
    if (load.reading.outcome == ListOutcome::refused) return Unexpected(load.reading.reason);
    put_in_force(load.reading, load.took);
    if (load.reading.outcome == ListOutcome::read_again) retry_timer_.arm_after(kSettleTime);
  } catch (const std::bad_alloc&) {
    return Unexpected(path_ + ": not enough memory for a list this long");
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
  assert(!is_loading_);
  ++looks_;
  is_loading_ = true;
  is_asked_again_ = false;
  ticket_ = worker_.submit(loop_, std::make_unique<Load>(*this, path_, hash_, clock_));
}

void ListKeeper::finish(Load& load, const JobResult& result) {
  is_loading_ = false;
  bool is_done = true;
  if (!result) {
    log_refusal(path_ + ": " + result.error().reason);
  } else if (load.reading.outcome == ListOutcome::loaded) {
    put_in_force(load.reading, load.took);
  } else if (load.reading.outcome == ListOutcome::refused) {
    log_refusal(load.reading.reason);
  } else {
    is_done = !read_again_later(load.reading.reason);
    worker_.discard(std::make_shared<const AccessList>(std::move(load.reading.list)));
  }
  if (is_asked_again_) {
    retry_timer_.disarm();
    return submit();
  }
  if (is_done) on_reloaded_();
}

void ListKeeper::put_in_force(ListReading& reading, Duration took) {
  assert(reading.outcome != ListOutcome::refused);
  const bool is_settled = reading.outcome == ListOutcome::loaded;
  auto list = std::make_shared<const AccessList>(std::move(reading.list));
  log_.info(path_ + ": " + std::to_string(list->size()) + " info_hashes in force, read in " +
            seconds_text(took) + skipped_text(reading.totals) +
            (is_settled ? "" : "; the file was written just now and will be read again soon"));
  ++status_.loaded;
  status_.hashes = list->size();
  status_.bytes = list->bytes();
  status_.loaded_at = clock_.wall_time();
  status_.took = took;
  worker_.discard(access_.replace(std::move(list)));
  eviction_.begin();
}

bool ListKeeper::read_again_later(const std::string& reason) {
  if (looks_ >= kMaxLooks) {
    log_refusal(reason + ", " + std::to_string(kMaxLooks) +
                " times in a row; replace it by a rename, then send SIGHUP");
    return false;
  }
  ++status_.unsettled;
  log_.info(reason + "; reading it again in " + std::to_string(kSettleTime.count()) + " s");
  retry_timer_.arm_after(kSettleTime);
  return true;
}

void ListKeeper::log_refusal(const std::string& reason) {
  ++status_.refused;
  log_.warning(reason + "; the list in force stays");
}

}  // namespace ot
