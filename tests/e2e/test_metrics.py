"""Output for machines: JSON, and metrics as checked by promtool and scraped by Prometheus."""
import json
import os
import signal
import subprocess
import time
import urllib.parse
import urllib.request

import pytest

from harness.access_lists import lines, listed, write_list
from harness.http_client import HttpClient
from harness.peers import info_hash
from harness.private_network import TRACKER_V4
from harness.udp_client import UdpClient
from harness.waiting import wait_until

PROMETHEUS_PORT = 7090


@pytest.fixture
def traffic(tracker, http):
    """Three peers in two torrents, a scrape and an invalid request; one announce is over UDP."""
    http.announce(info_hash(1), port=1000, left=0)
    http.announce(info_hash(2), port=1000)
    http.scrape(info_hash(1))
    http.get("/nothing-here")
    with UdpClient(tracker.port) as udp:
        udp.announce(info_hash(1), port=1001)
    return http


def metrics_of(client):
    """The samples by name and labels, as text."""
    response = client.get("/metrics")
    assert response.status == 200
    assert response.headers["content-type"] == "text/plain; version=0.0.4"
    lines = response.body.decode().splitlines()
    return dict(line.rsplit(" ", 1) for line in lines if not line.startswith("#"))


def test_promtool_accepts_the_metrics(traffic):
    judged = subprocess.run(
        ["promtool", "check", "metrics"],
        input=traffic.get("/metrics").body,
        capture_output=True,
        timeout=60,
    )
    assert (judged.returncode, judged.stdout, judged.stderr) == (0, b"", b"")


def test_the_metrics_count_the_traffic(traffic):
    samples = metrics_of(traffic)
    tcp = 'opentracker_requests_total{protocol="tcp",family="v4",action='
    udp = 'opentracker_requests_total{protocol="udp",family="v4",action='
    expected = {
        "opentracker_torrents": 2,
        'opentracker_peers{kind="seeder"}': 1,
        'opentracker_peers{kind="leecher"}': 2,
        tcp + '"announce"}': 2,
        tcp + '"scrape"}': 1,
        tcp + '"refused"}': 1,
        udp + '"connect"}': 1,
        udp + '"announce"}': 1,
        'opentracker_http_errors_total{code="404",reason="not_found"}': 1,
        "opentracker_udp_received_datagrams_total": 2,
        "opentracker_udp_sent_datagrams_total": 2,
        "opentracker_udp_receive_drops_total": 0,
    }
    assert {name: int(samples[name]) for name in expected} == expected
    assert int(samples["opentracker_table_bytes"]) > 0
    assert int(samples["opentracker_loop_pass_seconds_count"]) > 0


def test_requests_are_timed_by_protocol(traffic):
    samples = metrics_of(traffic)
    timed = {
        protocol: int(samples[f'opentracker_request_seconds_count{{protocol="{protocol}"}}'])
        for protocol in ("tcp", "udp")
    }
    assert timed == {"tcp": 4, "udp": 2}
    assert 0 < float(samples['opentracker_request_seconds_sum{protocol="udp"}']) < 5


def test_a_request_in_pieces_is_timed_from_its_first_byte(http):
    with http.connect() as connection:
        connection.send(b"GET /stats?mode=version HTTP/1.1\r\n")
        time.sleep(0.5)  # a busy tracker may see the first byte 0.1 s late
        connection.send(b"\r\n")
        assert connection.read_response().status == 200
    assert float(metrics_of(http)['opentracker_request_seconds_sum{protocol="tcp"}']) >= 0.4


def test_swarm_sizes_come_from_a_recount_in_the_background(traffic):
    for port in range(2000, 2009):
        traffic.announce(info_hash(3), port=port)
    assert not any("swarm_peers" in name for name in metrics_of(traffic)), "not counted yet"
    wait_until(lambda: "opentracker_swarm_peers_sum" in metrics_of(traffic), "the recount")
    samples = metrics_of(traffic)
    assert int(samples["opentracker_swarm_peers_count"]) == int(samples["opentracker_torrents"]) == 3
    assert int(samples["opentracker_swarm_peers_sum"]) == 12
    assert int(samples['opentracker_swarm_peers_bucket{le="1"}']) == 1
    assert int(samples['opentracker_swarm_peers_bucket{le="3"}']) == 2
    assert int(samples['opentracker_swarm_peers_bucket{le="15"}']) == 3
    assert int(samples["opentracker_recount_age_seconds"]) < 30
    assert int(samples['opentracker_worker_jobs_total{outcome="done"}']) == 1


def test_reloads_are_counted_by_outcome(start_with, tmp_path):
    white, configuration = listed(tmp_path, info_hash(1), info_hash(2))
    tracker = start_with(configuration + f"listen.tcp {TRACKER_V4}\n")
    http = HttpClient(tracker.port)

    def reads(outcome):
        return int(metrics_of(http)[f'opentracker_access_list_reads_total{{outcome="{outcome}"}}'])

    def reload(text, outcome, count):
        write_list(white, text)
        os.kill(tracker.pid, signal.SIGHUP)
        wait_until(lambda: reads(outcome) == count, outcome)

    assert (reads("loaded"), reads("refused")) == (1, 0)
    reload("nonsense\n", "refused", 1)
    before = time.time()
    reload(lines(info_hash(1)), "loaded", 2)
    samples = metrics_of(http)
    assert int(samples["opentracker_access_list_hashes"]) == 1
    loaded = int(samples["opentracker_access_list_loaded_timestamp_seconds"])
    assert before - 1 <= loaded <= time.time() + 1
    assert 0 < float(samples["opentracker_access_list_load_seconds"]) < 5
    told = json.loads(http.get("/stats.json").body)["access_list"]
    assert (told["hashes"], told["reads_refused"], told["loaded_unix_seconds"]) == (1, 1, loaded)


def test_the_path_of_the_metrics_is_configurable(start_tracker, tmp_path, http):
    config = tmp_path / "other.conf"
    config.write_text(f"listen.tcp {TRACKER_V4}:7001\naccess.metrics_path deep/numbers\n")
    start_tracker(arguments=["-f", str(config)], port=7001)
    other = type(http)(7001)
    assert "opentracker_torrents" in metrics_of_path(other, "/deep/numbers")
    assert other.get("/metrics").status == 404


def metrics_of_path(client, path):
    return client.get(path).body.decode()


def test_json_agrees_with_the_text_modes(traffic):
    assert json.loads(traffic.stats("peer&format=json")) == {"peers": 3, "seeds": 1, "torrents": 2}
    everything = json.loads(traffic.get("/stats.json").body)
    assert everything["udp"]["v4"]["announce"] == 1
    assert everything["http_errors"]["not_found"] == 1
    assert everything["peers"] == 3
    assert traffic.get("/stats.json").headers["content-type"] == "application/json"


def test_an_unknown_mode_or_format_is_refused_with_a_list_of_the_valid_ones(http):
    unknown = http.get("/stats?mode=bogus")
    assert unknown.status == 400
    assert b"valid modes: peer, conn, " in unknown.body and b" everything," in unknown.body
    assert b"valid formats: text, json" in http.get("/stats?format=xml").body
    switched_off = http.get("/stats?mode=numwants")
    assert switched_off.status == 400 and b"WANT_LOG_NUMWANT" in switched_off.body


@pytest.fixture
def prometheus(tmp_path, tracker):
    """Runs a Prometheus that scrapes the tracker every second; returns a function to query it."""
    config = tmp_path / "prometheus.yml"
    config.write_text(
        "global: {scrape_interval: 1s}\n"
        "scrape_configs:\n"
        "- job_name: tracker\n"
        f"  static_configs: [{{targets: ['{TRACKER_V4}:{tracker.port}']}}]\n"
    )
    with open(tmp_path / "prometheus.log", "wb") as log:
        process = subprocess.Popen(
            [
                "prometheus",
                f"--config.file={config}",
                f"--storage.tsdb.path={tmp_path / 'tsdb'}",
                f"--web.listen-address={TRACKER_V4}:{PROMETHEUS_PORT}",
            ],
            stdout=log,
            stderr=log,
        )

    def ask(query):
        url = f"http://{TRACKER_V4}:{PROMETHEUS_PORT}/api/v1/query?"
        try:
            with urllib.request.urlopen(url + urllib.parse.urlencode({"query": query})) as reply:
                return json.load(reply)["data"]["result"]
        except OSError:
            return []

    try:
        yield ask
    finally:
        process.kill()
        process.wait()


def test_prometheus_can_scrape_the_metrics(traffic, prometheus):
    def value():
        return [row["value"][1] for row in prometheus("sum(opentracker_peers)")]

    assert wait_until(value, "Prometheus to have scraped", timeout=60, pause=0.2) == ["3"]
    assert prometheus("up")[0]["value"][1] == "1"
    version = prometheus("opentracker_build_info")[0]["metric"]["version"]
    assert version.startswith("opentracker ")
