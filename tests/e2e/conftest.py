"""Fixtures of the end-to-end tests. Everything runs inside a private network namespace
(harness/private_network.py).
"""
import os

import pytest

from harness import private_network
from harness.daemon import Daemon
from harness.http_client import HttpClient
from harness.private_network import TRACKER_V6
from harness.tools import LoadTools
from harness.udp_client import UdpClient


def pytest_configure(config):
    private_network.enter()
    private_network.raise_descriptor_limit()


@pytest.fixture
def start_tracker(tmp_path):
    """Starts trackers with given flags. Each is stopped at the end and must stop cleanly."""
    started = []

    def start(**options):
        directory = tmp_path / f"tracker{len(started)}"
        directory.mkdir()
        daemon = Daemon(directory, **options)
        started.append(daemon)
        return daemon.start()

    try:
        yield start
        for daemon in started:
            daemon.stop()
    finally:
        for daemon in started:
            daemon.kill()


@pytest.fixture
def start_with(start_tracker, tmp_path):
    """Starts a tracker with a configuration file of this text, followed by flags. The line that
    listens on TCP `port` must come last, so that waiting for it means waiting for all.
    """

    def start(text, *flags, port=6969):
        path = tmp_path / f"{len(os.listdir(tmp_path))}.conf"
        path.write_text(text)
        return start_tracker(arguments=["-f", str(path), *flags], port=port)

    return start


@pytest.fixture
def tracker(start_tracker):
    """A new tracker without torrents."""
    return start_tracker()


@pytest.fixture
def http(tracker):
    return HttpClient(tracker.port)


@pytest.fixture
def http6(tracker):
    return HttpClient(tracker.port, TRACKER_V6)


@pytest.fixture
def udp(tracker):
    with UdpClient(tracker.port) as client:
        yield client


@pytest.fixture
def udp6(tracker):
    with UdpClient(tracker.port, TRACKER_V6) as client:
        yield client


@pytest.fixture(scope="session")
def load_tools(tmp_path_factory):
    return LoadTools(tmp_path_factory.mktemp("tools"))
