// HTTP as a client sees it: requests as text, replies taken apart, and a connection without a
// socket that feeds a handler as the TCP server does.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "bittorrent/info_hash.h"
#include "net/stream.h"

namespace ot {

struct HttpReply {
  std::string status_line;
  std::string head;  // the header lines, each with its line end
  std::string body;

  [[nodiscard]] bool says(std::string_view header_line) const {
    return head.find(std::string(header_line) + "\r\n") != std::string::npos;
  }
};

// The replies of one connection, separated by their Content-Length; the rest becomes a reply
// without a status line.
inline std::vector<HttpReply> split_replies(std::string_view stream) {
  constexpr std::string_view kLength = "Content-Length: ";
  std::vector<HttpReply> replies;
  while (!stream.empty()) {
    HttpReply reply;
    const size_t line_end = stream.find("\r\n");
    const size_t head_end = stream.find("\r\n\r\n");
    const size_t length_at = stream.find(kLength);
    if (head_end == std::string_view::npos || length_at > head_end) {
      reply.body = stream;
      replies.push_back(reply);
      break;
    }
    const size_t length = std::stoul(std::string(stream.substr(length_at + kLength.size(), 8)));
    reply.status_line = stream.substr(0, line_end);
    reply.head = stream.substr(line_end + 2, head_end - line_end);
    reply.body = stream.substr(head_end + 4, length);
    stream.remove_prefix(std::min(stream.size(), head_end + 4 + length));
    replies.push_back(reply);
  }
  return replies;
}

inline std::string percent_encode(const InfoHash& hash) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string text;
  for (const uint8_t byte : hash.bytes) {
    text += '%';
    text += kDigits[byte >> 4U];
    text += kDigits[byte & 15U];
  }
  return text;
}

inline std::string get(std::string_view target, std::string_view headers = "") {
  return "GET " + std::string(target) + " HTTP/1.1\r\n" + std::string(headers) + "\r\n";
}

class OfflineConnection final : public OutputSink {
 public:
  OfflineConnection(StreamHandler& handler, const Endpoint& peer, size_t capacity = 64 << 10)
      : OfflineConnection(handler, StreamPeer{peer}, capacity) {}
  OfflineConnection(StreamHandler& handler, const StreamPeer& peer, size_t capacity = 64 << 10)
      : handler_(handler), peer_(peer), memory_(capacity), out_(memory_, *this) {}

  void write(ByteView bytes, bool) override { text_ += as_text(bytes); }

  // Passes on bytes as if they came in one packet.
  void send(std::string_view bytes) {
    input_ += bytes;
    while (!closed_ && !owed_ && !input_.empty()) {
      const StreamVerdict verdict = handler_.on_bytes(peer_, as_bytes(input_), seen_, out_);
      if (verdict.next == StreamVerdict::Next::need_more) {
        seen_ = input_.size();
        return;
      }
      seen_ = 0;
      input_.erase(0, verdict.consumed);
      closed_ = verdict.next == StreamVerdict::Next::close;
      owed_ = verdict.next == StreamVerdict::Next::later;
    }
  }

  // What was answered since the last call.
  [[nodiscard]] std::string take_text() {
    out_.flush(false);
    return std::exchange(text_, {});
  }
  [[nodiscard]] std::vector<HttpReply> take() { return split_replies(take_text()); }

  [[nodiscard]] bool closed() const { return closed_; }
  // Whether a reply was promised that comes later; nothing is served after it.
  [[nodiscard]] bool owed() const { return owed_; }
  // Bytes no request took.
  [[nodiscard]] const std::string& unread() const { return input_; }

 private:
  StreamHandler& handler_;
  const StreamPeer peer_;
  std::vector<uint8_t> memory_;
  OutputBuffer out_;
  std::string input_;
  std::string text_;
  size_t seen_ = 0;
  bool closed_ = false;
  bool owed_ = false;
};

}  // namespace ot
