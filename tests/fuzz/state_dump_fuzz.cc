// Any bytes as a line of a state dump. A valid line must be written as it was read, except for the
// case of the digits, and read again as the same values; an invalid one must have a reason.
#include <array>
#include <cstdlib>
#include <string>

#include "base/text.h"
#include "protocol/state_dump.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace ot;
  const std::string_view text = as_text({data, size});
  const auto line = parse_state_line(text);
  if (!line) {
    if (describe(line.error()).empty()) abort();
    return 0;
  }
  std::array<uint8_t, kMaxStateLine> buffer{};
  ByteWriter out(buffer);
  write_state_line(out, *line);
  const std::string_view written = as_text(out.written());
  if (out.failed() || !written.ends_with('\n')) abort();
  const std::string_view again = written.substr(0, written.size() - 1);
  if (!equal_ignoring_case(again, text)) abort();
  const auto reread = parse_state_line(again);
  if (!reread || !(*reread == *line)) abort();
  return 0;
}
