"""What lies around places: neighbours with the border they share, the limit, faces across it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from gis.model.arrangement import OUTSIDE
from gis.model.packed import distinct_pairs

if TYPE_CHECKING:
    from gis.arrangement.partition import Partition
    from gis.findings.places import Places
    from gis.model.arrangement import FloatArray, IntArray

#: In place of a body: the limit of the jurisdiction.
LIMIT = -1


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What borders each of some places that do not overlap.

    Parameters
    ----------
    place, body, shared_m
        Metres of border that each place shares with each body next to it, or with
        :data:`LIMIT`; by place, then by falling ``shared_m``.
    across_place, across_face
        Pairs of each place and the faces of the jurisdiction across its border, sorted.
    """

    place: IntArray
    body: IntArray
    shared_m: FloatArray
    across_place: IntArray
    across_face: IntArray


def surroundings(partition: Partition, found: Places) -> Surroundings:
    """Measure the border that each place shares with each body that leads next to it."""
    arrangement, answer = partition.arrangement, found.answer
    # the last entry is that of the outside, which is no place and not inside
    place_of = np.full(len(arrangement) + 1, -1, dtype=np.int64)
    place_of[found.faces.items] = found.of_item
    inside = np.append(partition.inside, False)
    near = np.concatenate([arrangement.left, arrangement.right])
    beyond = np.concatenate([arrangement.right, arrangement.left])
    rim = np.flatnonzero((place_of[near] >= 0) & (place_of[near] != place_of[beyond]))
    place, face = place_of[near[rim]], beyond[rim]
    metres = partition.lengths_m(rim % len(arrangement.left))
    limit = (face == OUTSIDE) | ~inside[face]
    led = np.flatnonzero(~limit)
    position, body = answer.sets.members.listed(answer.leads[face[led]])
    shared_place, shared_body, shared_m = _summed(
        np.concatenate([place[limit], place[led][position]]),
        np.concatenate([np.full(int(limit.sum()), LIMIT), body]),
        np.concatenate([metres[limit], metres[led][position]]),
        len(answer.sets.names),
    )
    order = np.lexsort((shared_body, -shared_m, shared_place))
    across_place, across_face = distinct_pairs(place[led], face[led], len(arrangement))
    return Surroundings(
        place=shared_place[order],
        body=shared_body[order],
        shared_m=shared_m[order],
        across_place=across_place,
        across_face=across_face,
    )


def _summed(
    place: IntArray, body: IntArray, metres: FloatArray, n_bodies: int
) -> tuple[IntArray, IntArray, FloatArray]:
    """Add up metres by place and body."""
    # the limit is one less than the first body
    key, which = np.unique(place * (n_bodies + 1) + body - LIMIT, return_inverse=True)
    total = np.bincount(which, weights=metres, minlength=len(key)).astype(np.float64)
    return key // (n_bodies + 1), key % (n_bodies + 1) + LIMIT, total
