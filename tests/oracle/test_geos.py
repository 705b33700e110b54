"""Districts as one finds them, some hundreds of polygons, cut by the product and by GEOS."""

from __future__ import annotations

from collections import Counter, defaultdict

import numpy as np
import pytest
import shapely

from gis.arrangement import arrange
from tests.oracle.geos_arrangement import geos_arrangement
from tests.oracle.reading import rows

GRID = 0.001

#: Square metres from which on a face counts: smaller ones come and go with the rounding.
LARGE = (10 * GRID) ** 2

#: Districts of about 100 m, so many in each direction.
SIDE, N = 100.0, 13


def districts(seed: int) -> np.ndarray:
    """Return a coverage drawn twice: gaps, overlaps, enclaves, parts and a few twice the same."""
    random = np.random.default_rng(seed)
    corners = np.stack(np.meshgrid(*[np.arange(N + 1) * SIDE] * 2, indexing="ij"), axis=-1)
    corners += random.uniform(-30, 30, corners.shape) + np.array([500_000, 4_500_000])

    def cell(i: int, j: int, error_m: float) -> shapely.Polygon:
        around = corners[[i, i + 1, i + 1, i], [j, j, j + 1, j + 1]]
        # sides of several points each, so that two drawings of one border cross time and again
        fractions = np.linspace(0, 1, 4, endpoint=False)[:, None]
        sides = [
            a + (b - a) * fractions for a, b in zip(around, np.roll(around, -1, 0), strict=True)
        ]
        points = np.concatenate(sides)
        return shapely.Polygon(points + random.uniform(-error_m, error_m, points.shape))

    places = [(i, j) for i in range(N) for j in range(N)]
    shared = [cell(i, j, 0.0) for i, j in places if random.uniform() < 0.95]
    redrawn = [cell(i, j, 1.5) for i, j in places if random.uniform() < 0.6]
    lakes = [centre.buffer(random.uniform(3, 20), quad_segs=3) for centre in
             shapely.centroid(redrawn)]  # fmt: skip
    holed = [shape - lake if k % 3 == 0 else shape for k, (shape, lake) in
             enumerate(zip(redrawn, lakes, strict=True))]  # fmt: skip
    joined = [
        shapely.MultiPolygon([holed[k], holed[k + 40]])
        for k in range(0, len(holed) - 40, 7)
        if holed[k].disjoint(holed[k + 40])
    ]
    polygons = [*shared, *holed, *joined, *lakes[::5], *shared[::20]]
    assert all(shape.is_valid for shape in polygons)
    found = np.empty(len(polygons), dtype=object)
    found[:] = [polygons[k] for k in random.permutation(len(polygons))]
    return found


@pytest.mark.parametrize("seed", range(4))
def test_hundreds_of_districts_have_the_areas_and_the_large_faces_that_geos_finds(seed):
    polygons = districts(seed)
    assert len(polygons) > 250
    found = arrange(polygons, grid_size=GRID)
    owners = [frozenset(row) for row in rows(found.owner_offsets, found.owners)]
    geos = geos_arrangement(polygons, GRID)

    areas: dict[frozenset[int], list[float]] = defaultdict(lambda: [0.0, 0.0])
    for way, (names, faces) in enumerate([(owners, found.faces), (geos.owners, geos.faces)]):
        for name, area in zip(names, shapely.area(faces), strict=True):
            areas[name][way] += area
    allowed = GRID * shapely.length(polygons).sum()
    assert all(ours == pytest.approx(theirs, abs=allowed) for ours, theirs in areas.values())

    ours = Counter(
        name for name, area in zip(owners, shapely.area(found.faces), strict=True) if area > LARGE
    )
    theirs = Counter(
        name
        for name, area in zip(geos.owners, shapely.area(geos.faces), strict=True)
        if area > LARGE
    )
    assert ours == theirs
    assert ours.total() > 1000
    # faces of nobody, of one and of several, and some with holes
    assert {len(name) for name in ours} >= {0, 1, 2, 3}
    assert shapely.get_num_interior_rings(found.faces).max() > 0


def test_geos_finds_every_side_of_two_squares_that_overlap():
    found = geos_arrangement([shapely.box(0, 0, 2, 2), shapely.box(1, 1, 3, 3)], 1.0)
    areas = dict(zip(found.owners, shapely.area(found.faces).tolist(), strict=True))
    assert areas == {frozenset({0}): 3.0, frozenset({0, 1}): 1.0, frozenset({1}): 3.0}
    # each square has two sides cut in two
    assert len(found.segments) == 6 + 6
    beside = [
        {-1 if face < 0 else len(found.owners[face]) for face in pair}
        for pair in zip(found.left.tolist(), found.right.tolist(), strict=True)
    ]
    # the four pieces around the overlap lie between it and what has one owner
    assert Counter(map(tuple, map(sorted, beside))) == {(-1, 1): 8, (1, 2): 4}
