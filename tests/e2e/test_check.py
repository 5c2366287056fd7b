"""`-t` names whatever the start would refuse, as the run user sees it and inside the chroot, warns of
what was probably not meant, and the start itself says the same.
"""
import os
import pathlib
import pwd
import re
import subprocess
import tempfile

import pytest

from harness.daemon import TOP, binary
from harness.private_network import TRACKER_V4

HASH = "0123456789abcdef0123456789abcdef01234567\n"
NOBODY = pwd.getpwnam("nobody")


@pytest.fixture
def folder(tmp_path):
    tmp_path.chmod(0o755)
    return tmp_path


def write(path, text, mode=0o644):
    path.write_text(text)
    path.chmod(mode)
    return path


def run(directory, *arguments, user=None):
    return subprocess.run(
        [binary(), *arguments], cwd=directory, capture_output=True, text=True, timeout=10, user=user
    )


def check(directory, text, *flags, user=None):
    """The exit code of -t for a file with this text, and what it says on standard error."""
    write(directory / "t.conf", text)
    result = run(directory, "-t", "-f", "t.conf", *flags, user=user)
    assert bool(result.stdout) == (result.returncode == 0)
    return result.returncode, result.stderr.splitlines()


def refusal(directory, text):
    """The exit code of a start with this file, and its errors without the time."""
    write(directory / "t.conf", f"{text}listen.tcp_udp {TRACKER_V4}:6969\n")
    result = run(directory, "-f", "t.conf")
    return result.returncode, re.findall(r" error: (.*)", result.stderr)


FIVE_FAULTS = """\
access.whitelist list
tracker.user nosuchuser
tracker.load_statedump dump
tracker.state_file state/peers
access.fifo_add regular
"""


def test_five_missing_things_are_five_errors_with_their_lines(folder):
    write(folder / "regular", "")
    code, said = check(folder, FIVE_FAULTS)
    assert code == 1
    assert [line.split(": ")[:2] for line in said] == [
        ["t.conf:1", "access.whitelist"],
        ["t.conf:2", "tracker.user"],
        ["t.conf:3", "tracker.load_statedump"],
        ["t.conf:4", "tracker.state_file"],
        ["t.conf:5", "access.fifo_add"],
    ]
    assert "no such user" in said[1] and "is not a FIFO" in said[4]


def test_below_a_missing_rootdir_nothing_is_judged(folder):
    code, said = check(folder, "access.whitelist list\ntracker.rootdir /no/such\n")
    assert (code, len(said)) == (1, 1)
    assert said[0].startswith("t.conf:2: tracker.rootdir: ") and "No such file" in said[0]


@pytest.mark.parametrize("flag, key", [("-w", "access.whitelist"), ("-l", "tracker.load_statedump")])
def test_a_flag_is_named_as_the_place(folder, flag, key):
    result = run(folder, "-t", flag, "missing")
    assert result.returncode == 1
    assert result.stderr.startswith(f"{flag}: missing: No such file or directory (as user nobody")


JOURNALED = "access.whitelist list\naccess.fifo_add open/fifo\naccess.journal "
SEEN_BY_NOBODY = [
    ("access.whitelist {}/list", "it exists outside the chroot", ": write /list"),
    ("access.blacklist outside", "it exists outside the chroot", ": put it below"),
    ("access.whitelist secret", "Permission denied (as user nobody, ", "give user nobody"),
    ("tracker.load_statedump secret", "Permission denied (as user nobody, ", ""),
    ("tracker.state_file closed/state", "Permission denied", "inside the chroot"),
    ("tracker.state_file secret/state", "secret: is not a directory", ""),
    ("access.whitelist list\naccess.fifo_add closed/fifo", "closed: Permission denied", ""),
    ("access.whitelist list\naccess.fifo_delete list", "is not a FIFO", "mkfifo"),
    ("access.whitelist list\naccess.fifo_delete roots.fifo", "Permission denied", "user nobody"),
    (JOURNALED + "closed/journal", "closed: Permission denied", "give user nobody"),
    (JOURNALED + "open/missing/journal", "open/missing: No such file or directory", "create it"),
    (JOURNALED + "open/secret", "secret: Permission denied", "give user nobody"),
    (JOURNALED + "open/junk", "is not a journal of the tracker", "opentracker journal 1"),
    (JOURNALED + "open", "Permission denied", "give user nobody"),
    (JOURNALED + "open/folder", "is not a regular file", "the tracker will make"),
    (JOURNALED + "open/link", "is a symbolic link", "name the file"),
    ("access.whitelist closed", "is a directory", "regular file of info_hashes"),
    ("access.whitelist junk", "no valid line", "line 1"),
    ("tracker.load_statedump junk", "junk:1: the line ", ""),
    ("tracker.load_statedump {}/list", "it exists outside the chroot", ": write /list"),
    ("access.deny {}/list", "it exists outside the chroot", ": write /list"),
    ("access.deny secret", "Permission denied (as user nobody, ", "give user nobody"),
    ("access.proxy_file outside", "it exists outside the chroot", ": put it below"),
    ("access.proxy_file junk", "has no valid line; line 1 is not an address", ""),
    ("access.proxy_file closed", "is a directory", "regular file of networks"),
    ("access.blacklist up", "up: No such file", "it is a symbolic link to ../outside, which is not"),
    ("access.deny up", "up: No such file", "it is a symbolic link to ../outside, which is not"),
    ("access.whitelist list\naccess.fifo_add {}/closed/fifo", "the directory exists outside the", ""),
]


def make_open_folder(path):
    """A folder for FIFOs and journals."""
    path.mkdir()
    path.chmod(0o777)
    (path / "folder").mkdir(mode=0o777)
    (path / "folder").chmod(0o777)
    write(path / "secret", "", 0o600)
    write(path / "junk", "junk\n", 0o666)
    write(path / "journal", "opentracker journal 1\n", 0o666)
    (path / "link").symlink_to("journal")


@pytest.fixture
def root(folder):
    root = folder / "root"
    root.mkdir(mode=0o755)
    write(root / "list", HASH)
    write(folder / "outside", HASH)
    write(root / "secret", HASH, 0o600)
    write(root / "junk", "junk\n")
    (root / "closed").mkdir(mode=0o755)
    os.mkfifo(root / "roots.fifo", 0o600)
    (root / "up").symlink_to("../outside")
    make_open_folder(root / "open")
    return root


@pytest.mark.parametrize("line, reason, hint", SEEN_BY_NOBODY)
def test_files_are_judged_as_the_run_user_inside_the_chroot(folder, root, line, reason, hint):
    text = f"tracker.rootdir {root}\n{line.format(root)}\n"
    code, said = check(folder, text)
    assert (code, len(said)) == (1, 1), said
    number = len(text.splitlines())
    assert said[0].startswith(f"t.conf:{number}: {line.splitlines()[-1].split()[0]}: ")
    assert reason in said[0] and hint in said[0]
    assert f"(as user nobody, inside the chroot {root})" in said[0]


REFUSED = [case for case in SEEN_BY_NOBODY if "state_file" not in case[0]]


@pytest.mark.parametrize("line, reason, hint", REFUSED)
def test_the_start_says_the_same(folder, root, line, reason, hint):
    text = f"tracker.rootdir {root}\n{line.format(root)}\n"
    code, errors = refusal(folder, text)
    assert (code, len(errors)) == (1, 1), errors
    number = len(text.splitlines())
    assert errors[0].startswith(f"t.conf:{number}: {line.splitlines()[-1].split()[0]}: ")
    assert reason in errors[0]


def test_the_start_names_the_lines_of_user_and_directory(folder):
    code, errors = refusal(folder, "\ntracker.user nosuchuser\n")
    assert code == 1 and errors[0].startswith("t.conf:2: tracker.user: cannot become user")
    code, errors = refusal(folder, "tracker.rootdir /no/such\n")
    assert code == 111 and errors[0].startswith("t.conf:1: tracker.rootdir: chdir /no/such: No such")


def test_without_root_files_are_judged_as_the_caller_and_without_a_chroot():
    with tempfile.TemporaryDirectory(prefix="check") as name:
        folder = pathlib.Path(name)
        folder.chmod(0o755)
        write(folder / "list", HASH)
        write(folder / "secret", HASH, 0o600)
        text = f"tracker.rootdir {folder}\naccess.whitelist {folder}/list\n"
        assert check(folder, text, user=NOBODY.pw_uid) == (0, [])
        text = f"tracker.rootdir {folder}\naccess.whitelist secret\n"
        code, said = check(folder, text, user=NOBODY.pw_uid)
    assert code == 1
    assert f"Permission denied (as uid {NOBODY.pw_uid}, in the directory {folder})" in said[0]


def test_what_is_as_it_should_be_passes(folder, root):
    (root / "state").mkdir()
    os.chown(root / "state", NOBODY.pw_uid, NOBODY.pw_gid)
    write(root / "dump", HASH.strip().upper() + ":1:1\n")
    text = f"tracker.rootdir {root}\naccess.whitelist /list\ntracker.load_statedump dump\n"
    text += "tracker.state_file state/peers\naccess.fifo_add state/fifo\n"
    assert check(folder, text) == (0, [])
    assert os.listdir(root / "state") == [], "-t creates nothing"


@pytest.mark.parametrize(
    "lines",
    [
        ["listen.tcp_udp 127.0.0.2:7000", "listen.tcp_udp 127.0.0.2:7000"],
        ["listen.tcp *:7000", "listen.tcp 0.0.0.0:7000"],
        ["listen.udp [::]:7000", "listen.udp *:7000"],
        ["listen.udp 127.0.0.2:7000", "listen.udp 0.0.0.0:7000"],
        ["listen.tcp 0.0.0.0:7000", "listen.tcp 127.0.0.2:7000"],
        ["listen.tcp_udp 127.0.0.2:7000", "listen.udp 127.0.0.2:7000"],
        ["listen.tcp [::1]:7000", "listen.tcp_udp [::]:7000"],
    ],
)
def test_two_listeners_that_exclude_each_other_are_both_named(folder, lines):
    code, said = check(folder, "\n".join(["# x", *lines, "listen.tcp_udp *:7001"]))
    assert code == 1
    assert len(said) == 1 and said[0].startswith("t.conf:3: listen.") and "t.conf:2" in said[0]
    assert run(folder, "-f", "t.conf").stderr.splitlines() == said


WARNED_OF = [
    ("listen.tcp_udp 2001:db8::1:6969", "did you mean [2001:db8::1]:6969?"),
    ("access.proxy 0.0.0.0/0", "everybody"),
    ("access.ip_from_query ::/0", "everybody"),
    ("access.stats 10.0.0.1/8", "counts as 10.0.0.0/8"),
    ("access.bless 2001:db8::1/32", "counts as 2001:db8::/32"),
    ("listen.tcp *", "serves no UDP"),
    ("listen.udp *", "serves no HTTP"),
    ("tracker.rootdir /", "chroot is /"),
    ("access.proxy 127.0.0.1\naccess.stats 127.0.0.1", "proxy on this machine"),
    ("access.bless ::1\naccess.proxy ::1", "proxy on this machine"),
    ("access.whitelist nothing", "nothing: is empty, so the list holds nothing"),
    ("access.blacklist mark", "mark: is empty, so the list holds nothing"),
    ("access.deny nothing", "nothing: is empty, so it names no networks"),
    ("access.proxy_file mark", "mark: is empty, so it names no networks"),
    ("access.blacklist part", "part: 1 line skipped (line 2: "),
    ("access.deny nets", "nets: 1 line skipped (line 2: not an address or network)"),
    ("access.proxy_file nets", "(line 3: 10.0.0.5/8)"),
    ("access.proxy_file nets", "contains every address of a family: any client can claim any"),
    ("access.deny nets", "contains every address of a family: nobody but access.bless is served"),
]


@pytest.mark.parametrize("lines, words", WARNED_OF)
def test_what_was_probably_not_meant_is_warned_of(folder, lines, words):
    write(folder / "nothing", "")
    write(folder / "mark", "\ufeff")
    write(folder / "part", HASH + "junk\n")
    write(folder / "nets", "192.0.2.1\nlocalhost\n10.0.0.5/8\n::/0\n")
    code, said = check(folder, lines + "\n")
    if any("not built in" in line for line in said):
        pytest.skip("this build lacks the key")
    assert code == 0
    assert [line for line in said if words in line and re.match(r"t\.conf:\d+: warning: ", line)]


def test_a_list_that_the_run_user_can_write_is_warned_of(folder, root):
    os.chown(root / "list", NOBODY.pw_uid, 0)
    code, said = check(folder, f"tracker.rootdir {root}\naccess.whitelist list\n")
    assert code == 0
    assert len(said) == 1 and said[0].startswith("t.conf:2: warning: access.whitelist: list: ")
    write(root / "list", HASH, 0o666)
    assert "user nobody" in check(folder, f"tracker.rootdir {root}\naccess.blacklist list\n")[1][0]


def test_warnings_are_logged_at_the_start(start_with):
    tracker = start_with(f"access.stats 10.0.0.1/8\nlisten.tcp {TRACKER_V4}:6969\n")
    assert re.search(r"warning: .*\.conf:1: access\.stats: .* counts as 10\.0\.0\.0/8", tracker.output())
    assert re.search(r"warning: .*\.conf:2: listen\.tcp: .* serves no UDP", tracker.output())


def test_the_start_asks_about_an_address_that_ends_like_a_port(folder):
    write(folder / "t.conf", "listen.tcp 2001:db8::1:6969\nlisten.udp 203.0.113.9\ntracker.rootdir /no\n")
    assert "did you mean [2001:db8::1]:6969?" in run(folder, "-f", "t.conf").stderr


def test_a_flag_that_ends_like_a_port_is_asked_about(folder):
    result = run(folder, "-t", "-i", "2001:db8::1:6969", "-p", "80", "-P", "80")
    assert result.returncode == 0
    asked = "-i: warning: 2001:db8::1:6969 is an address; did you mean -i 2001:db8::1 and port 6969?"
    assert asked in result.stderr.splitlines()


def test_the_lines_for_nginx_serve_both_protocols_or_it_is_said(folder):
    with open(os.path.join(TOP, "docs/deploy/nginx.conf"), encoding="utf-8") as page:
        lines = re.findall(r"^# +((?:listen|access)\.\S+ +\S+)", page.read(), re.M)
    assert lines
    said = check(folder, "\n".join(lines) + "\n")[1]
    serves_udp = any(line.startswith(("listen.udp ", "listen.tcp_udp ")) for line in lines)
    assert serves_udp != any("serves no UDP" in line for line in said)


@pytest.mark.parametrize(
    "line, words",
    [
        ("tracker.interval 30", "'30' has no unit; give a unit: 30s, 30m, 30h or 30d"),
        ("tracker.peer_timeout 45", "45s, 45m, 45h or 45d"),
        ("tracker.state_interval 600", "give a unit"),
        ("tracker.http_timeout 30", "'30' has no unit; give a unit: 30s, 30m, 30h or 30d"),
        ("access.udp_reject_interval 86400", "'86400' has no unit"),
        ('tracker.rootdir "/tmp"', "in quotes; write it without: /tmp"),
        ("tracker.user 'nobody'", "in quotes; write it without: nobody"),
        ('access.whitelist "my list"', "in quotes; write it without: my list"),
    ],
)
def test_a_missing_unit_and_quotes_are_errors_with_their_line(folder, line, words):
    code, said = check(folder, f"# x\n{line}\n")
    assert (code, len(said)) == (1, 1)
    assert said[0].startswith(f"t.conf:2: {line.split()[0]}: ") and words in said[0]


def test_zero_needs_no_unit(folder):
    assert check(folder, "tracker.interval_jitter 0\n") == (0, [])


@pytest.mark.parametrize(
    "flags, words",
    [
        (["--chek"], "unknown flag --chek; did you mean --check?"),
        (["-config", "x"], "unknown flag -config; did you mean --config?"),
        (["-x"], "unknown flag -x"),
        (["-p", "70000"], "-p: '70000' is not a port"),
        (["--user=a b"], "--user: 'a b' is not a user"),
    ],
)
def test_a_mistake_in_a_flag_is_one_line_that_points_to_the_help(folder, flags, words):
    result = run(folder, *flags)
    assert (result.returncode, result.stdout) == (1, "")
    lines = [line for line in result.stderr.splitlines() if words in line]
    assert len(lines) == 1
    assert result.stderr.rstrip().endswith("(-h shows all flags)")
    assert len(result.stderr.splitlines()) <= 2
