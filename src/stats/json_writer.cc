#include "stats/json_writer.h"

#include "base/bytes.h"
#include "base/duration_text.h"

namespace ot {

void JsonWriter::separate() {
  if (needs_comma_) out_ += ',';
  needs_comma_ = true;
}

void JsonWriter::open(char bracket) {
  separate();
  ++depth_;
  out_ += bracket;
  needs_comma_ = false;
}

void JsonWriter::close(char bracket) {
  assert(depth_ > 0);
  --depth_;
  out_ += bracket;
  needs_comma_ = true;
}

void JsonWriter::key(std::string_view name) {
  separate();
  quote(name);
  out_ += ':';
  needs_comma_ = false;
}

void JsonWriter::number(uint64_t value) {
  separate();
  out_ += decimal_text(value);
}

void JsonWriter::text(std::string_view value) {
  separate();
  quote(value);
}

void JsonWriter::quote(std::string_view value) {
  out_ += '"';
  for (const char c : value) {
    const auto code = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') out_ += '\\';
    if (code >= ' ') {
      out_ += c;
    } else {
      out_ += "\\u00";
      out_ += kLowerHex[code >> 4U];
      out_ += kLowerHex[code & 15U];
    }
  }
  out_ += '"';
}

}  // namespace ot
