// Sends announces to a UDP tracker, with malformed datagrams between them, and counts the replies.
//
//   udp_load ADDRESS PORT GOOD BAD_PER_GOOD WINDOW
//
// Sends WINDOW good announces and WINDOW * BAD_PER_GOOD bad datagrams at once. The next batch
// follows when the good ones are answered or 2 s have passed, so the tracker is never overloaded
// and no datagram is lost in the network. Prints "answered N of M". Exits with 0 even if some are
// missing.
#include <algorithm>
#include <random>
#include <string>
#include <unordered_set>
#include <vector>

#include "udp_session.h"

namespace {

constexpr size_t kMaxDatagram = 1472;
constexpr int kPatience = 2000;  // milliseconds

struct Plan {
  uint32_t good = 0;
  uint32_t bad_per_good = 0;
  uint32_t window = 1;
};

class Load {
 public:
  Load(const UdpSession& session, const Plan& plan) : session_(session), plan_(plan) {}

  // Returns the number of announces answered.
  uint32_t run() {
    uint32_t answered = 0;
    for (uint32_t next = 1; next <= plan_.good; next += plan_.window) {
      const uint32_t count = std::min(plan_.window, plan_.good - next + 1);
      send_lot(next, count);
      answered += receive_lot();
    }
    return answered;
  }

 private:
  void send_lot(uint32_t first, uint32_t count) {
    datagrams_.clear();
    for (uint32_t i = 0; i < count; ++i) {
      for (uint32_t k = 0; k < plan_.bad_per_good; ++k) datagrams_.push_back(malformed());
      std::vector<uint8_t> announce(kAnnounceSize);
      session_.write_announce(std::span<uint8_t, kAnnounceSize>(announce), first + i);
      datagrams_.push_back(std::move(announce));
      waiting_.insert(first + i);
    }
    send_all();
  }

  void send_all() {
    std::vector<iovec> parts(datagrams_.size());
    std::vector<mmsghdr> messages(datagrams_.size());
    for (size_t i = 0; i < datagrams_.size(); ++i) {
      parts[i] = {datagrams_[i].data(), datagrams_[i].size()};
      messages[i].msg_hdr.msg_iov = &parts[i];
      messages[i].msg_hdr.msg_iovlen = 1;
    }
    for (size_t done = 0; done < messages.size();) {
      const auto left = static_cast<unsigned>(messages.size() - done);
      const int sent = sendmmsg(session_.fd(), &messages[done], left, 0);
      if (sent <= 0) die("sendmmsg");
      done += static_cast<size_t>(sent);
    }
  }

  uint32_t receive_lot() {
    const size_t asked = waiting_.size();
    std::array<uint8_t, 2048> reply;
    while (!waiting_.empty() && session_.wait(kPatience)) {
      for (;;) {
        const ssize_t size = recv(session_.fd(), reply.data(), reply.size(), MSG_DONTWAIT);
        if (size < 0) break;
        waiting_.erase(UdpSession::answered(std::span(reply).first(static_cast<size_t>(size))));
      }
    }
    const size_t missing = waiting_.size();
    waiting_.clear();
    return static_cast<uint32_t>(asked - missing);
  }

  // No tracker may answer these as if they were good: transactions of bad datagrams have the top
  // bit set.
  std::vector<uint8_t> malformed() {
    std::vector<uint8_t> bytes(random_() % kMaxDatagram);
    for (uint8_t& byte : bytes) byte = static_cast<uint8_t>(random_());
    if (bytes.size() < 16) return bytes;
    bytes[12] |= 0x80;
    const auto kind = random_() % 4;
    if (kind == 0) return bytes;
    std::memcpy(bytes.data(), session_.id().data(), session_.id().size());
    store(&bytes[8], kind == 3 ? random_() : kind, 4);
    if (kind == kActionAnnounce) bytes.resize(std::min<size_t>(bytes.size(), kAnnounceSize - 1));
    if (kind == 2 && (bytes.size() - 16) % 20 == 0) bytes.push_back(0);
    return bytes;
  }

  const UdpSession& session_;
  const Plan plan_;
  std::minstd_rand random_{1};
  std::vector<std::vector<uint8_t>> datagrams_;
  std::unordered_set<uint32_t> waiting_;
};

}  // namespace

int main(int argc, char** argv) {
  if (argc != 6) {
    std::fputs("usage: udp_load ADDRESS PORT GOOD BAD_PER_GOOD WINDOW\n", stderr);
    return 1;
  }
  const UdpSession session(argv[1], static_cast<uint16_t>(std::stoul(argv[2])));
  const auto number = [&](int i) { return static_cast<uint32_t>(std::stoul(argv[i])); };
  const Plan plan{number(3), number(4), number(5)};
  const uint32_t answered = Load(session, plan).run();
  std::printf("answered %u of %u\n", answered, plan.good);
}
