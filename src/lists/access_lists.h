// The access list put together: mode, file, FIFOs, and the torrents that leave the table because of
// them.
//
// start() runs before the first answer and inside the chroot; reload() on SIGHUP. Thread: the
// loop's.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/log.h"
#include "lists/eviction.h"
#include "lists/list_fifo.h"
#include "lists/list_keeper.h"

namespace ot {

// Paths are opened by start(), relative to the working directory; an empty one is not configured.
struct ListOptions {
  AccessMode mode = AccessMode::open;
  std::string path;  // the file of the white or black list
  std::string fifo_add;
  std::string fifo_delete;
};

class AccessLists {
 public:
  // Everything passed by reference outlives this.
  AccessLists(ListOptions options, EventLoop& loop, Worker& worker, TorrentTable& table,
              const Clock& clock, Log& log);

  [[nodiscard]] const AccessControl& control() const { return access_; }

  // Reads the file and opens the FIFOs. The error says what is wrong with the file or the FIFO.
  [[nodiscard]] Result<void, std::string> start(std::function<void()> on_settled);
  // Reads the file again; calls `on_settled` when all that was asked for so far has come to its
  // end, well or not. At once if there is no file.
  void reload();

  [[nodiscard]] ListStatistics statistics() const;

 private:
  [[nodiscard]] Result<void, std::string> open_fifo(const std::string& path,
                                                    ListFifo::Effect effect);
  void begin_eviction();
  void evict();

  const ListOptions options_;
  const SecretHash hash_;
  EventLoop& loop_;
  Worker& worker_;
  TorrentTable& table_;
  const Clock& clock_;
  Log& log_;
  AccessControl access_;
  Eviction eviction_;
  uint64_t removed_before_ = 0;  // when this round of the eviction began
  Timer eviction_timer_;
  std::function<void()> on_settled_;
  std::optional<ListKeeper> keeper_;
  std::unique_ptr<ListFifo> adder_;
  std::unique_ptr<ListFifo> deleter_;
};

}  // namespace ot
