// Any bytes as a PROXY header. A complete header must give the same result whatever follows it, its
// prefixes must be incomplete, and sizes must be bounded.
#include <cstdlib>

#include "protocol/proxy_header.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace ot;
  using Status = ProxyHeaderResult::Status;
  const ByteView input(data, size);
  const ProxyHeaderResult whole = parse_proxy_header(input);
  const ProxyHeaderResult half = parse_proxy_header(input.first(size / 2));
  if (whole.status == Status::incomplete) {
    if (size >= kMaxProxyHeader || half.status != Status::incomplete) abort();
    return 0;
  }
  if (half.status == Status::bad && whole.status != Status::bad) abort();
  if (whole.status == Status::bad) {
    if (describe(whole.reason).empty()) abort();
    return 0;
  }
  const ProxyHeader& header = whole.header;
  if (header.size > size || header.size > kMaxProxyHeader) abort();
  const ProxyHeaderResult exact = parse_proxy_header(input.first(header.size));
  if (exact.status != Status::complete || exact.header.source != header.source) abort();
  if (parse_proxy_header(input.first(header.size - 1)).status != Status::incomplete) abort();
  return 0;
}
