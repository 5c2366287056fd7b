"""Each number in the configuration, tested by its effect on clients."""
import time

import pytest

from harness.http_client import HttpClient, query
from harness.peers import info_hash, peers_of
from harness.private_network import TRACKER_V4, TRACKER_V6
from harness.swarms import LEECHER, SEEDER, fill, fill6
from harness.udp_client import COMPLETED, STOPPED, UdpClient
from harness.waiting import wait_until

PORT = 6969
HASH = info_hash(1)
MANY = range(1000, 1300)


@pytest.fixture
def start_with(start_tracker, tmp_path):
    """Starts a tracker with these lines after those that set its addresses."""

    def start(*lines):
        path = tmp_path / "o.conf"
        listen = [f"listen.tcp_udp {TRACKER_V4}:{PORT}", f"listen.tcp_udp [{TRACKER_V6}]:{PORT}"]
        path.write_text("\n".join([*listen, *lines]) + "\n")
        return start_tracker(arguments=["-f", str(path)])

    return start


def announce(**parameters):
    return HttpClient(PORT).announce(HASH, **parameters)


def announce_udp(address=TRACKER_V4, **fields):
    with UdpClient(PORT, address) as client:
        return client.announce(HASH, **fields)


def peers_stored():
    return int(HttpClient(PORT).stats("peer").split("\n")[0])


def interval_is_told():
    return {announce()[b"interval"], announce_udp().interval} == {1200}


def interval_is_spread():
    told = {announce_udp().interval for _ in range(60)}
    return min(told) >= 900 and max(told) <= 1500 and max(told) - min(told) > 200


def min_interval_is_told():
    return announce()[b"min interval"] == 7 * 60


def default_numwant_is_handed_out():
    fill(PORT, HASH, MANY, LEECHER)
    return len(peers_of(announce())) == len(announce_udp(numwant=-1).peers) == 7


def numwant_is_cut():
    fill(PORT, HASH, MANY, LEECHER)
    return len(peers_of(announce(numwant=100))) == len(announce_udp(numwant=100).peers) == 9


def numwant_may_be_large():
    for begin in range(1000, 3000, 100):
        fill(PORT, HASH, range(begin, begin + 100), LEECHER)
    return len(peers_of(announce(numwant=5000))) == 1500


def payload_over_ipv4_is_cut():
    fill(PORT, HASH, MANY, LEECHER)
    return len(announce_udp(numwant=200).peers) == (508 - 20) // 6


def payload_over_ipv6_is_cut():
    fill6(PORT, HASH, MANY, LEECHER)
    return len(announce_udp(TRACKER_V6, numwant=200).peers) == (600 - 20) // 18


def half_a_request_is_closed():
    with HttpClient(PORT).connect() as connection:
        connection.send(b"GET /")
        return 0.5 < connection.seconds_until_closed(limit=10) < 4


def an_idle_connection_is_closed():
    with HttpClient(PORT).connect() as connection:
        connection.send(f"GET /announce?{query(info_hash=HASH, port=1)} HTTP/1.1\r\n\r\n".encode())
        connection.read_response()
        return 0.5 < connection.seconds_until_closed(limit=10) < 4


def browsers_are_redirected():
    response = HttpClient(PORT).get("/")
    return (response.status, response.headers["location"]) == (302, "https://tracker.example/#a")


def statistics_move():
    http = HttpClient(PORT)
    return (http.get("/numbers/of").status, http.get("/stats").status) == (200, 404)


def peers_are_bounded():
    fill(PORT, HASH, range(1000, 1020), LEECHER)
    fill(PORT, info_hash(2), range(1000, 1020), SEEDER)
    return peers_stored() == 25


def peers_of_a_torrent_are_bounded():
    fill(PORT, HASH, range(1000, 1020), LEECHER)
    fill(PORT, info_hash(2), range(1000, 1004), SEEDER)
    return peers_stored() == 14


TUNABLES = [
    (["tracker.interval 20m", "tracker.interval_jitter 0"], interval_is_told),
    (["tracker.interval 20m", "tracker.interval_jitter 10m"], interval_is_spread),
    (["tracker.min_interval 7m"], min_interval_is_told),
    (["tracker.numwant_default 7"], default_numwant_is_handed_out),
    (["tracker.numwant_max 9"], numwant_is_cut),
    (["tracker.numwant_max 1500"], numwant_may_be_large),
    (["tracker.udp_payload_v4 508"], payload_over_ipv4_is_cut),
    (["tracker.udp_payload_v6 600"], payload_over_ipv6_is_cut),
    (["tracker.http_timeout 1s"], half_a_request_is_closed),
    (["tracker.keepalive_timeout 1s"], an_idle_connection_is_closed),
    (["tracker.redirect_url https://tracker.example/#a"], browsers_are_redirected),
    (["access.stats_path /numbers/of"], statistics_move),
    (["tracker.max_peers 25"], peers_are_bounded),
    (["tracker.max_peers_per_torrent 10"], peers_of_a_torrent_are_bounded),
]


@pytest.mark.parametrize("lines, comes_true", TUNABLES, ids=lambda v: getattr(v, "__name__", ""))
def test_a_tunable_takes_effect(start_with, lines, comes_true):
    start_with(*lines)
    assert comes_true()


def announce_torrents(count, window=32):
    """Announces a leecher in each of `count` torrents; every announce must be answered."""
    with UdpClient(PORT) as client:
        client.connect()
        for begin in range(0, count, window):
            for n in range(begin, begin + window):
                client.send(client.announce_datagram(info_hash(n), n, numwant=0))
            for _ in range(window):
                client.receive()


@pytest.mark.long
def test_the_table_stays_within_its_memory_limit_and_keeps_answering(start_with):
    """Without a limit, 320 000 torrents take 27 MB."""
    tracker = start_with("tracker.max_memory 16M")
    before = tracker.resident_bytes()
    announce_torrents(320_000)
    assert tracker.resident_bytes() - before < 17 << 20
    assert 100_000 < peers_stored() < 300_000


@pytest.mark.long
def test_peers_and_torrents_expire_on_time(start_with):
    """Peers after one minute, a torrent that has only its download count after another."""
    start_with("tracker.interval 30s", "tracker.peer_timeout 1m", "tracker.torrent_timeout 1m")
    fill(PORT, HASH, range(1000, 1010), LEECHER)
    with UdpClient(PORT) as client:
        client.announce(info_hash(2), left=0, event=COMPLETED)
        client.announce(info_hash(2), left=0, event=STOPPED)
    begin = time.monotonic()

    def torrents():
        return int(HttpClient(PORT).stats("peer").split("\n")[2].split()[2])

    assert (peers_stored(), torrents()) == (10, 2)
    wait_until(lambda: peers_stored() == 0, "the peers to expire", timeout=200, pause=1)
    assert time.monotonic() - begin > 55
    wait_until(lambda: torrents() == 0, "the torrents to expire", timeout=200, pause=1)
