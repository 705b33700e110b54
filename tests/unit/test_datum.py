"""The Chinese map offsets, against an independent implementation and known distances."""

import numpy as np
import prcoords
import pytest
import shapely
from pyproj import Geod

from gis.layers import datum

GEOD = Geod(ellps="WGS84")


@pytest.fixture(scope="module")
def points_in_china():
    random = np.random.default_rng(20260815)
    return random.uniform(74, 134, 500), random.uniform(18, 53, 500)


def test_gcj02_agrees_with_an_independent_implementation(points_in_china):
    lon, lat = points_in_china
    expected = [prcoords.wgs_gcj((y, x), False) for x, y in zip(lon, lat, strict=True)]
    ours = datum.wgs84_to_gcj02(lon, lat)
    np.testing.assert_allclose(ours[0], [point.lon for point in expected], rtol=0, atol=1e-12)
    np.testing.assert_allclose(ours[1], [point.lat for point in expected], rtol=0, atol=1e-12)


def test_bd09_agrees_with_an_independent_implementation(points_in_china):
    lon, lat = points_in_china
    expected = [prcoords.gcj_bd((y, x), False) for x, y in zip(lon, lat, strict=True)]
    ours = datum.gcj02_to_bd09(lon, lat)
    np.testing.assert_allclose(ours[0], [point.lon for point in expected], rtol=0, atol=1e-12)
    np.testing.assert_allclose(ours[1], [point.lat for point in expected], rtol=0, atol=1e-12)


@pytest.mark.parametrize(
    ("there", "back"),
    [
        (datum.wgs84_to_gcj02, datum.gcj02_to_wgs84),
        (datum.gcj02_to_bd09, datum.bd09_to_gcj02),
        (datum.wgs84_to_bd09, datum.bd09_to_wgs84),
    ],
)
def test_there_and_back_again_ends_where_it_began(points_in_china, there, back):
    lon, lat = points_in_china
    new_lon, new_lat = back(*there(lon, lat))
    # 1e-9 degrees is a tenth of a millimetre
    assert max(np.abs(new_lon - lon).max(), np.abs(new_lat - lat).max()) < 1e-9


def test_the_four_county_seats_of_panjin_are_shifted_by_484_to_518_metres():
    lon = np.array([121.99, 122.06, 122.07, 122.08])
    lat = np.array([41.24, 41.19, 41.12, 41.00])
    shifted = datum.wgs84_to_gcj02(lon, lat)
    _, _, metres = GEOD.inv(lon, lat, *shifted)
    assert metres.min() > 484
    assert metres.max() < 518


def test_points_outside_china_stay_where_they_are():
    lon, lat = np.array([-74.0, 2.35, 151.2]), np.array([40.7, 48.85, -33.9])
    for shift in (datum.wgs84_to_gcj02, datum.gcj02_to_wgs84, datum.bd09_to_wgs84):
        np.testing.assert_array_equal(shift(lon, lat), (lon, lat))


def test_the_arguments_are_not_changed():
    lon, lat = np.array([122.0]), np.array([41.0])
    datum.gcj02_to_wgs84(lon, lat)
    assert (lon[0], lat[0]) == (122.0, 41.0)


def test_geometries_are_converted_vertex_by_vertex():
    shifted = datum.wgs84_to_gcj02(np.array([122.0, 122.1]), np.array([41.0, 41.1]))
    line = shapely.linestrings(np.column_stack(shifted))
    back = datum.convert_geometries(np.array([line, None], dtype=object), "gcj02")
    np.testing.assert_allclose(
        shapely.get_coordinates(back[0]), [[122.0, 41.0], [122.1, 41.1]], atol=1e-9
    )
    assert back[1] is None
