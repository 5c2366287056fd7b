"""Runs in a private network namespace, with the harness of the end-to-end tests."""
import pathlib
import sys

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "e2e"))

from harness import private_network  # noqa: E402
from harness.daemon import TOP, Daemon  # noqa: E402


# If there is a syslog, their log lines do not go to standard error.
LOGS_TO_SYSLOG = ("WANT_SYSLOGS", "every")


def pytest_configure(config):
    private_network.enter()


@pytest.fixture
def start_build(tmp_path):
    """Starts the tracker built with this set of switches, with a configuration file of this text
    followed by flags. `wrapper` is a command that runs the tracker.
    """
    started = []

    def start(build, text, *flags, wrapper=()):
        conf = tmp_path / f"{len(started)}.conf"
        conf.write_text(text)
        program = [*wrapper, f"{TOP}/build/features/{build}/opentracker"]
        says_ready = build not in LOGS_TO_SYSLOG
        daemon = Daemon(
            tmp_path, arguments=["-f", str(conf), *flags], program=program, says_ready=says_ready
        )
        started.append(daemon)
        return daemon.start()

    try:
        yield start
        for daemon in started:
            daemon.stop()
    finally:
        for daemon in started:
            daemon.kill()
