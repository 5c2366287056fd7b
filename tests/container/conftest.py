"""The container's image, built once by the steps of its Containerfile, and containers that run it.

With CONTAINER_PROGRAM=build/static/opentracker the program comes from there and nothing is built. The tests
run in a private network and use the harness of the end-to-end tests.
"""
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

import pytest

TOP = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(TOP / "tests/e2e"))

from harness import private_network  # noqa: E402
from harness.waiting import wait_until  # noqa: E402

import containerfile  # noqa: E402
from image import FOLDER, Builder  # noqa: E402
from running import Container  # noqa: E402


def pytest_configure(config):
    # The image is built before the network is given up.
    private_network.raise_descriptor_limit()


@pytest.fixture(scope="session")
def about():
    """The Containerfile."""
    return containerfile.parse((FOLDER / "Containerfile").read_text())


@pytest.fixture(scope="session")
def built(about):
    """The folder with the image, as the Containerfile's steps have left it."""
    work = pathlib.Path(tempfile.mkdtemp(dir="/var/tmp", prefix="opentracker-image."))
    try:
        yield build(about, work)
    finally:
        subprocess.run(["rm", "-rf", "--one-file-system", work], check=True)


def build(about, work):
    program = os.environ.get("CONTAINER_PROGRAM")
    if program:
        last = about.stages[-1]
        last.steps = [step for step in last.steps if "--from" not in step[1]]
        about.stages = [last]
    root = Builder(work).build(about)
    if program:
        shutil.copy2(TOP / program, root / "opentracker")
        (root / "state").mkdir()
        os.chown(root / "state", 65534, 65534)
    root.chmod(0o755)
    return root


@pytest.fixture(scope="session")
def image(built):
    """The same, from a private network."""
    private_network.enter()
    return built


@pytest.fixture
def folder(tmp_path):
    """Makes a folder to mount that uid 65534 owns, with the files given as name=text."""

    def make(name, **files):
        path = tmp_path / name
        path.mkdir()
        for file, text in files.items():
            (path / file.replace("_", ".")).write_text(text)
        for each in (path, *path.iterdir()):
            os.chown(each, 65534, 65534)
        return path

    return make


class Log:
    """What a container has written to standard error."""

    def __init__(self, path):
        self.path = path

    def text(self):
        return self.path.read_text(errors="replace")

    def wait_for(self, words, count=1):
        wait_until(lambda: self.text().count(words) >= count, f"{words!r} in {self.text()}", timeout=5)


@pytest.fixture
def log(tmp_path):
    return Log(tmp_path / "log")


@pytest.fixture
def container(about, image, log, tmp_path):
    """Makes a container that runs the image's entry point with its default arguments or others; it is not
    started yet."""
    made = []
    # Mount points are made in it.
    root = tmp_path / "root"
    subprocess.run(["cp", "-a", str(image), str(root)], check=True)

    def make(*arguments, output=None, **settings):
        words = list(arguments) or about.command("CMD")
        output = open(log.path, "ab") if output is None else output
        made.append(Container(root, about.command("ENTRYPOINT") + words, output, **settings))
        return made[-1]

    yield make
    for each in made:
        each.close()
