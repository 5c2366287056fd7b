// Any bytes as the answer to a health check. The verdict must not depend on reads beyond the input;
// a healthy answer must stay healthy when it has ended; a reason must be short and printable; a
// whole answer is never incomplete.
#include <algorithm>
#include <cstdlib>
#include <string>

#include "base/text.h"
#include "protocol/health_question.h"

namespace {

using namespace ot;
using Kind = HealthVerdict::Kind;

void require(bool holds) {
  if (!holds) std::abort();
}

void check(const HealthVerdict& verdict) {
  require((verdict.kind == Kind::unhealthy) == !verdict.reason.empty());
  require(verdict.reason.size() < 400);
  require(std::all_of(verdict.reason.begin(), verdict.reason.end(), is_printable));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string answer(as_text({data, size}));
  const HealthVerdict so_far = judge_http_answer(answer, false);
  const HealthVerdict whole = judge_http_answer(answer, true);
  check(so_far);
  check(whole);
  require(whole.kind != Kind::incomplete);
  require(so_far.kind != Kind::healthy || whole.kind == Kind::healthy);
  require(so_far.kind != Kind::incomplete || size < kMaxHealthAnswer);
  check(judge_udp_answer(as_bytes(answer), 0x61626364));
  return 0;
}
