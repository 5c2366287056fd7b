#include "bench/load/http_load.h"

#include <sys/epoll.h>

#include <algorithm>
#include <cmath>
#include <memory>

#include "bench/load/http_client.h"

namespace ot::bench {
namespace {

constexpr Duration kNap = std::chrono::milliseconds(50);

class HttpCrowd {
 public:
  HttpCrowd(const Options& options, const Population& population, Tally& tally, UniqueFd epoll)
      : random_(options.population.seed),
        tally_(tally),
        epoll_(std::move(epoll)),
        shared_{options, population, random_, tally_, epoll_.get()} {
    for (uint32_t i = 0; i < options.connections; ++i)
      clients_.push_back(std::make_unique<HttpClient>(shared_, i));
  }

  // Keeps a batch in flight for every client.
  void run_closed(MonotonicTime end) {
    for (auto& client : clients_) start(*client, clock_.now());
    for (MonotonicTime now = clock_.now(); now < end; now = clock_.now()) {
      const size_t ready = wait(std::min<Duration>(kNap, end - now));
      for (size_t i = 0; i < ready; ++i) {
        HttpClient& client = serve(i);
        if (!client.is_busy()) start(client, clock_.now());
      }
    }
  }

  // Requests are due at the times of a Poisson process and go to the client that has been idle for
  // longest. If no client is idle they wait, and their latency counts from when they were due.
  void run_open(MonotonicTime end, double rate) {
    std::vector<HttpClient*> idle;
    for (auto& client : clients_) idle.push_back(client.get());
    MonotonicTime due = clock_.now();
    for (MonotonicTime now = due; now < end; now = clock_.now()) {
      while (due <= now && !idle.empty()) {
        start(*idle.front(), due);
        idle.erase(idle.begin());
        due += gap(rate);
      }
      const size_t ready = wait(idle.empty() ? kNap : std::min(due, end) - clock_.now());
      for (size_t i = 0; i < ready; ++i) {
        HttpClient& client = serve(i);
        if (!client.is_busy()) idle.push_back(&client);
      }
    }
  }

  void drain(MonotonicTime end) {
    for (MonotonicTime now = clock_.now(); now < end; now = clock_.now()) {
      const bool busy = std::any_of(clients_.begin(), clients_.end(),
                                    [](const auto& client) { return client->is_busy(); });
      if (!busy) return;
      const size_t ready = wait(std::min<Duration>(kNap, end - now));
      for (size_t i = 0; i < ready; ++i) serve(i);
    }
  }

 private:
  void start(HttpClient& client, MonotonicTime intended) {
    if (!client.send(intended)) tally_.fault("no connection");
  }

  size_t wait(Duration longest) {
    if (longest < Duration(0)) longest = Duration(0);
    timespec timeout{0, longest.count()};
    const int count = epoll_pwait2(epoll_.get(), events_.data(), static_cast<int>(events_.size()),
                                   &timeout, nullptr);
    return count > 0 ? static_cast<size_t>(count) : 0;
  }

  HttpClient& serve(size_t i) {
    HttpClient& client = *clients_[events_[i].data.u32];
    client.on_readable(clock_.now());
    return client;
  }

  Duration gap(double rate) {
    const double share = (static_cast<double>(random_.next() >> 11U) + 1) * 0x1p-53;
    return Duration(static_cast<int64_t>(-std::log(share) * 1e9 / rate));
  }

  const SystemClock clock_;
  Random random_;
  Tally& tally_;
  const UniqueFd epoll_;
  HttpClient::Shared shared_;
  std::vector<std::unique_ptr<HttpClient>> clients_;
  std::array<epoll_event, 256> events_{};
};

void run_for(HttpCrowd& crowd, const Options& options, Duration seconds) {
  const MonotonicTime end = SystemClock().now() + seconds;
  if (options.rate > 0) return crowd.run_open(end, options.rate);
  crowd.run_closed(end);
}

}  // namespace

std::string http_mode(const Options& options) {
  const char* form = options.connections_mode == Connections::close ? "close"
                     : options.pipeline > 1                         ? "pipelined"
                                                                    : "keep";
  return std::string(form) + (options.rate > 0 ? "-open" : "");
}

Result<void, SystemError> run_http(const Options& options, const Population& population,
                                   Tally& tally, UsageMeter& meter) {
  UniqueFd epoll(epoll_create1(EPOLL_CLOEXEC));
  if (!epoll) return last_error("epoll_create1");
  Tally running;
  HttpCrowd crowd(options, population, running, std::move(epoll));
  run_for(crowd, options, options.warm_up);
  crowd.drain(SystemClock().now() + std::chrono::seconds(2));
  if (running.replies == 0 && options.warm_up > Duration(0))
    return Unexpected(SystemError{ETIMEDOUT, "no reply from " + options.target.to_string()});
  running = Tally();
  meter.restart();
  run_for(crowd, options, options.seconds);
  meter.stop();
  tally = running;
  return {};
}

}  // namespace ot::bench
