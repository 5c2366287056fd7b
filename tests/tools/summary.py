"""Runs the named checks of `make test` or `make test-long` and counts what passed.

    summary.py test|test-long

The table CHECKS is all there is to edit: one row, one check. Two checks run at a time, one from each
lane; a lane takes its rows from the top, as soon as what they need is done. A failing check does not stop
the others; its last lines are printed, all of its output is in build/logs/NAME.log. A check that hangs is
stopped with its children. The last line is "N passed, N failed, N skipped": single test cases where a
check reports them (a JUnit file, or a last line of that same form), else one per check. The exit code
is 0 only if nothing failed; with CI=true a skip is a failure too.
"""

import dataclasses
import os
import pathlib
import re
import signal
import subprocess
import sys
import time
import xml.etree.ElementTree

LOGS = pathlib.Path("build/logs")
COUNT_LINE = re.compile(r"^(\d+) passed, (\d+) failed, (\d+) skipped$")
TAIL_LINES = 40
# Parallel jobs and `make -k` print on after the line that says what went wrong.
ERROR_LINE = re.compile(r"\b([Ee]rror|ERROR)\b|^FAILED|\[  FAILED|runtime error|\*\*\*")
ERROR_LINES = 20


LANES = ("make", "run")
POLL_SECONDS = 0.02


@dataclasses.dataclass(frozen=True)
class Check:
    """{make}, {python} and {junit} are filled in; a command with {junit} has to write that file.

    Whatever compiles belongs in the lane "make": two makes at once would read dependency files that
    compilers are still writing. The lane "run" is for what is compiled already and keeps at most one
    core busy, or waits.
    """

    name: str
    when: str  # "test" or "test-long"
    lane: str
    needs: str  # names of checks above that have to end first
    minutes: float  # after which it is stopped: a hang, not a busy machine
    command: str


PYTEST = "{python} -m pytest -q -p no:cacheprovider --junitxml={junit} "
# Each process has a network of its own, and mostly waits. Tests of one file run one after the other.
PARALLEL = PYTEST + "-n 4 --dist loadfile "
GTEST_XML = " --gtest_output=xml:{junit}"
MODEL = "OT_MODEL_OPERATIONS=10000000 build/unit/unit_tests --gtest_filter='*Model*'"
GTEST = " GTEST_OUTPUT=--gtest_output=xml:{junit}"
# One make after the other: both programs need the same libraries.
ARM64_BUILD = "{make} static-arm64 && {make} unit-arm64"
ARM64 = "PYTHON={python} tests/tools/emulated.sh serve "
# Under a sanitizer the model tests are twenty times slower and look for something else.
FEWER = "OT_MODEL_OPERATIONS=100000 "
# `make test` runs the unit tests sanitised; here the other compiler compiles them, and costs are right.
UNIT = "build/unit/unit_tests --gtest_filter='-*Model*'"

CHECKS = (
    Check("format", "test", "make", "", 2, "{make} check-format"),
    Check("limits", "test", "make", "", 2, "{make} limits"),
    Check("layers", "test", "make", "", 2, "{make} layers"),
    Check("program", "test", "make", "", 15, "{make} deb"),
    Check("headers", "test", "make", "", 10, "{make} headers"),
    Check("build", "test", "make", "", 30, "{make} -k test-binaries"),
    Check("unit-asan", "test", "make", "build", 12, FEWER + "{make} unit-asan" + GTEST),
    Check("fuzz-replay", "test", "make", "build", 5, "{make} fuzz-replay"),
    Check("tools", "test", "run", "", 2, PYTEST + "tests/tools tests/bench"),
    Check("e2e", "test", "run", "program", 12, PARALLEL + "tests/e2e -m 'not long'"),
    Check("deploy", "test", "run", "program", 8, PYTEST + "tests/deploy"),
    Check("programs", "test-long", "make", "", 30, "{make} deb && {make} all build/unit/unit_tests"),
    Check("tidy", "test-long", "make", "", 20, "{make} tidy"),
    Check("features", "test-long", "make", "", 20, "{make} check-features PYTEST_OUTPUT=--junitxml={junit}"),
    Check("unit-tsan", "test-long", "make", "", 20, FEWER + "{make} unit-tsan" + GTEST),
    Check("fuzz", "test-long", "make", "", 30, "{make} fuzz"),
    # Last of what compiles, so that its end-to-end tests run while nothing does.
    Check("arm64", "test-long", "make", "", 20, ARM64_BUILD + GTEST),
    Check("arm64-e2e", "test-long", "run", "arm64", 10, ARM64 + "--junitxml={junit}"),
    Check("package", "test-long", "run", "programs", 10, "tests/tools/fresh_package.sh"),
    # Compiles in folders of its own, with one core.
    Check("container", "test-long", "run", "programs", 25, PYTEST + "tests/container"),
    Check("model", "test-long", "run", "programs", 15, MODEL + GTEST_XML),
    # What these measure, or wait for a worker of low priority to do, another busy check would disturb.
    Check("unit", "test-long", "make", "package container model arm64-e2e", 8, UNIT + GTEST_XML),
    Check("guard", "test-long", "make", "unit", 10, "{make} guard"),
    Check("e2e-long", "test-long", "make", "unit", 20, PYTEST + "tests/e2e -m long"),
)


@dataclasses.dataclass
class Count:
    passed: int = 0
    failed: int = 0
    skipped: int = 0

    def __add__(self, other):
        return Count(
            self.passed + other.passed, self.failed + other.failed, self.skipped + other.skipped
        )

    def __str__(self):
        return f"{self.passed} passed, {self.failed} failed, {self.skipped} skipped"


def environment():
    """Ours, without the job server of a make around us: its pipes do not reach the children."""
    flags, dashes, variables = os.environ.get("MAKEFLAGS", "").partition("-- ")
    flags = re.sub(r"(^| )(-j\d*|--jobserver\S*)(?= |$)", "", flags)
    return {**os.environ, "MAKEFLAGS": flags + dashes + variables}


class Running:
    """A check that has been started. It must be stopped, unless result() has returned a count."""

    def __init__(self, check):
        self.check = check
        self._log = LOGS / f"{check.name}.log"
        self._junit = LOGS / f"{check.name}.xml"
        self._junit.unlink(missing_ok=True)
        jobs = os.environ.get("JOBS") or str(os.cpu_count())
        command = check.command.format(
            make=f"make --no-print-directory -j{jobs}",
            python=sys.executable,
            junit=self._junit.resolve(),
        )
        self._started = time.monotonic()
        self._usage = None  # once it has ended
        with open(self._log, "wb") as output:
            self._process = subprocess.Popen(
                ["/bin/sh", "-c", command],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                env=environment(),
            )

    def _wait(self, options=0):
        """Its exit code; None if it has not ended and `options` say not to wait."""
        if self._usage is None:
            pid, status, usage = os.wait4(self._process.pid, options)
            if pid == 0:
                return None
            self._usage = usage
            self._process.returncode = os.waitstatus_to_exitcode(status)
        return self._process.returncode

    def stop(self):
        """Kills what has not ended, with its children."""
        if self._wait(os.WNOHANG) is None:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._wait()

    def result(self):
        """Reports the check and returns its count if it has ended or takes too long, else None."""
        seconds = time.monotonic() - self._started
        exit_code = self._wait(os.WNOHANG)
        if exit_code is None and seconds < self.check.minutes * 60:
            return None
        self.stop()
        count = self._count(exit_code)
        verdict = "FAILED" if count.failed else "ok"
        late = "  (stopped: took too long)" if exit_code is None else ""
        cpu = self._usage.ru_utime + self._usage.ru_stime
        times = f"{seconds:6.1f} s {cpu:6.1f} s CPU"
        print(f"{verdict:6} {self.check.name:12} {times}  {count}{late}", flush=True)
        if count.failed:
            lines = ["       | " + line for line in what_matters(self._log)]
            print("\n".join(lines), f"       | all of it: {self._log}", sep="\n", flush=True)
        return count

    def _count(self, exit_code):
        if "{junit}" not in self.check.command:
            return judge(exit_code, count_last_line(self._log))
        if exit_code == 0 and not self._junit.exists():
            return Count(failed=1)
        return judge(exit_code, count_junit(self._junit))


def count_junit(path):
    """What a JUnit file says, gtest's or pytest's; None if there is none."""
    try:
        root = xml.etree.ElementTree.parse(path).getroot()
    except (OSError, xml.etree.ElementTree.ParseError):
        return None
    count = Count()
    for case in root.iter("testcase"):
        if case.find("failure") is not None or case.find("error") is not None:
            count.failed += 1
        elif case.find("skipped") is not None or case.get("result") in ("skipped", "suppressed"):
            count.skipped += 1
        else:
            count.passed += 1
    return count


def count_last_line(log):
    """What the log's last line says if it is a count, else None."""
    lines = log.read_text(errors="replace").strip().splitlines()
    match = COUNT_LINE.match(lines[-1]) if lines else None
    return Count(*map(int, match.groups())) if match else None


def judge(exit_code, count):
    """The count of a check, made to agree with its exit code: a crash or an empty run is a failure."""
    if count is None:
        return Count(passed=1) if exit_code == 0 else Count(failed=1)
    if exit_code != 0 and count.failed == 0:
        count.failed = 1
    if exit_code == 0 and count == Count():
        count.failed = 1
    return count


def what_matters(log):
    """The first lines that speak of an error, as far as they stand before the end, and the end."""
    lines = log.read_text(errors="replace").splitlines()
    early = [line for line in lines[:-TAIL_LINES] if ERROR_LINE.search(line)]
    return early[:ERROR_LINES] + ["..."] * bool(early) + lines[-TAIL_LINES:]


def start_next(lane, waiting, running):
    """Starts the first check of the lane whose needs have ended, unless the lane is busy."""
    if any(one.check.lane == lane for one in running):
        return
    unfinished = {check.name for check in waiting} | {one.check.name for one in running}
    for check in waiting:
        if check.lane == lane and unfinished.isdisjoint(check.needs.split()):
            waiting.remove(check)
            running.append(Running(check))
            return


def perform(checks):
    """Runs them all and returns the sum of their counts."""
    waiting, running, total = list(checks), [], Count()
    try:
        while waiting or running:
            for lane in LANES:
                start_next(lane, waiting, running)
            time.sleep(POLL_SECONDS)
            for one in list(running):
                count = one.result()
                if count is not None:
                    running.remove(one)
                    total += count
    finally:
        for one in running:
            one.stop()
    return total


def main(when):
    LOGS.mkdir(parents=True, exist_ok=True)
    total = perform([check for check in CHECKS if check.when == when])
    print(total, flush=True)
    return 1 if total.failed or (total.skipped and os.environ.get("CI") == "true") else 0


if __name__ == "__main__":
    if len(sys.argv) != 2 or sys.argv[1] not in {c.when for c in CHECKS}:
        sys.exit("usage: summary.py test|test-long")
    sys.exit(main(sys.argv[1]))
