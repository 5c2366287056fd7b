"""A state dump read at start, as an operator brings his counts along."""
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
from harness.udp_client import UdpClient

ONE, TWO, THREE = info_hash(1), info_hash(2), info_hash(3)
PORT = 6969
LISTEN = ["-i", TRACKER_V4, "-p", str(PORT), "-P", str(PORT)]


def line(torrent, downloaded, hours_ago=0):
    minute = int(time.time()) // 60 - 60 * hours_ago
    return f"{torrent.hex().upper()}:{minute}:{downloaded}\n"


@pytest.fixture
def folder(tmp_path):
    """Where the tracker lives."""
    folder = tmp_path / "root"
    folder.mkdir()
    for parent in (tmp_path, tmp_path.parent, tmp_path.parent.parent):
        parent.chmod(0o755)
    return folder


@pytest.fixture
def start_with_dump(start_tracker, folder):
    """Starts the tracker with a dump of that text, in bytes."""

    def start(text, *flags, **options):
        (folder / "dump").write_bytes(text.encode())
        return start_tracker(arguments=[*LISTEN, "-d", str(folder), "-l", "dump", *flags], **options)

    return start


def refusal(folder, text, *flags):
    """Exit code and output of a tracker that shall not start; no text: there is no dump."""
    if text is not None:
        (folder / "dump").write_bytes(text.encode())
    command = [binary(), *LISTEN, "-d", str(folder), "-l", "dump", *flags]
    result = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=10)
    return result.returncode, result.stderr


def downloaded(torrent):
    """Over UDP and HTTP, which must agree."""
    with UdpClient(PORT) as client:
        (_, over_udp, _), = client.scrape(torrent)
    files = HttpClient(PORT).get(f"/scrape?{query(info_hash=torrent)}").bencoded()[b"files"]
    assert files[torrent][b"downloaded"] == over_udp
    return over_udp


def test_a_dump_brings_the_downloads_back(start_with_dump):
    tracker = start_with_dump(line(ONE, 17) + line(TWO, 4294967295, hours_ago=23) + line(THREE, 0))
    assert HttpClient(PORT).stats("torr").startswith("3\n")
    assert [downloaded(torrent) for torrent in (ONE, TWO, THREE)] == [17, 4294967295, 0]
    assert re.search(r"dump: 3 torrents loaded in \d+ ms\n", tracker.output())


def dumped():
    """{info_hash in hex: (minute, downloaded)} of what mode=statedump says."""
    rows = [row.split(":") for row in HttpClient(PORT).stats("statedump").splitlines()]
    return {hex_hash: (int(minute), int(count)) for hex_hash, minute, count in rows}


def test_what_a_tracker_dumps_it_reads_back(start_with_dump):
    """The minute may differ by one: that of the clock on the wall and the tracker's begin apart."""
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


def test_an_announce_goes_on_with_the_count(start_with_dump):
    start_with_dump(line(ONE, 17))
    http = HttpClient(PORT)
    assert http.announce(ONE, left=1)[b"downloaded"] == 17
    assert http.announce(ONE, left=0, event="completed")[b"downloaded"] == 18


def test_the_key_of_a_configuration_does_as_the_flag(start_with, folder):
    (folder / "dump").write_text("nonsense\n" + line(ONE, 17))
    (folder / "dump").chmod(0o644)
    start_with(
        f"tracker.rootdir {folder}\ntracker.load_statedump dump\ntracker.skip_bad_lines yes\n"
        f"listen.tcp_udp {TRACKER_V4}\n"
    )
    assert downloaded(ONE) == 17


def test_what_is_too_old_stays_out_and_the_future_is_now(start_with_dump):
    tracker = start_with_dump(line(ONE, 17, hours_ago=25) + line(TWO, 4, hours_ago=-48))
    assert HttpClient(PORT).stats("torr").startswith("1\n")
    assert downloaded(TWO) == 4
    assert "1 of them with an announce in the future" in tracker.output()
    assert "left out: 1 without an announce for longer than 1d" in tracker.output()


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
def test_a_bad_line_of_a_dump_ends_the_start_with_1_and_its_line(folder, text, number, reason):
    code, said = refusal(folder, text)
    assert code == 1
    assert re.search(rf"dump:{number}: the line .*{reason}", said), said


def test_a_dump_that_is_not_there_or_no_file_ends_the_start_with_1(folder):
    code, said = refusal(folder, None)
    assert (code, "dump: No such file" in said) == (1, True), said
    os.mkfifo(folder / "dump")
    code, said = refusal(folder, None, "--skip-bad-lines")
    assert (code, "dump: is not a regular file" in said) == (1, True), said


def test_bad_lines_are_skipped_if_told(start_with_dump):
    text = line(ONE, 17) + "nonsense\n" * 9 + line(TWO, 3).replace("\n", "\r\n") + line(THREE, 5)[:-1]
    tracker = start_with_dump(text, "--skip-bad-lines")
    assert [downloaded(torrent) for torrent in (ONE, TWO, THREE)] == [17, 0, 0]
    said = tracker.output()
    assert len(re.findall(r"dump:\d+: the line .*; skipped\n", said)) == 5
    assert "dump:2: the line does not begin with 40 hex digits" in said
    assert "dump: 6 more lines skipped" in said
    assert "left out: 11 bad lines" in said


def test_what_the_list_refuses_does_not_come_back_with_a_dump(start_with_dump, folder):
    write_list(folder / "list", ONE.hex() + "\n")
    tracker = start_with_dump(line(ONE, 17) + line(TWO, 3), "-w", "list")
    assert HttpClient(PORT).stats("torr").startswith("1\n")
    assert downloaded(ONE) == 17
    assert "left out: 1 that the access list refuses" in tracker.output()


@pytest.mark.skipif(os.getuid() != 0, reason="only root can chroot")
def test_a_path_counts_from_the_chroot_and_the_file_is_read_as_the_trackers_user(folder):
    """As for lists: by then the tracker is nobody, below rootdir."""
    (folder / "dump").write_text(line(ONE, 17))
    (folder / "dump").chmod(0o600)
    code, said = refusal(folder, None)
    assert (code, "dump: Permission denied" in said) == (1, True), said
    shutil.chown(folder / "dump", "nobody")
    code, said = refusal(folder, None, "-l", str(folder / "dump"))
    assert (code, "No such file" in said) == (1, True), said


def test_an_absolute_path_is_that_of_the_chroot(start_tracker, folder):
    (folder / "dump").write_text(line(ONE, 17))
    path = "/dump" if os.getuid() == 0 else str(folder / "dump")
    start_tracker(arguments=[*LISTEN, "-d", str(folder), "-l", path])
    assert downloaded(ONE) == 17


def test_a_million_torrents_are_there_before_the_first_answer(start_with_dump):
    minute = int(time.time()) // 60
    spread = (number * 0x9E3779B97F4A7C15 % 2**64 for number in range(1_000_000))
    text = "".join(f"{begin:016X}{0:024X}:{minute}:7\n" for begin in spread)
    begin = time.monotonic()
    tracker = start_with_dump(text)
    assert HttpClient(PORT).stats("torr").startswith("1000000\n")
    assert time.monotonic() - begin < 10
    milliseconds = int(re.search(r"1000000 torrents loaded in (\d+) ms", tracker.output())[1])
    assert milliseconds < 5000
    assert tracker.resident_bytes() < 100 * 2**20
