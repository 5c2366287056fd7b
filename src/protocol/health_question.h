// The client's side of both protocols, as far as a health check needs it: one question each, and
// the judgement of the answer.
//
// The question is a scrape of an info_hash of zeros over HTTP and a connect over UDP; neither
// leaves a trace in the table. Any reply of a tracker is good, a failure reason included: an access
// list may refuse the hash. Pure functions; the answer may be anything. Sources: BEP 15, BEP 48.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/bytes.h"

namespace ot {

// A longer HTTP answer is not a tracker's.
inline constexpr size_t kMaxHealthAnswer = 16384;
inline constexpr size_t kUdpHealthQuestion = 16;

// `target` is the path of an announce or a scrape, which may have a query; "" and "/" mean /scrape.
// In the last part of the path, "announce" becomes "scrape" (BEP 48). HTTP/1.0, so that the answer
// is not chunked.
[[nodiscard]] std::string http_health_question(std::string_view target, std::string_view host);

// Writes kUdpHealthQuestion bytes.
void write_udp_health_question(ByteWriter& out, uint32_t transaction);

struct HealthVerdict {
  enum class Kind : uint8_t { incomplete, healthy, unhealthy };

  Kind kind = Kind::incomplete;
  std::string reason = {};  // if unhealthy, printable: "status 302 Found"
};

// `has_ended`: nothing will follow `answer`.
[[nodiscard]] HealthVerdict judge_http_answer(std::string_view answer, bool has_ended);

// Incomplete: the datagram is not the answer to this transaction; wait for another one.
[[nodiscard]] HealthVerdict judge_udp_answer(ByteView datagram, uint32_t transaction);

}  // namespace ot
