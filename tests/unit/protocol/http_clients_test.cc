// Announces as 26 real clients and scripts send them, each with every event: started, none,
// completed and stopped. The parser must read all of them alike.
#include <gtest/gtest.h>

#include <array>
#include <ostream>
#include <string>
#include <string_view>

#include "protocol/http_message.h"
#include "protocol/http_tracker.h"

namespace ot {
namespace {

// {h} is the hash with every byte encoded; {H} encodes only where necessary, in upper case; {r}
// leaves bytes of 0x80 and above raw. {e} is the event as a further parameter, {E} as the first;
// both are empty in an announce without event. {l} is the number of bytes left. The peer id is
// encoded as the client does it.
struct Client {
  std::string_view name;
  std::string_view request;
};

void PrintTo(const Client& client, std::ostream* out) { *out << client.name; }

constexpr std::array<Client, 26> kClients{{
    {"uTorrent 3.5",
     "GET /announce?info_hash={h}&peer_id=-UT355S-%10%b2%98%13%ef%b4%cb%a0%d2%a5%ed%d1&port=6881"
     "&uploaded=0&downloaded=0&left={l}&corrupt=0&key=8A1F2C3D{e}&numwant=200&compact=1"
     "&no_peer_id=1 HTTP/1.1\r\nHost: t.example:6969\r\nUser-Agent: uTorrent/355(111915408)(45852)"
     "\r\nAccept-Encoding: gzip\r\nConnection: Close\r\n\r\n"},
    {"uTorrent 1.8 with addresses",
     "GET /announce?info_hash={h}&peer_id=-UT1850-%1e%8c%85%e1%b4%00%00%00%00%00%00%00&port=6881"
     "&uploaded=0&downloaded=0&left={l}&key=5ED41CDC{e}&numwant=200&compact=1&no_peer_id=1"
     "&ipv6=2001%3a0%3a4137%3a9e76%3a2c5e%3a1a2b%3ad1d2%3a1234 HTTP/1.1\r\nHost: t\r\n\r\n"},
    {"libtorrent 2.0",
     "GET /announce?info_hash={h}&peer_id=-LT2080-(!Oa-ha.Dh1v&port=6881&uploaded=0&downloaded=0"
     "&left={l}&corrupt=0&key=1C2D3E4F{e}&numwant=200&compact=1&no_peer_id=1&supportcrypto=1"
     "&redundant=0 HTTP/1.1\r\nHost: t.example\r\nUser-Agent: libtorrent/2.0.8.0\r\n"
     "Accept-Encoding: gzip\r\nConnection: close\r\n\r\n"},
    {"qBittorrent",
     "GET /announce?info_hash={H}&peer_id=-qB4520-k~hGdfUh*Tiu&port=6881&uploaded=0&downloaded=0"
     "&left={l}&corrupt=0&key=ABCDEF01{e}&numwant=200&compact=1&no_peer_id=1&supportcrypto=1"
     "&redundant=0&ipv6=2001%3adb8%3a%3a1&ipv6=fe80%3a%3a1 HTTP/1.1\r\nHost: t\r\n\r\n"},
    {"Deluge",
     "GET /announce?info_hash={h}&peer_id=-DE13F0-y5BDs8Io9-l3&port=6881&uploaded=0&downloaded=0"
     "&left={l}&corrupt=0&key=0A0B0C0D{e}&numwant=200&compact=1&no_peer_id=1 HTTP/1.0\r\n"
     "Host: t\r\nUser-Agent: Deluge 1.3.15\r\n\r\n"},
    {"Transmission 3",
     "GET /announce?info_hash={h}&peer_id=-TR3000-0z4upkgo2bkj&port=6881&uploaded=0&downloaded=0"
     "&left={l}&numwant=80&key=64f87e2e&compact=1&supportcrypto=1{e} HTTP/1.1\r\nHost: t\r\n"
     "User-Agent: Transmission/3.00\r\nAccept: */*\r\nAccept-Encoding: deflate, gzip\r\n\r\n"},
    {"Transmission 4",
     "GET /announce?info_hash={H}&peer_id=-TR4030-8xw0hdk1m2p3&port=6881&uploaded=0&downloaded=0"
     "&left={l}&numwant=80&key=4cd82b7d&compact=1&requirecrypto=1&corrupt=0{e}&trackerid=abc%2F1"
     " HTTP/1.1\r\nHost: t\r\n\r\n"},
    {"aria2",
     "GET /announce?info_hash={H}&peer_id=A2-1-36-0-%B1%17%FA%80%3B%B3%F3%1C%0E%91&uploaded=0"
     "&downloaded=0&left={l}&compact=1&key=A2-1-36-&numwant=50&no_peer_id=1&port=6881{e}"
     "&supportcrypto=1 HTTP/1.1\r\nUser-Agent: aria2/1.36.0\r\nHost: t\r\nPragma: no-cache\r\n"
     "Cache-Control: no-cache\r\nConnection: close\r\n\r\n"},
    {"rtorrent",
     "GET /announce?info_hash={H}&peer_id=-lt0D80-%A5%0F%1D%B4%AC%CF%E5%82%94%B8%D1%07&key=2f5c3a91"
     "&compact=1&port=6881&uploaded=0&downloaded=0&left={l}{e} HTTP/1.1\r\nHost: t\r\n"
     "User-Agent: rtorrent/0.9.8/0.13.8\r\nAccept: */*\r\nAccept-Encoding: deflate, gzip\r\n\r\n"},
    {"ctorrent",
     "GET /announce?info_hash={h}&peer_id=-CD0303-%b5%0d&port=6881&uploaded=0&downloaded=0"
     "&left={l}&compact=1&numwant=100{e} HTTP/1.0\n\n"},
    {"ctorrent with a passkey",
     "GET /announce.php?pk=12ab&info_hash={h}&peer_id=-CD0303-aaaabbbbcccc&port=6881&uploaded=0"
     "&downloaded=0&left={l}&compact=1{e} HTTP/1.0\r\n\r\n"},
    {"Azureus",
     "GET /announce?info_hash={H}&peer_id=-AZ5760-xyR1TFDoHVpl&supportcrypto=1&port=6881"
     "&azudp=6881&uploaded=0&downloaded=0&left={l}&corrupt=0{e}&numwant=100&no_peer_id=1"
     "&compact=1&key=Hx8Qh2kz&azver=3 HTTP/1.1\r\nUser-Agent: Azureus 5.7.6.0;Linux;Java 1.8\r\n"
     "Connection: close\r\nAccept-Encoding: gzip\r\nHost: t\r\nAccept: text/html, image/gif\r\n"
     "Content-type: application/x-www-form-urlencoded\r\n\r\n"},
    {"BiglyBT",
     "GET /announce?info_hash={H}&peer_id=-BI3400-4HqVv8UeQ1Pz&supportcrypto=1&port=6881&azudp=0"
     "&uploaded=0&downloaded=0&left={l}&corrupt=0{e}&numwant=28&no_peer_id=1&compact=1&key=q1"
     "&azver=3&azhttp=0 HTTP/1.1\r\nHost: t\r\n\r\n"},
    {"BitComet",
     "GET /announce?info_hash={H}&peer_id=-BC0189-%CA%97%0B%B4%C1%D3%9E%86%08%E4%C3%8F&port=6881"
     "&natmapped=1&localip=192.168.1.2&port_type=wan&uploaded=0&downloaded=0&left={l}&numwant=200"
     "&compact=1&no_peer_id=1&key=31415{e} HTTP/1.1\r\nHost: t\r\nAccept: */*\r\nPragma: no-cache"
     "\r\nCache-Control: no-cache\r\n\r\n"},
    {"mainline 4",
     "GET /announce?info_hash={H}&peer_id=M4-4-0--9aa757efd5be&port=6881&key=b2D7&uploaded=0"
     "&downloaded=0&left={l}&compact=1{e} HTTP/1.1\r\nAccept-Encoding: gzip\r\nHost: t\r\n"
     "User-Agent: BitTorrent/4.4.0\r\n\r\n"},
    {"BitTornado",
     "GET /announce?info_hash={H}&peer_id=T03I--00WMFUpFFkTXFp&port=6881&no_peer_id=1&compact=1"
     "&supportcrypto=1&key=9Qwe&uploaded=0&downloaded=0&left={l}{e}&last=12&trackerid=x HTTP/1.0"
     "\r\nHost: t\r\n\r\n"},
    {"KTorrent",
     "GET /announce?peer_id=-KT5200-693649213030&port=6881&uploaded=0&downloaded=0&left={l}"
     "&compact=1&numwant=200&key=1361302&info_hash={h}{e}&supportcrypto=1 HTTP/1.1\r\nHost: t"
     "\r\nConnection: Keep-Alive\r\nUser-Agent: KTorrent/5.2.0\r\n\r\n"},
    {"WebTorrent",
     "GET /announce?info_hash={r}&peer_id=-WW0102-%e9%c1&port=6881&left={l}&uploaded=0"
     "&downloaded=0&compact=1{e}&numwant=50 HTTP/1.1\r\nhost: t\r\nconnection: close\r\n\r\n"},
    {"sorted keys, as Go writes them",
     "GET /announce?compact=1&downloaded=0{e}&info_hash={H}&ip=&ipv4=&ipv6=&key=-12345&left={l}"
     "&numwant=-1&peer_id=-GT0002-%F1%D9&port=6881&supportcrypto=1&uploaded=0 HTTP/1.1\r\n"
     "Host: t\r\nUser-Agent: Go-http-client/1.1\r\nAccept-Encoding: gzip\r\n\r\n"},
    {"event in front",
     "GET /announce?{E}port=6881&info_hash={h}&left={l} HTTP/1.1\r\nHost: t\r\n\r\n"},
    {"Opera",
     "GET /announce?info_hash={H}&peer_id=O-1234567890ABCDEFGH&ip=10.0.0.7&port=6881&uploaded=0"
     "&downloaded=0&left={l}&compact=1{e} HTTP/1.1\r\nUser-Agent: Opera/9.80\r\nHost: t\r\n"
     "TE: deflate, gzip\r\nConnection: Keep-Alive, TE\r\n\r\n"},
    {"space before the query",
     "GET /announce ?info_hash={h}&peer_id=-XL0012-bcdefghijklm&port=6881&uploaded=0&downloaded=0"
     "&left={l}{e} HTTP/1.0\r\nHost: t\r\n\r\n"},
    {"slashes and empty pairs",
     "GET //announce?&info_hash={r}&&port=6881&left={l}{e}& HTTP/1.1\r\nHost: t\r\n\r\n"},
    {"encoded key and numbers",
     "GET /%61nnounce?info%5Fhash={h}&p%6Frt=%36%38%38%31&left={l}{e} HTTP/1.1\r\n\r\n"},
    {"no version", "GET /a?info_hash={H}&port=6881&left={l}{e}\r\n\r\n"},
    {"empty path", "GET /?info_hash={h}&port=6881&left={l}{e}&key HTTP/1.1\nHost: t\n\n"},
}};

struct Stage {
  std::string_view event;
  std::string_view left;
  AnnounceEvent expected;
};

constexpr std::array<Stage, 4> kStages{{
    {"started", "734003200", AnnounceEvent::started},
    {"", "16384", AnnounceEvent::none},
    {"completed", "0", AnnounceEvent::completed},
    {"stopped", "0", AnnounceEvent::stopped},
}};

constexpr std::string_view kHashBytes = "\xf0\xe1\x80~-._09AZaz\xff\xfe\xc3\xa4xyw";

std::string encoded_hash(char style) {
  constexpr std::string_view kLower = "0123456789abcdef";
  constexpr std::string_view kUpper = "0123456789ABCDEF";
  std::string encoded;
  for (const char c : kHashBytes) {
    const auto byte = static_cast<uint8_t>(c);
    const bool is_plain = style == 'r' || (style == 'H' && byte < 0x80);
    const std::string_view digits = style == 'h' ? kLower : kUpper;
    if (is_plain) {
      encoded += c;
    } else {
      encoded += {'%', digits[byte >> 4U], digits[byte & 15U]};
    }
  }
  return encoded;
}

void replace(std::string& text, std::string_view from, const std::string& to) {
  if (const size_t at = text.find(from); at != std::string::npos) text.replace(at, from.size(), to);
}

std::string request_of(const Client& client, const Stage& stage) {
  std::string request(client.request);
  for (const char style : {'h', 'H', 'r'})
    replace(request, std::string{'{', style, '}'}, encoded_hash(style));
  const std::string event = stage.event.empty() ? "" : "event=" + std::string(stage.event);
  replace(request, "{e}", event.empty() ? "" : "&" + event);
  replace(request, "{E}", event.empty() ? "" : event + "&");
  replace(request, "{l}", std::string(stage.left));
  return request;
}

class RealClient : public testing::TestWithParam<Client> {};

TEST_P(RealClient, IsUnderstood) {
  ASSERT_EQ(kHashBytes.size(), InfoHash::kSize);
  for (const Stage& stage : kStages) {
    const std::string request = request_of(GetParam(), stage);
    ASSERT_EQ(request.find('{'), std::string::npos) << request;
    const HeadResult head = parse_head(as_bytes(request));
    ASSERT_EQ(head.status, HeadResult::Status::complete) << request;
    EXPECT_EQ(head.head.size, request.size());
    const RoutedTarget target = route(head.head.target, {"stats"});
    ASSERT_EQ(target.route, Route::announce) << request;
    const auto announce = parse_announce(target.query, IpAddress());
    ASSERT_TRUE(announce) << request << announce.error().reason;
    EXPECT_EQ(as_text(announce->request.info_hash.bytes), kHashBytes);
    EXPECT_EQ(announce->request.peer.port, 6881);
    EXPECT_EQ(announce->request.event, stage.expected) << request;
    EXPECT_EQ(announce->request.seeding, stage.left == "0");
    EXPECT_EQ(announce->form, PeerForm::compact);
  }
}

INSTANTIATE_TEST_SUITE_P(Clients, RealClient, testing::ValuesIn(kClients));

}  // namespace
}  // namespace ot
