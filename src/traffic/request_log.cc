#include "traffic/request_log.h"

#include <algorithm>
#include <array>
#include <cassert>
#include <cstring>

namespace ot {
namespace {

std::string hex(ByteView bytes) {
  std::string digits(2 * bytes.size(), '0');
  format_hex(bytes, digits);
  return digits;
}

bool is_harmless(uint8_t byte) {
  constexpr std::string_view kMarkup = "<>\"'\\";
  return byte >= ' ' && byte < 0x7f &&
         kMarkup.find(static_cast<char>(byte)) == std::string_view::npos;
}

}  // namespace

bool RequestLog::choose(const Network& network) {
  const auto is_same = [name = network.to_string()](const Network& other) {
    return other.to_string() == name;
  };
  if (std::any_of(networks_.begin(), networks_.end(), is_same)) return true;
  if (networks_.size() == kMaxNetworks) return false;
  entries_.resize(kMaxRequests);
  bytes_.resize(kBytes);
  networks_.push_back(network);
  chosen_ = Networks(networks_);
  return true;
}

void RequestLog::reset() {
  networks_.clear();
  chosen_ = {};
  entries_ = {};
  bytes_ = {};
  first_ = next_;
}

// A request that would extend past the end of the buffer goes to its beginning.
uint64_t RequestLog::make_room(size_t size) {
  assert(size <= kMaxRequest && bytes_.size() == kBytes);
  const uint64_t position = written_ % kBytes;
  const uint64_t begin = position + size > kBytes ? written_ + (kBytes - position) : written_;
  written_ = begin + size;
  const auto is_overwritten = [this](uint64_t number) {
    return entry(number).begin + kBytes < written_ || number + kMaxRequests <= next_;
  };
  while (first_ < next_ && is_overwritten(first_)) ++first_;
  return begin;
}

void RequestLog::keep(Transport transport, const Endpoint& source, ByteView request) {
  const size_t kept = std::min(request.size(), kMaxRequest);
  const uint64_t begin = make_room(kept);
  if (kept != 0) std::memcpy(bytes_.data() + begin % kBytes, request.data(), kept);
  entries_[static_cast<size_t>(next_ % kMaxRequests)] = {clock_.wall_time(),
                                                         begin,
                                                         static_cast<uint32_t>(kept),
                                                         static_cast<uint32_t>(request.size()),
                                                         source,
                                                         transport};
  ++next_;
}

LoggedRequest RequestLog::request(uint64_t number) const {
  assert(first_ <= number && number < next_);
  const Entry& found = entry(number);
  const auto begin = static_cast<size_t>(found.begin % kBytes);
  return {found.time, found.transport, found.source, found.size,
          ByteView(bytes_).subspan(begin, found.kept)};
}

std::string request_text(const LoggedRequest& request) {
  if (request.transport == Transport::udp) return hex(request.bytes);
  std::string text;
  text.reserve(2 * request.bytes.size());
  for (const uint8_t byte : request.bytes) {
    if (is_harmless(byte)) {
      text += static_cast<char>(byte);
    } else {
      text += "\\x" + hex(ByteView(&byte, 1));
    }
  }
  return text;
}

}  // namespace ot
