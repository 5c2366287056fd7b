"""Statistics that walk the table: requested over HTTP, answered when the worker is done."""
import json
import socket

import pytest

from harness.http_client import HttpClient
from harness.peers import info_hash
from harness.private_network import TRACKER_V4

PORT = 6969


@pytest.fixture
def swarms(start_with):
    """A client that may see names. Torrent 1 has three leechers, torrent 2 two seeds and a leecher,
    torrent 3 one seed.
    """
    start_with(f"access.bless {TRACKER_V4}/16\nlisten.tcp {TRACKER_V4}\n")
    http = HttpClient(PORT)
    for torrent, peers in {1: "lll", 2: "ssl", 3: "s"}.items():
        for number, kind in enumerate(peers):
            http.announce(info_hash(torrent), port=1000 + number, left=0 if kind == "s" else 1)
    return http


def hex_of(torrent):
    return info_hash(torrent).hex().upper()


def test_rankings_name_the_largest_swarms(swarms):
    first, second = sorted((1, 2), key=hex_of)
    assert swarms.stats("top10") == (
        "Top 10 torrents by peers:\n"
        f"\t3\t{hex_of(first)}\n\t3\t{hex_of(second)}\n\t1\t{hex_of(3)}\n"
        "Top 10 torrents by seeds:\n"
        f"\t2\t{hex_of(2)}\n\t1\t{hex_of(3)}\n"
        "Top 10 torrents by leechers:\n"
        f"\t3\t{hex_of(1)}\n\t1\t{hex_of(2)}\n"
    )
    assert swarms.stats("top100").startswith("Top 100 torrents by peers:\n")


def test_rankings_are_available_as_json(swarms):
    page = json.loads(swarms.get("/stats?mode=top10&format=json").body)
    assert page["by_seeds"][0] == {"info_hash": hex_of(2), "count": 2}


def test_networks_are_counted_by_peers(swarms):
    assert swarms.stats("s24s") == (
        "Networks, limit /28:\n00000007: 10.99.0.0\n\n"
        "Networks, limit /24:\n00000007: 10.99.0.0\n\n"
    )


def test_a_late_page_keeps_its_place_in_a_pipeline(swarms):
    with socket.create_connection((TRACKER_V4, PORT), timeout=10) as connection:
        connection.sendall(
            b"GET /stats?mode=version HTTP/1.1\r\nConnection: keep-alive\r\n\r\n"
            b"GET /stats?mode=top10 HTTP/1.1\r\nConnection: keep-alive\r\n\r\n"
            b"GET /stats?mode=peer HTTP/1.1\r\nConnection: close\r\n\r\n"
        )
        stream = b""
        while chunk := connection.recv(65536):
            stream += chunk
    assert stream.count(b"HTTP/1.1 200 OK") == 3
    order = [stream.index(word) for word in (b"WANT_", b"Top 10", b"opentracker serving 3 torrents")]
    assert order == sorted(order)


def test_a_client_that_disconnects_does_not_affect_others(swarms):
    for _ in range(50):
        with socket.create_connection((TRACKER_V4, PORT), timeout=10) as leaver:
            leaver.sendall(b"GET /stats?mode=top10 HTTP/1.1\r\n\r\n")
        assert "Top 10" in swarms.stats("top10")
