"""Sets of stretches along many lines at once, each stretch from one metre to another."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from gis.arrangement.compiled import compiled

if TYPE_CHECKING:
    from gis.model.arrangement import BoolArray, FloatArray, IntArray


@dataclass(frozen=True, slots=True)
class Intervals:
    """Stretches, sorted by line, then by where they begin.

    Parameters
    ----------
    line
        Line of each, shape (k,).
    start, end
        From which metre to which, shape (k,).
    """

    line: IntArray
    start: FloatArray
    end: FloatArray

    @classmethod
    def of(cls, line: IntArray, start: FloatArray, end: FloatArray) -> Intervals:
        """Sort stretches."""
        order = np.lexsort((start, line))
        return cls(line[order], start[order], end[order])

    def __len__(self) -> int:
        """Return the number of stretches."""
        return len(self.line)

    def only(self, chosen: BoolArray) -> Intervals:
        """Return some of the stretches."""
        return Intervals(self.line[chosen], self.start[chosen], self.end[chosen])

    def joined(self, bridge: float = 0.0) -> Intervals:
        """Return the union, with gaps up to ``bridge`` metres closed."""
        bridges = np.full(len(self), bridge)
        first, start, end, _ = _runs(self.line, self.start, self.end, bridges)
        return Intervals(self.line[first[:-1]], start, end)

    def without(self, removed: Intervals) -> Intervals:
        """Return the parts of disjoint stretches that lie in none of some other disjoint ones."""
        which, start, end = _cut(
            self.line, self.start, self.end, removed.line, removed.start, removed.end
        )
        return Intervals(self.line[which], start, end)

    def common(self, other: Intervals) -> tuple[IntArray, IntArray, Intervals]:
        """Return the parts of stretches that lie in others; both may overlap among themselves.

        Returns
        -------
        which, of_other
            The two stretches that each part is of, ascending.
        parts
            The parts, none of them a mere point.
        """
        which, of_other, start, end = _shared(
            self.line, self.start, self.end, other.line, other.start, other.end
        )
        return which, of_other, Intervals(self.line[which], start, end)


def runs(stretches: Intervals, bridge: FloatArray) -> tuple[IntArray, Intervals, FloatArray]:
    """Join stretches across gaps that the bridge of either side spans.

    Parameters
    ----------
    stretches
        Stretches.
    bridge
        The bridge of each, in metres; shape (k,).

    Returns
    -------
    first
        Where the stretches of each run begin, and their number; shape (r + 1,).
    joined
        The runs.
    longest
        The longest bridge in each; shape (r,).
    """
    first, start, end, longest = _runs(stretches.line, stretches.start, stretches.end, bridge)
    return first, Intervals(stretches.line[first[:-1]], start, end), longest


@compiled
def _runs(
    line: IntArray, start: FloatArray, end: FloatArray, bridge: FloatArray
) -> tuple[IntArray, FloatArray, FloatArray, FloatArray]:
    first = np.empty(len(line) + 1, dtype=np.int64)
    low = np.empty(len(line), dtype=np.float64)
    high = np.empty(len(line), dtype=np.float64)
    longest = np.empty(len(line), dtype=np.float64)
    count = 0
    for at in range(len(line)):
        if (
            count > 0
            and line[at] == line[first[count - 1]]
            and start[at] <= high[count - 1] + max(longest[count - 1], bridge[at])
        ):
            high[count - 1] = max(high[count - 1], end[at])
            longest[count - 1] = max(longest[count - 1], bridge[at])
            continue
        first[count], low[count], high[count], longest[count] = at, start[at], end[at], bridge[at]
        count += 1
    first[count] = len(line)
    return (
        first[: count + 1].copy(),
        low[:count].copy(),
        high[:count].copy(),
        longest[:count].copy(),
    )


@compiled
def _cut(
    line: IntArray,
    start: FloatArray,
    end: FloatArray,
    other_line: IntArray,
    other_start: FloatArray,
    other_end: FloatArray,
) -> tuple[IntArray, FloatArray, FloatArray]:
    """Return the parts of some stretches between others, and the stretch of each."""
    most = len(line) + len(other_line)
    which = np.empty(most, dtype=np.int64)
    low = np.empty(most, dtype=np.float64)
    high = np.empty(most, dtype=np.float64)
    count = 0
    begin = 0
    for at in range(len(line)):
        while begin < len(other_line) and (
            other_line[begin] < line[at]
            or (other_line[begin] == line[at] and other_end[begin] <= start[at])
        ):
            begin += 1
        reached = start[at]
        other = begin
        while (
            other < len(other_line)
            and other_line[other] == line[at]
            and other_start[other] < end[at]
        ):
            if other_start[other] > reached:
                which[count], low[count], high[count] = at, reached, other_start[other]
                count += 1
            reached = max(reached, other_end[other])
            other += 1
        if reached < end[at]:
            which[count], low[count], high[count] = at, reached, end[at]
            count += 1
    return which[:count].copy(), low[:count].copy(), high[:count].copy()


@compiled
def _shared(
    line: IntArray,
    start: FloatArray,
    end: FloatArray,
    other_line: IntArray,
    other_start: FloatArray,
    other_end: FloatArray,
) -> tuple[IntArray, IntArray, FloatArray, FloatArray]:
    """Return the parts of some stretches within others, and which two each is of."""
    which = np.empty(len(line) + len(other_line), dtype=np.int64)
    of_other = np.empty(len(which), dtype=np.int64)
    active = np.empty(len(other_line), dtype=np.int64)  # others that later stretches may meet, too
    held = 0
    ahead = 0
    count = 0
    for at in range(len(line)):
        if at == 0 or line[at] != line[at - 1]:
            held = 0
        while ahead < len(other_line) and (
            other_line[ahead] < line[at]
            or (other_line[ahead] == line[at] and other_start[ahead] < end[at])
        ):
            if other_line[ahead] == line[at]:
                active[held] = ahead
                held += 1
            ahead += 1
        kept = 0
        for position in range(held):
            other = active[position]
            if other_end[other] <= start[at]:
                continue
            active[kept] = other
            kept += 1
            if other_start[other] < end[at]:
                if count == len(which):
                    which = np.concatenate((which, which))
                    of_other = np.concatenate((of_other, of_other))
                which[count], of_other[count] = at, other
                count += 1
        held = kept
    which, of_other = which[:count].copy(), of_other[:count].copy()
    low = np.maximum(start[which], other_start[of_other])
    return which, of_other, low, np.minimum(end[which], other_end[of_other])
