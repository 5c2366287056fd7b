#include "stats/json.h"

#include <algorithm>
#include <cassert>

#include "stats/groups.h"
#include "stats/networks.h"

namespace ot::stats_json {
namespace {

// A document that is one object; `fill` writes what is in it.
template <typename Fill>
std::string document(Fill fill) {
  JsonWriter json;
  json.begin_object();
  fill(json);
  json.end_object();
  return json.finish();
}

uint64_t whole_value(const Figure& figure, const StatsSnapshot& snapshot) {
  constexpr uint64_t kNanosecondsPerMillisecond = 1'000'000;
  const uint64_t value = figure.read(snapshot);
  return figure.unit == Unit::nanoseconds ? value / kNanosecondsPerMillisecond : value;
}

void write_torrents(std::string_view name, const std::vector<RankedTorrent>& torrents, size_t limit,
                    JsonWriter& json) {
  json.begin_array(name);
  for (size_t i = 0; i < std::min(limit, torrents.size()); ++i) {
    json.begin_object();
    json.text("info_hash", to_hex(torrents[i].info_hash));
    json.number("count", torrents[i].count);
    json.end_object();
  }
  json.end_array();
}

std::string top(const StatsSnapshot& snapshot, size_t limit) {
  assert(snapshot.walk != nullptr);
  return document([&](JsonWriter& json) {
    write_torrents("by_peers", snapshot.walk->by_peers, limit, json);
    write_torrents("by_seeds", snapshot.walk->by_seeders, limit, json);
    write_torrents("by_leechers", snapshot.walk->by_leechers, limit, json);
  });
}

}  // namespace

std::string page_of(std::span<const Figure> figures, const StatsSnapshot& snapshot) {
  return document([&](JsonWriter& json) {
    std::string_view object;
    const auto enter = [&](std::string_view next) {
      if (next == object) return;
      if (!object.empty()) json.end_object();
      if (!next.empty()) json.begin_object(next);
      object = next;
    };
    for (const Figure& figure : figures) {
      enter(figure.object);
      if (figure.write_json != nullptr) figure.write_json(snapshot, json);
      if (!figure.key.empty()) json.number(figure.key, whole_value(figure, snapshot));
    }
    enter("");
  });
}

std::string renew(const StatsSnapshot& snapshot) {
  return document([&](JsonWriter& json) { groups::renewals_json(snapshot, json); });
}

std::string herr(const StatsSnapshot& snapshot) {
  return document([&](JsonWriter& json) { groups::http_errors_json(snapshot, json); });
}

std::string version(const StatsSnapshot& snapshot) {
  return document([&](JsonWriter& json) { groups::version_json(snapshot, json); });
}

std::string everything(const StatsSnapshot& snapshot) {
  assert(snapshot.walk != nullptr);
  return page_of(all_figures(), snapshot);
}

std::string top10(const StatsSnapshot& snapshot) { return top(snapshot, 10); }
std::string top100(const StatsSnapshot& snapshot) { return top(snapshot, 100); }

std::string s24s(const StatsSnapshot& snapshot) {
  assert(snapshot.walk != nullptr);
  return document([&](JsonWriter& json) {
    write_networks(rows_of(snapshot.walk->networks28, 28), "peers", json);
    write_networks(rows_of(snapshot.walk->networks24, 24), "peers", json);
  });
}

}  // namespace ot::stats_json
