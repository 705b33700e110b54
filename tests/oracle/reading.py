"""An arrangement's arrays, told in the words of the exact one, and what differs between the two."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise
from typing import TYPE_CHECKING

from tests.oracle.snap_rounding import (
    OUTSIDE,
    ExactArrangement,
    Face,
    Fragment,
    Point,
    doubled_area_of,
)

if TYPE_CHECKING:
    from gis.model.arrangement import Arrangement


def rows(offsets, values) -> list[list]:
    """Return the rows that offsets cut values into."""
    values = values.tolist()
    return [values[start:stop] for start, stop in pairwise(offsets.tolist())]


def chains(arrangement: Arrangement) -> list[list[Point]]:
    """Return the points of each border."""
    points = rows(arrangement.border_offsets, arrangement.border_points)
    return [[(x, y) for x, y in chain] for chain in points]


def rings(arrangement: Arrangement) -> list[list[Point]]:
    """Return the points of each ring, closed; borders must follow on one another."""
    borders = chains(arrangement)
    found = []
    for ring in rows(arrangement.ring_offsets, arrangement.ring_borders):
        ways = [borders[k] if k >= 0 else borders[~k][::-1] for k in ring]
        points = [ways[0][0]]
        for way in ways:
            assert way[0] == points[-1], "each border of a ring begins where the last one ended"
            points += way[1:]
        assert points[0] == points[-1], "a ring is closed"
        found.append(points)
    return found


def rings_of_faces(arrangement: Arrangement) -> list[list[list[Point]]]:
    """Return the rings of each face, the shell first."""
    found = rings(arrangement)
    assert arrangement.face_rings[0] == 0
    assert arrangement.face_rings[-1] == len(found)
    return [found[start:stop] for start, stop in pairwise(arrangement.face_rings.tolist())]


def as_exact(arrangement: Arrangement) -> ExactArrangement:
    """Return the fragments and faces that an arrangement's arrays speak of."""
    owners = [frozenset(row) for row in rows(arrangement.owner_offsets, arrangement.owners)]
    faces = tuple(
        Face(owned, sum(doubled_area_of(ring) for ring in found), len(found) - 1)
        for owned, found in zip(owners, rings_of_faces(arrangement), strict=True)
    )
    neighbours: dict[Fragment, tuple[int, int]] = {}
    sides = arrangement.left.tolist(), arrangement.right.tolist()
    for chain, left, right in zip(chains(arrangement), *sides, strict=True):
        for start, end in pairwise(chain):
            assert start != end, "two points of a border that follow on one another differ"
            forwards = start < end
            where = (start, end) if forwards else (end, start)
            assert where not in neighbours, f"{where} stands in two borders"
            neighbours[where] = (left, right) if forwards else (right, left)
    nobody: frozenset[int] = frozenset()
    owners_of = {where: tuple(nobody if n == OUTSIDE else owners[n] for n in beside)
                 for where, beside in neighbours.items()}  # fmt: skip
    return ExactArrangement(owners_of, neighbours, faces)


def differences(expected: ExactArrangement, found: ExactArrangement) -> list[str]:
    """Return a sentence for each thing in which two arrangements differ."""
    told = [
        f"{where}: expected {expected.sides.get(where)}, found {found.sides.get(where)}"
        for where in sorted(expected.sides.keys() | found.sides.keys())
        if expected.sides.get(where) != found.sides.get(where)
    ]
    wanted, got = Counter(expected.faces), Counter(found.faces)
    told += [f"missing: {face} {n} times" for face, n in (wanted - got).items()]
    told += [f"too many: {face} {n} times" for face, n in (got - wanted).items()]
    if told:
        return told
    # the same faces on the same sides of every fragment, whatever their numbers
    pairs = {
        pair
        for where, beside in expected.neighbours.items()
        for pair in zip(beside, found.neighbours[where], strict=True)
    }
    for ours, theirs in pairs:
        if (ours == OUTSIDE) != (theirs == OUTSIDE):
            told.append(f"face {ours} is {theirs}: one of them is the outside")
        elif ours != OUTSIDE and expected.faces[ours] != found.faces[theirs]:
            told.append(f"expected {expected.faces[ours]}, found {found.faces[theirs]}")
    for side in (0, 1):
        if len({pair[side] for pair in pairs}) != len(pairs):
            told.append("a face of the one is several faces of the other")
    return told
