// Sets of networks that a file fills and a reload replaces: who is trusted as a proxy, who is
// denied.
//
// One per loop, on its thread; loops may share the Networks, which never change. Asking costs one
// branch while the set is empty.
#pragma once

#include <memory>
#include <utility>

#include "access/networks.h"

namespace ot {

class ReloadedNetworks {
 public:
  ReloadedNetworks() = default;
  // Implicit, because a set that is never replaced is one, too.
  ReloadedNetworks(Networks networks) {  // NOLINT(google-explicit-constructor)
    if (!networks.empty()) networks_ = std::make_shared<const Networks>(std::move(networks));
  }

  [[nodiscard]] bool contains(const IpAddress& address) const {
    return networks_ && networks_->contains(address);
  }
  [[nodiscard]] bool empty() const { return !networks_ || networks_->empty(); }
  // The number of networks, repeated ones included.
  [[nodiscard]] size_t size() const { return networks_ ? networks_->size() : 0; }

  // Puts others in force; null: none. Returns those before, so that they can be destroyed where
  // that may take its time.
  [[nodiscard]] std::shared_ptr<const void> replace(std::shared_ptr<const Networks> networks) {
    return std::exchange(networks_, std::move(networks));
  }

 private:
  std::shared_ptr<const Networks> networks_;
};

// The networks of access.deny, less those of access.bless.
class DeniedNetworks {
 public:
  DeniedNetworks() = default;
  explicit DeniedNetworks(Networks bless, Networks denied = {})
      : bless_(std::move(bless)), denied_(std::move(denied)) {}

  [[nodiscard]] bool contains(const IpAddress& address) const {
    return denied_.contains(address) && !bless_.contains(address);
  }
  [[nodiscard]] ReloadedNetworks& denied() { return denied_; }

 private:
  Networks bless_;
  ReloadedNetworks denied_;
};

}  // namespace ot
