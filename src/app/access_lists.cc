#include "app/access_lists.h"

#include <utility>

#include "base/features.h"

namespace ot {
namespace {

bool has_fifo(const AccessSettings& settings) {
  return !settings.fifo_add.empty() || !settings.fifo_delete.empty();
}

}  // namespace

AccessMode access_mode(const AccessSettings& settings) {
  if (!settings.whitelist.empty()) return AccessMode::white;
  if (!settings.blacklist.empty()) return AccessMode::black;
  if (features::kWhitelist && !features::kBlacklist) return AccessMode::white;
  // What comes through the FIFOs can only be meant for the one kind of list there is.
  if (features::kBlacklist && !features::kWhitelist && has_fifo(settings)) return AccessMode::black;
  return AccessMode::open;
}

AccessLists::AccessLists(AccessMode mode, EventLoop& loop, TorrentTable& table, const Clock& clock,
                         Log& log)
    : hash_(table.hash()),
      loop_(loop),
      table_(table),
      clock_(clock),
      log_(log),
      access_(mode, hash_),
      eviction_(table, access_, clock),
      eviction_timer_(loop.timers(), [this] { evict(); }) {}

Result<void, StartError> AccessLists::start(const AccessSettings& settings, Worker& worker,
                                            std::function<void()> on_settled) {
  on_settled_ = std::move(on_settled);
  const bool is_white = access_.mode() == AccessMode::white;
  const std::string& path = is_white ? settings.whitelist : settings.blacklist;
  if (!path.empty()) {
    keeper_.emplace(loop_, worker, access_, hash_, path, clock_, log_,
                    ListKeeper::Hooks{[this] { begin_eviction(); }, on_settled_});
    if (auto loaded = keeper_->load_first(); !loaded) {
      return Unexpected(StartError::configuration(std::string(is_white ? "white" : "black") +
                                                  " list " + loaded.error()));
    }
  }
  if (access_.mode() == AccessMode::open) {
    if (has_fifo(settings))
      log_.warning(
          "access.fifo_add and access.fifo_delete have no effect: there is no list to change; "
          "name one with access.whitelist or access.blacklist");
    return {};
  }
  if (auto opened = open_fifo(settings.fifo_add, ListFifo::Effect::adds); !opened) return opened;
  return open_fifo(settings.fifo_delete, ListFifo::Effect::deletes);
}

Result<void, StartError> AccessLists::open_fifo(const std::string& path, ListFifo::Effect effect) {
  if (path.empty()) return {};
  auto fifo = ListFifo::open(path, effect, loop_, access_, log_, [this](const InfoHash& info_hash) {
    if (!access_.permits(info_hash)) table_.remove(info_hash);
  });
  if (!fifo) return Unexpected(StartError::configuration(fifo.error().message));
  (effect == ListFifo::Effect::adds ? adder_ : deleter_) = std::move(*fifo);
  log_.info((effect == ListFifo::Effect::adds ? "adding to the list what comes from "
                                              : "deleting from the list what comes from ") +
            path);
  return {};
}

void AccessLists::reload() {
  if (keeper_) return keeper_->reload();
  log_.info("SIGHUP: no access list is configured, nothing to reload");
  on_settled_();
}

ListStatistics AccessLists::statistics() const {
  ListStatistics statistics;
  statistics.mode = access_.mode();
  if (keeper_) statistics.file = keeper_->statistics();
  statistics.changed = access_.changes();
  statistics.fifo_added = adder_ ? adder_->taken() : 0;
  statistics.fifo_deleted = deleter_ ? deleter_->taken() : 0;
  for (const auto* fifo : {&adder_, &deleter_})
    statistics.fifo_ignored += *fifo ? (*fifo)->ignored() : 0;
  statistics.evicted = eviction_.removed();
  return statistics;
}

void AccessLists::begin_eviction() {
  if (!eviction_.is_due()) removed_before_ = eviction_.removed();
  eviction_.begin();
  if (!eviction_timer_.armed()) eviction_timer_.arm_after(Duration(0));
}

void AccessLists::evict() {
  eviction_.step();
  if (eviction_.is_due()) return eviction_timer_.arm_after(Eviction::kTick);
  const uint64_t removed = eviction_.removed() - removed_before_;
  if (removed > 0)
    log_.info(std::to_string(removed) + " torrents that the list refuses have left the table");
}

}  // namespace ot
