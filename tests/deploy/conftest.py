"""What an operator installs, checked without running the tracker: units, manual pages, the package.

Everything is looked at as `make deb` has left it: the staged tree build/deb/root and the package.
"""
import pathlib
import subprocess

import pytest

TOP = pathlib.Path(__file__).resolve().parents[2]
DEPLOY = TOP / "docs" / "deploy"


def run(*command, **options):
    """Runs to the end, at most a minute; output and errors are one text."""
    return subprocess.run(
        [str(word) for word in command],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=60,
        **options,
    )


@pytest.fixture(scope="session")
def stage():
    root = TOP / "build" / "deb" / "root"
    assert root.is_dir(), "run `make deb` first"
    return root


@pytest.fixture(scope="session")
def package():
    packages = list((TOP / "build" / "deb").glob("opentracker_*.deb"))
    assert len(packages) == 1, packages
    return packages[0]
