#include "access/access_control.h"

#include <utility>

namespace ot {

std::shared_ptr<const void> AccessControl::replace(std::shared_ptr<const AccessList> list) {
  struct InForce {
    std::shared_ptr<const AccessList> list;
    std::shared_ptr<const DynamicSet> changes;
  };
  auto fresh = std::make_shared<DynamicSet>(hash_);
  auto before = std::make_shared<InForce>();
  is_carried_out_ = false;
  before->list = std::exchange(list_, std::move(list));
  before->changes = std::exchange(changes_, std::move(fresh));
  return before;
}

std::shared_ptr<const void> AccessControl::replace_below_changes(
    std::shared_ptr<const AccessList> list) {
  is_carried_out_ = false;
  return std::exchange(list_, std::move(list));
}

}  // namespace ot
