"""Runs the named checks of `make test` or `make test-long` and counts what passed.

    summary.py test|test-long

The table CHECKS is all there is to edit: one row, one check. A failing check does not stop the
others; its last lines are printed, all of its output is in build/logs/NAME.log. A check that hangs is
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


@dataclasses.dataclass(frozen=True)
class Check:
    """{make}, {python} and {junit} are filled in; a command with {junit} has to write that file."""

    name: str
    when: str  # "test" or "test-long"
    minutes: float  # after which it is stopped: a hang, not a busy machine
    command: str


PYTEST = "{python} -m pytest -q -p no:cacheprovider --junitxml={junit} "
E2E = "{make} opentracker && " + PYTEST + "tests/e2e "
GTEST_XML = " --gtest_output=xml:{junit}"
MODEL = (
    "{make} build/unit/unit_tests && "
    "OT_MODEL_OPERATIONS=10000000 build/unit/unit_tests --gtest_filter='*Model*'"
)
GTEST = " GTEST_OUTPUT=--gtest_output=xml:{junit}"
# Under a sanitizer the model tests are twenty times slower and look for something else.
FEWER = "OT_MODEL_OPERATIONS=100000 "

CHECKS = (
    Check("format", "test", 2, "{make} check-format"),
    Check("limits", "test", 2, "{make} limits"),
    Check("layers", "test", 2, "{make} layers"),
    Check("tools", "test", 2, PYTEST + "tests/tools tests/bench"),
    Check("build", "test", 30, "{make} -k test-binaries"),
    Check("headers", "test", 10, "{make} headers"),
    Check("unit", "test", 8, "{make} unit" + GTEST),
    Check("unit-asan", "test", 12, FEWER + "{make} unit-asan" + GTEST),
    Check("fuzz-replay", "test", 5, "{make} fuzz-replay"),
    Check("deploy", "test", 8, "{make} deb && " + PYTEST + "tests/deploy"),
    Check("e2e", "test", 12, E2E + "-m 'not long'"),
    Check("tidy", "test-long", 20, "{make} tidy"),
    Check("guard", "test-long", 10, "{make} guard"),
    Check("model", "test-long", 15, MODEL + GTEST_XML),
    Check("features", "test-long", 20, "{make} check-features PYTEST_OUTPUT=--junitxml={junit}"),
    Check("unit-tsan", "test-long", 20, FEWER + "{make} unit-tsan" + GTEST),
    Check("fuzz", "test-long", 30, "{make} fuzz"),
    Check("package", "test-long", 10, "{make} test-package"),
    Check("e2e-long", "test-long", 20, E2E + "-m long"),
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


def run(command, log, seconds):
    """The exit code, or None if it had to be stopped."""
    with open(log, "wb") as output:
        process = subprocess.Popen(
            ["/bin/sh", "-c", command],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            env=environment(),
        )
        try:
            return process.wait(seconds)
        except subprocess.TimeoutExpired:
            return None
        finally:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()


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


def perform(check):
    log = LOGS / f"{check.name}.log"
    junit = LOGS / f"{check.name}.xml"
    junit.unlink(missing_ok=True)
    jobs = os.environ.get("JOBS") or str(os.cpu_count())
    command = check.command.format(
        make=f"make --no-print-directory -j{jobs}", python=sys.executable, junit=junit.resolve()
    )
    started = time.monotonic()
    exit_code = run(command, log, check.minutes * 60)
    seconds = time.monotonic() - started
    wants_junit = "{junit}" in check.command
    count = judge(exit_code, count_junit(junit) if wants_junit else count_last_line(log))
    if wants_junit and exit_code == 0 and not junit.exists():
        count = Count(failed=1)
    verdict = "FAILED" if count.failed else "ok"
    late = "  (stopped: took too long)" if exit_code is None else ""
    print(f"{verdict:6} {check.name:12} {seconds:6.1f} s  {count}{late}", flush=True)
    if count.failed:
        print("\n".join("       | " + line for line in what_matters(log)), flush=True)
        print(f"       | all of it: {log}", flush=True)
    return count


def main(when):
    LOGS.mkdir(parents=True, exist_ok=True)
    total = Count()
    for check in (c for c in CHECKS if c.when == when):
        total += perform(check)
    print(total, flush=True)
    return 1 if total.failed or (total.skipped and os.environ.get("CI") == "true") else 0


if __name__ == "__main__":
    if len(sys.argv) != 2 or sys.argv[1] not in {c.when for c in CHECKS}:
        sys.exit("usage: summary.py test|test-long")
    sys.exit(main(sys.argv[1]))
