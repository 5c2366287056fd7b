"""A state dump loaded at start, as when an operator moves the download counts to a new tracker."""
import os
import re
import shutil
import subprocess
import time

import pytest

from harness.access_lists import write_list
from harness.daemon import binary
from harness.http_client import HttpClient, query
from harness.peers import info_hash
from harness.private_network import TRACKER_V4
from harness.tools import open_to_all, started_first
from harness.udp_client import UdpClient

ONE, TWO, THREE = info_hash(1), info_hash(2), info_hash(3)
PORT = 6969
LISTEN = ["-i", TRACKER_V4, "-p", str(PORT), "-P", str(PORT)]


def line(torrent, downloaded, hours_ago=0):
    minute = int(time.time()) // 60 - 60 * hours_ago
    return f"{torrent.hex().upper()}:{minute}:{downloaded}\n"


@pytest.fixture
def folder(tmp_path):
    """The root directory of the tracker."""
    folder = tmp_path / "root"
    folder.mkdir()
    open_to_all(tmp_path)
    return folder


@pytest.fixture
def start_with_dump(start_tracker, folder):
    """Starts the tracker with a dump of this exact text."""

    def start(text, *flags, **options):
        (folder / "dump").write_bytes(text.encode())
        return start_tracker(arguments=[*LISTEN, "-d", str(folder), "-l", "dump", *flags], **options)

    return start


def refusal(folder, text, *flags):
    """Exit code and output of a tracker that must not start. Without text there is no dump."""
    if text is not None:
        (folder / "dump").write_bytes(text.encode())
    command = [binary(), *LISTEN, "-d", str(folder), "-l", "dump", *flags]
    result = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=10)
    return result.returncode, result.stderr


def downloaded(torrent):
    """The count over UDP and HTTP, which must agree."""
    with UdpClient(PORT) as client:
        (_, over_udp, _), = client.scrape(torrent)
    files = HttpClient(PORT).get(f"/scrape?{query(info_hash=torrent)}").bencoded()[b"files"]
    assert files[torrent][b"downloaded"] == over_udp
    return over_udp


def test_a_dump_restores_the_download_counts(start_with_dump):
    tracker = start_with_dump(line(ONE, 17) + line(TWO, 4294967295, hours_ago=23) + line(THREE, 0))
    assert HttpClient(PORT).stats("torr").startswith("3\n")
    assert [downloaded(torrent) for torrent in (ONE, TWO, THREE)] == [17, 4294967295, 0]
    assert re.search(r"dump: 3 torrents loaded in \d+ ms\n", tracker.output())


def dumped():
    """The result of mode=statedump as {info_hash in hex: (minute, downloaded)}."""
    rows = [row.split(":") for row in HttpClient(PORT).stats("statedump").splitlines()]
    return {hex_hash: (int(minute), int(count)) for hex_hash, minute, count in rows}


def test_a_trackers_own_dump_can_be_loaded(start_with_dump):
    """Minutes may differ by one: the wall clock's and the tracker's do not begin together."""
    bless = ("-A", f"{TRACKER_V4}/16")
    tracker = start_with_dump(line(ONE, 17, hours_ago=3) + line(TWO, 5), *bless)
    HttpClient(PORT).announce(THREE, port=1000, left=0)
    before = dumped()
    assert {row for row in before} == {torrent.hex().upper() for torrent in (ONE, TWO, THREE)}
    text = HttpClient(PORT).stats("statedump")
    tracker.stop()
    start_with_dump(text, *bless)
    after = dumped()
    assert after.keys() == before.keys()
    for torrent, (minute, count) in after.items():
        assert count == before[torrent][1]
        assert abs(minute - before[torrent][0]) <= 1


def test_completed_announces_continue_the_loaded_count(start_with_dump):
    start_with_dump(line(ONE, 17))
    http = HttpClient(PORT)
    assert http.announce(ONE, left=1)[b"downloaded"] == 17
    assert http.announce(ONE, left=0, event="completed")[b"downloaded"] == 18


def test_the_configuration_key_works_like_the_flag(start_with, folder):
    (folder / "dump").write_text("nonsense\n" + line(ONE, 17))
    (folder / "dump").chmod(0o644)
    start_with(
        f"tracker.rootdir {folder}\ntracker.load_statedump dump\ntracker.skip_bad_lines yes\n"
        f"listen.tcp_udp {TRACKER_V4}\n"
    )
    assert downloaded(ONE) == 17


def test_old_torrents_are_left_out_and_future_ones_count_as_now(start_with_dump):
    tracker = start_with_dump(line(ONE, 17, hours_ago=25) + line(TWO, 4, hours_ago=-48))
    assert HttpClient(PORT).stats("torr").startswith("1\n")
    assert downloaded(TWO) == 4
    assert "1 of them with an announce in the future" in tracker.output()
    assert "left out: 1 not announced for more than 1d" in tracker.output()


BAD_LINES = [
    ("nonsense\n", 1, "40 hex digits"),
    (line(ONE, 17) + "\n", 2, "is empty"),
    (line(ONE, 17) + line(TWO, 3).replace("\n", "\r\n"), 2, "carriage return"),
    (line(ONE, 17) + line(TWO, 3)[:-1], 2, "cut off"),
    (line(ONE, 17) + line(TWO, 3) + line(THREE, -1), 3, "does not end with the downloads"),
    (line(ONE, 17) + line(TWO, 4294967296), 2, "does not end with the downloads"),
    (line(ONE, 17) + "\0" * 60 + "\n", 2, "NUL byte"),
]


@pytest.mark.parametrize("text, number, reason", BAD_LINES, ids=lambda value: None)
def test_a_bad_dump_line_stops_the_start_with_exit_code_1_and_its_number(
    folder, text, number, reason
):
    code, said = refusal(folder, text)
    assert code == 1
    assert re.search(rf"dump:{number}: the line .*{reason}", said), said


def test_a_missing_dump_or_a_fifo_in_its_place_stops_the_start_with_exit_code_1(folder):
    code, said = refusal(folder, None)
    assert (code, "dump: No such file" in said) == (1, True), said
    os.mkfifo(folder / "dump")
    code, said = refusal(folder, None, "--skip-bad-lines")
    assert (code, "dump: is not a regular file" in said) == (1, True), said


def test_bad_lines_are_skipped_on_request(start_with_dump):
    text = line(ONE, 17) + "nonsense\n" * 9 + line(TWO, 3).replace("\n", "\r\n") + line(THREE, 5)[:-1]
    tracker = start_with_dump(text, "--skip-bad-lines")
    assert [downloaded(torrent) for torrent in (ONE, TWO, THREE)] == [17, 0, 0]
    said = tracker.output()
    assert len(re.findall(r"dump:\d+: the line .*; skipped\n", said)) == 5
    assert "dump:2: the line does not begin with 40 hex digits" in said
    assert "dump: 6 more lines skipped" in said
    assert "left out: 11 bad lines" in said


def test_torrents_the_list_refuses_are_not_loaded_from_a_dump(start_with_dump, folder):
    write_list(folder / "list", ONE.hex() + "\n")
    tracker = start_with_dump(line(ONE, 17) + line(TWO, 3), "-w", "list")
    assert HttpClient(PORT).stats("torr").startswith("1\n")
    assert downloaded(ONE) == 17
    assert "left out: 1 refused by the access list" in tracker.output()


@pytest.mark.skipif(os.getuid() != 0, reason="only root can chroot")
def test_the_path_is_relative_to_the_chroot_and_the_file_is_read_as_the_trackers_user(folder):
    """As with lists: by then the tracker runs as nobody, inside rootdir."""
    (folder / "dump").write_text(line(ONE, 17))
    (folder / "dump").chmod(0o600)
    code, said = refusal(folder, None)
    assert (code, "dump: Permission denied" in said) == (1, True), said
    shutil.chown(folder / "dump", "nobody")
    code, said = refusal(folder, None, "-l", str(folder / "dump"))
    assert (code, "No such file" in said) == (1, True), said


def test_an_absolute_path_is_resolved_inside_the_chroot(start_tracker, folder):
    (folder / "dump").write_text(line(ONE, 17))
    path = "/dump" if os.getuid() == 0 else str(folder / "dump")
    start_tracker(arguments=[*LISTEN, "-d", str(folder), "-l", path])
    assert downloaded(ONE) == 17


def test_a_million_torrents_are_loaded_before_the_first_reply(start_with_dump):
    minute = int(time.time()) // 60
    spread = (number * 0x9E3779B97F4A7C15 % 2**64 for number in range(1_000_000))
    text = "".join(f"{begin:016X}{0:024X}:{minute}:7\n" for begin in spread)
    with started_first():
        begin = time.monotonic()
        tracker = start_with_dump(text)
        assert HttpClient(PORT).stats("torr").startswith("1000000\n")
        assert time.monotonic() - begin < 10
    milliseconds = int(re.search(r"1000000 torrents loaded in (\d+) ms", tracker.output())[1])
    assert milliseconds < 5000
    assert tracker.resident_bytes() < 100 * 2**20
