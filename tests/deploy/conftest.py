"""The files an operator installs, checked without running the tracker: units, manual pages and the
package.

Everything is tested as `make deb` has left it: the staged tree build/deb/root and the package.
"""
import pytest

from tree import TOP


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
