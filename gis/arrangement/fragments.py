"""Edges led through their cuts: straight fragments that meet at their ends only, each once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from gis.arrangement.compiled import FEW, compiled
from gis.arrangement.sorting import ascending

if TYPE_CHECKING:
    import numpy.typing as npt

    from gis.arrangement.noding import Cuts
    from gis.arrangement.skeleton import ShortArray, Skeleton
    from gis.model.arrangement import IntArray

    TinyArray = npt.NDArray[np.int8]


@dataclass(frozen=True, slots=True)
class Fragments:
    """Straight pieces of border between vertices of the grid, no two alike and none crossing.

    Parameters
    ----------
    x, y
        Vertices, shape (v,).
    low, high
        Ends of each fragment, in the order of x, then y; shape (f,).
    label_offsets, label_cover, label_net
        Covers with more on one side of fragment i than on the other: ``label_offsets[i]`` up to
        ``label_offsets[i + 1]``, ascending; ``label_net`` is how many times more on the left,
        looking from low to high. No fragment is without any.
    """

    x: IntArray
    y: IntArray
    low: ShortArray
    high: ShortArray
    label_offsets: IntArray
    label_cover: ShortArray
    label_net: TinyArray


def fragments(skeleton: Skeleton, cuts: Cuts) -> Fragments:
    """Cut the edges of a skeleton, and merge what comes to lie on the same ground."""
    first_cut = np.searchsorted(cuts.edge, np.arange(len(skeleton.low) + 1))
    low, high, edge, side = _pieces(
        skeleton.low, skeleton.high, first_cut, cuts.vertex, cuts.x, cuts.y
    )
    number, count = _numbered(low, high, edge, first_cut, len(cuts.x))
    kept_low, kept_high, offsets, cover, net = _labelled(
        low, high, edge, side, number, count,
        skeleton.label_offsets, skeleton.label_cover, skeleton.label_side,
    )  # fmt: skip
    return Fragments(cuts.x, cuts.y, kept_low, kept_high, offsets, cover, net)


@compiled
def _pieces(
    edge_low: ShortArray,
    edge_high: ShortArray,
    first_cut: IntArray,
    cut_vertex: IntArray,
    x: IntArray,
    y: IntArray,
) -> tuple[ShortArray, ShortArray, ShortArray, TinyArray]:
    """Return the pieces of all edges: ends, edge, and 1 if the edge goes from low to high."""
    most = len(edge_low) + len(cut_vertex)
    low = np.empty(most, dtype=np.int32)
    high = np.empty(most, dtype=np.int32)
    edge_of = np.empty(most, dtype=np.int32)
    side = np.empty(most, dtype=np.int8)
    count = 0
    for edge in range(len(edge_low)):
        at = edge_low[edge]
        if at == edge_high[edge]:  # a ring that has shrunk to a point
            continue
        for position in range(first_cut[edge], first_cut[edge + 1] + 1):
            to = cut_vertex[position] if position < first_cut[edge + 1] else edge_high[edge]
            forward = x[at] < x[to] or (x[at] == x[to] and y[at] < y[to])
            low[count], high[count] = (at, to) if forward else (to, at)
            edge_of[count] = edge
            side[count] = 1 if forward else -1
            count += 1
            at = to
    return low[:count], high[:count], edge_of[:count], side[:count]


@compiled
def _numbered(
    low: ShortArray, high: ShortArray, edge: ShortArray, first_cut: IntArray, vertices: int
) -> tuple[ShortArray, int]:
    """Give equal pieces one number; only where an edge was cut can there be any."""
    near_cut = np.zeros(vertices, dtype=np.bool_)
    for piece in range(len(low)):
        if first_cut[edge[piece] + 1] > first_cut[edge[piece]]:
            near_cut[low[piece]] = True
            near_cut[high[piece]] = True
    number = np.empty(len(low), dtype=np.int32)
    unsure = 0
    count = 0
    for piece in range(len(low)):
        if near_cut[low[piece]] and near_cut[high[piece]]:
            unsure += 1
        else:
            number[piece] = count
            count += 1
    pieces = np.empty(unsure, dtype=np.int64)
    keys = np.empty(unsure, dtype=np.int64)
    at = 0
    for piece in range(len(low)):
        if near_cut[low[piece]] and near_cut[high[piece]]:
            pieces[at] = piece
            keys[at] = np.int64(low[piece]) * vertices + high[piece]
            at += 1
    order = ascending(keys)
    for position in range(unsure):
        if position > 0 and keys[order[position]] != keys[order[position - 1]]:
            count += 1
        number[pieces[order[position]]] = count
    return number, count + (1 if unsure > 0 else 0)


@compiled
def _labelled(
    low: ShortArray,
    high: ShortArray,
    edge: ShortArray,
    side: TinyArray,
    number: ShortArray,
    count: int,
    edge_offsets: IntArray,
    edge_cover: ShortArray,
    edge_side: TinyArray,
) -> tuple[ShortArray, ShortArray, IntArray, ShortArray, TinyArray]:
    """Gather what runs along each fragment, and drop those along which nothing changes."""
    start = np.zeros(count + 1, dtype=np.int64)
    for piece in range(len(low)):
        start[number[piece] + 1] += edge_offsets[edge[piece] + 1] - edge_offsets[edge[piece]]
    for at in range(count):
        start[at + 1] += start[at]
    cover = np.empty(start[count], dtype=np.int32)
    net = np.empty(start[count], dtype=np.int8)
    fragment_low = np.empty(count, dtype=np.int32)
    fragment_high = np.empty(count, dtype=np.int32)
    fill = start[:-1].copy()
    for piece in range(len(low)):
        fragment = number[piece]
        fragment_low[fragment], fragment_high[fragment] = low[piece], high[piece]
        for label in range(edge_offsets[edge[piece]], edge_offsets[edge[piece] + 1]):
            cover[fill[fragment]] = edge_cover[label]
            net[fill[fragment]] = edge_side[label] * side[piece]
            fill[fragment] += 1
    offsets = np.zeros(count + 1, dtype=np.int64)
    kept = 0
    write = 0
    for fragment in range(count):
        begin = start[fragment]
        end = start[fragment + 1]
        if not _is_sorted(cover, begin, end):
            _sort_labels(cover[begin:end], net[begin:end])
        first = write
        at = begin
        while at < end:
            of, total = cover[at], 0
            while at < end and cover[at] == of:
                total += net[at]
                at += 1
            if total != 0:
                cover[write], net[write] = of, total
                write += 1
        if write > first:
            fragment_low[kept], fragment_high[kept] = (
                fragment_low[fragment],
                fragment_high[fragment],
            )
            kept += 1
            offsets[kept] = write
    return (
        fragment_low[:kept].copy(),
        fragment_high[:kept].copy(),
        offsets[: kept + 1].copy(),
        cover[:write].copy(),
        net[:write].copy(),
    )


@compiled
def _is_sorted(values: ShortArray, begin: int, end: int) -> bool:
    for at in range(begin + 1, end):  # noqa: SIM110 - Numba compiles no generator expressions
        if values[at] < values[at - 1]:
            return False
    return True


@compiled
def _sort_labels(cover: ShortArray, net: TinyArray) -> None:
    """Sort labels by cover, in place."""
    if len(cover) > FEW:
        order = ascending(cover.astype(np.int64))
        cover[:], net[:] = cover[order], net[order]
        return
    for position in range(1, len(cover)):
        held_cover, held_net = cover[position], net[position]
        hole = position
        while hole > 0 and cover[hole - 1] > held_cover:
            cover[hole], net[hole] = cover[hole - 1], net[hole - 1]
            hole -= 1
        cover[hole], net[hole] = held_cover, held_net
