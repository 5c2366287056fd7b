#include "census/last_recount.h"

namespace ot {

std::optional<Recount> LastRecount::get() {
  const Duration age = taken_ ? loop_.now() - *taken_ : Duration::max();
  if (age >= kFresh && !walk_) {
    walk_ = walks_.ask(WalkKind::recount, [this](const WalkFindings* findings) { keep(findings); });
  }
  if (age >= kStale) return std::nullopt;
  return Recount{&findings_, std::chrono::floor<std::chrono::seconds>(age)};
}

// A walk that failed leaves the findings to age; the next who asks begins another.
void LastRecount::keep(const WalkFindings* findings) {
  walk_.reset();
  if (findings == nullptr) return;
  findings_ = *findings;
  taken_ = loop_.now();
}

}  // namespace ot
