"""Builds the image that a Containerfile describes, each step as a builder would run it, in plain folders.

A stage FROM Debian is a debootstrap folder (tests/tools/fresh_system.sh), where RUN is a chroot with
namespaces of its own; a stage FROM scratch is an empty folder. Needs root, debootstrap and the network.

Most of the objects that the build step compiles are those of this tree, if its last release build had the
same compiler and flags. Of those that look into a library's headers none is, nor is main.cc. Without such
objects, as with CONTAINER_FROM_NOTHING=1, everything is compiled: about six minutes of one core.
"""
import os
import pathlib
import shutil
import subprocess

from containerfile import copied

TOP = pathlib.Path(__file__).resolve().parents[2]
FOLDER = TOP / "docs/deploy/container"
COMPILED_HERE = ("main", "base/ip_address", "dump/gzip_stream", "protocol/connection_id", "state/state_file")
# By the scripts that the other checks share: $1 the folder, $2 what to run there.
MAKE_SYSTEM = 'source tests/tools/fresh_system.sh; FRESH_DIR=$1 RELEASE=$2 make_system ca-certificates'
INSIDE = 'source tests/tools/fresh_system.sh; root=$1; (inside "$2")'


def bash(script, *arguments, timeout):
    command = ["bash", "-euo", "pipefail", "-c", script, "bash", *map(str, arguments)]
    subprocess.run(command, cwd=TOP, check=True, timeout=timeout, stdin=subprocess.DEVNULL, env=environment())


def environment():
    """Without what a make around us says, and with one core: another check runs beside this one."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("MAKE", "MFLAGS"))}
    return {**kept, "OMP_NUM_THREADS": "1"}


class Builder:
    """Runs the steps of one stage after another. The folders are below `work`."""

    def __init__(self, work):
        self._work = work
        self._roots = {}

    def build(self, containerfile):
        """Returns the folder of the last stage."""
        for at, stage in enumerate(containerfile.stages):
            root = self._work / f"stage{at}"
            self._roots[stage.name] = root
            self._begin(stage.base, root)
            folder, variables = "/", {}
            for instruction, text in stage.steps:
                if instruction == "WORKDIR":
                    folder = text
                    (root / folder.lstrip("/")).mkdir(parents=True, exist_ok=True)
                elif instruction == "ARG":
                    name, _, default = text.partition("=")
                    variables[name] = default
                elif instruction == "COPY":
                    self._copy(root, folder, text)
                else:
                    self._run(root, folder, variables, text)
        return root

    def _begin(self, base, root):
        if base == "scratch":
            root.mkdir()
            return
        name, _, release = base.rpartition(":")
        assert name == "docker.io/library/debian", f"no folder can stand for {base}"
        bash(MAKE_SYSTEM, root, release, timeout=900)

    def _copy(self, root, folder, text):
        """A folder's contents, or files; owned by root unless --chown says otherwise."""
        options, sources, destination = copied(text)
        target = root / (pathlib.PurePosixPath(folder) / destination).relative_to("/")
        is_folder = destination.endswith("/")
        origin = self._roots[options["from"]] if "from" in options else TOP
        uid, gid = map(int, options.get("chown", "0:0").split(":"))
        for source in sources:
            there = origin / source.lstrip("/")
            to = target / there.name if is_folder and there.is_file() else target
            to.parent.mkdir(parents=True, exist_ok=True)
            if there.is_dir():
                shutil.copytree(there, to, dirs_exist_ok=True, ignore=shutil.ignore_patterns("__pycache__"))
            else:
                shutil.copy2(there, to)
            for path in (to, *to.rglob("*")):
                os.chown(path, uid, gid)

    def _run(self, root, folder, variables, text):
        if "static" in text:
            seed(root / folder.lstrip("/"))
        script = root / "step.sh"
        lines = [f"export {name}='{value}'" for name, value in variables.items()]
        script.write_text("\n".join(["set -e", *lines, f"cd {folder}", text]) + "\n")
        (root / "srv/opentracker").mkdir(parents=True, exist_ok=True)
        bash(INSIDE, root, "/bin/sh /step.sh", timeout=1200)
        script.unlink()


def seed(folder):
    """Gives a build in `folder` this tree's objects of the release, where they are up to date."""
    objects = TOP / "build/release"
    if os.environ.get("CONTAINER_FROM_NOTHING") or not (objects / "flags").exists():
        return
    shutil.copytree(objects / "src", folder / "build/release/src")
    for name in COMPILED_HERE:
        (folder / f"build/release/src/{name}.o").unlink()
    # Nobody has ccache in there; what it makes is the same.
    flags = (objects / "flags").read_text().removeprefix("ccache ")
    (folder / "build/release/flags").write_text(flags)
    os.utime(folder / "build/release/flags", ns=(0, 0))
