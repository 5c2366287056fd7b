"""Row 15: UDP latency while the tracker does a long job, compared with its latency without the job.

Each row is a line of JOBS. A thread of the benchmark requests the job repeatedly while the load
generator runs an open loop; before each such run there is one without the job. That thread shares
the generator's core, so the generator gets priority: at equal priority, even a page that costs the
server nothing makes p99 five times as long, because the generator itself has to wait. Each row also
reports p99 beside such a page, NOTHING.
"""

import contextlib
import dataclasses
import os
import re
import signal
import statistics
import subprocess
import threading
import time
import urllib.request
from collections.abc import Callable

from processes import LOAD_CPU, WrongAnswer
from rows_udp import CROWD, Observed, spread
from table import Result

# A moderate rate, so that the job shows and not a queue.
RATE = ("--rate", "20000")
ROUNDS = 5
SECONDS = "4"
URGENT = ("nice", "-n", "-20")
WHEN_IDLE = ("chrt", "--idle", "0")
MEGABYTE = 1 << 20


@dataclasses.dataclass(frozen=True)
class Job:
    """A row. `once` does the job and returns when it is done, or raises WrongAnswer."""

    row: str
    told: str
    once: Callable


def url(server, target):
    return f"http://127.0.0.1:{server.port}{target}"


def gets(*targets, at_least=1, flags=()):
    """Fetches and discards each page. A page shorter than `at_least` bytes is a wrong answer."""

    def once(server):
        for target in targets:
            command = [*WHEN_IDLE, "curl", "-s", "-o", "/dev/null", *flags]
            command += ["-w", "%{http_code} %{size_download}", url(server, target)]
            ran = subprocess.run(command, capture_output=True, text=True, check=False)
            if ran.returncode:
                raise WrongAnswer(f"{target}: curl ended with {ran.returncode}")
            status, size = ran.stdout.split()
            if status != "200" or int(size) < at_least:
                raise WrongAnswer(f"{target}: status {status}, {size} bytes; {at_least} expected")

    return once


def lists_read(server):
    with urllib.request.urlopen(url(server, "/metrics")) as page:
        found = re.search(r'_list_reads_total{outcome="loaded"} (\d+)', page.read().decode())
    if not found:
        raise WrongAnswer("this server has no access list to reload")
    return int(found[1])


def reload(server):
    before = lists_read(server)
    server.process.send_signal(signal.SIGHUP)
    deadline = time.monotonic() + 30
    while lists_read(server) == before:
        if time.monotonic() > deadline:
            raise WrongAnswer("the list was not reloaded within 30 s")
        time.sleep(0.2)  # if polled more often, p99 would show the metrics page


JOBS = (
    Job("15 walk", "top100 and s24s of 1M torrents", gets("/stats?mode=top100", "/stats?mode=s24s")),
    Job("15 reload", "a white list of 1M hashes", reload),
    Job("15 scrape", "full scrapes of 1M torrents", gets("/scrape", at_least=MEGABYTE)),
    Job(
        "15 gzip",
        "full scrapes of 1M torrents in gzip",
        gets("/scrape", at_least=MEGABYTE, flags=("-H", "Accept-Encoding: gzip")),
    ),
)


def nothing(server):
    gets("/stats?mode=peer")(server)
    time.sleep(0.1)


NOTHING = Job("", "a small page", nothing)


class Doing:
    """Does a job repeatedly during the with block, at least once; `times` counts how often."""

    def __init__(self, job, server):
        self._once = lambda: job.once(server)
        self._enough = threading.Event()
        self._thread = threading.Thread(target=self._work)
        self._fault = None
        self.times = 0

    def _work(self):
        os.sched_setaffinity(0, {LOAD_CPU})  # of this thread and its children
        try:
            while self.times == 0 or not self._enough.is_set():
                self._once()
                self.times += 1
        except (WrongAnswer, OSError) as fault:
            self._fault = fault

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._enough.set()
        self._thread.join()
        if self._fault:
            raise WrongAnswer(str(self._fault))


def result(told, idle, busy):
    """The Result for p99 in microseconds, idle and with the job, round by round."""
    values = [b / i for i, b in zip(idle, busy)]
    return Result(
        statistics.median(values),
        f"{told}; {spread(values)} ×; p99 idle {statistics.median(idle):.0f} µs, beside the job "
        f"{statistics.median(busy):.0f} µs ({spread(busy)}); 20 000 requests/s",
    )


def p99_beside(bench, server, doing, *options):
    with doing or contextlib.nullcontext():
        return bench.load("udp", server, *RATE, *options, before=URGENT)["p99_us"]


def during(crowd, job, rounds=ROUNDS, seconds=SECONDS):
    """A row of JOBS: p99 beside the job ÷ p99 without it."""
    done = 0
    idle, busy, small = [], [], []
    for _ in range(rounds):
        doing = Doing(job, crowd.ours)
        for p99s, work in ((idle, None), (busy, doing), (small, Doing(NOTHING, crowd.ours))):
            p99s.append(
                p99_beside(crowd.bench, crowd.ours, work, *CROWD, "--seconds", seconds)
            )
        done += doing.times
    told = f"{job.told}, {done} times"
    told += f"; beside {NOTHING.told} p99 is {statistics.median(small):.0f} µs"
    return {job.row: result(told, idle, busy)}


def expiry(bench, rounds=2, seconds=SECONDS):
    """The same while a million peers expire, which takes the sweep a minute, on a server whose
    clock can be made to jump.
    """
    idle, busy = [], []
    for _ in range(rounds):
        observed = Observed(bench)
        crowd = ("--torrents", "500000", "--peers", "1000000")
        bench.load("udp", observed.server, *crowd, "--fill")
        idle.append(p99_beside(bench, observed.server, None, *crowd, "--seconds", seconds))
        observed.server.process.send_signal(signal.SIGUSR1)
        busy.append(p99_beside(bench, observed.server, None, *crowd, "--seconds", "65"))
        bench.stop(observed.server.process)
    return {"15 expiry": result("1M peers expire within a minute", idle, busy)}
