#include "protocol/state_dump.h"

#include <algorithm>
#include <array>

namespace ot {
namespace {

constexpr size_t kDigits = 2 * InfoHash::kSize;
constexpr size_t kNumberDigits = 10;  // of UINT32_MAX

// Removes a number from the front of `rest`: decimal, no sign, no leading zeros, within 32 bits.
// Written by hand for speed: millions are read at start, before the first request is answered.
bool take_number(std::string_view& rest, uint32_t& number) {
  uint64_t value = 0;
  size_t size = 0;
  for (; size < rest.size() && size <= kNumberDigits; ++size) {
    const unsigned digit = static_cast<unsigned char>(rest[size]) - unsigned{'0'};
    if (digit > 9) break;
    value = value * 10 + digit;
  }
  const bool is_padded = size > 1 && rest.front() == '0';
  if (size == 0 || is_padded || value > UINT32_MAX) return false;
  number = static_cast<uint32_t>(value);
  rest.remove_prefix(size);
  return true;
}

bool take_colon(std::string_view& rest) {
  if (!rest.starts_with(':')) return false;
  rest.remove_prefix(1);
  return true;
}

// Prefers a fault that concerns the whole file to the fault it leads to, `found`.
Unexpected<StateLineFault> fault(std::string_view text, StateLineFault found) {
  if (text.empty()) return Unexpected(StateLineFault::empty);
  if (text.find('\0') != std::string_view::npos) return Unexpected(StateLineFault::nul_byte);
  if (text.ends_with('\r')) return Unexpected(StateLineFault::carriage_return);
  return Unexpected(found);
}

}  // namespace

void write_state_line(ByteWriter& out, const StateLine& line) {
  std::array<char, kDigits> hex{};
  format_hex(line.info_hash.bytes, hex);
  out.text({hex.data(), hex.size()});
  out.text(":");
  out.decimal(line.minute);
  out.text(":");
  out.decimal(line.downloaded);
  out.text("\n");
}

std::string_view describe(StateLineFault fault) {
  switch (fault) {
    case StateLineFault::empty:
      return "is empty";
    case StateLineFault::no_hash:
      return "does not begin with 40 hex digits and a colon";
    case StateLineFault::no_minute:
      return "has no minute after the hash: a number up to 4294967295 without leading zeros, and a "
             "colon";
    case StateLineFault::no_downloads:
      return "does not end with the downloads: a number up to 4294967295 without leading zeros";
    case StateLineFault::carriage_return:
      return "ends with a carriage return; lines of a state dump end with a line feed alone";
    case StateLineFault::nul_byte:
      return "contains a NUL byte; a state dump is text";
    case StateLineFault::cut_off:
      return "has no line feed at its end; the dump was cut off";
  }
  return "";
}

Result<StateLine, StateLineFault> parse_state_line(std::string_view text) {
  StateLine line;
  std::string_view rest = text.substr(std::min(text.size(), kDigits));
  if (!parse_hex(text.substr(0, kDigits), line.info_hash.bytes) || !take_colon(rest))
    return fault(text, StateLineFault::no_hash);
  if (!take_number(rest, line.minute) || !take_colon(rest))
    return fault(text, StateLineFault::no_minute);
  if (!take_number(rest, line.downloaded) || !rest.empty())
    return fault(text, StateLineFault::no_downloads);
  return line;
}

}  // namespace ot
