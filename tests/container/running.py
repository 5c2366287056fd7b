"""A container: the image's folder as a read-only root, the entry point as process number 1, and a network with
the machine that runs the tests at its other end.
"""
import contextlib
import json
import os
import pathlib
import signal
import subprocess
import sys
import time

from harness.waiting import wait_until

HERE = pathlib.Path(__file__).resolve().parent
# The tests' end of the cable, and the container's.
OUTSIDE_V4, OUTSIDE_V6 = "10.98.0.1", "fd00:98::1"
INSIDE_V4, INSIDE_V6 = "10.98.0.2", "fd00:98::2"
PORT = 6969
SETTINGS = {"mounts": [], "writable": [], "refuse_ipv6": False, "close_streams": False}


def ip(*lines, target=()):
    command = [*target, "ip", "-batch", "-"]
    subprocess.run(command, input="\n".join(lines), text=True, check=True, timeout=10)


class Container:
    """Must be closed at the end, which kills what still runs.

    `mounts` are pairs of a folder and the path where the container sees it. `output` is a file for standard
    error. Without `has_ipv6`, the container's interfaces have no IPv6.
    """

    def __init__(self, root, command, output, has_ipv6=True, **settings):
        assert set(settings) <= set(SETTINGS)
        self._plan = {**SETTINGS, **settings, "root": str(root), "command": command}
        self._has_ipv6 = has_ipv6
        self._output = output
        self._process = None
        self.pid = None

    def launch(self):
        """Starts it without waiting."""
        self._process = subprocess.Popen(
            [sys.executable, str(HERE / "first_process.py"), json.dumps(self._plan)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._output,
            text=True,
        )
        self.pid = int(self._process.stdout.readline())
        self._connect()
        self._process.stdin.write("start\n")
        self._process.stdin.flush()
        return self

    def start(self):
        """Starts it and waits until it has bound its ports: what comes then waits in the sockets."""
        self.launch()
        wait_until(self._listens, "the tracker to listen", pause=0.01)
        return self

    def _listens(self):
        assert self.is_running(), "the container has ended"
        with contextlib.suppress(FileNotFoundError), open(f"/proc/{self.pid}/net/udp", encoding="ascii") as table:
            return f":{PORT:04X} " in table.read()
        return False

    def _connect(self):
        inside = ["nsenter", "--target", str(self.pid), "--net"]
        if not self._has_ipv6:
            switch = "/proc/sys/net/ipv6/conf/{}/disable_ipv6"
            for which in ("all", "default", "lo"):
                command = ["sh", "-c", f"echo 1 >{switch.format(which)}"]
                subprocess.run([*inside, *command], check=True, timeout=10)
        ip(f"link add cable type veth peer name eth0 netns {self.pid}")
        addresses = [f"addr add {INSIDE_V4}/24 dev eth0"]
        if self._has_ipv6:
            addresses.append(f"addr add {INSIDE_V6}/64 dev eth0 nodad")
        ip("link set lo up", "link set eth0 up", *addresses, target=inside)
        ip(
            "link set cable up",
            f"addr add {OUTSIDE_V4}/24 dev cable",
            f"addr add {OUTSIDE_V6}/64 dev cable nodad",
        )

    def is_running(self):
        return self._process.poll() is None

    def run(self, command):
        """Runs a program of the image in the container, as `podman exec` does: its exit code, output, seconds."""
        begin = time.monotonic()
        root = f"/proc/{self.pid}/root"
        where = ["nsenter", "--target", str(self.pid), "--net", "--ipc", "--pid", f"--root={root}", "--wd=/"]
        who = ["--setgid", "65534", "--setuid", "65534"]
        result = subprocess.run([*where, *who, *command], capture_output=True, text=True, timeout=20)
        return result.returncode, result.stdout + result.stderr, time.monotonic() - begin

    def signal(self, number):
        os.kill(self.pid, number)

    def signal_and_wait(self, number, timeout=5):
        """The exit code, and the seconds until it ended."""
        begin = time.monotonic()
        self.signal(number)
        return self._process.wait(timeout), time.monotonic() - begin

    def wait(self, timeout):
        """The exit code."""
        return self._process.wait(timeout)

    def stop(self):
        """Stops it as a runtime does."""
        code, seconds = self.signal_and_wait(signal.SIGTERM)
        assert code == 0
        return seconds

    def close(self):
        if self._process is None:
            return
        if self.is_running():
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pid, signal.SIGKILL)
            self._process.wait(10)
        self._process.stdin.close()
        self._process.stdout.close()

    def status(self):
        """/proc/1/status of the container as a dictionary of strings."""
        with open(f"/proc/{self.pid}/status", encoding="ascii") as lines:
            return dict(line.rstrip("\n").split(":\t", 1) for line in lines)

    def children(self):
        with open(f"/proc/{self.pid}/task/{self.pid}/children", encoding="ascii") as text:
            return text.read().split()
