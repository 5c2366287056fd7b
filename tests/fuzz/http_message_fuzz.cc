// Any bytes as a request head. The result must not depend on how the bytes are split, and views
// must lie inside the input. What is bad is explained in words that fit an error page and are safe
// in HTML.
#include <algorithm>
#include <array>
#include <cstdlib>

#include "base/text.h"
#include "protocol/http_message.h"
#include "protocol/http_reply.h"

namespace {

using namespace ot;

void check_refusal(const HeadResult& bad) {
  const std::string text = explain(bad);
  const auto is_unsafe = [](char c) { return !is_printable(c) || c == '<' || c == '&'; };
  if (text.empty() || std::any_of(text.begin(), text.end(), is_unsafe)) abort();
  std::array<uint8_t, kMaxErrorPage> room{};
  const ByteView page = write_error_page(room, {.explanation = text}, Persistence::close);
  if (page.empty() || head_of(page).size() + text.size() >= page.size()) abort();
}

bool is_inside(std::string_view part, ByteView whole) {
  const std::string_view text = as_text(whole);
  return part.empty() || (part.begin() >= text.begin() && part.end() <= text.end());
}

void check_target(const RequestHead& head, ByteView input) {
  if (!is_inside(head.target, input) || !is_inside(head.authority, input)) abort();
  const bool is_path = head.target.starts_with('/');
  const bool is_star = head.method == Method::options && head.target == "*";
  if (head.authority.empty() && !is_path && !is_star) abort();
  if (head.authority.find_first_of("/? ") != std::string_view::npos) abort();
  static_cast<void>(is_asked_by_address(head));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const ByteView input(data, size);
  const HeadResult whole = parse_head(input);
  const HeadResult part = parse_head(input.first(size / 2));
  if (part.status == HeadResult::Status::incomplete) {
    const HeadResult resumed = parse_head(input, part.scanned);
    if (resumed.status != whole.status || resumed.head.size != whole.head.size) abort();
  }
  if (part.status == HeadResult::Status::complete && part.head.size != whole.head.size) abort();
  if (whole.status == HeadResult::Status::bad) check_refusal(whole);
  if (whole.status != HeadResult::Status::complete) return 0;
  if (whole.head.size > size || whole.head.size > kMaxHead) abort();
  if (whole.head.fields.end() != as_text(input).begin() + whole.head.size) abort();
  check_target(whole.head, input);
  HeaderReader reader(whole.head.fields);
  HeaderField field;
  if (reader.next(field) && find_field(whole.head, field.name) != field.value) abort();
  while (reader.next(field)) {
    if (field.name.empty()) abort();
  }
  static_cast<void>(accepts_gzip(whole.head));
  return 0;
}
