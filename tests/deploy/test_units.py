"""The systemd units are well-formed, and the service is sandboxed."""
import configparser
import re

from tree import DEPLOY, run

SERVICE = DEPLOY / "opentracker.service"
SOCKET = DEPLOY / "opentracker.socket"
MOST_EXPOSED = 2.0


def test_systemd_accepts_the_units(tmp_path):
    # The programs the unit calls must exist; ours is that of the package, not of this machine.
    binary = tmp_path / "opentracker"
    binary.write_text("#!/bin/sh\n")
    binary.chmod(0o755)
    text = SERVICE.read_text().replace("/usr/bin/opentracker", str(binary))
    (tmp_path / SERVICE.name).write_text(text)
    (tmp_path / SOCKET.name).write_text(SOCKET.read_text())
    units = [tmp_path / SERVICE.name, tmp_path / SOCKET.name]
    result = run("systemd-analyze", "verify", "--man=no", *units)
    assert (result.returncode, result.stdout) == (0, "")


def test_the_exposure_of_the_service_is_at_most_two_of_ten():
    result = run("systemd-analyze", "security", "--offline=yes", "--no-pager", SERVICE)
    found = re.search(r"Overall exposure level for opentracker\.service: ([0-9.]+)", result.stdout)
    assert found, result.stdout
    assert float(found[1]) <= MOST_EXPOSED, result.stdout


def values(path, key):
    return re.findall(rf"^{key}=(.*)$", path.read_text(), re.M)


def test_the_socket_unit_opens_separate_tcp_and_udp_sockets_for_both_families():
    every_address = ["0.0.0.0:6969", "[::]:6969"]
    assert values(SOCKET, "ListenStream") == every_address
    assert values(SOCKET, "ListenDatagram") == every_address
    assert values(SOCKET, "BindIPv6Only") == ["ipv6-only"]


def test_the_service_starts_unprivileged_and_notifies_systemd():
    assert values(SERVICE, "Type") == ["notify"]
    assert values(SERVICE, "User") == ["opentracker"]
    assert values(SERVICE, "ExecReload") == ["/bin/sh -c 'kill -HUP $MAINPID'"]
    assert values(SERVICE, "ExecStart") == [
        "/usr/bin/opentracker -f /etc/opentracker/opentracker.conf"
    ]


def test_a_start_that_fails_for_minutes_is_tried_until_it_succeeds():
    """As when an address, a port or a file system comes late; only a wrong configuration ends it."""
    assert values(SERVICE, "StartLimitIntervalSec") == ["0"]
    assert SERVICE.read_text().index("StartLimitIntervalSec=") < SERVICE.read_text().index("[Service]")
    assert values(SERVICE, "Restart") == ["on-failure"]
    assert 1 <= int(values(SERVICE, "RestartSec")[0]) <= 5
    assert values(SERVICE, "RestartPreventExitStatus") == ["1"]


def test_no_setting_occurs_twice():
    for unit in (SERVICE, SOCKET):
        lists = ("ListenStream", "ListenDatagram", "SystemCallFilter")
        keys = [line.partition("=")[0] for line in unit.read_text().splitlines() if "=" in line]
        settings = [key for key in keys if re.fullmatch(r"[A-Za-z]+", key) and key not in lists]
        assert len(settings) == len(set(settings)), unit.name
        assert configparser.ConfigParser(strict=False, interpolation=None).read(unit)
