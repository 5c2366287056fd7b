#include "access/network_file.h"

#include <sys/stat.h>

#include <algorithm>
#include <utility>

#include "access/networks.h"
#include "base/regular_file.h"

namespace ot {
namespace {

constexpr size_t kChunk = size_t{64} << 10U;

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
std::string unusable(const NetworkText& text, const std::string& path, EmptyFile empty) {
  const NetworkFileTotals& totals = text.totals();
  if (!text.networks().empty()) return {};
  if (const std::string_view encoding = text.wide_encoding(); !encoding.empty())
    return refuse_encoding(encoding, path);
  if (totals.lines == 0 && empty == EmptyFile::refused)
    return "is empty; for an empty list, write a comment line that begins with #";
  if (totals.faulty == 0) return {};
  const NetworkFileTotals::Faulty& first = totals.first_faulty.front();
  return "has no valid line; line " + std::to_string(first.number) + " is " +
         std::string(describe(first.fault));
}

// "3 networks have bits set after the prefix and count as a whole (line 2: 10.0.0.5/8, ...)"
std::string widened_text(const NetworkFileTotals& totals) {
  std::string text =
      std::to_string(totals.widened) +
      (totals.widened == 1 ? " network has bits set after its prefix and counts as a whole ("
                           : " networks have bits set after their prefixes and count as a whole (");
  std::string_view separator;
  for (const NetworkFileTotals::Widened& line : totals.first_widened) {
    text += std::string(separator) + "line " + std::to_string(line.number) + ": " +
            line.network.to_string();
    separator = ", ";
  }
  return text + (totals.widened > totals.first_widened.size() ? ", ...)" : ")");
}

}  // namespace

std::vector<std::string> doubts_about(const NetworkFileReading& reading,
                                      std::string_view everybody) {
  std::vector<std::string> doubts;
  if (reading.totals.widened > 0) doubts.push_back(widened_text(reading.totals));
  const auto is_everybody = [](const Network& one) { return one.prefix_bits() == 0; };
  if (std::any_of(reading.networks.begin(), reading.networks.end(), is_everybody))
    doubts.push_back("contains every address of a family: " + std::string(everybody));
  return doubts;
}

void NetworkText::add(ByteView chunk) {
  beginning_.add(as_text(chunk));
  splitter_.add(as_text(chunk), [this](const TextLine& line) { take(line); });
}

void NetworkText::finish() {
  if (totals_.lines == 0 && splitter_.pending().text == kUtf8Mark) splitter_.forget_pending();
  splitter_.finish([this](const TextLine& line) { take(line); });
}

void NetworkText::take(TextLine line) {
  if (++totals_.lines == 1 && line.text.starts_with(kUtf8Mark))
    line.text.remove_prefix(kUtf8Mark.size());
  const NetworkLine parsed = parse_network_line(line.text);
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
  if (const std::string reason = unusable(text, path, empty); !reason.empty())
    return refuse(path + ": " + reason);
  reading.networks = text.take_networks();
  return reading;
}

}  // namespace ot
