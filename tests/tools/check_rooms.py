"""Checks that the table of rooms in docs/architecture.md is the tree as it is: each room with its units
and the rooms it includes from, floors that only ever go down, and no room that has become a hall.

A row is `| floor | room/ | unit, unit, … | room room … |`; a unit is a file without its suffix. "all"
stands for every room on a lower floor. bittorrent/ and base/, on which everything stands, are left out
of the last column.
"""

import re

from rooms import GROUND, ROOMS

ROW = re.compile(r"^\| *(\d+) *\| *`?([a-z_/]+?)/?`? *\| *(.*?) *\| *(.*?) *\|$", re.M)
LARGEST_SHARE = 0.15


def rows_of(page):
    """{room: (floor, units, rooms it includes from)} as the page says."""
    rows = {}
    for floor, room, units, below in ROW.findall(page):
        rows[room] = (int(floor), set(re.findall(r"\w+", units)), below.replace("/ ", " ").split())
    return rows


def units_in(src, room):
    folder = src / room
    return {path.stem for path in folder.glob("*") if path.suffix in {".h", ".cc"}}


def outermost(rooms):
    """Without the ground, and without the rooms inside a room that is among them."""
    return {room for room in rooms - GROUND if room.split("/")[0] not in rooms - {room}}


def check_row(src, room, rows):
    """What is wrong with the page's row for this room, as sentences."""
    floor, named, below = rows[room]
    there = units_in(src, room)
    wrong = []
    if missing := there - named:
        wrong.append(f"{room}/ has {', '.join(sorted(missing))}, which the table does not name")
    if gone := named - there:
        wrong.append(f"{room}/ has no {', '.join(sorted(gone))}")
    allowed = outermost(ROOMS[room] & set(rows) - {room})
    lower = outermost({other for other, row in rows.items() if row[0] < floor})
    said = lower if below == ["all"] else {name.strip("/") for name in below}
    if said != allowed:
        wrong.append(f"{room}/ may include {sorted(allowed)}, the table says {sorted(said)}")
    for other in sorted(allowed):
        if rows[other][0] >= floor and not other.startswith(room.split("/")[0] + "/"):
            wrong.append(f"{room}/ on floor {floor} includes up: {other}/ is on {rows[other][0]}")
    return wrong


def check_sizes(src):
    """The rooms with more than their share of the lines; a folder counts what is inside it, too."""
    lines = {}
    for path in src.rglob("*"):
        if path.suffix in {".h", ".cc"}:
            room = path.relative_to(src).parts[0]
            lines[room] = lines.get(room, 0) + path.read_text(encoding="utf-8").count("\n")
    whole = sum(lines.values())
    return [
        f"{room}/ holds {100 * count / whole:.1f} % of the lines; at most {LARGEST_SHARE:.0%} may be"
        for room, count in sorted(lines.items())
        if count > LARGEST_SHARE * whole
    ]


def check_rooms(src, page):
    """All that is wrong between the page's table and the tree, as sentences."""
    rows = rows_of(page)
    folders = {str(path.relative_to(src)) for path in src.rglob("*") if path.is_dir()}
    wrong = [f"the table names {room}/, which is no folder" for room in sorted(set(rows) - folders)]
    wrong += [f"the table does not name {room}/" for room in sorted(folders - set(rows))]
    for room in sorted(folders & set(rows) & set(ROOMS)):
        wrong += check_row(src, room, rows)
    return wrong + check_sizes(src)
