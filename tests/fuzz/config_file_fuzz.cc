// Any bytes as a configuration file. An accepted file must be printed as a file with the same
// settings; errors must be printable lines.
#include <cstdlib>
#include <string>

#include "base/bytes.h"
#include "base/text.h"
#include "config/config_file.h"
#include "config/configuration.h"

namespace {

using namespace ot;

void require(bool holds) {
  if (!holds) abort();
}

void check_lines(std::string_view text) {
  uint32_t before = 0;
  for (const ConfigLine& line : parse_config(text)) {
    require(line.number > before);
    before = line.number;
    require(line.key.empty() == !line.fault.empty());
    require(line.key.find_first_of(" \t\n") == std::string_view::npos);
    require(line.value.find_first_of("\n\r") == std::string_view::npos);
  }
}

void check_bounds(const TrackerSettings& tracker) {
  require(tracker.interval < tracker.peer_timeout);
  require(tracker.interval_jitter <= tracker.interval);
  require(tracker.min_interval <= tracker.interval);
  require(tracker.numwant_default <= tracker.numwant_max);
  require(tracker.redirect_url.size() <= 256);
}

std::string values_of(const Configuration& configuration) {
  std::string text;
  for (const ConfigEntry& entry : configuration.entries)
    text += std::string(entry.key->name) + " " + entry.value + "\n";
  return text;
}

void check_configuration(std::string_view text) {
  const Configuration configuration = configure(text, "fuzz.conf");
  for (const ConfigError& error : configuration.errors) {
    require(error.message.starts_with("fuzz.conf:") || error.message.ends_with(" more errors"));
    require(printable(error.message) == error.message);
  }
  if (!configuration.errors.empty()) return;
  check_bounds(configuration.settings.tracker);
  const Configuration again = configure(effective_configuration(configuration), "again.conf");
  require(again.errors.empty());
  require(values_of(again) == values_of(configuration));
}

constexpr size_t kLongestForDoor = 256;

}  // namespace

// Setting values costs at least fifty times as much as splitting the text into lines, so only
// inputs of every eighth length up to kLongestForDoor go that far; the stored inputs are padded to
// such a length.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text = as_text({data, size});
  check_lines(text);
  if (size % 8 == 0 && size <= kLongestForDoor) check_configuration(text);
  return 0;
}
