"""Stretches of lanes that one question leaves wanting: unowned, or along a border of two leads."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from gis.arrangement.bands import beside, spans
from gis.arrangement.compiled import compiled
from gis.duty.body_sets import NOBODY
from gis.findings.intervals import Intervals, runs
from gis.findings.near_borders import RUN_IN_TOLERANCES
from gis.model.packed import Packed, distinct_pairs, run_starts
from gis.model.vocabulary import GAP_STANDINGS

if TYPE_CHECKING:
    from gis.arrangement.partition import Partition
    from gis.duty.standing import Standings
    from gis.findings.lane_network import LaneNetwork
    from gis.findings.near_borders import NearBorders
    from gis.model.arrangement import BoolArray, FloatArray, IntArray


@dataclass(frozen=True, slots=True)
class Stretches:
    """Parts of lanes.

    Parameters
    ----------
    lane
        Lane of each, shape (k,); ascending.
    from_m, to_m
        From which metre of the lane to which, shape (k,).
    left, right
        Who leads on either side, looking along the lane: positions of sets of bodies, ``NOBODY``
        where the stretch is unowned; shape (k,).
    """

    lane: IntArray
    from_m: FloatArray
    to_m: FloatArray
    left: IntArray
    right: IntArray

    def __len__(self) -> int:
        """Return the number of stretches."""
        return len(self.lane)

    def faces(self, network: LaneNetwork) -> Packed:
        """Return the faces that each lies in or along, ascending."""
        at, which = pieces_of(network, self.lane)
        stretch, piece, _ = Intervals(self.lane, self.from_m, self.to_m).common(at)
        face = network.pieces.face[which[piece]]
        return Packed.of_pairs(
            *distinct_pairs(stretch, face, int(face.max(initial=0)) + 1), len(self)
        )


def unowned(
    network: LaneNetwork, answer: Standings, accuracy_m: FloatArray, assumed_m: float
) -> Stretches:
    """Find the stretches that lie in or along gaps only.

    Those that are shorter than the tolerance of their lane, beside the least accurate claim that it
    meets, are left out.

    Parameters
    ----------
    network
        The lanes.
    answer
        How the faces stand.
    accuracy_m
        The largest accuracy of the claims that lead each face, NaN where none does; shape (f,).
    assumed_m
        Accuracy where a lane meets no claim that leads.
    """
    gap = answer.among(GAP_STANDINGS)
    lane, face = network.pieces.lane, network.pieces.face
    at, which = pieces_of(network, lane[gap[face]])
    face = face[which]
    least = np.full(len(network.tolerances.accuracy_m), np.nan)
    np.fmax.at(least, at.line, accuracy_m[face])
    least[np.isnan(least)] = assumed_m
    found = at.joined(network.bend_m).without(at.only(~gap[face]).joined(network.bend_m))
    tolerance = network.tolerances.of(found.line, least[found.line])
    found = found.only(found.end - found.start >= tolerance)
    nobody = np.full(len(found), NOBODY)
    return Stretches(found.line, found.start, found.end, nobody, nobody)


def pieces_of(network: LaneNetwork, lanes: IntArray) -> tuple[Intervals, IntArray]:
    """Return where some lanes lie inside the jurisdiction, and the pieces that this is of."""
    pieces = network.pieces
    asked = np.zeros(len(network.tolerances.accuracy_m), dtype=bool)
    asked[lanes] = True
    which = np.flatnonzero(asked[pieces.lane])
    return Intervals(pieces.lane[which], pieces.from_m[which], pieces.to_m[which]), which


def along_borders(
    network: LaneNetwork, partition: Partition, answer: Standings, accuracy_m: FloatArray
) -> Stretches:
    """Find the stretches that run along borders between two different leads.

    Where the same two leads part on, a run goes on over gaps as wide as the tolerance.

    Parameters
    ----------
    network, answer, accuracy_m
        As for :func:`unowned`.
    partition
        The faces.
    """
    near, left, right = _parting(network.near, partition, answer)
    border_left, border_right = partition.arrangement.left, partition.arrangement.right
    beside_m = np.fmax(accuracy_m[border_left[near.border]], accuracy_m[border_right[near.border]])
    tolerance = network.tolerances.of(near.lane, beside_m)
    begin, end = spans(
        partition.arrangement, network.courses.points, near.straight, near.segment,
        half_width=tolerance, scales=near.scales,
    )  # fmt: skip
    from_m = network.courses.metres(near.straight, begin)
    to_m = network.courses.metres(near.straight, end)
    leads, code = np.unique(
        np.minimum(left, right) * len(answer.sets) + np.maximum(left, right), return_inverse=True
    )
    key = near.lane * len(leads) + code
    order = np.flatnonzero(begin < end)
    # nearly sorted by straight, and then by lane, already: two sorts that make use of it
    order = order[np.argsort(near.straight[order] + begin[order], kind="stable")]
    order = order[np.argsort(key[order], kind="stable")]
    first, joined, longest = runs(
        Intervals(key[order], from_m[order], to_m[order]), tolerance[order]
    )
    run, parts = _inside(network, near.lane[order[first[:-1]]], joined, longest)
    pair, same_way = _facing(
        network, partition, near.taken(order), first, run, from_m[order], to_m[order], parts
    )
    pair = order[pair]
    return Stretches(
        parts.line,
        parts.start,
        parts.end,
        np.where(same_way, left[pair], right[pair]),
        np.where(same_way, right[pair], left[pair]),
    )


def _parting(
    near: NearBorders, partition: Partition, answer: Standings
) -> tuple[NearBorders, IntArray, IntArray]:
    """Return those of the borders that part two leads, and who leads left and right of each."""
    gap, leads = answer.among(GAP_STANDINGS), answer.leads.astype(np.int64)
    left, right = partition.arrangement.left[near.border], partition.arrangement.right[near.border]
    chosen = np.flatnonzero(~gap[left] & ~gap[right] & (leads[left] != leads[right]))
    return near.taken(chosen), leads[left[chosen]], leads[right[chosen]]


def _inside(
    network: LaneNetwork, lane: IntArray, joined: Intervals, longest: FloatArray
) -> tuple[IntArray, Intervals]:
    """Cut runs where the jurisdiction ends, and leave out what is too short.

    Returns
    -------
    run
        The run that each part is of.
    parts
        The parts, by lane.
    """
    long = np.flatnonzero(joined.end - joined.start >= RUN_IN_TOLERANCES * longest)
    long = long[np.lexsort((joined.end[long], joined.start[long], lane[long]))]
    held, _ = pieces_of(network, lane[long])
    which, _, parts = Intervals(lane[long], joined.start[long], joined.end[long]).common(
        held.joined(network.bend_m)
    )
    kept = parts.end - parts.start >= RUN_IN_TOLERANCES * longest[long[which]]
    return long[which[kept]], parts.only(kept)


def _facing(
    network: LaneNetwork,
    partition: Partition,
    near: NearBorders,
    first: IntArray,
    run: IntArray,
    from_m: FloatArray,
    to_m: FloatArray,
    parts: Intervals,
) -> tuple[IntArray, BoolArray]:
    """Return the border nearest to the middle of each part, and if the lane leads the same way."""
    middle = (parts.start + parts.end) / 2
    part, pair = _nearest(first[run], first[run + 1], from_m, to_m, middle)
    straight = near.straight[pair]
    at_m = np.clip(middle[part], from_m[pair], to_m[pair]) - network.courses.at_m[straight]
    distance, ahead = beside(
        partition.arrangement, network.courses.points, straight, near.segment[pair],
        share=at_m / network.courses.length_m[straight], scales=near.scales[pair],
    )  # fmt: skip
    order = np.lexsort((near.segment[pair], distance, part))
    best = order[run_starts(part[order])]
    return pair[best], ahead[best] > 0


@compiled
def _nearest(
    first: IntArray, last: IntArray, from_m: FloatArray, to_m: FloatArray, middle: FloatArray
) -> tuple[IntArray, IntArray]:
    """Return the stretches, of those from first up to last, that are nearest to each middle."""
    which = np.empty(len(from_m) + len(middle), dtype=np.int64)
    nearest = np.empty(len(which), dtype=np.int64)
    count = 0
    for at in range(len(middle)):
        least = np.inf
        begin = count
        for stretch in range(first[at], last[at]):
            off = max(from_m[stretch] - middle[at], middle[at] - to_m[stretch], 0.0)
            if off > least:
                continue
            if off < least:
                least, count = off, begin
            if count == len(which):
                which, nearest = np.concatenate((which, which)), np.concatenate((nearest, nearest))
            which[count], nearest[count] = at, stretch
            count += 1
    return which[:count].copy(), nearest[:count].copy()
