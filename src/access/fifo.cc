#include "access/fifo.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>

namespace ot {
namespace {

constexpr mode_t kMode = 0660;

// Quoted for a shell: 'it'\''s'.
std::string quoted(const std::string& path) {
  std::string text = "'";
  for (const char c : path) {
    if (c == '\'') {
      text += "'\\''";
    } else {
      text += c;
    }
  }
  return text + "'";
}

Unexpected<FifoError> failed(const std::string& path, std::string_view advice) {
  return Unexpected(FifoError{last_error(path).take().message() + std::string(advice)});
}

std::string command_for(const std::string& path) {
  return "create it, owned by the user the tracker runs as: mkfifo -m 660 " + quoted(path);
}

Unexpected<FifoError> not_a_fifo(const std::string& path) {
  return Unexpected(FifoError{path + ": is not a FIFO; remove it, then " + command_for(path)});
}

}  // namespace

Result<UniqueFd, FifoError> open_fifo(const std::string& path) {
  if (::mkfifo(path.c_str(), kMode) != 0 && errno != EEXIST)
    return failed(path, "; " + command_for(path));
  UniqueFd fd(::open(path.c_str(), O_RDWR | O_NONBLOCK | O_CLOEXEC | O_NOCTTY));
  if (!fd && errno == EISDIR) return not_a_fifo(path);
  if (!fd && errno == EACCES)
    return failed(path, "; the user the tracker runs as needs permission to read and write it");
  if (!fd) return failed(path, "");
  struct stat status = {};
  if (::fstat(fd.get(), &status) != 0) return failed(path, "");
  if (!S_ISFIFO(status.st_mode)) return not_a_fifo(path);
  return fd;
}

void FifoLines::add(ByteView chunk, OnHash on_hash) {
  splitter_.add(as_text(chunk), [&](const TextLine& line) { take(line, on_hash); });
}

void FifoLines::pause(OnHash on_hash) {
  const TextLine line = splitter_.pending();
  // Not if a comment has begun: its rest may still arrive.
  const bool may_go_on =
      !std::all_of(line.text.begin(), line.text.end(), [](char c) { return hex_digit(c) >= 0; });
  if (may_go_on || parse_hash_line(line.text).kind != HashLine::Kind::hash) return;
  take(line, on_hash);
  splitter_.forget_pending();
}

void FifoLines::take(const TextLine& line, OnHash on_hash) {
  ++totals_.lines;
  const HashLine parsed = parse_hash_line(line.text);
  if (line.cut || parsed.kind == HashLine::Kind::faulty) {
    ++totals_.faulty;
    totals_.last_fault = line.cut ? HashLineFault::too_long : parsed.fault;
  } else if (parsed.kind == HashLine::Kind::hash) {
    ++totals_.hashes;
    on_hash(parsed.info_hash);
  }
}

}  // namespace ot
