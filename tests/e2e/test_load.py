"""Common load generators, and the number of system calls per reply."""
import os
import re
import signal
import subprocess

import pytest

from harness.http_client import query
from harness.peers import info_hash
from harness.private_network import TRACKER_V4
from harness.tools import find_program
from harness.waiting import wait_until

ANNOUNCE = "/announce?" + query(info_hash=info_hash(1), port=6881, left=1)


def run_ab(port, requests, concurrency, *flags):
    """Runs ab to its end; fails unless every request was answered correctly."""
    url = f"http://{TRACKER_V4}:{port}{ANNOUNCE}"
    command = [
        find_program("ab", "apache2-utils"),
        "-q",
        "-n",
        str(requests),
        "-c",
        str(concurrency),
    ]
    result = subprocess.run([*command, *flags, url], capture_output=True, text=True, timeout=240)
    assert result.returncode == 0, result.stderr
    report = dict(re.findall(r"^([A-Z][\w /-]+):\s+(\d+)", result.stdout, re.MULTILINE))
    assert report["Complete requests"] == str(requests)
    assert report["Failed requests"] == "0", result.stdout
    assert "Non-2xx responses" not in report
    return report


def test_ab_has_no_failures_with_a_connection_for_each_request(tracker):
    run_ab(tracker.port, 20_000, 100)


def test_ab_has_no_failures_with_keep_alive(tracker):
    report = run_ab(tracker.port, 20_000, 100, "-k")
    assert report["Keep-Alive requests"] == "20000"


@pytest.mark.long
def test_ab_has_no_failures_in_a_hundred_thousand_requests(tracker):
    run_ab(tracker.port, 100_000, 100)


@pytest.mark.long
def test_ab_has_no_failures_in_a_hundred_thousand_requests_with_keep_alive(tracker):
    run_ab(tracker.port, 100_000, 100, "-k")


class SystemCallCount:
    """Counts the system calls of the tracker while the block runs; `total` is set afterwards."""

    def __init__(self, tracker, report_path):
        self._tracker = tracker
        self._report = str(report_path)

    def __enter__(self):
        program = find_program("strace", "strace")
        command = [program, "-f", "-c", "-o", self._report, "-p", str(self._tracker.pid)]
        self._strace = subprocess.Popen(command, stderr=subprocess.DEVNULL)
        wait_until(lambda: self._tracker.status()["TracerPid"].strip() != "0", "strace to attach")
        return self

    def __exit__(self, *_):
        self._strace.send_signal(signal.SIGINT)
        self._strace.wait(10)
        with open(self._report) as report:
            self.text = report.read()
        # The last row: 100.00, seconds, usecs/call, calls, errors if there are any, "total".
        self.total = int(self.text.splitlines()[-1].split()[3])


def test_a_udp_reply_under_load_costs_a_seventh_of_a_system_call(
    tracker, load_tools, tmp_path
):
    replies = 32_000
    with SystemCallCount(tracker, tmp_path / "calls") as calls:
        assert load_tools.load(tracker.port, good=replies, window=256) == replies
    assert calls.total / replies <= 0.15, calls.text


def test_a_request_on_its_own_connection_costs_five_system_calls(tracker, tmp_path):
    with SystemCallCount(tracker, tmp_path / "calls") as calls:
        run_ab(tracker.port, 5_000, 100)
    assert calls.total / 5_000 <= 5.0, calls.text


def test_a_request_on_a_kept_connection_costs_two_system_calls(tracker, tmp_path):
    with SystemCallCount(tracker, tmp_path / "calls") as calls:
        run_ab(tracker.port, 5_000, 64, "-k")
    assert calls.total / 5_000 <= 2.2, calls.text


def test_an_idle_tracker_sleeps(tracker, http):
    http.announce(info_hash(1))
    before = tracker.cpu_seconds()
    with SystemCallCount(tracker, os.path.join(tracker.directory, "calls")) as calls:
        with pytest.raises(subprocess.TimeoutExpired):
            tracker.process.wait(2)
    assert calls.total <= 200, calls.text
    assert tracker.cpu_seconds() - before <= 0.1
