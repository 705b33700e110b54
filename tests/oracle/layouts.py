"""Seeded layouts of polygons that make it hard to be right: coincidences, ties, collapses."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import shapely
from shapely.affinity import translate

from tests.oracle.shapes import (
    as_array,
    points_along,
    polygon,
    redrawn,
    some,
    star,
    triangles,
    whole,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.oracle.shapes import Point, Random, Shape

#: Spacing of the grid and the corner of the layout in steps. In these, half a step is exact.
EXACT_FRAMES = (
    (1.0, (0, 0)),
    (2.0**-10, (-7, 12)),
    (0.25, (-1_000_000, 3)),
    (1000.0, (-20, -20)),
    (1e6, (-2, 5)),
)
#: Projected metres to the millimetre, and degrees to the nanodegree.
FRAMES = (
    *EXACT_FRAMES,
    (0.001, (500_000_000, 4_500_000_000)),
    (0.001, (-3, -5)),
    (1e-9, (121_500_000_000, 31_200_000_000)),
)


@dataclass(frozen=True)
class Layout:
    """Polygons and the grid on which to arrange them."""

    name: str
    polygons: tuple[Shape, ...]
    grid_size: float

    @property
    def array(self) -> np.ndarray:
        """The polygons as an array of objects, shape (n,)."""
        return as_array(self.polygons)


def layout(kind: str, seed: int) -> Layout:
    """Return the layout of a kind that a seed stands for."""
    random = np.random.default_rng([seed, *kind.encode()])
    shapes = KINDS[kind](random)
    frames = FRAMES_OF.get(kind, FRAMES)
    grid_size, (east, north) = frames[random.integers(len(frames))]
    placed = shapely.transform(
        as_array(shapes), lambda points: (points + np.array([east, north])) * grid_size
    )
    return Layout(f"{kind} {seed}", tuple(placed.tolist()), grid_size)


def lattice(random: Random) -> list[Shape]:
    """Triangles on few points: corners, edges and crossings fall on one another all the time."""
    size, stretch = int(random.integers(3, 10)), int(random.choice([1, 1, 2, 3, 7]))
    return triangles(random, int(random.integers(3, 9)), size, stretch)


def stars(random: Random) -> list[Shape]:
    """Polygons off the grid that are not much larger than its step and may cross themselves."""

    def draw() -> Shape | None:
        centre = tuple(random.uniform(0, 12, 2).tolist())
        return star(random, centre, (0.3, 9.0), int(random.integers(3, 10)))

    return some(int(random.integers(3, 7)), draw)


def collinear(random: Random) -> list[Shape]:
    """Parallelograms and triangles that share few lines and overlap along them."""
    choices = [((1, 0), (0, 1)), ((3, 1), (-1, 2)), ((2, 2), (1, -1)), ((5, 2), (0, 1))]
    (ux, uy), (vx, vy) = choices[random.integers(len(choices))]

    def draw() -> Shape | None:
        (i0, j0), (i1, j1) = whole(random, 0, 5), whole(random, 0, 5)
        corners = [(i0, j0), (i1, j0), (i1, j1), (i0, j1)][: random.integers(3, 4, endpoint=True)]
        return polygon([(ux * i + vx * j, uy * i + vy * j) for i, j in corners])

    return some(int(random.integers(4, 8)), draw)


def junctions(random: Random) -> list[Shape]:
    """Polygons with corners on the edges of others, or one step beside them."""
    shapes = triangles(random, 2, 6, stretch=int(random.integers(2, 6)))
    for _ in range(int(random.integers(2, 5))):
        spots = points_along(shapes)

        def draw(spots: list[Point] = spots) -> Shape | None:
            chosen = [spots[k] for k in random.integers(len(spots), size=3)]
            beside = random.choice([-1, 0, 0, 0, 0, 1], (3, 2)).tolist()
            return polygon([(x + i, y + j) for (x, y), (i, j) in zip(chosen, beside, strict=True)])

        shapes += some(1, draw)
    return shapes


def duplicates(random: Random) -> list[Shape]:
    """Polygons that occur more than once, drawn otherwise each time, alone and as parts."""
    shapes = triangles(random, 3, 7, stretch=int(random.integers(1, 4)))
    copies = [redrawn(random, shapes[k]) for k in random.integers(3, size=3)]
    apart = translate(shapes[0], 60, 0)
    both = [shapely.MultiPolygon([shapes[0], apart]), shapely.MultiPolygon([apart, shapes[0]])]
    every = [*shapes, *copies, *both]
    return [every[k] for k in random.permutation(len(every))]


def touching_holes(random: Random) -> list[Shape]:
    """Holes that touch their shell, or one another, in a point; something across them."""
    size = int(random.integers(8, 14))
    shell = [(0, 0), (size, 0), (size, size), (0, size)]

    def draw() -> Shape | None:
        spot = [(0, 0), (int(random.integers(size)), 0), (size, int(random.integers(size)))]
        first = [spot[random.integers(3)], whole(random, 1, size - 1), whole(random, 1, size - 1)]
        second = [first[random.integers(3)], whole(random, 1, size - 1), whole(random, 1, size - 1)]
        return polygon(shell, first, second) or polygon(shell, first)

    across = triangles(random, int(random.integers(3)), size)
    return some(2, draw) + across


def nested(random: Random) -> list[Shape]:
    """Islands in holes in islands, of one polygon or of several, touching or not."""
    rings, low, high = [], 0, int(random.integers(18, 30))
    while high - low > 2:
        rings.append(shapely.box(low, low, high, high))
        grow = random.integers(0, 3, 2).tolist()
        low, high = low + 1 + grow[0], high - 1 - grow[1]
    turned = [
        shapely.Polygon([(w, (s + n) / 2), ((w + e) / 2, s), (e, (s + n) / 2), ((w + e) / 2, n)])
        for w, s, e, n in shapely.bounds(rings)
    ]
    # a diamond touches the square around it in four points
    chosen = [
        (square, diamond)[random.integers(2)] for square, diamond in zip(rings, turned, strict=True)
    ]
    bands = [
        outer - inner for outer, inner in zip(chosen, [*chosen[1:], shapely.Polygon()], strict=True)
    ]
    bands = [band for band in bands if band.is_valid and not band.is_empty]
    islands = shapely.union_all(bands[::2])
    return [islands, *bands[1::2], *triangles(random, 1, 20)]


def spikes(random: Random) -> list[Shape]:
    """Boxes with spikes and slits narrower than a step, that have no area on the grid."""

    def draw() -> Shape | None:
        (west, south), width, height = whole(random, 0, 8), *random.integers(3, 9, 2).tolist()
        north = south + height
        at = west + int(random.integers(1, width))
        tip = north + int(random.choice([-height - 2, 1 - height, -2, -1, 1, 3, 6]))
        lean = float(random.choice([0, 0, -2, 3]))
        half = float(random.choice([0.1, 0.2, 0.4]))
        top = [(at + half, north), (at + lean + half / 9, tip), (at - half, north)]
        points = [(west, south), (west + width, south), (west + width, north), *top, (west, north)]
        way = int(random.integers(2))
        return polygon([(x, y) if way else (y, x) for x, y in points])

    return some(int(random.integers(2, 5)), draw) + triangles(random, 2, 14)


def near_parallel(random: Random) -> list[Shape]:
    """Long edges side by side that cross at a very small angle, near the borders of pixels."""
    length, count = int(random.integers(15, 200)), int(random.integers(3, 7))

    def draw() -> Shape | None:
        (x0, x1), (y0, y1) = random.integers(0, 3, 2).tolist(), random.integers(0, 5, 2).tolist()
        away = (int(random.integers(length)), int(random.choice([-30, -7, 9, 40])))
        return polygon([(x0, y0), (length + x1, y1), away])

    shapes = some(count, draw)
    slant = int(random.integers(-2, 3))
    return [shapely.transform(shape, lambda p: p @ [[1, slant], [0, 1]]) for shape in shapes]


def ties(random: Random) -> list[Shape]:
    """Edges that cross exactly on the borders and corners of pixels."""
    cx, cy = whole(random, -3, 3)

    def draw() -> Shape | None:
        (x, y), (i, j) = whole(random, -6, 6), random.integers(-1, 2, 2).tolist()
        # the middle of the edge is (cx + (i + 1) / 2, cy + (j + 1) / 2)
        edge = [(x, y), (2 * cx + i + 1 - x, 2 * cy + j + 1 - y)]
        return polygon([*edge, whole(random, -9, 9)])

    return some(int(random.integers(3, 7)), draw)


def thin(random: Random) -> list[Shape]:
    """Polygons thinner than a step, any way round, across others that are not."""

    def draw() -> Shape | None:
        x, y = random.uniform(0, 12, 2).tolist()
        length, turn = random.uniform(0.4, 16), random.uniform(0, 2 * np.pi)
        along = np.array([np.cos(turn), np.sin(turn)]) * length
        aside = np.array([-along[1], along[0]]) / length * random.uniform(0.02, 0.95)
        ends = np.array(
            [(0, 0), along, along + aside, along * random.uniform(0.2, 0.8) + 2 * aside]
        )
        return polygon([(x + i, y + j) for i, j in ends.tolist()])

    return some(int(random.integers(3, 7)), draw) + triangles(random, 2, 12)


def pinwheels(random: Random) -> list[Shape]:
    """Polygons that meet in single points: fans around a corner, squares corner to corner."""
    shapes: list[Shape] = []
    for _ in range(2):
        x, y = whole(random, 0, 10)
        spokes = sorted({whole(random, -5, 5) for _ in range(8)} - {(0, 0)},
                        key=lambda spoke: np.arctan2(spoke[1], spoke[0]))  # fmt: skip
        fan = [polygon([(x, y), (x + a, y + b), (x + c, y + d)])
               for (a, b), (c, d) in zip(spokes[::2], spokes[1::2], strict=False)]  # fmt: skip
        shapes += [each for each in fan if each is not None]
    side = int(random.integers(1, 4))
    board = random.integers(0, 2, (4, 4))
    black = (board == 1) & (np.indices((4, 4)).sum(axis=0) % 2 == 0)
    shapes += [
        shapely.box(side * i, side * j, side * (i + 1), side * (j + 1))
        for i, j in np.argwhere(black).tolist()
    ]
    return shapes


def multipolygons(random: Random) -> list[Shape]:
    """Multipolygons whose parts touch in points, or come to touch or overlap on the grid."""

    def draw() -> Shape | None:
        stretch = int(random.integers(1, 4))
        parts = triangles(random, int(random.integers(2, 5)), 7, stretch)
        whole_shape = shapely.union_all(parts)
        apart = shapely.buffer(parts[-1], 0.3, join_style="mitre", mitre_limit=2.0)
        cut = shapely.union_all([shapely.difference(whole_shape, apart), parts[-1]])
        polygons = [p for p in shapely.get_parts(cut) if p.geom_type == "Polygon"]
        found = shapely.MultiPolygon(polygons)
        return found if found.is_valid else None

    return some(int(random.integers(2, 4)), draw)


def wound_twice(random: Random) -> list[Shape]:
    """Parts of one cover that overlap by more than rounding would make them, each drawn anyhow."""

    def draw() -> Shape:
        parts = triangles(random, int(random.integers(2, 4)), 8, stretch=2)
        return shapely.MultiPolygon([redrawn(random, part) for part in parts])

    return [draw() for _ in range(int(random.integers(1, 4)))]


def coverage(random: Random) -> list[Shape]:
    """Neighbours that share their borders, as one drew them, and some that were drawn again."""
    side, n = int(random.integers(3, 9)), 3
    corners = np.array([[(side * i, side * j) for j in range(n + 1)] for i in range(n + 1)])
    corners[1:-1, 1:-1] += random.integers(-side // 2, side // 2, (n - 1, n - 1, 2), endpoint=True)

    def draw_again(points: np.ndarray) -> np.ndarray:
        return points + (random.uniform(0, 3) < 1) * random.uniform(-1.2, 1.2, points.shape)

    cells = [
        polygon([tuple(p) for p in draw_again(corners[[i, i + 1, i + 1, i], [j, j, j + 1, j + 1]])])
        for i in range(n)
        for j in range(n)
    ]
    return [cell for cell in cells if cell is not None and random.uniform() < 0.9]


def crumpled(random: Random) -> list[Shape]:
    """Polygons of a few steps with many corners, and others cut in parts along a line.

    On the grid they cross themselves, overlap themselves and turn inside out.
    """

    def draw() -> Shape | None:
        centre = tuple(random.uniform(0, 8, 2).tolist())
        return star(random, centre, (0.2, 6.0), int(random.integers(9, 24)))

    def draw_parts() -> Shape | None:
        whole_shape = draw()
        if whole_shape is None:
            return None
        line = shapely.LineString(random.uniform(-8, 16, (3, 2)))
        parts = shapely.get_parts(whole_shape - line.buffer(0.01, cap_style="flat"))
        return shapely.MultiPolygon(parts.tolist()) if len(parts) > 1 else None

    return some(2, draw) + some(2, draw_parts)


def archipelago(random: Random) -> list[Shape]:
    """Small islands, many of which touch, in the holes and on the land of frames around them."""
    size = int(random.integers(16, 30))

    def draw_island() -> Shape | None:
        x, y = whole(random, 1, size - 4)
        return polygon([(x + i, y + j) for i, j in (whole(random, 0, 3) for _ in range(3))])

    def draw_frame() -> Shape | None:
        (x, y), room = whole(random, 0, size // 2), int(random.integers(4, size // 2))
        inner = shapely.box(x + 1, y + 1, x + room - 1, y + room - 1)
        return shapely.box(x, y, x + room, y + room) - inner

    around = shapely.box(0, 0, size, size)
    frames = some(int(random.integers(3)), draw_frame)
    islands = some(int(random.integers(4, 12)), draw_island)
    return [around, *frames, *islands][int(random.integers(2)) :]


def half_steps(random: Random) -> list[Shape]:
    """Triangles with corners midway between points of the grid, on either side of nought."""
    return [
        translate(shapely.transform(shape, lambda points: points / 2), -3, -3)
        for shape in triangles(random, int(random.integers(3, 8)), 14)
    ]


def wide(random: Random) -> list[Shape]:
    """Edges of up to 2^41 steps, alone and side by side, with corners of others right on them."""
    high = 2 ** int(random.integers(30, 41)) - 4
    low = int(random.integers(-1, 1)) * high

    def far() -> Point:
        return whole(random, low, high)

    shapes = some(3, lambda: polygon([far(), far(), far()]))
    for shape in list(shapes):
        corners = [tuple(map(int, point)) for point in shape.exterior.coords]
        near = random.integers(-2, 3, (3, 2)).tolist()
        beside = polygon([(x + i, y + j) for (x, y), (i, j) in zip(corners, near, strict=False)])
        (x0, y0), (x1, y1) = corners[:2]
        part = int(random.integers(1, 2**20))
        on_edge = (x0 + (x1 - x0) * part // 2**20, y0 + (y1 - y0) * part // 2**20)
        foot = polygon([on_edge, far(), far()])
        small = polygon([on_edge, *((on_edge[0] + i, on_edge[1] + j) for i, j in near[:2])])
        shapes += [each for each in (beside, foot, small) if each is not None]
    return shapes


def wide_ties(random: Random) -> list[Shape]:
    """Edges of up to 2^41 steps that cross on the border of a pixel or next to it."""
    size = 2 ** int(random.integers(30, 41)) - 20
    cx, cy = whole(random, -5, 5)

    def draw() -> Shape | None:
        x, y = whole(random, -size, size)
        i, j = random.integers(-1, 2, 2).tolist()
        edge = [(x, y), (2 * cx + i - x, 2 * cy + j - y)]
        close = (cx + int(random.integers(-9, 9)), cy + int(random.integers(-9, 9)))
        return polygon([*edge, close if random.integers(2) else whole(random, -size, size)])

    return some(int(random.integers(3, 7)), draw)


def wide_misses(random: Random) -> list[Shape]:
    """Edges of up to 2^40 steps that miss the corner of a pixel by some 2^-38 of a step, or hit it.

    Each begins a few steps from the corner, aims at it and ends at most one step off its aim.
    """
    doubled_corner = random.integers(-7, 8, 2)

    def draw() -> Shape | None:
        aim = 2 * random.integers(-6, 6, 2) + doubled_corner % 2
        start = (doubled_corner - aim) // 2
        off = random.integers(-1, 2, 2)
        end = start + aim * 2 ** int(random.integers(18, 36)) + off
        beyond = start + random.integers(-9, 9, 2) if random.integers(2) else end[::-1]
        return polygon([tuple(point.tolist()) for point in (start, end, beyond)])

    return some(int(random.integers(3, 8)), draw)


def mixed(random: Random) -> list[Shape]:
    """Two kinds on one spot."""
    names = [name for name in KINDS if name not in (*WIDE, "mixed")]
    first, second = (KINDS[names[k]](random) for k in random.integers(len(names), size=2))
    return first[:5] + second[:5]


KINDS: dict[str, Callable[[Random], list[Shape]]] = {
    "lattice": lattice,
    "stars": stars,
    "collinear": collinear,
    "junctions": junctions,
    "duplicates": duplicates,
    "touching holes": touching_holes,
    "nested": nested,
    "spikes": spikes,
    "near-parallel": near_parallel,
    "ties": ties,
    "thin": thin,
    "pinwheels": pinwheels,
    "multipolygons": multipolygons,
    "wound twice": wound_twice,
    "coverage": coverage,
    "crumpled": crumpled,
    "archipelago": archipelago,
    "half steps": half_steps,
    "wide": wide,
    "wide ties": wide_ties,
    "wide misses": wide_misses,
    "mixed": mixed,
}

#: Frames of the kinds that fill 2^41 steps by themselves.
WIDE_FRAMES = ((1.0, (0, 0)), (0.001, (0, 0)), (2.0**-20, (0, 0)))
WIDE = dict.fromkeys(("wide", "wide ties", "wide misses"), WIDE_FRAMES)
#: Where a corner lies midway between points of the grid, only an exact frame leaves it there.
HALVES = ("half steps", "nested", "multipolygons", "mixed")
FRAMES_OF = {**WIDE, **dict.fromkeys(HALVES, EXACT_FRAMES)}
