"""A layer without a coordinate system: what is proposed for it, and in which order."""

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from pyproj import CRS, Transformer

from gis.errors import InputErrors
from gis.layers.crs_candidates import MOST_CANDIDATES, crs_candidates
from gis.layers.extents import extent_points
from gis.layers.known_systems import known_systems
from gis.layers.one_layer import read_one_layer
from tests.layer_files import EAST, LIMIT, WEST, problems, project, read, write

PANJIN = (122.07, 41.12)
GUANGZHOU = (113.27, 23.13)
URUMQI = (87.62, 43.82)
LANZHOU = (103.83, 36.06)
HARBIN = (126.63, 45.75)

#: True code of each city by what its numbers look like, worked out by hand from the longitude:
#: 3-degree zone = round(lon / 3), 6-degree zone = lon // 6 + 1.
ZONES = [
    (PANJIN, 41, 21),
    (GUANGZHOU, 38, 19),
    (URUMQI, 29, 15),
    (LANZHOU, 35, 18),
    (HARBIN, 42, 22),
]


def bounds(place, code, size=0.1):
    """Return the extent of a small layer about a place, in the numbers of a system."""
    lon, lat = np.array(place)[:, None] + np.array([[-1, 1, 1, -1], [-1, -1, 1, 1]]) * size
    x, y = Transformer.from_crs(4326, code, always_xy=True).transform(lon, lat)
    return np.array([[min(x), min(y), max(x), max(y)]])


def box(place, size=0.1):
    """Return an extent about a place, in degrees."""
    return np.array([place[0] - size, place[1] - size, place[0] + size, place[1] + size])


def swapped(extent):
    return extent[:, [1, 0, 3, 2]]


def stated(candidates):
    return [(candidate.crs, candidate.datum, candidate.axes) for candidate in candidates]


def code(found):
    return found.crs.removeprefix("EPSG:")


# which systems are known


def test_the_zones_that_are_tried_are_those_of_the_registry():
    for system in known_systems():
        crs = CRS.from_epsg(system.code)
        assert crs.area_of_use.bounds == system.area or system.datum
        if not system.kind.startswith(("zone_", "meridian_")):
            continue
        parameters = {each.name: each.value for each in crs.coordinate_operation.params}
        meridian = parameters["Longitude of natural origin"]
        width = int(system.kind[-1])
        if system.kind.startswith("meridian_"):
            assert (parameters["False easting"], meridian) == (500_000, system.number)
        else:
            assert parameters["False easting"] == system.number * 1_000_000 + 500_000
            assert meridian == system.number * width - (3 if width == 6 else 0)
    kinds = [(system.family, system.kind) for system in known_systems()]
    for family in ("cgcs2000", "xian80", "beijing54"):
        counts = [kinds.count((family, kind)) for kind in ("zone_3", "zone_6")]
        assert counts == [21, 11]
        assert [kinds.count((family, kind)) for kind in ("meridian_3", "meridian_6")] == counts
    assert kinds.count(("wgs84", "utm_north")) == kinds.count(("wgs84", "utm_south")) == 60


# with zone numbers


@pytest.mark.parametrize(("place", "three", "six"), ZONES)
def test_a_zone_number_in_the_easting_tells_the_zone(place, three, six):
    for number, first, others in (
        (three, 4513 - 25, (2349 - 25, 2401 - 25)),
        (six, 4491 - 13, (2327 - 13, 21413 - 13)),
    ):
        found = crs_candidates(bounds(place, first + number))
        assert found[0].crs == f"EPSG:{first + number}"
        assert found[0].number == number
        assert (found[0].lon, found[0].lat) == pytest.approx(place, abs=0.01)
        # the older datums have the same numbers to a hundred metres, and come after
        assert [each.crs for each in found[1:3]] == [f"EPSG:{other + number}" for other in others]


@settings(max_examples=60, deadline=None)
@given(
    zone=st.integers(25, 45),
    across=st.floats(0.02, 0.98),
    up=st.floats(0.02, 0.98),
    turned=st.booleans(),
)
def test_any_place_in_china_with_a_zone_number_has_its_system_first(zone, across, up, turned):
    true = 4513 + zone - 25
    west, south, east, north = CRS.from_epsg(true).area_of_use.bounds
    place = (west + across * (east - west), south + up * (north - south))
    extent = bounds(place, true, size=0.01)
    (first, *_) = crs_candidates(swapped(extent) if turned else extent)
    assert (first.crs, first.axes) == (f"EPSG:{true}", "yx" if turned else "")
    assert (first.lon, first.lat) == pytest.approx(place, abs=0.02)


# without zone numbers


@pytest.mark.parametrize(("place", "three", "six"), ZONES)
def test_the_other_layers_tell_the_zone_of_an_easting_without_its_number(place, three, six):
    for true in (4534 - 25 + three, 4502 - 13 + six):
        found = crs_candidates(bounds(place, true), [box(place)])
        same_numbers = CRS.from_epsg(true).coordinate_operation
        first = CRS.from_epsg(int(code(found[0]))).coordinate_operation
        # where both widths have this central meridian their numbers are the same
        assert [each.value for each in first.params] == [each.value for each in same_numbers.params]
        assert f"EPSG:{true}" in [each.crs for each in found]
        assert found[0].family == "cgcs2000"
        # a box of the plane is a little askew among meridians
        assert found[0].distance_km < 0.5


def test_three_degrees_come_before_six_and_new_datums_before_old():
    found = crs_candidates(bounds(PANJIN, 4550), [box(PANJIN)])
    assert [code(each) for each in found] == ["4550", "4510", "2386", "2346", "2438", "21461"]


@pytest.mark.parametrize("true", [2386, 2438, 2346, 21461, 2365, 2417])
def test_older_systems_are_among_those_proposed(true):
    found = crs_candidates(bounds(PANJIN, true), [box(PANJIN)])
    assert f"EPSG:{true}" in [each.crs for each in found]
    assert found[0].family == "cgcs2000"


def test_without_other_layers_a_missing_zone_is_said_to_be_missing(tmp_path):
    path = shapefile(tmp_path, bounds(GUANGZHOU, 4547))
    (error,) = refusal(lambda: read_one_layer(str(path)))
    crs = [each["crs"] for each in error.details["candidates"]]
    assert "EPSG:4547" in crs
    assert len({each["lon"] for each in error.details["candidates"]}) > 1
    assert "central meridian" in error.render("en")
    assert "中央经线" in error.render("zh")


# degrees, Web Mercator, abroad


def test_degrees_in_china_cannot_be_told_apart_and_the_official_ones_come_first(tmp_path):
    path = shapefile(tmp_path, bounds(LANZHOU, 4490))
    (error,) = refusal(lambda: read_one_layer(str(path)))
    lines = [tuple(each["lines"]) for each in error.details["candidates"]]
    assert lines == [
        ('crs = "EPSG:4490"',),
        ('crs = "EPSG:4326"',),
        ('datum = "gcj02"',),
        ('datum = "bd09"',),
        ('crs = "EPSG:4610"',),
        ('crs = "EPSG:4214"',),
    ]
    assert "cannot be told apart" in error.render("en")
    assert "无法区分" in error.render("zh")


def test_degrees_abroad_are_wgs84():
    assert stated(crs_candidates(bounds((9.2, 45.5), 4326), [box((9.2, 45.5))])) == [
        ("EPSG:4326", "", "")
    ]


def test_latitude_first_is_recognised_in_china():
    first = crs_candidates(swapped(bounds(PANJIN, 4490)))[0]
    assert stated([first]) == [("EPSG:4490", "", "yx")]


@pytest.mark.parametrize("place", [PANJIN, GUANGZHOU, URUMQI, (-74.0, 40.7)])
def test_web_mercator_is_recognised(place):
    assert crs_candidates(bounds(place, 3857), [box(place)])[0].crs == "EPSG:3857"
    assert crs_candidates(bounds(place, 3857))[0].crs == "EPSG:3857"


@pytest.mark.parametrize(
    ("place", "true"), [((9.2, 45.5), 32632), ((-74.0, 40.7), 32618), ((151.2, -33.9), 32756)]
)
def test_utm_abroad_is_first_where_the_other_layers_lie(place, true):
    assert code(crs_candidates(bounds(place, true), [box(place)])[0]) == str(true)


@pytest.mark.parametrize(("place", "true"), [(PANJIN, 32651), (GUANGZHOU, 32649)])
def test_utm_in_china_is_told_from_a_zone_by_a_kilometre(place, true):
    assert code(crs_candidates(bounds(place, true), [box(place)])[0]) == str(true)


# what must not sway or mislead


def test_a_stray_row_at_the_origin_does_not_hide_the_system():
    rows = np.repeat(bounds(PANJIN, 4529), 30, axis=0)
    rows[7] = 0
    assert code(crs_candidates(rows)[0]) == "4529"
    rows[8] = np.nan
    assert code(crs_candidates(rows)[0]) == "4529"


@pytest.mark.parametrize(
    "extent",
    [
        [1000, 2000, 1500, 2600],
        [-3e8, 9e9, -2e8, 9.1e9],
        [np.nan] * 4,
        [61_500_000, 4_500_000, 61_500_100, 4_500_100],
        [np.inf, 0, np.inf, 1],
        [-1.7e308, -1.7e308, 1.7e308, 1.7e308],
    ],
)
def test_numbers_of_no_known_system_have_no_candidates(extent):
    assert crs_candidates(np.array([extent], dtype=float)) == []


def test_numbers_of_no_known_system_are_refused_with_the_numbers(tmp_path):
    path = shapefile(tmp_path, np.array([[1000, 2000, 1500, 2600]]))
    (error,) = refusal(lambda: read_one_layer(str(path)))
    assert error.problem == "crs_missing"
    assert error.details["candidates"] == []
    for language in ("zh", "en"):
        assert "1250, 2300" in error.render(language)


def test_a_layer_that_falls_near_the_others_in_no_system_says_how_far_it_is():
    found = crs_candidates(bounds(URUMQI, 4517), [box(PANJIN)])
    assert found[0].crs == "EPSG:4517"
    # about 2800 km, by the haversine formula
    assert found[0].distance_km == pytest.approx(2800, rel=0.05)


def test_whoever_has_stated_the_order_of_axes_is_not_offered_another():
    assert crs_candidates(swapped(bounds(PANJIN, 4529)), axes="xy") == []
    assert stated(crs_candidates(bounds(PANJIN, 4529), axes="yx"))[0] == ("EPSG:4529", "", "yx")


# in a project


def shapefile(folder, extent, name="layer"):
    """Write a Shapefile without a coordinate system."""
    boxes = [shapely.box(*row) for row in extent]
    return without_crs(write(folder / f"{name}.shp", boxes, a=["x"] * len(boxes)))


def without_crs(path):
    path.with_suffix(".prj").unlink()
    return path


def refusal(call):
    with pytest.raises(Exception, match=r"none is guessed|axes exchanged") as caught:
        call()
    return caught.value.errors if isinstance(caught.value, InputErrors) else (caught.value,)


def moved(shape, target):
    move = Transformer.from_crs(4326, target, always_xy=True).transform
    return shapely.transform(shape, move, interleaved=False)


def turned(shape):
    return shapely.transform(shape, lambda points: points[:, ::-1])


def test_a_layer_is_judged_by_those_that_are_read_after_it(tmp_path):
    project(tmp_path)
    shapefile(tmp_path, shapely.bounds([moved(LIMIT, 4550)]), name="limit")
    text = (tmp_path / "mangqu.toml").read_text("utf-8")
    (tmp_path / "mangqu.toml").write_text(text.replace("limit.geojson", "limit.shp"), "utf-8")
    (error,) = refusal(lambda: read(tmp_path))
    assert (error.problem, error.file) == ("crs_missing", "limit.shp")
    assert error.details["candidates"][0]["lines"] == ['crs = "EPSG:4550"']
    assert error.details["candidates"][0]["distance_km"] <= 0.2
    assert 'crs = "EPSG:4550" (' in error.render("en")
    assert 'crs = "EPSG:4550"（CGCS2000 3 度带' in error.render("zh")
    assert len(error.details["candidates"]) <= MOST_CANDIDATES


def test_what_is_proposed_first_is_what_makes_the_project_right(tmp_path):
    shapes = [turned(moved(shape, 4529)) for shape in (WEST, EAST)]
    without_crs(write(tmp_path / "claims.shp", shapes, body=["a", "b"]))
    folder = project(tmp_path, claims='path = "claims.shp"\n')
    (error,) = refusal(lambda: read(folder))
    lines = "\n".join(error.details["candidates"][0]["lines"])
    made = read(project(tmp_path, claims=f'path = "claims.shp"\n{lines}\n'))
    assert made.claims.geometry[0].symmetric_difference(WEST).area < 1e-9
    assert "axes_swapped" in [remark.problem for remark in made.remarks]


def test_axes_are_exchanged_where_the_project_says_so(tmp_path):
    write(tmp_path / "claims.geojson", [turned(WEST), turned(EAST)], body=["a", "b"])
    made = read(project(tmp_path, more='axes = "yx"\n'))
    assert made.claims.geometry[0].equals(WEST)
    assert [remark.problem for remark in made.remarks] == ["axes_swapped"]


def test_no_other_word_is_taken_for_an_order_of_axes(tmp_path):
    folder = project(tmp_path, more='axes = "ne"\n')
    assert [problem for problem, *_ in problems(lambda: read(folder))] == ["toml_wrong_word"]


@pytest.mark.parametrize("target", [4326, 4550, 4529])
def test_exchanged_axes_are_recognised_whatever_the_file_states(tmp_path, target):
    shapes = [turned(moved(shape, target)) for shape in (WEST, EAST)]
    write(tmp_path / "claims.gpkg", shapes, crs=target, body=["a", "b"])
    folder = project(tmp_path, claims='path = "claims.gpkg"\n')
    assert problems(lambda: read(folder)) == [("coordinates_swapped", None, None)]
    folder = project(tmp_path, claims='path = "claims.gpkg"\naxes = "yx"\n')
    assert read(folder).claims.geometry[0].symmetric_difference(WEST).area < 1e-9


def abroad(folder, limit, claims, more="", axes=""):
    """Write a project near Petersburg, where both orders of the axes are on earth."""
    west, east = shapely.box(30, 60, 30.1, 60.1), shapely.box(30.1, 60, 30.2, 60.1)
    project(folder)
    write(folder / "limit.geojson", [limit(shapely.box(30, 60, 30.2, 60.1))])
    write(folder / "claims.geojson", [claims(west), claims(east)], body=["a", "b"])
    write(folder / "zones.geojson", [claims(west)], kind=["fringe"])
    return project_file(folder, f"{axes}{more}")


def project_file(folder, more):
    text = (
        '[layers.jurisdiction]\npath = "limit.geojson"\n[layers.claims]\npath = "claims.geojson"\n'
    )
    (folder / "mangqu.toml").write_text(text + more, "utf-8")
    return folder


ZONE_LAYER = '[layers.zones]\npath = "zones.geojson"\n'


def test_where_both_orders_are_on_earth_the_jurisdiction_tells(tmp_path):
    folder = abroad(tmp_path, limit=lambda shape: shape, claims=turned)
    (error,) = refusal(lambda: read(folder))
    assert (error.problem, error.file) == ("coordinates_swapped", "claims.geojson")
    assert 'axes = "yx"' in error.render("en")
    assert 'axes = "yx"' in error.render("zh")


def test_a_jurisdiction_against_which_all_others_agree_is_the_one_that_is_refused(tmp_path):
    folder = abroad(tmp_path, limit=turned, claims=lambda shape: shape, more=ZONE_LAYER)
    (error,) = refusal(lambda: read(folder))
    assert (error.problem, error.file) == ("coordinates_swapped", "limit.geojson")


def test_a_wrong_order_of_axes_that_the_project_states_is_noticed_too(tmp_path):
    folder = abroad(tmp_path, lambda shape: shape, lambda shape: shape, axes='axes = "yx"\n')
    assert problems(lambda: read(folder)) == [("coordinates_swapped", None, None)]


def test_whoever_insists_on_the_order_of_axes_is_believed(tmp_path):
    folder = abroad(tmp_path, lambda shape: shape, turned, axes='axes = "xy"\n')
    assert len(read(folder).claims) == 2


# one row that is wrong among few

POINTS = [(122.06, 41.05), (122.08, 41.06), (122.1, 41.04), (122.12, 41.07)]


def cases(folder, points, more=""):
    """Write a project with cases in a CSV file, of which some may be mixed up."""
    lines = [f"{lon},{lat},坑洼,2026-08-01" for lon, lat in points]
    text = "\n".join(["经度,纬度,matter,reported_at", *lines]) + "\n"
    (folder / "cases.csv").write_text(text, "utf-8")
    return project(folder, more=f'[layers.cases]\npath = "cases.csv"\n{more}')


@pytest.mark.parametrize("row", [1, 2, 3, 4])
def test_one_row_of_four_that_is_mixed_up_does_not_hide_the_system(tmp_path, row):
    points = [point[::-1] if at == row else point for at, point in enumerate(POINTS, start=1)]
    (error,) = refusal(lambda: read(cases(tmp_path, points)))
    first = error.details["candidates"][0]
    assert (first["crs"], first["axes"], first["distance_km"]) == ("EPSG:4490", "", 0.0)


def test_one_row_that_is_mixed_up_is_to_be_corrected_in_the_row(tmp_path):
    points = [*POINTS[:3], POINTS[3][::-1]]
    folder = cases(tmp_path, points, 'crs = "EPSG:4490"\n')
    assert problems(lambda: read(folder)) == [("row_axes_exchanged", 4, None)]


def test_where_most_rows_are_mixed_up_the_axes_are(tmp_path):
    points = [POINTS[0], *(point[::-1] for point in POINTS[1:])]
    folder = cases(tmp_path, points, 'crs = "EPSG:4490"\n')
    assert problems(lambda: read(folder)) == [("coordinates_swapped", None, None)]
    folder = cases(tmp_path, points, 'crs = "EPSG:4490"\naxes = "yx"\n')
    assert problems(lambda: read(folder)) == [("row_axes_exchanged", 1, None)]


@given(st.integers(3, 9), st.data())
def test_few_rows_keep_their_whole_extent_unless_one_lies_far_off(count, data):
    unit = st.floats(0, 1)
    points = np.array(data.draw(st.lists(st.tuples(unit, unit), min_size=count, max_size=count)))
    rows = np.hstack([points, points + 0.5])
    corners = extent_points(rows)[1:]
    assert (corners.min(axis=0) == points.min(axis=0)).all()
    assert (corners.max(axis=0) == points.max(axis=0) + 0.5).all()
    stray = np.vstack([rows, [[41.0, 122.0, 41.0, 122.0]]])
    if count + 1 < 10:
        assert (extent_points(stray)[1:] == corners).all()


def test_a_place_that_all_candidates_share_is_told_once(tmp_path):
    (error,) = refusal(lambda: read(cases(tmp_path, POINTS)))
    assert len(error.details["candidates"]) > 1
    for language, place in (
        ("zh", "都落在 122.1°E 41.1°N，距其他图层 0 千米"),
        ("en", "at 122.1°E"),
    ):
        said = error.render(language)
        assert place in said
        assert said.count("122.1°E") == 1
