#include "config/config_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <optional>

#include "base/text.h"

namespace ot {
namespace {

constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";
std::string_view without_comment(std::string_view line) {
  for (size_t at = line.find('#'); at != std::string_view::npos; at = line.find('#', at + 1)) {
    if (at == 0 || is_blank(line[at - 1])) return line.substr(0, at);
  }
  return line;
}

std::string not_plain_text(std::string_view line, size_t at) {
  return std::string("the line contains ") +
         (line[at] == '\0' ? "a NUL byte" : "a control character") + " in column " +
         std::to_string(at + 1) + "; a configuration file must be plain text";
}

// Comments may contain anything but NUL bytes, which show that the file is not a text.
std::string fault_of(std::string_view line, std::string_view meaning) {
  if (line.size() > kMaxConfigLine) {
    return "the line is " + std::to_string(line.size()) + " bytes long; the maximum is " +
           std::to_string(kMaxConfigLine);
  }
  const auto control = std::find_if(meaning.begin(), meaning.end(),
                                    [](char c) { return is_control(c) && c != '\t'; });
  if (control != meaning.end()) {
    return not_plain_text(line, static_cast<size_t>(control - meaning.begin()));
  }
  const size_t nul = line.find('\0');
  return nul == std::string_view::npos ? std::string() : not_plain_text(line, nul);
}

// Nothing for a blank line or a comment.
std::optional<ConfigLine> parse_line(std::string_view line, uint32_t number) {
  if (line.ends_with('\r')) line.remove_suffix(1);
  const std::string_view meaning = without_comment(line);
  if (std::string fault = fault_of(line, meaning); !fault.empty()) {
    return ConfigLine{number, {}, {}, std::move(fault)};
  }
  const std::string_view words = trim(meaning);
  if (words.empty()) return std::nullopt;
  const size_t key_size = std::min(words.find_first_of(" \t"), words.size());
  return ConfigLine{number, words.substr(0, key_size), trim(words.substr(key_size)), {}};
}

}  // namespace

std::vector<ConfigLine> parse_config(std::string_view text) {
  std::vector<ConfigLine> lines;
  if (text.starts_with(kByteOrderMark)) text.remove_prefix(kByteOrderMark.size());
  for (uint32_t number = 1; !text.empty(); ++number) {
    const size_t end = std::min(text.find('\n'), text.size());
    if (auto line = parse_line(text.substr(0, end), number)) lines.push_back(std::move(*line));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return lines;
}

Result<std::string, SystemError> read_config_file(const std::string& path) {
  const UniqueFd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file) return last_error("open " + path);
  std::string text(kMaxConfigFile + 1, '\0');
  size_t size = 0;
  while (size < text.size()) {
    const ssize_t got = ::read(file.get(), text.data() + size, text.size() - size);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return last_error("read " + path);
    if (got == 0) break;
    size += static_cast<size_t>(got);
  }
  if (size > kMaxConfigFile) return Unexpected(SystemError{EFBIG, "read " + path});
  text.resize(size);
  return text;
}

}  // namespace ot
