"""HTTP clients that hold connections: some dribble a request, some never read their replies.

Both classes are driven by tick(), called a few times a second by whoever runs the test, and write
down when the tracker let go of each connection.
"""
import fcntl
import select
import socket
import struct
import termios
import time

from harness.http_client import query
from harness.peers import info_hash
from harness.private_network import TRACKER_V4, v4

# Its reply is as long as the swarm allows.
ANNOUNCE = query(info_hash=info_hash(1), port=6881, numwant=200)
REQUEST = f"GET /announce?{ANNOUNCE} HTTP/1.1\r\n\r\n".encode()
# Addresses the connections are spread over, so that none runs out of ports.
SOURCES = [v4(n) for n in range(100, 120)]


class HeldConnections:
    """`count` connections to one tracker; subclasses decide what goes over them."""

    def __init__(self, port, count):
        self.opened_at = {}
        self.closed_at = {}
        self._sockets = {}
        self._poll = select.epoll()
        for number in range(count):
            self._open(port, number)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for stream in self._sockets.values():
            stream.close()
        self._poll.close()

    def _open(self, port, number):
        stream = socket.socket()
        self.prepare(stream)
        stream.bind((SOURCES[number % len(SOURCES)], 0))
        stream.setblocking(False)
        self.opened_at[stream.fileno()] = time.monotonic()
        # Over loopback it is established at once, unless the tracker's backlog is full.
        stream.connect_ex((TRACKER_V4, port))
        self._sockets[stream.fileno()] = stream
        self._poll.register(stream, select.EPOLLRDHUP)
        self.begin(stream)

    def prepare(self, stream):
        pass

    def begin(self, stream):
        raise NotImplementedError

    def open_count(self):
        return len(self._sockets) - len(self.closed_at)

    def tick(self):
        """Notices what was closed and lets the rest go on."""
        now = time.monotonic()
        for descriptor, _ in self._poll.poll(0, len(self._sockets)):
            self.closed_at.setdefault(descriptor, now)
            self._poll.unregister(descriptor)
        for descriptor, stream in self._sockets.items():
            if descriptor not in self.closed_at:
                self.go_on(descriptor, stream, now)

    def go_on(self, descriptor, stream, now):
        raise NotImplementedError


class SlowSenders(HeldConnections):
    """Each sends the first byte of a request at once and the next one every `pause` seconds."""

    def __init__(self, port, count, pause=5.0):
        self._pause = pause
        self._sent = {}
        super().__init__(port, count)

    def begin(self, stream):
        self._sent[stream.fileno()] = 0
        self.go_on(stream.fileno(), stream, time.monotonic())

    def go_on(self, descriptor, stream, now):
        sent = self._sent[descriptor]
        if sent > (now - self.opened_at[descriptor]) / self._pause:
            return
        try:
            stream.send(REQUEST[sent : sent + 1])
            self._sent[descriptor] += 1
        except OSError:
            pass

    def lifetimes(self):
        """Seconds from connect to close, of those that were closed."""
        return [at - self.opened_at[descriptor] for descriptor, at in self.closed_at.items()]


class NonReaders(HeldConnections):
    """Each sends requests as long as the tracker takes them, and never reads a byte."""

    def __init__(self, port, count):
        self._unsent = {}
        self._progress_at = {}
        super().__init__(port, count)

    def prepare(self, stream):
        stream.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        stream.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 16384)

    def begin(self, stream):
        self.go_on(stream.fileno(), stream, time.monotonic())

    def go_on(self, descriptor, stream, now):
        try:
            while True:
                stream.send(REQUEST * 64)
        except OSError:
            pass
        unsent = struct.unpack("i", fcntl.ioctl(stream, termios.TIOCOUTQ, bytes(4)))[0]
        if unsent != self._unsent.get(descriptor):
            self._unsent[descriptor] = unsent
            self._progress_at[descriptor] = now

    def stuck_count(self):
        """Connections on which nothing has moved for a second."""
        a_second_ago = time.monotonic() - 1
        return sum(1 for at in self._progress_at.values() if at < a_second_ago)

    def waits(self):
        """Seconds from the last progress to the close, of those that were closed."""
        return [at - self._progress_at[descriptor] for descriptor, at in self.closed_at.items()]
