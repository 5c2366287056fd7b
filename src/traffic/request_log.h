// The raw requests of a few chosen networks, for whoever has to find out what a client sends.
//
// A request's first kMaxRequest bytes are kept until newer ones need their place; numbers tell
// which are missing. Nothing is allocated before a network is chosen, then kMemory at once; reset()
// gives that back. Who may choose is decided elsewhere. Thread: that of the loop, pages included.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "access/networks.h"
#include "base/bytes.h"
#include "base/clock.h"
#include "bittorrent/announce.h"

namespace ot {

struct LoggedRequest {
  WallTime time;
  Transport transport;
  Endpoint source;  // port 0: not known
  size_t size;      // of the whole request
  ByteView bytes;   // what is kept of it; valid until the next record() or reset()
};

class RequestLog {
  // Where the bytes begin, counted over all that was ever written.
  struct Entry {
    WallTime time;
    uint64_t begin = 0;
    uint32_t kept = 0;
    uint32_t size = 0;
    Endpoint source;
    Transport transport{};
  };

 public:
  static constexpr size_t kMaxNetworks = 32;
  static constexpr size_t kMaxRequest = 4096;
  static constexpr size_t kMaxRequests = 16384;
  static constexpr size_t kBytes = size_t{2} << 20U;
  static constexpr size_t kMemory = kBytes + kMaxRequests * sizeof(Entry);
  static_assert(kMemory <= size_t{4} << 20U);

  explicit RequestLog(const Clock& clock) : clock_(clock) {}

  // False if there are kMaxNetworks. One that is chosen already counts once.
  [[nodiscard]] bool choose(const Network& network);
  // Chosen are none and no request is kept; numbers go on.
  void reset();
  [[nodiscard]] const std::vector<Network>& networks() const { return networks_; }

  // Keeps the request if its source lies in a chosen network.
  void record(Transport transport, const Endpoint& source, ByteView request) {
    if (chosen_.contains(source.address)) keep(transport, source, request);
  }

  // Kept are those numbered first() up to and without next().
  [[nodiscard]] uint64_t first() const { return first_; }
  [[nodiscard]] uint64_t next() const { return next_; }
  [[nodiscard]] LoggedRequest request(uint64_t number) const;

 private:
  void keep(Transport transport, const Endpoint& source, ByteView request);
  // Place for `size` bytes in one piece; forgets the requests that lay there.
  [[nodiscard]] uint64_t make_room(size_t size);
  [[nodiscard]] const Entry& entry(uint64_t number) const {
    return entries_[static_cast<size_t>(number % kMaxRequests)];
  }

  const Clock& clock_;
  std::vector<Network> networks_;
  Networks chosen_;
  std::vector<Entry> entries_;
  std::vector<uint8_t> bytes_;
  uint64_t written_ = 0;
  uint64_t first_ = 0;
  uint64_t next_ = 0;
};

// Printable ASCII, which no terminal and no browser makes more of: a datagram as hexadecimal
// digits; of an HTTP head each byte that is not printable, and each of < > " ' and backslash, as
// \xHH. At most four characters a byte.
[[nodiscard]] std::string request_text(const LoggedRequest& request);

}  // namespace ot
