// TcpServer: late replies.
#include <algorithm>
#include <utility>

#include "net/tcp_server.h"

namespace ot {
namespace {

// The most that one connection sends in its turn; the kernel needs a tenth of a millisecond to copy
// it. If many connections are owed a reply, each sends less, so that a pass sends about
// kMaxPerPass.
constexpr size_t kMaxPerTurn = 512 << 10;
constexpr size_t kMinPerTurn = 16 << 10;
constexpr size_t kMaxPerPass = 4 << 20;

size_t bytes_per_turn(size_t owed) {
  return std::clamp(kMaxPerPass / std::max<size_t>(owed, 1), kMinPerTurn, kMaxPerTurn);
}

}  // namespace

// `unsent` is the rest of earlier replies.
void TcpServer::wait_for_reply(Connection& connection, std::vector<uint8_t> unsent,
                               LateReply& reply) {
  connection.phase = Connection::Phase::late;
  ++counters_.deferred;
  connection.late = std::make_unique<ReplyQueue>();
  ++owed_;
  add_late(connection, std::make_shared<const std::vector<uint8_t>>(std::move(unsent)));
  const ConnectionToken token = connection.token;
  connection.unlink();
  send_late(connection);
  if (connections_.find(token) != nullptr) reply.begin(*this, token);
}

void TcpServer::add_late(Connection& connection, ReplyPiece piece) {
  buffered_ -= connection.late->own();
  connection.late->add(std::move(piece));
  buffered_ += connection.late->own();
}

Connection* TcpServer::find_late(ConnectionToken token) const {
  Connection* found = connections_.find(token);
  return found != nullptr && found->late && !found->late->ended() ? found : nullptr;
}

bool TcpServer::send(ConnectionToken to, ReplyPiece piece) {
  Connection* connection = find_late(to);
  if (connection == nullptr) return false;
  const bool is_stuck = connection->late->waiting() > 0;
  add_late(*connection, std::move(piece));
  if (!is_stuck) {
    connection->unlink();
    send_late(*connection);
  }
  limit_buffered();
  return connections_.find(to) != nullptr;
}

void TcpServer::end(ConnectionToken to, End end) {
  Connection* connection = find_late(to);
  if (connection == nullptr) return;
  connection->late->end(end);
  if (connection->late->waiting() == 0) send_late(*connection);
}

void TcpServer::reset_unless_ended(ConnectionToken to) {
  Connection* connection = find_late(to);
  if (connection == nullptr) return;
  connection->late->set_resetting();
  connection->channel.reset_on_close(true);
}

// The request after this one gets its turn in the next pass, so that replies that are there at once
// do not nest.
void TcpServer::send_late(Connection& connection) {
  using Progress = ReplyQueue::Progress;
  ReplyQueue& late = *connection.late;
  buffered_ -= late.own();
  const Progress progress = late.send_to(connection.channel, bytes_per_turn(owed_));
  buffered_ += late.own();
  if (progress == Progress::broken) return close(connection);
  if (progress != Progress::all) {
    if (progress == Progress::some || !connection.linked()) replying_.arm(connection);
    return watch_for(connection, connection.channel.events_to_send());
  }
  const std::optional<End> end = late.ended();
  if (!end) {
    late_.push_back(connection);
    return watch_for(connection, 0);
  }
  if (late.resetting()) connection.channel.reset_on_close(false);
  connection.late.reset();
  --owed_;
  handler_.on_deferred(loop_.now() - connection.began, 1);
  connection.began = loop_.now();
  if (*end == End::close) return begin_drain(connection);
  connection.input.empty() ? wait_idle(connection) : wait_for_turn(connection);
}

}  // namespace ot
