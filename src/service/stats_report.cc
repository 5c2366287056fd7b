#include "service/stats_report.h"

#include <algorithm>
#include <array>

namespace ot {
namespace {

constexpr std::array<std::string_view, kHttpErrors> kHttpErrorNames{
    "302 Redirect",
    "400 Parse Error",
    "400 Invalid Parameter",
    "400 Invalid Parameter (compact=0)",
    "400 Not Modest",
    "402 Payment Required",
    "403 Access Denied",
    "404 Not found",
    "500 Internal Server Error"};

// One sum over all loops.
template <typename Read>
uint64_t sum(const StatsSnapshot& snapshot, Read read) {
  uint64_t total = 0;
  for (const Statistics* loop : snapshot.loops) total += read(*loop);
  return total;
}

uint64_t actions(const StatsSnapshot& snapshot, Transport transport, Action action) {
  return sum(snapshot, [&](const Statistics& loop) { return loop.actions(transport, action); });
}

uint64_t actions4(const StatsSnapshot& snapshot, Transport transport, Action action) {
  return sum(snapshot,
             [&](const Statistics& loop) { return loop.actions(transport, Family::v4, action); });
}

uint64_t completed(const StatsSnapshot& snapshot) {
  return sum(snapshot, [](const Statistics& loop) { return loop.completed(); });
}

uint64_t seconds(const StatsSnapshot& snapshot) {
  return static_cast<uint64_t>(std::max<int64_t>(1, snapshot.uptime.count()));
}

std::string text(uint64_t number) { return std::to_string(number); }

// The four lines MRTG reads.
struct MrtgBlock {
  uint64_t first;
  uint64_t second;
  std::string sentence;
};

std::string print(const StatsSnapshot& snapshot, const MrtgBlock& block) {
  const auto uptime = static_cast<uint64_t>(snapshot.uptime.count());
  return text(block.first) + "\n" + text(block.second) + "\n" + text(uptime) + " seconds (" +
         text(uptime / 3600) + " hours)\n" + block.sentence;
}

std::string print_swarm(const StatsSnapshot& snapshot, uint64_t first, uint64_t second) {
  return text(first) + "\n" + text(second) + "\nopentracker serving " +
         text(snapshot.table.torrents) + " torrents\nopentracker";
}

std::string print_peer(const StatsSnapshot& snapshot) {
  return print_swarm(snapshot, snapshot.table.peers, snapshot.table.seeders);
}

std::string print_torr(const StatsSnapshot& snapshot) {
  return print_swarm(snapshot, snapshot.table.torrents, 0);
}

std::string print_rates(const StatsSnapshot& snapshot, std::string_view title, uint64_t contacts,
                        uint64_t successes) {
  return print(snapshot,
               {contacts, successes,
                "opentracker " + std::string(title) + ", " + text(contacts / seconds(snapshot)) +
                    " conns/s :: " + text(successes / seconds(snapshot)) + " success/s."});
}

std::string print_conn(const StatsSnapshot& snapshot) {
  return print_rates(snapshot, "connections",
                     actions(snapshot, Transport::tcp, Action::contact) +
                         actions(snapshot, Transport::udp, Action::contact),
                     actions(snapshot, Transport::tcp, Action::announce) +
                         actions(snapshot, Transport::udp, Action::announce) +
                         actions(snapshot, Transport::udp, Action::connect));
}

std::string print_tcp4(const StatsSnapshot& snapshot) {
  return print_rates(snapshot, "tcp4 stats", actions4(snapshot, Transport::tcp, Action::contact),
                     actions4(snapshot, Transport::tcp, Action::announce));
}

std::string print_udp4(const StatsSnapshot& snapshot) {
  return print_rates(snapshot, "udp4 stats", actions4(snapshot, Transport::udp, Action::contact),
                     actions4(snapshot, Transport::udp, Action::announce) +
                         actions4(snapshot, Transport::udp, Action::connect));
}

std::string print_scrp(const StatsSnapshot& snapshot) {
  const uint64_t tcp = actions(snapshot, Transport::tcp, Action::scrape);
  const uint64_t udp = actions(snapshot, Transport::udp, Action::scrape);
  return print(snapshot, {tcp, udp,
                          "opentracker scrape stats, " + text((tcp + udp) / seconds(snapshot)) +
                              " scrape/s (tcp and udp)"});
}

std::string print_version(const StatsSnapshot& snapshot) {
  const std::string_view separator = snapshot.features.empty() ? "" : " ";
  return std::string(snapshot.version) + std::string(separator) + std::string(snapshot.features) +
         "\n";
}

// Elements by depth: scripts read this document by position, so order and white space are part of
// it.
class XmlPrinter {
 public:
  explicit XmlPrinter(std::string& out) : out_(out) {}

  void open(std::string_view tag) {
    line("<" + std::string(tag) + ">");
    ++depth_;
  }
  void close(std::string_view tag) {
    --depth_;
    line("</" + std::string(tag) + ">");
  }
  void leaf(std::string_view tag, std::string_view value) { leaf(tag, "", value); }
  void leaf(std::string_view tag, uint64_t value) { leaf(tag, "", text(value)); }
  void leaf(std::string_view tag, std::string_view attributes, std::string_view value) {
    line("<" + std::string(tag) + std::string(attributes) + ">" + std::string(value) + "</" +
         std::string(tag) + ">");
  }

 private:
  void line(const std::string& content) { out_ += std::string(2 * depth_, ' ') + content + "\n"; }

  std::string& out_;
  size_t depth_ = 0;
};

void print_connections(const StatsSnapshot& snapshot, XmlPrinter& xml) {
  const auto leaf = [&](std::string_view tag, Transport transport, Action action) {
    xml.leaf(tag, actions(snapshot, transport, action));
  };
  xml.open("connections");
  xml.open("tcp");
  leaf("accept", Transport::tcp, Action::contact);
  leaf("announce", Transport::tcp, Action::announce);
  leaf("scrape", Transport::tcp, Action::scrape);
  xml.close("tcp");
  xml.open("udp");
  leaf("overall", Transport::udp, Action::contact);
  leaf("connect", Transport::udp, Action::connect);
  leaf("announce", Transport::udp, Action::announce);
  leaf("scrape", Transport::udp, Action::scrape);
  leaf("missmatch", Transport::udp, Action::mismatch);
  xml.close("udp");
  xml.open("livesync");
  xml.leaf("count", uint64_t{0});
  xml.close("livesync");
  xml.close("connections");
}

void print_debug(const StatsSnapshot& snapshot, XmlPrinter& xml) {
  xml.open("debug");
  xml.open("renew");
  for (size_t row = 0; row < Statistics::kRenewRows; ++row) {
    const std::string minutes = (row < 10 ? "0" : "") + text(row);
    xml.leaf("count", " interval=\"" + minutes + "\"",
             text(sum(snapshot, [row](const Statistics& loop) { return loop.renewed(row); })));
  }
  xml.close("renew");
  xml.open("http_error");
  for (size_t row = 0; row < kHttpErrors; ++row) {
    const auto error = static_cast<HttpError>(row);
    xml.leaf(
        "count", " code=\"" + std::string(kHttpErrorNames[row]) + "\"",
        text(sum(snapshot, [error](const Statistics& loop) { return loop.http_errors(error); })));
  }
  xml.close("http_error");
  xml.open("mutex_stall");
  xml.leaf("count", uint64_t{0});
  xml.close("mutex_stall");
  xml.close("debug");
}

std::string print_everything(const StatsSnapshot& snapshot) {
  std::string out = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";
  XmlPrinter xml(out);
  const auto counted = [&](std::string_view tag, uint64_t value) {
    xml.open(tag);
    xml.leaf("count", value);
    xml.close(tag);
  };
  xml.open("stats");
  xml.leaf("tracker_id", uint64_t{snapshot.tracker_id});
  out += "  <version>\n" + print_version(snapshot) + "  </version>\n";
  xml.leaf("uptime", static_cast<uint64_t>(snapshot.uptime.count()));
  xml.open("torrents");
  xml.leaf("count_mutex", snapshot.torrents_counted);
  xml.leaf("count_iterator", snapshot.table.torrents);
  xml.close("torrents");
  counted("peers", snapshot.table.peers);
  counted("seeds", snapshot.table.seeders);
  counted("completed", completed(snapshot));
  print_connections(snapshot, xml);
  print_debug(snapshot, xml);
  xml.close("stats");
  out.pop_back();  // the reference ends without a newline
  return out;
}

struct Mode {
  std::string_view name;
  std::string (*print)(const StatsSnapshot&);
};

constexpr std::array<Mode, 8> kModes{{
    {"peer", print_peer},
    {"conn", print_conn},
    {"tcp4", print_tcp4},
    {"udp4", print_udp4},
    {"scrp", print_scrp},
    {"torr", print_torr},
    {"version", print_version},
    {"everything", print_everything},
}};

constexpr std::array<std::string_view, 8> kNamingModes{
    "top10", "top100", "tpbs", "statedump", "s24s", "busy", "woodpeckers", "fulllog"};

}  // namespace

bool shows_names(std::string_view mode) {
  return std::find(kNamingModes.begin(), kNamingModes.end(), mode) != kNamingModes.end();
}

std::string stats_report(std::string_view mode, const StatsSnapshot& snapshot) {
  const auto* found = std::find_if(kModes.begin(), kModes.end(),
                                   [mode](const Mode& row) { return row.name == mode; });
  return found == kModes.end() ? std::string() : found->print(snapshot);
}

}  // namespace ot
