"""The row of full scrapes: how fast the worker makes one, and how much memory a slow reader takes.
"""

import pathlib
import socket
import statistics
import time

from processes import WrongAnswer
from rows_udp import spread
from table import Result

# About a million of these have a peer.
TABLE = ("--law", "uniform", "--torrents", "1250000", "--peers", "2000000", "--seed", "17")
GZIP = "Accept-Encoding: gzip\r\n"
MEGABYTE = 1e6
SLOW_BYTES = 40 << 20


def worker_ns(server):
    """The CPU time of the worker thread."""
    for task in pathlib.Path(f"/proc/{server.pid}/task").iterdir():
        if (task / "comm").read_text().strip() == "worker":
            return int((task / "schedstat").read_text().split()[0])
    raise WrongAnswer("the server has no worker")


def chunks_of(server, fields, receive_buffer=0):
    """The body of a full scrape, in chunks as received."""
    with socket.socket() as reader:
        if receive_buffer:
            reader.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        reader.connect(("127.0.0.1", server.port))
        reader.sendall(f"GET /scrape HTTP/1.0\r\n{fields}\r\n".encode())
        head = b""
        while b"\r\n\r\n" not in head:
            head += reader.recv(1)
        if b" 200 " not in head.partition(b"\r\n")[0]:
            raise WrongAnswer(head.decode())
        while chunk := reader.recv(1 << 20):
            yield chunk


def made(server, fields):
    """The size of a full scrape as sent, and the CPU time the worker spent on it."""
    before = worker_ns(server)
    size = sum(map(len, chunks_of(server, fields)))
    return size, worker_ns(server) - before


def memory_for_a_slow_reader(server):
    """The additional resident memory, in bytes, while a client reads ten megabytes a second."""
    before = largest = server.rss_bytes()
    size = 0
    for chunk in chunks_of(server, "", receive_buffer=1 << 16):
        size += len(chunk)
        largest = max(largest, server.rss_bytes())
        if size > SLOW_BYTES:
            break
        time.sleep(len(chunk) / 10e6)
    return largest - before


def full_scrape(bench, rounds):
    """Row 17."""
    server = bench.ours()
    bench.load("udp", server, "--fill", *TABLE)
    plain, zipped = [], []
    for _ in range(rounds):
        text, spent = made(server, "")
        plain.append(text / spent * 1e9 / MEGABYTE)
        size, spent = made(server, GZIP)
        zipped.append(text / spent * 1e9 / MEGABYTE)
    extra = memory_for_a_slow_reader(server) / MEGABYTE
    body = f"{text / MEGABYTE:.0f} MB"
    return {
        "17 plain": Result(statistics.median(plain), f"{body}; {spread(plain)}; the worker's CPU time"),
        "17 gzip": Result(
            statistics.median(zipped), f"{body}, {size / MEGABYTE:.0f} compressed; {spread(zipped)}"
        ),
        "17 memory": Result(extra, "10 MB/s read of 40 MB"),
    }
