#include "access/network_file.h"

#include <sys/stat.h>

#include <utility>

#include "access/networks.h"
#include "base/regular_file.h"

namespace ot {
namespace {

constexpr size_t kChunk = size_t{64} << 10U;
constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

// Changes whenever somebody writes to the file.
struct FileState {
  uint64_t size = 0;
  WallTime modified;

  friend bool operator==(const FileState&, const FileState&) = default;
};

// Nothing, with errno set, if fstat(2) fails.
std::optional<FileState> state_of(const RegularFile& file) {
  struct stat status = {};
  if (::fstat(file.descriptor(), &status) != 0) return std::nullopt;
  const auto since_1970 = std::chrono::seconds(status.st_mtim.tv_sec) +
                          std::chrono::nanoseconds(status.st_mtim.tv_nsec);
  return FileState{static_cast<uint64_t>(status.st_size), WallTime(since_1970)};
}

// A time in the future means that the clock was set back: do not wait for it.
bool is_young(WallTime modified, WallTime now) {
  const Duration age = now - modified;
  return age >= -Duration(kNetworkFileSettles) && age < kNetworkFileSettles;
}

// Reads the file to its end and returns how many bytes that was.
Result<uint64_t, std::string> read_all(RegularFile& file, const std::string& path,
                                       NetworkText& text, FunctionRef<bool()> is_cancelled) {
  std::vector<uint8_t> buffer(kChunk);
  uint64_t total = 0;
  while (total <= kMaxNetworkFile) {
    if (is_cancelled()) return Unexpected(path + ": reading was cancelled");
    const auto size = file.read(buffer);
    if (!size) return Unexpected(size.error());
    if (*size == 0) {
      text.finish();
      return total;
    }
    text.add(ByteView(buffer).first(*size));
    total += *size;
  }
  return Unexpected(path + ": is larger than the maximum of 64 MiB");
}

// Why the text cannot be used, or an empty reason.
std::string unusable(const NetworkText& text, EmptyFile empty) {
  const NetworkFileTotals& totals = text.totals();
  if (text.is_utf16()) return "is UTF-16 text; save it as UTF-8 or ASCII";
  if (totals.lines == 0 && empty == EmptyFile::refused)
    return "is empty; for an empty list, write a comment line that begins with #";
  if (totals.faulty == 0 || !text.networks().empty()) return {};
  const NetworkFileTotals::Faulty& first = totals.first_faulty.front();
  return "has no valid line; line " + std::to_string(first.number) + " is " +
         std::string(describe(first.fault));
}

}  // namespace

void NetworkText::add(ByteView chunk) {
  splitter_.add(as_text(chunk), [this](const TextLine& line) { take(line); });
}

void NetworkText::finish() {
  splitter_.finish([this](const TextLine& line) { take(line); });
}

void NetworkText::take(const TextLine& line) {
  std::string_view text = line.text;
  if (totals_.lines == 0) {
    if (text.starts_with(kByteOrderMark)) text.remove_prefix(kByteOrderMark.size());
    is_utf16_ = text.starts_with("\xFF\xFE") || text.starts_with("\xFE\xFF");
  }
  ++totals_.lines;
  const NetworkLine parsed = parse_network_line(text);
  if (parsed.kind == NetworkLine::Kind::faulty) {
    ++totals_.faulty;
    if (totals_.first_faulty.size() < NetworkFileTotals::kReported)
      totals_.first_faulty.push_back({totals_.lines, parsed.fault});
  } else if (parsed.kind == NetworkLine::Kind::network) {
    networks_.push_back(*parsed.network);
    if (!has_host_bits(*parsed.network)) return;
    ++totals_.widened;
    if (totals_.first_widened.size() < NetworkFileTotals::kReported)
      totals_.first_widened.push_back({totals_.lines, *parsed.network});
  }
}

NetworkFileReading read_network_file(const std::string& path, EmptyFile empty, WallTime now,
                                     FunctionRef<bool()> is_cancelled) {
  NetworkFileReading reading;
  const auto refuse = [&reading](std::string reason) {
    reading.reason = std::move(reason);
    return std::move(reading);
  };
  auto file = RegularFile::open(path, "networks");
  if (!file) return refuse(file.error());
  const auto before = state_of(*file);
  NetworkText text;
  const auto size = read_all(*file, path, text, is_cancelled);
  if (!size) return refuse(size.error());
  const auto after = state_of(*file);
  if (!before || !after) return refuse(last_error(path).take().message());
  reading.is_settled = before == after && *size == after->size && !is_young(after->modified, now);
  reading.totals = text.totals();
  if (const std::string reason = unusable(text, empty); !reason.empty())
    return refuse(path + ": " + reason);
  reading.networks = text.take_networks();
  return reading;
}

}  // namespace ot
