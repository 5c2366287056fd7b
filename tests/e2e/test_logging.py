"""The contents, form and rate of the log, and what it must not contain."""
import os
import re
import signal
import time

from harness.daemon import binary
from harness.http_client import HttpClient, query
from harness.peers import info_hash
from harness.private_network import TRACKER_V4, TRACKER_V6, v4, v6
from harness.udp_client import UdpClient, UdpError
from harness.waiting import wait_until

HASH = info_hash(1)
DATED = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z opentracker: (.*)")


def messages(tracker):
    """The log lines without their timestamps, which each of them must have."""
    lines = tracker.output().splitlines()
    matches = [DATED.fullmatch(line) for line in lines]
    assert all(matches), lines
    return [match[1] for match in matches]


def test_the_first_lines_name_the_listeners_the_user_and_the_access_mode(start_tracker):
    tracker = start_tracker()
    said = messages(tracker)
    assert re.fullmatch(r"starting opentracker \d\S+ \(\w+\)", said[0])
    where = [f"{TRACKER_V4}:{tracker.port}", f"[{TRACKER_V6}]:{tracker.port}"]
    assert said[1:5] == [f"listening on {p} {at}" for at in where for p in ("TCP", "UDP")]
    assert re.fullmatch(r"running as user nobody \(uid \d+, gid \d+\), in a chroot at .*", said[5])
    assert said[5].endswith(" " + os.path.realpath(tracker.directory))
    assert said[6].startswith("serving every torrent")
    assert re.fullmatch(r"ready after 0\.\d\d s", said[7])
    assert len(said) == 8


def test_the_last_lines_say_why_the_tracker_ended_and_after_how_long(start_tracker):
    tracker = start_tracker()
    with HttpClient(tracker.port).connect() as connection:
        connection.send(b"GET /ann")
        wait_until(lambda: tracker.descriptor_count() > 10, "the connection to be accepted", 4)
        tracker.signal_and_wait(signal.SIGINT, timeout=5)
    assert messages(tracker)[-2:] == [
        "SIGINT: stopping",
        "stopped cleanly after 00:00:0" + messages(tracker)[-1][29] + ", 1 connections cut off",
    ]


def test_the_journal_gets_priorities_but_no_timestamps(start_tracker):
    # A shell redirects standard error to a file and declares that file to be the journal.
    script = 'JOURNAL_STREAM=$(stat -L -c %d:%i /dev/fd/2) exec "$@"'
    variables = {"NOTIFY_SOCKET": "/no/such/socket"}
    tracker = start_tracker(program=["sh", "-c", script, "sh", binary()], variables=variables)
    lines = tracker.output()
    assert all(re.match(r"<[46]>\w", line) for line in lines.splitlines()), lines
    assert "\n<4>NOTIFY_SOCKET: connect /no/such/socket: No such file or directory\n" in lines


def test_no_client_address_is_logged(tracker):
    for source, address in ((v4(201), TRACKER_V4), (v6(0x31), TRACKER_V6)):
        http = HttpClient(tracker.port, address)
        http.announce(HASH, source=source)
        for bad in ("/announce?info_hash=x", "/scrape?", "/no/such/page", "/announce?" + "x" * 9000):
            http.get(bad, source=source)
        with UdpClient(tracker.port, address, source=source) as udp:
            udp.announce(HASH)
            try:
                udp.scrape(HASH, connection_id=1)
            except UdpError:
                pass
            assert udp.silent(b"garbage" * 20)
    for word in ("10.99.0.201", "fd00:99::31"):
        assert word not in tracker.output()


def hang_up(tracker):
    """Sends SIGHUP and waits until it is taken, so that it does not merge with the next one."""
    os.kill(tracker.pid, signal.SIGHUP)
    wait_until(lambda: int(tracker.status()["ShdPnd"], 16) == 0, "SIGHUP to be taken", pause=0)


def test_repeated_lines_are_limited_to_ten_a_second_and_the_rest_is_counted(tracker):
    begin = time.monotonic()
    for _ in range(300):
        hang_up(tracker)
    counted = re.compile(r"(\d+) more of these were left out: SIGHUP: .*")

    def everything_told():
        said = messages(tracker)
        single = sum(line.startswith("SIGHUP: ") for line in said)
        left_out = sum(int(match[1]) for match in map(counted.fullmatch, said) if match)
        return single + left_out == 300 and single

    single = wait_until(everything_told, "300 signals, written or counted", timeout=5)
    assert single <= 10 * (1 + time.monotonic() - begin)
