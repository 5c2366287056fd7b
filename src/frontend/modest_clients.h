// Lets an address have one full scrape in five minutes.
//
// An IPv6 client has its /64 for an address, since it can choose the rest. At most kMost are
// remembered; beyond that the one that came first is forgotten early. Thread: that of the loop.
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

  // Whether the address may have one now; if so, its next has to wait.
  [[nodiscard]] bool admit(const IpAddress& address, MonotonicTime now);

 private:
  struct Admission {
    IpAddress client;
    MonotonicTime at;
  };

  void forget(MonotonicTime now);

  std::set<IpAddress> recent_;
  std::deque<Admission> order_;  // of the same, oldest first
};

}  // namespace ot
