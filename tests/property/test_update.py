"""Changing some covers gives, array by array, what arranging all of them anew would give."""

from __future__ import annotations

import os

import numpy as np
import pytest
import shapely
from shapely.affinity import scale, translate

from gis.arrangement import arrange, update
from gis.errors import InputError
from tests.benchmarks.city import city
from tests.oracle.layouts import KINDS, layout

LAYOUTS = 40 if "MANGQU_NIGHTLY" in os.environ else 3

ARRAYS = (
    "border_offsets", "border_points", "border_bounds", "label_offsets", "label_cover",
    "label_net", "left", "right", "ring_offsets", "ring_borders", "face_rings", "owner_offsets",
    "owners", "lost",
)  # fmt: skip
NOTHING = shapely.Polygon()


def differing(first, second):
    """Return the names of what differs between two arrangements."""
    names = [
        name
        for name in ARRAYS
        if getattr(first, name).dtype != getattr(second, name).dtype
        or not np.array_equal(getattr(first, name), getattr(second, name))
    ]
    if first.largest_move != second.largest_move:
        names.append("largest_move")
    told = [
        {face: (cover.tolist(), times.tolist()) for face, (cover, times) in each.windings.items()}
        for each in (first, second)
    ]
    return names if told[0] == told[1] else [*names, "windings"]


def changes(random, polygons, others):
    """Return a few changes: covers taken away, replaced, doubled, or added."""
    made = {}
    for _ in range(random.integers(1, 4)):
        kind = random.integers(4)
        cover = int(random.integers(len(polygons)))
        if kind == 0:
            made[cover] = None
        elif kind == 1:
            made[cover] = others[int(random.integers(len(others)))]
        elif kind == 2:
            made[cover] = polygons[int(random.integers(len(polygons)))]
        else:
            made[len(polygons)] = others[int(random.integers(len(others)))]
    return made


@pytest.mark.parametrize("seed", range(LAYOUTS))
@pytest.mark.parametrize("kind", KINDS)
def test_changes_one_after_the_other_equal_a_full_arrangement_in_every_array(kind, seed):
    random = np.random.default_rng(seed)
    drawn, others = layout(kind, seed), layout(kind, seed + 1000)
    polygons = list(drawn.polygons)
    others = list(others.polygons if others.grid_size == drawn.grid_size else drawn.polygons)
    changed = arrange(np.array(polygons, dtype=object), grid_size=drawn.grid_size)
    for _ in range(3):
        made = changes(random, polygons, others)
        polygons += [NOTHING] * (max(made) + 1 - len(polygons))
        for cover, shape in made.items():
            polygons[cover] = NOTHING if shape is None else shape
        changed = update(changed, made)
        full = arrange(np.array(polygons, dtype=object), grid_size=drawn.grid_size)
        assert differing(changed, full) == []


@pytest.fixture(scope="module")
def town():
    """Return a thousand cells with zones and the outline over them, and their arrangement."""
    made = city(1000)
    polygons = np.concatenate([made.polygons, made.zones, made.outline])
    return polygons, arrange(polygons, grid_size=made.grid_size), made.grid_size


MOVES = {
    "grown": lambda shape: scale(shape, 1.1, 1.1),
    "shrunk": lambda shape: scale(shape, 0.8, 0.8),
    "moved across the town": lambda shape: translate(shape, 2000, -700),
    "moved out of the town": lambda shape: translate(shape, 1e5, 1e5),
    "made a hair's breadth wide": lambda shape: scale(shape, 1e-5, 1.0),
    "taken away": lambda _: None,
    "collapsed on the grid": lambda shape: scale(shape, 1e-7, 1e-7),
    "left as it is": lambda shape: shape,
}


@pytest.mark.parametrize("move", MOVES.values(), ids=MOVES)
def test_one_claim_among_a_thousand_changed_equals_a_full_arrangement(town, move):
    polygons, arrangement, grid = town
    for cover in (0, 333, 500, len(polygons) - 2, len(polygons) - 1):
        shape = move(polygons[cover])
        redrawn = polygons.copy()
        redrawn[cover] = NOTHING if shape is None else shape
        changed = update(arrangement, {cover: shape})
        assert differing(changed, arrange(redrawn, grid_size=grid)) == []


def test_a_claim_put_into_the_middle_of_a_face_finds_its_place(town):
    polygons, arrangement, grid = town
    inside = shapely.point_on_surface(arrangement.faces[len(arrangement) // 2])
    added = shapely.set_precision(inside.buffer(0.5), grid)
    changed = update(arrangement, {len(polygons): added})
    assert differing(changed, arrange(np.append(polygons, added), grid_size=grid)) == []
    assert len(changed) == len(arrangement) + 1


def test_the_arrangement_before_the_change_stays_as_it_was(town):
    polygons, arrangement, _ = town
    before = {name: getattr(arrangement, name).copy() for name in ARRAYS}
    update(arrangement, {7: None, len(polygons): polygons[3]})
    assert all(np.array_equal(before[name], getattr(arrangement, name)) for name in ARRAYS)


def test_nothing_changed_is_nothing_computed(town):
    _, arrangement, _ = town
    assert differing(update(arrangement, {}), arrangement) == []


def test_a_change_that_is_no_polygon_or_too_far_out_is_told_by_its_cover():
    arrangement = arrange(np.array([shapely.box(0, 0, 1, 1)] * 5), grid_size=0.001)
    for shape, problem in (
        (shapely.LineString([(0, 0), (1, 1)]), "geometry_wrong_type"),
        (shapely.box(0, 0, 1e10, 1), "beyond_the_grid"),
        (shapely.box(0, 0, np.inf, 1), "coordinates_not_finite"),
    ):
        with pytest.raises(InputError) as caught:
            update(arrangement, {3: shape})
        assert (caught.value.problem, caught.value.row) == (problem, 4)


@pytest.mark.parametrize(
    ("shape", "problem"),
    [
        (None, "geometry_missing"),
        (shapely.Point(0, 0), "geometry_wrong_type"),
        (shapely.box(0, 0, np.inf, 1), "coordinates_not_finite"),
        (shapely.box(0, 0, 1e300, 1), "beyond_the_grid"),
    ],
)
def test_what_cannot_be_arranged_is_refused_by_row(shape, problem):
    polygons = np.array([shapely.box(0, 0, 1, 1), shape], dtype=object)
    with pytest.raises(InputError) as caught:
        arrange(polygons, grid_size=0.001)
    assert (caught.value.problem, caught.value.row) == (problem, 2)


@pytest.mark.parametrize("options", [{"grid_size": 0}, {"grid_size": -1}, {"workers": 0}])
def test_a_grid_or_a_number_of_threads_that_cannot_be_is_refused(options):
    with pytest.raises(ValueError, match="not"):
        arrange(np.array([shapely.box(0, 0, 1, 1)]), **{"grid_size": 0.001, **options})


@pytest.mark.parametrize("beyond", [-1, 5, 2])
def test_a_number_below_zero_or_beyond_a_hole_is_refused(beyond):
    arrangement = arrange(np.array([shapely.box(0, 0, 1, 1)]), grid_size=0.001)
    with pytest.raises(ValueError, match="there are 1"):
        update(arrangement, {beyond: shapely.box(0, 0, 2, 2)})
