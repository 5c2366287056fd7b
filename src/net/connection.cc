#include "net/connection.h"

namespace ot {

Connection& ConnectionTable::open(ConnectionEvents& events, UniqueFd socket, const Caller& caller) {
  if (free_.empty()) {
    free_.push_back(static_cast<uint32_t>(slots_.size()));
    slots_.emplace_back();
  }
  const uint32_t index = free_.back();
  free_.pop_back();
  Slot& slot = slots_[index];
  slot.connection = std::make_unique<Connection>(events, std::move(socket), caller,
                                                 ConnectionToken{index, slot.generation});
  return *slot.connection;
}

void ConnectionTable::close(Connection& connection) {
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
