"""The configuration file: its settings take effect, and every mistake in it is reported."""
import os
import pwd
import re
import shutil
import subprocess

import pytest

from harness.daemon import TOP, binary, listening_addresses
from harness.http_client import HttpClient
from harness.private_network import TRACKER_V4, v4

SAMPLE = os.path.join(TOP, "opentracker.conf.sample")
LISTEN = f"listen.tcp_udp {TRACKER_V4}:6969\n"


def run(*arguments, directory):
    """Runs the tracker, which must end by itself within 5 s."""
    return subprocess.run(
        [binary(), *arguments], cwd=directory, capture_output=True, text=True, timeout=5
    )


def check(text, directory):
    """The outcome of -t for a file with this text: (exit code, standard output, error lines)."""
    with open(os.path.join(directory, "t.conf"), "w", newline="") as file:
        file.write(text)
    result = run("-t", "-f", "t.conf", directory=directory)
    return result.returncode, result.stdout, result.stderr.splitlines()


BROKEN = """\
# a comment
tracker.intervall 30m
tracker.interval 50m

tracker.peer_timeout 300m
listen.tcp localhost
tracker.user
tracker.numwant_max many # a lot
access.stats_path stats
access.stats_path numbers
"""


def test_all_errors_of_a_broken_file_are_listed_at_once_with_their_lines(tmp_path):
    code, output, errors = check(BROKEN, tmp_path)
    assert (code, output) == (1, "")
    places = [re.match(r"t\.conf:(\d+): ([\w.]+): .{10,}", line).groups() for line in errors]
    assert places == [
        ("2", "tracker.intervall"),
        ("5", "tracker.peer_timeout"),
        ("6", "listen.tcp"),
        ("7", "tracker.user"),
        ("8", "tracker.numwant_max"),
        ("10", "access.stats_path"),
    ]
    assert "did you mean tracker.interval?" in errors[0]
    assert "first is on line 9" in errors[-1]


def test_a_broken_file_stops_the_start(tmp_path):
    check(BROKEN, tmp_path)
    result = run("-f", "t.conf", directory=tmp_path)
    assert result.returncode == 1
    assert len(result.stderr.splitlines()) == 6


@pytest.mark.parametrize("path, reason", [("none.conf", "No such file"), (".", "Is a directory")])
def test_an_unreadable_file_stops_the_start_and_is_named(tmp_path, path, reason):
    result = run("-f", path, directory=tmp_path)
    assert result.returncode == 1
    assert path in result.stderr and reason in result.stderr


def test_the_settings_in_force_are_printed_as_a_file_that_can_be_read_again(tmp_path):
    text = "tracker.interval 20m # short\r\nlisten.tcp_udp *:80\r\ntracker.user daemon"
    code, output, errors = check(text, tmp_path)
    assert (code, errors) == (0, [])
    assert re.search(r"^tracker\.interval 20m +# t\.conf:1$", output, re.M)
    assert re.search(r"^tracker\.min_interval 10m +# default, from tracker\.interval$", output, re.M)
    assert re.search(r"^tracker\.numwant_max 200 +# default$", output, re.M)
    again = check(output, tmp_path)[1]
    values = [re.sub(r"# .*", "", line) for line in output.splitlines()]
    assert [re.sub(r"# .*", "", line) for line in again.splitlines()] == values


def test_flags_override_the_file_and_are_named_as_the_origin(tmp_path):
    check("tracker.user maria\ntracker.rootdir /\n", tmp_path)
    output = run("-d", "/srv", "-f", "t.conf", "-u", "daemon", "--check", directory=tmp_path).stdout
    assert re.search(r"^tracker\.user daemon +# -u on the command line$", output, re.M)
    assert re.search(r"^tracker\.rootdir / +# t\.conf:2$", output, re.M)


def test_a_bad_flag_points_to_the_help_but_a_bad_file_does_not(tmp_path):
    assert "-h shows all flags" in run("--user=a b", directory=tmp_path).stderr
    check("bogus 1\n", tmp_path)
    assert "-h shows" not in run("-f", "t.conf", directory=tmp_path).stderr


# The lines of Debian's /etc/opentracker/opentracker.conf, commented out or not.
VALUES_OF_THE_REFERENCE = [
    "listen.udp.workers 4",
    "listen.tcp_udp 0.0.0.0",
    "listen.tcp_udp 192.168.0.1:80",
    "listen.tcp_udp 10.0.0.5:6969",
    "listen.tcp 0.0.0.0",
    "listen.udp 192.168.0.1:6969",
    "access.whitelist /etc/opentracker/whitelist.txt",
    "access.blacklist ./blacklist",
    "access.stats 192.168.0.23",
    "access.stats_path stats",
    "livesync.cluster.listen 192.168.0.1:9696",
    "livesync.cluster.node_ip 192.168.0.4",
    "batchsync.cluster.admin_ip 10.1.1.1",
    "tracker.rootdir /etc/opentracker",
    "tracker.user    _opentracker",
    "tracker.redirect_url https://your.tracker.local/",
]


@pytest.mark.parametrize("line", VALUES_OF_THE_REFERENCE)
def test_every_line_of_the_references_sample_is_understood(tmp_path, line):
    code, _, errors = check(line + "\n", tmp_path)
    # Understood, though it names files that are not here.
    refused = [error for error in errors if re.search("does not enforce it yet|as user", error)]
    assert code == (1 if refused else 0), errors


def sample_lines():
    with open(SAMPLE, encoding="ascii") as sample:
        return [line[1:].strip() for line in sample if re.match(r"#[a-z]", line)]


@pytest.fixture
def directory_of_the_sample(tmp_path):
    """A directory with the files named in the sample."""
    directory = tmp_path / "sample"
    directory.mkdir(mode=0o755)
    for name in ("whitelist.txt", "blacklist.txt"):
        (directory / name).write_text("0123456789abcdef0123456789abcdef01234567\n")
    for name in ("deny.txt", "proxies.txt"):
        (directory / name).write_text("192.0.2.0/24\n")
    (directory / "statedump.txt").write_text("0123456789ABCDEF0123456789ABCDEF01234567:1:1\n")
    (directory / "cluster.key").write_text("a secret of the cluster\n")
    (directory / "state").mkdir()
    nobody = pwd.getpwnam("nobody")
    shutil.chown(directory / "state", nobody.pw_uid, nobody.pw_gid)
    return directory


@pytest.mark.parametrize("line", sample_lines(), ids=lambda line: line.split()[0])
def test_each_line_of_the_sample_takes_effect_or_is_refused(
    start_with, directory_of_the_sample, line
):
    """Refused lines are those this version does not enforce yet or this build leaves out."""
    needs = {
        "listen.tcp.proxy": "access.proxy 127.0.0.1\n",
        "access.journal": "access.whitelist whitelist.txt\naccess.fifo_add state/fifo\n",
    }
    needed = needs.get(line.split()[0], "")
    text = f"{line}\n{needed}listen.tcp {TRACKER_V4}:7000\n"
    flags = [] if line.startswith("tracker.rootdir") else ["-d", str(directory_of_the_sample)]
    code, _, errors = check(text, directory_of_the_sample)
    if code == 0:
        start_with(text, *flags, port=7000)
        assert HttpClient(7000).get("/").status in (302, 404)
    else:
        assert re.search("does not enforce it yet|not built in; needs .* WANT_", errors[0]), errors
        assert run("-f", "t.conf", directory=directory_of_the_sample).returncode == 1


def test_the_unchanged_sample_starts_the_tracker(start_tracker):
    start_tracker(arguments=["-f", SAMPLE])
    assert HttpClient(6969).stats("version")


def test_a_key_without_effect_is_reported_with_its_line(start_with):
    tracker = start_with(LISTEN + "batchsync.cluster.admin_ip 10.0.0.1\n")
    assert re.search(r"\.conf:2: batchsync\.cluster\.admin_ip: has no effect", tracker.output())


def test_listeners_of_the_file_and_the_flags_add_up(start_with):
    text = f"listen.tcp {v4(2)}:7001\nlisten.udp {v4(2)}:7002\nlisten.tcp_udp {v4(3)}\n"
    start_with(text, "-i", v4(4), "-p", "7003", port=7003)
    for port, tcp, udp in ((7001, 1, 0), (7002, 0, 1), (6969, 1, 1), (7003, 1, 0)):
        assert len(listening_addresses("tcp", port)) == tcp
        assert len(listening_addresses("udp", port)) == udp


def test_the_tracker_runs_as_the_configured_user_in_the_configured_directory(start_with, tmp_path):
    (tmp_path / "root").mkdir()
    tracker = start_with(LISTEN + f"tracker.user daemon\ntracker.rootdir {tmp_path}/root\n")
    HttpClient(6969).stats("version")
    assert str(pwd.getpwnam("daemon").pw_uid) in tracker.status()["Uid"].split()
    assert os.readlink(f"/proc/{tracker.pid}/root") == os.path.realpath(tmp_path / "root")
