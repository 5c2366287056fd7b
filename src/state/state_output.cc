#include "state/state_output.h"

#include <unistd.h>

#include <cassert>
#include <cerrno>
#include <cstdio>

namespace ot {
namespace {

Result<void, SystemError> rename_file(const std::string& from, const std::string& to) {
  if (::rename(from.c_str(), to.c_str()) != 0) return last_error("rename " + from + " to " + to);
  return {};
}

}  // namespace

StateOutput::Done StateOutput::open() {
  assert(!fd_ && !is_in_place_);
  auto fd = create_private(names_.fresh);
  if (!fd) return Unexpected(fd.error());
  fd_ = std::move(*fd);
  auto folder = open_directory_of(names_.current);
  if (!folder) return Unexpected(folder.error());
  folder_ = std::move(*folder);
  return {};
}

StateOutput::Done StateOutput::write(ByteView bytes) {
  assert(fd_);
  return write_all(fd_.get(), names_.fresh, bytes);
}

StateOutput::Done StateOutput::sync() {
  assert(fd_);
  return sync_descriptor(fd_.get(), names_.fresh);
}

// If the second rename fails, the first is undone, so that the next start finds PATH.
StateOutput::Done StateOutput::rename_both() const {
  auto kept = rename_file(names_.current, names_.old);
  if (!kept && kept.error().code != ENOENT) return kept;
  auto renamed = rename_file(names_.fresh, names_.current);
  if (renamed || !kept || rename_file(names_.old, names_.current)) return renamed;
  return Unexpected(
      SystemError{renamed.error().code, renamed.error().what + ", nor " + names_.old + " back"});
}

StateOutput::Done StateOutput::commit() {
  assert(fd_ && folder_);
  if (auto renamed = rename_both(); !renamed) return renamed;
  is_in_place_ = true;
  fd_.reset();
  return sync_descriptor(folder_.get(), directory_of(names_.current));
}

void StateOutput::abandon() {
  if (!fd_) return;
  ::unlink(names_.fresh.c_str());
  fd_.reset();
}

}  // namespace ot
