"""Whatever is repaired keeps its area within the bound, and whatever exceeds it is refused."""

from itertools import pairwise

import numpy as np
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from pyproj import CRS

from gis.layers.geometry_repair import NO_REPAIRS, prepare_geometry
from gis.layers.invalid_polygons import MOST_CHANGE_M2, MOST_CHANGE_SHARE

PLANE = CRS.from_epsg(4550)
CORNER = (500_000, 4_500_000)
NUMBER = st.integers(0, 12)
POINT = st.tuples(NUMBER, NUMBER)
RING = st.lists(POINT, min_size=3, max_size=9)


def polygon(points, scale=10.0):
    """Return a polygon around points on a coarse grid, so that many touch, cross or repeat."""
    return shapely.Polygon([(CORNER[0] + x * scale, CORNER[1] + y * scale) for x, y in points])


def prepared(shape, **options):
    shapes = np.array([shape], dtype=object)
    system = {"datum": "", "source": PLANE, "working": PLANE}
    return prepare_geometry(shapes, {}, kind="polygon", **system, **options)


def even_odd_area(shape):
    """Return the ground that is an odd number of times within a ring, by counting on a grid.

    The corners lie on whole multiples of 10 m, so rays half a step beside them meet none.
    """
    minx, miny, maxx, maxy = shape.bounds
    step = 2.5
    x, y = np.meshgrid(
        np.arange(minx + step / 2, maxx, step) + 1e-3, np.arange(miny + step / 2, maxy, step) + 1e-3
    )
    x, y = x.ravel(), y.ravel()
    within = np.zeros(len(x), dtype=int)
    for ring in shapely.get_rings(shape):
        ends = shapely.get_coordinates(ring)
        for (ax, ay), (bx, by) in pairwise(ends):
            if ay == by:
                continue
            crosses = (ay > y) != (by > y)
            within += crosses & (x < ax + (y - ay) * (bx - ax) / (by - ay))
    return (within % 2).sum() * step * step, step * shape.length


@settings(max_examples=300, deadline=None)
@given(RING)
def test_a_repaired_polygon_keeps_the_area_that_its_ring_goes_round(points):
    drawn = polygon(points)
    answer = prepared(drawn)
    shape = answer.geometry[0]
    if shape is None:
        assert len(answer.refused) == 1
        return
    assert shape.is_valid
    bound = min(MOST_CHANGE_SHARE * drawn.area, MOST_CHANGE_M2)
    # the ring's own area, by the trapezoids under its edges, signs and all
    assert abs(shape.area - abs(drawn.area)) <= bound * 1.01 + 1e-6
    counted, blur = even_odd_area(drawn)
    assert abs(shape.area - counted) <= blur
    for note in answer.repaired:
        before, after = note.details["area_before_m2"], note.details["area_m2"]
        assert abs(before - after) <= bound * 1.01 + 0.02


@settings(max_examples=300, deadline=None)
@given(RING, RING)
def test_a_polygon_is_used_as_it_is_or_repaired_or_refused_and_told_which(points, hole):
    drawn = shapely.Polygon(polygon(points).exterior, [polygon(hole).exterior])
    answer = prepared(drawn)
    told = len(answer.refused) + len(answer.repaired)
    if drawn.is_valid:
        assert told == 0
        assert answer.geometry[0].equals(drawn)
    else:
        assert told == 1
        assert (answer.geometry[0] is None) == bool(answer.refused)


@settings(max_examples=150, deadline=None)
@given(RING)
def test_without_repairs_no_shape_is_other_than_it_was_drawn(points):
    drawn = polygon(points)
    (shape,) = prepared(drawn, repairs=NO_REPAIRS).geometry
    assert shape is None or shapely.equals_identical(shape, drawn)


@settings(max_examples=150, deadline=None)
@given(RING, st.integers(0, 8), st.floats(1e-3, 30))
def test_a_spike_changes_nothing_but_is_told(points, at, length):
    plain = polygon(points)
    if not plain.is_valid or not plain.area:
        return
    ends = list(plain.exterior.coords)[:-1]
    at %= len(ends)
    x, y = ends[at]
    spiked = shapely.Polygon([*ends[: at + 1], (x + length, y + length / 3), *ends[at:]])
    answer = prepared(spiked)
    if spiked.is_valid:
        return
    if answer.geometry[0] is None:
        # a spike that runs across the polygon may cut it into readings; it never grows it
        assert answer.refused[0].problem == "polygon_ambiguous"
        return
    assert abs(answer.geometry[0].area - plain.area) <= MOST_CHANGE_SHARE * plain.area + 1e-6
    assert [note.problem for note in answer.repaired] == ["polygon_repaired"]
