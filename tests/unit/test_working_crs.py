"""What is said of the working coordinate system, and when another is recommended."""

import geopandas as gpd
import numpy as np
import pytest
import shapely
from pyproj import CRS, Geod, Transformer

from gis.catalogue import catalogue
from gis.layers.working_crs import (
    distortion,
    recommended_crs,
    three_degree_zone_at,
    working_crs_remarks,
)
from gis.measure import EllipsoidMeasure
from tests.layer_files import EAST, LIMIT, WEST, project, read, write

GEOD = Geod(ellps="GRS80")


def remarks(shape, target, *, chosen=False):
    move = Transformer.from_crs(4490, target, always_xy=True).transform
    moved = shapely.transform(shape, move, interleaved=False)
    bounds = np.array(moved.bounds)
    return working_crs_remarks(bounds, CRS.from_epsg(target), chosen=chosen)


def told(shape, target, *, chosen=False):
    return [
        (remark.problem, remark.details.get("better"))
        for remark in remarks(shape, target, chosen=chosen)
    ]


@pytest.mark.parametrize("target", [4550, 4549, 32651, 3857])
def test_the_scale_told_is_that_of_short_lines_against_geodesics(target):
    places = np.array([[122.0, 41.0], [122.2, 41.1]])
    move = Transformer.from_crs(4490, target, always_xy=True).transform
    errors, areas = [], []
    for lon, lat in places:
        step = 1e-4
        ends = [(lon + step, lat), (lon, lat + step), (lon + step, lat + step)]
        x, y = move(lon, lat)
        for east, north in ends:
            east_m, north_m = move(east, north)
            true = GEOD.inv(lon, lat, east, north)[2]
            errors.append(abs(np.hypot(east_m - x, north_m - y) / true - 1))
        corner = shapely.box(lon - step, lat - step, lon + step, lat + step)
        flat = shapely.transform(corner, move, interleaved=False)
        areas.append(flat.area / abs(GEOD.geometry_area_perimeter(corner)[0]))
    found = distortion(places, CRS.from_epsg(target))
    # lengths in other directions, and a line of a dozen metres instead of a point
    assert found.length_ppm == pytest.approx(max(errors) * 1e6, rel=0.01, abs=3)
    assert (found.least_area, found.greatest_area) == pytest.approx(
        (min(areas), max(areas)), abs=1e-5
    )


def test_the_areas_told_bracket_those_of_the_jurisdiction():
    move = Transformer.from_crs(4490, 4549, always_xy=True).transform
    flat = shapely.transform(LIMIT, move, interleaved=False)
    (remark, *_) = remarks(LIMIT, 4549)
    crs = CRS.from_epsg(4549)
    shapes = gpd.GeoSeries([flat]).to_numpy()
    (true,) = EllipsoidMeasure.around(shapes, crs).areas(shapes)
    least, greatest = (float(remark.details[f"{end}_area"]) for end in ("least", "greatest"))
    assert least < flat.area / true < greatest


def test_a_zone_about_its_meridian_is_told_and_no_other_is_recommended():
    assert told(LIMIT, 4550) == [("working_crs", None)]


def test_web_mercator_is_worth_leaving_for_a_zone():
    assert told(LIMIT, 3857) == [("working_crs", None), ("working_crs_poor", "EPSG:4550")]
    (poor, better) = remarks(LIMIT, 3857)
    # 1 / cos 41°, nearly
    assert poor.details["length_ppm"] == pytest.approx(325_000, rel=0.02)
    assert better.details["better_ppm"] < 200


def test_a_zone_far_from_its_meridian_is_worth_leaving():
    assert told(LIMIT, 4547) == [("working_crs", None), ("working_crs_poor", "EPSG:4550")]


def test_web_mercator_abroad_is_worth_leaving_for_utm():
    assert told(shapely.box(9, 45, 9.2, 45.2), 3857)[1] == ("working_crs_poor", "EPSG:32632")
    assert told(shapely.box(151, -34, 151.2, -33.8), 3857)[1] == ("working_crs_poor", "EPSG:32756")


def test_nothing_is_recommended_against_what_the_project_states():
    assert told(LIMIT, 3857, chosen=True) == [("working_crs", None)]


def test_a_system_in_degrees_is_told_as_such():
    bounds = np.array(LIMIT.bounds)
    (remark,) = working_crs_remarks(bounds, CRS.from_epsg(4490), chosen=False)
    assert (remark.problem, remark.details) == ("working_crs_degrees", {"working": "EPSG:4490"})


def test_where_the_scale_has_no_value_that_is_said():
    pole = np.array([-1000.0, -1000.0, 1000.0, 1000.0])
    (remark,) = working_crs_remarks(pole, CRS.from_epsg(3031), chosen=False)
    assert (remark.problem, remark.details) == ("working_crs_unknown", {"working": "EPSG:3031"})


@pytest.mark.parametrize(
    ("lon", "code"), [(122.07, 4550), (113.27, 4547), (73.7, 4534), (134.7, 4554), (121.49, 4549)]
)
def test_the_zone_recommended_has_the_nearest_central_meridian(lon, code):
    assert three_degree_zone_at(lon).to_epsg() == code
    assert recommended_crs(np.array([[lon, 40.0]])).to_epsg() == code


def test_every_project_is_told_in_both_languages_what_its_system_does(tmp_path):
    project(tmp_path)
    move = Transformer.from_crs(4326, 3857, always_xy=True).transform
    limit, west, east = (
        shapely.transform(shape, move, interleaved=False) for shape in (LIMIT, WEST, EAST)
    )
    write(tmp_path / "limit.geojson", [LIMIT])
    write(tmp_path / "limit.gpkg", [limit], crs=3857)
    write(tmp_path / "claims.gpkg", [west, east], crs=3857, body=["a", "b"])
    (tmp_path / "mangqu.toml").write_text(
        '[layers.jurisdiction]\npath = "limit.gpkg"\n[layers.claims]\npath = "claims.gpkg"\n',
        "utf-8",
    )
    made = read(tmp_path)
    (first,), (second,) = made.statements, made.remarks
    for language in ("zh", "en"):
        texts = catalogue(language)
        assert "EPSG:3857" in texts.text(f"remark.{first.problem}", **first.details)
        assert "EPSG:4550" in texts.text(f"remark.{second.problem}", **second.details)
    path = tmp_path / "mangqu.toml"
    path.write_text('[project]\ncrs = "EPSG:4550"\n' + path.read_text("utf-8"), "utf-8")
    (last,) = read(tmp_path).statements
    assert (last.problem, last.details["working"]) == ("working_crs", "EPSG:4550")
    assert last.details["length_ppm"] < 200
