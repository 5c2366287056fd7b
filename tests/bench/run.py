"""Measures the tree as it is against the table of goals.

    run.py [--quick] [--rounds N] [--seconds S] [--rows 1,2,...] [--write FILE]

Prints the table, every run's line goes to build/bench.log, and with --write the document as well.
Exit code: 0 whatever the verdicts are (they are for readers), 1 if a server answered wrongly.
"""

import argparse
import pathlib
import sys
import time

import rows_http
import rows_udp
import table
from processes import Bench, WrongAnswer

TREE = pathlib.Path(__file__).resolve().parent.parent.parent


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="rows 1 to 6, fewer and shorter rounds")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--seconds", default="3", help="of a round")
    parser.add_argument("--rows", default="", help="only these (1,2,3…)")
    parser.add_argument("--write", default="", help="the document to write")
    given = parser.parse_args()
    if given.quick:
        given.rounds, given.seconds = 3, "1"
        given.rows = given.rows or "1,2,3,4,5,6"
    return given


def measure(bench, given, say):
    """All rows wanted; each group says what it has as soon as it has it."""
    rows = set(given.rows.split(",")) if given.rows else {goal.row.split()[0] for goal in table.GOALS}
    results = {}

    def note(new):
        results.update(new)
        for line in list(table.lines(new))[2:]:
            say(line)

    if rows & {"3", "4", "5", "6"}:
        swarm = rows_http.Swarm(bench)
        requests = 20000 if given.quick else rows_http.AB_REQUESTS
        if "3" in rows:
            note(rows_http.one_each(swarm, given.rounds, requests))
        if "4" in rows:
            note(rows_http.keep_alive(swarm, given.rounds, max(1, round(float(given.seconds)))))
        if "5" in rows:
            note(rows_http.pipelined(swarm, given.rounds, given.seconds))
        if "6" in rows:
            note(rows_http.system_calls(swarm))
    if rows & {"1", "2", "6", "7", "8", "9", "12", "14"}:
        crowd = rows_udp.Crowd(bench)
        ours_ns, first = rows_udp.cpu_per_reply(crowd, given.rounds, given.seconds)
        note(first)
        if "6" in rows:
            note(rows_udp.system_calls(crowd))
        if "8" in rows:
            note(rows_udp.burst(crowd))
        if "9" in rows:
            note(rows_udp.shared_core(crowd, ours_ns, "5"))
        if "14" in rows:
            note(rows_udp.half_capacity(crowd, ours_ns, "5"))
        if rows & {"7", "12"}:
            note(rows_udp.growth(crowd, given.rounds, given.seconds))
    if "13" in rows:
        note(rows_udp.long_tail(bench))
    if "16" in rows:
        note(rows_udp.pauses(bench))
    return results


def main():
    given = arguments()
    started = time.monotonic()
    (TREE / "build").mkdir(exist_ok=True)
    with open(TREE / "build" / "bench.log", "w", encoding="utf-8") as log, Bench(TREE, log) as bench:
        try:
            results = measure(bench, given, lambda line: print(line, flush=True))
        except WrongAnswer as wrong:
            print(f"bench: {wrong}", file=sys.stderr)
            return 1
        print()
        for line in (*table.machine_lines(bench, given.rounds), "", *table.lines(results)):
            print(line)
        print(f"\n{time.monotonic() - started:.0f} s; every run is in build/bench.log")
        if given.write:
            text = table.document(bench, given.rounds, results)
            pathlib.Path(given.write).write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
