"""A small HTTP client that shows the bytes on the wire: it normalises, retries and follows nothing.
"""
import socket
import time

from harness import bencode
from harness.private_network import TRACKER_V4, socket_address


class Response:
    """A reply as received. Names in `headers` are lower-case; a repeated header is a failure."""

    def __init__(self, head, body):
        lines = head.split(b"\r\n")
        self.status_line = lines[0].decode()
        self.status = int(self.status_line.split(" ")[1])
        self.headers = {}
        for line in lines[1:]:
            name, _, value = line.decode().partition(": ")
            assert name.lower() not in self.headers, f"header {name} is repeated"
            self.headers[name.lower()] = value
        self.body = body
        self.raw = head + b"\r\n\r\n" + body

    def bencoded(self):
        """The decoded body of a tracker's reply, after the checks that apply to all of them."""
        assert self.status == 200, self.raw
        assert self.headers.get("content-type") == "text/plain", self.raw
        return bencode.decode(self.body)

    def failure(self):
        """The failure reason of a reply, which must have one."""
        reply = self.bencoded()
        assert b"failure reason" in reply, self.raw
        return reply[b"failure reason"].decode()

    def __repr__(self):
        return f"Response({self.raw!r})"


class HttpConnection:
    """One TCP connection. Sends bytes as given and reads replies one by one, keeping what is left
    over for the next.
    """

    def __init__(self, port, address=TRACKER_V4, source=None, timeout=5.0):
        family = socket.AF_INET6 if ":" in address else socket.AF_INET
        self.socket = socket.socket(family, socket.SOCK_STREAM)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.socket.settimeout(timeout)
        if source is not None:
            self.socket.bind(socket_address(source, 0))
        self.socket.connect(socket_address(address, port))
        self._buffer = bytearray()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        self.socket.close()

    def send(self, data):
        self.socket.sendall(data)

    def read_response(self):
        """The next reply. Its body has a Content-Length, is chunked, or ends with the connection.
        """
        head = self._read_until(b"\r\n\r\n")
        headers = Response(head, b"").headers
        if headers.get("transfer-encoding") == "chunked":
            return Response(head, self._read_chunks())
        if "content-length" in headers:
            return Response(head, self._read_exactly(int(headers["content-length"])))
        assert headers.get("connection") == "close", head
        return Response(head, self._read_to_end())

    def _read_until(self, mark):
        """The bytes before the mark; the mark itself is dropped."""
        while (at := self._buffer.find(mark)) < 0:
            self._fill()
        return self._take(at + len(mark))[:at]

    def _read_exactly(self, size):
        while len(self._buffer) < size:
            self._fill()
        return self._take(size)

    def _read_chunks(self):
        body = bytearray()
        while size := int(self._read_until(b"\r\n"), 16):
            body += self._read_exactly(size)
            assert self._read_exactly(2) == b"\r\n"
        assert self._read_exactly(2) == b"\r\n"
        return bytes(body)

    def _read_to_end(self):
        while chunk := self.socket.recv(1 << 20):
            self._buffer += chunk
        return self._take(len(self._buffer))

    def _take(self, size):
        taken = bytes(self._buffer[:size])
        del self._buffer[:size]
        return taken

    def _fill(self):
        chunk = self.socket.recv(1 << 20)
        if not chunk:
            raise EOFError(f"closed after {bytes(self._buffer)!r}")
        self._buffer += chunk

    def at_end(self):
        """Waits for the next byte or the end; true if the tracker closed without sending any more.
        """
        if self._buffer:
            return False
        return self.socket.recv(1) == b""

    def seconds_until_closed(self, limit):
        """How long the tracker takes to close from now on; it must send nothing before that."""
        begin = time.monotonic()
        self.socket.settimeout(limit)
        assert self.socket.recv(1) == b""
        return time.monotonic() - begin


def percent(data):
    """Every byte as %xx, which is always valid."""
    return "".join(f"%{byte:02x}" for byte in data)


def query(**parameters):
    """A query string in the given order. Bytes are percent-encoded; None is left out."""
    parts = []
    for name, value in parameters.items():
        if value is None:
            continue
        parts.append(f"{name}={percent(value) if isinstance(value, bytes) else value}")
    return "&".join(parts)


def announce_target(info_hash, port=6881, **parameters):
    """The query of a well-formed announce; a parameter that is None is left out."""
    fields = dict(
        info_hash=info_hash,
        peer_id=b"-XX0000-abcdefghijkl",
        port=port,
        uploaded=0,
        downloaded=0,
        left=1,
        compact=1,
    )
    fields.update(parameters)
    return "/announce?" + query(**fields)


def get_request(target, version="1.0", fields=""):
    """A GET request as bytes. `fields` are header lines with their line ends."""
    return f"GET {target} HTTP/{version}\r\n{fields}\r\n".encode("latin-1")


class HttpClient:
    """A client of a tracker at one address. Each call uses its own connection unless it says
    otherwise.
    """

    def __init__(self, port, address=TRACKER_V4):
        self.port = port
        self.address = address

    def connect(self, source=None, timeout=5.0):
        return HttpConnection(self.port, self.address, source, timeout)

    def exchange(self, data, source=None):
        """Sends the bytes and returns the reply, after which the connection must be closed without
        another byte.
        """
        with self.connect(source) as connection:
            connection.send(data)
            response = connection.read_response()
            assert connection.at_end()
            return response

    def get(self, target, source=None, fields=""):
        """Sends a GET request. `fields` are header lines with their line ends."""
        return self.exchange(get_request(target, fields=fields), source)

    def announce(self, info_hash, source=None, fields="", **parameters):
        """Sends a well-formed announce and returns the decoded reply. None removes a parameter."""
        target = announce_target(info_hash, **parameters)
        return self.get(target, source, fields).bencoded()

    def scrape(self, *info_hashes):
        """The decoded `files` dictionary of a scrape."""
        target = "/scrape?" + "&".join(f"info_hash={percent(h)}" for h in info_hashes)
        reply = self.get(target).bencoded()
        assert list(reply) == [b"files"]
        return reply[b"files"]

    def stats(self, mode):
        response = self.get(f"/stats?mode={mode}")
        assert response.status == 200, response
        return response.body.decode()
