"""The runner of checks counts honestly, goes on after a failure and never hangs."""

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
    fields = {"name": "one", "when": "test", "minutes": 1, "command": command} | changes
    return Check(**fields)


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
    assert summary.perform(check(command)) == expected


def test_a_junit_file_of_an_earlier_run_does_not_count():
    summary.perform(check(write_junit(PASSED)))
    assert summary.perform(check("true {junit}")) == Count(0, 1, 0)


def is_alive(pid):
    """False for a zombie too: a child without a parent waits as one for whoever adopts it."""
    try:
        with open(f"/proc/{pid}/stat", encoding="utf-8") as stat:
            return stat.read().split(") ")[1][0] != "Z"
    except OSError:
        return False


def test_a_check_that_hangs_is_stopped_with_its_children(tmp_path):
    started = time.monotonic()
    assert summary.perform(check("sleep 61 & echo $! > pid; wait", minutes=0.01)) == Count(0, 1, 0)
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
    summary.perform(check("echo x.cc:1: error: why; seq 100; false"))
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
