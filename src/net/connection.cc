#include "net/connection.h"

#include <cassert>

namespace ot {

Connection& ConnectionTable::open(Channel channel, const Caller& caller) {
  if (free_.empty()) {
    free_.push_back(static_cast<uint32_t>(slots_.size()));
    slots_.emplace_back();
  }
  const uint32_t index = free_.back();
  free_.pop_back();
  Slot& slot = slots_[index];
  slot.connection = std::make_unique<Connection>(
      std::move(channel), caller, ConnectionToken{index, slot.generation}, on_ready_);
  return *slot.connection;
}

void ConnectionTable::close(Connection& connection) {
  assert(find(connection.token) == &connection);
  const uint32_t index = connection.token.index;
  Slot& slot = slots_[index];
  ++slot.generation;
  slot.connection.reset();
  free_.push_back(index);
}

Connection* ConnectionTable::find(ConnectionToken token) const {
  if (token.index >= slots_.size()) return nullptr;
  const Slot& slot = slots_[token.index];
  return slot.generation == token.generation ? slot.connection.get() : nullptr;
}

}  // namespace ot
