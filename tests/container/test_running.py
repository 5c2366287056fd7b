"""The image as process number 1 of a container: uid 65534, no capabilities, a read-only root with nothing in it,
clients on the other side of a network.
"""
import fcntl
import os
import pathlib
import signal
import time

import pytest
import yaml
from harness.http_client import HttpClient
from harness.peers import peers_of
from harness.udp_client import UdpClient
from harness.waiting import wait_until
from image import FOLDER, TOP
from running import INSIDE_V4, INSIDE_V6, OUTSIDE_V4, OUTSIDE_V6, PORT

HASH = bytes.fromhex("000102030405060708090a0b0c0d0e0f10111213")
OTHER = b"another torrent here"
OPEN = "tracker.max_memory 64M\n"
# With another branch, lines that find no room are dropped.
LOG_NEVER_WAITS = (TOP / "src/base/line_writer.h").exists()


def announce_everywhere(info_hash=HASH, families=(INSIDE_V4, INSIDE_V6)):
    """Announces over both protocols; each has to be answered."""
    for port, address in enumerate(families, 7000):
        HttpClient(PORT, address).announce(info_hash, port=port)
        with UdpClient(PORT, address) as udp:
            udp.announce(info_hash, port=port + 100)


def is_served(info_hash):
    return b"failure reason" not in HttpClient(PORT, INSIDE_V4).announce(info_hash)


def config(folder, text):
    """The mount of a configuration."""
    return [str(folder("config", opentracker_conf=text)), "/etc/opentracker"]


# Serving ---------------------------------------------------------------------------------------------


def test_it_serves_both_protocols_and_families_and_sees_the_clients_addresses(container):
    container().start()
    announce_everywhere()
    for count, (address, mine) in enumerate([(INSIDE_V4, OUTSIDE_V4), (INSIDE_V6, OUTSIDE_V6)], 5):
        reply = HttpClient(PORT, address).announce(HASH, port=9999)
        assert reply[b"incomplete"] == count
        assert mine in {peer for peer, _ in peers_of(reply)}


def test_it_has_no_rights_and_nothing_is_open_but_sockets(container, log):
    one = container().start()
    status = one.status()
    assert status["Uid"].split() == status["Gid"].split() == ["65534"] * 4
    assert status["Groups"].strip() == "" and status["NoNewPrivs"] == "1"
    assert {int(status[name], 16) for name in ("CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb")} == {0}
    assert "running as uid 65534, gid 65534, in /" in log.text()
    assert "error" not in log.text() and "warning" not in log.text()
    files = [os.readlink(path) for path in pathlib.Path(f"/proc/{one.pid}/fd").iterdir()]
    assert {name for name in files if name.startswith("/")} == {"/dev/null", str(log.path)}


def test_the_health_check_says_whether_it_answers(container, about):
    one = container().start()
    code, said, seconds = one.run(about.command("HEALTHCHECK"))
    assert (code, said.startswith("healthy: TCP 127.0.0.1:6969, TCP [::1]:6969, UDP ")) == (0, True), said
    one.signal(signal.SIGSTOP)
    code, said, seconds = one.run(about.command("HEALTHCHECK"))
    one.signal(signal.SIGCONT)
    assert code == 1 and "no answer within 3 s" in said
    assert seconds < about.health_option("timeout")


@pytest.mark.parametrize("settings", [{"has_ipv6": False}, {"refuse_ipv6": True}])
def test_without_ipv6_it_serves_ipv4_and_is_healthy(container, about, settings):
    """Switched off for the interfaces of the container, or missing in the kernel."""
    one = container(**settings).start()
    announce_everywhere(families=[INSIDE_V4])
    code, said, _ = one.run(about.command("HEALTHCHECK"))
    asked = "TCP 127.0.0.1:6969, UDP 127.0.0.1:6969"
    # What `podman exec` starts is not under the filter that stands for the kernel.
    assert code == 0 and said == f"healthy: {asked}\n" or settings == {"refuse_ipv6": True}, said


# Standard streams ------------------------------------------------------------------------------------


def test_closed_streams_do_not_become_sockets(container):
    one = container(close_streams=True).start()
    announce_everywhere()
    streams = [os.readlink(f"/proc/{one.pid}/fd/{number}") for number in (0, 1, 2)]
    assert all("nothing" in name for name in streams), streams
    assert one.stop() < 2


@pytest.mark.parametrize("is_full", [False] + [True] * LOG_NEVER_WAITS)
def test_a_log_that_nobody_reads_stops_nothing(container, is_full):
    reader, writer = os.pipe()
    try:
        if is_full:
            os.write(writer, b"." * fcntl.fcntl(writer, fcntl.F_GETPIPE_SZ))
        one = container(output=writer).start()
        announce_everywhere()
        one.signal(signal.SIGHUP)
        announce_everywhere()
        seconds = one.stop()
        assert seconds < 2, os.read(reader, 1 << 16).decode()
    finally:
        os.close(reader)
        os.close(writer)


# Signals ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_stops_it_within_two_seconds(container, log, number):
    code, seconds = container().start().signal_and_wait(number)
    assert (code, seconds < 2) == (0, True)
    assert "stopped cleanly" in log.text()


def test_a_stop_while_it_starts_is_kept(container, folder, log):
    """The kernel discards what would end process number 1 by default; a FIFO makes the start wait."""
    place = folder("config")
    os.mkfifo(place / "opentracker.conf")
    os.chmod(place / "opentracker.conf", 0o644)
    one = container(mounts=[[str(place), "/etc/opentracker"]])
    one.launch()
    writer = wait_until(lambda: opened(place / "opentracker.conf"), "the start to read the configuration")
    one.signal(signal.SIGTERM)
    os.close(writer)
    assert one.wait(2) == 0
    assert "stopped cleanly" in log.text()


def opened(fifo):
    """A descriptor for writing, once somebody reads."""
    try:
        return os.open(fifo, os.O_WRONLY | os.O_NONBLOCK)
    except OSError:
        return None


def test_orphans_leave_no_zombies(container):
    one = container().start()
    orphan = ["nsenter", "--target", str(one.pid), "--pid", "sh", "-c", "(sleep 0.3 & )"]
    assert os.spawnvp(os.P_WAIT, orphan[0], orphan) == 0
    wait_until(one.children, "the orphan to be given to process number 1", timeout=2)
    wait_until(lambda: not one.children(), "the orphan to be gone", timeout=3)
    announce_everywhere()


# Lists and state -------------------------------------------------------------------------------------


def test_hangup_reads_a_list_on_a_read_only_mount(container, folder, log):
    lists = folder("lists", whitelist_txt=HASH.hex() + "\n")
    conf = config(folder, OPEN + "access.whitelist /lists/whitelist.txt\n")
    one = container(mounts=[conf, [str(lists), "/lists"]]).start()
    assert is_served(HASH) and not is_served(OTHER)
    (lists / "new").write_text(OTHER.hex() + "\n")
    (lists / "new").rename(lists / "whitelist.txt")
    one.signal(signal.SIGHUP)
    wait_until(lambda: is_served(OTHER), "the new list to be in force", timeout=2)
    assert not is_served(HASH)


def test_the_state_survives_a_new_container(container, folder, log):
    conf = config(folder, OPEN + "tracker.state_file /state/peers\n")
    state = [str(folder("state")), "/state"]
    one = container(mounts=[conf, state], writable=["/state"]).start()
    announce_everywhere()
    assert one.stop() < 2
    one.close()
    container(mounts=[conf, state], writable=["/state"]).start()
    assert HttpClient(PORT, INSIDE_V4).scrape(HASH)[HASH][b"incomplete"] == 4
    assert "warning" not in log.text()


def test_without_a_volume_the_state_file_is_an_error_in_the_log(container, folder, log):
    """It serves, since peers matter more than their file."""
    conf = config(folder, OPEN + "tracker.state_file /state/peers\n")
    container(mounts=[conf]).start()
    announce_everywhere()
    log.wait_for("error: the state file cannot be written: /state")
    assert "Read-only file system" in log.text()


# What the manifests ask for --------------------------------------------------------------------------


@pytest.fixture
def manifest():
    with open(FOLDER / "kubernetes.yaml", encoding="utf-8") as file:
        return {(one["kind"], one["metadata"]["name"]): one for one in yaml.safe_load_all(file)}


def config_map(path, files):
    """A folder as kubelet fills it: each file is a link to ..data/FILE, ..data a link to the current version."""
    path.mkdir(exist_ok=True)
    for name in files:
        (path / name).symlink_to(f"..data/{name}")
    swap(path, files)
    return path


def swap(path, files):
    """Puts another version in force, as kubelet does: one rename of the link, then the old one goes."""
    old = path / os.readlink(path / "..data") if (path / "..data").is_symlink() else None
    version = path / f"..2026_{time.monotonic_ns()}"
    version.mkdir()
    for name, text in files.items():
        (version / name).write_text(text)
    (path / "..data_tmp").symlink_to(version.name)
    (path / "..data_tmp").rename(path / "..data")
    if old:
        for each in old.iterdir():
            each.unlink()
        old.rmdir()


def test_the_kubernetes_manifest_serves_its_list_and_follows_a_change(container, manifest, tmp_path, folder, log):
    """Configuration, list, arguments and probes are the manifest's; so are the folders they are mounted at."""
    pod = manifest["Deployment", "opentracker"]["spec"]["template"]["spec"]
    (spec,) = pod["containers"]
    places = {mount["name"]: mount["mountPath"] for mount in spec["volumeMounts"]}
    mounts = [[str(folder("state")), places.pop("state")]]
    for volume in pod["volumes"]:
        if "configMap" in volume:
            data = manifest["ConfigMap", volume["configMap"]["name"]]["data"]
            path = config_map(tmp_path / volume["name"], data)
            mounts.append([str(path), places.pop(volume["name"])])
    assert not places
    one = container(*spec["args"], mounts=mounts, writable=["/state"]).start()
    assert is_served(HASH) and not is_served(OTHER)
    for number, (good, bad) in enumerate([(OTHER, HASH), (HASH, OTHER), (OTHER, HASH)]):
        swap(tmp_path / "lists", {"whitelist.txt": good.hex() + "\n"})
        wait_until(lambda good=good: is_served(good), f"change {number} of the list", timeout=3)
        assert not is_served(bad)
    for probe in ("startupProbe", "readinessProbe", "livenessProbe"):
        code, said, _ = one.run(spec[probe]["exec"]["command"])
        assert code == 0, said
    assert one.stop() < 2
