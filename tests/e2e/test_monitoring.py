"""The alert rules, the dashboard and the Munin plugin: Prometheus accepts their expressions, and
every metric they use exists.
"""
import json
import os
import pathlib
import re
import subprocess

import pytest

from harness.access_lists import listed, write_list
from harness.http_client import HttpClient
from harness.peers import info_hash
from harness.private_network import TRACKER_V4
from harness.udp_client import UdpClient
from harness.waiting import wait_until

DEPLOY = pathlib.Path(__file__).parents[2] / "docs" / "deploy"
ALERTS = DEPLOY / "prometheus-alerts.yml"
DASHBOARD = DEPLOY / "grafana-dashboard.json"
MUNIN = DEPLOY / "munin-opentracker"
MUNIN_GRAPHS = ("swarms", "requests", "errors", "worker")
# Variables that Grafana replaces in a query.
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


def samples_of(http):
    return "\n".join(
        line for line in http.get("/metrics").body.decode().split("\n") if line[:1] != "#"
    )


@pytest.fixture
def exported(start_with, tmp_path):
    """The names exported by a tracker with an access list and files of networks, including the parts
    of histograms.
    """
    white, text = listed(tmp_path, info_hash(1))
    write_list(white.with_name("nets"), "192.0.2.0/24\n")
    text += "access.deny nets\naccess.proxy_file nets\n"
    start_with(f"{text}listen.tcp_udp {TRACKER_V4}\n")
    http = HttpClient(6969)
    wait_until(lambda: "swarm_peers" in samples_of(http), "the first recount")
    return metric_names(samples_of(http))


def test_promtool_accepts_the_alert_rules():
    good, output = promtool_checks(ALERTS)
    assert good, output


def test_promtool_accepts_every_expression_in_the_dashboard(tmp_path):
    rules = [
        {"record": f"panel:{number}", "expr": expression}
        for number, (_, expression) in enumerate(expressions_of_dashboard())
    ]
    assert len(rules) >= 18
    path = tmp_path / "dashboard.yml"  # JSON is YAML
    path.write_text(json.dumps({"groups": [{"name": "dashboard", "rules": rules}]}))
    good, output = promtool_checks(path)
    assert good, output


def test_every_metric_in_alerts_and_dashboard_is_exported(exported):
    named = metric_names(ALERTS.read_text())
    for _, expression in expressions_of_dashboard():
        named |= metric_names(expression)
    assert len(named) > 10
    assert named <= exported


def test_panels_do_not_overlap_and_have_a_description():
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


@pytest.fixture
def munin(tmp_path):
    """Runs the plugin as munin-node does, under the name of a graph."""

    def run(graph, *command, url=f"http://{TRACKER_V4}:6969/metrics"):
        link = tmp_path / f"opentracker_{graph}"
        if not link.exists():
            link.symlink_to(MUNIN)
        variables = {**os.environ, "url": url}
        done = subprocess.run([link, *command], capture_output=True, text=True, env=variables)
        return done.returncode, done.stdout, done.stderr

    return run


def values(output):
    """The output of a Munin plugin by field name."""
    return dict(re.fullmatch(r"(\w+)\.value (\S+)", line).groups() for line in output.splitlines())


def test_the_munin_plugin_reports_each_field_it_configures(tracker, munin):
    code, graphs, _ = munin("swarms", "suggest")
    assert (code, graphs.split()) == (0, list(MUNIN_GRAPHS))
    for graph in MUNIN_GRAPHS:
        code, config, error = munin(graph, "config")
        assert (code, error) == (0, "")
        assert re.search(r"^graph_title .+$", config, re.M)
        fields = re.findall(r"^(\w+)\.label .+$", config, re.M)
        assert len(fields) >= 2
        code, output, error = munin(graph)
        assert (code, error) == (0, "")
        assert list(values(output)) == fields
        assert all(re.fullmatch(r"\d+(\.\d+)?", value) for value in values(output).values()), output


def test_the_munin_plugin_reports_the_trackers_counters(tracker, http, munin):
    for port in (1000, 1001, 1002):
        http.announce(info_hash(1), port=port, left=port % 2)
    with UdpClient(tracker.port) as udp:
        udp.announce(info_hash(2))
    assert values(munin("swarms")[1]) == {"peers": "4", "seeds": "2", "torrents": "2"}
    requests = values(munin("requests")[1])
    assert (requests["tcp"], requests["udp"], requests["scrapes"]) == ("3", "1", "0")


def test_the_munin_plugin_reports_a_missing_tracker(munin):
    code, output, _ = munin("swarms", "autoconf")
    assert (code, output) == (0, f"no (http://{TRACKER_V4}:6969/metrics does not answer)\n")
    code, output, _ = munin("swarms")
    assert code != 0 and output == ""


def test_the_munin_plugin_names_an_unknown_graph_or_command(tracker, munin):
    for call, reason in (
        (("nonsense",), "no graph of that name"),
        (("swarms", "nonsense"), "there are config, autoconf, suggest"),
    ):
        code, output, error = munin(*call)
        assert (code, output) == (1, "")
        assert reason in error
    assert munin("swarms", "autoconf")[1] == "yes\n"
