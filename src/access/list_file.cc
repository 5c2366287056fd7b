#include "access/list_file.h"

#include <sys/stat.h>

#include <optional>

#include "base/regular_file.h"

namespace ot {
namespace {

constexpr size_t kChunk = size_t{64} << 10U;
constexpr uint64_t kShortestLine = 41;

// Changes whenever somebody writes to the file.
struct FileState {
  uint64_t size = 0;
  WallTime modified;

  friend bool operator==(const FileState&, const FileState&) = default;
};

using Reason = std::string;

class ListFile {
 public:
  explicit ListFile(const std::string& path) : path_(path) {}

  // Each step returns why it failed, or an empty reason.
  Reason open();
  Reason read(ListText& text, FunctionRef<bool()> is_cancelled);
  // Why the file may be half written, or an empty reason.
  [[nodiscard]] Reason unsettled(WallTime now) const;
  [[nodiscard]] Reason say(std::string_view what) const { return path_ + ": " + std::string(what); }
  [[nodiscard]] uint64_t size() const { return before_.size; }

 private:
  [[nodiscard]] Reason failed_call() const { return last_error(path_).take().message(); }
  // The current state of the file; false, with errno set, if fstat(2) fails.
  [[nodiscard]] bool look(FileState& state) const;

  const std::string& path_;
  std::optional<RegularFile> file_;
  FileState before_;
  FileState after_;
  uint64_t bytes_read_ = 0;
};

bool ListFile::look(FileState& state) const {
  struct stat status = {};
  if (::fstat(file_->descriptor(), &status) != 0) return false;
  const auto since_1970 = std::chrono::seconds(status.st_mtim.tv_sec) +
                          std::chrono::nanoseconds(status.st_mtim.tv_nsec);
  state = {static_cast<uint64_t>(status.st_size), WallTime(since_1970)};
  return true;
}

Reason ListFile::open() {
  auto opened = RegularFile::open(path_, "info_hashes");
  if (!opened) return opened.error();
  file_ = std::move(*opened);
  if (!look(before_)) return failed_call();
  if (before_.size > kMaxListFile) return say("is larger than the maximum of 1 GiB");
  return {};
}

Reason ListFile::read(ListText& text, FunctionRef<bool()> is_cancelled) {
  std::vector<uint8_t> buffer(kChunk);
  while (bytes_read_ <= kMaxListFile) {
    if (is_cancelled()) return say("reading was cancelled");
    const auto size = file_->read(buffer);
    if (!size) return size.error();
    if (*size == 0) break;
    text.add(ByteView(buffer).first(*size));
    bytes_read_ += *size;
  }
  text.finish();
  return look(after_) ? Reason() : failed_call();
}

Reason ListFile::unsettled(WallTime now) const {
  if (before_ != after_ || bytes_read_ != after_.size) return say("changed while it was read");
  // A time in the future means that the clock was set back: do not wait for it.
  const Duration age = now - after_.modified;
  if (age >= -Duration(kSettleTime) && age < kSettleTime) return say("was written just now");
  return {};
}

Reason unusable(const ListFile& file, const ListTotals& totals) {
  if (totals.lines == 0)
    return file.say("is empty; for an empty list, write a comment line that begins with #");
  if (totals.faulty == 0 || totals.hashes != 0) return {};
  const FaultyLine& first = totals.first_faulty.front();
  return file.say("has no valid line; line " + std::to_string(first.number) + " is " +
                  std::string(describe(first.fault)));
}

}  // namespace

void ListText::add(ByteView chunk) {
  splitter_.add(as_text(chunk), [this](const TextLine& line) { take(line); });
}

void ListText::finish() {
  splitter_.finish([this](const TextLine& line) { take(line); });
}

// A line that was cut is judged by what is left of it, since only its comment can be that long.
void ListText::take(const TextLine& line) {
  ++totals_.lines;
  const HashLine parsed = parse_hash_line(line.text);
  if (parsed.kind == HashLine::Kind::hash) {
    hashes_.push_back(parsed.info_hash);
    ++totals_.hashes;
  } else if (parsed.kind == HashLine::Kind::faulty) {
    ++totals_.faulty;
    if (totals_.first_faulty.size() < ListTotals::kReported)
      totals_.first_faulty.push_back({totals_.lines, parsed.fault});
  }
}

ListReading read_list_file(const std::string& path, WallTime now, const SecretHash& hash,
                           FunctionRef<bool()> is_cancelled) {
  ListReading reading;
  ListFile file(path);
  reading.reason = file.open();
  if (!reading.reason.empty()) return reading;
  ListText text(file.size() / kShortestLine + 1);
  reading.reason = file.read(text, is_cancelled);
  if (!reading.reason.empty()) return reading;
  reading.totals = text.totals();
  reading.list = AccessList(text.hashes(), hash);
  // First, because a file that is still being written may look empty or faulty.
  if (reading.reason = file.unsettled(now); !reading.reason.empty()) {
    reading.outcome = ListOutcome::read_again;
  } else if (reading.reason = unusable(file, reading.totals); reading.reason.empty()) {
    reading.outcome = ListOutcome::loaded;
  }
  return reading;
}

}  // namespace ot
