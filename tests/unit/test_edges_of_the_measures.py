"""Edges of what is measured, traced along lanes and verified: one dropped condition, one test."""

import json
import math
import shutil
import sqlite3
from contextlib import closing

import numpy as np
import pytest
import shapely
from pyproj import CRS, Geod
from shapely.affinity import rotate

from gis.errors import InputError
from gis.measure import EllipsoidMeasure
from gis.pipeline import analyse
from gis.run_folder import CERTIFICATE, GEOPACKAGE, LOG
from gis.verification import verify_run
from gis.widths import widths
from tests.builders import (
    COUNTY,
    EAST_HALF,
    PLANE,
    WEST_HALF,
    claim,
    lane,
    placed,
    project_of,
    square,
)

DEGREES = CRS.from_epsg(4326)
HALVES = [claim("A", WEST_HALF), claim("B", EAST_HALF)]


def borders_along(*lanes, claims=HALVES, **options):
    """Return first and last metre of the stretches of lanes that run along a border."""
    run = analyse(project_of(*claims, lanes=lanes, **options))
    rows = run.lane_findings[run.lane_findings["class"] == "lane_border"]
    return list(zip(rows["from_m"], rows["to_m"], strict=True))


# lanes


@pytest.mark.parametrize("angle", [22, 25, 30, 40])
def test_a_lane_that_crosses_a_border_at_a_flat_angle_does_not_run_along_it(angle):
    east, north = 300 * math.sin(math.radians(angle)), 300 * math.cos(math.radians(angle))
    assert borders_along(lane((500 - east, 500 - north), (500 + east, 500 + north))) == []


def test_a_lane_along_a_border_is_cut_at_a_slanting_limit():
    # the limit falls to the east at half a right angle, and meets the border at 1000 m
    within = shapely.Polygon([(0, 0), (1000, 0), (1000, 500), (500, 1000), (0, 1000)])
    claims = [claim("A", WEST_HALF, accuracy_m=10.0), claim("B", EAST_HALF, accuracy_m=10.0)]
    along = lane((510, 100), (510, 1400))
    assert borders_along(along, claims=claims, within=within) == [pytest.approx((0, 890), abs=0.01)]


def test_a_lane_runs_along_a_border_no_further_than_the_border_goes():
    south = square(0, 0, 1000, 500)
    claims = [
        claim("A", WEST_HALF & south),
        claim("B", EAST_HALF & south),
        claim("C", COUNTY - south),
    ]
    assert borders_along(lane((500, 100), (500, 900)), claims=claims) == [
        pytest.approx((0, 400), abs=0.01)
    ]


CORNER = square(0, 0, 100, 100)
ELSEWHERE = {
    "another matter": [*HALVES, claim("C", COUNTY, "cleaning", accuracy_m=50.0)],
    "disclaimed": [*HALVES, claim("C", COUNTY, status="disclaimed", accuracy_m=50.0)],
    "far away": [
        claim("A", WEST_HALF - CORNER),
        claim("B", EAST_HALF),
        claim("C", CORNER, accuracy_m=50.0),
    ],
}


@pytest.mark.parametrize("claims", ELSEWHERE.values(), ids=ELSEWHERE)
@pytest.mark.parametrize("x", [500, 505])
def test_an_inaccurate_claim_elsewhere_changes_nothing_about_a_lane(claims, x):
    claims = [{**row, "matter": row["matter"] or "order"} for row in claims]
    along = lane((x, 150), (x, 900))
    found = borders_along(along, claims=claims, matters=("order",))
    assert found == ([pytest.approx((0, 750), abs=0.01)] if x == 500 else [])


@pytest.mark.parametrize("inaccurate", ["A", "B"])
def test_the_accuracy_of_the_claims_beside_a_lane_counts(inaccurate):
    claims = [{**row, "accuracy_m": 5.0 if row["body"] == inaccurate else 0.5} for row in HALVES]
    along = lane((505, 150), (505, 900))
    assert borders_along(along) == []
    assert borders_along(along, claims=claims) == [pytest.approx((0, 750), abs=0.01)]


def test_of_two_claims_on_one_side_of_a_border_the_less_accurate_counts():
    again = claim("A", WEST_HALF, accuracy_m=5.0)
    assert borders_along(lane((505, 150), (505, 900)), claims=[*HALVES, again]) == [
        pytest.approx((0, 750), abs=0.01)
    ]


# areas and widths


def area(shape):
    shapes = np.array([shape], dtype=object)
    return EllipsoidMeasure.around(shapes, DEGREES).areas(shapes)[0]


def test_edges_of_forty_kilometres_are_bent_as_on_the_ellipsoid():
    triangle = shapely.Polygon([(122, 41), (122.48, 41), (122.2, 41.36)])
    dense = triangle.segmentize(0.0002)
    on_the_ellipsoid, _ = Geod(ellps="WGS84").geometry_area_perimeter(dense)
    assert area(triangle) == pytest.approx(abs(on_the_ellipsoid), rel=1e-9)


def test_a_box_of_twenty_by_fifteen_degrees_has_its_authalic_area():
    west, south, east, north = 110.0, 30.0, 130.0, 45.0
    ellipsoid = Geod(ellps="WGS84")
    e = math.sqrt(ellipsoid.es)

    def zone_below(latitude):
        sine = math.sin(math.radians(latitude))
        return sine / (1 - ellipsoid.es * sine**2) + math.atanh(e * sine) / e

    height = ellipsoid.b**2 / 2 * (zone_below(north) - zone_below(south))
    exact = math.radians(east - west) * height
    assert area(shapely.box(west, south, east, north)) == pytest.approx(exact, rel=1e-9)


def width(shape):
    shapes = np.array([placed(shape)], dtype=object)
    return widths(shapes, EllipsoidMeasure.around(shapes, PLANE))[0]


@pytest.mark.parametrize("spikes", [20, 40, 200])
def test_a_star_is_as_wide_as_its_core_however_long_its_spikes(spikes):
    turn = np.arange(2 * spikes) * np.pi / spikes
    radius = np.where(np.arange(2 * spikes) % 2, 50.0, 1000.0)
    star = shapely.Polygon(np.column_stack([radius * np.cos(turn), radius * np.sin(turn)]))
    assert width(star) == pytest.approx(100, rel=0.03)


@pytest.mark.parametrize("turn", [0, 17, 45])
def test_a_sliver_of_half_a_millimetre_has_its_width_however_it_lies(turn):
    sliver = rotate(square(0, 0, 200, 0.0005), turn, origin=(0, 0))
    assert width(sliver) == pytest.approx(0.0005, rel=0.05)
    # half of it narrower still: area over perimeter no longer tells the width
    tail = square(0, 0, 200, 0.0001) | square(0, 0, 90, 0.0005)
    tailed = rotate(tail, turn, origin=(0, 0))
    assert width(tailed) == pytest.approx(0.0005, rel=0.05)


# verification


@pytest.fixture
def copy(full_run_folder, tmp_path):
    return shutil.copytree(full_run_folder, tmp_path / "run")


def problems(folder):
    return [(discrepancy.problem, discrepancy.details) for discrepancy in verify_run(folder)]


@pytest.mark.parametrize("name", ["note.txt", "project/more.csv"])
def test_an_added_file_is_reported(copy, name):
    (copy / name).write_text("x", encoding="utf-8")
    assert problems(copy) == [("file_added", {"file": name})]


def test_an_added_table_is_reported(copy):
    with closing(sqlite3.connect(copy / GEOPACKAGE)) as database, database:
        database.execute("CREATE TABLE more (fid INTEGER PRIMARY KEY, word TEXT)")
        database.execute(
            "INSERT INTO gpkg_contents (table_name, data_type, identifier)"
            " VALUES ('more', 'attributes', 'more')"
        )
    assert problems(copy) == [("table_added", {"table": "more"})]


def test_a_changed_log_is_reported(copy):
    log = copy / LOG
    log.write_bytes(log.read_bytes() + b"\n")
    assert problems(copy) == [("log_altered", {})]


def test_a_part_that_no_certificate_has_is_reported(copy):
    path = copy / CERTIFICATE
    proof = json.loads(path.read_text("utf-8"))
    path.write_text(json.dumps({**proof, "approved_by": "x"}), "utf-8")
    assert problems(copy) == [("certificate_differs", {"part": "approved_by"})]


def test_a_certificate_that_says_one_thing_twice_is_refused(copy):
    path = copy / CERTIFICATE
    text = path.read_text("utf-8")
    path.write_text(text.replace("{", '{"as_of": "2020-01-01",', 1), "utf-8")
    with pytest.raises(InputError) as caught:
        verify_run(copy)
    assert caught.value.problem == "repeated_key"


def test_a_coordinate_system_redefined_inside_the_file_is_reported(copy):
    with closing(sqlite3.connect(copy / GEOPACKAGE)) as database, database:
        # the number stays, what it stands for is moved to the next zone
        database.execute(
            "UPDATE gpkg_spatial_ref_sys SET definition = ?, organization = 'NONE',"
            " organization_coordsys_id = srs_id WHERE srs_id = 4550",
            (CRS.from_epsg(4549).to_wkt("WKT1_GDAL"),),
        )
    assert ("table_altered", {"table": "atoms"}) in problems(copy)
