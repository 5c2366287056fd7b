#include "bench/load/tally.h"

#include <sys/utsname.h>

#include <algorithm>
#include <cstdio>

namespace ot::bench {
namespace {

// Builds "name=value name=value".
class Line {
 public:
  void word(std::string_view name, std::string value) {
    std::replace(value.begin(), value.end(), ' ', '_');
    if (!text_.empty()) text_ += ' ';
    text_ += name;
    text_ += '=';
    text_ += value.empty() ? "-" : value;
  }
  void count(std::string_view name, uint64_t value) { word(name, std::to_string(value)); }
  void real(std::string_view name, double value) {
    char text[40];
    std::snprintf(text, sizeof text, "%.2f", value);
    word(name, text);
  }
  [[nodiscard]] std::string take() { return std::move(text_) + "\n"; }

 private:
  std::string text_;
};

double per(double value, uint64_t count) {
  return count == 0 ? 0 : value / static_cast<double>(count);
}

double nanoseconds(Duration time) { return static_cast<double>(time.count()); }

std::string kernel() {
  utsname name{};
  return uname(&name) == 0 ? name.release : "-";
}

void add_counts(Line& line, const Tally& tally) {
  line.count("sent", tally.sent);
  line.count("replies", tally.replies);
  line.count("announces", tally.announces);
  line.count("scrapes", tally.scrapes);
  line.count("connects", tally.connects);
  line.count("forged", tally.forged);
  line.count("refused", tally.refused);
  line.count("errors", tally.errors);
  line.count("lost", tally.lost);
  line.count("late", tally.late);
  line.count("bad", tally.bad);
  line.word("fault", tally.first_fault);
  line.real("peers_per_reply", per(static_cast<double>(tally.peers), tally.announces));
}

void add_latency(Line& line, const Histogram& latency) {
  line.real("p50_us", latency.percentile_microseconds(0.5));
  line.real("p99_us", latency.percentile_microseconds(0.99));
  line.real("p999_us", latency.percentile_microseconds(0.999));
  line.real("p9999_us", latency.percentile_microseconds(0.9999));
  line.real("max_us", latency.max_microseconds());
}

}  // namespace

void UsageMeter::restart() {
  before_ = usage_of(pid_);
  own_before_ = own_cpu();
  started_ = clock_.now();
}

void UsageMeter::stop() {
  elapsed_ = clock_.now() - started_;
  own_ = own_cpu() - own_before_;
  const ProcessUsage after = usage_of(pid_);
  server_ = after.cpu - before_.cpu;
  rss_ = after.rss_bytes;
}

std::string result_line(const Options& options, std::string_view mode, const Tally& tally,
                        const UsageMeter& meter, std::string_view commit) {
  Line line;
  line.word("mode", std::string(mode));
  line.word("label", options.label);
  line.word("commit", std::string(commit));
  line.word("kernel", kernel());
  line.word("target", options.target.to_string());
  line.word("law", std::string(name_of(options.population.law)));
  line.count("torrents", options.population.torrents);
  line.count("peers", options.population.peers);
  line.count("seed", options.population.seed);
  line.count("window", options.window);
  line.real("rate", options.rate);
  line.real("seconds", nanoseconds(meter.elapsed()) / 1e9);
  add_counts(line, tally);
  line.real("replies_per_s", per(static_cast<double>(tally.replies) * 1e9,
                                 static_cast<uint64_t>(meter.elapsed().count())));
  line.real("cpu_ns_per_reply", per(nanoseconds(meter.server_cpu()), tally.replies));
  line.real("load_ns_per_reply", per(nanoseconds(meter.generator_cpu()), tally.replies));
  line.count("rss_kib", meter.rss_bytes() / 1024);
  add_latency(line, tally.latency);
  return line.take();
}

}  // namespace ot::bench
