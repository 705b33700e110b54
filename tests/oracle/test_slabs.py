"""Slanted layouts against exact rational areas: the plane cut into slabs between all crossings."""

from __future__ import annotations

from fractions import Fraction
from itertools import combinations, pairwise

import numpy as np
import pytest
import shapely

from gis.arrangement import arrange

#: A power of two, so that corners on whole metres lie on the grid exactly; a crossing is snapped
#: by at most half of it.
GRID = 2.0**-20

Point = tuple[Fraction, Fraction]
Triangle = tuple[Point, Point, Point]


def layout(seed: int, n: int) -> list[Triangle]:
    """Return triangles with corners on whole metres, some of them shared."""
    random = np.random.default_rng(seed)
    corners = random.integers(0, 1000, (n + 4, 2))
    triangles = []
    while len(triangles) < n:
        a, b, c = (
            tuple(Fraction(int(value)) for value in corners[at])
            for at in random.choice(len(corners), 3, replace=False)
        )
        if (b[0] - a[0]) * (c[1] - a[1]) != (b[1] - a[1]) * (c[0] - a[0]):
            triangles.append((a, b, c))
    return triangles


def edges(triangle: Triangle) -> list[tuple[Point, Point]]:
    return list(combinations(triangle, 2))


def crossing(first: tuple[Point, Point], second: tuple[Point, Point]) -> Fraction | None:
    """Return the abscissa at which two lines cross, where both edges reach it."""
    (x1, y1), (x2, y2) = first
    (x3, y3), (x4, y4) = second
    across = (x2 - x1) * (y4 - y3) - (y2 - y1) * (x4 - x3)
    if across == 0:
        return None
    share = ((x3 - x1) * (y4 - y3) - (y3 - y1) * (x4 - x3)) / across
    x = x1 + share * (x2 - x1)
    low, high = max(min(x1, x2), min(x3, x4)), min(max(x1, x2), max(x3, x4))
    return x if low <= x <= high else None


def extent(triangle: Triangle, x: Fraction) -> tuple[Fraction, Fraction] | None:
    """Return where a vertical line enters and leaves a triangle."""
    heights = []
    for (x1, y1), (x2, y2) in edges(triangle):
        if x1 != x2 and min(x1, x2) <= x <= max(x1, x2):
            heights.append(y1 + (y2 - y1) * (x - x1) / (x2 - x1))
    return (min(heights), max(heights)) if heights and min(heights) < max(heights) else None


def area_by_multiplicity(triangles: list[Triangle]) -> dict[int, Fraction]:
    """Return the area covered exactly k times, for every k above 0.

    Between two neighbouring abscissas no two edges cross, so every piece is a trapezium, whose
    area is its width times its height in the middle.
    """
    drawn = [edge for triangle in triangles for edge in edges(triangle)]
    cuts = {x for triangle in triangles for x, _ in triangle}
    cuts |= {x for pair in combinations(drawn, 2) if (x := crossing(*pair)) is not None}
    areas: dict[int, Fraction] = {}
    for west, east in pairwise(sorted(cuts)):
        spans = [span for t in triangles if (span := extent(t, (west + east) / 2)) is not None]
        for low, high in pairwise(sorted({y for span in spans for y in span})):
            times = sum(span[0] <= low and high <= span[1] for span in spans)
            areas[times] = areas.get(times, Fraction(0)) + (east - west) * (high - low)
    areas.pop(0, None)
    return areas


@pytest.mark.parametrize("seed", range(20))
def test_triangles_agree_with_exact_fractions(seed):
    triangles = layout(seed, n=3 + seed % 5)
    polygons = np.array([shapely.Polygon([(float(x), float(y)) for x, y in t]) for t in triangles])
    arrangement = arrange(polygons, grid_size=GRID)
    times = np.diff(arrangement.owner_offsets)
    measured = np.bincount(times, weights=shapely.area(arrangement.faces))
    exact = area_by_multiplicity(triangles)
    # half a step of the grid along every border, and a square kilometre as the unit
    allowed = GRID / 2 * shapely.length(polygons).sum()
    assert allowed < 2e-8 * 1e6
    for k in range(1, len(triangles) + 1):
        found = measured[k] if k < len(measured) else 0.0
        assert found == pytest.approx(float(exact.get(k, Fraction(0))), abs=allowed)


def test_the_exact_areas_are_right_where_they_are_known_by_heart():
    def triangle(*points):
        return tuple((Fraction(x), Fraction(y)) for x, y in points)

    lower, upper = triangle((0, 0), (4, 0), (0, 4)), triangle((4, 4), (4, 0), (0, 4))
    assert area_by_multiplicity([lower, upper]) == {1: Fraction(16)}
    assert area_by_multiplicity([lower, lower]) == {2: Fraction(8)}
    crossed = triangle((0, 0), (4, 0), (4, 4))
    assert area_by_multiplicity([lower, crossed]) == {1: Fraction(8), 2: Fraction(4)}
