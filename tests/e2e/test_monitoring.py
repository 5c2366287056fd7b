"""The alert rules and the dashboard for operators: Prometheus accepts them, and what they name is
there.
"""
import json
import pathlib
import re
import subprocess

import pytest

DEPLOY = pathlib.Path(__file__).parents[2] / "docs" / "deploy"
ALERTS = DEPLOY / "prometheus-alerts.yml"
DASHBOARD = DEPLOY / "grafana-dashboard.json"
# What Grafana puts in before it asks.
GRAFANA_WORDS = {"$instance": ".*", "$__rate_interval": "5m"}


def expressions_of_dashboard():
    panels = json.loads(DASHBOARD.read_text())["panels"]
    found = [(panel["title"], target["expr"]) for panel in panels for target in panel["targets"]]
    for word, value in GRAFANA_WORDS.items():
        found = [(title, expression.replace(word, value)) for title, expression in found]
    return found


def metric_names(text):
    return set(re.findall(r"\bopentracker_[a-z_]+", text))


def promtool_checks(path):
    run = subprocess.run(["promtool", "check", "rules", path], capture_output=True, text=True)
    return run.returncode == 0 and "SUCCESS" in run.stdout, run.stdout + run.stderr


@pytest.fixture
def exported(http):
    """The names a tracker exports, those of a histogram's parts too."""
    return metric_names(
        "\n".join(line for line in http.get("/metrics").body.decode().split("\n") if line[:1] != "#")
    )


def test_promtool_accepts_the_alert_rules():
    good, output = promtool_checks(ALERTS)
    assert good, output


def test_promtool_accepts_every_expression_of_the_dashboard(tmp_path):
    rules = [
        {"record": f"panel:{number}", "expr": expression}
        for number, (_, expression) in enumerate(expressions_of_dashboard())
    ]
    assert len(rules) >= 12
    path = tmp_path / "dashboard.yml"  # JSON is YAML
    path.write_text(json.dumps({"groups": [{"name": "dashboard", "rules": rules}]}))
    good, output = promtool_checks(path)
    assert good, output


def test_what_alerts_and_dashboard_name_is_exported(exported):
    named = metric_names(ALERTS.read_text())
    for _, expression in expressions_of_dashboard():
        named |= metric_names(expression)
    assert len(named) > 10
    assert named <= exported


def test_panels_do_not_overlap_and_say_what_they_show():
    taken = set()
    for panel in json.loads(DASHBOARD.read_text())["panels"]:
        assert panel["description"], panel["title"]
        place = panel["gridPos"]
        cells = {
            (x, y)
            for x in range(place["x"], place["x"] + place["w"])
            for y in range(place["y"], place["y"] + place["h"])
        }
        assert not cells & taken, panel["title"]
        assert max(x for x, _ in cells) < 24
        taken |= cells
