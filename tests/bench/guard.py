"""The guard against regressions: it compares counts that are free of noise.

    guard.py [--record]

Compares the cost of an announce with the figures in guard.json: instructions under valgrind's
callgrind must be within 5 %, a renewing announce must not allocate, and system calls per reply must
be within row 6 of the goals. More than 5 % fewer instructions fail too; record the gain, or the
next loss goes unnoticed. --record writes the figures of this tree. The last line is "N passed, N
failed, 0 skipped".

Instructions are counted in build/guard, which announces from a fixed seed. They are the difference
of two runs, so that starting and filling cancel out. They depend on the compiler (Debian 12's g++)
and on those features of the processor that valgrind shows to the program: all machines with AVX2
look the same. Without AVX2 different code runs, so instructions are not compared. Counting system
calls needs root for strace.
"""

import json
import pathlib
import re
import subprocess
import sys

import rows_http
import rows_udp
import table
from processes import Bench, WrongAnswer

TREE = pathlib.Path(__file__).resolve().parent.parent.parent
FIGURES = pathlib.Path(__file__).with_name("guard.json")
GUARD = TREE / "build" / "guard"
FEW, MANY = 10000, 20000
TOLERANCE = 0.05


def instructions(path, requests):
    """The instructions of a run that serves this many requests."""
    command = ["valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null"]
    ran = subprocess.run(
        [*command, GUARD, path, str(requests)], capture_output=True, text=True, check=True
    )
    return int(re.search(r"Collected : (\d+)", ran.stderr).group(1))


def instructions_per_announce(path):
    return (instructions(path, MANY) - instructions(path, FEW)) / (MANY - FEW)


def has_avx2():
    return " avx2 " in pathlib.Path("/proc/cpuinfo").read_text()


def check_instructions(path, figure):
    """(passed, the line to print)."""
    now = instructions_per_announce(path)
    change = now / figure - 1
    said = f"{path} announce: {now:.0f} instructions, recorded {figure} ({100 * change:+.1f} %)"
    if change < -TOLERANCE:
        said += "; record the gain: make guard-record"
    return abs(change) <= TOLERANCE, said


def check_allocations():
    output = subprocess.run([GUARD, "allocations"], capture_output=True, text=True, check=True).stdout
    for path, count in (word.split("=") for word in output.split()):
        yield int(count) == 0, f"{path} announce: {count} allocations in 20000 renewals"


def check_system_calls():
    limits = {goal.row: goal.bar for goal in table.GOALS}
    with open(TREE / "build" / "guard.log", "w", encoding="utf-8") as log, Bench(TREE, log) as bench:
        crowd = ("--torrents", "10000", "--peers", "20000")
        server = bench.ours()
        bench.load("udp", server, "--fill", *crowd)
        swarm = rows_http.Swarm(bench, reference=False)
        for row, calls in (
            ("6 UDP", rows_udp.calls_per_reply(bench, server, crowd)),
            ("6 close", rows_http.close_calls(swarm)),
            ("6 keep", rows_http.keep_calls(swarm)),
        ):
            yield calls <= limits[row], f"row {row}: {calls:.3g} system calls, at most {limits[row]}"


def checks(figures):
    if has_avx2():
        for path, figure in figures.items():
            yield check_instructions(path, figure)
    else:
        print("this machine has no AVX2: instructions are not compared")
    yield from check_allocations()
    yield from check_system_calls()


def main(arguments):
    if arguments == ["--record"]:
        figures = {path: round(instructions_per_announce(path)) for path in ("udp", "http")}
        FIGURES.write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")
        print(figures)
        return 0
    passed = failed = 0
    try:
        for good, said in checks(json.loads(FIGURES.read_text(encoding="utf-8"))):
            print("ok    " if good else "FAILED", said, flush=True)
            passed, failed = passed + good, failed + (not good)
    except (WrongAnswer, subprocess.CalledProcessError) as wrong:
        print("FAILED", wrong, getattr(wrong, "stderr", "") or "")
        failed += 1
    print(f"{passed} passed, {failed} failed, 0 skipped")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
