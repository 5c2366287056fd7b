"""The scripts that look at a system choose the right tool and name what is missing."""

import os
import pathlib
import subprocess

import pytest

TOOLS = pathlib.Path(__file__).resolve().parent
SYSTEM_PATH = "/usr/bin:/bin"


def run(script, *arguments, path):
    return subprocess.run(
        ["/bin/sh", TOOLS / script, *arguments],
        env={"PATH": path},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.fixture
def programs(tmp_path):
    """Makes programs that say a version; the names begin with "tool", which no system has."""

    def make(**versions):
        for name, version in versions.items():
            file = tmp_path / name.replace("_", "-")
            file.write_text(f"#!/bin/sh\necho 'Some {name} version {version} (of 11.7)'\n")
            file.chmod(0o755)
        return f"/no/such/folder:{tmp_path}:{SYSTEM_PATH}"

    return make


@pytest.mark.parametrize(
    "installed, suffix, expected",
    [
        ({"tool": "18.1.3"}, "", "tool"),
        ({"tool": "14.0.6", "tool_19": "19.1.7"}, "-19", "tool-19"),
        ({"tool": "14.0.6", "tool_16": "16.0.1"}, "-19", "tool"),
        ({"tool": "13.0.1", "tool_9": "9.0", "tool_14": "14.0", "tool_16": "16.0"}, "", "tool-16"),
        ({"tool_16": "16.0", "tool_20": "20.1"}, "-14", "tool-20"),
        ({"tool": "13.0.1", "tool_9": "9.0"}, "", "tool"),
        ({}, "-14", "tool"),
    ],
)
def test_the_tool_of_the_release_is_preferred_then_one_that_is_new_enough(
    programs, installed, suffix, expected
):
    found = run("find_tool.sh", "tool", "14", suffix, path=programs(**installed))
    assert (found.returncode, found.stdout, found.stderr) == (0, expected + "\n", "")


@pytest.fixture
def headers(tmp_path):
    """Makes the headers of the three libraries; returns the flags that leave all others out."""
    for name in ("ip4.h", "sodium.h", "zlib.h"):
        (tmp_path / name).touch()
    return tmp_path, ["-nostdinc", "-idirafter", str(tmp_path)]


def test_nothing_is_said_of_a_system_that_has_everything(headers):
    _, flags = headers
    result = run("check_system.sh", "g++", *flags, path=os.environ["PATH"])
    assert (result.returncode, result.stdout, result.stderr) == (0, "", "")


@pytest.mark.parametrize(
    "header, library", [("ip4.h", "libowfat"), ("sodium.h", "libsodium"), ("zlib.h", "zlib")]
)
def test_a_library_without_headers_is_named(headers, header, library):
    folder, flags = headers
    (folder / header).unlink()
    result = run("check_system.sh", "g++", *flags, path=os.environ["PATH"])
    assert result.returncode == 1
    assert result.stderr.endswith(f"missing: {library}\n")


def test_a_compiler_that_is_too_old_or_not_there_is_named(headers):
    _, flags = headers
    for compiler in (["g++", "-U__GNUC__", "-D__GNUC__=11"], ["no-such-compiler"]):
        result = run("check_system.sh", *compiler, *flags, path=os.environ["PATH"])
        assert result.returncode == 1
        assert "g++ 12 or newer" in result.stderr and compiler[0] in result.stderr


def test_without_apt_the_packages_are_named(tmp_path):
    result = run("install_packages.sh", "libowfat-dev", "g++", path=str(tmp_path))
    assert (result.returncode, result.stdout) == (0, "")
    assert result.stderr.endswith(": libowfat-dev g++\n")


def test_a_package_that_apt_does_not_have_is_named(tmp_path):
    for name, body in {
        "id": "echo 1000",  # so that everything that changes the system goes through this sudo
        "sudo": '[ "$1" != env ] || exec "$@"',
        "dpkg-query": "exit 1",
        "apt-get": '[ "$1" = update ]',
    }.items():
        (tmp_path / name).write_text(f"#!/bin/sh\n{body}\n")
        (tmp_path / name).chmod(0o755)
    result = run("install_packages.sh", "no-such-package", path=f"{tmp_path}:{SYSTEM_PATH}")
    assert result.returncode == 1
    assert "could not install: no-such-package" in result.stderr


@pytest.mark.parametrize(
    "features, words",
    [
        ("-DWANT_FULLSCRAPES", "did you mean -DWANT_FULLSCRAPE?"),
        ("-DWANT_v6", "did you mean -DWANT_V6?"),
        ("WANT_V6", "did you mean -DWANT_V6?"),
        ("-DWANT_KEEPALIVE -DWANT_ACCESLIST_WHITE", "did you mean -DWANT_ACCESSLIST_WHITE?"),
        ("-DWANT_KEEPALIVE=0", "did you mean -DWANT_KEEPALIVE?"),
        ("-DWANT_COFFEE_MACHINE", "the switches are -DWANT_V4_ONLY -DWANT_V6"),
    ],
)
def test_make_stops_at_a_switch_that_does_not_exist(features, words):
    result = make_list(f"FEATURES={features}")
    assert result.returncode == 2
    assert f"FEATURES: {features.split()[-1]} is not a switch" in result.stderr
    assert words in result.stderr


def test_make_takes_the_switches_that_exist():
    assert make_list("FEATURES=-DWANT_V6 -DWANT_SYSLOGS").returncode == 0
    assert make_list("FEATURES=").returncode == 0
    assert make_list().returncode == 0


def make_list(*variables):
    environment = {key: value for key, value in os.environ.items() if "MAKE" not in key}
    return subprocess.run(
        ["make", "list", *variables],
        cwd=TOOLS.parent.parent,
        env={**environment, "LC_ALL": "C"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
