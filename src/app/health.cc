#include "app/health.h"

#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <optional>

#include "base/features.h"
#include "base/posix.h"
#include "base/random.h"
#include "net/socket.h"
#include "protocol/health_question.h"

namespace ot {
namespace {

using std::chrono::milliseconds;

// A datagram may get lost.
constexpr Duration kAskAgain = std::chrono::seconds(1);

IpAddress loopback_of(bool v4) {
  constexpr std::array<uint8_t, 4> kLoopback4{127, 0, 0, 1};
  std::array<uint8_t, 16> loopback6{};
  loopback6.back() = 1;
  return v4 ? IpAddress::v4(kLoopback4) : IpAddress::v6(loopback6);
}

// One question under way.
class Question {
 public:
  explicit Question(const HealthUrl& asked)
      : asked_(asked), transaction_(Random().below(UINT32_MAX)) {}

  void begin();
  // What has happened to the socket, as poll(2) says.
  void go_on(short events);
  // Sends a datagram once more.
  void ask_again();

  [[nodiscard]] bool is_open() const { return verdict_.kind == HealthVerdict::Kind::incomplete; }
  [[nodiscard]] pollfd awaited() const {
    const bool must_send = sent_ < question_.size();
    return {socket_.get(), static_cast<short>(must_send ? POLLOUT : POLLIN), 0};
  }
  // Only once it is not open, or time is up. Empty: healthy.
  [[nodiscard]] std::string fault() const;

 private:
  void fail(int code) { fail(SystemError{code, ""}.message().substr(2)); }
  void fail(std::string reason) { verdict_ = {HealthVerdict::Kind::unhealthy, std::move(reason)}; }
  void send_question();
  void receive();

  const HealthUrl& asked_;
  const uint32_t transaction_;
  UniqueFd socket_;
  std::string question_;
  size_t sent_ = 0;
  std::string answer_;
  HealthVerdict verdict_;
};

void Question::begin() {
  const bool v4 = asked_.endpoint.address.is_v4();
  const int type = asked_.is_udp ? SOCK_DGRAM : SOCK_STREAM;
  socket_.reset(::socket(v4 ? AF_INET : AF_INET6, type | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (!socket_) return fail(errno);
  if (asked_.is_udp) {
    std::array<uint8_t, kUdpHealthQuestion> bytes{};
    ByteWriter out(bytes);
    write_udp_health_question(out, transaction_);
    question_ = as_text(bytes);
  } else {
    question_ = http_health_question(asked_.target, asked_.endpoint.to_string());
  }
  SocketAddress address;
  const socklen_t size = to_socket_address(asked_.endpoint, address);
  if (::connect(socket_.get(), &address.any, size) != 0 && errno != EINPROGRESS) fail(errno);
}

void Question::go_on(short events) {
  if ((events & POLLOUT) != 0) return send_question();
  if (events != 0) receive();
}

void Question::ask_again() {
  if (asked_.is_udp) sent_ = 0;
}

void Question::send_question() {
  const std::string_view rest = std::string_view(question_).substr(sent_);
  const ssize_t sent = ::send(socket_.get(), rest.data(), rest.size(), MSG_NOSIGNAL);
  if (sent >= 0) {
    sent_ += static_cast<size_t>(sent);
  } else if (errno != EAGAIN && errno != EINTR) {
    fail(errno);
  }
}

void Question::receive() {
  std::array<char, 4096> bytes{};
  const ssize_t got = ::recv(socket_.get(), bytes.data(), bytes.size(), 0);
  if (got < 0) {
    if (errno != EAGAIN && errno != EINTR) fail(errno);
    return;
  }
  const std::string_view text(bytes.data(), static_cast<size_t>(got));
  if (asked_.is_udp) {
    verdict_ = judge_udp_answer(as_bytes(text), transaction_);
    return;
  }
  answer_ += text;
  verdict_ = judge_http_answer(answer_, got == 0);
}

std::string Question::fault() const {
  if (verdict_.kind == HealthVerdict::Kind::healthy) return {};
  const std::string reason = is_open() ? "no answer within 3 s" : verdict_.reason;
  return describe(asked_) + ": " + reason;
}

// Waits for events, at most until `until`, and lets the questions go on.
void wait_once(std::vector<Question>& questions, MonotonicTime now, MonotonicTime until) {
  std::vector<pollfd> polled;
  std::vector<Question*> waiting;
  for (Question& question : questions) {
    if (!question.is_open()) continue;
    polled.push_back(question.awaited());
    waiting.push_back(&question);
  }
  const auto left = std::chrono::ceil<milliseconds>(until - now).count();
  if (::poll(polled.data(), polled.size(), static_cast<int>(left)) <= 0) return;
  for (size_t i = 0; i < waiting.size(); ++i) waiting[i]->go_on(polled[i].revents);
}

bool any_open(const std::vector<Question>& questions) {
  return std::any_of(questions.begin(), questions.end(),
                     [](const Question& question) { return question.is_open(); });
}

bool is_known(const std::vector<HealthUrl>& asked, const HealthUrl& url) {
  return std::any_of(asked.begin(), asked.end(), [&](const HealthUrl& one) {
    return one.is_udp == url.is_udp && one.endpoint == url.endpoint;
  });
}

}  // namespace

std::vector<HealthUrl> listeners_to_ask(const ListenSettings& settings, bool has_v6) {
  std::vector<HealthUrl> asked;
  for (const ListenOption& option : settings.sockets) {
    if (option.proxied) continue;
    for (const bool v4 : {true, false}) {
      const bool is_served = v4 ? !features::kV6Only : !features::kV4Only && has_v6;
      if (option.address ? option.address->is_v4() != v4 : !is_served) continue;
      const bool is_wildcard = !option.address || option.address->is_unspecified();
      HealthUrl url;
      url.is_udp = option.protocol == ListenProtocol::udp;
      url.endpoint = {is_wildcard ? loopback_of(v4) : *option.address, option.port};
      if (!is_known(asked, url)) asked.push_back(std::move(url));
    }
  }
  return asked;
}

bool kernel_has_v6() {
  // A loopback without IPv6 (net.ipv6.conf.lo.disable_ipv6) cannot be asked either.
  return listen_tcp({loopback_of(false), 0}).has_value();
}

std::string describe(const HealthUrl& asked) {
  return (asked.is_udp ? "UDP " : "TCP ") + asked.endpoint.to_string();
}

std::vector<std::string> unhealthy_of(const std::vector<HealthUrl>& asked, const Clock& clock) {
  std::vector<Question> questions;
  questions.reserve(asked.size());
  for (const HealthUrl& url : asked) questions.emplace_back(url).begin();
  MonotonicTime now = clock.now();
  const MonotonicTime until = now + kHealthTime;
  for (MonotonicTime again = now + kAskAgain; now < until && any_open(questions);) {
    wait_once(questions, now, std::min(again, until));
    now = clock.now();
    if (now < again) continue;
    again += kAskAgain;
    for (Question& question : questions) question.ask_again();
  }
  std::vector<std::string> faults;
  for (const Question& question : questions) {
    if (std::string fault = question.fault(); !fault.empty()) faults.push_back(std::move(fault));
  }
  return faults;
}

}  // namespace ot
