#include "stats/traffic.h"

#include "base/duration_text.h"
#include "stats/networks.h"

namespace ot {
namespace {

using Tally = std::optional<NetworkTally>;
using TallyOfLog = Tally TrafficLog::*;

const Tally* tally_of(const StatsSnapshot& snapshot, TallyOfLog tally) {
  if (snapshot.traffic == nullptr || !(snapshot.traffic->*tally)) return nullptr;
  return &(snapshot.traffic->*tally);
}

std::string networks_text(const StatsSnapshot& snapshot, TallyOfLog which) {
  const Tally* tally = tally_of(snapshot, which);
  if (tally == nullptr) return "\n";
  std::string out;
  (*tally)->for_each_size(
      [&out](unsigned bits, const auto& ranking) { append_networks(rows_of(ranking, bits), out); });
  return out;
}

std::string networks_json(const StatsSnapshot& snapshot, TallyOfLog which,
                          std::string_view counted) {
  JsonWriter json;
  json.begin_object();
  if (const Tally* tally = tally_of(snapshot, which)) {
    (*tally)->for_each_size([&](unsigned bits, const auto& ranking) {
      write_networks(rows_of(ranking, bits), counted, json, true);
    });
  }
  json.end_object();
  return json.finish();
}

// All loops.
uint64_t asked(const StatsSnapshot& snapshot, size_t row) {
  return snapshot.sum([row](const Statistics& loop) {
    const TrafficLog* traffic = loop.traffic();
    return traffic != nullptr && traffic->numwants ? traffic->numwants->count(row) : 0;
  });
}

// Calls use(numwant, count) for each number that was asked for.
template <typename Use>
void for_each_asked(const StatsSnapshot& snapshot, Use use) {
  for (size_t numwant = 0; numwant < NumwantHistogram::kExact; ++numwant) {
    if (const uint64_t count = asked(snapshot, numwant); count != 0) use(numwant, count);
  }
}

}  // namespace

namespace stats_text {

std::string busy(const StatsSnapshot& snapshot) {
  return networks_text(snapshot, &TrafficLog::connections);
}

std::string woodpeckers(const StatsSnapshot& snapshot) {
  return networks_text(snapshot, &TrafficLog::woodpeckers);
}

std::string numwants(const StatsSnapshot& snapshot) {
  const auto line = [](const std::string& what, uint64_t count) {
    return what + " " + decimal_text(count) + "\n";
  };
  std::string out = line("default", asked(snapshot, NumwantHistogram::kDefault));
  for_each_asked(
      snapshot, [&](size_t numwant, uint64_t count) { out += line(decimal_text(numwant), count); });
  return out + line("more", asked(snapshot, NumwantHistogram::kMore));
}

}  // namespace stats_text

namespace stats_json {

std::string busy(const StatsSnapshot& snapshot) {
  return networks_json(snapshot, &TrafficLog::connections, "connections");
}

std::string woodpeckers(const StatsSnapshot& snapshot) {
  return networks_json(snapshot, &TrafficLog::woodpeckers, "announces");
}

std::string numwants(const StatsSnapshot& snapshot) {
  JsonWriter json;
  json.begin_object();
  json.number("default", asked(snapshot, NumwantHistogram::kDefault));
  json.begin_array("numwants");
  for_each_asked(snapshot, [&json](size_t numwant, uint64_t count) {
    json.begin_object();
    json.number("numwant", numwant);
    json.number("announces", count);
    json.end_object();
  });
  json.end_array();
  json.number("more", asked(snapshot, NumwantHistogram::kMore));
  json.end_object();
  return json.finish();
}

}  // namespace stats_json
}  // namespace ot
