"""What an operator sees: flags, exit codes, signals and descriptors."""
import signal
import subprocess

import pytest

from harness.daemon import binary, listening_addresses
from harness.http_client import HttpClient, query
from harness.peers import info_hash
from harness.private_network import TRACKER_V4, v4
from harness.udp_client import UdpClient
from harness.waiting import wait_until

HASH = info_hash(1)


def run(*arguments, directory):
    """Runs the tracker, which must end by itself within 5 s."""
    return subprocess.run(
        [binary(), *arguments], cwd=directory, capture_output=True, text=True, timeout=5
    )


def test_help_lists_the_flags(tmp_path):
    result = run("-h", directory=tmp_path)
    assert result.returncode == 0
    for name in ("-i", "-p", "-P", "-h", "-v"):
        assert name in result.stdout


def test_version_names_program_and_features(tmp_path):
    result = run("-v", directory=tmp_path)
    assert result.returncode == 0
    assert result.stdout.startswith("opentracker ")
    assert "WANT_" in result.stdout


BAD_FLAGS = [
    (["-Z"], "-Z"),
    (["-p"], "-p"),
    (["-p", "abc"], "abc"),
    (["-p", "0"], "0"),
    (["-p", "65536"], "65536"),
    (["-P", "-1"], "-1"),
    (["-i", "tracker.example"], "tracker.example"),
    (["-i", "10.99.0.256"], "10.99.0.256"),
    (["stray"], "stray"),
]


@pytest.mark.parametrize("arguments, named", BAD_FLAGS)
def test_a_bad_flag_is_named_and_the_exit_code_is_1(tmp_path, arguments, named):
    result = run(*arguments, directory=tmp_path)
    assert result.returncode == 1
    assert named in result.stderr


def test_an_address_in_use_is_named_and_the_exit_code_is_111(tracker, tmp_path):
    for flag in ("-p", "-P"):
        result = run("-i", TRACKER_V4, flag, str(tracker.port), directory=tmp_path)
        assert result.returncode == 111
        assert f"{TRACKER_V4}:{tracker.port}" in result.stderr


def test_without_flags_port_6969_is_served_on_every_address_of_both_families(start_tracker):
    tracker = start_tracker(arguments=[])
    for protocol in ("tcp", "udp"):
        assert sorted(listening_addresses(protocol, 6969)) == ["0" * 8, "0" * 32]
    for address in (v4(77), "fd00:99::7", "127.0.0.1", "::1"):
        assert HttpClient(tracker.port, address).stats("version")


def test_an_address_flag_applies_to_the_port_flags_after_it(start_tracker):
    arguments = ["-i", v4(2), "-p", "7000", "-p", "7001", "-i", v4(3), "-P", "7000"]
    start_tracker(arguments=arguments, port=7001)
    assert HttpClient(7000, v4(2)).stats("version") == HttpClient(7001, v4(2)).stats("version")
    with UdpClient(7000, v4(3)) as udp:
        assert udp.announce(HASH).leechers == 1
    assert len(listening_addresses("udp", 7000)) == len(listening_addresses("tcp", 7000)) == 1


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_stops_the_tracker_within_two_seconds(tracker, http, number):
    http.announce(HASH)
    code, seconds = tracker.signal_and_wait(number, timeout=5)
    assert (code, seconds < 2) == (0, True)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_stops_the_tracker_under_load_with_open_connections(
    tracker, http, load_tools, number
):
    idle = [http.connect() for _ in range(50)]
    for at, connection in enumerate(idle):
        head = f"GET /announce?{query(info_hash=HASH, port=6881)} HTTP/1.1\r\n\r\n".encode()
        connection.send(head if at % 2 else head[:-2])
    load = load_tools.start_load(tracker.port, good=10_000_000)
    try:
        with UdpClient(tracker.port) as udp:
            wait_until(lambda: udp.announce(HASH).leechers and tracker.cpu_seconds() > 0.1, "load")
        code, seconds = tracker.signal_and_wait(number, timeout=5)
        assert (code, seconds < 2) == (0, True)
    finally:
        load.kill()
        load.communicate()
        for connection in idle:
            connection.close()


def test_the_port_can_be_bound_again_at_once(start_tracker):
    for _ in range(3):
        tracker = start_tracker()
        with HttpClient(tracker.port).connect() as connection:
            connection.send(b"GET /stats HTTP/1.1\r\n\r\n")
            assert connection.read_response().status == 200
        tracker.stop()


def test_a_broken_pipe_does_not_end_the_tracker(tracker, http):
    for _ in range(50):
        with http.connect() as connection:
            connection.socket.setsockopt(1, 13, b"\1\0\0\0\0\0\0\0")  # SO_LINGER: close() resets
            connection.send(b"GET /stats?mode=everything HTTP/1.1\r\n\r\n" * 50)
    assert http.stats("version")


def test_load_leaves_no_descriptor_behind(tracker, http, load_tools):
    http.announce(HASH)
    before = tracker.descriptor_count()
    for at in range(2000):
        http.get("/announce?" + query(info_hash=HASH, port=1 + at, left=at % 2))
    assert load_tools.load(tracker.port, good=20000) == 20000
    wait_until(lambda: tracker.descriptor_count() <= before, "the descriptors to be closed")
