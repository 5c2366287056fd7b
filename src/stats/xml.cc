#include "stats/xml.h"

#include <cassert>

#include "base/duration_text.h"
#include "stats/labels.h"
#include "stats/text.h"

namespace ot::stats_xml {
namespace {

// An element a line, indented by its depth.
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
  void leaf(std::string_view tag, uint64_t value) { leaf(tag, "", decimal_text(value)); }
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
    xml.leaf(tag, snapshot.actions(transport, action));
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
  xml.leaf("count", snapshot.sum([](const Statistics& loop) { return loop.synced_peers(); }));
  xml.close("livesync");
  xml.close("connections");
}

void print_debug(const StatsSnapshot& snapshot, XmlPrinter& xml) {
  xml.open("debug");
  xml.open("renew");
  for (size_t row = 0; row < Statistics::kRenewRows; ++row) {
    xml.leaf("count", " interval=\"" + two_digits(row) + "\"", decimal_text(snapshot.renewed(row)));
  }
  xml.close("renew");
  xml.open("http_error");
  for (const HttpErrorLabel& label : kHttpErrorLabels) {
    xml.leaf("count", " code=\"" + std::string(label.element) + "\"",
             decimal_text(snapshot.http_errors(label.error)));
  }
  xml.close("http_error");
  // Locks are not timed; the element keeps the others in their places.
  xml.open("mutex_stall");
  xml.leaf("count", uint64_t{0});
  xml.close("mutex_stall");
  xml.close("debug");
}

}  // namespace

std::string everything(const StatsSnapshot& snapshot) {
  assert(snapshot.walk != nullptr);
  std::string out = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";
  XmlPrinter xml(out);
  const auto counted = [&](std::string_view tag, uint64_t value) {
    xml.open(tag);
    xml.leaf("count", value);
    xml.close(tag);
  };
  xml.open("stats");
  xml.leaf("tracker_id", uint64_t{snapshot.tracker_id});
  out += "  <version>\n" + stats_text::version(snapshot) + "  </version>\n";
  xml.leaf("uptime", static_cast<uint64_t>(snapshot.uptime.count()));
  xml.open("torrents");
  xml.leaf("count_mutex", snapshot.torrents_counted);
  xml.leaf("count_iterator", snapshot.walk->torrents);
  xml.close("torrents");
  counted("peers", snapshot.table.peers);
  counted("seeds", snapshot.table.seeders);
  counted("completed", snapshot.completed());
  print_connections(snapshot, xml);
  print_debug(snapshot, xml);
  xml.close("stats");
  out.pop_back();  // the document ends without a newline
  return out;
}

}  // namespace ot::stats_xml
