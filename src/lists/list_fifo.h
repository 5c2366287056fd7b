// One FIFO of the access list, watched by the loop: what is written there changes the list at once.
//
// Reads a bounded amount per pass; meanwhile the kernel holds the writers. The log reports lines
// that are not an info_hash, and hashes for which there is no room. Thread: the loop's. Loop,
// access control, eviction and log outlive it.
#pragma once

#include <string>

#include "access/access_control.h"
#include "access/fifo.h"
#include "base/log.h"
#include "lists/eviction.h"
#include "lists/list_journal.h"
#include "net/event_loop.h"

namespace ot {

class ListFifo final : public EventHandler {
 public:
  enum class Effect : uint8_t { adds, deletes };

  // `path` is not empty. `journal` keeps the changes; null: there is none.
  ListFifo(std::string path, Effect effect, EventLoop& loop, AccessControl& access,
           Eviction& eviction, ListJournal* journal, Log& log);
  ListFifo(const ListFifo&) = delete;
  ListFifo& operator=(const ListFifo&) = delete;
  ~ListFifo();

  // Opens the FIFO, or makes it, and reads it from the next pass on. Once. The error names the path
  // and what to do.
  [[nodiscard]] Result<void, FifoError> open();

  void on_events(uint32_t events) override;
  // Reads at once what has been written, as much as a pipe usually holds.
  void drain();

  // Since the start: lines that took effect, and lines that did not because they hold no hash or
  // there was no room.
  [[nodiscard]] uint64_t taken() const { return lines_.totals().hashes - left_out_in_all_; }
  [[nodiscard]] uint64_t ignored() const { return lines_.totals().faulty + left_out_in_all_; }

 private:
  void apply(const InfoHash& info_hash);
  void log_what_was_ignored(uint64_t faulty_before);

  const std::string path_;
  const Effect effect_;
  EventLoop& loop_;
  AccessControl& access_;
  Eviction& eviction_;
  ListJournal* const journal_;
  Log& log_;
  UniqueFd fd_;
  Watch watch_;
  FifoLines lines_;
  uint64_t left_out_ = 0;  // in this pass
  uint64_t left_out_in_all_ = 0;
};

}  // namespace ot
