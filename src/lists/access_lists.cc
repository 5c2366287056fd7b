#include "lists/access_lists.h"

#include <cassert>
#include <utility>

namespace ot {

AccessLists::AccessLists(const ListOptions& options, EventLoop& loop, Worker& worker,
                         TorrentTable& table, AccessControl& access, const Clock& clock, Log& log,
                         std::function<void()> on_reloaded)
    : options_(options),
      access_(access),
      log_(log),
      on_reloaded_(std::move(on_reloaded)),
      eviction_(loop.timers(), table, access, clock, log),
      journal_(make_journal(loop, worker, table.hash(), clock)),
      keeper_(options.path.empty() ? nullptr
                                   : std::make_unique<ListKeeper>(
                                         loop, worker, access, eviction_, table.hash(),
                                         options.path, clock, log, on_reloaded_, journal_.get())),
      watch_(keeper_ && options.watch
                 ? std::make_unique<ListWatch>(options.path, loop, log,
                                               [this] { keeper_->look_again(); })
                 : nullptr),
      adder_(make_fifo(options.fifo_add, ListFifo::Effect::adds, loop)),
      deleter_(make_fifo(options.fifo_delete, ListFifo::Effect::deletes, loop)) {
  assert(options.mode == access.mode());
}

std::unique_ptr<ListJournal> AccessLists::make_journal(EventLoop& loop, Worker& worker,
                                                       const SecretHash& hash, const Clock& clock) {
  if (options_.journal.empty() || access_.mode() == AccessMode::open) return nullptr;
  return std::make_unique<ListJournal>(options_.journal, loop, worker, access_, eviction_, hash,
                                       clock, log_);
}

std::unique_ptr<ListFifo> AccessLists::make_fifo(const std::string& path, ListFifo::Effect effect,
                                                 EventLoop& loop) {
  if (path.empty() || access_.mode() == AccessMode::open) return nullptr;
  return std::make_unique<ListFifo>(path, effect, loop, access_, eviction_, journal_.get(), log_);
}

Result<void, std::string> AccessLists::load_journal() {
  if (!journal_) return {};
  return journal_->load();
}

Result<void, std::string> AccessLists::load() {
  log_.info(describe(options_));
  if (watch_) watch_->renew();  // before the read, so that no change is missed
  if (keeper_) {
    const bool is_white = access_.mode() == AccessMode::white;
    if (auto loaded = keeper_->load_first(); !loaded)
      return Unexpected((is_white ? "white list " : "black list ") + loaded.error());
  }
  if (journal_ && !keeper_) journal_->on_list(true);  // the list is empty for good
  const bool has_fifo_options = !options_.fifo_add.empty() || !options_.fifo_delete.empty();
  if (access_.mode() == AccessMode::open && has_fifo_options)
    log_.warning(
        "access.fifo_add and access.fifo_delete have no effect: there is no list to change; "
        "name one with access.whitelist or access.blacklist");
  for (const auto* fifo : {&adder_, &deleter_}) {
    if (!*fifo) continue;
    if (auto opened = (*fifo)->open(); !opened) return Unexpected(opened.error().message);
  }
  return {};
}

void AccessLists::reload() {
  if (watch_) watch_->renew();
  if (keeper_) return keeper_->reload();
  log_.info("SIGHUP: no access list is configured that could be reloaded");
  on_reloaded_();
}

void AccessLists::begin_stop() {
  for (const auto* fifo : {&adder_, &deleter_})
    if (*fifo) (*fifo)->drain();
  if (journal_) journal_->begin_stop();
}

void AccessLists::end_stop() const {
  if (journal_) journal_->end_stop();
}

ListStatus AccessLists::status() const {
  ListStatus status;
  status.mode = access_.mode();
  if (keeper_) status.file = keeper_->status();
  status.changed = access_.changes();
  status.fifo_added = adder_ ? adder_->taken() : 0;
  status.fifo_deleted = deleter_ ? deleter_->taken() : 0;
  for (const auto* fifo : {&adder_, &deleter_})
    status.fifo_ignored += *fifo ? (*fifo)->ignored() : 0;
  if (journal_) status.journal = journal_->status();
  status.evicted = eviction_.removed();
  return status;
}

std::string describe(const ListOptions& options) {
  if (options.mode == AccessMode::open)
    return "serving every torrent: no white or black list is configured";
  const bool is_white = options.mode == AccessMode::white;
  if (!options.path.empty())
    return (is_white ? "serving the torrents of the white list "
                     : "serving every torrent except those of the black list ") +
           options.path;
  return is_white ? "serving no torrent: this build has white lists only, and none is configured"
                  : "serving every torrent: no black list is configured";
}

}  // namespace ot
