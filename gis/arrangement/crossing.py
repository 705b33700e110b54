"""Whether, which way and where a straight piece of a line crosses one of a border.

The line counts as moved east by an infinitely small distance and north by one that is infinitely
smaller: it passes no vertex then and runs along no border, so that the answers about all pieces fit
together.

Source: Edelsbrunner, H. and Muecke, E. P. (1990), Simulation of simplicity: a technique to cope
with degenerate cases in geometric algorithms, ACM Transactions on Graphics 9(1), 66-104.
"""

from __future__ import annotations

from gis.arrangement.compiled import compiled
from gis.arrangement.exact import _SHORT, _wide_cross, turn

#: What :func:`meeting` says of a piece that is crossed from its left or from its right, is not
#: crossed but may be near, or is not near.
FROM_LEFT, FROM_RIGHT, NEAR, FAR = 1, -1, 0, 2


@compiled
def meeting(
    ax: int, ay: int, bx: int, by: int, cx: int, cy: int, dx: int, dy: int, reach: int
) -> tuple[int, float]:
    """Tell how the straight from a to b meets the segment from c to d.

    Parameters
    ----------
    reach
        How many steps of the grid, east or north, count as near. Those that are not near are not
        always told from those that are.

    Returns
    -------
    how
        One of the four words above.
    share
        The share of the straight that lies before the segment, if it is crossed.
    """
    abx, aby, cdx, cdy = bx - ax, by - ay, dx - cx, dy - cy
    acx, acy = cx - ax, cy - ay
    if max(abs(abx), abs(aby), abs(cdx), abs(cdy), abs(acx), abs(acy)) >= _SHORT:
        return _wide_meeting(ax, ay, bx, by, cx, cy, dx, dy, reach)
    of_c = abx * acy - aby * acx
    whole = abx * cdy - aby * cdx
    of_d = of_c + whole
    if (of_c > 0) == (of_d > 0) and not _is_near(float(of_c), float(of_d), abx, aby, reach):
        return FAR, 0.0
    before = acx * cdy - acy * cdx
    side = _side_of_moved(before, cdx, cdy)
    if side == _side_of_moved(before - whole, cdx, cdy) or (
        _side_from_moved(of_c, abx, aby) == _side_from_moved(of_d, abx, aby)
    ):
        return NEAR, 0.0
    if of_c == 0:
        return side, _share(acx, acy, abx, aby)
    if of_d == 0:
        return side, _share(acx + cdx, acy + cdy, abx, aby)
    return side, min(1.0, max(0.0, before / whole))


@compiled
def _is_near(of_c: float, of_d: float, abx: int, aby: int, reach: int) -> bool:
    """Tell whether one of two points may be near the line a-b, over which they span such areas."""
    size = float(abs(abx) + abs(aby))
    # the reach is that of a box, not of a circle; and what was rounded is far smaller than a step
    return min(abs(of_c), abs(of_d)) <= size * (reach + 1.0) * 1.000001


@compiled
def _side_of_moved(cross: int, abx: int, aby: int) -> int:
    """Return 1 if a moved point lies left of a-b, else -1; ``cross`` is what it is unmoved."""
    if cross != 0:
        return 1 if cross > 0 else -1
    if aby != 0:
        return 1 if aby < 0 else -1
    return 1 if abx > 0 else -1


@compiled
def _side_from_moved(cross: int, abx: int, aby: int) -> int:
    """Return 1 if a point lies left of a-b, moved, else -1; ``cross`` is what it is unmoved."""
    if cross != 0:
        return 1 if cross > 0 else -1
    if aby != 0:
        return 1 if aby > 0 else -1
    return 1 if abx < 0 else -1


@compiled
def _share(px: int, py: int, abx: int, aby: int) -> float:
    """Return the share at a vertex on the straight: the same for all segments that end there."""
    ahead = float(px) * abx + float(py) * aby
    return min(1.0, max(0.0, ahead / (float(abx) * abx + float(aby) * aby)))


@compiled
def _wide_meeting(
    ax: int, ay: int, bx: int, by: int, cx: int, cy: int, dx: int, dy: int, reach: int
) -> tuple[int, float]:
    """Do the same where products are longer than 64 bits."""
    abx, aby, cdx, cdy = bx - ax, by - ay, dx - cx, dy - cy
    of_c, of_d = turn(ax, ay, bx, by, cx, cy), turn(ax, ay, bx, by, dx, dy)
    if of_c == of_d and not _is_near(
        _cross(abx, aby, cx - ax, cy - ay), _cross(abx, aby, dx - ax, dy - ay), abx, aby, reach
    ):
        return FAR, 0.0
    side = _side_of_moved(turn(cx, cy, dx, dy, ax, ay), cdx, cdy)
    if side == _side_of_moved(turn(cx, cy, dx, dy, bx, by), cdx, cdy):
        return NEAR, 0.0
    if _side_from_moved(of_c, abx, aby) == _side_from_moved(of_d, abx, aby):
        return NEAR, 0.0
    if of_c == 0:
        return side, _share(cx - ax, cy - ay, abx, aby)
    if of_d == 0:
        return side, _share(dx - ax, dy - ay, abx, aby)
    before = _cross(cx - ax, cy - ay, cdx, cdy)
    return side, min(1.0, max(0.0, before / _cross(abx, aby, cdx, cdy)))


@compiled
def _cross(ax: int, ay: int, bx: int, by: int) -> float:
    """Return ``ax * by - ay * bx``, exact but for the last rounding."""
    high, low = _wide_cross(ax, ay, bx, by)
    return high * 2.0**42 + low


@compiled
def is_crossed_before(
    from_side: int, ax: int, ay: int, bx: int, by: int,
    other_side: int, cx: int, cy: int, dx: int, dy: int,
) -> bool:  # fmt: skip
    """Tell whether a straight crosses the segment a-b before c-d; the two do not cross.

    Parameters
    ----------
    from_side, other_side
        The side that each is crossed from: ``FROM_LEFT`` or ``FROM_RIGHT``.
    """
    near, far = turn(cx, cy, dx, dy, ax, ay), turn(cx, cy, dx, dy, bx, by)
    if near * far >= 0 and near + far != 0:
        return (near + far) * other_side > 0
    near, far = turn(ax, ay, bx, by, cx, cy), turn(ax, ay, bx, by, dx, dy)
    return (near + far) * from_side < 0
