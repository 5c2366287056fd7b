// Any bytes as a datagram. Parsing it, reading its hashes and joining its URL must not read outside
// the input.
#include <array>
#include <cstdlib>

#include "protocol/udp_packet.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace ot;
  UdpRequest request;
  if (!parse_udp_request({data, size}, IpAddress(), request)) return 0;
  if (const auto* announce = std::get_if<UdpAnnounce>(&request)) {
    std::array<uint8_t, 300> url{};
    if (join_url_data(announce->options, url) > size - kUdpAnnounceRequest) abort();
    if (announce->request.peer.port == 0 && announce->request.event != AnnounceEvent::stopped)
      abort();
  }
  if (const auto* scrape = std::get_if<UdpScrape>(&request)) {
    if (scrape->size() == 0 || scrape->size() > kUdpMaxScrapeHashes) abort();
    unsigned sum = 0;
    for (size_t i = 0; i < scrape->size(); ++i) sum += (*scrape)[i].bytes.back();
    if (sum > scrape->size() * 255) abort();
  }
  return 0;
}
