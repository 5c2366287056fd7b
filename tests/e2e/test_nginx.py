"""docs/deploy/nginx.conf as it stands, in Debian's nginx between clients and the tracker."""
import os
import subprocess

import pytest

from harness import bencode
from harness.daemon import TOP, listening_addresses
from harness.http_client import HttpClient, percent, query
from harness.peers import info_hash
from harness.private_network import TRACKER_V4, TRACKER_V6, v4
from harness.tools import find_program
from harness.waiting import wait_until

SNIPPET = os.path.join(TOP, "docs", "deploy", "nginx.conf")
# Bytes that a proxy which decodes and encodes paths or queries would change.
ODD_HASH = bytes([0, 10, 13, 32, 35, 37, 38, 43, 47, 61, 63, 92, 127, 128, 255]) + b"abcde"
AROUND = """
pid {directory}/pid;
error_log stderr;
daemon off;
worker_processes 1;
events {{ worker_connections 256; }}
http {{
	client_body_temp_path {directory}/body;
	proxy_temp_path {directory}/proxy;
	fastcgi_temp_path {directory}/fastcgi;
	uwsgi_temp_path {directory}/uwsgi;
	scgi_temp_path {directory}/scgi;
	include {snippet};
}}
"""


@pytest.fixture
def backend(start_tracker):
    """A tracker as the snippet expects it: HTTP on the loopback address only."""
    return start_tracker(arguments=["-i", "127.0.0.1", "-p", "6969", "-P", "6969"])


@pytest.fixture
def proxy(backend, tmp_path):
    """Clients of nginx at its IPv4 and IPv6 address."""
    conf = tmp_path / "nginx.conf"
    conf.write_text(AROUND.format(directory=tmp_path, snippet=SNIPPET))
    nginx = find_program("nginx", "nginx-light")
    with open(tmp_path / "log", "wb") as log:
        process = subprocess.Popen(
            [nginx, "-e", "stderr", "-p", str(tmp_path), "-c", str(conf)],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
        )
    try:
        wait_until(lambda: process.poll() is not None or listening_addresses("tcp", 80), "nginx")
        assert process.poll() is None, (tmp_path / "log").read_text()
        yield HttpClient(80, TRACKER_V4), HttpClient(80, TRACKER_V6)
    finally:
        process.terminate()
        process.wait(10)


def get(client, target, **options):
    head = f"GET {target} HTTP/1.1\r\nHost: tracker.example.org\r\nConnection: close\r\n\r\n"
    return client.exchange(head.encode("latin-1"), **options)


def announced(client, **fields):
    parameters = dict(info_hash=ODD_HASH, peer_id=b"-XX0000-abcdefghijkl", port=6881, left=0)
    return bencode.decode(get(client, "/announce?" + query(**{**parameters, **fields})).body)


def test_announces_of_both_families_reach_the_tracker_and_are_answered(backend, proxy):
    for at, client in enumerate(proxy):
        reply = announced(client, port=7000 + at)
        assert reply[b"complete"] == at + 1 and reply[b"interval"] > 0
    assert HttpClient(backend.port, "127.0.0.1").scrape(ODD_HASH)[ODD_HASH][b"complete"] == 2


def test_every_byte_of_an_info_hash_comes_through(backend, proxy):
    announced(proxy[0])
    raw = "/scrape?info_hash=" + percent(ODD_HASH)
    assert list(bencode.decode(get(proxy[0], raw).body)[b"files"]) == [ODD_HASH]


def test_a_failure_reason_comes_through(proxy):
    reply = bencode.decode(get(proxy[0], "/announce?info_hash=short&port=1").body)
    assert b"info_hash" in reply[b"failure reason"]


def test_the_connection_to_the_tracker_is_kept(backend, proxy):
    for at in range(50):
        announced(proxy[0], port=7000 + at, info_hash=info_hash(at))
    stats = HttpClient(backend.port, "127.0.0.1").stats("everything")
    accepted = int(stats.partition("<accept>")[2].partition("<")[0])
    assert accepted < 25


@pytest.mark.parametrize("target", ["/", "/index.html", "/ascrape", "/metrics"])
def test_other_paths_end_at_the_proxy(proxy, target):
    response = get(proxy[0], target)
    assert response.status == 404 and b"nginx" in response.body


def test_statistics_are_for_the_machine_itself(proxy):
    assert get(proxy[0], "/stats?mode=version", source=v4(9)).status == 403
    assert get(HttpClient(80, "127.0.0.1"), "/stats?mode=version").status == 200
