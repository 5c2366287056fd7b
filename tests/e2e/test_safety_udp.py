"""Misbehaving UDP clients: malformed datagrams between good ones cost no good one its reply."""
import pytest

from harness.peers import info_hash


def test_malformed_datagrams_cost_no_good_one_its_reply(tracker, udp, load_tools):
    assert load_tools.load(tracker.port, good=10_000, bad_per_good=10) == 10_000
    assert udp.announce(info_hash(1)).leechers == 1


@pytest.mark.long
def test_a_million_malformed_datagrams_cost_no_good_one_its_reply(tracker, udp, load_tools):
    assert load_tools.load(tracker.port, good=100_000, bad_per_good=10) == 100_000
    assert udp.announce(info_hash(1)).leechers == 1


def test_every_announce_of_a_burst_is_answered(tracker, load_tools):
    assert load_tools.load(tracker.port, good=5000, window=1000) == 5000
