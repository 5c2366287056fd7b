// The access list of the loop, put together: mode, file, FIFOs, and what leaves the table because
// of them.
//
// start() before the first answer and below the chroot; reload() on SIGHUP. Thread: that of the
// loop.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "app/start_error.h"
#include "base/log.h"
#include "config/settings.h"
#include "service/eviction.h"
#include "service/list_fifo.h"
#include "service/list_keeper.h"

namespace ot {

// By which list torrents are judged: the one that is named. Without one everything is served, but
// by a build that has white lists only.
[[nodiscard]] AccessMode access_mode(const AccessSettings& settings);

class AccessLists {
 public:
  AccessLists(AccessMode mode, EventLoop& loop, TorrentTable& table, const Clock& clock, Log& log);

  [[nodiscard]] const AccessControl& control() const { return access_; }

  // Reads the file and opens the FIFOs. The worker must outlive this. An error of the configuration
  // says what is wrong with the file or the FIFO.
  [[nodiscard]] Result<void, StartError> start(const AccessSettings& settings, Worker& worker,
                                               std::function<void()> on_settled);
  // Reads the file again; calls `on_settled` when all that was asked for so far has come to its
  // end, well or not. At once if there is no file.
  void reload();

  [[nodiscard]] ListStatistics statistics() const;

 private:
  [[nodiscard]] Result<void, StartError> open_fifo(const std::string& path,
                                                   ListFifo::Effect effect);
  void begin_eviction();
  void evict();

  const SecretHash hash_;
  EventLoop& loop_;
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
