"""Where straight pieces of lines run within a band along straight pieces of borders."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from gis.arrangement.compiled import compiled

if TYPE_CHECKING:
    from gis.arrangement.arrangement import Arrangement
    from gis.model.arrangement import FloatArray, IntArray


def spans(
    arrangement: Arrangement,
    points: FloatArray,
    straight: IntArray,
    segment: IntArray,
    *,
    half_width: FloatArray,
    scales: FloatArray,
) -> tuple[FloatArray, FloatArray]:
    """Return from which share of each straight to which it lies in the band along a segment.

    The band is a rectangle, as wide as asked on both sides of the segment and as long as it.

    Parameters
    ----------
    arrangement
        Whose segments these are: each leads from a point of a border to the next.
    points
        Points of lines in CRS units, not rounded, shape (p, 2): a straight leads from one to the
        next.
    straight, segment
        Pairs of both, shape (k,).
    half_width
        Half the width of each band, in metres or another unit, shape (k,).
    scales
        How far in that unit, eastwards and northwards, a CRS unit in x leads near the straight,
        then one in y; shape (k, 4).

    Returns
    -------
    begin, end
        Shares, shape (k,); ``begin`` is not below ``end`` where the straight keeps out of the band.
    """
    return _spans(
        points, arrangement.border_points, arrangement.steps_per_unit,
        straight, segment, half_width, scales,
    )  # fmt: skip


def beside(
    arrangement: Arrangement,
    points: FloatArray,
    straight: IntArray,
    segment: IntArray,
    *,
    share: FloatArray,
    scales: FloatArray,
) -> tuple[FloatArray, FloatArray]:
    """Return how a straight at some share lies to the line of a segment.

    Parameters
    ----------
    arrangement, points, straight, segment, scales
        As for :func:`spans`.
    share
        Where on each straight, shape (k,).

    Returns
    -------
    distance
        From the line through the segment; shape (k,).
    along
        Positive where both lead the same way, negative where they lead opposite ways; shape (k,).
    """
    return _beside(
        points, arrangement.border_points, arrangement.steps_per_unit,
        straight, segment, share, scales,
    )  # fmt: skip


#: Share of a band's half width at either end in which it holds nothing by itself.
_RIM = 1e-3


@compiled
def _spans(
    points: FloatArray,
    borders: IntArray,
    steps: float,
    straight: IntArray,
    segment: IntArray,
    half_width: FloatArray,
    scales: FloatArray,
) -> tuple[FloatArray, FloatArray]:
    begin = np.empty(len(straight), dtype=np.float64)
    end = np.empty(len(straight), dtype=np.float64)
    for pair in range(len(straight)):
        at, other = straight[pair], segment[pair]
        begin[pair], end[pair] = span(
            points[at, 0], points[at, 1], points[at + 1, 0], points[at + 1, 1],
            borders[other, 0] / steps, borders[other, 1] / steps,
            borders[other + 1, 0] / steps, borders[other + 1, 1] / steps,
            half_width[pair],
            scales[pair, 0], scales[pair, 1], scales[pair, 2], scales[pair, 3],
        )  # fmt: skip
    return begin, end


@compiled
def span(
    ax: float, ay: float, bx: float, by: float, cx: float, cy: float, dx: float, dy: float,
    half_width: float, east_x: float, north_x: float, east_y: float, north_y: float,
) -> tuple[float, float]:  # fmt: skip
    """Return from which share to which the straight from a to b lies in the band along c-d.

    The last four are the scales; see :func:`spans`. All are plain numbers, as handing over arrays
    takes longer than all that is done here.
    """
    along, across, along_step, across_step, length = _seen(
        ax - cx, ay - cy, bx - ax, by - ay, dx - cx, dy - cy, east_x, north_x, east_y, north_y
    )
    first, last = _kept(across, across_step, -half_width, half_width, 0.0, 1.0)
    if first >= last:
        return first, last
    first, last = _kept(along, along_step, 0.0, length, first, last)
    # a straight across the very end of the segment is not let in or kept out by rounding
    rim = min(_RIM * half_width, length / 4)
    low, high = along + first * along_step, along + last * along_step
    if max(low, high) <= rim or min(low, high) >= length - rim:
        return 1.0, 0.0
    return first, last


@compiled
def _seen(
    ex: float, ey: float, dx: float, dy: float, sx: float, sy: float,
    east_x: float, north_x: float, east_y: float, north_y: float,
) -> tuple[float, float, float, float, float]:  # fmt: skip
    """Return a straight as a segment sees it.

    Parameters
    ----------
    ex, ey, dx, dy, sx, sy
        From the segment's first point to the straight's, along the straight, along the segment.
    east_x, north_x, east_y, north_y
        The scales.

    Returns
    -------
    along, across
        How far its first point lies along the segment and to its left.
    along_step, across_step
        How much further its last point does.
    length
        Length of the segment.
    """
    ux, uy = east_x * sx + east_y * sy, north_x * sx + north_y * sy
    fx, fy = east_x * ex + east_y * ey, north_x * ex + north_y * ey
    gx, gy = east_x * dx + east_y * dy, north_x * dx + north_y * dy
    length = np.sqrt(ux * ux + uy * uy)
    return (
        (fx * ux + fy * uy) / length,
        (ux * fy - uy * fx) / length,
        (gx * ux + gy * uy) / length,
        (ux * gy - uy * gx) / length,
        length,
    )


@compiled
def touch(
    ax: float, ay: float, bx: float, by: float, cx: int, cy: int, dx: int, dy: int, reach: float
) -> tuple[float, float]:
    """Return from which share to which the straight from a to b lies beside the segment c-d.

    All are in steps of the grid. There is nothing where it goes through from one side to the other,
    and so merely crosses.
    """
    sx, sy = float(dx - cx), float(dy - cy)
    ax, ay, bx, by = ax - cx, ay - cy, bx - cx, by - cy
    # areas over the segment: distances from its line, but for its length
    one, two = sx * ay - sy * ax, sx * by - sy * bx
    squared = sx * sx + sy * sy
    if min(one * one, two * two) > reach * reach * squared:
        return 1.0, 0.0
    wide = reach * np.sqrt(squared)
    first, last = _kept(one, two - one, -wide, wide, 0.0, 1.0)
    along, further = sx * ax + sy * ay, sx * bx + sy * by
    return _kept(along, further - along, 0.0, squared, first, last)


@compiled
def _kept(
    start: float, step: float, low: float, high: float, first: float, last: float
) -> tuple[float, float]:
    """Return the shares from first to last at which ``start + share * step`` is within bounds."""
    if step == 0.0:
        return (first, last) if low <= start <= high else (1.0, 0.0)
    one, other = (low - start) / step, (high - start) / step
    return max(first, min(one, other)), min(last, max(one, other))


@compiled
def _beside(
    points: FloatArray,
    borders: IntArray,
    steps: float,
    straight: IntArray,
    segment: IntArray,
    share: FloatArray,
    scales: FloatArray,
) -> tuple[FloatArray, FloatArray]:
    distance = np.empty(len(straight), dtype=np.float64)
    ahead = np.empty(len(straight), dtype=np.float64)
    for pair in range(len(straight)):
        at, other = straight[pair], segment[pair]
        ax, ay = points[at, 0], points[at, 1]
        cx, cy = borders[other, 0] / steps, borders[other, 1] / steps
        _, across, along_step, across_step, _ = _seen(
            ax - cx, ay - cy, points[at + 1, 0] - ax, points[at + 1, 1] - ay,
            borders[other + 1, 0] / steps - cx, borders[other + 1, 1] / steps - cy,
            scales[pair, 0], scales[pair, 1], scales[pair, 2], scales[pair, 3],
        )  # fmt: skip
        distance[pair] = abs(across + share[pair] * across_step)
        ahead[pair] = along_step
    return distance, ahead
