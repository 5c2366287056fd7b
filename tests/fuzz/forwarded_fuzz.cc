// Any text as header lines. A client that is no proxy must stay the client whatever line is put
// before the others, and what a proxy appends must count whatever the client has written; walking
// from the end must find the same fields as walking from the beginning.
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

struct ListHeader {
  ForwardedHeader header;
  std::string_view claim;     // a line with another client
  std::string_view appended;  // what a proxy appends for 2001:db8::8
};
constexpr ListHeader kLists[] = {
    {ForwardedHeader::x_forwarded_for, "X-Forwarded-For: 192.0.2.2\r\n", ", [2001:db8::8]:1"},
    {ForwardedHeader::forwarded, "Forwarded: for=192.0.2.2\r\n",
     ", for=\"[2001:db8::8]:1\";by=\"a,\\\"b\""},
};

void check_claims_do_not_count(const std::string& fields, const ListHeader& list) {
  const auto client = forwarded_client(fields, list.header, is_proxy);
  const auto with_claim = forwarded_client(std::string(list.claim) + fields, list.header, is_proxy);
  if (!client) return;
  require(with_claim.has_value() || is_proxy(*client));
  if (!is_proxy(*client)) require(*with_claim == *client);
  require(has_proxy_trace(fields));
}

// `claim` is what a client sends as the value of the header.
void check_a_proxy_is_heard(std::string claim, const ListHeader& list) {
  std::erase_if(claim, [](char c) { return c == '\r' || c == '\n'; });
  const std::string line =
      std::string(name_of(list.header)) + ": " + claim + std::string(list.appended) + "\r\n";
  const auto client = forwarded_client(line, list.header, is_proxy);
  require(client && *client == *IpAddress::parse("2001:db8::8"));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string fields(as_text({data, size}));
  check_reverse(fields);
  for (const ListHeader& list : kLists) {
    check_claims_do_not_count(fields, list);
    check_a_proxy_is_heard(fields, list);
  }
  for (const auto header : {ForwardedHeader::x_real_ip, ForwardedHeader::cf_connecting_ip,
                            ForwardedHeader::true_client_ip}) {
    const auto client = forwarded_client(fields, header, is_proxy);
    require(client || !describe(client.error()).empty());
    require(parse_forwarded_header(name_of(header)) == header);
  }
  static_cast<void>(parse_forwarded_header(fields));
  return 0;
}
