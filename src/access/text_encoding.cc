#include "access/text_encoding.h"

#include <algorithm>

namespace ot {
namespace {

struct Form {
  std::string_view name;
  std::string_view mark;
  // Which bytes of ASCII in this encoding are zero ('0') and which are not ('x').
  std::string_view zeros;
};

// UTF-32 first: its mark begins like that of UTF-16.
constexpr std::array<Form, 4> kForms{{
    {"UTF-32LE", {"\xff\xfe\0\0", 4}, "x000"},
    {"UTF-32BE", {"\0\0\xfe\xff", 4}, "000x"},
    {"UTF-16LE", "\xff\xfe", "x0x0"},
    {"UTF-16BE", "\xfe\xff", "0x0x"},
}};

bool has_zeros(std::string_view text, std::string_view zeros) {
  if (text.size() < zeros.size()) return false;
  for (size_t i = 0; i < zeros.size(); ++i) {
    if ((text[i] == '\0') != (zeros[i] == '0')) return false;
  }
  return true;
}

}  // namespace

std::string_view wide_encoding(std::string_view beginning) {
  for (const Form& form : kForms) {
    if (beginning.starts_with(form.mark) || has_zeros(beginning, form.zeros)) return form.name;
  }
  return {};
}

std::string refuse_encoding(std::string_view encoding, const std::string& path) {
  const std::string name(encoding);
  return "is encoded in " + name + "; convert it to UTF-8: iconv -f " + name + " -t UTF-8 " + path;
}

void TextBeginning::add(std::string_view chunk) {
  const std::string_view head = chunk.substr(0, kEncodingBytes - size_);
  std::copy(head.begin(), head.end(), kept_.begin() + static_cast<std::ptrdiff_t>(size_));
  size_ += head.size();
}

}  // namespace ot
