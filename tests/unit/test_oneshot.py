"""``mangqu gaps``: one polygon layer of any kind, its answer as the contract words it."""

import json
import sqlite3
from contextlib import closing
from datetime import date
from pathlib import Path

import geopandas as gpd
import numpy as np
import pyogrio
import pytest
import shapely
from pyproj import CRS, Geod, Transformer

from gis.cli import run_arguments
from gis.errors import InputError, InputErrors, OutputError
from gis.layers.geometry_repair import NO_REPAIRS
from gis.oneshot import GapRequest, gaps_of_layer, write_findings
from tests import toy_county
from tests.builders import COUNTY, EAST_HALF, PLANE, WEST_HALF, placed, square

TODAY = date(2026, 8, 15)
HOLE = square(400, 400, 600, 600)


@pytest.fixture
def layer(tmp_path):
    """Write shapes given from the corner of the tests, and return the file's path."""

    def write(*shapes, name="layer.gpkg", crs=PLANE, **columns):
        path = tmp_path / name
        frame = gpd.GeoDataFrame(columns, geometry=[placed(shape) for shape in shapes], crs=crs)
        frame.to_file(path)
        return str(path)

    return write


def answer(claims, **options):
    return gaps_of_layer(GapRequest(claims, **options), today=TODAY)


def told(claims, **options):
    """Return the answer for machines, as it comes out of JSON."""
    return json.loads(json.dumps(answer(claims, **options).as_json(), allow_nan=False))


def test_the_answer_has_the_words_of_the_contract(layer):
    claims = layer(WEST_HALF - HOLE, EAST_HALF - HOLE, square(0, 0, 700, 100), body=["A", "B", "C"])
    said = told(claims, zones=(layer(HOLE, name="fringe.gpkg"),))
    assert {
        "jurisdiction_m2": float,
        "jurisdiction_source": str,
        "covered_m2": float,
        "gap_m2": float,
        "contested_m2": float,
        "residual_m2": float,
        "counts": dict,
        "findings": list,
        "input": dict,
        "elapsed_s": float,
    }.items() <= {key: type(value) for key, value in said.items()}.items()
    gap, *overlaps = said["findings"]
    assert {
        "id",
        "class",
        "kind_of_sliver",
        "area_m2",
        "width_m",
        "lon",
        "lat",
        "bodies",
        "neighbours",
        "zones",
        "matter",
    } <= gap.keys()
    assert (gap["class"], gap["kind_of_sliver"], gap["matter"]) == ("void", None, None)
    assert (gap["bodies"], gap["zones"]) == ([], ["fringe"])
    assert gap["neighbours"] == [
        {"body": "A", "shared_m": pytest.approx(400, rel=1e-5)},
        {"body": "B", "shared_m": pytest.approx(400, rel=1e-5)},
    ]
    assert sorted(overlap["bodies"] for overlap in overlaps) == [["A", "C"], ["B", "C"]]
    assert said["counts"] == {"void": 1, "contested": 2}
    assert said["input"] == {"rows": 3, "repaired": [], "refused": [], "lost": []}


def test_the_areas_include_their_slivers(layer):
    crack = square(499.9, 100, 500.1, 900)
    said = told(layer(WEST_HALF - crack, EAST_HALF - crack | square(490, 0, 510, 50)))
    assert [entry["kind_of_sliver"] for entry in said["findings"]] == [None, "gap"]
    assert said["gap_m2"] == pytest.approx(160, rel=1e-5)
    assert said["contested_m2"] == pytest.approx(500, rel=1e-5)
    assert said["covered_m2"] + said["gap_m2"] == pytest.approx(said["jurisdiction_m2"], rel=1e-9)


def test_without_a_jurisdiction_the_outline_is_derived_with_its_holes_filled(layer):
    claims = layer(WEST_HALF - HOLE, EAST_HALF - HOLE)
    derived = told(claims)
    assert derived["jurisdiction_source"] == "derived"
    assert derived["jurisdiction_m2"] == pytest.approx(1e6, rel=1e-6)
    given = told(claims, jurisdiction=layer(square(0, 0, 1000, 1200), name="limit.gpkg"))
    assert given["jurisdiction_source"] == "given"
    assert given["gap_m2"] == pytest.approx(40_000 + 200_000, rel=1e-6)


def leaking(width):
    """Return a county with a chamber that a slit of some width opens to the outside."""
    half = width / 2
    return COUNTY - HOLE - square(500 - half, 600, 500 + half, 1000)


@pytest.mark.parametrize(
    ("width", "close_slits", "gap"),
    [
        (1.0, None, 40_000 + 400),  # narrower than 2·√(0.5² + 0.5²) = 1.41 m: a hole
        (2.0, None, 0),  # wider: an inlet of the outline, not a gap
        (2.0, 3.0, 40_000 + 800),
        (1.0, 0.0, 0),
    ],
)
def test_a_slit_narrower_than_asked_does_not_open_a_chamber(layer, width, close_slits, gap):
    said = told(layer(leaking(width)), close_slits=close_slits)
    assert said["gap_m2"] == pytest.approx(gap, rel=1e-3, abs=1)
    assert said["jurisdiction_m2"] == pytest.approx(leaking(width).area + gap, rel=1e-6)


def test_a_coarser_accuracy_closes_wider_slits(layer):
    claims = layer(leaking(2.0))
    assert told(claims, accuracy=0.5)["gap_m2"] == 0
    assert told(claims, accuracy=1.0)["gap_m2"] == pytest.approx(40_800, rel=1e-3)


def test_an_inlet_shows_only_against_a_given_jurisdiction(layer):
    inlet = square(400, 900, 600, 1000)
    claims = layer(COUNTY - inlet)
    assert told(claims)["findings"] == []
    (found,) = told(claims, jurisdiction=layer(COUNTY, name="limit.gpkg"))["findings"]
    assert (found["class"], found["position"]) == ("void", "inlet")


def test_the_body_column_is_body_by_default_any_other_if_named_or_each_row(layer):
    overlapping = (square(0, 0, 600, 1000), square(400, 0, 1000, 1000))
    same = layer(*overlapping, body=["A", "A"], office=["X", "Y"])
    assert told(same)["findings"] == []
    assert told(same, body="office")["findings"][0]["bodies"] == ["X", "Y"]
    unnamed = layer(*overlapping, name="unnamed.gpkg")
    assert told(unnamed)["findings"][0]["bodies"] == ["#1", "#2"]
    with pytest.raises(InputError, match="offise"):
        answer(same, body="offise")


def test_a_row_that_names_nobody_stands_for_itself(layer):
    claims = layer(COUNTY, COUNTY, COUNTY, body=["", None, "A"])
    assert told(claims)["findings"][0]["bodies"] == ["#1", "#2", "A"]


@pytest.mark.parametrize("ending", ["gpkg", "geojson", "shp"])
def test_every_format_gives_the_same_answer(layer, tmp_path, ending):
    frame = gpd.read_file(layer(WEST_HALF - HOLE, EAST_HALF - HOLE, body=["A", "B"])).to_crs(4490)
    path = tmp_path / f"other.{ending}"
    frame.to_file(path)
    options = {"crs": "EPSG:4490"} if ending == "geojson" else {}
    said = told(str(path), **options)
    assert said["gap_m2"] == pytest.approx(40_000, rel=1e-6)
    assert said["findings"][0]["class"] == "void"


def test_a_layer_of_a_file_with_several_is_chosen_by_name(tmp_path):
    path = tmp_path / "two.gpkg"
    for name, shape in (("whole", COUNTY), ("holed", COUNTY - HOLE)):
        gpd.GeoDataFrame(geometry=[placed(shape)], crs=PLANE).to_file(path, layer=name)
    assert told(f"{path}:whole")["gap_m2"] == 0
    assert told(f"{path}:holed")["gap_m2"] == pytest.approx(40_000, rel=1e-6)
    with pytest.raises(InputError):
        answer(f"{path}:hollow")


SYSTEMS = {
    "geographic": "EPSG:4326",
    "CGCS2000 degrees": "EPSG:4490",
    "Web Mercator": "EPSG:3857",
    "UTM": "EPSG:32651",
    "state plane in feet": "EPSG:2263",
}


def county_in(system):
    """Return claims and jurisdiction with a hole, an overlap and an inlet, drawn in a system."""
    crs = CRS.from_user_input(system)
    lon, lat = (-73.95, 40.7) if "2263" in system else (122.07, 41.12)
    to_crs = Transformer.from_crs(4326, crs, always_xy=True)
    step = 0.05 if crs.is_geographic else 5000.0 / crs.axis_info[0].unit_conversion_factor
    x, y = to_crs.transform(lon, lat)

    def block(west, south, east, north):
        return shapely.box(x + west * step, y + south * step, x + east * step, y + north * step)

    inlet, hole = block(0.8, 0.9, 0.9, 1), block(0.2, 0.2, 0.33, 0.41)
    west = block(0, 0, 0.55, 1) - hole
    east = block(0.5, 0, 1, 1) - inlet
    shapes = {
        "gap": inlet | hole,
        "contested": block(0.5, 0, 0.55, 1),
        "jurisdiction": block(0, 0, 1, 1),
    }
    return crs, [west, east], shapes


def area_on_the_ellipsoid(shape, crs):
    """Return m² of a shape whose edges are straight in a system, by fine geodesic outlines."""
    fine = shapely.segmentize(shape, shape.length / 4000)
    to_degrees = Transformer.from_crs(crs, crs.geodetic_crs, always_xy=True)
    degrees = shapely.transform(fine, to_degrees.transform, interleaved=False)
    oriented = shapely.orient_polygons(degrees)
    return crs.get_geod().geometry_area_perimeter(oriented)[0]


@pytest.mark.parametrize("system", SYSTEMS.values(), ids=SYSTEMS)
def test_areas_are_those_on_the_ellipsoid_whatever_the_system(tmp_path, system):
    crs, claims, shapes = county_in(system)
    for name, rows in (("claims", claims), ("limit", [shapes["jurisdiction"]])):
        gpd.GeoDataFrame(geometry=rows, crs=crs).to_file(tmp_path / f"{name}.gpkg")
    said = told(str(tmp_path / "claims.gpkg"), jurisdiction=str(tmp_path / "limit.gpkg"))
    for name, shape in shapes.items():
        assert said[f"{name}_m2"] == pytest.approx(area_on_the_ellipsoid(shape, crs), rel=1e-6)
    assert abs(said["residual_m2"]) <= 1e-9 * said["jurisdiction_m2"]
    assert said["counts"] == {"void": 2, "contested": 1}
    for found in said["findings"]:
        assert abs(found["lat"] - 41) < 1


def test_layers_in_different_systems_are_brought_together(layer, tmp_path):
    limit = tmp_path / "limit.gpkg"
    gpd.GeoDataFrame(geometry=[placed(COUNTY)], crs=PLANE).to_crs(4326).to_file(limit)
    said = told(layer(COUNTY - HOLE), jurisdiction=str(limit))
    assert said["gap_m2"] == pytest.approx(40_000, rel=1e-4)


def test_a_lane_in_a_gap_and_one_along_a_border_are_told(layer, tmp_path):
    lines = [
        shapely.LineString([(300, 500), (700, 500)]),
        shapely.LineString([(500, 650), (500, 950)]),
    ]
    path = tmp_path / "lanes.gpkg"
    gpd.GeoDataFrame(
        {"name_zh": ["穿", "沿"]}, geometry=list(map(placed, lines)), crs=PLANE
    ).to_file(path)
    said = told(layer(WEST_HALF - HOLE, EAST_HALF - HOLE, body=["A", "B"]), lanes=str(path))
    lanes = {entry["lane"]: entry for entry in said["lanes"]}
    assert (lanes["穿"]["class"], lanes["沿"]["class"]) == ("lane_unowned", "lane_border")
    assert lanes["穿"]["length_m"] == pytest.approx(200, abs=0.01)
    assert lanes["沿"]["bodies"] == ["A", "B"]


def test_a_spike_is_repaired_and_said_so_and_a_bow_tie_and_a_line_are_refused(tmp_path):
    spike = shapely.Polygon([(0, 0), (100, 0), (150, 0), (100, 0), (100, 100), (0, 100)])
    bow = shapely.Polygon([(0, 0), (100, 100), (100, 0), (0, 100)])
    line = shapely.LineString([(0, 0), (1, 1)])
    shapes = [placed(COUNTY), placed(spike), placed(line), None, placed(bow)]
    path = tmp_path / "mixed.geojson"
    frame = gpd.GeoDataFrame(geometry=shapes, crs=PLANE).to_crs(4326)
    pyogrio.write_dataframe(frame, path, driver="GeoJSON")
    said = told(str(path))["input"]
    assert (said["rows"], [note["row"] for note in said["repaired"]]) == (5, [2])
    (repaired,) = said["repaired"]
    assert repaired["details"]["area_before_m2"] == pytest.approx(10_000, rel=1e-3)
    assert repaired["details"]["area_m2"] == pytest.approx(10_000, rel=1e-3)
    assert [(note["row"], note["what"]) for note in said["refused"]] == [
        (3, "geometry_wrong_type"),
        (4, "geometry_missing"),
        (5, "polygon_ambiguous"),
    ]
    assert all(note["what"] for note in (*said["repaired"], *said["refused"]))


def test_strict_gaps_refuse_what_is_otherwise_repaired_and_name_each_row(tmp_path):
    spike = shapely.Polygon([(0, 0), (100, 0), (150, 0), (100, 0), (100, 100), (0, 100)])
    path = tmp_path / "mixed.gpkg"
    shapes = [placed(COUNTY), placed(spike), placed(spike)]
    gpd.GeoDataFrame(geometry=shapes, crs=PLANE).to_file(path)
    assert len(told(str(path))["input"]["repaired"]) == 2
    with pytest.raises(InputErrors) as caught:
        told(str(path), repairs=NO_REPAIRS)
    assert [(each.problem, each.row) for each in caught.value.errors] == [
        ("strict_polygon_repaired", 2),
        ("strict_polygon_repaired", 3),
    ]


def test_holes_that_touch_are_told_apart_and_a_collection_keeps_its_polygons(tmp_path):
    touching = square(300, 300, 400, 400) | square(400, 400, 500, 500)
    collection = shapely.GeometryCollection(
        [placed(square(1000, 0, 2000, 1000)), placed(shapely.Point(5, 5))]
    )
    path = tmp_path / "odd.geojson"
    frame = gpd.GeoDataFrame(geometry=[placed(COUNTY - touching), collection], crs=PLANE)
    pyogrio.write_dataframe(frame.to_crs(4326), path, driver="GeoJSON")
    said = told(str(path))
    assert [found["class"] for found in said["findings"]] == ["void", "void"]
    assert said["gap_m2"] == pytest.approx(20_000, rel=1e-4)
    notes = said["input"]["repaired"] + said["input"]["refused"]
    assert [note["row"] for note in notes] == [2]


def test_rows_keep_the_numbers_they_have_in_the_file(tmp_path):
    line = shapely.LineString([(0, 0), (1, 1)])
    shapes = [placed(line), placed(COUNTY), placed(COUNTY)]
    path = tmp_path / "mixed.gpkg"
    gpd.GeoDataFrame(geometry=shapes, crs=PLANE).to_file(path)
    assert told(str(path))["findings"][0]["bodies"] == ["#2", "#3"]


def test_the_toy_county_gives_every_planted_place_without_a_project(tmp_path):
    for name, frame in (("claims", toy_county.claims()), ("limit", toy_county.jurisdiction())):
        frame.to_file(tmp_path / f"{name}.gpkg")
    said = told(str(tmp_path / "claims.gpkg"), jurisdiction=str(tmp_path / "limit.gpkg"))
    assert said["counts"] == {"void": 5, "contested": 1, "sliver": 1}


def test_the_findings_are_written_as_a_geopackage_with_neighbours(layer, tmp_path):
    out = tmp_path / "out.gpkg"
    write_findings(answer(layer(WEST_HALF - HOLE, EAST_HALF - HOLE)), out)
    names = {str(name) for name, _ in pyogrio.list_layers(out)}
    assert {"findings", "finding_neighbours"} <= names
    (row,) = gpd.read_file(out, layer="findings").to_dict("records")
    assert row["geometry"].area == pytest.approx(40_000, rel=1e-6)
    assert json.loads(row["neighbours"]) == ["#1", "#2"]


def test_the_findings_are_written_as_geojson_in_degrees(layer, tmp_path):
    out = tmp_path / "out.geojson"
    write_findings(answer(layer(WEST_HALF - HOLE, EAST_HALF - HOLE)), out)
    frame = gpd.read_file(out)
    assert frame.crs == 4326
    degrees = frame.geometry.iloc[0]
    assert abs(Geod(ellps="GRS80").geometry_area_perimeter(degrees)[0]) == pytest.approx(
        40_000, rel=1e-5
    )


def test_no_finding_at_all_is_written_as_an_empty_layer(layer, tmp_path):
    for ending in ("gpkg", "geojson"):
        out = tmp_path / f"out.{ending}"
        write_findings(answer(layer(COUNTY)), out)
        assert pyogrio.read_info(out, layer=0)["features"] == 0


def test_an_output_that_cannot_be_written_leaves_nothing(layer, tmp_path):
    said = answer(layer(COUNTY - HOLE))
    (tmp_path / "taken.gpkg").mkdir()
    (tmp_path / "file").write_text("x")
    before = sorted(tmp_path.iterdir())
    for name in ("taken.gpkg", "file/out.gpkg", "out.docx", "out"):
        with pytest.raises(OutputError):
            write_findings(said, tmp_path / name)
    assert sorted(tmp_path.iterdir()) == before


def test_an_output_replaces_the_last_one_whole(layer, tmp_path):
    out = tmp_path / "out.gpkg"
    write_findings(answer(layer(COUNTY - HOLE)), out)
    write_findings(answer(layer(COUNTY)), out)
    with closing(sqlite3.connect(out)) as database:
        assert database.execute("SELECT count(*) FROM findings").fetchone() == (0,)


def test_claims_too_small_for_the_grid_are_refused_and_not_divided_by(layer):
    claims = layer(COUNTY)
    speck = layer(square(0, 0, 0.0002, 0.0002), name="speck.gpkg")
    assert run_arguments(["gaps", claims, "--jurisdiction", speck, "--lang", "en"]) == 1
    assert run_arguments(["gaps", speck, "--lang", "en"]) == 1


def test_rows_that_vanish_on_the_grid_or_lie_outside_are_listed(layer):
    speck, outside = square(10, 10, 10.0001, 10.0001), square(2000, 0, 2100, 100)
    claims = layer(speck, WEST_HALF, outside, EAST_HALF)
    limit = layer(COUNTY, name="limit.gpkg")
    assert told(claims, jurisdiction=limit)["input"]["lost"] == [1, 3]
    assert told(layer(WEST_HALF, EAST_HALF, name="b.gpkg"))["input"]["lost"] == []


def test_ten_thousand_holes_in_one_claim_are_ten_thousand_gaps(layer):
    holes = [
        [(x, y), (x, y + 4), (x + 4, y + 4), (x + 4, y)]
        for x in range(3, 1000, 10)
        for y in range(3, 1000, 10)
    ]
    said = told(layer(shapely.Polygon(COUNTY.exterior, holes)))
    assert said["counts"]["void"] == 10_000
    assert said["gap_m2"] == pytest.approx(160_000, rel=1e-5)


def test_a_claim_of_a_hundred_thousand_vertices_is_measured_to_the_square_metre(layer):
    around = np.linspace(0, 2 * np.pi, 100_000, endpoint=False)
    reach = 400 + 50 * np.sin(around * 40)
    claim = shapely.Polygon(
        np.column_stack([500 + reach * np.cos(around), 500 + reach * np.sin(around)])
    )
    said = told(layer(claim), close_slits=0.0)
    assert said["covered_m2"] == pytest.approx(claim.area, rel=1e-5)
    assert said["gap_m2"] == 0


@pytest.mark.parametrize("role", ["claims", "jurisdiction"])
def test_an_input_is_never_overwritten_by_the_findings(layer, role, capsys):
    claims, limit = layer(WEST_HALF, EAST_HALF), layer(COUNTY, name="limit.gpkg")
    output = {"claims": claims, "jurisdiction": limit}[role]
    before = Path(output).read_bytes()
    arguments = ["gaps", str(claims), "--jurisdiction", str(limit), "-o", str(output)]
    assert run_arguments(arguments) == 1
    assert "input" in capsys.readouterr().err
    assert Path(output).read_bytes() == before


def test_a_geopackage_of_others_is_never_overwritten_but_ones_own_findings_are(layer, tmp_path):
    claims, other = layer(WEST_HALF, EAST_HALF), layer(COUNTY, name="other.gpkg")
    before = Path(other).read_bytes()
    assert run_arguments(["gaps", str(claims), "-o", str(other)]) == 1
    assert Path(other).read_bytes() == before
    own = tmp_path / "findings.gpkg"
    assert run_arguments(["gaps", str(claims), "-o", str(own)]) == 0
    assert run_arguments(["gaps", str(claims), "-o", str(own)]) == 0
