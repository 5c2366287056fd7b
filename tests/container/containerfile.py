"""Reads a Containerfile: stages with their instructions, and what the image says about itself.

Knows what docs/deploy/container/Containerfile uses, and refuses everything else, so that nothing is left
out silently.
"""
import dataclasses
import json
import re
import shlex

BUILDS = ("ARG", "COPY", "RUN", "WORKDIR")
DESCRIBES = ("CMD", "ENTRYPOINT", "EXPOSE", "HEALTHCHECK", "STOPSIGNAL", "USER")


@dataclasses.dataclass
class Stage:
    base: str
    name: str  # "" without AS
    steps: list  # (instruction, its text)


@dataclasses.dataclass
class Containerfile:
    stages: list
    about: dict  # instruction of the last stage -> its text

    def command(self, instruction):
        """The words of ENTRYPOINT, CMD or HEALTHCHECK's CMD in their exec form."""
        words = json.loads(re.search(r"\[.*\]$", self.about[instruction])[0])
        assert all(isinstance(word, str) for word in words)
        return words

    def health_option(self, name):
        """A duration of HEALTHCHECK in seconds."""
        return int(re.search(rf"--{name}=(\d+)s ", self.about["HEALTHCHECK"])[1])

    def ports(self):
        """{(6969, "TCP"), …}"""
        words = [word.split("/") for word in self.about["EXPOSE"].split()]
        return {(int(port), protocol.upper()) for port, protocol in words}


def lines_of(text):
    """Each instruction in one line, without comments."""
    kept = [line for line in text.splitlines() if line.strip() and not line.startswith("#")]
    return "\n".join(kept).replace("\\\n", " ").splitlines()


def parse(text):
    stages, about = [], {}
    for line in lines_of(text):
        instruction, _, rest = line.partition(" ")
        rest = " ".join(rest.split())
        if instruction == "FROM":
            base, _, name = rest.partition(" AS ")
            stages.append(Stage(base, name, []))
            about.clear()
        elif instruction in BUILDS:
            stages[-1].steps.append((instruction, rest))
        elif instruction in DESCRIBES:
            assert instruction not in about, f"twice: {instruction}"
            about[instruction] = rest
        else:
            raise ValueError(f"an instruction that the tests do not know: {line}")
    return Containerfile(stages, about)


def copied(text):
    """COPY's options as a dictionary, its sources and its destination."""
    words = shlex.split(text)
    options = dict(word[2:].split("=", 1) for word in words if word.startswith("--"))
    assert set(options) <= {"from", "chown"}, text
    *sources, destination = [word for word in words if not word.startswith("--")]
    return options, sources, destination
