// Any query for statistics asks for a page that can be printed or for a dump in a valid form, or is
// refused with a text that fits an error page. The parameters of mode=fulllog are parsed in every
// build; its page, of a request made of the same bytes, is printable ASCII.
#include <array>
#include <cstdlib>

#include "stats/fulllog.h"
#include "stats/modes.h"
#include "stats/traffic.h"

namespace ot {
namespace {

// One for all runs: it takes too much memory to make one for each.
TrafficLog* recording_all() {
  static const ManualClock clock;
  static TrafficLog traffic;
  traffic.requests.emplace(clock);
  if (!traffic.requests->choose(*Network::parse("0.0.0.0/0"))) abort();
  return &traffic;
}

void check_fulllog(ByteView bytes) {
  const auto recording = parse_recording_query(as_text(bytes));
  if (!recording) {
    if (recording.error().empty() || recording.error().size() > kMaxStatsRefusal) abort();
    return;
  }
  static TrafficLog* const traffic = recording_all();
  if (recording->add && !recording->add->contains(recording->add->address())) abort();
  traffic->record_request(Transport::tcp, {*IpAddress::parse("192.0.2.1"), 1}, bytes);
  StatsSnapshot snapshot;
  snapshot.traffic = traffic;
  // Only the newest, without those of all runs before.
  snapshot.requests_from = traffic->requests->next() - 1;
  for (const std::string& page : {stats_text::fulllog(snapshot), stats_json::fulllog(snapshot)}) {
    for (const char c : page) {
      if (c != '\n' && (c < ' ' || c > '~' || c == '<')) abort();
    }
    if (page.size() > kMaxTrafficPage) abort();
  }
}

}  // namespace
}  // namespace ot

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace ot;
  check_fulllog({data, size});
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
