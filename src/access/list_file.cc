#include "access/list_file.h"

#include <sys/stat.h>

#include <optional>

#include "base/regular_file.h"

namespace ot {
namespace {

constexpr size_t kChunk = size_t{64} << 10U;
constexpr uint64_t kShortestLine = 41;

using Reason = std::string;

class ListFile {
 public:
  explicit ListFile(const std::string& path) : path_(path) {}

  // Each step returns why it failed, or an empty reason.
  Reason open();
  Reason read(ListText& text, FunctionRef<bool()> is_cancelled);
  // Why the file may be half written, or an empty text.
  [[nodiscard]] std::string_view unsettled(WallTime now) const;
  [[nodiscard]] Reason say(std::string_view what) const { return path_ + ": " + std::string(what); }
  [[nodiscard]] uint64_t size() const { return before_.size; }
  // After the read, without its content.
  [[nodiscard]] const ListVersion& version() const { return after_; }

 private:
  [[nodiscard]] Reason failed_call() const { return last_error(path_).take().message(); }
  // The current state of the file; false, with errno set, if fstat(2) fails.
  [[nodiscard]] bool look(ListVersion& state) const;

  const std::string& path_;
  std::optional<RegularFile> file_;
  ListVersion before_;
  ListVersion after_;
  uint64_t bytes_read_ = 0;
};

bool ListFile::look(ListVersion& state) const {
  struct stat status = {};
  if (::fstat(file_->descriptor(), &status) != 0) return false;
  const auto since_1970 = std::chrono::seconds(status.st_mtim.tv_sec) +
                          std::chrono::nanoseconds(status.st_mtim.tv_nsec);
  state.inode = status.st_ino;
  state.size = static_cast<uint64_t>(status.st_size);
  state.modified = WallTime(since_1970);
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

std::string_view ListFile::unsettled(WallTime now) const {
  if (before_ != after_ || bytes_read_ != after_.size) return "it changed while it was read";
  // A time in the future means that the clock was set back: that says nothing about the file.
  const Duration age = now - after_.modified;
  if (age >= -Duration(kSettleTime) && age < kSettleTime) return "it was written just now";
  return {};
}

Reason unusable(const ListFile& file, const std::string& path, const ListText& text) {
  const ListTotals& totals = text.totals();
  if (totals.hashes != 0) return {};
  if (const std::string_view encoding = text.wide_encoding(); !encoding.empty())
    return file.say(refuse_encoding(encoding, path));
  if (totals.faulty == 0) return {};
  const FaultyLine& first = totals.first_faulty.front();
  return file.say("has no valid line; line " + std::to_string(first.number) + " is " +
                  std::string(describe(first.fault)));
}

uint64_t sum_of(std::span<const InfoHash> hashes, const SecretHash& hash) {
  uint64_t sum = hashes.size();
  for (const InfoHash& info_hash : hashes) sum += hash(info_hash.bytes);
  return sum;
}

}  // namespace

void ListText::add(ByteView chunk) {
  beginning_.add(as_text(chunk));
  splitter_.add(as_text(chunk), [this](const TextLine& line) { take(line); });
}

void ListText::finish() {
  if (totals_.lines == 0 && splitter_.pending().text == kUtf8Mark) splitter_.forget_pending();
  splitter_.finish([this](const TextLine& line) { take(line); });
}

// A line that was cut is judged by what is left of it, since only its comment can be that long.
void ListText::take(TextLine line) {
  if (++totals_.lines == 1 && line.text.starts_with(kUtf8Mark))
    line.text.remove_prefix(kUtf8Mark.size());
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
  reading.version = file.version();
  reading.version.content = sum_of(text.hashes(), hash);
  reading.unsettled = file.unsettled(now);
  reading.reason = unusable(file, path, text);
  if (!reading.reason.empty()) return reading;
  reading.list = AccessList(text.hashes(), hash);
  reading.outcome = reading.totals.lines == 0 ? ListOutcome::nothing : ListOutcome::loaded;
  return reading;
}

}  // namespace ot
