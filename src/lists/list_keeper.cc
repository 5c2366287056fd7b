#include "lists/list_keeper.h"

#include <cassert>
#include <new>
#include <utility>

#include "access/skipped_lines.h"
#include "base/duration_text.h"

namespace ot {

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
                       std::function<void()> on_reloaded, ListJournal* journal)
    : loop_(loop),
      worker_(worker),
      access_(access),
      eviction_(eviction),
      hash_(hash),
      path_(std::move(path)),
      clock_(clock),
      log_(log),
      on_reloaded_(std::move(on_reloaded)),
      journal_(journal),
      again_timer_(loop.timers(), [this] { submit(); }) {
  assert(!path_.empty() && access_.mode() != AccessMode::open);
}

Result<void, std::string> ListKeeper::load_first() {
  assert(!is_loading_ && status_.loaded == 0);
  try {
    Load load(*this, path_, hash_, clock_);
    load.read([] { return false; });
    ListReading& reading = load.reading;
    if (reading.outcome == ListOutcome::refused) return Unexpected(reading.reason);
    if (reading.outcome == ListOutcome::nothing)
      log_.warning(path_ + ": " + std::string(kHoldsNothing));
    is_reload_open_ = true;  // the start is asked for; it waits for no call
    put_in_force(reading, load.took);
    is_reload_open_ = false;
    tell_journal();
  } catch (const std::bad_alloc&) {
    return Unexpected(path_ + ": not enough memory for a list this long");
  }
  return {};
}

void ListKeeper::reload() {
  is_reload_open_ = true;
  read_anew();
}

void ListKeeper::look_again() { read_anew(); }

void ListKeeper::read_anew() {
  looks_ = 0;
  forgets_changes_ = true;
  if (is_loading_) {
    is_asked_again_ = true;
    return;
  }
  submit();
}

void ListKeeper::submit() {
  assert(!is_loading_);
  again_timer_.disarm();
  ++looks_;
  is_loading_ = true;
  if (journal_ != nullptr) journal_->on_read_begins();
  is_asked_again_ = false;
  ticket_ = worker_.submit(loop_, std::make_unique<Load>(*this, path_, hash_, clock_));
}

void ListKeeper::finish(Load& load, const JobResult& result) {
  is_loading_ = false;
  bool is_done = true;
  if (!result) {
    refuse(path_ + ": " + result.error().reason);
  } else {
    take(load.reading, load.took);
    is_done = load.reading.outcome == ListOutcome::loaded || !again_timer_.armed();
  }
  if (is_asked_again_) return submit();
  tell_journal();
  if (is_done && std::exchange(is_reload_open_, false)) on_reloaded_();
}

void ListKeeper::take(ListReading& reading, Duration took) {
  if (reading.outcome == ListOutcome::nothing) reading.reason = path_ + ": " + std::string(kEmpty);
  if (reading.outcome != ListOutcome::loaded)
    return refuse(reading.reason + plan_another_look(reading));
  const bool is_news = is_reload_open_ || reading.version != in_force_ || !refused_for_.empty();
  is_settled_ = reading.unsettled.empty();
  if (is_news) return put_in_force(reading, took);
  static_cast<void>(plan_another_look(reading));
  worker_.discard(std::make_shared<const AccessList>(std::move(reading.list)));
}

// What a list that will be read again says may not be what its author means.
void ListKeeper::tell_journal() {
  if (journal_ != nullptr) journal_->on_list(is_settled_ && !again_timer_.armed());
}

void ListKeeper::put_in_force(ListReading& reading, Duration took) {
  assert(reading.outcome != ListOutcome::refused);
  auto list = std::make_shared<const AccessList>(std::move(reading.list));
  const std::string line = path_ + ": " + std::to_string(list->size()) +
                           " info_hashes in force, read in " + seconds_text(took) +
                           (reading.totals.faulty == 0 ? "" : "; ") +
                           skipped_lines(reading.totals) + plan_another_look(reading);
  if (may_log()) log_.info(line);
  ++status_.loaded;
  status_.hashes = list->size();
  status_.bytes = list->bytes();
  status_.loaded_at = clock_.wall_time();
  status_.took = took;
  in_force_ = reading.version;
  is_settled_ = reading.unsettled.empty();
  refused_for_.clear();
  const bool forgets_changes = std::exchange(forgets_changes_, false) && journal_ == nullptr;
  worker_.discard(forgets_changes ? access_.replace(std::move(list))
                                  : access_.replace_below_changes(std::move(list)));
  eviction_.begin();
}

std::string ListKeeper::plan_another_look(const ListReading& reading) {
  if (reading.unsettled.empty()) return {};
  const std::string why = "; " + std::string(reading.unsettled);
  if (looks_ >= kMaxLooks)
    return why + ", " + std::to_string(looks_) +
           " times in a row; replace it by a rename, then send SIGHUP";
  ++status_.unsettled;
  again_timer_.arm_after(kSettleTime);
  return why + " and is read again in " + std::to_string(kSettleTime.count()) + " s";
}

void ListKeeper::refuse(const std::string& reason) {
  ++status_.refused;
  const bool is_news = is_reload_open_ || reason != refused_for_;
  refused_for_ = reason;
  if (is_news && may_log()) log_.warning(reason + "; the list in force stays");
}

bool ListKeeper::may_log() { return is_reload_open_ || unasked_lines_.allow(loop_.now()); }

}  // namespace ot
