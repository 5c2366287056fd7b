#include "bench/load/options.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "base/bytes.h"

namespace ot::bench {
namespace {

struct CommandRow {
  std::string_view name;
  Command command;
  std::string_view help;
};

constexpr std::array<CommandRow, 6> kCommands{{
    {"udp", Command::udp, "announce and scrape over UDP (BEP 15)"},
    {"http", Command::http, "announce over HTTP"},
    {"hashes", Command::hashes, "print the info_hashes in hex, for a white list"},
    {"count", Command::count, "print how many torrents the first --peers peers are on"},
    {"null", Command::null_server,
     "answer on --target's port without thinking: the cheapest server"},
    {"spin", Command::spin,
     "read the clock for --seconds: the pauses that the machine makes itself"},
}};

struct LawRow {
  std::string_view name;
  Law law;
};
constexpr std::array<LawRow, 3> kLaws{
    {{"uniform", Law::uniform}, {"skewed", Law::skewed}, {"long-tail", Law::long_tail}}};

struct VerifyRow {
  std::string_view name;
  Verify verify;
};
constexpr std::array<VerifyRow, 3> kVerify{
    {{"none", Verify::none}, {"lenient", Verify::lenient}, {"strict", Verify::strict}}};

struct OptionRow {
  std::string_view name;
  std::string_view argument;  // empty if the option takes none
  std::string_view help;
  bool (*apply)(Options& options, std::string_view value);
};

template <typename Rows, typename Value>
bool choose(const Rows& rows, std::string_view name, Value take) {
  for (const auto& row : rows) {
    if (row.name == name) return take(row), true;
  }
  return false;
}

bool set_endpoint(std::string_view value, Endpoint& out) {
  const auto parsed = Endpoint::parse(value, 6969);
  if (parsed) out = *parsed;
  return parsed.has_value();
}

template <typename Number>
bool set_number(std::string_view value, Number& out, uint64_t least = 0) {
  const auto parsed = parse_decimal(value, UINT32_MAX);
  if (!parsed || *parsed < least) return false;
  out = static_cast<Number>(*parsed);
  return true;
}

bool set_real(std::string_view value, double& out) {
  double parsed = 0;
  const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), parsed);
  if (error != std::errc{} || end != value.data() + value.size() || parsed < 0) return false;
  out = parsed;
  return true;
}

bool set_share(std::string_view value, double& out) { return set_real(value, out) && out <= 1; }

bool set_seconds(std::string_view value, Duration& out) {
  double seconds = 0;
  if (!set_real(value, seconds)) return false;
  out = std::chrono::duration_cast<Duration>(std::chrono::duration<double>(seconds));
  return true;
}

using Text = std::string_view;

constexpr OptionRow kOptions[] = {
    {"target", "IP:PORT", "the server (127.0.0.1:6969)",
     [](Options& o, Text v) { return set_endpoint(v, o.target); }},
    {"target6", "IP:PORT", "the server for the share of --ipv6 ([::1]:6969)",
     [](Options& o, Text v) { return set_endpoint(v, o.target6.emplace()); }},
    {"pid", "PID", "process whose CPU time and memory are reported",
     [](Options& o, Text v) { return set_number(v, o.pid); }},
    {"label", "WORD", "repeated in the result",
     [](Options& o, Text v) { return o.label = v, true; }},
    {"law", "LAW", "uniform, skewed or long-tail (skewed)",
     [](Options& o, Text v) {
       return choose(kLaws, v, [&](const LawRow& row) { o.population.law = row.law; });
     }},
    {"torrents", "N", "info_hashes (1000000)",
     [](Options& o, Text v) { return set_number(v, o.population.torrents, 1); }},
    {"peers", "N", "peers (2000000)",
     [](Options& o, Text v) { return set_number(v, o.population.peers, 1); }},
    {"sources", "N", "source addresses, 127.1.0.0 and up (256)",
     [](Options& o, Text v) { return set_number(v, o.population.sources, 1); }},
    {"seed", "N", "seed of all random choices (1)",
     [](Options& o, Text v) { return set_number(v, o.population.seed); }},
    {"seeders", "SHARE", "share of the peers that are seeders (0.5)",
     [](Options& o, Text v) { return set_share(v, o.population.seeder_share); }},
    {"ipv6", "SHARE", "share of the peers that announce from ::1 (0)",
     [](Options& o, Text v) { return set_share(v, o.population.ipv6_share); }},
    {"fill", "", "announce each peer once, then stop",
     [](Options& o, Text) { return o.fill = true; }},
    {"first", "N", "--fill begins with peer N (0)",
     [](Options& o, Text v) { return set_number(v, o.first); }},
    {"burst", "N", "send N datagrams at once after a second of silence",
     [](Options& o, Text v) { return set_number(v, o.burst, 1); }},
    {"repeat", "N", "number of bursts (1)",
     [](Options& o, Text v) { return set_number(v, o.repeat, 1); }},
    {"rate", "N", "open loop: N requests a second, latency from the intended time",
     [](Options& o, Text v) { return set_real(v, o.rate); }},
    {"window", "N", "closed loop: requests in flight (192)",
     [](Options& o, Text v) { return set_number(v, o.window, 1) && o.window <= 10000; }},
    {"seconds", "S", "how long to measure (5)",
     [](Options& o, Text v) { return set_seconds(v, o.seconds); }},
    {"warm-up", "S", "load before that which is not measured (0.5)",
     [](Options& o, Text v) { return set_seconds(v, o.warm_up); }},
    {"scrapes", "SHARE", "share of the requests (0.0099)",
     [](Options& o, Text v) { return set_share(v, o.scrape_share); }},
    {"connects", "SHARE", "share of the requests (0)",
     [](Options& o, Text v) { return set_share(v, o.connect_share); }},
    {"forged", "SHARE", "share of announces with an invalid connection id (0)",
     [](Options& o, Text v) { return set_share(v, o.forged_share); }},
    {"malformed", "SHARE", "share of datagrams with random bytes (0)",
     [](Options& o, Text v) { return set_share(v, o.malformed_share); }},
    {"started", "SHARE", "share of the announces (0)",
     [](Options& o, Text v) { return set_share(v, o.started_share); }},
    {"completed", "SHARE", "share of the announces (0)",
     [](Options& o, Text v) { return set_share(v, o.completed_share); }},
    {"stopped", "SHARE", "share of the announces (0)",
     [](Options& o, Text v) { return set_share(v, o.stopped_share); }},
    {"numwant", "N", "peers requested (30)",
     [](Options& o, Text v) { return set_number(v, o.numwant); }},
    {"scrape-hashes", "N", "info_hashes per scrape (5)",
     [](Options& o, Text v) { return set_number(v, o.scrape_hashes, 1) && o.scrape_hashes <= 20; }},
    {"verify", "HOW", "none, lenient or strict (strict)",
     [](Options& o, Text v) {
       return choose(kVerify, v, [&](const VerifyRow& row) { o.verify = row.verify; });
     }},
    {"verify-every", "N", "look up all peers of every Nth reply (8)",
     [](Options& o, Text v) { return set_number(v, o.verify_every, 1); }},
    {"connections", "N", "HTTP: connections open at a time (64)",
     [](Options& o, Text v) { return set_number(v, o.connections, 1); }},
    {"close", "", "HTTP: a connection for each request",
     [](Options& o, Text) { return o.connections_mode = Connections::close, true; }},
    {"pipeline", "N", "HTTP: requests sent at once on a connection (1)",
     [](Options& o, Text v) { return set_number(v, o.pipeline, 1) && o.pipeline <= 64; }},
};

const OptionRow* find_option(std::string_view word) {
  if (!word.starts_with("--")) return nullptr;
  const auto* row = std::find_if(std::begin(kOptions), std::end(kOptions),
                                 [&](const OptionRow& r) { return r.name == word.substr(2); });
  return row == std::end(kOptions) ? nullptr : row;
}

bool is_help(std::string_view word) { return word == "--help" || word == "-h" || word == "help"; }

}  // namespace

Result<Options, UsageError> parse_options(std::span<const char* const> arguments) {
  Options options;
  options.target = *Endpoint::parse("127.0.0.1", 6969);
  if (arguments.empty() || is_help(arguments.front())) return options;
  if (!choose(kCommands, arguments.front(),
              [&](const CommandRow& row) { options.command = row.command; })) {
    return Unexpected(UsageError{std::string(arguments.front()) + ": no such command"});
  }
  for (size_t i = 1; i < arguments.size(); ++i) {
    const std::string name = arguments[i];
    if (is_help(name)) return Options{};
    const OptionRow* row = find_option(name);
    if (row == nullptr) return Unexpected(UsageError{name + ": no such option"});
    std::string_view value;
    if (!row->argument.empty()) {
      if (++i == arguments.size()) return Unexpected(UsageError{name + ": needs a value"});
      value = arguments[i];
    }
    if (!row->apply(options, value))
      return Unexpected(UsageError{name + ": '" + std::string(value) + "' will not do"});
  }
  return options;
}

std::string usage() {
  std::string text = "usage: load COMMAND [--OPTION VALUE]...\n";
  for (const CommandRow& row : kCommands) {
    std::string left = "  " + std::string(row.name);
    left.resize(26, ' ');
    text += left + std::string(row.help) + "\n";
  }
  for (const OptionRow& row : kOptions) {
    std::string left = "  --" + std::string(row.name) + " " + std::string(row.argument);
    left.resize(26, ' ');
    text += left + std::string(row.help) + "\n";
  }
  return text;
}

std::string_view name_of(Law law) {
  const auto* row =
      std::find_if(kLaws.begin(), kLaws.end(), [law](const LawRow& r) { return r.law == law; });
  return row->name;
}

}  // namespace ot::bench
