"""Areas, lengths and widths on the ellipsoid, and areas of pieces that add up to the whole."""

import math
from itertools import pairwise

import numpy as np
import pytest
import shapely
from pyproj import CRS, Geod, Transformer

from gis.arrangement.partition import grid_spacing
from gis.measure import EllipsoidMeasure
from gis.widths import widths

GEOD = Geod(ellps="WGS84")


def measure_of(shapes, crs):
    return EllipsoidMeasure.around(np.array(shapes, dtype=object), CRS.from_user_input(crs))


def finely(shape, crs, pieces=4000):
    """Return m² by a geodesic outline with many points on the edges, straight in the system."""
    system = CRS.from_user_input(crs)
    to_degrees = Transformer.from_crs(system, system.geodetic_crs, always_xy=True)
    fine = shapely.segmentize(shape, shape.length / pieces)
    degrees = shapely.orient_polygons(
        shapely.transform(fine, to_degrees.transform, interleaved=False)
    )
    return system.get_geod().geometry_area_perimeter(degrees)[0]


DEGREE_BOX = shapely.box(122.0, 41.0, 122.4, 41.3)


@pytest.mark.parametrize("crs", [4326, 4490])
def test_a_box_in_degrees_has_the_area_between_its_parallels(crs):
    # the zone between two latitudes on an ellipsoid, in closed form, times the share of longitude
    a, f = (6378137.0, 1 / 298.257223563) if crs == 4326 else (6378137.0, 1 / 298.257222101)
    e = math.sqrt(f * (2 - f))
    b2 = (a * (1 - f)) ** 2

    def zone(latitude):
        s = math.sin(math.radians(latitude))
        return math.pi * b2 * (s / (1 - (e * s) ** 2) + math.atanh(e * s) / e)

    exact = (zone(41.3) - zone(41.0)) * 0.4 / 360
    # the box's two parallels are single edges of 33 km: so the parabola is put to the test
    measured = measure_of([DEGREE_BOX], crs).areas(np.array([DEGREE_BOX]))[0]
    assert measured == pytest.approx(exact, rel=1e-8)


@pytest.mark.parametrize("crs", [4550, 3857, 32651, 4326])
def test_an_irregular_polygon_has_the_area_of_its_fine_outline(crs):
    degrees = shapely.Polygon([(122.0, 41.0), (122.3, 41.02), (122.35, 41.2), (122.1, 41.25)])
    to_crs = Transformer.from_crs(4326, crs, always_xy=True)
    shape = shapely.transform(degrees, to_crs.transform, interleaved=False)
    shape = shape - shape.centroid.buffer(shape.length / 50)
    measured = measure_of([shape], crs).areas(np.array([shape]))[0]
    assert measured == pytest.approx(finely(shape, crs), rel=1e-8)


def test_holes_count_negative_and_winding_does_not_matter():
    measure = measure_of([DEGREE_BOX], 4326)
    hole = shapely.box(122.1, 41.1, 122.2, 41.2)
    ring = DEGREE_BOX - hole
    whole, inner, holed = measure.areas(np.array([DEGREE_BOX, hole, ring]))
    assert holed == pytest.approx(whole - inner, rel=1e-12)
    assert measure.areas(np.array([shapely.reverse(ring)]))[0] == pytest.approx(holed, rel=1e-12)
    both = shapely.MultiPolygon([hole, shapely.box(122.3, 41.0, 122.35, 41.01)])
    parts = measure.areas(np.array(both.geoms))
    assert measure.areas(np.array([both]))[0] == pytest.approx(parts.sum(), rel=1e-12)


@pytest.mark.parametrize("crs", [4326, 4550, 3857])
def test_the_pieces_of_a_cut_polygon_add_up_to_the_whole(crs):
    to_crs = Transformer.from_crs(4326, crs, always_xy=True)
    shape = shapely.transform(DEGREE_BOX, to_crs.transform, interleaved=False)
    west, south, east, north = shape.bounds
    xs = np.linspace(west, east, 8)
    ys = np.linspace(south, north, 6)
    cells = np.array(
        [
            shapely.box(x0, y0, x1, y1).intersection(shape)
            for x0, x1 in pairwise(xs)
            for y0, y1 in pairwise(ys)
        ]
    )
    measure = measure_of([shape], crs)
    whole = measure.areas(np.array([shape]))[0]
    assert measure.areas(cells).sum() == pytest.approx(whole, rel=1e-9)


def test_nothing_has_no_area_no_length_and_no_width():
    measure = measure_of([DEGREE_BOX], 4326)
    nothing = np.zeros(0, dtype=object)
    assert measure.areas(nothing).shape == (0,)
    assert measure.segment_lengths(np.zeros((0, 2, 2))).shape == (0,)
    assert widths(nothing, measure).shape == (0,)
    assert measure.areas(np.array([shapely.Polygon()])).tolist() == [0.0]


def test_the_border_encloses_the_area():
    measure = measure_of([DEGREE_BOX], 4326)
    points = shapely.get_coordinates(DEGREE_BOX.normalize().exterior)
    if not shapely.is_ccw(DEGREE_BOX.normalize().exterior):
        points = points[::-1]
    whole = measure.areas(np.array([DEGREE_BOX]))[0]
    swept = measure.doubled_swept_areas(points[:-1], points[1:])
    assert swept.sum() / 2 == pytest.approx(whole, rel=1e-12)
    # as one path, and as two that follow each other
    flat = measure.flat_points(points)
    assert measure.doubled_swept_along(points, flat, np.array([0, len(points)])) == pytest.approx(
        [2 * whole], rel=1e-12
    )
    twice = np.concatenate([points[:3], points[2:]])
    parts = measure.doubled_swept_along(
        twice, measure.flat_points(twice), np.array([0, 3, len(twice)])
    )
    assert parts.sum() == pytest.approx(2 * whole, rel=1e-12)


@pytest.mark.parametrize("crs", [4326, 4550, 3857, 2263])
def test_lengths_are_geodesic_metres_in_every_system(crs):
    lon, lat = (-73.9, 40.7) if crs == 2263 else (122.0, 41.0)
    line = shapely.LineString([(lon, lat), (lon + 0.02, lat + 0.01), (lon + 0.02, lat + 0.03)])
    to_crs = Transformer.from_crs(4326, crs, always_xy=True)
    drawn = shapely.transform(line, to_crs.transform, interleaved=False)
    points = shapely.get_coordinates(drawn)
    segments = np.stack([points[:-1], points[1:]], axis=1)
    measured = measure_of([drawn], crs).segment_lengths(segments).sum()
    assert measured == pytest.approx(GEOD.geometry_length(line), rel=1e-6)


@pytest.mark.parametrize(
    ("shape", "width"),
    [
        (shapely.box(0, 0, 0.3, 700), 0.3),
        (shapely.box(0, 0, 60, 1000), 60),
        (shapely.box(0, 0, 500, 500), 500),
        (shapely.Point(0, 0).buffer(50, quad_segs=64), 100),
        # in a frame's corner there is room for a circle wider than the frame's sides
        (shapely.box(0, 0, 100, 100) - shapely.box(10, 10, 90, 90), 20 * (2 - math.sqrt(2))),
        (shapely.box(0, 0, 1000, 2) | shapely.box(400, 0, 440, 40), 40),
        (shapely.box(0, 0, 0.002, 0.5), 0.002),
    ],
)
def test_the_width_is_twice_the_radius_of_the_largest_circle_inside(shape, width):
    placed = shapely.affinity.translate(shape, 500_000, 4_500_000)
    measured = widths(np.array([placed]), measure_of([placed], 4550))[0]
    assert measured == pytest.approx(width, rel=0.05)


def test_a_unit_of_feet_counts_as_feet():
    measure = measure_of([shapely.box(980_000, 190_000, 990_000, 200_000)], 2263)
    assert measure.metres_per_unit == pytest.approx(1200 / 3937, rel=1e-12)


@pytest.mark.parametrize(
    ("crs", "spacing"), [(4550, 0.001), (2263, 0.001 * 3937 / 1200), (4326, 1e-9), (4490, 1e-9)]
)
def test_the_grid_is_a_millimetre_in_the_units_of_the_system(crs, spacing):
    assert grid_spacing(CRS.from_epsg(crs), 0.001) == pytest.approx(spacing, rel=1e-9)
