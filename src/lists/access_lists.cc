#include "lists/access_lists.h"

#include <utility>

namespace ot {
AccessLists::AccessLists(ListOptions options, EventLoop& loop, Worker& worker, TorrentTable& table,
                         const Clock& clock, Log& log)
    : options_(std::move(options)),
      hash_(table.hash()),
      loop_(loop),
      worker_(worker),
      table_(table),
      clock_(clock),
      log_(log),
      access_(options_.mode, hash_),
      eviction_(table, access_, clock),
      eviction_timer_(loop.timers(), [this] { evict(); }) {}

Result<void, std::string> AccessLists::start(std::function<void()> on_settled) {
  on_settled_ = std::move(on_settled);
  if (!options_.path.empty()) {
    keeper_.emplace(loop_, worker_, access_, hash_, options_.path, clock_, log_,
                    ListKeeper::Hooks{[this] { begin_eviction(); }, on_settled_});
    if (auto loaded = keeper_->load_first(); !loaded) {
      const bool is_white = options_.mode == AccessMode::white;
      return Unexpected((is_white ? "white list " : "black list ") + loaded.error());
    }
  }
  if (access_.mode() == AccessMode::open) {
    if (!options_.fifo_add.empty() || !options_.fifo_delete.empty())
      log_.warning(
          "access.fifo_add and access.fifo_delete have no effect: there is no list to change; "
          "name one with access.whitelist or access.blacklist");
    return {};
  }
  if (auto opened = open_fifo(options_.fifo_add, ListFifo::Effect::adds); !opened) return opened;
  return open_fifo(options_.fifo_delete, ListFifo::Effect::deletes);
}

Result<void, std::string> AccessLists::open_fifo(const std::string& path, ListFifo::Effect effect) {
  if (path.empty()) return {};
  auto fifo = ListFifo::open(path, effect, loop_, access_, log_, [this](const InfoHash& info_hash) {
    if (!access_.permits(info_hash)) table_.remove(info_hash);
  });
  if (!fifo) return Unexpected(fifo.error().message);
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
