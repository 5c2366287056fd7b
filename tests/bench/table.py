"""The table of goals: what is measured, the bar for each row, and how results are printed."""

import dataclasses
import datetime
import os
import pathlib
import platform
import subprocess


@dataclasses.dataclass(frozen=True)
class Goal:
    """A row. `bar` and `stretch` are upper bounds unless `at_least`."""

    row: str
    what: str
    unit: str
    bar: float
    stretch: float
    at_least: bool = False


GOALS = [
    Goal("1", "UDP announce mix: CPU per reply ÷ reference", "×", 0.55, 0.48),
    Goal("2", "the same ÷ floor", "×", 1.25, 1.10),
    Goal("3", "HTTP announce, one per connection (ab): CPU per request ÷ reference", "×", 0.50, 0.45),
    Goal("4", "HTTP keep-alive (wrk): CPU per request ÷ floor", "×", 1.25, 1.10),
    Goal("5", "HTTP, 16 requests pipelined: CPU per request", "µs", 1.5, 0.9),
    Goal("6 UDP", "system calls per reply: UDP under load", "", 0.15, 0.1),
    Goal("6 close", "system calls per reply: HTTP, one per connection", "", 5, 4.1),
    Goal("6 keep", "system calls per reply: HTTP keep-alive", "", 2.2, 2),
    Goal("7", "growth of CPU per reply from 2M to 10M peers", "%", 15, 8),
    Goal("8", "largest burst of datagrams after 1 s of silence without a loss", "", 10000, 20000, True),
    Goal("9", "goodput of the fair half while a spinning process shares the core", "%", 90, 97, True),
    Goal("12", "RSS per peer, 10M peers in 1M torrents, worst of five fill levels", "B", 17, 15.5),
    Goal("13", "RSS per torrent, long tail of 948k torrents", "B", 85, 76),
    Goal("14", "UDP p99 at half capacity, open loop", "ms", 0.5, 0.25),
    Goal("15 walk", "UDP p99 during walks over 1M torrents ÷ idle, open loop", "×", 2, 1.3),
    Goal("15 reload", "the same during reloads of a white list of 1M hashes", "×", 2, 1.3),
    Goal("15 scrape", "the same during full scrapes of 1M torrents", "×", 2, 1.3),
    Goal("15 gzip", "the same with gzip", "×", 2, 1.3),
    Goal("15 expiry", "the same while 1M peers expire", "×", 2, 1.3),
    Goal("16 growth", "a pass of the loop while the table grows to 2M peers: p99.99 of wall time", "ms", 1, 0.25),
    Goal("16 growth CPU", "the same: longest thread CPU time of a pass", "ms", 1, 0.25),
    Goal("16 growth own", "the same: longest in the program's own code", "ms", 1, 0.25),
    Goal("16 expiry", "a pass of the loop while 1M peers expire: p99.99 of wall time", "ms", 1, 0.25),
    Goal("16 expiry CPU", "the same: longest thread CPU time of a pass", "ms", 1, 0.25),
    Goal("16 expiry own", "the same: longest in the program's own code", "ms", 1, 0.25),
    Goal("18", "start with a state dump of 1M lines to the first answer", "s", 0.4, 0.2),
    Goal("17 plain", "full scrape of 1M torrents: body bytes per CPU time of the worker", "MB/s", 350, 600, True),
    Goal("17 gzip", "the same with gzip, uncompressed bytes", "MB/s", 110, 140, True),
    Goal("17 memory", "the same with a slow reader: additional RSS", "MB", 16, 8),
]


@dataclasses.dataclass
class Result:
    """A figure, and how it was measured."""

    value: float
    detail: str


def verdict(goal, value):
    passes = (lambda limit: value >= limit) if goal.at_least else (lambda limit: value <= limit)
    return "stretch" if passes(goal.stretch) else "pass" if passes(goal.bar) else "MISS"


def number(value):
    if value == int(value) and abs(value) >= 100:
        return f"{value:.0f}"
    return f"{value:.3g}"


def with_unit(value, unit):
    return f"{number(value)} {unit}".strip()


def lines(results):
    """The table in Markdown; `results` maps rows to Results."""
    yield "| # | what | measured | bar | stretch | verdict |"
    yield "|---|---|---|---|---|---|"
    for goal in (g for g in GOALS if g.row in results):
        sign = "≥ " if goal.at_least else "≤ "
        value = results[goal.row].value
        yield (
            f"| {goal.row} | {goal.what} | **{with_unit(value, goal.unit)}** "
            f"| {sign}{with_unit(goal.bar, goal.unit)} | {with_unit(goal.stretch, goal.unit)} "
            f"| {verdict(goal, value)} |"
        )


def detail_lines(results):
    for goal in (g for g in GOALS if g.row in results):
        yield f"- {goal.row}: {results[goal.row].detail}"


def processor():
    for line in pathlib.Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.machine()


def machine_lines(bench, rounds):
    gcc = subprocess.run(["g++", "--version"], capture_output=True, text=True, check=False).stdout
    memory = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGESIZE") / 2**30
    load = os.getloadavg()[0]
    yield f"- commit {bench.commit}, {datetime.date.today()}, {gcc.splitlines()[0] if gcc else ''}"
    yield f"- {processor()}, {os.cpu_count()} cores, {memory:.0f} GiB; Linux {platform.release()}"
    yield f"- {rounds} interleaved rounds, medians of the ratios of a round; load average at the end {load:.1f}"


DOCUMENT = """# Benchmarks

The results of the last `make bench`. Every figure is measured side by side with another program in the same run, with the
server on one core and the load on the other, because absolute times mean little on another machine. The unit is the server's
CPU time per reply. "Reference" is Debian's `opentracker`. "Floor" is a program that makes the same system calls and parses
nothing. "Own" in row 16 is the work of one batch or one step of the sweep, measured with the thread's CPU clock, without the
kernel's receiving and sending.

`make bench` takes half an hour and needs root (for socket buffers and strace) and a quiet machine with two cores. `make
bench-quick` prints rows 1 to 6 in under two minutes and writes nothing. `build/load --help` describes the load generator that
both use.

{machine}

{table}

## Rows 14 and 16
These rows measure pauses, and the machine itself causes pauses. So each figure comes with that of a server that does nothing,
under the same load in the same run, and each figure of row 16 also with that of a server that counts in registers for as long
as ours works. docs/performance.md says where the pauses come from.

## How each figure came about
{details}
"""


def document(bench, rounds, results):
    return DOCUMENT.format(
        machine="\n".join(machine_lines(bench, rounds)),
        table="\n".join(lines(results)),
        details="\n".join(detail_lines(results)),
    )
