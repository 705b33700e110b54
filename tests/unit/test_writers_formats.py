"""What every format refuses, what it notes, and that a file is written whole or not at all."""

import ast
import json
import sqlite3
import zipfile
from contextlib import closing
from itertools import pairwise
from pathlib import Path
from xml.etree import ElementTree as ET

import geopandas as gpd
import numpy as np
import openpyxl
import pandas as pd
import pyogrio
import pytest
import shapely

import gis.writers
from gis.catalogue import LANGUAGES, catalogue
from gis.errors import OutputError
from gis.model.run import GEOMETRY_TYPES
from gis.writers import ENDINGS, refuse_foreign, write_layers
from gis.writers.cells import LONGEST_TEXT
from gis.writers.degrees import DECIMALS, rounded
from gis.writers.styles import colours_of
from tests.written_files import by_csv, by_gdal, by_json, by_openpyxl, sample

ONE_LAYER = [".geojson", ".json", ".parquet", ".geoparquet", ".fgb", ".csv"]
DRAWN_ONLY = [".fgb", ".kml", ".kmz"]


def points(crs="EPSG:4326", **columns):
    rows = len(next(iter(columns.values())))
    shapes = [shapely.Point(122 + at / 10, 41) for at in range(rows)]
    return gpd.GeoDataFrame(columns, geometry=shapes, crs=crs)


def write(path, table, layer="layer", language="en"):
    return write_layers({layer: table}, path, language=language)


def problems(notes):
    return [(note.problem, note.column, note.rows) for note in notes]


@pytest.mark.parametrize("ending", ENDINGS)
def test_a_text_with_nul_is_refused_by_row_and_column_and_nothing_is_written(tmp_path, ending):
    for text in ("a\0b", "\ud83d", ["a", "b\0"]):
        with pytest.raises(OutputError) as refused:
            write(tmp_path / f"out{ending}", points(名称=pd.Series(["好", text], dtype=object)))
        assert refused.value.details == {"layer": "layer", "row": 2, "column": "名称"}
        assert "名称" in refused.value.render("zh")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("ending", ENDINGS)
def test_a_value_of_no_known_kind_is_refused(tmp_path, ending):
    with pytest.raises(OutputError, match="bytes"):
        write(tmp_path / f"out{ending}", points(photo=[b"\x89PNG"]))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("ending", ENDINGS)
def test_an_existing_file_stays_until_the_new_one_is_complete(tmp_path, ending):
    path = tmp_path / f"out{ending}"
    write(path, points(name=["old"]))
    before = path.read_bytes()
    with pytest.raises(OutputError):
        write(path, points(name=["new\0"]))
    assert path.read_bytes() == before
    write(path, points(name=["new"]))
    assert path.read_bytes() != before
    assert list(tmp_path.iterdir()) == [path]


def beyond_the_pole():
    """Return a shape that a format in degrees finds out about after it has begun to write."""
    shapes = [shapely.Point(500_000, 4_500_000), shapely.Point(1e30, 1e30)]
    return gpd.GeoDataFrame({"name": ["a", "b"]}, geometry=shapes, crs="EPSG:4550")


@pytest.mark.parametrize("ending", [".geojson", ".kml", ".kmz", ".csv", ".xlsx"])
def test_a_write_that_fails_on_the_way_leaves_no_file(tmp_path, ending):
    with pytest.raises(OutputError, match="row 2"):
        write(tmp_path / f"out{ending}", beyond_the_pole())
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("ending", [".geojson", ".kml", ".csv", ".xlsx"])
def test_degrees_need_a_coordinate_system(tmp_path, ending):
    with pytest.raises(OutputError, match="coordinate system"):
        write(tmp_path / f"out{ending}", points(crs=None, name=["a"]))


@pytest.mark.parametrize("ending", ENDINGS)
def test_several_layers_are_refused_exactly_where_a_file_holds_one(tmp_path, ending):
    layers = {"one": points(name=["a"]), "two": points(name=["b"])}
    path = tmp_path / f"out{ending}"
    if ending in ONE_LAYER:
        with pytest.raises(OutputError, match="--layer"):
            write_layers(layers, path, language="en")
        assert not path.exists()
    else:
        write_layers(layers, path, language="en")
        assert path.stat().st_size


@pytest.mark.parametrize("ending", ENDINGS)
def test_a_table_without_shapes_is_written_or_left_out_with_a_word(tmp_path, ending):
    table = pd.DataFrame({"finding_id": ["甲"], "shared_m": [2.5]})
    path = tmp_path / f"out{ending}"
    if ending not in DRAWN_ONLY:
        write(path, table)
        assert path.stat().st_size
        return
    with pytest.raises(OutputError, match="none of the layers"):
        write(path, table)
    if ending not in ONE_LAYER:
        both = {"drawn": points(name=["a"]), "bare": table}
        (note,) = write_layers(both, path, language="en")
        assert (note.problem, note.layer) == ("table_left_out", "bare")


@pytest.mark.parametrize("ending", ENDINGS)
def test_a_layer_without_rows_is_written(tmp_path, ending):
    table = sample().head(0)
    path = tmp_path / f"out{ending}"
    write(path, table, layer="findings")
    if ending == ".gpkg":
        info = pyogrio.read_info(path, layer="findings")
        assert (info["features"], info["geometry_type"]) == (0, GEOMETRY_TYPES["findings"])
    elif ending in {".geojson", ".json"}:
        assert json.loads(path.read_text("utf-8"))["features"] == []


def test_an_unknown_ending_is_refused_with_those_that_are_known(tmp_path):
    for name in ("out.docx", "out", "out.shp"):
        with pytest.raises(OutputError, match="gpkg"):
            write(tmp_path / name, points(name=["a"]))


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_note_has_a_sentence(language):
    found = set()
    for path in Path(gis.writers.__file__).parent.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "attr", "") in {"add", "add_for"}:
                found |= {
                    argument.value
                    for argument in node.args[:1]
                    if isinstance(argument, ast.Constant) and "_" in str(argument.value)
                }
    assert len(found) > 12
    found |= {"texts_cut_in_cells", "line_breaks_unified"}
    assert {f"remark.{key}" for key in found} <= catalogue(language).texts.keys()


def test_a_note_names_layer_column_and_rows_in_the_language_asked(tmp_path):
    (note,) = write(tmp_path / "out.csv", points(名称=["好", "=1+1"]), layer="街道")
    assert note.line("zh") == (
        "图层 街道，字段 名称：以公式符号开头的文本前加了撇号（'），以免被电子表格当作公式。"
        "（共 1 行：第 2 行）"
    )
    assert "rows: 1, namely 2" in note.line("en")
    assert note.as_json("en")["rows"] == [2]


# GeoJSON


def ring_area(ring):
    """Return the signed area of a ring by the surveyor's formula; positive anticlockwise."""
    pairs = pairwise(ring)
    return sum(x1 * y2 - x2 * y1 for (x1, y1), (x2, y2) in pairs) / 2


def test_geojson_turns_outer_rings_anticlockwise_and_holes_clockwise(tmp_path):
    clockwise = shapely.Polygon(
        [(0, 0), (0, 9), (9, 9), (9, 0)], [[(1, 1), (2, 1), (2, 2), (1, 2)]]
    )
    shapes = [clockwise, shapely.MultiPolygon([clockwise, shapely.box(20, 0, 21, 1)])]
    table = gpd.GeoDataFrame({"n": [1, 2]}, geometry=shapes, crs="EPSG:4326")
    write(tmp_path / "out.geojson", table)
    features = json.loads((tmp_path / "out.geojson").read_text())["features"]
    single, multi = (feature["geometry"]["coordinates"] for feature in features)
    for outer, *holes in [single, *multi]:
        assert ring_area(outer) > 0
        assert all(ring_area(hole) < 0 for hole in holes)


def test_geojson_says_where_it_lies_and_no_coordinate_system(tmp_path):
    notes = write(tmp_path / "out.geojson", sample("EPSG:4550"))
    assert [note.problem for note in notes] == ["reprojected"]
    content = json.loads((tmp_path / "out.geojson").read_text("utf-8"))
    assert "crs" not in content
    assert content["bbox"] == pytest.approx(sample().total_bounds, abs=1e-9)
    _, shapes = by_json(tmp_path / "out.geojson")
    stated = shapely.get_coordinates([shape for shape in shapes if shape])
    assert (np.round(stated, DECIMALS) == stated).all()


def test_rounding_never_makes_a_shape_invalid():
    thin = shapely.Polygon([(122, 41), (122.1, 41.0000000003), (122.1, 41.0000000004), (122, 41)])
    fine = shapely.box(122, 41, 122.1, 41.1)
    assert not shapely.transform(thin, lambda at: np.round(at, DECIMALS)).is_valid
    result, finer = rounded(np.array([thin, fine, None], dtype=object))
    assert finer.tolist() == [True, False, False]
    assert shapely.is_valid(result[:2]).all()
    assert shapely.hausdorff_distance(result[0], thin) < 1e-10


def test_shapes_that_keep_more_decimals_and_those_across_the_antimeridian_are_noted(tmp_path):
    speck = shapely.box(122, 41, 122.0000000001, 41.0000000001)
    globe = shapely.box(-179, 41, 179, 42)
    table = gpd.GeoDataFrame({"n": [1, 2]}, geometry=[speck, globe], crs="EPSG:4326")
    notes = write(tmp_path / "out.geojson", table)
    assert problems(notes) == [("antimeridian_crossed", "", (2,)), ("finer_decimals", "", (1,))]
    assert all(shape.is_valid for shape in by_json(tmp_path / "out.geojson")[1])


def test_geojson_knows_no_infinity_and_notes_it(tmp_path):
    notes = write(tmp_path / "out.geojson", points(n=[np.inf, np.nan, 1.0]))
    assert problems(notes) == [("infinite_left_out", "n", (1,))]
    text = (tmp_path / "out.geojson").read_text()
    assert "NaN" not in text
    assert by_json(tmp_path / "out.geojson")[0]["n"] == [None, None, 1.0]


def test_a_key_in_the_first_column_is_the_identity_of_a_feature(tmp_path):
    write(tmp_path / "out.geojson", points(claim_id=["甲", "乙"]))
    features = json.loads((tmp_path / "out.geojson").read_text("utf-8"))["features"]
    assert [feature["id"] for feature in features] == ["甲", "乙"]
    write(tmp_path / "out.geojson", points(claim_id=["甲", "甲"]))
    assert '"id"' not in (tmp_path / "out.geojson").read_text("utf-8")


# GeoPackage


def test_a_geopackage_has_the_default_style_of_each_layer_of_a_run(tmp_path):
    path = tmp_path / "out.gpkg"
    write_layers({"findings": sample(), "claims": sample(), "街道": sample()}, path, language="en")
    with closing(sqlite3.connect(path)) as database:
        # as QGIS asks for the style of a layer that is opened
        asked = "SELECT styleName, styleQML FROM layer_styles WHERE f_table_name = ?"
        asked += " AND f_geometry_column = ? ORDER BY useAsDefault DESC"
        shown = {
            name: database.execute(asked, (name, column)).fetchall()
            for name, column in database.execute(
                "SELECT table_name, column_name FROM gpkg_geometry_columns"
            ).fetchall()
        }
        assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        (contents,) = database.execute(
            "SELECT data_type FROM gpkg_contents WHERE table_name = 'layer_styles'"
        ).fetchone()
    assert contents == "attributes"
    assert {name: [style for style, _ in rows] for name, rows in shown.items()} == {
        "findings": ["findings"],
        "claims": ["claims"],
        "街道": [],
    }
    ((_, qml),) = shown["findings"]
    classes = {node.get("value") for node in ET.fromstring(qml).iter("category")}  # noqa: S314
    assert {"void", "contested", "sliver"} <= classes


def test_a_geopackage_renames_columns_that_it_keeps_for_itself(tmp_path):
    path = tmp_path / "out.gpkg"
    notes = write(path, points(fid=["甲"], Name=["大"], name=["小"]))
    assert [(note.column, note.details["name"]) for note in notes] == [
        ("fid", "fid_1"),
        ("name", "name_1"),
    ]
    assert by_gdal(path)[0] == {"fid_1": ["甲"], "Name": ["大"], "name_1": ["小"]}


def test_integers_that_a_format_cannot_count_become_texts(tmp_path):
    table = points(n=[2**70, 1])
    for name in ("out.gpkg", "out.fgb", "out.parquet", "out.zip", "out.xlsx"):
        assert problems(write(tmp_path / name, table))[0] == ("integers_as_text", "n", (1,))
    assert by_gdal(tmp_path / "out.gpkg")[0]["n"] == [str(2**70), "1"]
    assert by_openpyxl(tmp_path / "out.xlsx", "layer")["n"] == [str(2**70), "1"]
    write(tmp_path / "out.geojson", table)
    assert by_json(tmp_path / "out.geojson")[0]["n"] == [2**70, 1]


def test_values_of_several_kinds_become_texts_with_a_note(tmp_path):
    notes = write(tmp_path / "out.gpkg", points(mixed=["甲", 1, True, 2.5]))
    assert problems(notes) == [("mixed_as_text", "mixed", ())]
    assert by_gdal(tmp_path / "out.gpkg")[0]["mixed"] == ["甲", "1", "true", "2.5"]


# KML


def kml(path):
    return ET.fromstring(path.read_text("utf-8"))  # noqa: S314 - our own file


NS = "{http://www.opengis.net/kml/2.2}"


def test_a_place_in_kml_is_named_in_the_language_asked_or_else_in_the_other(tmp_path):
    table = points(id=["a", "b", "c"], name_zh=["甲", "乙", ""], name_en=["A", "", ""])
    names = {}
    for language in LANGUAGES:
        write(tmp_path / "out.kml", table, language=language)
        marks = kml(tmp_path / "out.kml").iter(f"{NS}Placemark")
        names[language] = [mark.findtext(f"{NS}name") for mark in marks]
    assert names == {"zh": ["甲", "乙", "c"], "en": ["A", "乙", "c"]}


def test_a_reason_in_kml_is_text_to_a_balloon_that_reads_html(tmp_path):
    write(tmp_path / "out.kml", points(id=["a"], reason_en=["<script>x</script> & ]]>"]))
    (told,) = kml(tmp_path / "out.kml").iter(f"{NS}description")
    assert told.text == "&lt;script&gt;x&lt;/script&gt; &amp; ]]&gt;"


def test_findings_in_kml_have_the_colours_of_their_classes(tmp_path):
    write(tmp_path / "out.kml", points(**{"class": ["void", "joint", "?"]}), layer="findings")
    root = kml(tmp_path / "out.kml")
    styles = {style.get("id"): style for style in root.iter(f"{NS}Style")}
    links = [mark.findtext(f"{NS}styleUrl") for mark in root.iter(f"{NS}Placemark")]
    assert links[2] is None
    assert links[0] != links[1]
    void = styles[links[0].removeprefix("#")].findtext(f"{NS}PolyStyle/{NS}color")
    red, green, blue, _ = colours_of("findings").by_value["void"]
    assert void[2:] == f"{blue:02x}{green:02x}{red:02x}"
    assert (red, green, blue) == (213, 94, 0)


@pytest.mark.parametrize("layer", GEOMETRY_TYPES)
def test_every_style_tells_its_colours(layer):
    colours = colours_of(layer)
    if colours is not None:
        assert colours.by_value
        assert (colours.column == "") == (list(colours.by_value) == [""])


def test_control_characters_that_xml_forbids_are_replaced_and_noted(tmp_path):
    table = points(t=["a\x01b", "好", "a\r\nb"])
    notes = write(tmp_path / "out.kml", table)
    assert problems(notes) == [("marks_replaced", "t", (1,))]
    assert by_gdal(tmp_path / "out.kml")[0]["t"] == ["a\ufffdb", "好", "a\r\nb"]


# CSV and XLSX


@pytest.mark.parametrize("ending", [".csv", ".kml", ".zip", ".xlsx"])
def test_lists_whose_items_hold_the_joining_comma_are_noted(tmp_path, ending):
    notes = write(tmp_path / f"out{ending}", points(bodies=[("甲、乙",), ("甲", "乙"), ()]))
    assert ("list_commas", "bodies", (1,)) in problems(notes)


def test_negative_numbers_in_csv_stay_numbers_and_texts_like_them_do_not(tmp_path):
    notes = write(tmp_path / "out.csv", points(n=[-3.5], t=["-3.5"], k=[-7]))
    assert problems(notes) == [("formulas_quoted", "t", (1,))]
    columns, _ = by_csv(tmp_path / "out.csv")
    assert (columns["n"], columns["t"], columns["k"]) == (["-3.5"], ["'-3.5"], ["-7"])


def test_a_heading_cannot_be_a_formula_either(tmp_path):
    write(tmp_path / "out.csv", points(**{"=1+1": ["a"]}))
    assert "'=1+1" in by_csv(tmp_path / "out.csv")[0]
    write(tmp_path / "out.xlsx", points(**{"=1+1": ["a"]}))
    assert "=1+1" in by_openpyxl(tmp_path / "out.xlsx", "layer")


def test_a_table_that_has_a_place_keeps_it(tmp_path):
    write(tmp_path / "out.csv", points(lon=[1.5], lat=[2.5]))
    columns, _ = by_csv(tmp_path / "out.csv")
    assert (columns["lon"], columns["lat"]) == (["1.5"], ["2.5"])


def test_texts_longer_than_a_cell_are_cut_and_exactly_those_rows_noted(tmp_path):
    whole, long = "长" * LONGEST_TEXT, "😀" * (LONGEST_TEXT // 2 + 1)
    notes = write(tmp_path / "out.xlsx", pd.DataFrame({"t": [whole, long, "短"]}))
    assert problems(notes) == [("texts_cut_in_cells", "t", (2,))]
    back = by_openpyxl(tmp_path / "out.xlsx", "layer")["t"]
    assert (back[0], back[2]) == (whole, "短")
    assert back[1].endswith("😀…")
    assert len(back[1].encode("utf-16-le")) // 2 <= LONGEST_TEXT


def test_days_before_the_spreadsheets_calendar_are_texts(tmp_path):
    table = points(d=pd.to_datetime(["1899-12-31", "1900-01-01"]))
    notes = write(tmp_path / "out.xlsx", table)
    assert ("early_days_as_text", "d", (1,)) in problems(notes)
    early, late = by_openpyxl(tmp_path / "out.xlsx", "layer")["d"]
    assert early == "1899-12-31"
    assert late.isoformat() == "1900-01-01"


def test_sheets_have_a_fixed_heading_and_names_that_spreadsheets_take(tmp_path):
    long = "盘锦市" * 20
    layers = {long: points(t=["a"]), f"{long}2": points(t=["b"]), "a/b": points(t=["c"])}
    notes = write_layers(layers, tmp_path / "out.xlsx", language="en")
    assert [note.layer for note in notes if note.problem == "sheet_renamed"] == list(layers)
    book = openpyxl.load_workbook(tmp_path / "out.xlsx")
    assert len({name.casefold() for name in book.sheetnames}) == 3
    assert all(len(name) <= 31 for name in book.sheetnames)
    assert {sheet.freeze_panes for sheet in book} == {"A2"}


def test_more_rows_than_a_sheet_holds_are_refused(tmp_path):
    table = pd.DataFrame({"n": np.arange(1_048_576)})
    with pytest.raises(OutputError, match="1048576"):
        write(tmp_path / "out.xlsx", table)
    assert list(tmp_path.iterdir()) == []


# Replacing


def test_a_file_that_holds_anything_else_is_not_replaced(tmp_path):
    for ending in (".gpkg", ".zip", ".xlsx"):
        path = tmp_path / f"out{ending}"
        write(path, sample(), layer="findings")
        refuse_foreign(path, ["findings", "atoms"])
        write(path, sample(), layer="mine")
        with pytest.raises(OutputError, match="already"):
            refuse_foreign(path, ["findings"])
        path.write_bytes(b"something else")
        with pytest.raises(OutputError, match="already"):
            refuse_foreign(path, ["findings"])
        path.unlink()
        refuse_foreign(path, ["findings"])


def test_the_same_table_makes_the_same_archive(tmp_path):
    for name in ("out.zip", "out.kmz", "out.xlsx", "out.kml"):
        write(tmp_path / name, sample())
        first = (tmp_path / name).read_bytes()
        write(tmp_path / name, sample())
        assert (tmp_path / name).read_bytes() == first


def test_a_kmz_is_an_archive_of_one_document(tmp_path):
    write(tmp_path / "out.kmz", sample())
    with zipfile.ZipFile(tmp_path / "out.kmz") as archive:
        assert archive.namelist() == ["doc.kml"]
