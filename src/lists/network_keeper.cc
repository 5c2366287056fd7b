#include "lists/network_keeper.h"

#include <cassert>
#include <new>
#include <utility>

#include "access/skipped_lines.h"
#include "base/duration_text.h"

namespace ot {
namespace {

std::string counted(uint64_t count, std::string_view one, std::string_view several) {
  return std::to_string(count) + " " + std::string(count == 1 ? one : several);
}

}  // namespace

// Reads the file and indexes its networks; only finish() touches the keeper.
class NetworkKeeper::Load final : public Job {
 public:
  Load(NetworkKeeper& keeper, EmptyFile empty, const Clock& clock)
      : keeper_(keeper),
        path_(keeper.options_.path),
        fixed_(keeper.options_.fixed),
        everybody_(keeper.options_.everybody),
        empty_(empty),
        clock_(clock) {}

  void read(FunctionRef<bool()> is_cancelled) {
    const MonotonicTime start = clock_.now();
    NetworkFileReading reading = read_network_file(path_, empty_, clock_.wall_time(), is_cancelled);
    doubts = doubts_about(reading, everybody_);
    of_file = reading.networks.size();
    reading.networks.insert(reading.networks.end(), fixed_.begin(), fixed_.end());
    if (reading.reason.empty() && !reading.networks.empty())
      networks = std::make_shared<const Networks>(reading.networks);
    totals = std::move(reading.totals);
    reason = std::move(reading.reason);
    is_settled = reading.is_settled;
    took = clock_.now() - start;
  }

  JobResult run(const JobWatch& watch) override {
    read([&watch] { return watch.is_cancelled(); });
    return {};
  }
  void finish(const JobResult& result) override { keeper_.finish(*this, result); }
  [[nodiscard]] std::string_view name() const override { return "networks"; }

  std::shared_ptr<const Networks> networks;  // null: there are none
  size_t of_file = 0;
  NetworkFileTotals totals;
  std::string reason;  // why the file cannot be used; empty if it can
  bool is_settled = true;
  std::vector<std::string> doubts;
  Duration took{0};

 private:
  NetworkKeeper& keeper_;
  const std::string path_;
  const std::vector<Network> fixed_;
  const std::string_view everybody_;
  const EmptyFile empty_;
  const Clock& clock_;
};

NetworkKeeper::NetworkKeeper(EventLoop& loop, Worker& worker, Options options, Use use,
                             const Clock& clock, Log& log, std::function<void()> on_reloaded)
    : loop_(loop),
      worker_(worker),
      options_(std::move(options)),
      use_(std::move(use)),
      clock_(clock),
      log_(log),
      on_reloaded_(std::move(on_reloaded)),
      watch_(options_.watch
                 ? std::make_unique<ListWatch>(options_.path, loop, log, [this] { read_anew(); })
                 : nullptr),
      settle_timer_(loop.timers(), [this] { submit(); }) {
  assert(!options_.path.empty());
}

Result<void, std::string> NetworkKeeper::load_first() {
  assert(!is_loading_ && status_.loaded == 0);
  if (watch_) watch_->renew();  // before the read, so that no change is missed
  owes_report_ = true;          // the start asks for it; it waits for no call
  try {
    Load load(*this, EmptyFile::accepted, clock_);
    load.read([] { return false; });
    if (!load.reason.empty()) return Unexpected(load.reason);
    if (load.totals.lines == 0)
      log_.warning(options_.key + ": " + options_.path + ": " + std::string(kNamesNoNetworks));
    put_in_force(load);
    owes_report_ = false;
    if (!load.is_settled) settle_timer_.arm_after(kNetworkFileSettles);
  } catch (const std::bad_alloc&) {
    return Unexpected(options_.path + ": not enough memory for a file this long");
  }
  return {};
}

void NetworkKeeper::reload() {
  if (watch_) watch_->renew();
  owes_report_ = true;
  read_anew();
}

void NetworkKeeper::read_anew() {
  if (is_loading_) {
    is_asked_again_ = true;
    return;
  }
  submit();
}

void NetworkKeeper::submit() {
  assert(!is_loading_);
  settle_timer_.disarm();
  is_loading_ = true;
  is_asked_again_ = false;
  ticket_ = worker_.submit(loop_, std::make_unique<Load>(*this, EmptyFile::refused, clock_));
}

void NetworkKeeper::finish(Load& load, const JobResult& result) {
  is_loading_ = false;
  if (!result) {
    log_refusal(options_.path + ": " + result.error().reason);
  } else if (!load.reason.empty()) {
    log_refusal(load.reason);
  } else {
    put_in_force(load);
  }
  if (result && !load.is_settled) settle_timer_.arm_after(kNetworkFileSettles);
  if (is_asked_again_) return submit();
  if (std::exchange(owes_report_, false)) on_reloaded_();
}

void NetworkKeeper::put_in_force(Load& load) {
  if (may_log()) say_in_force(load);
  ++status_.loaded;
  status_.networks = load.of_file;
  status_.loaded_at = clock_.wall_time();
  use_(std::move(load.networks));
}

void NetworkKeeper::say_in_force(const Load& load) {
  log_.info(options_.path + ": " + counted(load.of_file, "network", "networks") + " of " +
            options_.key + " in force, read in " + seconds_text(load.took) +
            (load.totals.faulty == 0 ? "" : "; ") + skipped_lines(load.totals) +
            (load.is_settled ? "" : "; the file was written just now and will be read again soon"));
  for (const std::string& doubt : load.doubts) log_.warning(options_.path + ": " + doubt);
}

void NetworkKeeper::log_refusal(const std::string& reason) {
  ++status_.refused;
  if (may_log()) log_.warning(options_.key + ": " + reason + "; the networks in force stay");
}

bool NetworkKeeper::may_log() { return owes_report_ || unasked_lines_.allow(loop_.now()); }

}  // namespace ot
