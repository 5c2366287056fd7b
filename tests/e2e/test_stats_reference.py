"""The statistics of Debian's binary and of ours after the same requests: compared byte by byte or,
where the two differ on purpose, field by field.
"""
import gzip
import re
import time
import xml.etree.ElementTree

import pytest

from harness.http_client import HttpClient
from harness.peers import info_hash
from harness.private_network import TRACKER_V4
from harness.reference import start_reference
from harness.udp_client import COMPLETED, UdpClient
from harness.waiting import wait_until

REFERENCE_PORT = 7000


def drive(client):
    """Sends announces of all kinds for five torrents over both protocols, scrapes and two errors.
    """
    for n in range(5):
        for port in range(1000, 1003 + n):
            left, event = (0, "completed") if port % 3 == 0 else (1, "started")
            client.announce(info_hash(n), port=port, left=left, event=event)
        client.announce(info_hash(n), port=1000)
        client.scrape(info_hash(n))
    client.get("/nothing-here")
    client.get("/stats?mode=no-such-mode")
    with UdpClient(client.port) as udp:
        udp.announce(info_hash(1), port=2000, left=0, event=COMPLETED)
        udp.announce(info_hash(2), port=2001)
        udp.scrape(info_hash(1))


def no_minute_ends_soon():
    """Both count renewals in whole minutes: the reference of the wall clock, ours of the monotonic
    one.
    """
    return max(time.time() % 60, time.monotonic() % 60) < 57


@pytest.fixture
def both(tracker, http, tmp_path):
    """HTTP clients of the reference and of ours, after both have had the same requests."""
    reference = start_reference(
        tmp_path / "reference", [info_hash(n) for n in range(5)], REFERENCE_PORT
    )
    try:
        client = HttpClient(REFERENCE_PORT)
        wait_until(no_minute_ends_soon, "the minute to end")
        for each in (client, http):
            drive(each)
        yield client, http
    finally:
        reference.kill()


def without_time(page):
    """Replaces the uptime and the rates derived from it, which depend on the moment."""
    page = re.sub(r"\d+ seconds \(\d+ hours\)", "N seconds (N hours)", page)
    return re.sub(r"\d+( (conns|success|scrape|bytes)/s| completed/h)", r"N\1", page)


@pytest.mark.parametrize(
    "mode",
    "peer conn udp4 tcp4 scrp fscr torr completed syncs renew".split(),
)
def test_each_mode_equals_the_references_byte_by_byte(both, mode):
    theirs, ours = (without_time(client.stats(mode)) for client in both)
    assert ours == theirs


def test_herr_has_the_references_lines_with_the_right_numbers(both):
    """The reference counts nine errors but names only seven, so it prints the last three names next
    to other counters.
    """
    theirs, ours = (client.stats("herr").splitlines() for client in both)
    assert [line[:8] for line in ours] == [line[:8] for line in theirs]
    assert theirs[2:] == ["400 PAR 1", "400 COM 0", "403 IP  0", "404 INV 0", "500 SRV 0"]
    assert ours[2:] == ["400 PAR 1", "400 COM 0", "403 IP  0", "404 INV 1", "500 SRV 0"]


def fields_of(client):
    """The elements of the XML in order, as (path, attributes, text)."""
    root = xml.etree.ElementTree.fromstring(client.stats("everything"))

    def walk(element, path):
        yield path, tuple(element.attrib.items()), (element.text or "").strip()
        for child in element:
            yield from walk(child, f"{path}/{child.tag}")

    return list(walk(root, root.tag))


# Fields that are random, depend on the moment, or name the program.
OF_ITS_OWN = ("stats/tracker_id", "stats/version", "stats/uptime")


def test_the_xml_has_the_references_fields_order_and_values(both):
    theirs, ours = (fields_of(client) for client in both)
    assert [field[:2] for field in ours] == [field[:2] for field in theirs]
    for mine, other in zip(ours, theirs):
        if not mine[0].startswith(OF_ITS_OWN):
            assert mine == other


def test_the_xml_has_the_references_white_space(both):
    def shape(client):
        page = re.sub(r"(?s)<version>.*</version>", "<version></version>", client.stats("everything"))
        return re.sub(r">\d+<", ">N<", page)

    theirs, ours = map(shape, both)
    assert ours == theirs


def test_completed_counts_per_hour_as_the_reference_does(both):
    lines = [client.stats("completed").splitlines() for client in both]
    assert lines[0][3] == lines[1][3]


def test_the_third_word_of_line_three_is_the_number_of_torrents(both):
    for client in both:
        assert client.get("/stats").body.decode().splitlines()[2].split()[2] == "5"


@pytest.fixture
def both_trusting(start_with, tmp_path):
    """Like `both`, but ours also shows this machine everything, and the info_hashes use every byte.
    """
    torrents = [bytes((20 * n + i) % 256 for i in range(20)) for n in range(13)]
    start_with(f"access.bless {TRACKER_V4}\nlisten.tcp {TRACKER_V4}\n")
    reference = start_reference(tmp_path / "reference", torrents, REFERENCE_PORT)
    clients = [HttpClient(REFERENCE_PORT), HttpClient(6969)]
    try:
        for client in clients:
            for number, torrent in enumerate(torrents):
                wait_until(
                    lambda: b"failure reason" not in client.announce(torrent, left=number % 2),
                    "the reference to have read its list",
                )
                client.announce(torrent, left=number % 2, event="completed")
        yield clients
    finally:
        reference.kill()


def body_of(client, target):
    """The reference compresses dumps for everybody, ours only if the client accepts it."""
    response = client.get(target, fields="Accept-Encoding: gzip\r\n")
    return gzip.decompress(response.body)


def test_a_full_scrape_equals_the_references_byte_by_byte(both_trusting):
    theirs, ours = (body_of(client, "/scrape") for client in both_trusting)
    assert ours == theirs


@pytest.mark.parametrize("form", "ben bin txt txtp url".split())
def test_each_format_of_a_full_scrape_equals_the_references_byte_by_byte(both_trusting, form):
    theirs, ours = (body_of(client, f"/stats?mode=tpbs&format={form}") for client in both_trusting)
    assert ours == theirs


def test_a_state_dump_has_the_references_lines(both_trusting):
    theirs, ours = (
        [line.split(b":") for line in body_of(client, "/stats?mode=statedump").splitlines()]
        for client in both_trusting
    )
    assert [(name, downloads) for name, _, downloads in ours] == [
        (name, downloads) for name, _, downloads in theirs
    ]
    assert all(abs(int(a[1]) - int(b[1])) <= 1 for a, b in zip(ours, theirs))
