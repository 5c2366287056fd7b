#include "stats/fulllog.h"

#include <algorithm>

#include "base/duration_text.h"
#include "stats/json_writer.h"
#include "stats/traffic.h"

namespace ot {
namespace {

// The most a request takes besides its bytes.
constexpr size_t kLine = 200;
// A byte becomes \xHH, and JSON writes the backslash twice.
constexpr size_t kPerByte = 5;
// The networks, each with its quotes and its comma, and the numbers around them.
constexpr size_t kAround = RequestLog::kMaxNetworks * 48 + 256;
constexpr size_t kRoom = kMaxTrafficPage - kAround;
static_assert(kPerByte * RequestLog::kMaxRequest + kLine <= kRoom, "one has to fit");

// Numbers of requests; without `end`.
struct PageRange {
  uint64_t begin;
  uint64_t end;
};

size_t room_for(const RequestLog& log, uint64_t number) {
  return kLine + kPerByte * log.request(number).bytes.size();
}

// The newest that fit.
PageRange newest(const RequestLog& log) {
  PageRange page{log.next(), log.next()};
  for (size_t used = 0; page.begin > log.first(); --page.begin) {
    used += room_for(log, page.begin - 1);
    if (used > kRoom) break;
  }
  return page;
}

// Those from `number` on that fit.
PageRange from(const RequestLog& log, uint64_t number) {
  const uint64_t begin = std::clamp(number, log.first(), log.next());
  PageRange page{begin, begin};
  for (size_t used = 0; page.end < log.next(); ++page.end) {
    used += room_for(log, page.end);
    if (used > kRoom) break;
  }
  return page;
}

PageRange page_of(const RequestLog& log, const StatsSnapshot& snapshot) {
  return snapshot.requests_from ? from(log, *snapshot.requests_from) : newest(log);
}

const RequestLog* log_of(const StatsSnapshot& snapshot) {
  if (snapshot.traffic == nullptr || !snapshot.traffic->requests) return nullptr;
  return &*snapshot.traffic->requests;
}

std::string_view name_of(Transport transport) {
  return transport == Transport::tcp ? "tcp" : "udp";
}

std::string time_text(WallTime time) {
  std::string text;
  append_time(text, time);
  return text;
}

std::string source_text(const Endpoint& source) {
  return source.port == 0 ? source.address.to_string() : source.to_string();
}

std::string line_of(uint64_t number, const LoggedRequest& request) {
  return decimal_text(number) + " " + time_text(request.time) + " " +
         std::string(name_of(request.transport)) + " " + source_text(request.source) + " " +
         decimal_text(request.size) + " " + request_text(request) + "\n";
}

void write_request(uint64_t number, const LoggedRequest& request, JsonWriter& json) {
  json.begin_object();
  json.number("number", number);
  json.text("time", time_text(request.time));
  json.text("transport", name_of(request.transport));
  json.text("source", source_text(request.source));
  json.number("size", request.size);
  json.text("request", request_text(request));
  json.end_object();
}

}  // namespace

std::string stats_text::fulllog(const StatsSnapshot& snapshot) {
  const RequestLog* log = log_of(snapshot);
  if (log == nullptr) return "\n";
  std::string out = "networks:";
  for (const Network& network : log->networks()) out += " " + network.to_string();
  const PageRange page = page_of(*log, snapshot);
  out += "\noldest " + decimal_text(log->first()) + ", next " + decimal_text(page.end) +
         ", recorded " + decimal_text(log->next()) + "\n";
  for (uint64_t number = page.begin; number < page.end; ++number)
    out += line_of(number, log->request(number));
  return out;
}

std::string stats_json::fulllog(const StatsSnapshot& snapshot) {
  JsonWriter json;
  json.begin_object();
  if (const RequestLog* log = log_of(snapshot)) {
    json.begin_array("networks");
    for (const Network& network : log->networks()) json.text(network.to_string());
    json.end_array();
    const PageRange page = page_of(*log, snapshot);
    json.number("oldest", log->first());
    json.number("next", page.end);
    json.number("recorded", log->next());
    json.begin_array("requests");
    for (uint64_t number = page.begin; number < page.end; ++number)
      write_request(number, log->request(number), json);
    json.end_array();
  }
  json.end_object();
  return json.finish();
}

}  // namespace ot
