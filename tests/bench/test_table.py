"""Tests of the table of goals."""

import pathlib
import sys
import threading

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).parent))

import processes  # noqa: E402
import rows_jobs  # noqa: E402
import table  # noqa: E402


def goal(row):
    return next(g for g in table.GOALS if g.row == row)


def test_a_figure_below_an_upper_bound_passes():
    assert table.verdict(goal("1"), 0.54) == "pass"
    assert table.verdict(goal("1"), 0.48) == "stretch"
    assert table.verdict(goal("1"), 0.551) == "MISS"


def test_a_figure_above_a_lower_bound_passes():
    assert table.verdict(goal("9"), 91) == "pass"
    assert table.verdict(goal("9"), 97) == "stretch"
    assert table.verdict(goal("9"), 89.9) == "MISS"


def test_every_stretch_goal_is_at_least_as_hard_as_its_bar():
    for g in table.GOALS:
        assert (g.stretch >= g.bar) if g.at_least else (g.stretch <= g.bar), g.row


def test_the_table_has_a_line_for_each_result_in_the_order_of_goals():
    results = {"14": table.Result(0.123, "-"), "2": table.Result(1.3, "-")}
    rows = list(table.lines(results))[2:]
    assert rows[0].startswith("| 2 |") and rows[0].endswith("| MISS |")
    assert rows[1].startswith("| 14 |") and "**0.123 ms**" in rows[1]


def test_every_job_has_a_goal():
    assert {job.row for job in rows_jobs.JOBS} <= {g.row for g in table.GOALS}


def test_a_failing_job_fails_its_row():
    def once(server):
        raise processes.WrongAnswer(f"nothing on {server}")

    with pytest.raises(processes.WrongAnswer, match="nothing on port 7"):
        with rows_jobs.Doing(rows_jobs.Job("15 walk", "", once), "port 7"):
            pass


def test_a_job_is_repeated_until_the_block_ends():
    done = threading.Semaphore(0)
    with rows_jobs.Doing(rows_jobs.Job("15 walk", "", lambda server: done.release()), None) as doing:
        for _ in range(3):
            assert done.acquire(timeout=10)
    assert doing.times >= 3


def test_words_reads_numbers_as_numbers():
    assert processes.words("mode=open x=1.5 y=-2 z=a=b\n") == {
        "mode": "open",
        "x": 1.5,
        "y": -2,
        "z": "a=b",
    }


def test_a_free_port_can_be_bound():
    assert 1024 <= processes.free_port() <= 65535
