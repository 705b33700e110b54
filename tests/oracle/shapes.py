"""Shapes to build layouts with, in steps of the grid."""

from __future__ import annotations

from itertools import pairwise
from math import gcd
from typing import TYPE_CHECKING

import numpy as np
import shapely

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    Random = np.random.Generator
    Point = tuple[float, float]
    Shape = shapely.Polygon | shapely.MultiPolygon


def as_array(shapes: Sequence[Shape]) -> np.ndarray:
    found = np.empty(len(shapes), dtype=object)
    found[:] = shapes
    return found


def polygon(points: Sequence[Point], *holes: Sequence[Point]) -> shapely.Polygon | None:
    """Return a polygon if these rings make a valid one."""
    if len(set(points)) < 3:
        return None
    found = shapely.Polygon(points, holes)
    return found if found.is_valid and found.area > 0 else None


def some(count: int, draw: Callable[[], Shape | None]) -> list[Shape]:
    """Draw until as many valid shapes are found as asked for."""
    found: list[Shape] = []
    while len(found) < count:
        shape = draw()
        if shape is not None and not shape.is_empty:
            found.append(shape)
    return found


def whole(random: Random, low: int, high: int) -> Point:
    """Return a point of the grid, both coordinates from low to high."""
    x, y = random.integers(low, high, 2, endpoint=True).tolist()
    return x, y


def triangles(random: Random, count: int, size: int, stretch: int = 1) -> list[Shape]:
    """Return triangles whose corners lie on every so many steps of the grid."""

    def draw() -> Shape | None:
        return polygon([tuple(stretch * c for c in whole(random, 0, size)) for _ in range(3)])

    return some(count, draw)


def points_along(shapes: Sequence[Shape]) -> list[Point]:
    """Return every point of the grid on the boundaries of shapes with corners on the grid."""
    found = set()
    for ring in shapely.get_rings(as_array(shapes)):
        corners = [(int(x), int(y)) for x, y in ring.coords]
        for (x0, y0), (x1, y1) in pairwise(corners):
            n = gcd(x1 - x0, y1 - y0)
            found |= {(x0 + (x1 - x0) // n * k, y0 + (y1 - y0) // n * k) for k in range(n)}
    return sorted(found)


def star(random: Random, centre: Point, radii: tuple[float, float], corners: int) -> Shape | None:
    """Return a polygon around a point, its corners at rising angles, anywhere off the grid."""
    angles = 2 * np.pi * (np.arange(corners) + random.uniform(0, 0.9, corners)) / corners
    reach = random.uniform(*radii, corners)
    around = np.column_stack([np.cos(angles), np.sin(angles)]) * reach[:, None] + centre
    return polygon([tuple(point) for point in around.tolist()])


def redrawn(random: Random, shape: Shape) -> Shape:
    """Return the same shape with parts and rings that start, turn and follow otherwise."""

    def ring(points) -> list[Point]:
        around = list(points)[:-1]
        start = random.integers(len(around))
        around = around[start:] + around[:start]
        return around[::-1] if random.integers(2) else around

    parts = [
        shapely.Polygon(ring(part.exterior.coords), [ring(h.coords) for h in part.interiors])
        for part in shapely.get_parts(shape)
    ]
    parts = [parts[k] for k in random.permutation(len(parts))]
    return shapely.MultiPolygon(parts) if shape.geom_type == "MultiPolygon" else parts[0]
