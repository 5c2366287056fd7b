"""The documentation is true: the tests it names exist, and the commands it gives work.

A block of commands in docs/operations.md begins with ```sh and a word that says where it runs:
tracker        here, beside a tracker that has peers and serves port 6969 on every address
tracker-free   here, with no tracker running
package-build, package-install, systemd
               in the source tree, in a fresh Debian and under its systemd, by
               tests/tools/fresh_package.sh
by-hand        nowhere, because it changes services of the machine; only its syntax is checked
A block of configuration begins with ```conf.
"""
import os
import re
import subprocess

import pytest

from harness.daemon import TOP, binary

COMMAND_BLOCK = re.compile(r"^```sh *(\S*)\n(.*?)^```$", re.M | re.S)
CONF_BLOCK = re.compile(r"^```conf\n(.*?)^```$", re.M | re.S)
PLACES = {"tracker", "tracker-free", "package-build", "package-install", "systemd", "by-hand"}


def read(path):
    with open(path, encoding="utf-8") as file:
        return file.read()


OPERATIONS = read(os.path.join(TOP, "docs", "operations.md"))
BLOCKS = COMMAND_BLOCK.findall(OPERATIONS)


def commands(place):
    """Runs the test for each block of this place, named by its first line."""
    found = [text for where, text in BLOCKS if where == place]
    return pytest.mark.parametrize("text", found, ids=lambda text: text.splitlines()[0][:40])


def shell(text, directory):
    """Runs the commands as an operator's shell would, but stops at the first failure."""
    path = os.path.dirname(binary()) + os.pathsep + os.environ["PATH"]
    return subprocess.run(
        ["bash", "-euo", "pipefail", "-c", text],
        cwd=directory,
        env={**os.environ, "PATH": path},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        timeout=30,
    )


def test_every_block_of_commands_says_where_it_runs():
    assert len(BLOCKS) == OPERATIONS.count("```sh")
    assert {place for place, _ in BLOCKS} == PLACES


@commands("tracker")
def test_commands_beside_a_tracker_work(start_tracker, load_tools, tmp_path, text):
    tracker = start_tracker(arguments=[])
    assert load_tools.load(tracker.port, good=2000) == 2000
    result = shell(text, tmp_path)
    assert result.returncode == 0, result.stdout


@commands("tracker-free")
def test_commands_that_start_a_tracker_work(tmp_path, text):
    result = shell(text, tmp_path)
    assert result.returncode == 0, result.stdout


@commands("by-hand")
def test_commands_that_change_the_machine_have_valid_syntax(tmp_path, text):
    result = subprocess.run(["bash", "-n", "-c", text], capture_output=True, text=True)
    assert (result.returncode, result.stderr) == (0, "")


@pytest.mark.parametrize("text", CONF_BLOCK.findall(OPERATIONS))
def test_blocks_of_configuration_have_no_errors(tmp_path, text):
    conf = tmp_path / "opentracker.conf"
    conf.write_text(text)
    command = [binary(), "-t", "-f", str(conf)]
    result = subprocess.run(command, capture_output=True, text=True, timeout=5)
    # What files this machine lacks, and what a part of a configuration leaves out, is no mistake.
    complaints = [
        line
        for line in result.stderr.splitlines()
        if str(conf) in line and "warning: " not in line and "(as user " not in line
    ]
    about_files = "(as user " in result.stderr
    accepted = result.returncode == 0 or about_files or bool(complaints)
    # Correct, but not supported by this version yet.
    assert accepted and all("does not enforce it yet" in line for line in complaints), result.stderr


def test_every_file_the_documentation_links_to_exists():
    links = re.findall(r"\]\(([^)#:]+)\)", OPERATIONS)
    assert links
    for link in links:
        assert os.path.exists(os.path.join(TOP, "docs", link)), link


def test_every_test_the_documentation_names_exists():
    named = set(re.findall(r"`(test_\w+)`", read(os.path.join(TOP, "docs", "compatibility.md"))))
    here = os.path.dirname(__file__)
    files = [name for name in os.listdir(here) if name.startswith("test_") and name.endswith(".py")]
    defined = set(re.findall(r"^def (test_\w+)", "\n".join(map(read, files_in(here, files))), re.M))
    assert named
    assert named <= defined, named - defined


def files_in(directory, names):
    return [os.path.join(directory, name) for name in names]
