"""How many metres a unit is, and which way, held against geodesics."""

import math

import numpy as np
import pytest
from pyproj import CRS, Geod, Transformer

from gis.findings.local_metres import LocalMetres, scales_at
from gis.measure import EllipsoidMeasure

#: Systems with a place in each: metres on a central meridian and far from one, degrees, US feet,
#: and one that stretches everything to twice its size.
PLACES = {
    4550: (600_000.0, 4_600_000.0),
    4490: (122.3, 41.2),
    2263: (1_000_000.0, 200_000.0),
    3857: (13_600_000.0, 8_400_000.0),
}


def metres(code):
    crs = CRS.from_epsg(code)
    return EllipsoidMeasure(crs, (0.0, 0.0)), np.array(PLACES[code])


def around(place, unit_m, *, half_m=30_000.0):
    reach = half_m / unit_m
    return np.concatenate([place - reach, place + reach])


@pytest.mark.parametrize("code", PLACES)
def test_short_steps_are_as_long_as_geodesics_and_lead_the_same_way(code):
    measure, place = metres(code)
    crs = measure.crs
    to_degrees = Transformer.from_crs(crs, crs.geodetic_crs, always_xy=True)
    unit_m = measure.metres_per_unit
    scales = LocalMetres.around(around(place, unit_m), measure)
    random = np.random.default_rng(7)
    for _ in range(50):
        middle = place + random.uniform(-25_000, 25_000, 2) / unit_m
        step = random.uniform(-100, 100, 2) / unit_m
        a, b, c, d = scales.at(middle[None])[0]
        east, north = a * step[0] + c * step[1], b * step[0] + d * step[1]
        ends = to_degrees.transform(*np.array([middle - step / 2, middle + step / 2]).T)
        azimuth, _, length = crs.get_geod().inv(ends[0][0], ends[1][0], ends[0][1], ends[1][1])
        assert math.hypot(east, north) == pytest.approx(length, rel=3e-7)
        turned = math.radians(azimuth) - math.atan2(east, north)
        assert abs(math.remainder(turned, 2 * math.pi)) < 1e-4


@pytest.mark.parametrize("code", PLACES)
def test_the_table_says_what_each_point_would_by_itself(code):
    measure, place = metres(code)
    unit_m = measure.metres_per_unit
    scales = LocalMetres.around(around(place, unit_m), measure)
    points = place + np.random.default_rng(8).uniform(-40_000, 40_000, (200, 2)) / unit_m
    exact = scales_at(points, measure)
    assert np.abs(scales.at(points) - exact).max() < 3e-7 * np.abs(exact).max()
    smallest = np.linalg.svd(scales.table.reshape(-1, 2, 2), compute_uv=False).min()
    assert scales.least == pytest.approx(smallest)


def test_the_table_of_a_single_point_holds_that_point():
    measure, place = metres(4490)
    scales = LocalMetres.around(np.concatenate([place, place]), measure)
    assert scales.at(place[None]) == pytest.approx(scales_at(place[None], measure), rel=1e-9)


@pytest.mark.parametrize("point", [(122.0, 90.0), (122.0, 400.0), (1e9, -89.95)])
def test_where_a_system_does_not_reach_a_unit_is_the_same_everywhere(point):
    measure, _ = metres(4490)
    degree = measure.metres_per_unit
    assert scales_at(np.array([point]), measure)[0].tolist() == [degree, 0, 0, degree]


def test_across_the_antimeridian_a_degree_is_a_degree():
    measure, _ = metres(4490)
    ((east, *_),) = scales_at(np.array([(180.0, 0.0)]), measure)
    assert east == pytest.approx(Geod(ellps="GRS80").inv(0, 0, 1, 0)[2], rel=1e-7)
