// The client that is owed a late reply, and how its connection is to be treated: one value for
// pages, walks and dumps. Thread: the loop's.
#pragma once

#include <cassert>
#include <utility>

#include "net/stream.h"
#include "protocol/http_message.h"

namespace ot {

struct Requester {
  HttpVersion version = HttpVersion::v1_1;
  Persistence persistence = Persistence::close;
  Family family = Family::v4;  // of the client's address, for the counters
  bool head_only = false;      // whether the request is a HEAD: no body follows its head
  // Its connection, known from LateReply::begin() on.
  ReplyPort* port = nullptr;
  ConnectionToken token = {};

  // The same requester, with its connection.
  [[nodiscard]] Requester at(ReplyPort& where, ConnectionToken to) const {
    Requester requester = *this;
    requester.port = &where;
    requester.token = to;
    return requester;
  }

  // The rest needs the connection.

  // False if the client has left.
  [[nodiscard]] bool send(ReplyPiece piece) const {
    assert(port != nullptr);
    return port->send(token, std::move(piece));
  }
  // The reply is complete.
  void end() const {
    assert(port != nullptr);
    port->end(token,
              persistence == Persistence::close ? ReplyPort::End::close : ReplyPort::End::keep);
  }
  void reset() const {
    assert(port != nullptr);
    port->reset(token);
  }
  // Bytes the client has yet to take; nothing if it has left.
  [[nodiscard]] std::optional<size_t> waiting() const {
    assert(port != nullptr);
    return port->waiting(token);
  }
};

}  // namespace ot
