"""Full scrapes of a large table: valid for a decoder that is not ours, and bounded in memory
whatever their readers do. OT_TORRENTS sets another number of torrents, for slow builds.
"""
import gzip
import json
import os
import random
import re
import socket
import threading

import libtorrent
import pytest

from harness.http_client import HttpClient, HttpConnection, get_request
from harness.private_network import TRACKER_V4
from harness.swarms import fill_torrents, numbered_torrents
from harness.waiting import wait_until

PORT = 6969
TORRENTS = int(os.environ.get("OT_TORRENTS", 1_000_000))
LEECHER = {b"complete": 0, b"downloaded": 0, b"incomplete": 1}
PARALLEL = 200
SEED = 7
pytestmark = pytest.mark.long


@pytest.fixture
def large(start_with):
    """A daemon with a large table, and its torrents."""
    daemon = start_with(f"listen.tcp {TRACKER_V4}\n")
    torrents = numbered_torrents(TORRENTS)
    fill_torrents(PORT, torrents)
    return daemon, torrents


def decoded_in_parts(body, at_once=100_000):
    """The files of a full scrape as decoded by libtorrent, in parts because of its limits."""
    assert body.startswith(b"d5:filesd") and body.endswith(b"eee")
    ends = [match.end() for match in re.finditer(rb"e10:incompletei\d+ee", body)]
    starts = [len(b"d5:filesd"), *ends[at_once - 1 : -1 : at_once]]
    for start, end in zip(starts, [*starts[1:], ends[-1]]):
        yield libtorrent.bdecode(b"d5:filesd" + body[start:end] + b"ee")[b"files"]
    assert body[ends[-1] :] == b"ee"


def scrape(version, fields=""):
    with HttpConnection(PORT, timeout=30) as connection:
        connection.send(get_request("/scrape", version, fields))
        return connection.read_response().body


def read_some(rng):
    """Reads a full scrape up to a random byte, or to its end, and disconnects."""
    fields = rng.choice(["", "Accept-Encoding: gzip\r\n"])
    limit = rng.choice([0, 1000, rng.randrange(1 << 20), rng.randrange(40 << 20)])
    try:
        with socket.create_connection((TRACKER_V4, PORT), timeout=60) as reader:
            reader.sendall(get_request("/scrape", rng.choice(["1.0", "1.1"]), fields))
            while limit > 0 and (chunk := reader.recv(min(limit, 1 << 18))):
                limit -= len(chunk)
    except ConnectionError:
        pass  # reset for being slow, as it should be


def stats():
    return json.loads(HttpClient(PORT).get("/stats.json").body)


def storm_of_readers():
    rngs = [random.Random(SEED + n) for n in range(PARALLEL)]
    readers = [threading.Thread(target=read_some, args=(rng,)) for rng in rngs]
    for reader in readers:
        reader.start()
    for reader in readers:
        reader.join()


def test_a_full_scrape_of_a_large_table_is_valid_and_bounded(large):
    daemon, torrents = large
    before = daemon.resident_bytes()
    body = scrape("1.1")
    names = []
    for files in decoded_in_parts(body):
        names += files
        assert all(value == LEECHER for value in files.values())
    assert names == sorted(torrents)
    assert gzip.decompress(scrape("1.0", "Accept-Encoding: gzip\r\n")) == body
    storm_of_readers()
    wait_until(lambda: stats()["full_scrapes_running"] == 0, "the last reader to be gone", timeout=60)
    largest = int(daemon.status()["VmHWM"].split()[0]) * 1024
    print(f"{(largest - before) >> 20} MiB more at the peak, {stats()}")
    if "asan" not in os.environ.get("OPENTRACKER", ""):
        assert largest - before < 64 << 20
    assert scrape("1.0") == body
