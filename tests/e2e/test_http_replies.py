"""Which peers an announce over HTTP gets, and what the tracker stores about it."""
import pytest

from harness.peers import info_hash, peers_of, unpack
from harness.swarms import LEECHER, SEEDER, fill, fill6

HASH = info_hash(1)
KEYS = [
    b"complete",
    b"downloaded",
    b"external ip",
    b"incomplete",
    b"interval",
    b"min interval",
    b"peers",
]


def counts(reply):
    return reply[b"complete"], reply[b"downloaded"], reply[b"incomplete"]


def ports(reply):
    return [port for _, port in peers_of(reply)]


def test_a_reply_has_the_keys_of_the_beps_and_no_others(http, http6):
    assert list(http.announce(HASH)) == KEYS
    http6.announce(HASH)
    assert list(http.announce(HASH)) == KEYS + [b"peers6"]


def test_intervals_are_spread_around_half_an_hour(http):
    replies = [http.announce(HASH) for _ in range(50)]
    intervals = {reply[b"interval"] for reply in replies}
    assert 1620 <= min(intervals) and max(intervals) <= 1980
    assert len(intervals) > 10
    assert all(810 <= reply[b"min interval"] <= 990 for reply in replies)


def test_a_peer_never_gets_its_own_address(http, tracker):
    assert ports(http.announce(HASH, port=1000)) == []
    fill(tracker.port, HASH, range(1000, 1010), LEECHER)
    for _ in range(20):
        assert sorted(ports(http.announce(HASH, port=1005))) == [
            1000,
            1001,
            1002,
            1003,
            1004,
            1006,
            1007,
            1008,
            1009,
        ]


def test_two_ports_of_one_address_are_two_peers_and_announcing_again_adds_none(http):
    for port in (1000, 1001, 1000, 1001):
        reply = http.announce(HASH, port=port)
    assert counts(reply) == (0, 0, 2)


def test_peers_have_the_address_they_came_from(http, http6):
    http.announce(HASH, source="10.99.0.9", port=1000)
    http6.announce(HASH, source="fd00:99::9", port=1001)
    reply = http.announce(HASH, source="10.99.0.8")
    assert unpack(reply[b"peers"], 4) == [("10.99.0.9", 1000)]
    assert unpack(reply[b"peers6"], 16) == [("fd00:99::9", 1001)]


@pytest.mark.parametrize("asker", ["http", "http6"])
def test_each_family_gets_at_least_a_quarter_of_a_reply(asker, request, tracker):
    client = request.getfixturevalue(asker)
    fill(tracker.port, HASH, range(1000, 1100), LEECHER)
    fill6(tracker.port, HASH, range(2000, 2100), LEECHER)
    for _ in range(20):
        reply = client.announce(HASH, port=1000 if asker == "http" else 2000, numwant=40)
        v4, v6 = len(reply[b"peers"]) // 6, len(reply[b"peers6"]) // 18
        assert v4 + v6 == 40
        assert min(v4, v6) >= 10


def test_a_family_with_few_peers_leaves_its_share_to_the_other(http, tracker):
    fill(tracker.port, HASH, range(1000, 1100), LEECHER)
    fill6(tracker.port, HASH, range(2000, 2003), LEECHER)
    reply = http.announce(HASH, port=1000, numwant=40)
    assert len(reply[b"peers"]) == 37 * 6
    assert len(reply[b"peers6"]) == 3 * 18


def test_leechers_come_before_seeders(http, tracker):
    fill(tracker.port, HASH, range(2000, 2010), SEEDER)
    fill(tracker.port, HASH, range(1000, 1010), LEECHER)
    for _ in range(10):
        found = ports(http.announce(HASH, port=1000))
        assert sorted(found[:9]) == list(range(1001, 1010))
        assert sorted(found[9:]) == list(range(2000, 2010))


def test_a_seeder_gets_no_seeders_while_there_are_enough_leechers(http, tracker):
    fill(tracker.port, HASH, range(1000, 1060), LEECHER)
    fill(tracker.port, HASH, range(2000, 2060), SEEDER)
    for _ in range(20):
        found = ports(http.announce(HASH, port=2000, left=0))
        assert len(found) == 50
        assert all(port < 2000 for port in found)


def test_a_seeder_gets_every_leecher_if_they_fit(http, tracker):
    fill(tracker.port, HASH, range(1000, 1005), LEECHER)
    fill(tracker.port, HASH, range(2000, 2100), SEEDER)
    found = ports(http.announce(HASH, port=2000, left=0))
    assert sorted(port for port in found if port < 2000) == list(range(1000, 1005))


def test_a_leecher_gets_both_leechers_and_seeders(http, tracker):
    fill(tracker.port, HASH, range(1000, 1100), LEECHER)
    fill(tracker.port, HASH, range(2000, 2100), SEEDER)
    seen = set()
    for _ in range(20):
        seen.update(ports(http.announce(HASH, port=1000)))
    assert any(port < 2000 for port in seen) and any(port >= 2000 for port in seen)


@pytest.mark.parametrize("size", [20, 300, 1500])
def test_every_peer_of_a_swarm_is_handed_out_sooner_or_later(http, tracker, size):
    fill(tracker.port, HASH, range(1000, 1000 + size), LEECHER)
    wanted = set(range(1001, 1000 + size))
    seen = set()
    for _ in range(size):
        found = ports(http.announce(HASH, port=1000))
        assert len(found) == len(set(found)) == min(50, size - 1)
        assert wanted.issuperset(found)
        seen.update(found)
        if seen == wanted:
            return
    assert seen == wanted


def test_a_stopped_peer_is_gone(http):
    http.announce(HASH, port=1000)
    http.announce(HASH, port=1001, left=0)
    reply = http.announce(HASH, port=1001, left=0, event="stopped")
    assert counts(reply) == (0, 0, 1)
    assert reply[b"peers"] == b""
    assert ports(http.announce(HASH, port=1002)) == [1000]


def test_a_peer_that_stops_without_having_started_leaves_no_trace(http):
    reply = http.announce(HASH, port=1000, event="stopped")
    assert counts(reply) == (0, 0, 0)
    assert reply[b"peers"] == b""
    assert http.stats("torr").splitlines()[0] == "0"


def test_a_completed_download_is_counted_once_per_peer(http):
    http.announce(HASH, port=1000, left=5)
    for _ in range(3):
        reply = http.announce(HASH, port=1000, left=0, event="completed")
    assert counts(reply) == (1, 1, 0)
    assert counts(http.announce(HASH, port=1001, left=0, event="completed")) == (2, 2, 0)


def test_completed_with_something_left_is_not_counted(http):
    assert counts(http.announce(HASH, left=5, event="completed")) == (0, 0, 1)


def test_a_peer_that_starts_as_a_seeder_counts_no_download(http):
    assert counts(http.announce(HASH, left=0, event="started")) == (1, 0, 0)


def test_a_paused_peer_is_a_leecher_whatever_it_has_left(http):
    assert counts(http.announce(HASH, left=0, event="paused")) == (0, 0, 1)


def test_the_download_count_outlives_the_peers(http):
    http.announce(HASH, left=0, event="completed")
    assert counts(http.announce(HASH, left=0, event="stopped")) == (0, 1, 0)
    assert http.scrape(HASH)[HASH] == {b"complete": 0, b"downloaded": 1, b"incomplete": 0}


def test_torrents_do_not_mix(http):
    http.announce(HASH, port=1000)
    other = HASH[:19] + bytes([HASH[19] ^ 1])
    assert counts(http.announce(other, port=1001)) == (0, 0, 1)
    assert ports(http.announce(other, port=1002)) == [1001]
