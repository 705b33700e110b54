"""The rings of every face, its shell and its holes, and the face on each side of a border."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from gis.arrangement.compiled import compiled
from gis.arrangement.exact import turn
from gis.arrangement.parts import faces_around, parts
from gis.arrangement.walks import earlier, lowest_between, walks
from gis.model.arrangement import OUTSIDE

if TYPE_CHECKING:
    from gis.model.arrangement import IntArray


@dataclass(frozen=True, slots=True)
class FaceRings:
    """The rings of every bounded face.

    Parameters
    ----------
    face_of_side
        Face on the left of each side (:mod:`gis.arrangement.walks`), or ``OUTSIDE``; shape (2b,).
    ring_offsets, ring_sides
        Sides of ring i in order: ``ring_sides[ring_offsets[i]:ring_offsets[i + 1]]``. No ring
        passes a point twice: holes that touch the shell, or each other, are rings of their own.
    face_rings
        Rings of face i: ``face_rings[i]`` up to ``face_rings[i + 1]``, the shell, which runs
        counter-clockwise, first.
    """

    face_of_side: IntArray
    ring_offsets: IntArray
    ring_sides: IntArray
    face_rings: IntArray


def face_rings(offsets: IntArray, x: IntArray, y: IntArray, node: IntArray) -> FaceRings:
    """Find the faces that borders enclose.

    Parameters
    ----------
    offsets, x, y, node
        Borders in their order (:class:`gis.arrangement.chains.Chains`).

    Returns
    -------
    rings
        Faces in the order of the first point of their shell, then of the point after it.
    """
    walked = walks(offsets, x, y, node)
    connected = parts(offsets, x, y, walked)
    is_outer = np.zeros(len(walked.first_x), dtype=bool)
    is_outer[connected.outer_walk] = True
    shells = np.flatnonzero(~is_outer)
    order = np.lexsort(
        tuple(key[shells] for key in (walked.next_y, walked.next_x, walked.first_y, walked.first_x))
    )
    face_of_walk = np.full(len(is_outer), OUTSIDE, dtype=np.int64)
    face_of_walk[shells[order]] = np.arange(len(shells))
    face_of_walk[connected.outer_walk] = faces_around(
        connected.facing, connected.of_border, walked.walk, face_of_walk, is_outer
    )
    ring_offsets, ring_sides, offsets_of_faces = _listed(
        np.argsort(face_of_walk, kind="stable"), face_of_walk, is_outer,
        walked.first_side, walked.following, walked.node, offsets, x, y,
    )  # fmt: skip
    return FaceRings(face_of_walk[walked.walk], ring_offsets, ring_sides, offsets_of_faces)


@compiled
def _listed(
    by_face: IntArray,
    face_of_walk: IntArray,
    is_outer: IntArray,
    first_side: IntArray,
    following: IntArray,
    node: IntArray,
    offsets: IntArray,
    x: IntArray,
    y: IntArray,
) -> tuple[IntArray, IntArray, IntArray]:
    """List the simple rings of every face, its shell first."""
    faces = 0
    for ring in range(len(face_of_walk)):
        faces = max(faces, face_of_walk[ring] + 1)
    ring_offsets = np.zeros(len(following) + 1, dtype=np.int64)
    sides = np.empty(len(following), dtype=np.int64)
    face_rings = np.zeros(faces + 1, dtype=np.int64)
    stack = np.empty(len(following), dtype=np.int64)
    nodes = node.max() + 1 if len(node) else 0
    place = np.full(nodes, -1, dtype=np.int64)  # of each node on the stack
    rings = 0
    begin = 0
    while begin < len(by_face):
        face = face_of_walk[by_face[begin]]
        end = begin
        while end < len(by_face) and face_of_walk[by_face[end]] == face:
            end += 1
        if face != OUTSIDE:
            for holes in range(2):
                for position in range(begin, end):
                    ring = by_face[position]
                    if is_outer[ring] == (holes == 1):
                        shell = rings
                        rings = _parted(
                            first_side[ring],
                            following,
                            node,
                            stack,
                            place,
                            ring_offsets,
                            sides,
                            rings,
                        )
                        if holes == 0 and rings > shell + 1:
                            _shell_first(shell, rings, ring_offsets, sides, offsets, x, y)
            face_rings[face + 1] = rings
        begin = end
    return ring_offsets[: rings + 1].copy(), sides[: ring_offsets[rings]].copy(), face_rings


@compiled
def _parted(
    first: int,
    following: IntArray,
    node: IntArray,
    stack: IntArray,
    place: IntArray,
    ring_offsets: IntArray,
    sides: IntArray,
    rings: int,
) -> int:
    """Write a walk around a face as rings that pass no node twice; return how many there are."""
    held = 0
    side = first
    while True:
        if place[node[side]] >= 0:
            held, rings = _taken_off(
                place[node[side]], held, stack, node, place, ring_offsets, sides, rings
            )
        place[node[side]] = held
        stack[held] = side
        held += 1
        side = following[side]
        if side == first:
            break
    _, rings = _taken_off(0, held, stack, node, place, ring_offsets, sides, rings)
    return rings


@compiled
def _taken_off(
    down_to: int,
    held: int,
    stack: IntArray,
    node: IntArray,
    place: IntArray,
    ring_offsets: IntArray,
    sides: IntArray,
    rings: int,
) -> tuple[int, int]:
    """Write what is on the stack from one place on as a ring; return what is left and the count."""
    write = ring_offsets[rings]
    for position in range(down_to, held):
        sides[write] = stack[position]
        place[node[stack[position]]] = -1
        write += 1
    ring_offsets[rings + 1] = write
    return down_to, rings + 1


@compiled
def _shell_first(
    begin: int,
    end: int,
    ring_offsets: IntArray,
    sides: IntArray,
    offsets: IntArray,
    x: IntArray,
    y: IntArray,
) -> None:
    """Move the one ring of several that runs counter-clockwise before the others."""
    for ring in range(begin, end):
        if not _is_counter_clockwise(
            sides[ring_offsets[ring] : ring_offsets[ring + 1]], offsets, x, y
        ):
            continue
        shell = sides[ring_offsets[ring] : ring_offsets[ring + 1]].copy()
        for other in range(ring, begin, -1):
            size = ring_offsets[other] - ring_offsets[other - 1]
            write = ring_offsets[other + 1] - size
            for at in range(size - 1, -1, -1):
                sides[write + at] = sides[ring_offsets[other - 1] + at]
            ring_offsets[other] = write
        sides[ring_offsets[begin] : ring_offsets[begin] + len(shell)] = shell
        return


@compiled
def _is_counter_clockwise(ring: IntArray, offsets: IntArray, x: IntArray, y: IntArray) -> bool:
    """Tell how a simple ring runs from the turn at its first point in the order of x, then y."""
    best_side, best = -1, -1
    for position in range(len(ring)):
        begin, end = offsets[ring[position] >> 1], offsets[(ring[position] >> 1) + 1]
        # a side's last point belongs to the side after it
        if ring[position] & 1:
            at = lowest_between(x, y, begin + 1, end)
        else:
            at = lowest_between(x, y, begin, end - 1)
        if best < 0 or earlier(at, best, x, y):
            best_side, best = position, at
    side = ring[best_side]
    begin, end = offsets[side >> 1], offsets[(side >> 1) + 1] - 1
    backwards = side & 1
    after = best - 1 if backwards else best + 1
    if best == (end if backwards else begin):
        side = ring[best_side - 1]
        before = offsets[side >> 1] + 1 if side & 1 else offsets[(side >> 1) + 1] - 2
    else:
        before = best + 1 if backwards else best - 1
    return turn(x[before], y[before], x[best], y[best], x[after], y[after]) > 0
