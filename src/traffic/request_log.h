// Records the raw requests of a few chosen networks, to find out what a client really sends.
//
// The first kMaxRequest bytes of each request are kept until newer requests need the space.
// Requests are numbered, so a reader sees which ones are gone. Nothing is allocated until a network
// is chosen, then kMemory at once; reset() frees it. The caller decides who may choose. Thread: the
// loop's, which also prints the pages.
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
  Endpoint source;  // port 0 if it is unknown
  size_t size;      // of the complete request
  ByteView bytes;   // the part that was kept; valid until the next record() or reset()
};

class RequestLog {
  struct Entry {
    WallTime time;
    uint64_t begin = 0;  // of its bytes, counted over all that was ever written
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

  // False if kMaxNetworks are chosen already; choosing the same one again is fine.
  [[nodiscard]] bool choose(const Network& network);
  // Forgets the chosen networks and all requests; the numbering continues.
  void reset();
  [[nodiscard]] const std::vector<Network>& networks() const { return networks_; }

  // Keeps the request if its source lies in a chosen network.
  void record(Transport transport, const Endpoint& source, ByteView request) {
    if (chosen_.contains(source.address)) keep(transport, source, request);
  }

  // The requests numbered first() up to, but not including, next() are kept; only their numbers may
  // be passed to request().
  [[nodiscard]] uint64_t first() const { return first_; }
  [[nodiscard]] uint64_t next() const { return next_; }
  [[nodiscard]] LoggedRequest request(uint64_t number) const;

 private:
  void keep(Transport transport, const Endpoint& source, ByteView request);
  // Returns where to write `size` contiguous bytes; forgets the requests that were there.
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

// The request as printable ASCII that no terminal or browser interprets. A datagram becomes
// hexadecimal digits. In an HTTP head, unprintable bytes and < > " ' \ become \xHH. At most four
// characters for each byte.
[[nodiscard]] std::string request_text(const LoggedRequest& request);

}  // namespace ot
