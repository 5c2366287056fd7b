// The access list as a whole: its file, its FIFOs, their journal, and the eviction of the torrents
// that it refuses.
//
// Writes the loop's AccessControl, which the tracker reads. load() runs before the first answer and
// inside the chroot, reload() on SIGHUP. Thread: the loop's. Everything passed by reference
// outlives this.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "base/log.h"
#include "lists/eviction.h"
#include "lists/list_fifo.h"
#include "lists/list_journal.h"
#include "lists/list_keeper.h"
#include "lists/list_watch.h"

namespace ot {

// Paths are opened by load(), relative to the working directory; empty: not configured.
struct ListOptions {
  AccessMode mode = AccessMode::open;
  std::string path;  // the file of the white or black list
  std::string fifo_add;
  std::string fifo_delete;
  std::string journal;  // keeps what came by FIFO
  bool watch = false;   // whether a change of the file is noticed without reload()
};

class AccessLists {
 public:
  // `access` is of the options' mode and made with the table's hash. `on_reloaded` is called when
  // everything that reload() asked for so far is done, successfully or not.
  AccessLists(const ListOptions& options, EventLoop& loop, Worker& worker, TorrentTable& table,
              AccessControl& access, const Clock& clock, Log& log,
              std::function<void()> on_reloaded);

  // Puts the changes of the journal in force; once, before load(). The error begins with the path.
  [[nodiscard]] Result<void, std::string> load_journal();
  // Reads the file and opens the FIFOs; once. The error says what is wrong with one of them.
  [[nodiscard]] Result<void, std::string> load();
  // Reads the file again. Without a file, on_reloaded is called at once.
  void reload();

  // Reads what the FIFOs hold and has the journal written. Until is_written(), or for as long as
  // one likes to wait, the loop must go on; then end_stop() says what is lost.
  void begin_stop();
  [[nodiscard]] bool is_written() const { return journal_ == nullptr || journal_->is_written(); }
  void end_stop() const;

  [[nodiscard]] ListStatus status() const;

 private:
  [[nodiscard]] std::unique_ptr<ListJournal> make_journal(EventLoop& loop, Worker& worker,
                                                          const SecretHash& hash,
                                                          const Clock& clock);
  [[nodiscard]] std::unique_ptr<ListFifo> make_fifo(const std::string& path,
                                                    ListFifo::Effect effect, EventLoop& loop);

  const ListOptions options_;
  AccessControl& access_;
  Log& log_;
  const std::function<void()> on_reloaded_;
  Eviction eviction_;
  const std::unique_ptr<ListJournal> journal_;  // null: not configured, or no list to change
  const std::unique_ptr<ListKeeper> keeper_;    // null: no file is configured
  const std::unique_ptr<ListWatch> watch_;      // null: not asked for, or no file
  const std::unique_ptr<ListFifo> adder_;       // null: not configured, or no list to change
  const std::unique_ptr<ListFifo> deleter_;     // likewise
};

// What is served, for the log: "serving the torrents of the white list good.txt".
[[nodiscard]] std::string describe(const ListOptions& options);

}  // namespace ot
