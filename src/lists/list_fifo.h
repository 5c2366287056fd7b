// One FIFO of the access list, watched by the loop: what is written there changes the list at once.
//
// Reads a bounded amount a pass; the kernel holds the writers meanwhile. Lines that are none, and
// hashes for which there is no room, are logged. Thread: that of the loop.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "access/access_control.h"
#include "access/fifo.h"
#include "base/log.h"
#include "net/event_loop.h"

namespace ot {

class ListFifo final : public EventHandler {
 public:
  enum class Effect : uint8_t { adds, deletes };
  // Is told each hash whose place on the list has changed.
  using OnChange = std::function<void(const InfoHash&)>;

  // Opens the FIFO, or makes it; an error says what to do.
  [[nodiscard]] static Result<std::unique_ptr<ListFifo>, FifoError> open(
      const std::string& path, Effect effect, EventLoop& loop, AccessControl& access, Log& log,
      OnChange on_change);
  ListFifo(const ListFifo&) = delete;
  ListFifo& operator=(const ListFifo&) = delete;
  ~ListFifo();

  void on_events(uint32_t events) override;

  // Lines that took effect, and lines that did not: no hash, or no room. Since the start.
  [[nodiscard]] uint64_t taken() const { return lines_.tally().hashes - left_out_in_all_; }
  [[nodiscard]] uint64_t ignored() const { return lines_.tally().faulty + left_out_in_all_; }

 private:
  ListFifo(std::string path, Effect effect, EventLoop& loop, AccessControl& access, Log& log,
           OnChange on_change);

  // False: there is nothing more for now.
  bool read_once();
  void apply(const InfoHash& info_hash);
  void tell_faults(uint64_t faulty_before);

  const std::string path_;
  const Effect effect_;
  EventLoop& loop_;
  AccessControl& access_;
  Log& log_;
  const OnChange on_change_;
  UniqueFd fd_;
  Watch watch_;
  FifoLines lines_;
  uint64_t left_out_ = 0;  // in this pass
  uint64_t left_out_in_all_ = 0;
};

}  // namespace ot
