// Any text as header lines. The client that is found must not be a proxy and must be in the text;
// adding text to the left of it must change nothing; walking from the end must find the same fields
// as walking from the beginning.
#include <cstdlib>
#include <string>
#include <vector>

#include "protocol/forwarded.h"
#include "protocol/http_message.h"

namespace {

using namespace ot;

void require(bool holds) {
  if (!holds) std::abort();
}

// True for about half of all addresses.
bool is_proxy(const IpAddress& address) { return (address.bytes().back() & 1U) != 0; }

void check_reverse(std::string_view fields) {
  std::vector<HeaderField> forward;
  HeaderReader reader(fields);
  for (HeaderField field; reader.next(field);) forward.push_back(field);
  ReverseHeaderReader reverse(fields);
  for (HeaderField field; reverse.next(field); forward.pop_back()) {
    require(!forward.empty() && forward.back().name.data() == field.name.data());
    require(forward.back().value == field.value);
  }
  require(forward.empty());
}

void check_claims_do_not_count(const std::string& fields) {
  constexpr auto kHeader = ForwardedHeader::x_forwarded_for;
  const auto client = forwarded_client(fields, kHeader, is_proxy);
  const auto with_claim =
      forwarded_client("X-Forwarded-For: 192.0.2.2\r\n" + fields, kHeader, is_proxy);
  if (!client) return;
  require(!is_proxy(*client));
  require(with_claim && *with_claim == *client);
  require(has_proxy_trace(fields));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string fields(as_text({data, size}));
  check_reverse(fields);
  check_claims_do_not_count(fields);
  for (const auto header : {ForwardedHeader::x_real_ip, ForwardedHeader::cf_connecting_ip}) {
    const auto client = forwarded_client(fields, header, is_proxy);
    require(client ? !is_proxy(*client) : !describe(client.error()).empty());
    require(parse_forwarded_header(name_of(header)) == header);
  }
  static_cast<void>(parse_forwarded_header(fields));
  return 0;
}
