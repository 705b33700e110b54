"""The arrangement of polygons on a grid, from its definition alone, in whole numbers and fractions.

Slow and plain on purpose: every edge is asked about every pixel, every side of every fragment
casts a ray of its own, and faces are found by cutting the plane into trapezoids.
Definition: Hobby, J. D. (1999), Practical segment intersection with finite precision output,
Computational Geometry 13(4), 199-214.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter, defaultdict
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations, pairwise
from math import floor
from typing import TYPE_CHECKING

import shapely

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

Point = tuple[int, int]
#: A straight piece of border, its lexicographically smaller end first.
Fragment = tuple[Point, Point]
Owners = frozenset[int]
#: A piece of a ring on its way: cover, start, end.
Piece = tuple[int, Point, Point]
#: The part of the plane between two fragments within a slab: slab, place counted from below.
Cell = tuple[int, int]

HALF = Fraction(1, 2)
OUTSIDE = -1


@dataclass(frozen=True)
class Face:
    """A bounded face: its owners, its doubled area in square steps, and how many holes it has.

    Rings are simple: a hole that touches the shell in a point counts as a hole.
    """

    owners: Owners
    doubled_area: int
    holes: int


@dataclass(frozen=True)
class ExactArrangement:
    """Fragments with the owners and the face to the left and right of low -> high, and all faces.

    Parameters
    ----------
    sides
        Owners left and right of each fragment.
    neighbours
        Position in ``faces`` left and right of each fragment, or ``OUTSIDE``.
    faces
        All bounded faces, in no particular order.
    """

    sides: dict[Fragment, tuple[Owners, Owners]]
    neighbours: dict[Fragment, tuple[int, int]]
    faces: tuple[Face, ...]


def exact_arrangement(polygons: Iterable[shapely.Geometry], grid_size: float) -> ExactArrangement:
    """Return the arrangement of polygons or multipolygons; position is the cover's number."""
    rings = [
        (cover, ring)
        for cover, polygon in enumerate(polygons)
        for ring in rounded_rings(polygon, Fraction(grid_size))
    ]
    edges = [
        (cover, *edge) for cover, ring in rings for edge in zip(ring, rotated(ring), strict=True)
    ]
    edges = [edge for edge in edges if edge[1] != edge[2]]
    hot = {point for _, ring in rings for point in ring} | crossings(edges)
    pieces = snapped(edges, hot)
    fragments = kept(pieces)
    assert_planar(fragments)
    sides = owners_beside(fragments, pieces)
    neighbours, doubled_areas = faces_beside(fragments)
    owners_of: dict[int, set[Owners]] = defaultdict(set)
    for fragment, faces in neighbours.items():
        assert faces[0] != faces[1], "a fragment kept has different winding numbers on its sides"
        for face, owners in zip(faces, sides[fragment], strict=True):
            owners_of[face].add(owners)
    assert all(len(found) == 1 for found in owners_of.values()), "owners differ within one face"
    assert owners_of.pop(OUTSIDE, {frozenset()}) == {frozenset()}, "nobody owns the outside"
    faces = tuple(
        Face(*owners_of[number], doubled_area, holes_of(number, neighbours))
        for number, doubled_area in enumerate(doubled_areas)
    )
    return ExactArrangement(sides, neighbours, faces)


# Steps 1 and 2: rounded and oriented rings


def rounded(value: float, step: Fraction) -> int:
    return floor(Fraction(value) / step + HALF)


def rounded_rings(polygon: shapely.Geometry, step: Fraction) -> Iterator[list[Point]]:
    """Yield each ring once around, without its closing point; shells turn left, holes right."""
    for part in shapely.get_parts(polygon):
        for ring, turn in ((part.exterior, 1), *((hole, -1) for hole in part.interiors)):
            points = [(rounded(x, step), rounded(y, step)) for x, y in ring.coords]
            around = [point for point, after in pairwise(points) if point != after]
            if not around:
                around = points[:1]
            yield around[::-1] if doubled_area_of(around) * turn < 0 else around


def rotated(ring: list[Point]) -> list[Point]:
    return ring[1:] + ring[:1]


def doubled_area_of(ring: Sequence[Point]) -> int:
    """Return twice the area of a ring, positive if it turns left; closed or not."""
    around = [*ring, *ring[:1]]
    return sum(x0 * y1 - x1 * y0 for (x0, y0), (x1, y1) in pairwise(around))


# Step 3: hot pixels


def turn(a: Point, b: Point, c: Point) -> int:
    """Return a positive number if c lies left of a -> b, a negative one if right, 0 if on it."""
    return (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])


def crosses(a: Point, b: Point, c: Point, d: Point) -> bool:
    """Tell whether the interiors of two segments meet in a single point and go on beyond it."""
    return turn(a, b, c) * turn(a, b, d) < 0 and turn(c, d, a) * turn(c, d, b) < 0


def crossings(edges: Iterable[Piece]) -> set[Point]:
    """Return the pixel of every point where two edges cross."""
    found = set()
    for (a, b), (c, d) in combinations({fragment(a, b) for _, a, b in edges}, 2):
        if crosses(a, b, c, d):
            along = Fraction(turn(c, d, a), turn(c, d, a) - turn(c, d, b))
            found.add(
                (
                    floor(a[0] + along * (b[0] - a[0]) + HALF),
                    floor(a[1] + along * (b[1] - a[1]) + HALF),
                )
            )
    return found


# Step 4: paths through hot pixels


def fragment(a: Point, b: Point) -> Fragment:
    return (a, b) if a < b else (b, a)


def meeting(a: Point, b: Point, pixel: Point) -> Fraction | None:
    """Return where a -> b is midway through a pixel, from 0 at a to 1 at b; None if it misses.

    The pixel holds its western and southern side, but neither the eastern nor the northern.
    """
    start, end = (Fraction(0), True), (Fraction(1), True)
    for axis in (0, 1):
        first, step = a[axis], b[axis] - a[axis]
        low, high = pixel[axis] - HALF, pixel[axis] + HALF
        if step == 0:
            if not low <= first < high:
                return None
            continue
        at_low, at_high = ((low - first) / step, True), ((high - first) / step, False)
        enter, leave = (at_low, at_high) if step > 0 else (at_high, at_low)
        # of two bounds in one place, the one that leaves its place out is the narrower
        start = max(start, enter, key=lambda bound: (bound[0], not bound[1]))
        end = min(end, leave)
    meets = start[0] < end[0] or (start[0] == end[0] and start[1] and end[1])
    return (start[0] + end[0]) / 2 if meets else None


def path(a: Point, b: Point, hot: Iterable[Point]) -> list[Point]:
    """Return the centres of all hot pixels that a -> b meets, in order."""
    (west, east), (south, north) = sorted((a[0], b[0])), sorted((a[1], b[1]))
    met = [
        (along, pixel)
        for pixel in hot
        if west - 1 <= pixel[0] <= east + 1 and south - 1 <= pixel[1] <= north + 1
        if (along := meeting(a, b, pixel)) is not None
    ]
    points = [pixel for _, pixel in sorted(met)]
    assert (points[0], points[-1]) == (a, b), "an edge begins and ends in pixels of its own"
    return points


def snapped(edges: Iterable[Piece], hot: set[Point]) -> Counter[Piece]:
    """Return how often each cover's rings run along each piece of their paths."""
    pieces: Counter[Piece] = Counter()
    for cover, a, b in edges:
        for start, end in pairwise(path(a, b, hot)):
            pieces[cover, start, end] += 1
    return pieces


# Step 5: what a fragment carries


def kept(pieces: Counter[Piece]) -> list[Fragment]:
    """Return the fragments that some cover runs along more often one way than the other."""
    net: Counter[tuple[int, Fragment]] = Counter()
    for (cover, start, end), times in pieces.items():
        net[cover, fragment(start, end)] += times if start < end else -times
    return sorted({where for (_, where), times in net.items() if times != 0})


def assert_planar(fragments: Sequence[Fragment]) -> None:
    """Check what the definition promises: fragments meet in ends that they share, or not at all."""
    for (a, b), (c, d) in combinations(fragments, 2):
        # sorted by their smaller ends: all that follow begin further east
        if c[0] > b[0] or max(a[1], b[1]) < min(c[1], d[1]) or max(c[1], d[1]) < min(a[1], b[1]):
            continue
        assert not crosses(a, b, c, d), f"{a} {b} crosses {c} {d}"
        for end, (low, high) in ((a, (c, d)), (b, (c, d)), (c, (a, b)), (d, (a, b))):
            on_it = low < end < high and turn(low, high, end) == 0
            assert not on_it, f"{end} lies within {low} {high}"


# Step 6, owners: rays


def owners_beside(
    fragments: Sequence[Fragment], pieces: Counter[Piece]
) -> dict[Fragment, tuple[Owners, Owners]]:
    """Return who owns the spot just beside the middle of each fragment, left and right."""
    xs, ys = ({point[axis] for piece in pieces for point in piece[1:]} for axis in (0, 1))
    span = max((max(xs) - min(xs), max(ys) - min(ys))) if pieces else 0
    # The middle of a fragment is at least 1/2 from any vertex and 1/(2 l) from any other fragment,
    # l being the longest length: at most span * sqrt(2). A step of l / (8 span^2) to the side
    # is shorter than that and passes nothing.
    scale = 8 * span * span
    found = {}
    for low, high in fragments:
        middle = ((low[0] + high[0]) * scale // 2, (low[1] + high[1]) * scale // 2)
        across = (low[1] - high[1], high[0] - low[0])
        found[low, high] = tuple(
            owners_at((middle[0] + way * across[0], middle[1] + way * across[1]), scale, pieces)
            for way in (1, -1)
        )
    return found


def owners_at(spot: Point, scale: int, pieces: Counter[Piece]) -> Owners:
    """Return the covers whose winding number at spot / scale is at least one: a ray north."""
    x, y = spot
    column = x // scale
    winding: Counter[int] = Counter()
    for (cover, a, b), times in pieces.items():
        if (a[0] <= column) == (b[0] <= column):
            continue
        side = (b[0] - a[0]) * (y - a[1] * scale) - (b[1] - a[1]) * (x - a[0] * scale)
        assert side != 0, "the spot lies on no piece"
        westward = b[0] < a[0]
        # the spot is below the piece if it lies left of one that runs west, right of an eastward
        if (side > 0) == westward:
            winding[cover] += times if westward else -times
    return frozenset(cover for cover, times in winding.items() if times >= 1)


# Step 6, faces: trapezoids


class Groups:
    """Sets that grow together."""

    def __init__(self) -> None:
        self.parent: dict[object, object] = {}

    def of(self, item: object) -> object:
        """Return the one that stands for the whole set of an item."""
        while (above := self.parent.setdefault(item, item)) != item:
            self.parent[item] = self.parent[above]
            item = above
        return item

    def join(self, first: object, second: object) -> None:
        """Make one set of two."""
        self.parent[self.of(first)] = self.of(second)


def height(where: Fragment, x: int | Fraction) -> Fraction:
    """Return y of a fragment that is not vertical, at x."""
    (x0, y0), (x1, y1) = where
    return y0 + Fraction(y1 - y0, x1 - x0) * (x - x0)


def faces_beside(
    fragments: Sequence[Fragment],
) -> tuple[dict[Fragment, tuple[int, int]], list[int]]:
    """Return the number of the face left and right of each fragment, and all doubled areas."""
    columns = sorted({point[0] for pair in fragments for point in pair})
    slabs = []
    for west, east in pairwise(columns):
        across = [pair for pair in fragments if pair[0][0] <= west and east <= pair[1][0]]
        middle = Fraction(west + east, 2)
        slabs.append(sorted(across, key=lambda pair, x=middle: height(pair, x)))

    cells = Groups()
    beside: dict[Fragment, tuple[Cell, Cell]] = {}
    areas: dict[Cell, Fraction] = {}
    for number, ((west, east), slab) in enumerate(zip(pairwise(columns), slabs, strict=True)):
        for place, pair in enumerate(slab):
            beside.setdefault(pair, ((number, place + 1), (number, place)))
        for place, (below, above) in enumerate(pairwise(slab), start=1):
            rise = sum(height(above, x) - height(below, x) for x in (west, east))
            areas[number, place] = (east - west) * rise
        for place in (0, len(slab)):
            cells.join((number, place), OUTSIDE)
    for number, x in enumerate(columns):
        west = slabs[number - 1] if number > 0 else []
        east = slabs[number] if number < len(slabs) else []
        join_across(x, (number - 1, west), (number, east), fragments, cells, beside)

    names = {cells.of(cell) for cell in areas} - {cells.of(OUTSIDE)}
    number_of = {name: number for number, name in enumerate(sorted(names))}
    number_of[cells.of(OUTSIDE)] = OUTSIDE
    doubled = [Fraction(0)] * len(names)
    for cell, area in areas.items():
        if (face := number_of[cells.of(cell)]) != OUTSIDE:
            doubled[face] += area
    assert all(area.denominator == 1 and area > 0 for area in doubled)
    neighbours = {
        pair: (number_of[cells.of(left)], number_of[cells.of(right)])
        for pair, (left, right) in beside.items()
    }
    assert set(neighbours) == set(fragments)
    return neighbours, [int(area) for area in doubled]


def join_across(
    x: int,
    western: tuple[int, list[Fragment]],
    eastern: tuple[int, list[Fragment]],
    fragments: Sequence[Fragment],
    cells: Groups,
    beside: dict[Fragment, tuple[Cell, Cell]],
) -> None:
    """Join the cells that meet on a vertical line, and note those beside what stands on it."""
    heights = [[height(pair, x) for pair in slab] for _, slab in (western, eastern)]
    standing = [pair for pair in fragments if pair[0][0] == pair[1][0] == x]
    cuts = sorted({*heights[0], *heights[1], *(end[1] for pair in standing for end in pair)})
    for low, high in pairwise(cuts):
        middle = (low + high) / Fraction(2)
        west = (western[0], bisect_left(heights[0], middle))
        east = (eastern[0], bisect_left(heights[1], middle))
        # beyond the first and the last slab lies nothing
        west, east = (
            cell if slab else OUTSIDE for cell, (_, slab) in ((west, western), (east, eastern))
        )
        between = [pair for pair in standing if pair[0][1] <= low and high <= pair[1][1]]
        for pair in between:
            beside[pair] = (west, east)
        if not between:
            cells.join(west, east)


def holes_of(face: int, neighbours: dict[Fragment, tuple[int, int]]) -> int:
    """Return the number of holes: independent cycles of the face's boundary, less the shell."""
    boundary = [pair for pair, beside in neighbours.items() if face in beside]
    ends = {point for pair in boundary for point in pair}
    connected = Groups()
    for low, high in boundary:
        connected.join(low, high)
    components = {connected.of(point) for point in ends}
    return len(boundary) - len(ends) + len(components) - 1
