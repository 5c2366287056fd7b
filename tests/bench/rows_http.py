"""The HTTP rows. One client announces to one torrent with a few peers, which is all that ab and wrk
can do; replies have about a hundred bytes, like those of the floor.
"""

import os
import re
import statistics

from processes import SystemCalls, WrongAnswer
from rows_udp import spread
from table import Result

SWARM = ("--torrents", "1", "--peers", "6", "--sources", "2", "--seed", "7")
# A separate torrent for ab and wrk, whose own peer would fail the check of our crowd.
TOOLS_SWARM = (*SWARM[:-1], "8")
AB_REQUESTS = 100000
AB_REQUESTS_TRACED = 10000


class Swarm:
    """The servers, each with small swarms."""

    def __init__(self, bench, reference=True):
        white = bench.folder / "white-http"
        digits = bench.whitelist(*TOOLS_SWARM).read_text()
        white.write_text(bench.whitelist(*SWARM).read_text() + digits)
        os.utime(white, (1, 1))
        self.bench = bench
        self.ours = bench.ours(white)
        self.reference = bench.reference(white) if reference else None
        self.floor = bench.floor(keep=True)
        for server in (self.ours, self.reference) if reference else (self.ours,):
            for swarm in (SWARM, TOOLS_SWARM):
                bench.load("udp", server, "--fill", *swarm)
        self.query = "info_hash=" + "".join(f"%{digits[i:i + 2]}" for i in range(0, 40, 2))
        self.query += "&peer_id=-LD0100-012345678901&port=6881&uploaded=0&downloaded=0&left=0"
        self.query += "&compact=1&numwant=30"

    def url(self, server):
        return f"http://127.0.0.1:{server.port}/announce?{self.query}"

    def ab(self, server, requests=AB_REQUESTS):
        """CPU time per request in ns."""
        before = server.cpu_ns()
        output = self.bench.run(["ab", "-q", "-c", "100", "-n", str(requests), self.url(server)])
        spent = server.cpu_ns() - before
        failed = int(re.search(r"Failed requests:\s+(\d+)", output).group(1))
        if failed or "Non-2xx" in output:
            raise WrongAnswer(output)
        return spent / requests

    def wrk(self, server, seconds):
        """CPU time per request in ns, and the number of requests."""
        before = server.cpu_ns()
        command = ["wrk", "-t1", "-c64", f"-d{seconds}s", self.url(server)]
        output = self.bench.run(command)
        spent = server.cpu_ns() - before
        if "Non-2xx" in output or "Socket errors" in output:
            raise WrongAnswer(output)
        requests = int(re.search(r"(\d+) requests in", output).group(1))
        return spent / requests, requests


def one_each(swarm, count, requests):
    """Row 3."""
    ours, reference = [], []
    for i in range(count):
        pair = [(ours, swarm.ours), (reference, swarm.reference)]
        for times, server in pair if i % 2 == 0 else reversed(pair):
            times.append(swarm.ab(server, requests))
    ratio = [a / b for a, b in zip(ours, reference)]
    return {
        "3": Result(
            statistics.median(ratio),
            f"ours {statistics.median(ours) / 1000:.1f} µs, reference "
            f"{statistics.median(reference) / 1000:.1f} µs; {spread(ratio)}; "
            f"ab -c 100 -n {requests}, none failed",
        )
    }


def keep_alive(swarm, count, seconds):
    """Row 4."""
    ours, floor = [], []
    for i in range(count):
        pair = [(ours, swarm.ours), (floor, swarm.floor)]
        for times, server in pair if i % 2 == 0 else reversed(pair):
            times.append(swarm.wrk(server, seconds)[0])
    ratio = [a / b for a, b in zip(ours, floor)]
    return {
        "4": Result(
            statistics.median(ratio),
            f"ours {statistics.median(ours) / 1000:.2f} µs, floor "
            f"{statistics.median(floor) / 1000:.2f} µs; {spread(ratio)}",
        )
    }


def pipelined(swarm, count, seconds):
    """Row 5, with our generator, because wrk cannot check replies."""
    times = []
    for _ in range(count):
        options = ("--pipeline", "16", "--connections", "16", "--seconds", str(seconds))
        run = swarm.bench.load("http", swarm.ours, *SWARM, *options)
        times.append(run["cpu_ns_per_reply"] / 1000)
    return {"5": Result(statistics.median(times), spread(times) + " µs; one small swarm")}


def close_calls(swarm):
    with SystemCalls(swarm.bench, swarm.ours) as calls:
        swarm.ab(swarm.ours, AB_REQUESTS_TRACED)
    return calls.total / AB_REQUESTS_TRACED


def keep_calls(swarm):
    with SystemCalls(swarm.bench, swarm.ours) as calls:
        _, requests = swarm.wrk(swarm.ours, 4)
    return calls.total / requests


def system_calls(swarm):
    """Row 6."""
    return {
        "6 close": Result(close_calls(swarm), f"strace -c, ab -c 100 -n {AB_REQUESTS_TRACED}"),
        "6 keep": Result(keep_calls(swarm), "strace -c, wrk -c 64"),
    }
