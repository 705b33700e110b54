"""Sets of stretches along a line, as sorted lists of (from, to) in metres."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

Intervals = list[tuple[float, float]]


def joined(stretches: Iterable[tuple[float, float]], *, bridge: float = 0.0) -> Intervals:
    """Return the union, with gaps up to ``bridge`` metres closed."""
    result: Intervals = []
    for start, end in sorted(stretches):
        if result and start <= result[-1][1] + bridge:
            result[-1] = (result[-1][0], max(end, result[-1][1]))
        else:
            result.append((start, end))
    return result


def without(whole: Intervals, removed: Intervals) -> Intervals:
    """Return the parts of disjoint sorted stretches that lie in none of the removed ones."""
    result: Intervals = []
    for start, end in whole:
        at = start
        for cut_start, cut_end in removed:
            if cut_end <= at or cut_start >= end:
                continue
            if cut_start > at:
                result.append((at, cut_start))
            at = cut_end
        if at < end:
            result.append((at, end))
    return result


def common(first: Intervals, second: Intervals) -> Intervals:
    """Return the parts that lie in both of two disjoint sorted sets."""
    return without(first, without(first, second))
