"""Plays systemd's part for sockets and notifications: holds the sockets, starts the tracker with
them as descriptors 3, 4, ..., and receives its notifications.

systemd-socket-activate would not do: it cannot pass TCP and UDP sockets together.
"""
import fcntl
import os
import signal
import socket
import sys

from harness.daemon import Daemon, binary
from harness.waiting import wait_until

# Runs between fork and exec, because LISTEN_PID must be the tracker's own pid. argv: names,
# sources..., --, program and its arguments.
EXECUTE = """
import os, sys
end = sys.argv.index("--")
for target, source in enumerate(map(int, sys.argv[2:end]), 3):
    os.dup2(source, target, inheritable=True)
os.environ.update(
    LISTEN_PID=str(os.getpid()), LISTEN_FDS=str(end - 2), LISTEN_FDNAMES=sys.argv[1]
)
os.execv(sys.argv[end + 1], sys.argv[end + 1 :])
"""
# Sources are numbered from here on, so that none is overwritten before it is copied.
FIRST_SOURCE = 100
SO_RCVBUFFORCE = 33  # asm-generic/socket.h; the socket module has no name for it
RECEIVE_BUFFER = 16 << 20


def server_socket(family, kind, port, v6_only=True):
    """A socket on every address of the family, as a socket unit opens it."""
    server = socket.socket(family, kind)
    if family == socket.AF_INET6:
        server.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, int(v6_only))
    if kind == socket.SOCK_STREAM:
        server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    else:
        # As docs/deploy/opentracker.socket asks for: datagrams wait here while no tracker runs.
        server.setsockopt(socket.SOL_SOCKET, SO_RCVBUFFORCE, RECEIVE_BUFFER)
    server.bind(("", port))
    if kind == socket.SOCK_STREAM:
        server.listen(4096)
    return server


def server_sockets(port):
    """Sockets for TCP and UDP over IPv4 and IPv6."""
    return [
        server_socket(family, kind, port)
        for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM)
        for family in (socket.AF_INET, socket.AF_INET6)
    ]


class ServiceUnit:
    """A service that must be closed at the end, which stops the tracker it has started."""

    def __init__(self, directory, sockets=(), arguments=(), variables=None):
        self._directory = directory
        self._sockets = list(sockets)
        self._arguments = list(arguments)
        self._sources = tuple(
            fcntl.fcntl(one, fcntl.F_DUPFD_CLOEXEC, FIRST_SOURCE) for one in self._sockets
        )
        self._news = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._news.bind(os.path.join(str(directory), "news"))
        self._news.setblocking(False)
        self._variables = {"NOTIFY_SOCKET": self._news.getsockname(), **(variables or {})}
        self.heard = []
        self.tracker = None

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.tracker is not None:
            self.tracker.kill()
        for source in self._sources:
            os.close(source)
        for one in [*self._sockets, self._news]:
            one.close()

    def launch(self):
        """Starts the tracker without waiting."""
        program = [binary()]
        if self._sockets:
            names = ":".join(f"tracker{at}" for at in range(len(self._sockets)))
            sources = [str(source) for source in self._sources]
            program = [sys.executable, "-c", EXECUTE, names, *sources, "--", binary()]
        self.tracker = Daemon(
            self._directory,
            arguments=self._arguments,
            program=program,
            passed=self._sources,
            variables=self._variables,
        ).launch()
        return self.tracker

    def start(self):
        """Starts the tracker and waits until it reports that it is ready."""
        self.heard.clear()
        self.launch()
        self.wait_for("READY=1")
        return self.tracker

    def stop(self):
        code, seconds = self.tracker.signal_and_wait(signal.SIGTERM, timeout=5)
        assert (code, seconds < 2) == (0, True), self.tracker.output()
        self.wait_for("STOPPING=1")

    def listen_for_news(self):
        """All notifications since the start, as a list of dictionaries."""
        try:
            while True:
                lines = self._news.recv(4096).decode().split("\n")
                self.heard.append(dict(line.split("=", 1) for line in lines))
        except BlockingIOError:
            return self.heard

    def wait_for(self, news, count=1):
        """Waits until "NAME=value" has been received this often."""
        name, _, value = news.partition("=")

        def heard():
            assert self.tracker.is_running() or name == "STOPPING", self.tracker.output()
            return sum(one.get(name) == value for one in self.listen_for_news()) >= count

        wait_until(heard, news, pause=0.005)
