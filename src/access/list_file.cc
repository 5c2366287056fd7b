#include "access/list_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>

#include "base/posix.h"

namespace ot {
namespace {

constexpr size_t kChunk = size_t{64} << 10U;
constexpr uint64_t kShortestLine = 41;
constexpr std::string_view kNeeded = "; a regular file of info_hashes is needed";

// What tells one state of a file from another.
struct FileState {
  uint64_t size = 0;
  WallTime modified;

  friend bool operator==(const FileState&, const FileState&) = default;
};

using Reason = std::string;

class ListFile {
 public:
  explicit ListFile(const std::string& path) : path_(path) {}

  // Each step answers why it failed, or an empty reason.
  Reason open();
  Reason read(ListText& text, FunctionRef<bool()> is_cancelled);
  // Why what was read may not be the whole, or an empty reason.
  [[nodiscard]] Reason unsettled(WallTime now) const;
  [[nodiscard]] Reason say(std::string_view what) const { return path_ + ": " + std::string(what); }
  [[nodiscard]] uint64_t size() const { return before_.size; }

 private:
  [[nodiscard]] Reason failed_call() const { return last_error(path_).take().message(); }
  // The state now; false, and errno, if it cannot be had.
  [[nodiscard]] bool look(FileState& state, mode_t& mode) const;

  const std::string& path_;
  UniqueFd fd_;
  FileState before_;
  FileState after_;
  uint64_t bytes_read_ = 0;
};

bool ListFile::look(FileState& state, mode_t& mode) const {
  struct stat status {};
  if (::fstat(fd_.get(), &status) != 0) return false;
  const auto since_1970 = std::chrono::seconds(status.st_mtim.tv_sec) +
                          std::chrono::nanoseconds(status.st_mtim.tv_nsec);
  state = {static_cast<uint64_t>(status.st_size), WallTime(since_1970)};
  mode = status.st_mode;
  return true;
}

Reason ListFile::open() {
  // Without O_NONBLOCK a FIFO in the file's place would hold the worker until somebody writes.
  fd_.reset(::open(path_.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY));
  mode_t mode = 0;
  if (!fd_ || !look(before_, mode)) return failed_call();
  if (S_ISDIR(mode)) return say("is a directory").append(kNeeded);
  if (!S_ISREG(mode)) return say("is no regular file").append(kNeeded);
  if (before_.size > kMaxListFile) return say("is larger than 1 GiB, the most that is read");
  return {};
}

Reason ListFile::read(ListText& text, FunctionRef<bool()> is_cancelled) {
  std::vector<uint8_t> buffer(kChunk);
  while (bytes_read_ <= kMaxListFile) {
    if (is_cancelled()) return say("no longer asked for");
    const ssize_t size = ::read(fd_.get(), buffer.data(), buffer.size());
    if (size < 0 && errno == EINTR) continue;
    if (size < 0) return failed_call();
    if (size == 0) break;
    text.add(ByteView(buffer).first(static_cast<size_t>(size)));
    bytes_read_ += static_cast<uint64_t>(size);
  }
  text.finish();
  mode_t mode = 0;
  return look(after_, mode) ? Reason() : failed_call();
}

Reason ListFile::unsettled(WallTime now) const {
  if (before_ != after_ || bytes_read_ != after_.size) return say("changed while it was read");
  // A time in the future is a clock that was set back, and no reason to wait for it.
  const Duration age = now - after_.modified;
  if (age >= -Duration(kSettleTime) && age < kSettleTime) return say("was written just now");
  return {};
}

Reason unusable(const ListFile& file, const ListTally& tally) {
  if (tally.lines == 0) return file.say("is empty; a list of nothing is a file with a comment");
  if (tally.faulty == 0 || tally.hashes != 0) return {};
  const FaultyLine& first = tally.first_faulty.front();
  return file.say("has no valid line; line " + std::to_string(first.number) + " is " +
                  std::string(describe(first.fault)));
}

}  // namespace

ListReading read_list_file(const std::string& path, WallTime now, const SecretHash& hash,
                           FunctionRef<bool()> is_cancelled) {
  ListReading reading;
  ListFile file(path);
  reading.reason = file.open();
  if (!reading.reason.empty()) return reading;
  ListText text(file.size() / kShortestLine + 1);
  reading.reason = file.read(text, is_cancelled);
  if (!reading.reason.empty()) return reading;
  reading.tally = text.tally();
  reading.list = AccessList(text.hashes(), hash);
  // What is still being written has no other fault yet.
  if (reading.reason = file.unsettled(now); !reading.reason.empty()) {
    reading.outcome = ListOutcome::read_again;
  } else if (reading.reason = unusable(file, reading.tally); reading.reason.empty()) {
    reading.outcome = ListOutcome::loaded;
  }
  return reading;
}

}  // namespace ot
