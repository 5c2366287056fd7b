// A UDP tracker made of the program's own parts with an observed event loop: it measures the wall
// time and the thread CPU time of each pass, to find pauses caused by growth and expiry.
//
//   observed_server PORT            serves 127.0.0.1:PORT
//   observed_server PORT nothing    sends canned replies: any long pass is caused by the kernel or
//                                   the machine
//   observed_server PORT counting NS  the same, but counts in registers for NS nanoseconds wherever
//                                   the first one works: what its own times exceed that by is
//                                   caused neither by the program nor by its memory accesses
//
// "own" times exclude receiving and sending in the kernel: they are those of the handler of a batch
// or of a step of the sweep, by the thread's CPU clock, including interrupts that hit it. SIGUSR1
// advances the clock of the sweep by 46 minutes, so that every peer is stale; the clock of the rest
// does not change. SIGUSR2 prints a line about the passes since the previous line. SIGTERM ends the
// server.
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>

#include "bench/load/histogram.h"
#include "bench/load/process.h"
#include "frontend/udp.h"
#include "net/event_loop.h"
#include "net/signal_watcher.h"
#include "net/socket.h"
#include "net/udp_server.h"
#include "swarm/expiry.h"

namespace ot::bench {
namespace {

constexpr Duration kJump = std::chrono::minutes(46);

// The system clock, set forward by some minutes.
class FastClock final : public Clock {
 public:
  [[nodiscard]] MonotonicTime now() const override { return clock_.now() + ahead_; }
  [[nodiscard]] WallTime wall_time() const override { return clock_.wall_time(); }
  void jump(Duration by) { ahead_ += by; }

 private:
  SystemClock clock_;
  Duration ahead_{0};
};

// Counts for about this much thread CPU time without touching memory.
class Counter {
 public:
  explicit Counter(Duration time) {
    constexpr uint64_t kTrial = 10'000'000;
    const Duration start = own_cpu();
    count_to(kTrial);
    const auto took = std::max<Duration>(own_cpu() - start, Duration(1));
    limit_ = kTrial * static_cast<uint64_t>(time.count()) / static_cast<uint64_t>(took.count());
  }
  void count() const { count_to(limit_); }

 private:
  static void count_to(uint64_t limit) {
    for (uint64_t i = 0; i < limit; ++i) asm volatile("" : "+r"(i));
  }
  uint64_t limit_ = 0;
};

// Replies with 16 bytes to a connect and with 200 to anything else; only the transaction id is
// real.
class Unthinking final : public DatagramHandler {
 public:
  explicit Unthinking(const Counter& counter) : counter_(counter) {}

  void on_batch(std::span<const Datagram> in, std::span<UdpReply> out) override {
    counter_.count();
    for (size_t i = 0; i < in.size(); ++i) {
      if (in[i].payload.size() < kConnect) continue;
      out[i].size = in[i].payload.size() == kConnect ? kConnect : kReply;
      std::memset(out[i].buffer.data(), 0, out[i].size);
      std::memcpy(out[i].buffer.data(), in[i].payload.data() + 8, 8);
    }
  }

 private:
  static constexpr size_t kConnect = 16;
  static constexpr size_t kReply = 200;

  const Counter& counter_;
};

// Passes batches on and records how long each of them took.
class Timed final : public DatagramHandler {
 public:
  explicit Timed(DatagramHandler& handler) : handler_(handler) {}

  void on_batch(std::span<const Datagram> in, std::span<UdpReply> out) override {
    measure([&] { handler_.on_batch(in, out); });
  }

  template <typename Work>
  void measure(Work work) {
    const Duration start = own_cpu();
    work();
    const Duration took = own_cpu() - start;
    times_.add(took);
    total_ += took;
  }

  [[nodiscard]] const Histogram& times() const { return times_; }
  [[nodiscard]] double mean_nanoseconds() const {
    return static_cast<double>(total_.count()) / static_cast<double>(times_.count());
  }
  void clear() {
    times_ = Histogram();
    total_ = Duration(0);
  }

 private:
  DatagramHandler& handler_;
  Histogram times_;
  Duration total_{0};
};

ConnectionIds connection_ids() {
  ConnectionIds::Key key{};
  fill_random(key);
  return ConnectionIds(key);
}

class ObservedServer {
 public:
  ObservedServer(EventLoop& loop, bool thinks, Duration counting)
      : loop_(loop),
        table_({}, SecretHash::random()),
        access_(AccessMode::open, SecretHash::random()),
        tracker_(writer_, access_, {}, statistics_, Random()),
        ids_(connection_ids()),
        frontend_(loop, tracker_, ids_, statistics_, addresses_),
        counter_(counting),
        unthinking_(counter_),
        handler_(thinks ? static_cast<DatagramHandler&>(frontend_) : unthinking_),
        expiry_(table_, expiry_clock_),
        timer_(loop.timers(), [this] { age(); }),
        cpu_(own_cpu()) {
    loop.set_pass_observer([this](Duration wall) { observe(wall); });
    age();
  }

  [[nodiscard]] Result<void, SystemError> serve(const Endpoint& endpoint) {
    auto socket = bind_udp(endpoint);
    if (!socket) return Unexpected(socket.error());
    auto server = UdpServer::create(loop_, std::move(*socket), handler_);
    if (!server) return Unexpected(server.error());
    server_ = std::move(*server);
    return {};
  }

  void on_signal(int signal) {
    if (signal == SIGTERM) return loop_.stop();
    if (signal == SIGUSR1) return expiry_clock_.jump(kJump);
    print();
  }

 private:
  void age() {
    handler_.measure([this] {
      expiry_.step();
      counter_.count();
    });
    timer_.arm_after(Expiry::kTick);
  }

  // CPU time counts from the end of one pass to the end of the next; sleeping costs none.
  void observe(Duration wall) {
    const Duration cpu = own_cpu();
    wall_times_.add(wall);
    cpu_times_.add(cpu - cpu_);
    cpu_ = cpu;
  }

  void print() {
    std::printf(
        "passes=%llu wall_p99_us=%.1f wall_p9999_us=%.1f wall_max_us=%.1f cpu_p9999_us=%.1f "
        "cpu_max_us=%.1f own=%llu own_mean_ns=%.0f own_p9999_us=%.1f own_max_us=%.1f peers=%llu "
        "torrents=%llu expired=%llu\n",
        static_cast<unsigned long long>(wall_times_.count()),
        wall_times_.percentile_microseconds(0.99), wall_times_.percentile_microseconds(0.9999),
        wall_times_.max_microseconds(), cpu_times_.percentile_microseconds(0.9999),
        cpu_times_.max_microseconds(), static_cast<unsigned long long>(handler_.times().count()),
        handler_.mean_nanoseconds(), handler_.times().percentile_microseconds(0.9999),
        handler_.times().max_microseconds(), static_cast<unsigned long long>(table_.peers()),
        static_cast<unsigned long long>(table_.torrents()),
        static_cast<unsigned long long>(expiry_.counters().peers));
    std::fflush(stdout);
    wall_times_ = Histogram();
    cpu_times_ = Histogram();
    handler_.clear();
  }

  EventLoop& loop_;
  TorrentTable table_;
  SoleWriter writer_{table_};
  Statistics statistics_;
  AccessControl access_;
  Tracker tracker_;
  const ConnectionIds ids_;
  const AddressRules addresses_;
  UdpFrontend frontend_;
  const Counter counter_;
  Unthinking unthinking_;
  Timed handler_;
  std::unique_ptr<UdpServer> server_;
  FastClock expiry_clock_;
  Expiry expiry_;
  Timer timer_;
  Histogram wall_times_;
  Histogram cpu_times_;
  Duration cpu_;
};

int fail(const SystemError& error) {
  std::fprintf(stderr, "observed_server: %s\n", error.message().c_str());
  return 111;
}

int run(const char* port, bool thinks, Duration counting) {
  const auto endpoint = Endpoint::parse(std::string("127.0.0.1:") + port, 0);
  if (!endpoint)
    return std::fprintf(stderr, "usage: observed_server PORT [nothing | counting NS]\n"), 1;
  const SystemClock clock;
  auto loop = EventLoop::create(clock);
  if (!loop) return fail(loop.error());
  ObservedServer server(**loop, thinks, counting);
  SignalWatcher signals(**loop, [&](int signal) { server.on_signal(signal); });
  if (auto watching = signals.watch({SIGUSR1, SIGUSR2, SIGTERM}); !watching)
    return fail(watching.error());
  if (auto serving = server.serve(*endpoint); !serving) return fail(serving.error());
  (*loop)->run();
  return 0;
}

}  // namespace
}  // namespace ot::bench

int main(int argc, char** argv) {
  const std::string_view conduct = argc < 3 ? "" : argv[2];
  const long counting = conduct == "counting" && argc == 4 ? std::strtol(argv[3], nullptr, 10) : 0;
  const bool is_good = (argc == 2) || (argc == 3 && conduct == "nothing") || counting > 0;
  return ot::bench::run(is_good ? argv[1] : "", conduct.empty(), ot::Duration(counting));
}
