"""The configurations that docs/proxies.md gives for haproxy, in Debian's haproxy, between clients and the
tracker.
"""
import os
import re

import pytest

from harness import bencode, proxies
from harness.daemon import TOP
from harness.http_client import HttpClient, announce_target
from harness.peers import info_hash, peers_of
from harness.private_network import TRACKER_V4, TRACKER_V6, v4, v6
from harness.udp_client import UdpClient


@pytest.fixture
def proxy(start_with, tmp_path):
    """HTTP clients for the IPv4 and the IPv6 address of haproxy, in front of a tracker."""
    with open(os.path.join(TOP, "docs", "proxies.md"), encoding="utf-8") as page:
        section = page.read().partition("## haproxy")[2]
    conf = re.search(r"^```conf\n(.*?)^```", section, re.M | re.S)[1]
    haproxy = re.search(r"^```haproxy\n(.*?)^```", section, re.M | re.S)[1]
    start_with("\n".join(reversed(conf.splitlines())) + "\n", port=6970)
    with proxies.haproxy(haproxy, tmp_path, 80):
        yield HttpClient(80, TRACKER_V4), HttpClient(80, TRACKER_V6)


def announced(client, source, **parameters):
    target = announce_target(info_hash(1), **parameters)
    head = f"GET {target} HTTP/1.1\r\nHost: tracker.example.org\r\nConnection: close\r\n\r\n"
    return bencode.decode(client.exchange(head.encode("latin-1"), source).body)


def test_the_documented_haproxy_names_the_client_and_udp_reaches_the_tracker_beside_it(proxy):
    for client, source in zip(proxy, (v4(9), v6(9))):
        reply = announced(client, source, port=7000, left=1)
        assert b"failure reason" not in reply
    told = announced(proxy[0], v4(8), port=1, left=1)
    assert {address for address, _ in peers_of(told)} == {v4(9), v6(9)}
    with UdpClient(6969, TRACKER_V4) as client:
        assert client.announce(info_hash(1)).leechers >= 3
