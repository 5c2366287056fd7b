"""Existing exporters and scripts: what they send, how long they wait, and what they take apart.

Many do not parse HTTP: they read to the end of the connection, whatever its version, and then look
at lines or at elements of the XML by their position.
"""
import http.client
import socket
import time
import urllib.request
import xml.etree.ElementTree

import pytest

from harness.http_client import HttpClient
from harness.peers import info_hash
from harness.private_network import TRACKER_V4, TRACKER_V6, v4

PAGES = ["/stats", "/stats?mode=peer", "/stats?mode=conn", "/stats?mode=everything", "/stats.json",
         "/metrics", "/stats?mode=version", "/stats?mode=everything&format=json"]


@pytest.fixture
def swarm(tracker, http):
    """Two torrents: three leechers; two seeds, one of which has completed."""
    for port in (1000, 1001, 1002):
        http.announce(info_hash(1), port=port)
    http.announce(info_hash(2), port=1000)
    http.announce(info_hash(2), port=1000, left=0, event="completed")
    http.announce(info_hash(2), port=1001, left=0)
    return tracker


def read_to_the_end(request, address=TRACKER_V4, port=6969, limit=1.0):
    """The body of the reply to the request, and fails if the end takes longer than `limit`."""
    begin = time.monotonic()
    with socket.create_connection((address, port), timeout=limit) as connection:
        connection.sendall(request.encode())
        reply = b"".join(iter(lambda: connection.recv(65536), b""))
    assert time.monotonic() - begin < limit
    assert reply.startswith(b"HTTP/1.1 200 OK\r\n"), reply
    return reply.partition(b"\r\n\r\n")[2].decode()


@pytest.mark.parametrize("target", PAGES)
@pytest.mark.parametrize(
    "fields", ["Host: tracker\r\n", "Host: tracker\r\nUser-Agent: x\r\nAccept: */*\r\n"]
)
def test_an_exporter_that_reads_to_the_end_of_an_http_1_1_connection_is_not_kept_waiting(
    swarm, target, fields
):
    for address in (TRACKER_V4, TRACKER_V6):
        assert read_to_the_end(f"GET {target} HTTP/1.1\r\n{fields}\r\n", address)


def test_lists_of_torrents_under_the_statistics_path_end_the_connection_too(start_with):
    start_with(f"access.stats {TRACKER_V4}/16\nlisten.tcp {TRACKER_V4}\n")
    HttpClient(6969).announce(info_hash(1))
    for mode in ("statedump", "tpbs&format=txt", "top10", "s24s"):
        request = f"GET /stats?mode={mode} HTTP/1.1\r\nHost: tracker\r\n\r\n"
        assert read_to_the_end(request, TRACKER_V4)


def test_a_client_that_asks_for_keep_alive_by_name_keeps_its_connection(swarm):
    with HttpClient(6969).connect() as connection:
        for target in PAGES * 3:
            request = f"GET {target} HTTP/1.1\r\nHost: t\r\nConnection: keep-alive\r\n\r\n"
            connection.send(request.encode())
            response = connection.read_response()
            assert response.status == 200 and "connection" not in response.headers


def test_announces_and_scrapes_keep_their_connection_as_before(swarm):
    with HttpClient(6969).connect() as connection:
        for target in ("/announce?port=1", "/scrape", "/scrape?x=1"):
            connection.send(f"GET {target} HTTP/1.1\r\nHost: t\r\n\r\n".encode())
            assert connection.read_response().status == 200


def test_the_xml_is_read_by_position(swarm):
    """As an exporter in use does: children tracker_id, version, uptime, torrents, peers, seeds,
    completed, in that order.
    """
    text = read_to_the_end("GET /stats?mode=everything HTTP/1.1\r\nHost: t\r\n\r\n")
    root = xml.etree.ElementTree.fromstring(text)
    names = [child.tag for child in root]
    assert names[:7] == "tracker_id version uptime torrents peers seeds completed".split()
    assert (root[3][0].text, root[4][0].text, root[5][0].text, root[6][0].text) == ("2", "5", "2", "1")
    assert int(root[2].text) < 60
    assert names[7:] == ["connections", "debug"]


def test_the_default_mode_is_read_by_line_and_word(swarm):
    """As a script in use does: line 1, line 2, and the third word of line 3."""
    for target in ("/stats", "/stats?mode=peer"):
        text = read_to_the_end(f"GET {target} HTTP/1.1\r\nHost: t\r\n\r\n")
        lines = text.split("\n")
        assert len(lines) == 4
        assert (lines[0], lines[1], lines[2].split()[2]) == ("5", "2", "2")


def test_pythons_clients_read_every_page(swarm):
    for target in PAGES:
        with urllib.request.urlopen(f"http://{TRACKER_V4}:6969{target}", timeout=5) as page:
            assert page.status == 200 and page.read()
    connection = http.client.HTTPConnection(TRACKER_V4, 6969, timeout=5)
    for target in PAGES:  # opens a new connection by itself where the last was closed
        for method in ("GET", "HEAD"):
            connection.request(method, target)
            response = connection.getresponse()
            assert response.status == 200
            assert bool(response.read()) == (method == "GET")
    connection.close()


def test_a_page_in_a_browser_reads_the_sums_of_another_site(swarm):
    """What a browser sends for fetch() with a header line of the page's own: a preflight, then the
    request. It gives the page the reply only if both name its origin or all.
    """
    origin = "Origin: https://example.org\r\nHost: tracker.example\r\nConnection: keep-alive\r\n"
    asks = "Access-Control-Request-Method: GET\r\nAccess-Control-Request-Headers: cache-control\r\n"
    with HttpClient(6969).connect(source=v4(9)) as connection:
        connection.send(f"OPTIONS /stats.json HTTP/1.1\r\n{origin}{asks}\r\n".encode())
        preflight = connection._read_until(b"\r\n\r\n").decode().split("\r\n")
        assert preflight[0] == "HTTP/1.1 204 No Content"
        said = dict(line.lower().split(": ", 1) for line in preflight[1:])
        assert said["access-control-allow-origin"] == "*"
        assert "get" in said["access-control-allow-methods"].split(", ")
        assert "cache-control" in said["access-control-allow-headers"].split(", ")
        connection.send(f"GET /stats.json HTTP/1.1\r\n{origin}Cache-Control: x\r\n\r\n".encode())
        page = connection.read_response()
    assert page.status == 200 and page.headers["access-control-allow-origin"] == "*"
    assert page.headers["content-type"] == "application/json"
