"""HEAD, OPTIONS and targets that are URLs; what every reply says to caches and to scripts of pages."""
import http.client
import re
import subprocess

import pytest

from harness.http_client import HttpClient, announce_target, percent, query
from harness.peers import info_hash
from harness.private_network import TRACKER_V4, TRACKER_V6, v4
from harness.proxies import text_header
from harness.tools import find_program

HASH = info_hash(1)
SCRAPE = "/scrape?" + query(info_hash=HASH)
PREFLIGHT = "Origin: https://example.org\r\nAccess-Control-Request-Method: GET\r\n"


def everything(client, method, target, fields="", version="1.1"):
    """All bytes that answer a request that closes the connection."""
    with client.connect() as connection:
        head = f"{method} {target} HTTP/{version}\r\nHost: localhost\r\nConnection: close\r\n"
        connection.send((head + fields + "\r\n").encode("latin-1"))
        return b"".join(iter(lambda: connection.socket.recv(1 << 20), b""))


def head_of(reply):
    return reply[: reply.index(b"\r\n\r\n") + 4]


@pytest.fixture
def populated(http, http6):
    """Clients of both families of a tracker with one peer."""
    http.announce(HASH)
    return http, http6


HEAD_TARGETS = ["/", "/stats", "/stats?mode=version", "/stats?mode=nonsense", "/stats?mode=s24s",
                SCRAPE, "/scrape?", "/announce", "/announce?port=1", "/favicon.ico", "/scrape",
                announce_target(HASH, port=0), announce_target(b"short")]


@pytest.mark.parametrize("target", HEAD_TARGETS)
def test_head_gets_the_head_of_get_and_no_body(populated, target):
    for client in populated:
        for version in ("1.1", "1.0"):
            whole = everything(client, "GET", target, version=version)
            assert everything(client, "HEAD", target, version=version) == head_of(whole)


def test_head_of_pages_whose_numbers_change_has_a_length_and_no_body(populated):
    for target in ("/metrics", "/stats.json", "/stats?mode=everything", "/stats?mode=conn"):
        for client in populated:
            reply = everything(client, "HEAD", target)
            assert reply.startswith(b"HTTP/1.1 200 OK\r\n") and reply.endswith(b"\r\n\r\n")
            assert re.search(rb"\r\nContent-Length: [1-9]\d*\r\n", reply)


def test_head_of_an_announce_changes_nothing(populated):
    http, _ = populated
    before = http.stats("peer"), http.stats("completed").splitlines()[0]
    for more in ({}, {"event": "stopped"}, {"event": "completed", "left": 0}, {"port": 7000}):
        reply = everything(http, "HEAD", announce_target(HASH, **more))
        assert reply.startswith(b"HTTP/1.1 200 OK\r\n") and reply.endswith(b"\r\n\r\n")
        assert b"Content-Length" not in reply, "only a GET would find it out"
    assert everything(http, "HEAD", announce_target(info_hash(2))).startswith(b"HTTP/1.1 200")
    assert (http.stats("peer"), http.stats("completed").splitlines()[0]) == before


def test_head_of_a_full_scrape_makes_none(populated):
    http, _ = populated
    for fields in ("", "Accept-Encoding: gzip\r\n"):
        reply = everything(http, "HEAD", "/scrape", fields)
        assert b"\r\nTransfer-Encoding: chunked\r\n" in reply and reply.endswith(b"\r\n\r\n")
        assert (b"\r\nContent-Encoding: gzip\r\n" in reply) == bool(fields)
    assert http.stats("fscr").startswith("0\n0\n")
    samples = http.get("/metrics").body.decode()
    runs = re.search(r"^opentracker_full_scrape_runs_total(?:{[^}]*})? (\d+)$", samples, re.M)
    assert runs is None or runs[1] == "0"


def test_a_kept_connection_stays_in_step_whatever_the_method(populated):
    for client in populated:
        targets = [SCRAPE, announce_target(HASH), "/scrape", SCRAPE]
        with client.connect() as connection:
            stream = "".join(f"HEAD {target} HTTP/1.1\r\n\r\n" for target in targets)
            stream += "OPTIONS * HTTP/1.1\r\n\r\n"
            stream += f"HEAD /announce HTTP/1.1\r\n\r\nGET {SCRAPE} HTTP/1.1\r\n\r\n"
            connection.send(stream.encode() * 50)
            for _ in range(50):
                heads = [connection._read_until(b"\r\n\r\n") for _ in range(6)]
                assert [head.split(b" ")[1] for head in heads] == [b"200"] * 4 + [b"204", b"200"]
                assert list(connection.read_response().bencoded()[b"files"]) == [HASH]


OPTIONS_TARGETS = ["*", "/", "/stats", "/stats.json", "/metrics", "/scrape", "/announce", "/none",
                   "/stats?mode=s24s", "http://tracker.example/stats"]


@pytest.mark.parametrize("target", OPTIONS_TARGETS)
def test_options_is_answered_on_every_path(populated, target):
    for client in populated:
        reply = everything(client, "OPTIONS", target, PREFLIGHT)
        assert reply.startswith(b"HTTP/1.1 204 No Content\r\n") and reply.endswith(b"\r\n\r\n")
        for line in (b"Access-Control-Allow-Origin: *", b"Allow: GET, HEAD, OPTIONS",
                     b"Access-Control-Allow-Methods: GET, HEAD, OPTIONS"):
            assert b"\r\n" + line + b"\r\n" in reply
        assert b"Content-Length" not in reply


def test_scripts_of_pages_may_read_sums_and_send_nothing_that_changes_the_tracker(start_with):
    start_with(f"access.bless {TRACKER_V4}/16\nlisten.tcp {TRACKER_V4}\n")
    http = HttpClient(6969)
    origin = "Origin: https://example.org\r\n"
    for target in ("/stats", "/stats.json", "/metrics", "/stats?mode=everything"):
        assert http.get(target, fields=origin).headers["access-control-allow-origin"] == "*"
    for target in ("/stats?mode=top10", "/stats?mode=s24s", "/stats?mode=statedump",
                   "/stats?mode=tpbs", "/scrape", SCRAPE):
        response = http.get(target, fields=origin)
        assert response.status == 200 and "access-control-allow-origin" not in response.headers
    reply = everything(http, "OPTIONS", "/stats?mode=fulllog", PREFLIGHT)
    allowed = re.search(rb"Access-Control-Allow-Headers: (.*)\r\n", reply)[1].lower()
    assert b"*" not in allowed and b"x-opentracker" not in allowed


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS", "POST"])
def test_no_reply_may_be_stored_by_a_cache(start_with, method):
    start_with(f"tracker.redirect_url https://example.org/\nlisten.tcp {TRACKER_V4}\n")
    http = HttpClient(6969)
    for target in (*HEAD_TARGETS, announce_target(HASH), "/stats.json", "/metrics",
                   "/stats?mode=everything", "nothing"):
        reply = everything(http, method, target)
        assert reply.count(b"\r\nCache-Control: no-store\r\n") == 1, reply


@pytest.mark.parametrize("start", ["http://tracker.example", "HTTPS://tracker.example:443",
                                   "hTTp://10.99.0.1:6969", "http://[fd00:99::1]:6969"])
def test_a_url_is_served_as_its_path(tracker, start):
    for number, address in enumerate((TRACKER_V4, TRACKER_V6)):
        client = HttpClient(tracker.port, address)
        reply = client.get(start + announce_target(HASH, port=7000)).bencoded()
        assert reply[b"incomplete"] == number + 1
        assert client.get(start + SCRAPE).bencoded()[b"files"][HASH][b"incomplete"] == number + 1
        assert client.get(start + "/stats").body == client.get("/stats").body
        assert client.get(start).status == client.get(start + "/").status == 404
        no_path = client.get(f"{start}?info_hash={percent(HASH)}&port=7000").bencoded()
        assert no_path[b"incomplete"] == number + 1


def test_heads_options_and_urls_work_behind_proxy_headers_and_with_bare_line_feeds(start_with):
    start_with(f"access.proxy {v4(2)}\nlisten.tcp.proxy {TRACKER_V4}:7000\nlisten.tcp {TRACKER_V4}\n")

    def served(request):
        replies = []
        for port, before in ((6969, ""), (7000, text_header(v4(9), TRACKER_V4).decode())):
            for end in ("\r\n", "\n"):
                lines = request.replace("\n", end).encode()
                with HttpClient(port).connect(source=v4(2) if before else v4(9)) as connection:
                    connection.send(before.encode() + lines)
                    replies.append(b"".join(iter(lambda: connection.socket.recv(65536), b"")))
        return replies

    for reply in served("HEAD /stats HTTP/1.0\n\n"):
        assert reply.startswith(b"HTTP/1.1 200 OK\r\n") and reply.endswith(b"\r\n\r\n")
    for reply in served("OPTIONS /stats.json HTTP/1.0\nOrigin: https://example.org\n\n"):
        assert reply.startswith(b"HTTP/1.1 204 No Content\r\n")
    for reply in served(f"GET http://tracker.example{SCRAPE} HTTP/1.0\n\n"):
        assert reply.endswith(b"8:completei0e10:downloadedi0e10:incompletei0eeee")


def test_curl_and_python_read_heads(populated):
    http_, _ = populated
    url = f"http://{TRACKER_V4}:{http_.port}"
    curl = [find_program("curl", "curl"), "-sS", "-m", "5"]
    for target in ("/stats", SCRAPE, "/scrape", announce_target(HASH)):
        done = subprocess.run([*curl, "-I", url + target], capture_output=True, text=True)
        assert done.returncode == 0 and done.stdout.startswith("HTTP/1.1 200 OK"), done
    done = subprocess.run([*curl, "-x", url, "http://tracker.example/stats"], capture_output=True)
    assert done.returncode == 0 and done.stdout.startswith(b"1\n0\n"), "as an HTTP proxy is asked"
    connection = http.client.HTTPConnection(TRACKER_V4, http_.port, timeout=5)
    for target in (SCRAPE, "/scrape", announce_target(HASH), SCRAPE):
        for method in ("HEAD", "GET", "OPTIONS"):
            connection.request(method, target)
            response = connection.getresponse()
            assert response.status in (200, 204)
            assert bool(response.read()) == (method == "GET")
    connection.close()
