"""The tracker as a child process: started in its own directory, awaited, inspected through /proc,
and stopped by pid.

The binary is the environment variable OPENTRACKER, or else ./opentracker at the top of the tree.
"""
import os
import resource
import signal
import subprocess
import time

from harness.private_network import TRACKER_V4, TRACKER_V6
from harness.waiting import wait_until

TOP = os.path.abspath(os.path.join(os.path.dirname(__file__), "..", "..", ".."))
TICKS = os.sysconf("SC_CLK_TCK")


def binary():
    path = os.environ.get("OPENTRACKER", os.path.join(TOP, "opentracker"))
    if not os.access(path, os.X_OK):
        raise RuntimeError(f"no tracker to test: {path} (run make, or set OPENTRACKER)")
    return path


def listening_addresses(protocol, port):
    """The local addresses, as the kernel prints them, of the sockets bound to `port` in this
    network namespace.

    protocol: "tcp" (only listening sockets) or "udp".
    """
    state = "0A" if protocol == "tcp" else "07"
    found = []
    for table in (protocol, protocol + "6"):
        with open(f"/proc/net/{table}") as lines:
            for fields in (line.split() for line in lines.readlines()[1:]):
                address, _, hex_port = fields[1].partition(":")
                if int(hex_port, 16) == port and fields[3] == state:
                    found.append(address)
    return found


class Daemon:
    """One running tracker. It listens on TCP and UDP `port` of TRACKER_V4 and TRACKER_V6 unless
    `arguments` say otherwise. It inherits the descriptors in `passed`, and has `variables` in its
    environment besides ours.
    """

    def __init__(
        self,
        directory,
        port=6969,
        arguments=None,
        descriptors=None,
        program=None,
        passed=(),
        variables=None,
        says_ready=True,
    ):
        self.directory = str(directory)
        self.port = port
        self.output_path = os.path.join(self.directory, "output")
        if arguments is None:
            arguments = []
            for address in (TRACKER_V4, TRACKER_V6):
                arguments += ["-i", address, "-p", str(port), "-P", str(port)]
        self.arguments = arguments
        self._descriptors = descriptors
        self._program = program or [binary()]
        self._passed = passed
        self._variables = variables or {}
        self._says_ready = says_ready
        self.process = None
        self._was_stopped = False

    def start(self):
        """Starts it and waits until it reports that it is ready. Sends it nothing, so its counters
        are still 0.
        """
        self.launch()
        wait_until(self._is_ready, "the tracker to be ready", timeout=10, pause=0.005)
        return self

    def launch(self):
        """Starts it without waiting."""
        with open(self.output_path, "wb") as output:
            self.process = subprocess.Popen(
                self._program + self.arguments,
                cwd=self.directory,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                preexec_fn=self._limit,
                pass_fds=self._passed,
                env={**os.environ, **self._variables},
            )
        return self

    def _limit(self):
        if self._descriptors is not None:
            resource.setrlimit(resource.RLIMIT_NOFILE, (self._descriptors, self._descriptors))

    def _is_ready(self):
        if self.process.poll() is not None:
            raise AssertionError(
                f"the tracker ended with {self.process.returncode}: {self.output()}"
            )
        ready = not self._says_ready or "ready after" in self.output()
        return ready and listening_addresses("tcp", self.port)

    @property
    def pid(self):
        return self.process.pid

    def output(self):
        with open(self.output_path, "rb") as output:
            return output.read().decode(errors="replace")

    def is_running(self):
        return self.process.poll() is None

    def signal_and_wait(self, number, timeout):
        """Sends the signal and returns the exit code and the seconds until it ended. Fails after
        `timeout` seconds.
        """
        self._was_stopped = True
        begin = time.monotonic()
        self.process.send_signal(number)
        try:
            code = self.process.wait(timeout)
        except subprocess.TimeoutExpired:
            self.kill()
            raise AssertionError(f"still running {timeout} s after signal {number}") from None
        return code, time.monotonic() - begin

    def stop(self):
        """Stops it as an operator would. Fails if it had died before or does not stop cleanly.
        """
        if self._was_stopped:
            return
        if self.process.poll() is not None:
            raise AssertionError(
                f"the tracker had ended with {self.process.returncode}: {self.output()}"
            )
        code, _ = self.signal_and_wait(signal.SIGTERM, timeout=10)
        assert code == 0, f"exit code {code}: {self.output()}"

    def kill(self):
        if self.process is not None and self.process.poll() is None:
            self.process.kill()
            self.process.wait()

    def cpu_seconds(self):
        """The user and system time it has used so far."""
        with open(f"/proc/{self.pid}/stat") as stat:
            fields = stat.read().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / TICKS

    def status(self):
        """/proc/PID/status as a dictionary of strings."""
        with open(f"/proc/{self.pid}/status") as status:
            return dict(line.rstrip("\n").split(":", 1) for line in status)

    def resident_bytes(self):
        return int(self.status()["VmRSS"].split()[0]) * 1024

    def descriptor_count(self):
        return len(os.listdir(f"/proc/{self.pid}/fd"))
