#include "bench/load/http_messages.h"

#include <algorithm>
#include <array>

#include "bench/load/udp_messages.h"

namespace ot::bench {
namespace {

constexpr std::string_view kHeadEnd = "\r\n\r\n";
constexpr std::string_view kLength = "Content-Length: ";

void write_escaped(ByteWriter& out, ByteView bytes) {
  constexpr std::string_view kHex = "0123456789ABCDEF";
  for (const uint8_t byte : bytes) {
    const std::array<char, 3> escape{'%', kHex[byte >> 4U], kHex[byte & 15U]};
    out.text({escape.data(), escape.size()});
  }
}

// "4i7e…": reads bencoded values from the front of a text.
class Bencoded {
 public:
  explicit Bencoded(ByteView bytes) : rest_(as_text(bytes)) {}

  [[nodiscard]] bool take(char c) {
    if (rest_.empty() || rest_.front() != c) return false;
    rest_.remove_prefix(1);
    return true;
  }
  [[nodiscard]] bool string(ByteView& out) {
    uint64_t size = 0;
    if (!number(':', size) || size > rest_.size()) return false;
    out = as_bytes(rest_.substr(0, size));
    rest_.remove_prefix(size);
    return true;
  }
  [[nodiscard]] bool integer(uint64_t& out) { return take('i') && number('e', out); }
  [[nodiscard]] bool at_end() const { return rest_.empty(); }
  [[nodiscard]] bool at_integer() const { return !rest_.empty() && rest_.front() == 'i'; }

 private:
  bool number(char end, uint64_t& out) {
    const size_t size = rest_.find(end);
    if (size == std::string_view::npos) return false;
    const auto value = parse_decimal(rest_.substr(0, size));
    if (value) out = *value;
    rest_.remove_prefix(size + 1);
    return value.has_value();
  }

  std::string_view rest_;
};

void keep(std::string_view key, uint64_t value, HttpAnnounceReply& out) {
  if (key == "complete") out.complete = value;
  if (key == "incomplete") out.incomplete = value;
  if (key == "interval") out.interval = value;
}

void keep(std::string_view key, ByteView value, HttpAnnounceReply& out) {
  if (key == "failure reason") out.is_failure = true;
  if (key == "peers6") out.peers6 = value;
  if (key != "peers") return;
  out.peers = value;
  out.has_peers = true;
}

}  // namespace

void write_http_announce(ByteWriter& out, const Population& population, uint32_t peer,
                         uint32_t numwant, bool close) {
  out.text("GET /announce?info_hash=");
  write_escaped(out, population.info_hash(population.torrent_of(peer)).bytes);
  out.text("&peer_id=-LD0100-012345678901&port=");
  out.decimal(population.port_of(peer));
  out.text("&uploaded=0&downloaded=0&left=");
  out.text(population.is_seeder(peer) ? "0" : "1048576");
  out.text("&compact=1&numwant=");
  out.decimal(numwant);
  out.text(" HTTP/1.1\r\nHost: tracker.example:6969\r\nUser-Agent: load/1\r\n");
  out.text(close ? "Accept-Encoding: gzip\r\nConnection: close\r\n\r\n"
                 : "Accept-Encoding: gzip\r\n\r\n");
}

HttpReply frame_reply(ByteView bytes) {
  HttpReply reply;
  const std::string_view text = as_text(bytes);
  const size_t head = text.find(kHeadEnd);
  if (head == std::string_view::npos) return reply;
  reply.status = HttpReply::Status::bad;
  const std::string_view fields = text.substr(0, head + 2);
  const size_t length_at = fields.find(kLength);
  const auto code = fields.size() < 12 ? std::nullopt : parse_decimal(fields.substr(9, 3));
  if (!fields.starts_with("HTTP/1.") || !code || length_at == std::string_view::npos) return reply;
  const size_t value = length_at + kLength.size();
  const auto length =
      parse_decimal(fields.substr(value, fields.find('\r', value) - value), 1 << 20);
  if (!length) return reply;
  reply.size = head + kHeadEnd.size() + *length;
  reply.code = static_cast<unsigned>(*code);
  reply.status = HttpReply::Status::incomplete;
  if (reply.size > bytes.size()) return reply;
  reply.body = bytes.subspan(head + kHeadEnd.size(), *length);
  reply.status = HttpReply::Status::complete;
  return reply;
}

bool read_announce(ByteView body, HttpAnnounceReply& out) {
  Bencoded in(body);
  if (!in.take('d')) return false;
  std::string_view previous;
  while (!in.take('e')) {
    ByteView name;
    if (!in.string(name)) return false;
    const std::string_view key = as_text(name);
    if (key <= previous) return false;
    previous = key;
    uint64_t number = 0;
    ByteView text;
    if (in.at_integer()) {
      if (!in.integer(number)) return false;
      keep(key, number, out);
    } else {
      if (!in.string(text)) return false;
      keep(key, text, out);
    }
  }
  return in.at_end();
}

const char* find_http_fault(const Population& population, uint32_t peer, uint32_t numwant,
                            const HttpAnnounceReply& reply, Verify verify, bool thorough) {
  if (verify == Verify::none) return nullptr;
  if (reply.interval == 0 || reply.interval > 86400) return "an implausible interval";
  if (!reply.has_peers) return "no peers key";
  if (reply.peers.size() % 6 != 0 || reply.peers6.size() % 18 != 0) return "a truncated peer";
  const size_t count = reply.peers.size() / 6 + reply.peers6.size() / 18;
  const size_t swarm = reply.complete + reply.incomplete;
  if (count > numwant) return "more peers than requested";
  if (swarm == 0) return "a swarm that does not count the client";
  if (count > swarm) return "more peers than the swarm has";
  if (count < std::min<size_t>(numwant, swarm - 1)) return "too few peers";
  return thorough ? find_peer_fault(population, peer, reply.peers, verify) : nullptr;
}

}  // namespace ot::bench
