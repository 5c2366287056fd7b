// A ReplyPort without sockets: connections, by index, that take as much as a test lets them.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <optional>
#include <string>

#include "net/stream.h"

namespace ot {

class Connections final : public ReplyPort {
 public:
  struct Connection {
    std::string received;
    size_t appetite = SIZE_MAX;  // bytes it takes, of all it is sent
    std::optional<End> ended;
    bool gone = false;
    bool was_reset = false;
    bool hung_up = false;
    bool resets_unless_ended = false;

    [[nodiscard]] size_t waiting() const {
      return received.size() - std::min(received.size(), appetite);
    }
    [[nodiscard]] bool is_over() const { return ended.has_value() || gone; }
  };

  bool send(ConnectionToken to, ReplyPiece piece) override {
    Connection& connection = all[to.index];
    if (connection.is_over()) return false;
    connection.received.append(piece->begin(), piece->end());
    return true;
  }
  void end(ConnectionToken to, End how) override {
    EXPECT_EQ(all[to.index].waiting(), 0U) << "all of it was taken";
    all[to.index].ended = how;
  }
  void reset(ConnectionToken to) override { all[to.index].gone = all[to.index].was_reset = true; }
  void reset_unless_ended(ConnectionToken to) override { all[to.index].resets_unless_ended = true; }
  [[nodiscard]] std::optional<size_t> waiting(ConnectionToken to) const override {
    const Connection& connection = all.at(to.index);
    return connection.is_over() ? std::nullopt : std::optional(connection.waiting());
  }
  [[nodiscard]] bool has_hung_up(ConnectionToken to) const override {
    ++asked_for_hang_ups;
    return all.at(to.index).hung_up;
  }

  std::map<uint32_t, Connection> all;
  mutable size_t asked_for_hang_ups = 0;
};

}  // namespace ot
