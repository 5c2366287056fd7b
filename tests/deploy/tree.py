"""Where things lie, and how the programs that check them are run."""
import pathlib
import subprocess

TOP = pathlib.Path(__file__).resolve().parents[2]
DEPLOY = TOP / "docs" / "deploy"


def run(*command, **options):
    """Runs to the end, at most a minute; output and errors are one text."""
    return subprocess.run(
        [str(word) for word in command],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=60,
        **options,
    )
