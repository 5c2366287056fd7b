"""The manual pages are well-formed and complete."""
import os
import re

import pytest

from tree import TOP, run

PAGES = [TOP / "docs" / name for name in ("opentracker.8", "opentracker.conf.5")]
PROGRAM = TOP / "opentracker"
RENDERED = {**os.environ, "LC_ALL": "C.UTF-8", "MANWIDTH": "100", "MANROFFSEQ": ""}


def rendered(page):
    result = run("man", "--warnings", "-E", "UTF-8", "-l", "-P", "cat", page, env=RENDERED)
    assert result.returncode == 0, result.stdout
    return re.sub(".\b", "", result.stdout)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_man_prints_the_page_without_a_warning(page):
    text = rendered(page)
    assert "warning:" not in text and "SEE ALSO" in text


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_mandoc_accepts_the_page(page):
    result = run("mandoc", "-T", "lint", "-W", "warning", page)
    assert (result.returncode, result.stdout) == (0, "")


def items(page):
    """{first word: text up to the next item or section} for each .TP item."""
    found = {}
    for block in re.split(r"^\.TP\n", page.read_text(), flags=re.M)[1:]:
        head, _, text = block.partition("\n")
        name = re.sub(r"\\f.|\\", "", head).split()[1].strip(' ",')
        assert name not in found, name
        found[name] = re.split(r"^\.S[HS] ", text, flags=re.M)[0]
    return found


def flags_of_the_program():
    """The flags as listed by -h: {"-p": "--tcp-port", ...}."""
    lines = run(PROGRAM, "-h").stdout.splitlines()
    matches = (re.match(r"\s+(-\w)(?:,?\s+(--[\w-]+))?", line) for line in lines)
    return {match[1]: match[2] for match in matches if match}


def test_every_flag_is_documented_with_its_long_form():
    flags = flags_of_the_program()
    text = rendered(PAGES[0])
    assert len(flags) >= 7
    for short, long in flags.items():
        assert re.search(rf"^ +{short}[ ,].*{long or ''}\b", text, re.M), (short, long)


def test_every_flag_on_the_page_exists_in_the_program():
    documented = set(re.findall(r"^ {7}(-\w)\b", rendered(PAGES[0]), re.M))
    assert documented <= set(flags_of_the_program())


def keys_of_the_sample():
    text = (TOP / "opentracker.conf.sample").read_text()
    return set(re.findall(r"^#((?:listen|tracker|access|livesync|batchsync)\.\S+) ", text, re.M))


def test_the_page_and_the_sample_have_the_same_keys():
    keys = {name for name in items(PAGES[1]) if "." in name}
    assert keys == keys_of_the_sample()


def defaults_of_the_program():
    """{key: value} as printed by -t without a configuration, except values derived from others."""
    result = run(PROGRAM, "-t")
    assert result.returncode == 0, result.stdout
    lines = (re.match(r"(\S+) (\S+) +# default(, (?!from)|$)", line) for line in result.stdout.splitlines())
    return {match[1]: match[2] for match in lines if match}


def test_the_defaults_on_the_page_are_those_of_the_program():
    documented = items(PAGES[1])
    defaults = defaults_of_the_program()
    assert len(defaults) > 15
    for key, value in defaults.items():
        said = re.search(r"^Default: (\S+?)[;,.]?(?: |$)", documented[key].replace("\\", ""), re.M)
        assert said and said[1] == value, key


def test_every_key_has_its_default_on_the_page():
    for key, text in items(PAGES[1]).items():
        if "." in key and not key.startswith("listen."):
            assert "Default: " in text, key
