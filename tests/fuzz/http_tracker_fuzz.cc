// Any text as a target, and as a query if it does not begin with a slash: it is routed, parsed and
// answered. Parsed values must be within their bounds and replies complete.
#include <array>
#include <cstdlib>

#include "frontend/client_address.h"
#include "protocol/tracker_reply.h"

namespace {

using namespace ot;

void answer(const HttpAnnounce& announce) {
  static std::array<uint8_t, AnnounceReplyFrame::size_for(4)> out;
  if (announce.request.peer.port == 0 && announce.request.event != AnnounceEvent::stopped) abort();
  AnnounceReplyFrame frame(out, announce.form, 4);
  const AnnounceReply reply{.swarm = {}, .v4_bytes = 4 * kCompactPeer4};
  if (frame.finish(reply, announce.request.peer.address, Persistence::close).empty()) abort();
}

void refuse(const BadParameter& problem) {
  static std::array<uint8_t, kMaxFailureReply> out;
  if (problem.reason.find(problem.parameter) == std::string_view::npos) abort();
  if (problem.is_final && problem.parameter != "info_hash") abort();
  const ByteView reply = write_failure_reply(out, {.reason = problem.reason}, Persistence::keep);
  if (reply.empty() || head_of(reply).size() >= reply.size()) abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text = as_text({data, size});
  const RoutedTarget target = route(text, {"stats"});
  const std::string_view query = text.starts_with('/') ? target.query : text;
  const IpAddress address = address_in_query(query).value_or(ClaimedAddress{}).address;
  const auto announce = parse_announce(query, address);
  announce ? answer(*announce) : refuse(announce.error());
  std::array<InfoHash, kMaxScrapeHashes> hashes;
  const auto count = parse_scrape(query, hashes);
  if (!count) {
    refuse(count.error());
    return 0;
  }
  static std::array<uint8_t, kMaxScrapeReply> out;
  const std::array<SwarmCounts, kMaxScrapeHashes> counts{};
  if (write_scrape_reply(out, std::span(hashes).first(*count), std::span(counts).first(*count),
                         Persistence::keep)
          .empty())
    abort();
  return 0;
}
