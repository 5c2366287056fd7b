"""Measures this tree against the table of goals.

    run.py [--quick] [--rounds N] [--seconds S] [--rows 1,2,...] [--write FILE]

Prints the table and, with --write, writes the document. The line of every run goes to
build/bench.log. The exit code is 0 whatever the verdicts are (they are for readers), and 1 if a
server answered wrongly.
"""

import argparse
import functools
import pathlib
import sys
import time

import rows_http
import rows_jobs
import rows_start
import rows_scrape
import rows_udp
import table
from processes import Bench, WrongAnswer

TREE = pathlib.Path(__file__).resolve().parent.parent.parent


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="rows 1 to 6, fewer and shorter rounds")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--seconds", default="3", help="of a round; of three in rows 1 and 2")
    parser.add_argument("--rows", default="", help="only these (1,2,15 walk,…)")
    parser.add_argument("--write", default="", help="the document to write")
    given = parser.parse_args()
    if given.quick:
        given.rounds, given.seconds = 3, "1"
        given.rows = given.rows or "1,2,3,4,5,6"
    return given


class Run:
    """The servers shared by several rows, started when the first row needs them."""

    def __init__(self, bench, given):
        self.bench = bench
        self.given = given
        self.whole_seconds = max(1, round(float(given.seconds)))
        self.requests = 20000 if given.quick else rows_http.AB_REQUESTS
        self.ours_ns = 0

    @functools.cached_property
    def swarm(self):
        return rows_http.Swarm(self.bench)

    @functools.cached_property
    def crowd(self):
        return rows_udp.Crowd(self.bench)

    def cpu_per_reply(self):
        self.ours_ns, results = rows_udp.cpu_per_reply(
            self.crowd, self.given.rounds, self.given.seconds
        )
        return results

    def our_ns(self):
        if not self.ours_ns:
            self.cpu_per_reply()
        return self.ours_ns


# The functions that measure the rows, in the order of measurement.
STEPS = (
    ("3", lambda r: rows_http.one_each(r.swarm, r.given.rounds, r.requests)),
    ("4", lambda r: rows_http.keep_alive(r.swarm, r.given.rounds, r.whole_seconds)),
    ("5", lambda r: rows_http.pipelined(r.swarm, r.given.rounds, r.given.seconds)),
    ("6", lambda r: rows_http.system_calls(r.swarm)),
    ("1,2", lambda r: r.cpu_per_reply()),
    ("6", lambda r: rows_udp.system_calls(r.crowd)),
    ("8", lambda r: rows_udp.burst(r.crowd)),
    ("9", lambda r: rows_udp.shared_core(r.crowd, r.our_ns(), "5")),
    ("14", lambda r: rows_udp.half_capacity(r.crowd, r.our_ns(), "5")),
    *(
        (f"15,{job.row}", lambda r, job=job: rows_jobs.during(r.crowd, job))
        for job in rows_jobs.JOBS
    ),
    ("15,15 expiry", lambda r: rows_jobs.expiry(r.bench)),
    ("7,12", lambda r: rows_udp.growth(r.crowd, r.given.rounds, r.given.seconds)),
    ("13", lambda r: rows_udp.long_tail(r.bench)),
    ("16", lambda r: rows_udp.pauses(r.bench)),
    ("18", lambda r: rows_start.state_dump(r.bench, r.given.rounds)),
    ("17", lambda r: rows_scrape.full_scrape(r.bench, r.given.rounds)),
)


def measure(run, say):
    """The results, and whether every step succeeded. Each step prints its results at once."""
    wanted = set(run.given.rows.split(",")) if run.given.rows else None
    results, good = {}, True
    for rows, step in STEPS:
        if wanted is not None and not wanted & set(rows.split(",")):
            continue
        try:
            found = step(run)
        except WrongAnswer as wrong:
            print(f"bench: rows {rows}: {wrong}", file=sys.stderr, flush=True)
            good = False
            continue
        results.update(found)
        for line in list(table.lines(found))[2:]:
            say(line)
    return results, good


def main():
    given = arguments()
    started = time.monotonic()
    (TREE / "build").mkdir(exist_ok=True)
    with open(TREE / "build" / "bench.log", "w", encoding="utf-8") as log, Bench(TREE, log) as bench:
        results, good = measure(Run(bench, given), lambda line: print(line, flush=True))
        print()
        for line in (*table.machine_lines(bench, given.rounds), "", *table.lines(results)):
            print(line)
        print(f"\n{time.monotonic() - started:.0f} s; every run is in build/bench.log")
        if given.write:
            text = table.document(bench, given.rounds, results)
            pathlib.Path(given.write).write_text(text, encoding="utf-8")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
