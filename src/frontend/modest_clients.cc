#include "frontend/modest_clients.h"

#include <algorithm>
#include <array>

namespace ot {
namespace {

constexpr size_t kNetworkBytes6 = 8;

IpAddress client_of(const IpAddress& address) {
  if (address.is_v4()) return address;
  std::array<uint8_t, 16> network{};
  std::copy_n(address.bytes().begin(), kNetworkBytes6, network.begin());
  return IpAddress::v6(network);
}

}  // namespace

bool ModestClients::admit(const IpAddress& address, MonotonicTime now) {
  forget(now);
  const IpAddress client = client_of(address);
  if (!recent_.insert(client).second) return false;
  order_.push_back({client, now});
  return true;
}

// Forgets clients whose time is over, and the oldest one if there is no room for another.
void ModestClients::forget(MonotonicTime now) {
  while (!order_.empty() && (now - order_.front().at >= kSpacing || order_.size() >= kMost)) {
    recent_.erase(order_.front().client);
    order_.pop_front();
  }
}

}  // namespace ot
