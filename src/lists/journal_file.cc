#include "lists/journal_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cassert>
#include <cerrno>
#include <cstdio>
#include <tuple>

namespace ot {
namespace {

constexpr size_t kChunk = size_t{1} << 16U;
constexpr size_t kEntriesPerWrite = 4096;

constexpr std::string_view kChanged = "was changed by another program; restart the tracker";

std::string not_a_journal(const std::string& path) {
  return path + ": is not a journal of the tracker, whose first line is '" +
         std::string(kJournalHead.substr(0, kJournalHead.size() - 1)) +
         "'; name another file, which the tracker will make";
}

std::string text_of(const SystemError& error) { return error.message(); }

// Calls write(text) for a few thousand entries at a time.
template <typename Write>
Result<void, SystemError> in_pieces(std::span<const JournalEntry> entries, Write write) {
  std::string text;
  while (!entries.empty()) {
    const auto piece = entries.first(std::min(entries.size(), kEntriesPerWrite));
    text.clear();
    for (const JournalEntry& entry : piece) append_line(text, entry);
    if (auto done = write(as_bytes(text)); !done) return done;
    entries = entries.subspan(piece.size());
  }
  return {};
}

Result<void, SystemError> sync_content(int fd, const std::string& path) {
  while (::fdatasync(fd) != 0) {
    if (errno != EINTR) return last_error("fdatasync " + path);
  }
  return {};
}

}  // namespace

Result<UniqueFd, SystemError> JournalFile::open_existing(const std::string& path) {
  // O_NONBLOCK, so that a FIFO cannot hold us up.
  UniqueFd fd(
      ::open(path.c_str(), O_RDWR | O_APPEND | O_NONBLOCK | O_CLOEXEC | O_NOFOLLOW | O_NOCTTY));
  struct stat status = {};
  if (!fd || ::fstat(fd.get(), &status) != 0) return last_error(path);
  if (!S_ISREG(status.st_mode)) return Unexpected(SystemError{EINVAL, path});
  if (static_cast<uint64_t>(status.st_size) > kMaxBytes)
    return Unexpected(SystemError{EFBIG, path});
  return fd;
}

Result<void, std::string> JournalFile::judge(const std::string& path) {
  const auto fd = open_existing(path);
  if (!fd) {
    const int code = fd.error().code;
    if (code == ENOENT) return {};
    if (code == ELOOP)
      return Unexpected(path + ": is a symbolic link; name the file that it leads to");
    if (code == EINVAL || code == EISDIR || code == ENXIO)
      return Unexpected(path +
                        ": is not a regular file; name another, which the tracker will make");
    if (code == EFBIG)
      return Unexpected(path + ": is larger than " + std::to_string(kMaxBytes >> 20U) +
                        " MiB, which a journal never is");
    return Unexpected(text_of(fd.error()));
  }
  std::array<uint8_t, kJournalHead.size()> head{};
  const ssize_t size = ::pread(fd->get(), head.data(), head.size(), 0);
  if (size < 0) return Unexpected(last_error(path).take().message());
  if (size == 0 || as_text(head) == kJournalHead) return {};
  return Unexpected(not_a_journal(path));
}

Result<JournalFile::Opened, std::string> JournalFile::open(JournalText::OnEntry on_entry) {
  assert(lock_.is_taken() && !fd_);
  ::unlink(fresh_.c_str());  // left unfinished by a crash
  if (const auto usable = judge(path_); !usable) return Unexpected(usable.error());
  auto fd = open_existing(path_);
  if (!fd && fd.error().code != ENOENT) return Unexpected(text_of(fd.error()));
  JournalText text;
  if (fd) {
    fd_ = std::move(*fd);
    if (const auto done = read(text, on_entry, [] { return false; }); !done)
      return Unexpected(text_of(done.error()));
  }
  if (!text.is_journal()) {
    if (text.damaged_line() != 0) return Unexpected(not_a_journal(path_));
    if (const auto made = replace({}); !made)
      return Unexpected(path_ + ": cannot be made: " + text_of(made.error()));
    return Opened{.is_new = true};
  }
  struct stat status = {};
  if (::fstat(fd_.get(), &status) != 0) return Unexpected(last_error(path_).take().message());
  size_ = text.sound_bytes();
  lines_ = text.entries();
  Opened opened{.damaged_line = text.damaged_line()};
  if (opened.damaged_line == 0) return opened;
  opened.cut_bytes = static_cast<uint64_t>(status.st_size) - size_;
  has_tail_ = true;
  if (const auto cut = cut_tail(); !cut) return Unexpected(text_of(cut.error()));
  return opened;
}

Result<void, SystemError> JournalFile::read(JournalText& text, JournalText::OnEntry on_entry,
                                            FunctionRef<bool()> is_cancelled) const {
  std::vector<uint8_t> chunk(kChunk);
  for (off_t at = 0;;) {
    if (is_cancelled()) return Unexpected(SystemError{ECANCELED, "read " + path_});
    const ssize_t size = ::pread(fd_.get(), chunk.data(), chunk.size(), at);
    if (size < 0 && errno == EINTR) continue;
    if (size < 0) return last_error("read " + path_);
    if (size == 0) break;
    text.add(ByteView(chunk).first(static_cast<size_t>(size)), on_entry);
    at += size;
  }
  text.finish();
  return {};
}

Result<void, SystemError> JournalFile::append(std::span<const JournalEntry> entries) {
  assert(fd_);
  if (auto ready = prepare(); !ready) return ready;
  if (size_ + entries.size() * kJournalLine > kMaxBytes)
    return Unexpected(SystemError{EFBIG, "write " + path_});
  has_tail_ = true;
  auto written = write(entries);
  if (!written) {
    static_cast<void>(cut_tail());  // if that fails, the next append() tries it again
    return written;
  }
  has_tail_ = false;
  size_ += entries.size() * kJournalLine;
  lines_ += entries.size();
  return {};
}

Result<void, SystemError> JournalFile::write(std::span<const JournalEntry> entries) {
  auto written =
      in_pieces(entries, [this](ByteView text) { return write_all(fd_.get(), path_, text); });
  return written ? sync_content(fd_.get(), path_) : written;
}

// Makes sure that PATH is the file that is open, and as we left it.
Result<void, SystemError> JournalFile::prepare() {
  if (auto cut = cut_tail(); !cut) return cut;
  struct stat ours = {};
  struct stat found = {};
  if (::fstat(fd_.get(), &ours) != 0) return last_error("stat " + path_);
  const auto changed = Unexpected(SystemError{ESTALE, path_ + ": " + std::string(kChanged)});
  if (static_cast<uint64_t>(ours.st_size) != size_) return changed;
  if (::lstat(path_.c_str(), &found) != 0) {
    if (errno != ENOENT) return last_error("stat " + path_);
    const auto last = read_last_changes([] { return false; });
    if (!last) return Unexpected(last.error());
    std::vector<JournalEntry> entries;
    entries.reserve(last->size());
    for (const Numbered& each : *last) entries.push_back(each.entry);
    if (auto made = replace(entries); !made) return made;
  } else if (found.st_ino != ours.st_ino || found.st_dev != ours.st_dev) {
    return changed;
  }
  return sync_folder();
}

Result<void, SystemError> JournalFile::cut_tail() {
  if (!has_tail_) return {};
  if (::ftruncate(fd_.get(), static_cast<off_t>(size_)) != 0) return last_error("cut " + path_);
  if (auto synced = sync_content(fd_.get(), path_); !synced) return synced;
  has_tail_ = false;
  return {};
}

Result<void, SystemError> JournalFile::sync_folder() {
  if (is_folder_synced_) return {};
  const auto folder = open_directory_of(path_);
  if (!folder) return Unexpected(folder.error());
  if (auto synced = sync_descriptor(folder->get(), directory_of(path_)); !synced) return synced;
  is_folder_synced_ = true;
  return {};
}

// The last change of each hash, in the order of the file, without those that are taken back.
Result<std::vector<JournalFile::Numbered>, SystemError> JournalFile::read_last_changes(
    FunctionRef<bool()> is_cancelled) const {
  std::vector<Numbered> changes;
  changes.reserve(lines_);
  JournalText text;
  const auto keep = [&](const JournalEntry& entry) {
    changes.push_back({entry, static_cast<uint32_t>(changes.size())});
  };
  if (auto done = read(text, keep, is_cancelled); !done) return Unexpected(done.error());
  std::sort(changes.begin(), changes.end(), [](const Numbered& a, const Numbered& b) {
    return std::tie(a.entry.info_hash, b.number) < std::tie(b.entry.info_hash, a.number);
  });
  const auto same = [](const Numbered& a, const Numbered& b) {
    return a.entry.info_hash == b.entry.info_hash;
  };
  changes.erase(std::unique(changes.begin(), changes.end(), same), changes.end());
  std::erase_if(changes,
                [](const Numbered& each) { return each.entry.change == DynamicSet::Change::none; });
  std::sort(changes.begin(), changes.end(),
            [](const Numbered& a, const Numbered& b) { return a.number < b.number; });
  return changes;
}

Result<JournalFile::Entries, SystemError> JournalFile::compact(const AccessList* list,
                                                               FunctionRef<bool()> is_cancelled) {
  assert(fd_);
  if (auto ready = prepare(); !ready) return Unexpected(ready.error());
  const auto changes = read_last_changes(is_cancelled);
  if (!changes) return Unexpected(changes.error());
  Entries held;
  Entries kept;
  for (const Numbered& each : *changes) {
    const bool is_added = each.entry.change == DynamicSet::Change::added;
    const bool is_held = list != nullptr && list->contains(each.entry.info_hash) == is_added;
    (is_held ? held : kept).push_back(each.entry);
  }
  if (size_ == kJournalHead.size() + kept.size() * kJournalLine) return held;
  if (is_cancelled()) return Unexpected(SystemError{ECANCELED, "write " + fresh_});
  if (auto replaced = replace(kept); !replaced) return Unexpected(replaced.error());
  return held;
}

Result<void, SystemError> JournalFile::write_fresh(int fd,
                                                   std::span<const JournalEntry> entries) const {
  struct stat status = {};
  if (fd_ && ::fstat(fd_.get(), &status) == 0 && ::fchmod(fd, status.st_mode & 0777U) != 0)
    return last_error("chmod " + fresh_);
  if (auto head = write_all(fd, fresh_, as_bytes(kJournalHead)); !head) return head;
  auto written = in_pieces(entries, [&](ByteView text) { return write_all(fd, fresh_, text); });
  return written ? sync_descriptor(fd, fresh_) : written;
}

// The folder may fail to be synced after the rename; the next write tries that again, and fails if
// it does not succeed.
Result<void, SystemError> JournalFile::replace(std::span<const JournalEntry> entries) {
  auto fd = create_private(fresh_);
  if (!fd) return Unexpected(fd.error());
  auto written = write_fresh(fd->get(), entries);
  if (written && ::rename(fresh_.c_str(), path_.c_str()) != 0)
    written = last_error("rename " + fresh_ + " to " + path_);
  if (!written) {
    ::unlink(fresh_.c_str());
    return written;
  }
  fd_ = std::move(*fd);
  size_ = kJournalHead.size() + entries.size() * kJournalLine;
  lines_ = entries.size();
  has_tail_ = false;
  is_folder_synced_ = false;
  static_cast<void>(sync_folder());
  return {};
}

}  // namespace ot
