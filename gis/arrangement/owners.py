"""Which covers lie over each face, found by walking over borders from the outside in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from gis.arrangement.compiled import compiled
from gis.model.arrangement import OUTSIDE

if TYPE_CHECKING:
    from gis.arrangement.chains import Chains
    from gis.arrangement.fragments import TinyArray
    from gis.arrangement.rings import FaceRings
    from gis.arrangement.skeleton import ShortArray
    from gis.model.arrangement import IntArray


@dataclass(frozen=True, slots=True)
class Owners:
    """The covers over each face.

    Parameters
    ----------
    offsets, cover
        Covers of face i, ascending: ``cover[offsets[i]:offsets[i + 1]]``.
    windings
        Of the few faces where the rings of some cover go round more than once, or clockwise: every
        cover with how many times its rings go round, counter-clockwise.
    """

    offsets: IntArray
    cover: IntArray
    windings: dict[int, tuple[IntArray, IntArray]]


def owners(borders: Chains, rings: FaceRings) -> Owners:
    """Return the covers over each face.

    Crossing a border adds what its labels state to the covers on the near side. A cover owns a
    face if its rings go round it at least once, counter-clockwise.
    """
    begin, held, cover, times = _walked(
        np.flatnonzero(rings.face_of_side == OUTSIDE),
        rings.face_of_side, rings.ring_offsets, rings.ring_sides, rings.face_rings,
        borders.label_offsets, borders.label_cover, borders.label_net,
    )  # fmt: skip
    return packed(begin, held, cover, times)


@compiled
def _walked(
    outward: IntArray,
    face_of_side: IntArray,
    ring_offsets: IntArray,
    ring_sides: IntArray,
    face_rings: IntArray,
    label_offsets: IntArray,
    label_cover: ShortArray,
    label_net: TinyArray,
) -> tuple[IntArray, IntArray, ShortArray, ShortArray]:
    """Give each face a list of covers and how many times each goes round it."""
    faces = len(face_rings) - 1
    begin = np.full(faces + 1, -1, dtype=np.int64)  # the last one is the outside
    held = np.zeros(faces + 1, dtype=np.int64)
    begin[faces] = 0
    cover = np.empty(2 * len(label_cover) + 64, dtype=np.int32)
    times = np.empty(len(cover), dtype=np.int32)
    write = 0
    queue = np.empty(faces + 1, dtype=np.int64)
    queue[0] = OUTSIDE
    head, tail = 0, 1
    while head < tail:
        near = queue[head]
        head += 1
        if near == OUTSIDE:
            sides = outward
        else:
            first, last = ring_offsets[face_rings[near]], ring_offsets[face_rings[near + 1]]
            sides = ring_sides[first:last]
        for side in sides:
            face = face_of_side[side ^ 1]
            if face == OUTSIDE or begin[face] >= 0:
                continue
            needed = write + held[near] + label_offsets[(side >> 1) + 1] - label_offsets[side >> 1]
            if needed > len(cover):
                cover, times = with_room(cover, times, write, 2 * needed)
            write = crossed(
                side, near, face, begin, held, cover, times, write,
                label_offsets, label_cover, label_net,
            )  # fmt: skip
            queue[tail] = face
            tail += 1
    return begin[:faces], held[:faces], cover, times


@compiled
def with_room(
    cover: ShortArray, times: ShortArray, used: int, size: int
) -> tuple[ShortArray, ShortArray]:
    """Return the two lists with room for more."""
    longer_cover = np.empty(size, dtype=np.int32)
    longer_times = np.empty(size, dtype=np.int32)
    longer_cover[:used], longer_times[:used] = cover[:used], times[:used]
    return longer_cover, longer_times


@compiled
def crossed(
    side: int,
    near: int,
    far: int,
    begin: IntArray,
    held: IntArray,
    cover: ShortArray,
    times: ShortArray,
    write: int,
    label_offsets: IntArray,
    label_cover: ShortArray,
    label_net: TinyArray,
) -> int:
    """Write the list of the face beyond a side, merged of two sorted lists; return its end."""
    border = side >> 1
    # the near face is on the left of the side: going over takes away what is more on its left
    sign = 1 if side & 1 else -1
    first, first_end = begin[near], begin[near] + held[near]
    second, second_end = label_offsets[border], label_offsets[border + 1]
    begin[far] = write
    while first < first_end or second < second_end:
        if second >= second_end or (first < first_end and cover[first] < label_cover[second]):
            cover[write], times[write] = cover[first], times[first]
            first += 1
            write += 1
            continue
        number = sign * label_net[second]
        of = label_cover[second]
        second += 1
        if first < first_end and cover[first] == of:
            number += times[first]
            first += 1
        if number != 0:
            cover[write], times[write] = of, number
            write += 1
    held[far] = write - begin[far]
    return write


def packed(begin: IntArray, held: IntArray, cover: ShortArray, times: ShortArray) -> Owners:
    """Return lists of covers and times that lie anywhere in two arrays as owners."""
    offsets, owning, odd = _packed(begin, held, cover, times)
    windings = {
        face: (
            cover[begin[face] : begin[face] + held[face]].astype(np.int64),
            times[begin[face] : begin[face] + held[face]].astype(np.int64),
        )
        for face in odd.tolist()
    }
    return Owners(offsets, owning, windings)


@compiled
def _packed(
    begin: IntArray, held: IntArray, cover: ShortArray, times: ShortArray
) -> tuple[IntArray, IntArray, IntArray]:
    offsets = np.zeros(len(begin) + 1, dtype=np.int64)
    owning = np.empty(held.sum(), dtype=np.int64)
    odd = np.zeros(len(begin), dtype=np.bool_)
    write = 0
    for face in range(len(begin)):
        for at in range(begin[face], begin[face] + held[face]):
            if times[at] != 1:
                odd[face] = True
            if times[at] > 0:
                owning[write] = cover[at]
                write += 1
        offsets[face + 1] = write
    return offsets, owning[:write].copy(), np.flatnonzero(odd)
