"""The servers and tools of a benchmark: each pinned to one core, addressed by pid, always stopped.

Everything listens on 127.0.0.1. Servers run on the first core, load generators on the second. Each
process is in `Bench.children` until it has ended; leaving the Bench ends the remaining ones.
"""

import os
import pathlib
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import time

SERVER_CPU = 0
LOAD_CPU = 1 if (os.cpu_count() or 1) > 1 else 0


def free_port():
    """A port that is free for both TCP and UDP on 127.0.0.1."""
    while True:
        with socket.socket() as tcp, socket.socket(type=socket.SOCK_DGRAM) as udp:
            tcp.bind(("127.0.0.1", 0))
            port = tcp.getsockname()[1]
            try:
                udp.bind(("127.0.0.1", port))
                return port
            except OSError:
                continue


def words(line):
    """The name=value words of a line, with numbers as floats."""
    pairs = (word.split("=", 1) for word in line.split() if "=" in word)
    return {k: float(v) if re.fullmatch(r"-?\d+(\.\d+)?", v) else v for k, v in pairs}


class Server:
    """A running server: its pid, its port, and the --verify level its replies must pass."""

    def __init__(self, process, port, verify):
        self.process = process
        self.pid = process.pid
        self.port = port
        self.verify = verify

    def cpu_ns(self):
        """The CPU time of all its threads."""
        stats = pathlib.Path(f"/proc/{self.pid}/task").glob("*/schedstat")
        return sum(int(stat.read_text().split()[0]) for stat in stats)

    def rss_bytes(self):
        pages = int(pathlib.Path(f"/proc/{self.pid}/statm").read_text().split()[1])
        return pages * os.sysconf("SC_PAGESIZE")


class WrongAnswer(Exception):
    """A server gave a wrong answer or none, so the figures of the run are worthless."""


class Bench:
    """The directory, the programs and the processes of one run."""

    def __init__(self, tree, log):
        self.tree = pathlib.Path(tree).resolve()
        self.log = log
        self.children = []
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="opentracker-bench."))
        self.folder.chmod(0o755)  # servers give up root and must still read their white list
        self.built = self.tree / "build"
        self.commit = self._output(["git", "-C", self.tree, "rev-parse", "--short=12", "HEAD"])
        flags = self._output([self.tree / "opentracker", "-h"])
        self.takes_whitelist = re.search(r"^ *-w.*[^)]$", flags, re.M) is not None

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for process in list(self.children):
            self.stop(process)
        shutil.rmtree(self.folder)

    @staticmethod
    def _output(command):
        return subprocess.run(command, capture_output=True, text=True, check=False).stdout.strip()

    def start(self, command, cpu, **options):
        """Starts a command on the given core."""
        process = subprocess.Popen(
            ["taskset", "-c", str(cpu), *map(str, command)], cwd=self.folder, **options
        )
        self.children.append(process)
        return process

    def stop(self, process, how=signal.SIGTERM):
        if process in self.children:
            self.children.remove(process)
        if process.poll() is None:
            process.send_signal(how)
        try:
            process.wait(5)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    def _server(self, command, port, verify):
        log = open(self.folder / f"server-{port}.log", "wb")
        process = self.start(command, SERVER_CPU, stdout=log, stderr=log)
        log.close()
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline and process.poll() is None:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    return Server(process, port, verify)
            time.sleep(0.05)
        text = (self.folder / f"server-{port}.log").read_text(errors="replace")
        raise WrongAnswer(f"{command[0]} does not serve: {text[-500:]}")

    def ours(self, whitelist=None):
        port = free_port()
        command = [self.tree / "opentracker", "-i", "127.0.0.1", "-p", port, "-P", port]
        command += ["-A", "127.0.0.1", "-d", self.folder]
        if whitelist and self.takes_whitelist:
            command += ["-w", whitelist.name]
        return self._server(command, port, "strict")

    def reference(self, whitelist):
        port = free_port()
        command = ["/usr/bin/opentracker", "-A", "127.0.0.1", "-i", "127.0.0.1", "-p", port]
        command += ["-P", port, "-d", self.folder, "-w", whitelist.name]
        return self._server(command, port, "lenient")

    def floor(self, keep):
        port = free_port()
        if (self.built / "floor").exists():
            command = [self.built / "floor", port, *(["keep"] if keep else [])]
        else:
            close = [] if keep else ["--close"]
            command = [self.built / "load", "null", "--target", f"127.0.0.1:{port}", *close]
        return self._server(command, port, "none")

    def whitelist(self, *population):
        """Writes the info_hashes of the crowd to a file in the servers' folder."""
        path = self.folder / ("white" + "".join(population).replace("-", ""))
        if not path.exists():
            with open(path, "wb") as out:
                subprocess.run([self.built / "load", "hashes", *population], stdout=out, check=True)
            os.utime(path, (1, 1))  # looks complete for a long time
        return path

    def run(self, command, cpu=LOAD_CPU):
        """Runs a tool to its end and returns its output."""
        process = self.start(command, cpu, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        output, _ = process.communicate()
        self.children.remove(process)
        if process.returncode != 0:
            raise WrongAnswer(f"{' '.join(map(str, command))}: {output[-800:]}")
        return output

    def load(self, kind, server, *options, before=()):
        """Runs the load generator once, through the command `before`, and returns its words."""
        command = [*before, self.built / "load", kind, "--target", f"127.0.0.1:{server.port}"]
        command += ["--pid", server.pid, "--verify", server.verify, *options]
        line = self.run(command)
        self.log.write(line)
        self.log.flush()
        result = words(line)
        if result["bad"] or result["errors"]:
            raise WrongAnswer(line)
        return result


    def spin(self, seconds):
        """Measures how often the server's core interrupts a program that only computes."""
        line = self.run([self.built / "load", "spin", "--seconds", seconds], SERVER_CPU)
        self.log.write(line)
        return words(line)


class SystemCalls:
    """Counts system calls with strace -c during the with block; `total` is set afterwards."""

    def __init__(self, bench, server):
        self.bench = bench
        self.server = server
        self.total = 0
        self.summary = bench.folder / "strace"

    def __enter__(self):
        command = ["strace", "-c", "-f", "-o", self.summary, "-p", self.server.pid]
        self.tracer = self.bench.start(command, LOAD_CPU, stderr=subprocess.PIPE, text=True)
        self.tracer.stderr.readline()  # "strace: Process 1 attached"
        return self

    def __exit__(self, *_):
        time.sleep(0.2)
        self.bench.stop(self.tracer)
        text = self.summary.read_text()
        match = re.search(r"^100\.00\s+[\d.]+\s+(?:\d+\s+)?(\d+)(?:\s+\d+)?\s+total", text, re.M)
        if not match:
            raise WrongAnswer("strace counted nothing: " + text[-400:])
        self.total = int(match.group(1))
        self.bench.log.write(text)
