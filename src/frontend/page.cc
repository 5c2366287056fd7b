#include "frontend/page.h"

#include <algorithm>
#include <cassert>
#include <memory>
#include <utility>
#include <vector>

namespace ot {
namespace {

size_t room_for(std::string_view body) { return kReplyHeadRoom + body.size(); }

ByteView page(ByteSpan room, const Requester& to, std::string_view body, const Content& content) {
  assert(room.size() >= room_for(body));
  std::copy(body.begin(), body.end(), room.begin() + kReplyHeadRoom);
  return as_asked(to,
                  prepend_ok_head(room, kReplyHeadRoom, room_for(body), to.persistence, content));
}

ByteView refusal_page(ByteSpan room, Requester& to, Statistics& statistics,
                      const Refusal& refusal) {
  statistics.record(Transport::tcp, to.family, Action::refused);
  statistics.record(refusal.error);
  to.persistence = Persistence::close;
  return as_asked(to, write_error_page(room, refusal.page, to.persistence));
}

void send(const Requester& to, ByteView reply) {
  auto piece = std::make_shared<const std::vector<uint8_t>>(reply.begin(), reply.end());
  if (to.send(std::move(piece))) to.end();
}

}  // namespace

void write_page(OutputBuffer& out, const Requester& to, std::string_view body,
                const Content& content) {
  const ByteSpan room = out.reserve(room_for(body));
  out.commit(room, page(room, to, body, content));
}

void write_refusal(OutputBuffer& out, Requester& to, Statistics& statistics,
                   const Refusal& refusal) {
  const ByteSpan room = out.reserve(kMaxErrorPage);
  out.commit(room, refusal_page(room, to, statistics, refusal));
}

void send_page(const Requester& to, std::string_view body, const Content& content) {
  std::vector<uint8_t> room(room_for(body));
  send(to, page(room, to, body, content));
}

void send_refusal(Requester to, Statistics& statistics, const Refusal& refusal) {
  std::vector<uint8_t> room(kMaxErrorPage);
  send(to, refusal_page(room, to, statistics, refusal));
}

}  // namespace ot
