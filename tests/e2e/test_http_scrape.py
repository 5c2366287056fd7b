"""Scrapes over HTTP (BEP 48)."""
import pytest

from harness.http_client import percent
from harness.peers import info_hash
from harness.swarms import LEECHER, SEEDER, fill, fill6

HASH = info_hash(1)
NOTHING = {b"complete": 0, b"downloaded": 0, b"incomplete": 0}


def test_a_scrape_counts_peers_of_both_families(http, tracker):
    fill(tracker.port, HASH, range(1000, 1003), LEECHER)
    fill6(tracker.port, HASH, range(1000, 1004), LEECHER)
    fill(tracker.port, HASH, range(2000, 2002), SEEDER, event="completed")
    fill6(tracker.port, HASH, range(2000, 2001), SEEDER)
    assert http.scrape(HASH) == {HASH: {b"complete": 3, b"downloaded": 2, b"incomplete": 7}}


def test_an_unknown_info_hash_has_three_zeros(http):
    assert http.scrape(HASH) == {HASH: NOTHING}
    assert http.stats("torr").splitlines()[0] == "0"


def test_several_info_hashes_are_answered_sorted_and_without_duplicates(http):
    hashes = [info_hash(n) for n in range(10)]
    http.announce(hashes[3])
    found = http.scrape(*hashes, hashes[3], hashes[0])
    assert list(found) == sorted(hashes)
    assert found[hashes[3]][b"incomplete"] == 1
    assert all(found[h] == NOTHING for h in hashes if h != hashes[3])


@pytest.mark.parametrize("count", [63, 64, 65, 100])
def test_only_the_first_64_info_hashes_are_answered(http, count):
    hashes = [info_hash(n) for n in range(count)]
    assert sorted(http.scrape(*hashes)) == sorted(hashes[:64])


def test_what_follows_the_64th_info_hash_may_be_partial(http):
    hashes = [info_hash(n) for n in range(64)]
    target = "/scrape?" + "&".join(f"info_hash={percent(value)}" for value in hashes)
    for tail in ("&info_hash=short", "&info_hash=%zz"):
        assert sorted(http.get(target + tail).bencoded()[b"files"]) == sorted(hashes)


def test_other_parameters_are_ignored(http):
    response = http.get(f"/scrape?foo=%zz&info_hash={percent(HASH)}&port=abc")
    assert list(response.bencoded()[b"files"]) == [HASH]


FAILURES = [
    ("", "Your client forgot to send your torrent's info_hash. Please upgrade your client."),
    ("foo=1", "Your client forgot to send your torrent's info_hash. Please upgrade your client."),
    ("info_hash=", "Invalid info_hash: it must be 20 bytes."),
    ("info_hash=abc", "Invalid info_hash: it must be 20 bytes."),
    ("info_hash=" + "a" * 21, "Invalid info_hash: it must be 20 bytes."),
    ("info_hash=" + "a" * 20 + "&info_hash=b", "Invalid info_hash: it must be 20 bytes."),
    ("info_hash=" + "a" * 19 + "%xy", "Invalid info_hash: bad percent-encoding."),
]


@pytest.mark.parametrize("parameters, reason", FAILURES)
def test_the_failure_reason_of_a_bad_scrape_names_the_parameter(http, parameters, reason):
    response = http.get("/scrape?" + parameters)
    assert response.failure() == reason
    assert list(response.bencoded()) == [b"failure reason", b"interval", b"retry in"]
