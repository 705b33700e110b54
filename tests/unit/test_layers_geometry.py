"""Shapes that cannot be used, shapes that are mended, and the way into one coordinate system."""

import json

import numpy as np
import pytest
import shapely
from pyproj import CRS, Transformer
from shapely.affinity import translate

from gis.catalogue import catalogue
from gis.errors import InputErrors
from gis.layers import read_one_layer, transformed
from gis.layers.crs import WGS84, is_rough, named_crs
from gis.layers.datum import wgs84_to_gcj02
from gis.layers.geometry_repair import NO_REPAIRS, REPAIRS, prepare_geometry
from tests.layer_files import EAST, LIMIT, WEST, problems, project, read, write, write_table

PLANE = CRS.from_epsg(4550)
SQUARE = shapely.box(500_000, 4_500_000, 500_010, 4_500_010)
BOW_TIE = shapely.Polygon([(122, 41), (122.02, 41.02), (122.02, 41), (122, 41.02)])


def prepared(*shapes, kind="polygon", source=PLANE, working=None, datum="", **options):
    return prepare_geometry(
        np.array(shapes, dtype=object),
        {},
        kind=kind,
        datum=datum,
        source=source,
        working=working or source,
        **options,
    )


def refused(*shapes, **options):
    answer = prepared(*shapes, **options)
    assert all(answer.geometry[note.row] is None for note in answer.refused)
    for note in answer.refused:
        for language in ("zh", "en"):
            assert catalogue(language).text(f"remark.{note.problem}", **note.details)
    return [(note.row, note.problem) for note in answer.refused]


@pytest.mark.parametrize(
    ("kind", "shape"),
    [
        ("polygon", shapely.Point(500_000, 4_500_000)),
        ("polygon", shapely.LineString([(500_000, 4_500_000), (500_001, 4_500_000)])),
        ("line", SQUARE),
        ("point", shapely.MultiPoint([(500_000, 4_500_000), (500_001, 4_500_000)])),
    ],
)
def test_a_shape_of_another_kind_is_refused(kind, shape):
    assert refused(SQUARE if kind == "polygon" else shape, shape, kind=kind)[-1] == (
        1,
        "geometry_wrong_type",
    )


def test_coordinates_that_are_no_numbers_are_refused():
    with np.errstate(invalid="ignore"):
        broken = shapely.Polygon([(0, 0), (np.nan, 1), (1, 1), (0, 0)])
        endless = shapely.Polygon([(0, 0), (np.inf, 1), (1, 1), (0, 0)])
    assert refused(SQUARE, broken, endless) == [
        (1, "coordinates_not_finite"),
        (2, "coordinates_not_finite"),
    ]


def test_a_geojson_with_nan_for_a_coordinate_names_the_row(tmp_path):
    path = write(tmp_path / "a.geojson", [WEST, EAST])
    at = path.read_text().rindex("41.1")
    path.write_text(f"{path.read_text()[:at]}NaN{path.read_text()[at + 4 :]}")
    layer = read_one_layer(str(path))
    assert [(note.row, note.problem) for note in layer.refused] == [(2, "coordinates_not_finite")]


def test_swapped_longitude_and_latitude_are_recognised():
    swapped = shapely.box(41, 122, 41.1, 122.1)
    assert refused(swapped, source=WGS84) == [(0, "coordinates_swapped")]


def test_projected_numbers_labelled_as_degrees_are_refused():
    assert refused(SQUARE, source=WGS84) == [(0, "coordinates_not_degrees")]


def test_an_easting_with_a_zone_number_in_a_system_without_is_refused():
    with_zone = translate(SQUARE, 41_000_000, 0)
    assert refused(SQUARE, with_zone) == [(1, "coordinates_out_of_domain")]
    assert refused(with_zone, source=CRS.from_epsg(4529)) == []


def test_a_shape_that_the_working_system_cannot_hold_is_refused():
    far = shapely.box(-60, 0, -50, 5)
    assert refused(far, source=WGS84, working=PLANE) == [(0, "coordinates_out_of_domain")]


def test_empty_shapes_become_none_without_a_word():
    answer = prepared(None, shapely.Polygon(), shapely.GeometryCollection())
    assert list(answer.geometry) == [None, None, None]
    assert answer.refused == ()


def test_heights_are_dropped_and_parts_are_kept():
    high = shapely.force_3d(shapely.MultiPolygon([SQUARE, translate(SQUARE, 20, 0)]), 7.0)
    measured = shapely.from_wkt("POLYGON M ((0 0 1, 1 0 1, 1 1 1, 0 0 1))")
    answer = prepared(SQUARE, high, measured)
    assert not shapely.has_z(answer.geometry).any()
    assert not shapely.has_m(answer.geometry).any()
    assert len(answer.geometry[1].geoms) == 2
    assert answer.flattened == 2
    assert answer.repaired == ()


def test_a_bow_tie_is_refused_with_the_areas_it_may_have_and_the_place_where_it_crosses():
    answer = prepared(BOW_TIE, source=WGS84)
    assert answer.repaired == ()
    (note,) = answer.refused
    assert (note.problem, answer.geometry[0]) == ("polygon_ambiguous", None)
    # two triangles, each half as wide and as high as the frame, a quarter of it; as the ring goes
    # round them one is taken from the other, and the northern is a little narrower
    frame = prepared(shapely.box(122, 41, 122.02, 41.02), source=WGS84, working=PLANE)
    area = frame.geometry[0].area
    assert note.details["other_area_m2"] == pytest.approx(area / 2, rel=1e-3)
    assert 0 <= note.details["area_m2"] < area / 1000
    assert (note.details["lon"], note.details["lat"]) == (122.01, 41.01)


def ring(*points):
    """Return a polygon around points that are metres from the corner of the square."""
    return shapely.Polygon([(500_000 + x, 4_500_000 + y) for x, y in points])


def test_a_ring_that_goes_round_a_square_twice_is_refused_with_both_areas():
    # filled by its structure, a hole by its lines, counted twice as the ring goes round
    twice = ring((0, 0), (12, 0), (12, 8), (4, 8), (4, 4), (8, 4), (8, 12), (0, 12))
    assert not twice.is_valid
    (note,) = prepared(twice).refused
    assert note.problem == "polygon_ambiguous"
    # 12 by 8 and 8 by 12 share 8 by 8, of which 4 by 4 lies within the turn
    assert note.details["area_m2"] == pytest.approx(128 - 16, rel=1e-3)
    assert note.details["other_area_m2"] == pytest.approx(128 + 16, rel=1e-3)


def collar(gap):
    """Return a square of 100 m whose border runs round a square hole by way of one point."""
    return ring(
        (0, 0), (100, 0), (100, 100), (0, 100), (0, 50), (gap, 50), (gap, 60), (gap + 10, 60),
        (gap + 10, 50), (gap, 50), (0, 50))  # fmt: skip


@pytest.mark.parametrize(
    ("shape", "area"),
    [
        # a spike into the void, and one along the border
        (ring((0, 0), (100, 0), (100, 50), (130, 50), (100, 50), (100, 100), (0, 100)), 10_000),
        (ring((0, 0), (100, 0), (80, 0), (100, 0), (100, 100), (0, 100)), 10_000),
        # a hole drawn without lifting the pen
        (collar(40), 9_900),
        # a hole that shares an edge with the shell
        (
            shapely.Polygon(
                ring((0, 0), (100, 0), (100, 100), (0, 100)).exterior,
                [ring((0, 10), (10, 10), (10, 20), (0, 20)).exterior],
            ),
            9_900,
        ),
        # two parts that share an edge
        (shapely.MultiPolygon([SQUARE, translate(SQUARE, 10, 0)]), 200),
        # a loop of 4 square centimetres at a corner
        (
            ring((0, 0), (100, 0), (100.02, 0.02), (100.02, 0), (100, 0.02), (100, 100), (0, 100)),
            1e4,
        ),
    ],
    ids=["spike", "spike along", "collar", "hole at the border", "parts", "tiny loop"],
)
def test_what_all_readings_agree_on_is_repaired_and_both_areas_are_told(shape, area):
    assert not shape.is_valid
    answer = prepared(shape)
    assert answer.refused == ()
    (note,) = answer.repaired
    assert note.problem == "polygon_repaired"
    assert answer.geometry[0].is_valid
    assert answer.geometry[0].area == pytest.approx(area, abs=1e-3)
    # on the ellipsoid a little differs from on the plane
    assert note.details["area_m2"] == pytest.approx(area, rel=2e-3)
    assert note.details["area_before_m2"] == pytest.approx(note.details["area_m2"], abs=0.01)


@pytest.mark.parametrize(
    "shape",
    [
        # parts that overlap by half, one within the other, and the same twice
        shapely.MultiPolygon([SQUARE, translate(SQUARE, 5, 0)]),
        shapely.MultiPolygon([SQUARE, SQUARE.buffer(-1)]),
        shapely.MultiPolygon([SQUARE, SQUARE]),
        # a hole beside its shell, and one that reaches out of it
        shapely.Polygon(SQUARE.exterior, [translate(SQUARE, 20, 0).exterior]),
        shapely.Polygon(SQUARE.exterior, [translate(SQUARE, 5, 0).exterior]),
    ],
    ids=["overlapping parts", "nested parts", "equal parts", "hole outside", "hole across"],
)
def test_what_may_be_read_in_two_ways_is_refused(shape):
    assert not shape.is_valid
    assert refused(shape) == [(0, "polygon_ambiguous")]


def test_a_loop_is_mended_up_to_the_bound_and_refused_beyond():
    # a loop that crosses over, of side s: s² / 4 either way, in a field of 100 km²
    def field(side):
        return ring((0, 0), (1e4, 0), (1e4 + side, side), (1e4 + side, 0), (1e4, side), (1e4, 1e4), (0, 1e4))  # fmt: skip  # noqa: E501

    assert len(prepared(field(4.0)).repaired) == 1
    assert refused(field(8.0)) == [(0, "polygon_ambiguous")]


def test_a_line_that_closes_becomes_the_polygon_it_goes_round_and_says_so():
    answer = prepared(SQUARE.exterior, shapely.LineString(SQUARE.exterior.coords))
    assert [(note.row, note.problem) for note in answer.repaired] == [(1, "ring_closed")]
    assert answer.geometry[1].equals(SQUARE)
    assert answer.repaired[0].details["area_m2"] == pytest.approx(100, rel=2e-3)
    open_line = shapely.LineString(SQUARE.exterior.coords[:-1])
    assert refused(open_line) == [(0, "geometry_wrong_type")]


def test_a_closed_line_that_crosses_itself_is_no_polygon():
    assert refused(shapely.LineString(BOW_TIE.exterior.coords), source=WGS84) == [
        (0, "polygon_ambiguous")
    ]


def test_a_single_point_in_a_multipoint_is_that_point():
    point = shapely.Point(500_000, 4_500_000)
    answer = prepared(shapely.MultiPoint([point]), kind="point")
    assert answer.geometry[0].equals(point)
    assert [note.problem for note in answer.repaired] == ["collection_reduced"]


def test_a_shape_around_the_globe_is_refused():
    assert refused(shapely.box(-179, 40, 179, 41), source=WGS84) == [(0, "geometry_too_wide")]


@pytest.mark.parametrize("height", [0.0, -0.0])
def test_a_height_of_zero_everywhere_is_none_even_where_nothing_may_be_mended(height):
    flat = shapely.force_3d(SQUARE, height)
    answer = prepared(flat, repairs=NO_REPAIRS)
    assert (answer.flattened, answer.refused) == (0, ())
    assert not shapely.has_z(answer.geometry).any()
    assert prepared(SQUARE, flat, shapely.force_3d(SQUARE, 7.0)).flattened == 1


def test_without_repairs_each_row_that_needs_one_is_refused_and_the_others_are_used():
    line = shapely.LineString([(500_000, 4_500_000), (500_001, 4_500_000)])
    spike = ring((0, 0), (100, 0), (100, 50), (130, 50), (100, 50), (100, 100), (0, 100))
    shapes = (
        SQUARE,
        shapely.force_3d(SQUARE, 7.0),
        shapely.GeometryCollection([SQUARE, line]),
        shapely.LineString(SQUARE.exterior.coords),
        spike,
        BOW_TIE,
    )
    answer = prepared(*shapes[:5], repairs=NO_REPAIRS)
    assert answer.repaired == ()
    assert answer.flattened == 0
    assert answer.geometry[0].equals(SQUARE)
    assert refused(*shapes[:5], repairs=NO_REPAIRS) == [
        (1, "strict_heights_dropped"),
        (2, "strict_collection_reduced"),
        (3, "strict_ring_closed"),
        (4, "strict_polygon_repaired"),
    ]


def test_a_polygon_without_area_is_refused():
    flat = shapely.Polygon([(500_000, 4_500_000), (500_010, 4_500_000), (500_020, 4_500_000)])
    assert refused(SQUARE, flat) == [(1, "geometry_without_extent")]


def test_a_line_without_length_is_refused():
    still = shapely.LineString([(500_000, 4_500_000)] * 2)
    assert refused(still, kind="line") == [(0, "geometry_without_extent")]


def test_the_polygons_of_a_collection_are_kept_and_the_rest_counted():
    line = shapely.LineString([(500_000, 4_500_000), (500_001, 4_500_000)])
    answer = prepared(shapely.GeometryCollection([SQUARE, line]))
    assert answer.geometry[0].equals(SQUARE)
    (note,) = answer.repaired
    areas = [note.details.pop(name) for name in ("area_before_m2", "area_m2")]
    assert areas == pytest.approx([100, 100], rel=2e-3)
    assert (note.problem, note.details) == ("collection_reduced", {"parts": 2, "dropped": 1})


def test_the_shapes_handed_in_are_not_changed():
    shapes = np.array([BOW_TIE, None], dtype=object)
    prepare_geometry(shapes, {}, kind="polygon", datum="", source=WGS84, working=PLANE)
    assert shapes[0] is BOW_TIE


# coordinate systems


def test_layers_of_other_systems_come_into_that_of_the_jurisdiction(tmp_path):
    project(tmp_path)
    move = Transformer.from_crs(4490, 4550, always_xy=True).transform
    plane = [shapely.transform(shape, move, interleaved=False) for shape in (WEST, EAST)]
    write(tmp_path / "claims.gpkg", plane, crs=4550, body=["甲", "乙"])
    made = read(project(tmp_path, claims='path = "claims.gpkg"\n'))
    assert made.crs == CRS.from_epsg(4326)
    # 1e-9 degrees is a tenth of a millimetre
    assert made.claims.geometry[0].symmetric_difference(WEST).area < 1e-9
    notes = [(remark.problem, remark.details) for remark in made.remarks]
    assert notes == [
        ("reprojected", {"source": "EPSG:4550", "working": "EPSG:4326"}),
    ]


def test_a_stated_working_system_wins(tmp_path):
    project(tmp_path)
    path = tmp_path / "mangqu.toml"
    path.write_text('[project]\ncrs = "EPSG:4550"\n' + path.read_text("utf-8"), "utf-8")
    made = read(tmp_path)
    assert made.crs.to_epsg() == 4550
    # 0.2 degrees of longitude are 16.8 km at 41 degrees north
    west, _, east, _ = made.jurisdiction.total_bounds
    assert east - west == pytest.approx(16_800, rel=0.01)


def test_a_layer_in_gcj02_is_brought_back_and_remarked(tmp_path):
    def shifted(shape):
        return shapely.transform(
            shape, lambda points: np.column_stack(wgs84_to_gcj02(points[:, 0], points[:, 1]))
        )

    write(tmp_path / "claims.geojson", [shifted(WEST), shifted(EAST)], body=["甲", "乙"])
    made = read(project(tmp_path, more='datum = "gcj02"\n'))
    corners = shapely.get_coordinates(made.claims.geometry)
    np.testing.assert_allclose(corners, shapely.get_coordinates([WEST, EAST]), rtol=0, atol=1e-9)
    assert [(remark.kind, remark.problem) for remark in made.remarks] == [
        ("converted", "datum_converted"),
    ]


def test_a_shapefile_that_states_no_system_needs_one_from_the_user(tmp_path):
    write(tmp_path / "claims.shp", [WEST, EAST], body=["甲", "乙"])
    (tmp_path / "claims.prj").unlink()
    folder = project(tmp_path, claims='path = "claims.shp"\n')
    assert problems(lambda: read(folder)) == [("crs_missing", None, None)]
    folder = project(tmp_path, claims='path = "claims.shp"\ncrs = "EPSG:4326"\n')
    assert len(read(folder).claims) == 2


def test_a_system_stated_against_the_file_is_refused(tmp_path):
    folder = project(tmp_path, more='crs = "EPSG:4550"\n')
    assert problems(lambda: read(folder)) == [("crs_contradicts", None, None)]


def test_an_unearthly_system_is_refused(tmp_path):
    local = CRS.from_wkt(
        'ENGCRS["site",EDATUM["site"],CS[Cartesian,2],AXIS["x",east],AXIS["y",north],LENGTHUNIT["metre",1]]'
    )
    write(tmp_path / "claims.gpkg", [SQUARE], crs=local, body=["甲"])
    folder = project(tmp_path, claims='path = "claims.gpkg"\n')
    assert problems(lambda: read(folder)) == [("crs_unusable", None, None)]


@pytest.mark.parametrize("name", ["IAU_2015:30100", "ESRI:103881"])
def test_a_system_of_the_moon_is_refused(tmp_path, name):
    crs = CRS.from_user_input(name)
    write(tmp_path / "claims.gpkg", [WEST if crs.is_geographic else SQUARE], crs=crs, body=["甲"])
    folder = project(tmp_path, claims='path = "claims.gpkg"\n')
    assert problems(lambda: read(folder)) == [("crs_unrelated", None, None)]


def test_a_way_between_datums_that_is_only_a_guess_is_known_as_such():
    assert is_rough(CRS.from_epsg(4214), CRS.from_epsg(4490))  # Beijing 1954
    assert not is_rough(CRS.from_epsg(4490), WGS84)
    assert not is_rough(CRS.from_epsg(2263), WGS84)


@pytest.mark.parametrize(
    "code", ["4490", "EPSG:", "EPSG:4490;x", "ESRI:102100", "+proj=laea", "EPSG:²"]
)
def test_only_an_epsg_code_names_a_system(code):
    assert named_crs(code) is None


def test_rows_without_geometry_are_named_once(tmp_path):
    write(tmp_path / "claims.geojson", [WEST, None, shapely.Point(122, 41)], body=["甲"] * 3)
    assert problems(lambda: read(project(tmp_path))) == [
        ("geometry_wrong_type", 3, None),
        ("geometry_missing", 2, None),
    ]


def test_a_table_with_geometry_cannot_come_from_csv(tmp_path):
    project(tmp_path)
    write_table(tmp_path / "zones.csv", "kind\nfringe\n")
    folder = project(tmp_path, more='[layers.zones]\npath = "zones.csv"\n')
    assert problems(lambda: read(folder)) == [("geometry_column_missing", None, None)]


# one layer without a project


def test_one_layer_leaves_out_what_it_cannot_use_and_says_so(tmp_path):
    spike = shapely.Polygon([(122, 41), (122.2, 41), (122.1, 41), (122.1, 41.1)])
    shapes = [WEST, None, shapely.Point(122, 41), BOW_TIE, spike]
    path = write(tmp_path / "a.geojson", shapes, body=list("甲乙丙丁戊"), n=[1, 2, 3, 4, None])
    layer = read_one_layer(str(path))
    assert list(layer.frame["body"]) == ["甲", "戊"]
    assert list(layer.frame["n"]) == ["1", ""]
    assert list(layer.rows) == [1, 5]
    assert layer.total == 5
    assert [(note.row, note.problem) for note in layer.refused] == [
        (2, "geometry_missing"),
        (3, "geometry_wrong_type"),
        (4, "polygon_ambiguous"),
    ]
    assert [(note.row, note.problem) for note in layer.remarks] == [(5, "polygon_repaired")]
    assert layer.sources[0].rows == 5


def test_a_layer_is_named_behind_a_colon(tmp_path):
    path = write(tmp_path / "a.gpkg", [WEST], name=["x"])
    assert read_one_layer(f"{path}:a").sources[0].layer == "a"
    assert problems(lambda: read_one_layer(f"{path}:b")) == [("layer_unknown", None, None)]
    assert problems(lambda: read_one_layer(f"{tmp_path}/none.gpkg:b")) == [
        ("file_missing", None, None)
    ]


def test_a_layer_without_a_usable_row_is_refused(tmp_path):
    path = write(tmp_path / "a.geojson", [shapely.Point(122, 41)])
    assert problems(lambda: read_one_layer(str(path))) == [("no_usable_row", None, None)]
    assert len(read_one_layer(str(path), geometry="point").frame) == 1


def test_a_name_that_a_reader_may_act_upon_is_refused():
    for spec in ("/vsicurl/http://127.0.0.1:1/a.gpkg", "a.gpkg|layername=x", "a;b.shp"):
        assert problems(lambda spec=spec: read_one_layer(spec)) == [("path_unsafe", None, None)]


def test_one_layer_is_moved_to_another_system_or_refused(tmp_path):
    path = write(tmp_path / "a.geojson", [LIMIT])
    moved = transformed(read_one_layer(str(path)).frame, PLANE)
    assert moved.crs == PLANE
    far = write(tmp_path / "far.geojson", [shapely.box(-60, 0, -50, 5)])
    layer = read_one_layer(str(far))
    assert problems(lambda: transformed(layer.frame, PLANE)) == [
        ("coordinates_out_of_domain", 1, None)
    ]


@pytest.mark.parametrize("kind", ["Polygon", "MultiPolygon", "GeometryCollection"])
def test_a_ring_that_is_not_closed_is_closed_and_said_so(tmp_path, kind):
    ring = [[122, 41], [122.1, 41], [122.1, 41.1]]
    path = tmp_path / "a.geojson"

    def feature(*rings):
        geometry = {"type": "Polygon", "coordinates": list(rings)}
        if kind == "MultiPolygon":
            geometry = {"type": kind, "coordinates": [list(rings)]}
        if kind == "GeometryCollection":
            geometry = {"type": kind, "geometries": [geometry]}
        return {"type": "Feature", "properties": {}, "geometry": geometry}

    features = [feature([*ring, ring[0]]), feature(ring)]
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    layer = read_one_layer(str(path))
    assert layer.frame.geometry[0].equals(layer.frame.geometry[1])
    told = [note for note in layer.remarks if note.problem == "ring_unclosed"]
    assert [note.row for note in told] == [2]
    assert told[0].details["area_before_m2"] == told[0].details["area_m2"] > 0
    with pytest.raises(InputErrors) as caught:
        read_one_layer(str(path), repairs=REPAIRS - {"ring_unclosed"})
    assert [(each.problem, each.row) for each in caught.value.errors] == [
        ("strict_ring_unclosed", 2)
    ]
