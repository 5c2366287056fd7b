#include "frontend/late_stats.h"

#include <algorithm>
#include <chrono>
#include <utility>

namespace ot {
namespace {

// About as long as a walk takes.
constexpr std::chrono::seconds kRetryAfter{2};

void send_report(const StatsReader& reader, const StatsQuestion& question, std::string_view body) {
  std::vector<uint8_t> room(kReplyHeadRoom + body.size());
  std::copy(body.begin(), body.end(), room.begin() + kReplyHeadRoom);
  const ByteView text = prepend_ok_head(room, kReplyHeadRoom, room.size(), reader.persistence,
                                        question.content_type());
  reader.port->send(reader.to,
                    std::make_shared<const std::vector<uint8_t>>(text.begin(), text.end()));
  reader.port->end(reader.to, reader.persistence == Persistence::close ? ReplyPort::End::close
                                                                       : ReplyPort::End::keep);
}

}  // namespace

void LateStats::reply(const StatsReader& reader, const StatsQuestion& question) {
  const uint64_t number = next_++;
  const bool asked =
      census_.ask(*question.mode->walk,
                  [this, number](const WalkFindings* findings) { deliver(number, findings); });
  if (!asked) {
    return refuse(reader, {.status = HttpStatus::unavailable, .retry_after = kRetryAfter});
  }
  owed_.emplace(number, Debt{reader, question});
}

void LateStats::refuse(const StatsReader& reader, const ErrorPage& page) {
  statistics_.record(Transport::tcp, reader.family, Action::refused);
  statistics_.record(HttpError::internal_error);
  std::vector<uint8_t> room(kMaxErrorPage);
  const ByteView text = write_error_page(room, page, Persistence::close);
  reader.port->send(reader.to,
                    std::make_shared<const std::vector<uint8_t>>(text.begin(), text.end()));
  reader.port->end(reader.to, ReplyPort::End::close);
}

void LateStats::deliver(uint64_t number, const WalkFindings* findings) {
  const auto found = owed_.find(number);
  const Debt debt = std::move(found->second);
  owed_.erase(found);
  if (findings == nullptr) return refuse(debt.reader, {.status = HttpStatus::internal_error});
  StatsSnapshot snapshot = take_snapshot_();
  snapshot.walk = findings;
  send_report(debt.reader, debt.question, debt.question.print(snapshot));
}

}  // namespace ot
