// load: sends a tracker the requests of real clients, as fast as possible or at a given rate, and
// checks the replies. `load --help` lists commands and options; a run prints one line of name=value
// words. Exit codes: 0 success, 1 bad usage, 2 a wrong reply, 111 a failed system call.
#include <sys/prctl.h>

#include <cstdio>

#include "base/bytes.h"
#include "bench/load/http_load.h"
#include "bench/load/null_server.h"
#include "bench/load/process.h"
#include "bench/load/udp_load.h"

namespace ot::bench {
namespace {

constexpr int kExitUsage = 1;
constexpr int kExitWrong = 2;
constexpr int kExitSystem = 111;

int print_hashes(const Population& population) {
  std::array<char, 2 * InfoHash::kSize + 1> line{};
  line.back() = '\n';
  for (uint32_t torrent = 0; torrent < population.torrents(); ++torrent) {
    const InfoHash hash = population.info_hash(torrent);
    format_hex(hash.bytes, std::span(line).first(2 * InfoHash::kSize));
    if (std::fwrite(line.data(), line.size(), 1, stdout) != 1) return kExitSystem;
  }
  return 0;
}

int fail(const SystemError& error) {
  std::fprintf(stderr, "load: %s\n", error.message().c_str());
  return kExitSystem;
}

int serve_null(const Options& options) {
  const auto served = run_null_server(options);
  return served ? 0 : fail(served.error());
}

// A thread that does nothing else should read the clock without gaps; any gaps affect every program
// on this core.
int spin(const Options& options) {
  constexpr Duration kGap = std::chrono::microseconds(100);
  const SystemClock clock;
  const MonotonicTime start = clock.now();
  uint64_t gaps = 0;
  Duration longest{0};
  Duration longest_cpu{0};
  Duration lost{0};
  MonotonicTime last = start;
  for (Duration cpu = own_cpu(); last - start < options.seconds;) {
    const MonotonicTime now = clock.now();
    const Duration now_cpu = own_cpu();
    const Duration gap = now - last;
    if (gap > kGap) {
      ++gaps;
      lost += gap;
    }
    longest = std::max(longest, gap);
    longest_cpu = std::max(longest_cpu, now_cpu - cpu);
    last = now;
    cpu = now_cpu;
  }
  using Microseconds = std::chrono::duration<double, std::micro>;
  std::printf("mode=spin gaps=%llu lost_us=%.1f max_us=%.1f cpu_max_us=%.1f\n",
              static_cast<unsigned long long>(gaps), Microseconds(lost).count(),
              Microseconds(longest).count(), Microseconds(longest_cpu).count());
  return 0;
}

int load(const Options& options, const Population& population) {
  Tally tally;
  UsageMeter meter(options.pid);
  const bool http = options.command == Command::http;
  const auto done = http ? run_http(options, population, tally, meter)
                         : run_udp(options, population, tally, meter);
  if (!done) return fail(done.error());
  const std::string mode = http ? http_mode(options) : std::string(udp_mode(options));
  std::fputs(result_line(options, mode, tally, meter, OT_COMMIT).c_str(), stdout);
  return tally.bad == 0 ? 0 : kExitWrong;
}

int run(std::span<const char* const> arguments) {
  const auto options = parse_options(arguments);
  if (!options) {
    std::fprintf(stderr, "load: %s\n%s", options.error().message.c_str(), usage().c_str());
    return kExitUsage;
  }
  if (options->command == Command::help) {
    std::fputs(usage().c_str(), stdout);
    return 0;
  }
  if (options->command == Command::null_server) return serve_null(*options);
  if (options->command == Command::spin) return spin(*options);
  // The default timer slack of 50 us would count as latency of the server.
  prctl(PR_SET_TIMERSLACK, 1UL);
  const Population population(options->population);
  switch (options->command) {
    case Command::hashes:
      return print_hashes(population);
    case Command::count:
      std::printf("%u\n", population.torrents_of_first(population.size()));
      return 0;
    default:
      return load(*options, population);
  }
}

}  // namespace
}  // namespace ot::bench

int main(int argc, char** argv) {
  return ot::bench::run({const_cast<const char* const*>(argv) + 1, static_cast<size_t>(argc) - 1});
}
