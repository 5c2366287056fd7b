#include "frontend/page.h"

#include <algorithm>
#include <cassert>
#include <memory>
#include <utility>
#include <vector>

namespace ot {
namespace {

size_t room_for(std::string_view body) { return kReplyHeadRoom + body.size(); }

ByteView page(ByteSpan room, const Requester& to, std::string_view body,
              std::string_view content_type) {
  assert(room.size() >= room_for(body));
  std::copy(body.begin(), body.end(), room.begin() + kReplyHeadRoom);
  return prepend_ok_head(room, kReplyHeadRoom, room_for(body), to.persistence, content_type);
}

ByteView refusal_page(ByteSpan room, Requester& to, Statistics& statistics,
                      const Refusal& refusal) {
  statistics.record(Transport::tcp, to.family, Action::refused);
  statistics.record(refusal.error);
  to.persistence = Persistence::close;
  return write_error_page(room, refusal.page, to.persistence);
}

void send(const Requester& to, ByteView reply) {
  auto piece = std::make_shared<const std::vector<uint8_t>>(reply.begin(), reply.end());
  if (to.send(std::move(piece))) to.end();
}

}  // namespace

void write_page(OutputBuffer& out, const Requester& to, std::string_view body,
                std::string_view content_type) {
  const ByteSpan room = out.reserve(room_for(body));
  out.commit(room, page(room, to, body, content_type));
}

void write_refusal(OutputBuffer& out, Requester& to, Statistics& statistics,
                   const Refusal& refusal) {
  const ByteSpan room = out.reserve(kMaxErrorPage);
  out.commit(room, refusal_page(room, to, statistics, refusal));
}

void send_page(const Requester& to, std::string_view body, std::string_view content_type) {
  std::vector<uint8_t> room(room_for(body));
  send(to, page(room, to, body, content_type));
}

void send_refusal(Requester to, Statistics& statistics, const Refusal& refusal) {
  std::vector<uint8_t> room(kMaxErrorPage);
  send(to, refusal_page(room, to, statistics, refusal));
}

}  // namespace ot
