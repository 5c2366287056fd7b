"""The table of rooms in docs/architecture.md is held against the tree."""

import check_rooms
import pytest

PAGE = """
| floor | room | units | includes from |
|---|---|---|---|
| 3 | swarm/ | shard, torrent_table | |
| 3 | net/ | loop | |
| 3 | access/ | networks | |
| 4 | traffic/ | log | access |
| 5 | tracker/ | tracker | traffic access swarm net |
"""
TREE = {
    "swarm": ("shard.h", "shard.cc", "torrent_table.cc"),
    "net": ("loop.h",),
    "access": ("networks.h",),
    "traffic": ("log.h",),
    "tracker": ("tracker.cc",),
}


@pytest.fixture
def src(tmp_path):
    for room, files in TREE.items():
        (tmp_path / room).mkdir()
        for name in files:
            (tmp_path / room / name).touch()
    return tmp_path


def test_a_page_that_matches_the_tree_passes(src):
    assert check_rooms.check_rooms(src, PAGE) == []


def test_all_stands_for_every_room_on_a_lower_floor(src):
    page = PAGE.replace("traffic access swarm net |", "all |")
    assert check_rooms.check_rooms(src, page) == []


@pytest.mark.parametrize(
    "old, new, reason",
    [
        ("shard, torrent_table", "torrent_table", "swarm/ has shard, which the table does not name"),
        ("| loop |", "| loop, timer |", "net/ has no timer"),
        ("| 3 | net/ | loop | |\n", "", "the table does not name net/"),
        ("| 3 | net/ | loop | |\n", "| 3 | attic/ | x | |\n", "attic/, which is no folder"),
        ("| log | access |", "| log | |", "traffic/ may include"),
        ("| 4 | traffic/", "| 5 | traffic/", "includes up: traffic/"),
    ],
)
def test_a_page_that_differs_is_reported(src, old, new, reason):
    assert old in PAGE
    wrong = check_rooms.check_rooms(src, PAGE.replace(old, new))
    assert any(reason in sentence for sentence in wrong), wrong


def test_a_room_that_has_become_a_hall_is_reported(src):
    for room in TREE:
        (src / room / "lines.cc").write_text("\n" * 100)
    (src / "net/lines.cc").write_text("\n" * 500)
    wrong = check_rooms.check_sizes(src)
    assert any(sentence.startswith("net/ holds 55.6 % of the lines") for sentence in wrong), wrong
