"""HTTP clients that hold connections: some send a request very slowly, some never read their
replies.

The test calls tick() a few times a second, which records when the tracker closed each connection. A
busy machine may delay a tick, which must not count against the tracker, so the time it held a
connection is recorded as a `Span` between a lower and an upper bound.
"""
import fcntl
import select
import socket
import struct
import termios
import time
from typing import NamedTuple

from harness.http_client import query
from harness.peers import info_hash
from harness.private_network import TRACKER_V4, v4

# Its reply is as long as the swarm allows.
ANNOUNCE = query(info_hash=info_hash(1), port=6881, numwant=200)
REQUEST = f"GET /announce?{ANNOUNCE} HTTP/1.1\r\n\r\n".encode()
# The connections are spread over these addresses, so that none runs out of ports.
SOURCES = [v4(n) for n in range(100, 120)]


class Span(NamedTuple):
    """The least and the most seconds that can have passed between two events, each of them seen
    late.
    """

    at_least: float
    at_most: float


class HeldConnections:
    """`count` connections to one tracker; subclasses decide what they send.

    `wait_accepted(number)` returns when the tracker has accepted that many of them. It is called
    for every few hundred, so that the tracker's backlog never overflows. Without it, connections
    count as accepted when they are opened.
    """

    TOGETHER = 500

    def __init__(self, port, count, wait_accepted=lambda number: None):
        self.opened_at = {}
        self.accepted_at = {}
        self.seen_open_at = {}
        self.closed_at = {}
        self._polled_at = time.monotonic()
        self._port = port
        self._sockets = {}
        self._poll = select.epoll()
        for number in range(count):
            self._open(number)
            if (number + 1) % self.TOGETHER == 0 or number + 1 == count:
                wait_accepted(number + 1)
                self._note_accepted()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for stream in self._sockets.values():
            stream.close()
        self._poll.close()

    def _open(self, number):
        stream = socket.socket()
        self.prepare(stream)
        stream.bind((SOURCES[number % len(SOURCES)], 0))
        stream.setblocking(False)
        self.opened_at[stream.fileno()] = time.monotonic()
        # Over loopback it is established at once unless the tracker's backlog is full.
        stream.connect_ex((TRACKER_V4, self._port))
        self._sockets[stream.fileno()] = stream
        self._poll.register(stream, select.EPOLLRDHUP)
        self.begin(stream)

    def _note_accepted(self):
        now = time.monotonic()
        for descriptor in self._sockets:
            self.accepted_at.setdefault(descriptor, now)

    def prepare(self, stream):
        pass

    def begin(self, stream):
        raise NotImplementedError

    def open_count(self):
        return len(self._sockets) - len(self.closed_at)

    def tick(self):
        """Notes which connections were closed and continues the others."""
        polled_at = time.monotonic()
        hung_up = self._poll.poll(0, len(self._sockets))
        now = time.monotonic()
        for descriptor, _ in hung_up:
            self.seen_open_at[descriptor] = self._polled_at
            self.closed_at[descriptor] = now
            self._poll.unregister(descriptor)
        self._polled_at = polled_at
        for descriptor, stream in self._sockets.items():
            if descriptor not in self.closed_at:
                self.go_on(descriptor, stream, now)

    def go_on(self, descriptor, stream, now):
        raise NotImplementedError


class SlowSenders(HeldConnections):
    """Each sends the first byte of a request at once and another one every PAUSE seconds."""

    PAUSE = 5.0

    def __init__(self, *arguments):
        self._sent = {}
        super().__init__(*arguments)

    def begin(self, stream):
        self._sent[stream.fileno()] = 0
        self.go_on(stream.fileno(), stream, time.monotonic())

    def go_on(self, descriptor, stream, now):
        sent = self._sent[descriptor]
        if sent > (now - self.opened_at[descriptor]) / self.PAUSE:
            return
        try:
            stream.send(REQUEST[sent : sent + 1])
            self._sent[descriptor] += 1
        except OSError:
            pass

    def lifetimes(self):
        """The spans from accept to close of the connections that were closed."""
        return [
            Span(self.seen_open_at[descriptor] - self.accepted_at[descriptor],
                 at - self.opened_at[descriptor])
            for descriptor, at in self.closed_at.items()
        ]


class NonReaders(HeldConnections):
    """Each sends requests as long as the tracker accepts them and never reads a byte."""

    def __init__(self, *arguments):
        self._unsent = {}
        self._progress_at = {}
        super().__init__(*arguments)

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
        """The number of connections without progress for a second."""
        a_second_ago = time.monotonic() - 1
        return sum(1 for at in self._progress_at.values() if at < a_second_ago)

    def waits(self):
        """For each closed connection, the seconds from its last progress to when it was last seen
        open.
        """
        return [
            self.seen_open_at[descriptor] - self._progress_at[descriptor]
            for descriptor in self.closed_at
        ]
