"""The covers that an arrangement was made of, on its grid, so that some of them can be changed."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from gis.arrangement.compiled import compiled
from gis.arrangement.grid import Rings

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gis.model.arrangement import BoolArray, FloatArray, IntArray


@dataclass(frozen=True)
class Covers:
    """Rings of covers, and the rings of those that were changed since.

    Parameters
    ----------
    rings
        Rings of all covers as first arranged, covers ascending.
    changed
        Later rings, by cover; their own cover numbers are all 0.
    count
        Number of covers.
    """

    rings: Rings
    count: int
    changed: Mapping[int, Rings] = field(default_factory=dict)

    @cached_property
    def bounds(self) -> IntArray:
        """West, south, east and north of each cover in steps of the grid, shape (n, 4).

        Those of a cover without rings are such that they meet nothing.
        """
        bounds = _bounds(
            self.rings.x, self.rings.y, self.rings.offsets, self.rings.cover, self.count
        )
        for cover, rings in self.changed.items():
            bounds[cover] = _bounds(rings.x, rings.y, rings.offsets, rings.cover, 1)[0]
        return bounds

    @cached_property
    def moves(self) -> FloatArray:
        """How far rounding moved a vertex of each cover at most, in CRS units; shape (n,)."""
        moves = np.zeros(self.count)
        np.maximum.at(moves, self.rings.cover, self.rings.moves)
        for cover, rings in self.changed.items():
            moves[cover] = rings.moves.max(initial=0.0)
        return moves

    def some(self, chosen: IntArray) -> Rings:
        """Return the rings of some covers, given in ascending order."""
        fresh = np.array([cover for cover in chosen.tolist() if cover in self.changed], dtype=int)
        kept = np.setdiff1d(chosen, fresh, assume_unique=True)
        begin, end = (np.searchsorted(self.rings.cover, kept, side=s) for s in ("left", "right"))
        parts = [_taken(self.rings, begin, end)]
        parts += [
            Rings(part.x, part.y, part.offsets, np.full(len(part.cover), cover), part.moves)
            for cover, part in ((cover, self.changed[cover]) for cover in fresh.tolist())
        ]
        return _stacked(parts)

    def with_changes(self, changes: Mapping[int, Rings]) -> Covers:
        """Return the covers with others in the place of some, or behind the last."""
        count = max(self.count, *(cover + 1 for cover in changes))
        result = Covers(self.rings, count, {**self.changed, **changes})
        room = count - self.count
        bounds = np.concatenate([self.bounds, np.zeros((room, 4), dtype=np.int64)])
        moves = np.concatenate([self.moves, np.zeros(room)])
        for cover, rings in changes.items():
            bounds[cover] = _bounds(rings.x, rings.y, rings.offsets, rings.cover, 1)[0]
            moves[cover] = rings.moves.max(initial=0.0)
        # what is known already need not be found again
        vars(result).update(bounds=bounds, moves=moves)
        return result

    def meeting(self, boxes: IntArray) -> BoolArray:
        """Tell which covers have bounds that meet one of some boxes, shape (n,)."""
        return meeting(self.bounds, boxes)


def _taken(rings: Rings, begin: IntArray, end: IntArray) -> Rings:
    """Return some stretches of rings."""
    chosen = np.concatenate(
        [np.zeros(0, dtype=np.int64), *(np.arange(a, b) for a, b in zip(begin, end, strict=True))]
    )
    x, y, offsets = _copied(rings.x, rings.y, rings.offsets, chosen)
    return Rings(x, y, offsets, rings.cover[chosen], rings.moves[chosen])


def _stacked(parts: list[Rings]) -> Rings:
    starts = np.cumsum([0, *(len(part.x) for part in parts)])
    return Rings(
        np.concatenate([part.x for part in parts]),
        np.concatenate([part.y for part in parts]),
        np.concatenate(
            [[0], *(part.offsets[1:] + at for part, at in zip(parts, starts[:-1], strict=True))]
        ),
        np.concatenate([part.cover for part in parts]),
        np.concatenate([part.moves for part in parts]),
    )


@compiled
def _copied(
    x: IntArray, y: IntArray, offsets: IntArray, chosen: IntArray
) -> tuple[IntArray, IntArray, IntArray]:
    size = 0
    for ring in chosen:
        size += offsets[ring + 1] - offsets[ring]
    new_x = np.empty(size, dtype=np.int64)
    new_y = np.empty(size, dtype=np.int64)
    new_offsets = np.zeros(len(chosen) + 1, dtype=np.int64)
    write = 0
    for position in range(len(chosen)):
        for at in range(offsets[chosen[position]], offsets[chosen[position] + 1]):
            new_x[write], new_y[write] = x[at], y[at]
            write += 1
        new_offsets[position + 1] = write
    return new_x, new_y, new_offsets


@compiled
def _bounds(x: IntArray, y: IntArray, offsets: IntArray, cover: IntArray, count: int) -> IntArray:
    bounds = np.empty((count, 4), dtype=np.int64)
    far = 2**62
    for number in range(count):
        bounds[number, 0], bounds[number, 1] = far, far
        bounds[number, 2], bounds[number, 3] = -far, -far
    for ring in range(len(cover)):
        number = cover[ring]
        for at in range(offsets[ring], offsets[ring + 1]):
            bounds[number, 0] = min(bounds[number, 0], x[at])
            bounds[number, 1] = min(bounds[number, 1], y[at])
            bounds[number, 2] = max(bounds[number, 2], x[at])
            bounds[number, 3] = max(bounds[number, 3], y[at])
    return bounds


@compiled
def meeting(bounds: IntArray, boxes: IntArray) -> BoolArray:
    """Tell which bounds (west, south, east, north) meet one of some boxes; shape (n,)."""
    met = np.zeros(len(bounds), dtype=np.bool_)
    for at in range(len(bounds)):
        for box in range(len(boxes)):
            if (
                bounds[at, 0] <= boxes[box, 2]
                and bounds[at, 2] >= boxes[box, 0]
                and bounds[at, 1] <= boxes[box, 3]
                and bounds[at, 3] >= boxes[box, 1]
            ):
                met[at] = True
                break
    return met
