"""Announces and scrapes over UDP (BEP 15, BEP 41)."""
import struct
import subprocess

import pytest

from harness.peers import info_hash
from harness.private_network import TRACKER_V4, TRACKER_V6, v4, v6
from harness.swarms import LEECHER, SEEDER, fill, fill6
from harness.udp_client import (
    COMPLETED,
    NONE,
    PAUSED,
    SCRAPE,
    STARTED,
    STOPPED,
    UdpClient,
    UdpError,
)

HASH = info_hash(1)


def ports(reply):
    return [port for _, port in reply.peers]


def test_an_announce_is_answered_with_interval_and_counts(udp):
    reply = udp.announce(HASH, port=1000)
    assert 1620 <= reply.interval <= 1980
    assert (reply.seeders, reply.leechers, reply.peers) == (0, 1, [])
    reply = udp.announce(HASH, port=1001, left=0)
    assert (reply.seeders, reply.leechers, reply.peers) == (1, 1, [("10.99.0.1", 1000)])


def test_both_families_are_served_and_each_gets_its_own_peers(udp, udp6):
    udp.announce(HASH, port=1000)
    udp6.announce(HASH, port=1001)
    assert udp.announce(HASH, port=1002).peers == [("10.99.0.1", 1000)]
    reply = udp6.announce(HASH, port=1003)
    assert reply.peers == [("fd00:99::1", 1001)]
    assert reply.leechers == 4


def test_peers_over_http_and_udp_share_a_swarm(udp, http):
    udp.announce(HASH, port=1000)
    assert http.announce(HASH, port=1001)[b"incomplete"] == 2
    assert ports(udp.announce(HASH, port=1000)) == [1001]


# aria2 sends two bytes more, libtorrent a BEP 41 option with the path of the URL.
TAILS = {
    "aria2": b"\0\0",
    "libtorrent": b"\x02\x09/announce",
    "end of options": b"\x00",
    "nop and url data": b"\x01\x02\x01/\x02\x02?a\x00",
    "cut short": b"\x02\x40/announce",
    "unknown option": b"\x7f\x01x",
    "no length": b"\x02",
    "a lot of it": b"\x02\xff" + b"x" * 255,
}


@pytest.mark.parametrize("tail", TAILS.values(), ids=TAILS.keys())
def test_bytes_after_an_announce_are_ignored(udp, tail):
    assert udp.announce(HASH, tail=tail).leechers == 1


EVENTS = [
    (NONE, 1),
    (COMPLETED, 1),
    (STARTED, 1),
    (PAUSED, 1),
    (5, 1),
    (77, 1),
    (0xFFFFFFFF, 1),
    (STOPPED, 0),
]


@pytest.mark.parametrize("event, leechers", EVENTS)
def test_unknown_events_count_as_none(udp, event, leechers):
    assert udp.announce(HASH, event=event).leechers == leechers


def test_a_paused_peer_is_a_leecher_whatever_it_has_left(udp):
    reply = udp.announce(HASH, event=PAUSED, left=0)
    assert (reply.seeders, reply.leechers) == (0, 1)


def test_a_download_is_counted_once_and_only_if_nothing_is_left(udp):
    udp.announce(HASH, port=1000, event=COMPLETED, left=1)
    assert udp.scrape(HASH) == [(0, 0, 1)]
    for _ in range(3):
        udp.announce(HASH, port=1000, event=COMPLETED, left=0)
    assert udp.scrape(HASH) == [(1, 1, 0)]


def test_a_stopping_peer_is_gone_and_gets_no_peers(udp):
    udp.announce(HASH, port=1000)
    udp.announce(HASH, port=1001)
    reply = udp.announce(HASH, port=1001, event=STOPPED)
    assert (reply.leechers, reply.peers) == (1, [])


def test_a_stopping_peer_needs_no_valid_port(udp):
    assert udp.announce(HASH, port=0, event=STOPPED).leechers == 0


def test_port_zero_gets_an_error_packet(udp):
    with pytest.raises(UdpError, match="[Pp]ort"):
        udp.announce(HASH, port=0)


NUMWANT = {-1: 50, -2147483648: 50, 0: 0, 1: 1, 60: 60, 200: 200, 201: 200, 2147483647: 200}


def test_numwant_is_signed_and_limited_to_the_maximum(tracker, udp):
    fill(tracker.port, HASH, range(1000, 1300), LEECHER)
    for numwant, expected in NUMWANT.items():
        peers = udp.announce(HASH, port=1000, numwant=numwant).peers
        assert len(set(peers)) == len(peers) == expected, f"numwant={numwant}"
        assert ("10.99.0.1", 1000) not in peers


def test_a_reply_over_ipv6_stays_within_1232_bytes(tracker, udp6):
    fill6(tracker.port, HASH, range(1000, 1300), LEECHER)
    reply = udp6.announce(HASH, port=1000, numwant=200)
    assert len(reply.datagram) == 20 + 67 * 18
    assert len(reply.datagram) <= 1232


def test_a_reply_over_ipv4_stays_within_1352_bytes(tracker, udp):
    fill(tracker.port, HASH, range(1000, 1300), LEECHER)
    assert len(udp.announce(HASH, port=1000, numwant=1000).datagram) == 20 + 200 * 6 <= 1352


def test_leechers_come_first_and_a_seeder_gets_only_leechers(tracker, udp):
    fill(tracker.port, HASH, range(2000, 2010), SEEDER)
    fill(tracker.port, HASH, range(1000, 1060), LEECHER)
    assert all(port < 2000 for port in ports(udp.announce(HASH, port=2000, left=0)))
    found = ports(udp.announce(HASH, port=1000, numwant=100))
    assert sorted(found[:59]) == list(range(1001, 1060))
    assert sorted(found[59:]) == list(range(2000, 2010))


def test_the_ip_field_is_ignored(udp):
    udp.announce(HASH, port=1000, ip=0xC0000201)
    assert udp.announce(HASH, port=1001).peers == [("10.99.0.1", 1000)]


def test_a_scrape_has_seeders_downloads_and_leechers_in_the_order_requested(udp):
    a, b, unknown = info_hash(1), info_hash(2), info_hash(3)
    udp.announce(a, port=1000)
    udp.announce(b, port=1000, left=0, event=COMPLETED)
    assert udp.scrape(b, unknown, a, b) == [(1, 1, 0), (0, 0, 0), (0, 0, 1), (1, 1, 0)]


def test_only_the_first_74_info_hashes_of_a_scrape_are_answered(udp):
    hashes = [info_hash(n) for n in range(100)]
    udp.announce(hashes[73])
    for count in range(1, 100):
        found = udp.scrape(*hashes[:count])
        assert len(found) == min(count, 74)
        assert found[73:] == ([(0, 0, 1)] if count > 73 else [])


@pytest.fixture
def narrow_path():
    """A local address to which the path MTU is 600 bytes."""
    address = v4(77)
    change = ["ip", "route", "replace", "local", address, "dev", "lo", "table", "local"]
    subprocess.run([*change, "mtu", "600"], check=True)
    yield address
    subprocess.run(change, check=True)


def test_a_reply_larger_than_the_path_mtu_is_fragmented(tracker, narrow_path):
    fill(tracker.port, HASH, range(1000, 1300), LEECHER)
    with UdpClient(tracker.port, source=narrow_path) as narrow, UdpClient(tracker.port) as wide:
        for client in (narrow, wide, narrow):
            assert len(client.announce(HASH, port=1, numwant=200).peers) == 200


# The longest that an Ethernet frame carries, a full read buffer, and what comes in fragments.
@pytest.mark.parametrize("count", [75, 102, 103, 500, 3000])
@pytest.mark.parametrize("tail", [0, 7])
def test_a_scrape_of_any_length_is_answered_for_its_first_74(tracker, count, tail):
    hashes = [info_hash(n) for n in range(count)]
    for address in (TRACKER_V4, TRACKER_V6):
        with UdpClient(tracker.port, address) as client:
            client.announce(hashes[73])
            transaction = client.next_transaction()
            datagram = client.scrape_datagram(hashes, transaction) + bytes(tail)
            reply = client.request(datagram, transaction)
            found = list(struct.iter_unpack("!III", reply[8:]))
            assert len(found) == 74 and found[73][2] >= 1


@pytest.mark.parametrize("extra", [1, 19, 21, 39, 73 * 20 + 19])
def test_a_scrape_with_a_partial_info_hash_gets_an_error_packet(udp, extra):
    transaction = udp.next_transaction()
    datagram = udp.scrape_datagram([HASH], transaction)[:16] + bytes(extra)
    with pytest.raises(UdpError, match="info_hash"):
        udp.request(datagram, transaction)


def test_a_scrape_without_info_hashes_gets_an_error_packet(udp):
    transaction = udp.next_transaction()
    with pytest.raises(UdpError, match="info_hash"):
        udp.request(udp.scrape_datagram([], transaction), transaction)


def test_the_longest_datagram_is_read_up_to_its_74th_info_hash(udp):
    connection_id = udp.connect()
    datagram = struct.pack("!QII", connection_id, SCRAPE, 7) + bytes(2032)
    assert len(udp.request(datagram[:1496], 7)) == 8 + 74 * 12


def test_source_addresses_of_both_families_are_distinguished(tracker):
    for n in range(2, 6):
        with UdpClient(tracker.port, source=v4(n)) as client:
            client.announce(HASH, port=1000)
        with UdpClient(tracker.port, TRACKER_V6, source=v6(n)) as client:
            client.announce(HASH, port=1000)
    with UdpClient(tracker.port, source=v4(9)) as client:
        assert sorted(client.announce(HASH).peers) == [(v4(n), 1000) for n in range(2, 6)]
    with UdpClient(tracker.port, TRACKER_V6, source=v6(9)) as client:
        assert sorted(client.announce(HASH).peers) == [(v6(n), 1000) for n in range(2, 6)]


ASKED = [(v4(200), v4(9)), (v6(50), v6(9)), ("127.0.0.2", "127.0.0.1")]


@pytest.mark.parametrize("asked, source", ASKED)
def test_a_wildcard_socket_answers_from_the_requested_address(start_tracker, asked, source):
    # From a different source address; otherwise the kernel would choose the right one by itself.
    tracker = start_tracker(arguments=[])
    with UdpClient(tracker.port, asked, source) as client:
        assert client.announce(HASH).leechers == 1
