"""The unchanged docs/deploy/nginx.conf in Debian's nginx, between clients and the tracker."""
import os
import re

import pytest

from harness import bencode, proxies
from harness.daemon import TOP
from harness.http_client import HttpClient, announce_target, percent
from harness.peers import info_hash, peers_of
from harness.private_network import TRACKER_V4, TRACKER_V6, v4, v6

SNIPPET = os.path.join(TOP, "docs", "deploy", "nginx.conf")
# Bytes that a proxy would change if it decoded and re-encoded paths or queries.
ODD_HASH = bytes([0, 10, 13, 32, 35, 37, 38, 43, 47, 61, 63, 92, 127, 128, 255]) + b"abcde"


@pytest.fixture
def backend(start_with):
    """A tracker as the comment in nginx.conf requires, and with UDP."""
    with open(SNIPPET, encoding="ascii") as snippet:
        wanted = re.findall(r"^#     (\S+ \S+)$", snippet.read(), re.M)
    assert wanted == ["listen.tcp 127.0.0.1:6969", "access.proxy 127.0.0.1"]
    return start_with("\n".join(["listen.udp 127.0.0.1:6969", *reversed(wanted), ""]))


@pytest.fixture
def proxy(backend, tmp_path):
    """HTTP clients for the IPv4 and the IPv6 address of nginx."""
    with proxies.nginx(f"include {SNIPPET};", tmp_path, 80):
        yield HttpClient(80, TRACKER_V4), HttpClient(80, TRACKER_V6)


def get(client, target, source=None, fields=""):
    head = f"GET {target} HTTP/1.1\r\nHost: tracker.example.org\r\nConnection: close\r\n{fields}\r\n"
    return client.exchange(head.encode("latin-1"), source)


def announced(client, info_hash=ODD_HASH, source=None, fields="", **parameters):
    target = announce_target(info_hash, **{"left": 0, **parameters})
    return bencode.decode(get(client, target, source, fields).body)


def test_announces_of_both_families_are_answered_by_the_tracker(backend, proxy):
    for at, client in enumerate(proxy):
        reply = announced(client, port=7000 + at)
        assert reply[b"complete"] == at + 1 and reply[b"interval"] > 0
    assert HttpClient(backend.port, "127.0.0.1").scrape(ODD_HASH)[ODD_HASH][b"complete"] == 2


def test_peers_have_the_address_that_nginx_saw(proxy):
    forged = "X-Forwarded-For: 10.99.0.77\r\n"
    for client, source in zip(proxy, (v4(9), v6(9))):
        announced(client, source=source, fields=forged, left=1)
    told = announced(proxy[0], source=v4(8), port=1)
    assert {address for address, _ in peers_of(told)} == {v4(9), v6(9)}


def test_every_byte_of_an_info_hash_passes_through(backend, proxy):
    announced(proxy[0])
    raw = "/scrape?info_hash=" + percent(ODD_HASH)
    assert list(bencode.decode(get(proxy[0], raw).body)[b"files"]) == [ODD_HASH]


def test_a_failure_reason_passes_through(proxy):
    reply = bencode.decode(get(proxy[0], "/announce?info_hash=short&port=1").body)
    assert b"info_hash" in reply[b"failure reason"]


def test_the_connection_to_the_tracker_is_kept(backend, proxy):
    for at in range(50):
        announced(proxy[0], port=7000 + at, info_hash=info_hash(at))
    stats = HttpClient(backend.port, "127.0.0.1").stats("everything")
    accepted = int(stats.partition("<accept>")[2].partition("<")[0])
    assert accepted < 25


@pytest.mark.parametrize("target", ["/", "/index.html", "/ascrape", "/metrics"])
def test_other_paths_are_not_forwarded(proxy, target):
    response = get(proxy[0], target)
    assert response.status == 404 and b"nginx" in response.body


def test_statistics_are_only_for_the_machine_itself(proxy):
    assert get(proxy[0], "/stats?mode=version", source=v4(9)).status == 403
    assert get(HttpClient(80, "127.0.0.1"), "/stats?mode=version").status == 200


@pytest.fixture
def plain_proxy(start_with, tmp_path):
    """Through an nginx that says nothing about its clients, as proxy_pass does by default."""
    start_with("listen.tcp 127.0.0.1:6969\nlisten.tcp [::1]:6969\n")
    servers = "".join(
        f"server {{ listen {port}; location / {{ proxy_pass http://{backend}:6969; {more} }} }}\n"
        for port, backend, more in (
            (82, "[::1]", ""),
            (81, "127.0.0.1", 'proxy_http_version 1.1; proxy_set_header Connection "";'),
            (80, "127.0.0.1", ""),
        )
    )
    with proxies.nginx(servers, tmp_path, 80):
        yield [HttpClient(port, TRACKER_V4) for port in (80, 81, 82)]


def test_a_proxy_that_adds_no_header_lends_nobody_the_names_of_networks(plain_proxy):
    for client in plain_proxy:
        for mode in ("s24s", "busy", "woodpeckers", "fulllog"):
            assert get(client, f"/stats?mode={mode}", source=v4(9)).status == 403, mode
        assert get(client, "/stats?mode=peer", source=v4(9)).status == 200


def test_head_and_options_pass_through_a_proxy(plain_proxy):
    for client in plain_proxy:
        for method, status in ("HEAD", 200), ("OPTIONS", 204):
            with client.connect() as connection:
                connection.send(
                    f"{method} /stats.json HTTP/1.1\r\nHost: t\r\nConnection: close\r\n\r\n".encode()
                )
                reply = b"".join(iter(lambda: connection.socket.recv(65536), b""))
            assert reply.startswith(b"HTTP/1.1 %d" % status), reply
            assert reply.endswith(b"\r\n\r\n")
            assert b"Access-Control-Allow-Origin: *" in reply
