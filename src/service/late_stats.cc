#include "service/late_stats.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "protocol/http_reply.h"

namespace ot {
namespace {

// About as long as a walk takes.
constexpr std::chrono::seconds kRetryAfter{2};

void send_page(ReplyPort& port, ConnectionToken to, const ErrorPage& page) {
  std::vector<uint8_t> room(kMaxErrorPage);
  const ByteView text = write_error_page(room, page, Persistence::close);
  port.send(to, std::make_shared<const std::vector<uint8_t>>(text.begin(), text.end()));
  port.end(to, ReplyPort::End::close);
}

void send_report(ReplyPort& port, ConnectionToken to, const StatsQuestion& question,
                 Persistence persistence, std::string_view body) {
  std::vector<uint8_t> room(kReplyHeadRoom + body.size());
  std::copy(body.begin(), body.end(), room.begin() + kReplyHeadRoom);
  const ByteView text =
      prepend_ok_head(room, kReplyHeadRoom, room.size(), persistence, question.content_type());
  port.send(to, std::make_shared<const std::vector<uint8_t>>(text.begin(), text.end()));
  port.end(to, persistence == Persistence::close ? ReplyPort::End::close : ReplyPort::End::keep);
}

}  // namespace

void LateStats::reply(ReplyPort& port, ConnectionToken to, const StatsQuestion& question,
                      Persistence persistence) {
  const uint64_t number = next_++;
  auto ticket = walks_.ask(*question.mode->walk, [this, number](const WalkFindings* findings) {
    deliver(number, findings);
  });
  if (!ticket) {
    return send_page(port, to, {.status = HttpStatus::unavailable, .retry_after = kRetryAfter});
  }
  owed_.emplace(number, Debt{port, to, question, persistence, std::move(ticket)});
}

void LateStats::deliver(uint64_t number, const WalkFindings* findings) {
  const auto found = owed_.find(number);
  const Debt debt = std::move(found->second);
  owed_.erase(found);
  if (findings == nullptr) {
    return send_page(debt.port, debt.to, {.status = HttpStatus::internal_error});
  }
  StatsSnapshot snapshot = take_snapshot_();
  snapshot.walk = findings;
  send_report(debt.port, debt.to, debt.question, debt.persistence, debt.question.print(snapshot));
}

}  // namespace ot
