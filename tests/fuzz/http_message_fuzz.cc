// Any bytes as a request head. The result must not depend on how the bytes are split, and views
// must lie inside the input.
#include <cstdlib>

#include "protocol/http_message.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace ot;
  const ByteView input(data, size);
  const HeadResult whole = parse_head(input);
  const HeadResult part = parse_head(input.first(size / 2));
  if (part.status == HeadResult::Status::incomplete) {
    const HeadResult resumed = parse_head(input, part.scanned);
    if (resumed.status != whole.status || resumed.head.size != whole.head.size) abort();
  }
  if (part.status == HeadResult::Status::complete && part.head.size != whole.head.size) abort();
  if (whole.status == HeadResult::Status::bad && describe(whole.reason).empty()) abort();
  if (whole.status != HeadResult::Status::complete) return 0;
  if (whole.head.size > size || whole.head.size > kMaxHead || whole.head.target.empty()) abort();
  if (whole.head.fields.end() != as_text(input).begin() + whole.head.size) abort();
  HeaderReader reader(whole.head.fields);
  HeaderField field;
  if (reader.next(field) && find_field(whole.head, field.name) != field.value) abort();
  while (reader.next(field)) {
    if (field.name.empty()) abort();
  }
  static_cast<void>(accepts_gzip(whole.head));
  return 0;
}
