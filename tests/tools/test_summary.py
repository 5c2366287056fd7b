"""The runner of checks counts honestly, keeps their order, goes on after a failure and never hangs."""

import time

import pytest
import summary
from summary import Check, Count


@pytest.fixture(autouse=True)
def inside(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("CI", raising=False)
    (tmp_path / "build/logs").mkdir(parents=True)


def check(command, **changes):
    fields = {"name": "one", "when": "test", "lane": "make", "needs": "", "minutes": 1}
    return Check(**(fields | {"command": command} | changes))


def perform(*checks):
    return summary.perform(checks)


def write_junit(cases):
    return f"echo '<testsuites><testsuite>{cases}</testsuite></testsuites>' > {{junit}}"


PASSED = '<testcase name="a" />'
FAILED = '<testcase name="b"><failure/></testcase>'
SKIPPED = '<testcase name="c"><skipped/></testcase>'


@pytest.mark.parametrize(
    "command, expected",
    [
        ("true", Count(1, 0, 0)),
        ("false", Count(0, 1, 0)),
        ("echo 3 passed, 0 failed, 1 skipped", Count(3, 0, 1)),
        ("echo 3 passed, 0 failed, 0 skipped; false", Count(3, 1, 0)),
        ("echo 0 passed, 0 failed, 0 skipped", Count(0, 1, 0)),
        (write_junit(PASSED + FAILED + SKIPPED) + "; false", Count(1, 1, 1)),
        (write_junit(PASSED) + "; exit 139", Count(1, 1, 0)),
        (write_junit(""), Count(0, 1, 0)),
        ("true {junit}", Count(0, 1, 0)),
        ("false {junit}", Count(0, 1, 0)),
    ],
)
def test_a_check_is_counted(command, expected):
    assert perform(check(command)) == expected


def test_a_junit_file_of_an_earlier_run_does_not_count():
    perform(check(write_junit(PASSED)))
    assert perform(check("true {junit}")) == Count(0, 1, 0)


def is_alive(pid):
    """False for a zombie too: a child without a parent waits as one for whoever adopts it."""
    try:
        with open(f"/proc/{pid}/stat", encoding="utf-8") as stat:
            return stat.read().split(") ")[1][0] != "Z"
    except OSError:
        return False


def test_a_check_that_hangs_is_stopped_with_its_children(tmp_path):
    started = time.monotonic()
    assert perform(check("sleep 61 & echo $! > pid; wait", minutes=0.01)) == Count(0, 1, 0)
    assert time.monotonic() - started < 10
    pid = (tmp_path / "pid").read_text().strip()
    while is_alive(pid):
        assert time.monotonic() - started < 20
        time.sleep(0.01)


def test_a_failure_does_not_stop_the_others(monkeypatch, capsys):
    rows = (check("echo why; false", name="bad"), check("true", name="good"))
    monkeypatch.setattr(summary, "CHECKS", rows)
    assert summary.main("test") == 1
    out = capsys.readouterr().out
    assert "| why" in out
    assert out.splitlines()[-1] == "1 passed, 1 failed, 0 skipped"


def test_an_error_far_from_the_end_is_shown(capsys):
    perform(check("echo x.cc:1: error: why; seq 100; false"))
    out = capsys.readouterr().out
    assert "| x.cc:1: error: why" in out
    assert "| 100" in out and "| 50" not in out


def test_a_skip_fails_in_ci_only(monkeypatch):
    monkeypatch.setattr(summary, "CHECKS", (check("echo 1 passed, 0 failed, 1 skipped"),))
    assert summary.main("test") == 0
    monkeypatch.setenv("CI", "true")
    assert summary.main("test") == 1


def test_variables_given_to_make_reach_the_checks_but_its_job_server_does_not(monkeypatch):
    monkeypatch.setenv("MAKEFLAGS", r" -j2 --jobserver-auth=3,4 -- FEATURES=-DA\ -DB")
    assert summary.environment()["MAKEFLAGS"] == r" -- FEATURES=-DA\ -DB"


def test_one_check_of_each_lane_runs_at_a_time(tmp_path):
    meet = "touch {0}; while [ ! -e {1} ]; do sleep 0.01; done"
    assert perform(
        check(meet.format("a", "b"), name="a"),
        check("test -e b", name="later"),
        check(meet.format("b", "a"), name="b", lane="run"),
    ) == Count(3, 0, 0)


def test_a_lane_runs_its_checks_one_after_the_other():
    alone = "mkdir busy && sleep 0.2 && rmdir busy"
    assert perform(check(alone, name="a"), check(alone, name="b")) == Count(2, 0, 0)


def test_a_check_waits_for_those_it_needs_and_its_lane_does_not():
    assert perform(
        check("sleep 0.3; touch done", name="slow"),
        check("sleep 0.3; touch done2; false", name="broken"),
        check("test -e done && test -e done2", name="late", lane="run", needs="slow broken"),
        check("! test -e done", name="early", lane="run"),
    ) == Count(3, 1, 0)


@pytest.mark.parametrize("when", ["test", "test-long"])
def test_each_row_names_a_lane_and_needs_only_rows_above_it(when):
    above = set()
    for row in (row for row in summary.CHECKS if row.when == when):
        assert row.lane in summary.LANES
        assert above.issuperset(row.needs.split()) and row.name not in above
        above.add(row.name)
