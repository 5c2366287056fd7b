"""What counts as a request and how it is routed: tolerances and errors."""
import pytest

from harness.http_client import query
from harness.peers import info_hash
from harness.private_network import TRACKER_V4
from harness.waiting import wait_until

HASH = info_hash(1)
ANNOUNCE = query(info_hash=HASH, port=6881, left=1)


def error_page(status, title, explanation=""):
    """The exact bytes of an error page, after which the connection is closed."""
    body = f"<title>{title}</title>\n{explanation}"
    return (
        f"HTTP/1.0 {status} {title}\r\nContent-Type: text/html\r\nCache-Control: no-store\r\n"
        f"Content-Length: {len(body)}\r\nConnection: close\r\n\r\n{body}"
    ).encode()


def invalid(why):
    return error_page(400, "Invalid Request", why + "\n")


NO_METHOD = invalid("a request must begin with GET, HEAD or OPTIONS")
NO_TARGET = invalid("the request target must be a path such as /announce, or an http URL")
TOO_LONG = invalid("the request head is longer than 8192 bytes")
HAS_BODY = invalid("the request has a body; GET, HEAD and OPTIONS must be sent without one")
NOT_FOUND = error_page(404, "Not Found")


@pytest.mark.parametrize(
    "target",
    [
        "/announce?",
        "/a?",
        "/announce.php?",
        "/announce/?",
        "/announce/0123456789abcdef?",
        "//announce?",
        "////announce?",
        "/?",
        "//?",
        "/announce ?",
        "/announce?&&",
    ],
)
def test_a_path_that_is_empty_or_begins_with_a_is_an_announce(http, target):
    reply = http.get(target + ANNOUNCE).bencoded()
    assert reply[b"incomplete"] == 1


@pytest.mark.parametrize("target", ["/scrape?", "/sc?", "/scrape.php?", "//scrape?", "/scrape ?"])
def test_a_path_that_begins_with_sc_is_a_scrape(http, target):
    reply = http.get(target + query(info_hash=HASH)).bencoded()
    assert list(reply[b"files"]) == [HASH]


@pytest.mark.parametrize(
    "target", ["/", "//", "/xyz", "/s", "/favicon.ico", "/Announce", "/statsx", "/stat"]
)
def test_any_other_path_is_not_found(http, target):
    assert http.get(target).raw == NOT_FOUND


@pytest.mark.parametrize(
    "target", ["/stats?info_hash=aaaaaaaaaaaaaaaaaaaa", "/stats?mode=peer&info_hash=a"]
)
def test_an_info_hash_under_the_stats_path_is_an_invalid_request(http, target):
    told = "info_hash: this path serves statistics; announce to /announce instead\n"
    assert http.get(target).raw == error_page(400, "Invalid Request", told)


def test_an_unknown_statistics_mode_is_an_invalid_request(http):
    told = (
        "unknown mode; valid modes: peer, conn, tcp4, udp4, scrp, fscr, torr, completed, syncs, "
        "renew, herr, version, everything, top10, top100, s24s, tpbs, statedump\n"
    )
    assert http.get("/stats?mode=nonsense").raw == error_page(400, "Invalid Request", told)


HEADS = {
    "crlf": "GET {} HTTP/1.0\r\n\r\n",
    "http 1.1": "GET {} HTTP/1.1\r\nHost: tracker\r\nConnection: close\r\n\r\n",
    "http 1.1 without a host": "GET {} HTTP/1.1\r\nConnection: close\r\n\r\n",
    "line feeds only": "GET {} HTTP/1.0\n\n",
    "line feeds and headers": "GET {} HTTP/1.0\nUser-Agent: x\n\n",
    "no version": "GET {}\r\n\r\n",
    "an empty line first": "\r\nGET {} HTTP/1.0\r\n\r\n",
    "headers without sense": "GET {} HTTP/1.0\r\nnonsense\r\n: x\r\n folded\r\n\r\n",
    "no body, and says so": "GET {} HTTP/1.0\r\nContent-Length: 0\r\n\r\n",
}


@pytest.mark.parametrize("head", HEADS.values(), ids=HEADS.keys())
def test_old_and_sloppy_request_heads_are_served(http, head):
    response = http.exchange(head.format("/announce?" + ANNOUNCE).encode())
    assert response.status_line == "HTTP/1.1 200 OK"
    assert response.bencoded()[b"incomplete"] == 1


def not_allowed(method):
    return invalid(f"method {method} is not allowed; use GET, HEAD or OPTIONS")


BAD_HEADS = {
    "post": (b"POST /announce HTTP/1.0\r\n\r\n", not_allowed("POST")),
    "post with a body": (
        b"POST /announce HTTP/1.0\r\nContent-Length: 3\r\n\r\nabc",
        not_allowed("POST"),
    ),
    "connect": (b"CONNECT example.org:443 HTTP/1.1\r\n\r\n", not_allowed("CONNECT")),
    "delete": (b"DELETE /stats HTTP/1.1\r\n\r\n", not_allowed("DELETE")),
    "lower case": (b"get /announce HTTP/1.0\r\n\r\n", not_allowed("get")),
    "a tls client hello": (
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(100),
        NO_METHOD,
    ),
    "a bittorrent handshake": (b"\x13BitTorrent protocol" + bytes(48), NO_METHOD),
    "markup": (b"<script>alert(1)</script> / HTTP/1.1\r\n\r\n", NO_METHOD),
    "three empty lines first": (b"\r\n\r\n\r\nGET / HTTP/1.0\r\n\r\n", NO_METHOD),
    "a target that is no path": (b"GET tracker/announce HTTP/1.0\r\n\r\n", NO_TARGET),
    "a url without a host": (b"GET http:///announce HTTP/1.0\r\n\r\n", NO_TARGET),
    "a url of another kind": (b"GET ftp://tracker/announce HTTP/1.0\r\n\r\n", NO_TARGET),
    "no target": (b"GET  HTTP/1.0\r\n\r\n", NO_TARGET),
    "a nul in the target": (b"GET /announce?info_hash=\0 HTTP/1.0\r\n\r\n", NO_TARGET),
    "a carriage return in the target": (b"GET /ann\rounce HTTP/1.0\r\n\r\n", NO_TARGET),
    "a body": (b"GET /announce HTTP/1.0\r\nContent-Length: 3\r\n\r\nabc", HAS_BODY),
    "options with a body": (
        b"OPTIONS /stats HTTP/1.1\r\nContent-Length: 3\r\n\r\nabc",
        HAS_BODY,
    ),
    "a chunked body": (
        b"GET /announce HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        HAS_BODY,
    ),
    "an unreadable length": (b"GET /announce HTTP/1.0\r\nContent-Length: x\r\n\r\n", HAS_BODY),
    "a length in disguise": (
        b"GET /announce HTTP/1.0\r\ncontent-length : 3\r\n\r\nabc",
        HAS_BODY,
    ),
}


@pytest.mark.parametrize("request_bytes, reply", BAD_HEADS.values(), ids=BAD_HEADS.keys())
def test_any_other_request_is_invalid_and_closes_the_connection(http, request_bytes, reply):
    assert http.exchange(request_bytes).raw == reply


def head_of(size):
    begin = f"GET /announce?{ANNOUNCE} HTTP/1.0\r\nX: ".encode()
    return begin + b"x" * (size - len(begin) - 4) + b"\r\n\r\n"


def test_a_head_of_eight_kibibytes_is_served(http):
    assert http.exchange(head_of(8192)).bencoded()[b"incomplete"] == 1


@pytest.mark.parametrize("size", [8193, 20000, 200000])
def test_a_longer_head_is_invalid(http, size):
    assert http.exchange(head_of(size)).raw == TOO_LONG


def test_an_endless_head_is_refused_before_it_ends(http):
    with http.connect() as connection:
        connection.send(b"GET /" + b"a" * 8192)
        assert connection.read_response().raw == TOO_LONG
        assert connection.at_end()


def test_a_client_that_keeps_sending_after_the_reply_is_cut_off(tracker, http):
    before = tracker.descriptor_count()
    with http.connect() as connection:
        with pytest.raises(ConnectionError):
            connection.send(head_of(50_000_000))
    wait_until(lambda: tracker.descriptor_count() <= before, "the descriptor to be closed")


def test_a_reset_does_not_destroy_the_reply_to_a_request_with_a_long_body(http):
    body = b"x" * 60000
    head = b"POST /announce HTTP/1.1\r\nContent-Length: 60000\r\n\r\n"
    assert http.exchange(head + body).raw == not_allowed("POST")


def test_a_closing_reply_is_exactly_these_bytes(http):
    files = b"d5:filesd20:%sd8:completei0e10:downloadedi0e10:incompletei0eeee" % HASH
    expected = (
        b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nCache-Control: no-store\r\n"
        b"Content-Length: %d\r\nConnection: close\r\n\r\n" % len(files)
    )
    assert http.get("/scrape?" + query(info_hash=HASH)).raw == expected + files


def test_requests_over_ipv6_are_served_the_same_way(http6):
    reply = http6.get("/announce?" + ANNOUNCE).bencoded()
    assert reply[b"incomplete"] == 1
    assert http6.get("/xyz").raw == NOT_FOUND


def test_a_reply_contains_the_clients_own_address(http, http6):
    assert http.announce(HASH, source="10.99.0.7")[b"external ip"] == bytes([10, 99, 0, 7])
    expected = bytes.fromhex("fd00009900000000000000000000000a")
    assert http6.announce(HASH, source="fd00:99::a")[b"external ip"] == expected
    assert http.address == TRACKER_V4
