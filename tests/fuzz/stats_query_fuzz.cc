// Any query of the statistics: it asks for a page that can be printed or for a dump in a form there
// is, or the refusal is a sentence of ours that fits an error page.
#include <array>
#include <cstdlib>

#include "service/stats_modes.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace ot;
  const auto question = parse_stats_query(as_text({data, size}));
  if (!question) {
    const std::string& reason = question.error().reason;
    if (reason.empty() || reason.size() > kMaxStatsRefusal) abort();
    return 0;
  }
  if (question->dump) {
    std::array<uint8_t, kMaxDumpRow> room{};
    ByteWriter writer(room);
    dump_form(*question->dump).write_row(writer, {});
    if (writer.failed() || writer.size() < InfoHash::kSize) abort();
    return 0;
  }
  const Statistics statistics;
  const std::array<const Statistics*, 1> loops{&statistics};
  const WalkFindings findings;
  StatsSnapshot snapshot;
  snapshot.loops = loops;
  snapshot.walk = &findings;
  if (question->print(snapshot).empty()) abort();
  return 0;
}
