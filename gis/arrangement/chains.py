"""Fragments strung into borders: chains between the nodes at which three or more faces meet."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from gis.arrangement.compiled import compiled

if TYPE_CHECKING:
    from gis.arrangement.fragments import Fragments, TinyArray
    from gis.arrangement.skeleton import ShortArray
    from gis.model.arrangement import BoolArray, IntArray


@dataclass(frozen=True, slots=True)
class Chains:
    """Chains of fragments, in an order and direction that depend on their points only.

    A border leads from one node to the next, or in a ring back to its first point. Of its two
    directions it takes the one whose first two points come first in the order of x, then y.

    Parameters
    ----------
    offsets
        Points of border i: ``offsets[i]`` up to ``offsets[i + 1]``; shape (b + 1,).
    x, y
        Points in steps of the grid, shape (p,); a ring's first point is its last one, too.
    node
        A number for the point that each side (:mod:`gis.arrangement.walks`) leaves, equal for equal
        points only; shape (2b,).
    label_offsets, label_cover, label_net
        As for fragments, looking from the first point to the last.
    """

    offsets: IntArray
    x: IntArray
    y: IntArray
    node: IntArray
    label_offsets: IntArray
    label_cover: ShortArray
    label_net: TinyArray


def chains(fragments: Fragments, pinned: BoolArray | None = None) -> Chains:
    """Join fragments end to end into borders.

    Parameters
    ----------
    fragments
        Pieces that meet at their ends only.
    pinned
        Vertices that are nodes however many of the fragments meet there, shape (v,); none by
        default.
    """
    if pinned is None:
        pinned = np.zeros(len(fragments.x), dtype=bool)
    offsets, vertex, first = _chains(
        fragments.low, fragments.high, fragments.x, fragments.y, pinned
    )
    x, y = fragments.x[vertex], fragments.y[vertex]
    start = offsets[:-1]
    order = np.lexsort((y[start + 1], x[start + 1], y[start], x[start]))
    node = np.column_stack([vertex[start], vertex[offsets[1:] - 1]])[order]
    offsets, x, y, label_offsets, cover, net = _ordered(
        order, offsets, x, y, first,
        fragments.label_offsets, fragments.label_cover, fragments.label_net,
    )  # fmt: skip
    return Chains(offsets, x, y, node.ravel().astype(np.int64), label_offsets, cover, net)


#: Where another number of fragments meet, there is a node.
_TWO = 2


@compiled
def _chains(
    low: ShortArray, high: ShortArray, x: IntArray, y: IntArray, pinned: BoolArray
) -> tuple[IntArray, ShortArray, IntArray]:
    """Return the vertices of each chain, and its first fragment, as ~fragment if against it."""
    degree = np.zeros(len(x), dtype=np.int32)
    # where two fragments meet, either is this number less the other
    linked = np.zeros(len(x), dtype=np.int64)
    for fragment in range(len(low)):
        degree[low[fragment]] += 1
        degree[high[fragment]] += 1
        linked[low[fragment]] += fragment
        linked[high[fragment]] += fragment
    for at in range(len(x)):
        if pinned[at]:
            degree[at] = _TWO + 1
    seen = np.zeros(len(low), dtype=np.bool_)
    offsets = np.zeros(len(low) + 1, dtype=np.int64)
    first = np.empty(len(low), dtype=np.int64)
    vertex = np.empty(2 * len(low), dtype=np.int32)
    chains = 0
    write = 0
    for fragment in range(len(low)):
        for backwards in range(2):
            at = high[fragment] if backwards else low[fragment]
            if seen[fragment] or degree[at] == _TWO:
                continue
            end = _follow(fragment, at, low, high, degree, linked, seen, vertex, write)
            first[chains] = _turned(
                fragment, backwards, low, high, x, y, vertex, write, end, linked
            )
            write = end
            chains += 1
            offsets[chains] = write
    for fragment in range(len(low)):
        if seen[fragment]:
            continue
        begin, towards = _ring_start(fragment, low, high, linked, x, y)
        end = _follow(towards, begin, low, high, degree, linked, seen, vertex, write)
        first[chains] = towards if low[towards] == begin else ~towards
        write = end
        chains += 1
        offsets[chains] = write
    return offsets[: chains + 1].copy(), vertex[:write].copy(), first[:chains].copy()


@compiled
def _follow(
    fragment: int,
    at: int,
    low: ShortArray,
    high: ShortArray,
    degree: ShortArray,
    linked: IntArray,
    seen: BoolArray,
    vertex: ShortArray,
    write: int,
) -> int:
    """Write the vertices from one on along a fragment to the next node or back; return the end."""
    begin = at
    vertex[write] = at
    write += 1
    while True:
        seen[fragment] = True
        at = low[fragment] + high[fragment] - at
        vertex[write] = at
        write += 1
        if degree[at] != _TWO or at == begin:
            return write
        fragment = linked[at] - fragment


@compiled
def _turned(
    fragment: int,
    backwards: int,
    low: ShortArray,
    high: ShortArray,
    x: IntArray,
    y: IntArray,
    vertex: ShortArray,
    begin: int,
    end: int,
    linked: IntArray,
) -> int:
    """Turn a chain round if its other end comes first; return its first fragment then."""
    ahead = _compared(vertex[begin], vertex[end - 1], x, y)
    if ahead == 0:
        ahead = _compared(vertex[begin + 1], vertex[end - 2], x, y)
    if ahead <= 0:
        return ~fragment if backwards else fragment
    # the last fragment is found by walking on the links again
    at = high[fragment] if backwards else low[fragment]
    last = fragment
    for position in range(begin + 1, end - 1):
        at = vertex[position]
        last = linked[at] - last
    vertex[begin:end] = vertex[begin:end][::-1].copy()
    return last if low[last] == vertex[begin] else ~last


@compiled
def _ring_start(
    fragment: int,
    low: ShortArray,
    high: ShortArray,
    linked: IntArray,
    x: IntArray,
    y: IntArray,
) -> tuple[int, int]:
    """Return the first vertex of a ring without nodes, and of its two fragments the first one."""
    best, best_fragment = low[fragment], fragment
    at, on = high[fragment], fragment
    while at != low[fragment]:
        on = linked[at] - on
        if _compared(at, best, x, y) < 0:
            best, best_fragment = at, on
        at = low[on] + high[on] - at
    other = linked[best] - best_fragment
    one_end = low[best_fragment] + high[best_fragment] - best
    other_end = low[other] + high[other] - best
    return best, (best_fragment if _compared(one_end, other_end, x, y) < 0 else other)


@compiled
def _compared(a: int, b: int, x: IntArray, y: IntArray) -> int:
    if x[a] != x[b]:
        return -1 if x[a] < x[b] else 1
    if y[a] != y[b]:
        return -1 if y[a] < y[b] else 1
    return 0


@compiled
def _ordered(
    order: IntArray,
    offsets: IntArray,
    x: IntArray,
    y: IntArray,
    first: IntArray,
    label_offsets: IntArray,
    label_cover: ShortArray,
    label_net: TinyArray,
) -> tuple[IntArray, IntArray, IntArray, IntArray, ShortArray, TinyArray]:
    """Bring chains into their order, each with the labels of its first fragment."""
    count = len(order)
    new_offsets = np.zeros(count + 1, dtype=np.int64)
    new_labels = np.zeros(count + 1, dtype=np.int64)
    for to in range(count):
        chain = order[to]
        fragment = first[chain] if first[chain] >= 0 else ~first[chain]
        new_offsets[to + 1] = new_offsets[to] + offsets[chain + 1] - offsets[chain]
        new_labels[to + 1] = new_labels[to] + label_offsets[fragment + 1] - label_offsets[fragment]
    new_x = np.empty(len(x), dtype=np.int64)
    new_y = np.empty(len(y), dtype=np.int64)
    cover = np.empty(new_labels[count], dtype=np.int32)
    net = np.empty(new_labels[count], dtype=np.int8)
    for to in range(count):
        chain = order[to]
        write = new_offsets[to]
        for at in range(offsets[chain], offsets[chain + 1]):
            new_x[write], new_y[write] = x[at], y[at]
            write += 1
        against = first[chain] < 0
        fragment = ~first[chain] if against else first[chain]
        write = new_labels[to]
        for at in range(label_offsets[fragment], label_offsets[fragment + 1]):
            cover[write] = label_cover[at]
            net[write] = -label_net[at] if against else label_net[at]
            write += 1
    return new_offsets, new_x, new_y, new_labels, cover, net
