"""The faces that take the place of open ones, traced among the borders around them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from gis.arrangement.chains import Chains
from gis.arrangement.compiled import compiled
from gis.arrangement.owners import Owners, crossed, packed, with_room
from gis.arrangement.parts import sides_to_the_west
from gis.arrangement.rings import face_rings
from gis.arrangement.skeleton import distinct
from gis.arrangement.splicing import comes_before, spliced
from gis.model.arrangement import OUTSIDE

if TYPE_CHECKING:
    from gis.arrangement.arrangement import Arrangement
    from gis.arrangement.fragments import TinyArray
    from gis.arrangement.skeleton import ShortArray
    from gis.model.arrangement import BoolArray, IntArray


@dataclass(frozen=True, slots=True)
class Renewal:
    """New faces, and the faces beside the borders around them.

    Its borders are the fresh ones, followed by ``beside``.

    Parameters
    ----------
    beside
        Kept borders with an open face on one side or both.
    face_of_side, is_open
        New face on the left of each side, or ``OUTSIDE``; and whether it is one: on the other sides
        everything stays as it was.
    ring_offsets, ring_sides, face_rings
        Rings of the new faces (:class:`gis.arrangement.rings.FaceRings`).
    keys
        What orders the new faces: first point of the shell, and the point after it; shape (n, 4).
    owners
        Covers over each.
    """

    beside: IntArray
    face_of_side: IntArray
    is_open: BoolArray
    ring_offsets: IntArray
    ring_sides: IntArray
    face_rings: IntArray
    keys: IntArray
    owners: Owners


def renewed_faces(
    arrangement: Arrangement, open_borders: BoolArray, open_faces: BoolArray, fresh: Chains
) -> Renewal:
    """Trace the faces that take the place of the open ones.

    Parameters
    ----------
    arrangement
        As it was.
    open_borders
        Borders that the fresh ones replace, shape (b,).
    open_faces
        Faces to be traced anew, the last entry for what lies outside; shape (f + 1,).
    fresh
        The fresh borders.
    """
    left, right = arrangement.left, arrangement.right
    beside = np.flatnonzero(~open_borders & (open_faces[left] | open_faces[right]))
    among = _borders_around(arrangement, fresh, beside)
    count = 2 * (len(fresh.offsets) - 1)
    was = np.concatenate(
        [np.full(count, OUTSIDE), np.column_stack([left[beside], right[beside]]).ravel()]
    )
    is_open = open_faces[was]
    is_open[:count] = True
    face_of_side, ring_offsets, ring_sides, rings = _traced(among)
    faces = np.flatnonzero(is_open[ring_sides[ring_offsets[rings[:-1]]]])
    number = np.full(len(rings), OUTSIDE)
    number[faces] = np.arange(len(faces))
    _, chosen = spliced(faces, (rings, np.arange(len(ring_offsets) - 1)), _NOTHING)
    rings = np.concatenate([[0], np.cumsum(np.diff(rings)[faces])])
    ring_offsets, ring_sides = spliced(chosen, (ring_offsets, ring_sides), _NOTHING)
    face_of_side = np.where(is_open, number[face_of_side], OUTSIDE)
    return Renewal(
        beside=beside,
        face_of_side=face_of_side,
        is_open=is_open,
        ring_offsets=ring_offsets,
        ring_sides=ring_sides,
        face_rings=rings,
        keys=_shell_keys(
            rings, ring_offsets, signed(ring_sides), among.offsets,
            np.column_stack([among.x, among.y]),
        ),
        owners=_owners(
            arrangement, among, face_of_side, is_open, was, ring_offsets, ring_sides, rings
        ),
    )  # fmt: skip


_NOTHING = (np.zeros(1, dtype=np.int64), np.zeros(0, dtype=np.int64))


def signed(sides: IntArray) -> IntArray:
    """Return sides as borders, ~border where they are walked backwards."""
    return np.where(sides % 2 == 0, sides // 2, ~(sides // 2))


def _borders_around(arrangement: Arrangement, fresh: Chains, beside: IntArray) -> Chains:
    """Return fresh borders followed by some that are kept."""
    points, offsets = arrangement.border_path(beside)
    x, y = (np.concatenate([own, points[:, at]]) for at, own in enumerate((fresh.x, fresh.y)))
    offsets = np.concatenate([fresh.offsets, offsets[1:] + fresh.offsets[-1]])
    labels = arrangement.label_offsets
    cover_offsets, cover = spliced(beside, (labels, arrangement.label_cover), _NOTHING)
    _, net = spliced(beside, (labels, arrangement.label_net), _NOTHING)
    ends = np.column_stack([offsets[:-1], offsets[1:] - 1]).ravel()
    node = distinct(x[ends], y[ends])[0].astype(np.int64) if len(ends) else ends
    return Chains(
        offsets,
        x,
        y,
        node,
        np.concatenate([fresh.label_offsets, cover_offsets[1:] + fresh.label_offsets[-1]]),
        np.concatenate([fresh.label_cover, cover]),
        np.concatenate([fresh.label_net, net]),
    )


def _traced(among: Chains) -> tuple[IntArray, IntArray, IntArray, IntArray]:
    """Return the parts of :class:`FaceRings` for borders in any order."""
    start = among.offsets[:-1]
    # rings of one face are told in the order of their borders, which is that of first points
    order = np.lexsort((among.y[start + 1], among.x[start + 1], among.y[start], among.x[start]))
    offsets, points = spliced(
        order, (among.offsets, np.column_stack([among.x, among.y])), (_NOTHING[0], _NO_POINTS)
    )
    found = face_rings(
        offsets,
        np.ascontiguousarray(points[:, 0]),
        np.ascontiguousarray(points[:, 1]),
        among.node.reshape(-1, 2)[order].ravel(),
    )
    faces = np.empty((len(order), 2), dtype=np.int64)
    faces[order] = found.face_of_side.reshape(-1, 2)
    sides = 2 * order[found.ring_sides // 2] + found.ring_sides % 2
    return faces.ravel(), found.ring_offsets, sides, found.face_rings


_NO_POINTS = np.zeros((0, 2), dtype=np.int64)


def _owners(
    arrangement: Arrangement,
    among: Chains,
    face_of_side: IntArray,
    is_open: BoolArray,
    was: IntArray,
    ring_offsets: IntArray,
    ring_sides: IntArray,
    rings: IntArray,
) -> Owners:
    """Return the covers over the new faces, from what is known of those around them."""
    count = len(rings) - 1
    known = np.unique(was[~is_open & (was != OUTSIDE)])
    # lists of new faces, then that of the outside, which is empty, then those of known faces
    lists = np.where(is_open, face_of_side, count + 1 + np.searchsorted(known, was))
    lists[(is_open & (face_of_side == OUTSIDE)) | (~is_open & (was == OUTSIDE))] = count
    offsets, cover = spliced(known, (arrangement.owner_offsets, arrangement.owners), _NOTHING)
    times = np.ones(len(cover), dtype=np.int64)
    for at, face in enumerate(known.tolist()):
        if face in arrangement.windings:
            odd_cover, odd_times = arrangement.windings[face]
            before, after = offsets[at], offsets[at + 1]
            cover = np.concatenate([cover[:before], odd_cover, cover[after:]])
            times = np.concatenate([times[:before], odd_times, times[after:]])
            offsets[at + 1 :] += len(odd_cover) - (after - before)
    return packed(
        *_walked_from(
            count, lists, offsets, cover.astype(np.int32), times.astype(np.int32),
            ring_offsets, ring_sides, rings,
            among.label_offsets, among.label_cover, among.label_net,
        )
    )  # fmt: skip


@compiled
def _walked_from(
    count: int,
    lists: IntArray,
    known_offsets: IntArray,
    known_cover: ShortArray,
    known_times: ShortArray,
    ring_offsets: IntArray,
    ring_sides: IntArray,
    face_rings: IntArray,
    label_offsets: IntArray,
    label_cover: ShortArray,
    label_net: TinyArray,
) -> tuple[IntArray, IntArray, ShortArray, ShortArray]:
    """Give each new face a list of covers and how many times each goes round it."""
    known = len(known_offsets) - 1
    begin = np.full(count + 1 + known, -1, dtype=np.int64)
    held = np.zeros(count + 1 + known, dtype=np.int64)
    begin[count] = 0
    begin[count + 1 :] = known_offsets[:-1]
    held[count + 1 :] = known_offsets[1:] - known_offsets[:-1]
    write = len(known_cover)
    cover = np.empty(2 * (write + len(label_cover)) + 64, dtype=np.int32)
    times = np.empty(len(cover), dtype=np.int32)
    cover[:write], times[:write] = known_cover, known_times
    queue = np.empty(count, dtype=np.int64)
    head, tail = 0, 0
    seeds = 0
    while seeds < len(lists) or head < tail:
        if head == tail:
            # from a known face over one of its borders
            side = seeds
            seeds += 1
            if lists[side] < count:
                continue
            sides = np.full(1, side)
        else:
            face = queue[head]
            head += 1
            sides = ring_sides[ring_offsets[face_rings[face]] : ring_offsets[face_rings[face + 1]]]
        for side in sides:
            near, far = lists[side], lists[side ^ 1]
            if far >= count or begin[far] >= 0:
                continue
            needed = write + held[near] + label_offsets[(side >> 1) + 1] - label_offsets[side >> 1]
            if needed > len(cover):
                cover, times = with_room(cover, times, write, 2 * needed)
            write = crossed(
                side, near, far, begin, held, cover, times, write,
                label_offsets, label_cover, label_net,
            )  # fmt: skip
            queue[tail] = far
            tail += 1
    return begin[:count], held[:count], cover, times


@compiled
def _shell_key(
    face: int,
    face_rings: IntArray,
    ring_offsets: IntArray,
    ring_borders: IntArray,
    border_offsets: IntArray,
    points: IntArray,
) -> tuple[int, int, int, int]:
    """Return the first point of a shell, in the order of x, then y, and the point after it."""
    best, after = -1, -1
    ring = face_rings[face]
    for at in range(ring_offsets[ring], ring_offsets[ring + 1]):
        border = ring_borders[at]
        forwards = border >= 0
        if not forwards:
            border = ~border
        begin, end = border_offsets[border], border_offsets[border + 1] - 1
        for position in range(begin, end) if forwards else range(end, begin, -1):
            if best < 0 or (
                points[position, 0] < points[best, 0]
                or (
                    points[position, 0] == points[best, 0] and points[position, 1] < points[best, 1]
                )
            ):
                best, after = position, position + 1 if forwards else position - 1
    return points[best, 0], points[best, 1], points[after, 0], points[after, 1]


@compiled
def _shell_keys(
    face_rings: IntArray,
    ring_offsets: IntArray,
    ring_borders: IntArray,
    border_offsets: IntArray,
    points: IntArray,
) -> IntArray:
    keys = np.empty((len(face_rings) - 1, 4), dtype=np.int64)
    for face in range(len(keys)):
        px, py, qx, qy = _shell_key(
            face, face_rings, ring_offsets, ring_borders, border_offsets, points
        )
        keys[face, 0], keys[face, 1], keys[face, 2], keys[face, 3] = px, py, qx, qy
    return keys


def rank_of_faces(arrangement: Arrangement, keys: IntArray) -> IntArray:
    """Return how many faces come before each new one, told by its key."""
    return _rank_of_faces(
        keys, arrangement.face_rings, arrangement.ring_offsets, arrangement.ring_borders,
        arrangement.border_offsets, arrangement.border_points,
    )  # fmt: skip


@compiled
def _rank_of_faces(
    keys: IntArray,
    face_rings: IntArray,
    ring_offsets: IntArray,
    ring_borders: IntArray,
    border_offsets: IntArray,
    points: IntArray,
) -> IntArray:
    ranks = np.empty(len(keys), dtype=np.int64)
    held = np.empty(4, dtype=np.int64)
    for at in range(len(keys)):
        low, high = 0, len(face_rings) - 1
        while low < high:
            middle = (low + high) // 2
            held[0], held[1], held[2], held[3] = _shell_key(
                middle, face_rings, ring_offsets, ring_borders, border_offsets, points
            )
            if comes_before(held, keys[at]):
                low = middle + 1
            else:
                high = middle
        ranks[at] = low
    return ranks


def face_at(arrangement: Arrangement, x: int, y: int) -> int:
    """Return the face that holds a point of the grid on no border, or ``OUTSIDE``."""
    bounds = arrangement.border_bounds
    candidates = np.flatnonzero((bounds[:, 1] <= y) & (bounds[:, 3] > y) & (bounds[:, 0] < x))
    points, offsets = arrangement.border_path(candidates)
    (side,) = sides_to_the_west(
        offsets,
        np.ascontiguousarray(points[:, 0]),
        np.ascontiguousarray(points[:, 1]),
        np.array([x]),
        np.array([y]),
    )
    if side < 0:
        return OUTSIDE
    of_side = arrangement.right if side % 2 else arrangement.left
    return int(of_side[candidates[side // 2]])
