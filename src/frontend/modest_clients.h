// Limits an address to one full scrape in five minutes.
//
// For IPv6 the limit is for the /64, since clients choose the rest. At most kMost clients are
// remembered; beyond that the oldest is forgotten early. Thread: the loop's.
#pragma once

#include <chrono>
#include <deque>
#include <set>

#include "base/clock.h"
#include "base/ip_address.h"

namespace ot {

class ModestClients {
 public:
  static constexpr Duration kSpacing = std::chrono::minutes(5);
  static constexpr size_t kMost = 4096;

  // Whether the address may have one now; if so, kSpacing begins for it.
  [[nodiscard]] bool admit(const IpAddress& address, MonotonicTime now);
  // The same without a beginning.
  [[nodiscard]] bool would_admit(const IpAddress& address, MonotonicTime now);

 private:
  struct Admission {
    IpAddress client;
    MonotonicTime at;
  };

  void forget_oldest();

  std::set<IpAddress> recent_;
  std::deque<Admission> order_;  // the same clients, oldest first
};

}  // namespace ot
