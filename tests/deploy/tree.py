"""Paths in the tree, and how programs that check files are run."""
import pathlib
import subprocess

TOP = pathlib.Path(__file__).resolve().parents[2]
DEPLOY = TOP / "docs" / "deploy"


def run(*command, **options):
    """Runs a command for at most a minute, with its output and errors in one text."""
    return subprocess.run(
        [str(word) for word in command],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=60,
        **options,
    )
