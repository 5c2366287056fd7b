"""docs/compatibility.md names a test for each difference; the name must be that of a test."""
import os
import re

from harness.daemon import TOP


def read(path):
    with open(path, encoding="utf-8") as file:
        return file.read()


def test_every_test_that_the_documentation_names_exists():
    named = set(re.findall(r"`(test_\w+)`", read(os.path.join(TOP, "docs", "compatibility.md"))))
    here = os.path.dirname(__file__)
    files = [name for name in os.listdir(here) if name.startswith("test_") and name.endswith(".py")]
    defined = set(re.findall(r"^def (test_\w+)", "\n".join(map(read, files_in(here, files))), re.M))
    assert named
    assert named <= defined, named - defined


def files_in(directory, names):
    return [os.path.join(directory, name) for name in names]
