"""Runs inside a private network namespace, with the harness of the end-to-end tests."""
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "e2e"))

from harness import private_network  # noqa: E402


def pytest_configure(config):
    private_network.enter()
