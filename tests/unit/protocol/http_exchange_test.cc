// The contract with clients: the exact bytes that answer each kind of bad HTTP request, with the
// codecs connected as in the front end.
#include <gtest/gtest.h>

#include <array>
#include <string>
#include <vector>

#include "protocol/http_message.h"
#include "protocol/http_reply.h"
#include "protocol/http_tracker.h"
#include "protocol/tracker_reply.h"
#include "protocol/url_query.h"

namespace ot {
namespace {

std::string page(const std::string& status, const std::string& title,
                 const std::string& explanation = "") {
  const std::string body =
      "<title>" + title + "</title>\n" + (explanation.empty() ? "" : explanation + "\n");
  return "HTTP/1.0 " + status + " " + title +
         "\r\nContent-Type: text/html\r\nCache-Control: no-store\r\nContent-Length: " +
         std::to_string(body.size()) + "\r\nConnection: close\r\n\r\n" + body;
}
constexpr std::string_view kHash = "info_hash=%aa%bb%cc%dd%ee%ff0123456789abcd";

class FrontEnd {
 public:
  std::string answer(std::string_view request) {
    const HeadResult result = parse_head(as_bytes(request));
    if (result.status == HeadResult::Status::incomplete) return "(waits)";
    if (result.status == HeadResult::Status::bad)
      return error(HttpStatus::invalid_request, explain(result));
    persistence_ = result.head.persistence;
    const RoutedTarget target = route(result.head.target, {"stats"});
    switch (target.route) {
      case Route::announce:
        return announce(target.query);
      case Route::scrape:
        return scrape(target.query);
      case Route::stats:
        if (find_parameter(target.query, "info_hash")) return error(HttpStatus::invalid_request);
        return "(stats)";
      case Route::full_scrape:
        return "(full scrape)";
      default:
        return error(HttpStatus::not_found);
    }
  }

 private:
  std::string error(HttpStatus status, std::string_view explanation = "") {
    const ErrorPage page{.status = status, .explanation = explanation};
    return std::string(as_text(write_error_page(buffer_, page, Persistence::close)));
  }

  std::string failure(const BadParameter& problem) {
    FailureReply reply{.reason = problem.reason, .interval = std::chrono::minutes(30)};
    if (!problem.is_final) reply.retry_in = std::chrono::minutes(30);
    return std::string(as_text(write_failure_reply(buffer_, reply, persistence_)));
  }

  std::string announce(std::string_view query) {
    const auto parsed = parse_announce(query, *IpAddress::parse("1.2.3.4"));
    if (!parsed) return failure(parsed.error());
    AnnounceReplyFrame frame(buffer_, parsed->form, 50);
    return std::string(as_text(frame.finish({.swarm = {}, .interval = std::chrono::seconds(1800)},
                                            parsed->request.peer.address, persistence_)));
  }

  std::string scrape(std::string_view query) {
    std::array<InfoHash, kMaxScrapeHashes> hashes;
    const auto count = parse_scrape(query, hashes);
    if (!count) return failure(count.error());
    const std::vector<SwarmCounts> counts(*count);
    return std::string(as_text(
        write_scrape_reply(buffer_, std::span(hashes).first(*count), counts, persistence_)));
  }

  std::vector<uint8_t> buffer_ =
      std::vector<uint8_t>(std::max(AnnounceReplyFrame::size_for(50), kMaxScrapeReply));
  Persistence persistence_ = Persistence::close;
};

std::string answer(std::string_view request) { return FrontEnd().answer(request); }

// The reply to a GET of the target that closes the connection.
std::string get(const std::string& target) {
  return answer("GET " + target + " HTTP/1.1\r\nHost: t\r\nConnection: close\r\n\r\n");
}

std::string ok(const std::string& body) {
  return "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nCache-Control: no-store\r\n"
         "Content-Length: " +
         std::to_string(body.size()) + "\r\nConnection: close\r\n\r\n" + body;
}

std::string failed(const std::string& reason, const std::string& retry_in = "2:30") {
  return ok("d14:failure reason" + std::to_string(reason.size()) + ":" + reason +
            "8:intervali1800e8:retry in" + retry_in + "e");
}

std::string failed_for_good(const std::string& reason) { return failed(reason, "5:never"); }

std::string announce(const std::string& parameters) {
  return get("/announce?" + std::string(kHash) + parameters);
}

const std::string kForgot =
    failed("Your client forgot to send your torrent's info_hash. Please upgrade your client.");

TEST(HttpExchange, Answers400ToMalformedRequests) {
  const auto refused = [](const std::string& why) { return page("400", "Invalid Request", why); };
  const std::string no_method = refused("a request must begin with GET, HEAD or OPTIONS");
  for (const std::string request : {"\x16\x03\x01", "GET\r\n\r\n", "POST"})
    EXPECT_EQ(answer(request), no_method) << request;
  EXPECT_EQ(answer("POST /announce HTTP/1.1\r\n\r\n"),
            refused("method POST is not allowed; use GET, HEAD or OPTIONS"));
  EXPECT_EQ(answer("get / HTTP/1.1"),
            refused("method get is not allowed; use GET, HEAD or OPTIONS"));
  const std::string no_path =
      refused("the request target must be a path such as /announce, or an http URL");
  for (const std::string request :
       {"GET \r\n\r\n", "GET  /announce HTTP/1.1\r\n\r\n", "GET ?x=1 HTTP/1.1\r\n\r\n",
        "GET ftp://t/announce?x=1 HTTP/1.1\r\n\r\n", "GET /announce?x=\t HTTP/1.1\r\n\r\n"})
    EXPECT_EQ(answer(request), no_path) << request;
  EXPECT_EQ(answer("GET /announce?" + std::string(9000, 'x')),
            refused("the request head is longer than 8192 bytes"));
  const std::string body =
      refused("the request has a body; GET, HEAD and OPTIONS must be sent without one");
  EXPECT_EQ(answer("GET /announce?x=1 HTTP/1.1\r\nContent-Length: 3\r\n\r\nabc"), body);
  EXPECT_EQ(answer("GET /a?x=1 HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"), body);
  EXPECT_EQ(get("/stats?" + std::string(kHash)), refused(""));
  EXPECT_EQ(get("/stats?mode=peer&info%5Fhash=x"), refused(""));
}

TEST(HttpExchange, AnswersAUrlAsItsPath) {
  for (const std::string target : {"/announce?x=1", "/scrape?x=1", "/favicon.ico", "/", "?x=1"})
    EXPECT_EQ(get("http://tracker.example:6969" + target),
              get(target[0] == '?' ? "/" + target : target))
        << target;
  EXPECT_EQ(get("HTTPS://tracker.example"), get("/"));
  EXPECT_EQ(get("http://tracker.example/scrape"), "(full scrape)");
}

TEST(HttpExchange, Answers404ToPathsItDoesNotKnow) {
  for (const std::string target : {"/", "/favicon.ico", "/Announce?x=1", "/key/announce?x=1",
                                   "/s?x=1", "/statsx", "/../announce"})
    EXPECT_EQ(get(target), page("404", "Not Found")) << target;
}

TEST(HttpExchange, WaitsForTheEndOfTheHead) {
  for (const std::string_view request :
       {"", "GE", "GET /announce?info", "GET /foo HTTP/1.1\r\r", "GET /announce\r\nHost: x\r\n"})
    EXPECT_EQ(answer(request), "(waits)") << request;
}

TEST(HttpExchange, ExplainsABadInfoHash) {
  EXPECT_EQ(get("/announce"), kForgot);
  EXPECT_EQ(get("/announce?"), kForgot);
  EXPECT_EQ(get("/announce?port=6881&left=0"), kForgot);
  EXPECT_EQ(get("/announce?x=1?" + std::string(kHash)), kForgot);
  const std::string wrong_size = failed_for_good("Invalid info_hash: it must be 20 bytes.");
  for (const std::string parameter : {"info_hash", "info_hash=", "info_hash=abc", "info_hash=%00",
                                      "info_hash=0123456789abcdef01234"})
    EXPECT_EQ(get("/announce?port=6881&" + parameter), wrong_size) << parameter;
  EXPECT_EQ(announce("x&port=1"), wrong_size);
  EXPECT_EQ(announce(";port=1"), wrong_size);
  EXPECT_EQ(get("/announce?info_hash=%zz&port=1"),
            failed_for_good("Invalid info_hash: bad percent-encoding."));
  EXPECT_EQ(announce("&port=1&" + std::string(kHash)),
            failed_for_good("Invalid info_hash: it may be given only once."));
}

TEST(HttpExchange, ExplainsABadPort) {
  EXPECT_EQ(announce(""), failed("Missing port: your client must say where it listens."));
  EXPECT_EQ(announce("&amp;port=1"),
            failed("Missing port: your client must say where it listens."));
  for (const std::string value : {"", "0", "-1", "+80", "65536", "x", "12x", "1e3"})
    EXPECT_EQ(announce("&port=" + value),
              failed("Invalid port: it must be a number from 1 to 65535."))
        << value;
  EXPECT_EQ(announce("&port=%3"), failed("Invalid port: bad percent-encoding."));
}

TEST(HttpExchange, ExplainsABadLeft) {
  for (const std::string value : {"", "abc", "-", "1x", "0#f", "+0"})
    EXPECT_EQ(announce("&port=1&left=" + value),
              failed("Invalid left: it must be a number of bytes."))
        << value;
  EXPECT_EQ(announce("&port=1&left=%xy"), failed("Invalid left: bad percent-encoding."));
}

TEST(HttpExchange, ExplainsABadEvent) {
  EXPECT_EQ(announce("&port=1&event=%"), failed("Invalid event: bad percent-encoding."));
}

TEST(HttpExchange, ServesOddButClearRequests) {
  const std::string served =
      ok("d8:completei0e10:downloadedi0e11:external ip4:\x01\x02\x03\x04"
         "10:incompletei0e8:intervali1800e12:min intervali0e5:peers0:e");
  for (const std::string parameters :
       {"&port=1", "&port=1&left=-1", "&port=1&left=99999999999999999999", "&port=1&numwant=abc",
        "&port=1&numwant=", "&port=1&compact=x", "&port=1&event=foo", "&port=1&peer_id=abc",
        "&port=1&peer_id=%zz", "&port=0&event=stopped", "&port=1&ip=foo", "&&port=1&",
        "&port=1&=", "&port=1&port=0", "&p%6frt=1", "&port=1 &x", "&port=65535&key=%"})
    EXPECT_EQ(announce(parameters), served) << parameters;
  for (const std::string path : {"/announce.php", "/a", "////announce", "/announce/key", "/",
                                 "/%61nnounce", "/announce ", "/abc/def"})
    EXPECT_EQ(get(path + "?port=1&" + std::string(kHash)), served) << path;
}

TEST(HttpExchange, ExplainsABadScrape) {
  for (const std::string target : {"/scrape?", "/scrape?x=1", "/scr", "/scrape.php", "/sc?"})
    EXPECT_EQ(get(target), kForgot) << target;
  EXPECT_EQ(get("/scrape?info_hash=abc"),
            failed_for_good("Invalid info_hash: it must be 20 bytes."));
  EXPECT_EQ(get("/scrape?" + std::string(kHash) + "&info_hash=%zz"),
            failed_for_good("Invalid info_hash: bad percent-encoding."));
  EXPECT_EQ(get("/scrape"), "(full scrape)");
}

TEST(HttpExchange, AnswersZerosForAnUnknownHashAndOneEntryForARepeatedOne) {
  const std::string zeros =
      ok("d5:filesd20:\xaa\xbb\xcc\xdd\xee\xff"
         "0123456789abcd"
         "d8:completei0e10:downloadedi0e10:incompletei0eeee");
  EXPECT_EQ(get("/scrape?" + std::string(kHash)), zeros);
  EXPECT_EQ(get("/scrape?" + std::string(kHash) + "&x=%zz&" + std::string(kHash)), zeros);
}

}  // namespace
}  // namespace ot
