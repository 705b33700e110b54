"""Chinese names, dates, lists and hostile texts through every format and another reader."""

import datetime as dt
import json

import geopandas as gpd
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pyogrio
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from gis.writers import write_layers
from gis.writers.cells import FORMULA_MARKS
from tests.written_files import (
    DAYS,
    FLAGS,
    INTEGERS,
    LISTS,
    NUMBERS,
    TEXTS,
    by_arrow,
    by_csv,
    by_gdal,
    by_json,
    by_openpyxl,
    farthest,
    sample,
    squares,
    unpacked,
)

PLANE = "EPSG:4550"
#: Half of the seventh decimal of a degree, each way.
ROUNDING = 0.5e-7 * 2**0.5 * 1.0001


def written(path, table, layer="责任区"):
    write_layers({layer: table}, path, language="zh")
    return path


def blank(values):
    """Return values as formats keep them that know no missing text."""
    return ["" if value is None else value for value in values]


def unblank(values):
    return [value or None for value in values]


def iso(days):
    return [None if day is None else day.isoformat() for day in days]


def joined(lists):
    return ["、".join(items) for items in lists]


def test_geopackage_keeps_every_value(tmp_path):
    table = sample(PLANE)
    columns, shapes = by_gdal(written(tmp_path / "t.gpkg", table), "责任区")
    assert columns["名称"] == TEXTS
    assert columns["签订日"] == DAYS
    assert [tuple(json.loads(text)) for text in columns["单位"]] == LISTS
    assert columns["面积"] == NUMBERS
    assert columns["户数"] == INTEGERS
    assert columns["有效"] == FLAGS
    assert farthest(shapes, list(table.geometry)) == 0
    info = pyogrio.read_info(tmp_path / "t.gpkg", layer="责任区")
    types = dict(zip(info["fields"], info["ogr_types"], strict=True))
    assert types["签订日"] == "OFTDate"
    assert info["crs"] == PLANE


def test_flatgeobuf_keeps_every_value_and_has_an_index(tmp_path):
    table = sample(PLANE)
    drawn = table[table.geometry.notna()]
    columns, shapes = by_gdal(written(tmp_path / "t.fgb", drawn))
    # an index puts rows into an order of its own
    order = [columns["key"].index(key) for key in drawn["key"]]
    back = {name: [values[at] for at in order] for name, values in columns.items()}
    kept = [row for row, shape in enumerate(squares()) if shape is not None]
    assert back["名称"] == [TEXTS[row] for row in kept]
    assert back["签订日"] == [DAYS[row] for row in kept]
    assert [tuple(json.loads(text)) for text in back["单位"]] == [LISTS[row] for row in kept]
    assert back["面积"] == [NUMBERS[row] for row in kept]
    assert back["户数"] == [INTEGERS[row] for row in kept]
    assert back["有效"] == [FLAGS[row] for row in kept]
    assert farthest([shapes[at] for at in order], list(drawn.geometry)) == 0
    info = pyogrio.read_info(tmp_path / "t.fgb")
    assert info["capabilities"]["fast_spatial_filter"]
    assert info["crs"] == PLANE


def test_flatgeobuf_without_some_shapes_keeps_all_rows_and_says_that_it_has_no_index(tmp_path):
    notes = write_layers({"责任区": sample()}, tmp_path / "t.fgb", language="zh")
    assert [(note.problem, note.rows) for note in notes] == [("index_left_out", (4,))]
    columns, shapes = by_gdal(tmp_path / "t.fgb")
    assert columns["名称"] == TEXTS
    assert shapes[3] is None


def test_geojson_keeps_every_value(tmp_path):
    columns, shapes = by_json(written(tmp_path / "t.geojson", sample()))
    assert columns["名称"] == TEXTS
    assert columns["签订日"] == iso(DAYS)
    assert [tuple(items) for items in columns["单位"]] == LISTS
    assert columns["面积"] == NUMBERS
    assert columns["户数"] == INTEGERS
    assert columns["有效"] == FLAGS
    assert farthest(shapes, squares()) < ROUNDING


def test_geoparquet_keeps_every_value_and_its_types(tmp_path):
    table = sample(PLANE)
    columns, shapes = by_arrow(written(tmp_path / "t.parquet", table))
    assert columns["名称"] == TEXTS
    assert columns["签订日"] == DAYS
    assert [tuple(items) for items in columns["单位"]] == LISTS
    assert columns["面积"] == NUMBERS
    assert columns["户数"] == INTEGERS
    assert columns["有效"] == FLAGS
    assert farthest(shapes, list(table.geometry)) == 0
    schema = pq.read_schema(tmp_path / "t.parquet")
    assert schema.field("签订日").type == pa.date32()
    assert schema.field("单位").type == pa.list_(pa.string())
    geo = json.loads(schema.metadata[b"geo"])
    (column,) = geo["columns"].values()
    assert geo["version"] == "1.1.0"
    assert column["crs"]["id"] == {"authority": "EPSG", "code": 4550}
    assert column["covering"]["bbox"]["xmin"] == ["bbox", "xmin"]
    assert gpd.read_parquet(tmp_path / "t.parquet", bbox=(0, 0, 1, 1)).empty


@pytest.mark.parametrize("ending", ["kml", "kmz"])
def test_kml_keeps_every_value_as_text(tmp_path, ending):
    columns, shapes = by_gdal(written(tmp_path / f"t.{ending}", sample()), "责任区")
    assert columns["名称"] == TEXTS
    assert columns["签订日"] == iso(DAYS)
    assert columns["单位"] == joined(LISTS)
    assert [None if number is None else float(number) for number in columns["面积"]] == NUMBERS
    assert [int(number) for number in columns["户数"]] == INTEGERS
    assert [None if flag is None else bool(flag) for flag in columns["有效"]] == FLAGS
    assert farthest(shapes, squares()) < ROUNDING


def test_shapefile_keeps_every_value(tmp_path):
    table = sample(PLANE)
    folder = unpacked(written(tmp_path / "t.zip", table), tmp_path / "unpacked")
    columns, shapes = by_gdal(folder / "责任区.shp")
    assert columns["名称"] == unblank(TEXTS)
    assert columns["签订日"] == DAYS
    assert columns["单位"] == unblank(joined(LISTS))
    assert columns["面积"] == NUMBERS
    assert columns["户数"] == INTEGERS
    assert columns["有效"] == FLAGS
    assert farthest(shapes, list(table.geometry)) == 0
    assert pyogrio.read_info(folder / "责任区.shp")["crs"] == PLANE
    assert (folder / "责任区.prj").read_text("utf-8").startswith("PROJCS[")


def test_a_shapefile_is_also_read_from_within_its_archive(tmp_path):
    path = written(tmp_path / "t.zip", sample())
    columns, _ = by_gdal(f"/vsizip/{path}/责任区.shp")
    assert columns["名称"] == unblank(TEXTS)


def test_csv_keeps_every_value_as_text_and_no_text_is_a_formula(tmp_path):
    columns, shapes = by_csv(written(tmp_path / "t.csv", sample()))
    assert columns["名称"] == [f"'{text}" if text[:1] == "=" else text for text in blank(TEXTS)]
    assert columns["签订日"] == blank(iso(DAYS))
    assert columns["单位"] == joined(LISTS)
    assert [float(cell) if cell else None for cell in columns["面积"]] == NUMBERS
    assert [int(cell) for cell in columns["户数"]] == INTEGERS
    assert columns["有效"] == [{True: "true", False: "false", None: ""}[flag] for flag in FLAGS]
    assert farthest(shapes, squares()) < ROUNDING
    for row, shape in enumerate(squares()):
        place = (columns["lon"][row], columns["lat"][row])
        if shape is None:
            assert place == ("", "")
        else:
            assert shape.contains(shapely.Point(*map(float, place)))


def test_a_workbook_keeps_every_value_and_days_are_days(tmp_path):
    columns = by_openpyxl(written(tmp_path / "t.xlsx", sample()), "责任区")
    assert columns["名称"] == TEXTS
    assert columns["签订日"] == DAYS
    assert columns["单位"] == joined(LISTS)
    for cell, number in zip(columns["面积"], NUMBERS, strict=True):
        assert cell is number or cell == pytest.approx(number, rel=1e-15)
    assert columns["户数"] == INTEGERS
    assert columns["有效"] == FLAGS


def test_another_reader_of_workbooks_finds_the_same(tmp_path):
    path = written(tmp_path / "t.xlsx", sample())
    head, *rows = CalamineWorkbook.from_path(path).get_sheet_by_name("责任区").to_python()
    columns = dict(zip(head, zip(*rows, strict=True), strict=True))
    assert list(columns["名称"]) == blank(TEXTS)
    assert list(columns["签订日"]) == blank(DAYS)


MOMENT = dt.datetime(2026, 8, 15, 18, 30, tzinfo=dt.timezone(dt.timedelta(hours=8)))


def test_a_moment_stays_the_same_moment(tmp_path):
    table = gpd.GeoDataFrame(
        {"时刻": pd.to_datetime([MOMENT])}, geometry=[shapely.Point(122, 41)], crs="EPSG:4326"
    )
    assert pyogrio.read_dataframe(written(tmp_path / "t.gpkg", table))["时刻"][0] == MOMENT
    assert pyogrio.read_dataframe(written(tmp_path / "t.fgb", table))["时刻"][0] == MOMENT
    (stored,) = by_arrow(written(tmp_path / "t.parquet", table))[0]["时刻"]
    assert stored == MOMENT
    for name, read in (("t.geojson", by_json), ("t.csv", by_csv)):
        (text,) = read(written(tmp_path / name, table))[0]["时刻"]
        assert dt.datetime.fromisoformat(text) == MOMENT
    book = CalamineWorkbook.from_path(written(tmp_path / "t.xlsx", table))
    shown = book.get_sheet_by_index(0).to_python()[1][0]
    assert shown == MOMENT.astimezone(dt.UTC).replace(tzinfo=None)


ANY_TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=40)
#: What XML can hold without a replacement, and a workbook without touching line breaks.
PRINTED = st.text(
    st.characters(exclude_categories=["Cs", "Cc", "Cn"], exclude_characters="\u2028\u2029"),
    max_size=40,
)


def through(path, texts, read):
    points = [shapely.Point(120 + at, 40) for at in range(len(texts))]
    table = gpd.GeoDataFrame(
        {"key": range(len(texts)), "文": texts}, geometry=points, crs="EPSG:4326"
    )
    columns, _ = read(written(path, table))
    order = sorted(range(len(texts)), key=lambda at: int(columns["key"][at]))
    return [columns["文"][at] for at in order]


@settings(max_examples=25)
@given(texts=st.lists(ANY_TEXT, min_size=1, max_size=6))
@pytest.mark.parametrize(
    ("ending", "read"),
    [("gpkg", by_gdal), ("fgb", by_gdal), ("geojson", by_json), ("parquet", by_arrow)],
)
def test_any_text_comes_back_as_it_was(tmp_path_factory, ending, read, texts):
    path = tmp_path_factory.mktemp("any") / f"t.{ending}"
    assert through(path, texts, read) == texts


@settings(max_examples=25)
@given(texts=st.lists(ANY_TEXT, min_size=1, max_size=6))
def test_any_text_comes_back_from_csv_without_being_a_formula(tmp_path_factory, texts):
    back = through(tmp_path_factory.mktemp("any") / "t.csv", texts, by_csv)
    for text, cell in zip(texts, back, strict=True):
        assert not cell.startswith(FORMULA_MARKS)
        assert cell == (f"'{text}" if text.startswith(FORMULA_MARKS) else text)


@settings(max_examples=25)
@given(texts=st.lists(PRINTED, min_size=1, max_size=6))
def test_any_printed_text_comes_back_from_kml_and_workbook(tmp_path_factory, texts):
    folder = tmp_path_factory.mktemp("any")
    assert through(folder / "t.kml", texts, by_gdal) == texts
    back = through(folder / "t.xlsx", texts, lambda path: (by_openpyxl(path, "责任区"), []))
    assert back == texts
