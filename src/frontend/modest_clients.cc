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
  if (!would_admit(address, now)) return false;
  if (order_.size() >= kMost) forget_oldest();
  const IpAddress client = client_of(address);
  recent_.insert(client);
  order_.push_back({client, now});
  return true;
}

bool ModestClients::would_admit(const IpAddress& address, MonotonicTime now) {
  while (!order_.empty() && now - order_.front().at >= kSpacing) forget_oldest();
  return !recent_.contains(client_of(address));
}

void ModestClients::forget_oldest() {
  recent_.erase(order_.front().client);
  order_.pop_front();
}

}  // namespace ot
