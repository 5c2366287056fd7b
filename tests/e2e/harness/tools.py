"""Programs used by the tests: our load tools, compiled when first needed, and others that must be
installed.
"""
import contextlib
import os
import re
import shutil
import struct
import subprocess

from harness.daemon import TOP
from harness.private_network import TRACKER_V4

SOURCES = os.path.join(TOP, "tests", "e2e", "tools")


def find_program(name, package):
    path = shutil.which(name)
    if path is None:
        raise RuntimeError(f"{name} is missing: apt-get install {package}")
    return path


def open_to_all(folder):
    """Lets a tracker without root's rights reach a folder of pytest's."""
    for each in (folder, *folder.parents[:3]):
        if each.stat().st_mode & 0o005 != 0o005:
            each.chmod(0o755)


def put_first(pid=0):
    """Gives a process priority, so that a busy machine is not mistaken for a slow tracker."""
    try:
        os.sched_setscheduler(pid, os.SCHED_RR, os.sched_param(1))
    except PermissionError:
        pass  # Not permitted; measure without priority.


@contextlib.contextmanager
def started_first():
    """Gives priority to this process while the block runs, and for good to the children it starts."""
    put_first()
    try:
        yield
    finally:
        os.sched_setscheduler(0, os.SCHED_OTHER, os.sched_param(0))


def probed_torrents():
    """The info_hashes that udp_load and udp_probe announce (tools/udp_session.h)."""
    return [struct.pack("!Q12x", n * 0x9E3779B97F4A7C15 % 2**64) for n in range(1000)]


class LoadTools:
    """Compiles the load tools into `directory`, once for a whole test run."""

    def __init__(self, directory):
        self._directory = str(directory)

    def _path(self, name):
        path = os.path.join(self._directory, name)
        if not os.path.exists(path):
            compiler = os.environ.get("CXX", "g++").split()
            source = os.path.join(SOURCES, name + ".cc")
            subprocess.run([*compiler, "-std=c++20", "-O2", source, "-o", path], check=True)
        return path

    def start_load(self, port, good, bad_per_good=0, window=32):
        """Starts udp_load; answered() reads its result."""
        command = [self._path("udp_load"), TRACKER_V4, port, good, bad_per_good, window]
        return subprocess.Popen([str(word) for word in command], stdout=subprocess.PIPE, text=True)

    def load(self, port, good, bad_per_good=0, window=32):
        """The number of good announces that were answered."""
        return answered(self.start_load(port, good, bad_per_good, window))

    def probe(self, port, per_second=500, seconds=4):
        """Announces at a steady rate: {"sent": N, "answered": N, "p50": us, "p99": us, "max": us}.
        """
        command = [self._path("udp_probe"), TRACKER_V4, port, per_second, seconds]
        result = subprocess.run(
            [str(word) for word in command],
            capture_output=True,
            text=True,
            check=True,
            preexec_fn=put_first,
        )
        words = result.stdout.split()
        return {key: int(value) for key, value in zip(words[::2], words[1::2])}


def answered(load):
    output, _ = load.communicate(timeout=120)
    assert load.returncode == 0, output
    return int(re.match(r"answered (\d+) of", output)[1])
