"""Shapefiles: what their narrow tables make of names, texts and numbers is told, row by row."""

import csv
import math

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from gis.errors import OutputError
from gis.writers import write_layers
from gis.writers.columns import Field, Kind, Layer
from gis.writers.dbf import cut_bytes, dbf_bytes, write_dbf
from gis.writers.shapefile import shp_bytes
from tests.written_files import by_gdal, sample, unpacked


@pytest.fixture
def write(tmp_path):
    """Write a layer and return the folder of its unpacked archive and the notes."""

    def write(table, layer="层", language="zh"):
        path = tmp_path / "out.zip"
        notes = write_layers({layer: table}, path, language=language)
        return unpacked(path, tmp_path / "unpacked"), notes

    return write


def points(**columns):
    rows = len(next(iter(columns.values())))
    shapes = [shapely.Point(122 + at / 10, 41) for at in range(rows)]
    return gpd.GeoDataFrame(columns, geometry=shapes, crs="EPSG:4326")


def test_every_part_is_there_and_the_text_is_said_to_be_utf8(write):
    folder, _ = write(sample(), "责任区")
    names = {path.name for path in folder.iterdir()}
    assert names == {
        "责任区.shp", "责任区.shx", "责任区.dbf", "责任区.prj", "责任区.cpg",
        "columns.csv", "README.txt",
    }  # fmt: skip
    assert (folder / "责任区.cpg").read_text() == "UTF-8"


def test_texts_are_cut_between_characters_and_exactly_those_rows_are_noted(write):
    texts = ["长" * 84, "长" * 84 + "ab", "长" * 85, "a" + "长" * 84 + "bc", "😀" * 64, "短", None]
    folder, notes = write(points(reason=texts))
    (note,) = notes
    assert (note.problem, note.column, note.rows) == ("texts_cut", "reason", (3, 4, 5))
    back = by_gdal(folder / "层.shp")[0]["reason"]
    assert back == [
        texts[0], texts[1], "长" * 84, "a" + "长" * 84 + "b", "😀" * 63, "短", None,
    ]  # fmt: skip
    readme = (folder / "README.txt").read_text("utf-8-sig")
    assert "共 3 行：第 3、4、5 行" in readme


@settings(max_examples=40)
@given(text=st.text(max_size=100), most=st.integers(0, 260))
def test_a_cut_text_is_the_longest_beginning_that_fits(text, most):
    text = text.encode("utf-8", "ignore").decode()
    cut = cut_bytes(text, most)
    assert text.startswith(cut)
    assert len(cut.encode()) <= most
    assert cut == text or len(text[: len(cut) + 1].encode()) > most


def test_names_are_unique_in_ten_bytes_and_the_whole_ones_are_listed(write):
    table = points(
        kind_of_sliver=["a"], kind_of_sliding=["b"], KIND_OF_SLED=["c"], 责任单位名称=["d"],
        责任单位电话=["e"], ok=["f"],
    )  # fmt: skip
    folder, notes = write(table, language="en")
    fields = list(by_gdal(folder / "层.shp")[0])
    assert fields == ["kind_of_sl", "kind_of__1", "KIND_OF__2", "责任单", "责任_1", "ok"]
    assert all(len(name.encode()) <= 10 for name in fields)
    assert [note.column for note in notes] == list(table.columns[:5])
    with (folder / "columns.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["column in the file"] for row in rows] == fields
    assert [row["whole name"] for row in rows] == [
        name for name in table.columns if name != "geometry"
    ]
    assert {row["kind"] for row in rows} == {"text"}


@settings(max_examples=30)
@given(names=st.lists(st.text(min_size=1, max_size=14), min_size=1, max_size=12, unique=True))
def test_any_names_become_unique_ones_of_ten_bytes(tmp_path_factory, names):
    names = [name for name in names if "\0" not in name and name.isprintable()]
    names = [name for name in names if not any("\ud800" <= mark <= "\udfff" for mark in name)]
    table = pd.DataFrame([[1] * len(names)], columns=names)
    path = tmp_path_factory.mktemp("names") / "out.zip"
    notes = write_layers({"t": table}, path, language="en")
    folder = unpacked(path, path.parent / "unpacked")
    with (folder / "columns.csv").open(encoding="utf-8-sig", newline="") as file:
        short = [row["column in the file"].removeprefix("'") for row in csv.DictReader(file)]
    assert len({name.casefold() for name in short}) == len(names)
    assert all(len(name.encode()) <= 10 for name in short)
    renamed = {note.column for note in notes if note.problem == "column_renamed"}
    kept = [name for name in names if name not in renamed]
    assert set(kept) <= set(short)


def test_any_double_comes_back_as_it_was(write):
    numbers = [math.pi, 5e-324, -2.2250738585072014e-308, 1e22, 123456789.123456789, -0.1, np.nan]
    folder, notes = write(points(n=numbers))
    assert notes == ()
    back = by_gdal(folder / "层.shp")[0]["n"]
    assert back == [None if math.isnan(number) else number for number in numbers]


def test_integers_of_eighteen_digits_are_numbers_and_longer_ones_texts(write):
    folder, notes = write(points(a=[10**18 - 1, -(10**17) + 1], b=[10**18, 1]))
    assert [(note.problem, note.column, note.rows) for note in notes] == [
        ("integers_as_text", "b", (1,))
    ]
    columns, _ = by_gdal(folder / "层.shp")
    assert columns == {"a": [10**18 - 1, -(10**17) + 1], "b": [str(10**18), "1"]}


def test_times_of_day_are_texts_and_spaces_at_the_end_are_noted(write):
    folder, notes = write(
        points(t=pd.to_datetime(["2026-08-15T10:30", "2026-08-15T11:00"]), s=["a ", "b"])
    )
    assert [(note.problem, note.column) for note in notes] == [
        ("times_as_text", "t"),
        ("spaces_lost", "s"),
    ]
    assert by_gdal(folder / "层.shp")[0]["t"][0] == "2026-08-15T10:30:00"


def test_each_type_of_shape_has_a_file_of_its_own(write):
    shapes = [
        shapely.box(0, 0, 1, 1),
        shapely.Point(5, 5),
        None,
        shapely.LineString([(0, 0), (1, 1)]),
        shapely.MultiPoint([(1, 2), (3, 4)]),
        shapely.MultiPolygon([shapely.box(0, 0, 1, 1), shapely.box(2, 0, 3, 1)]),
    ]
    table = gpd.GeoDataFrame({"n": range(6)}, geometry=shapes, crs="EPSG:4326")
    folder, _ = write(table)
    held = {path.stem: by_gdal(path)[0]["n"] for path in sorted(folder.glob("*.shp"))}
    assert held == {"层_line": [3], "层_point": [1, 2, 4], "层_polygon": [0, 5]}


def test_outer_rings_run_clockwise_as_the_format_wants(write):
    ring = shapely.box(0, 0, 9, 9) - shapely.box(1, 1, 2, 2)
    folder, _ = write(gpd.GeoDataFrame({"n": [1]}, geometry=[ring], crs="EPSG:4326"))
    content = (folder / "层.shp").read_bytes()
    # a record's 8 bytes, 44 of the shape's head, 8 of where its two rings begin
    pairs = np.frombuffer(content[100 + 8 + 44 + 8 :], dtype="<f8").reshape(-1, 2)
    outer, hole = pairs[:5], pairs[5:10]

    def signed(ring):
        x, y = ring.T
        return float(np.sum(x[:-1] * y[1:] - x[1:] * y[:-1]))

    assert signed(outer) < 0 < signed(hole)


def test_a_collection_is_refused_by_row(tmp_path):
    shapes = [shapely.Point(1, 2), shapely.GeometryCollection([shapely.Point(1, 2)])]
    table = gpd.GeoDataFrame({"n": [1, 2]}, geometry=shapes, crs="EPSG:4326")
    with pytest.raises(OutputError, match="Row 2"):
        write_layers({"层": table}, tmp_path / "out.zip", language="zh")
    assert list(tmp_path.iterdir()) == []


def test_more_columns_than_a_table_holds_are_refused(tmp_path):
    table = pd.DataFrame({f"c{n}": [n] for n in range(256)})
    with pytest.raises(OutputError, match="255"):
        write_layers({"层": table}, tmp_path / "out.zip", language="zh")


def test_a_table_beyond_two_gigabytes_is_refused_before_it_is_written(tmp_path):
    wide = "x" * 254
    rows = 2**31 // (254 * 100) + 1
    table = pd.DataFrame(dict.fromkeys((f"c{n}" for n in range(100)), [wide] * rows))
    with pytest.raises(OutputError, match="2 GB"):
        write_layers({"层": table}, tmp_path / "out.zip", language="zh")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "shapes",
    [
        [shapely.box(0, 0, 1, 1), None, shapely.box(0, 0, 9, 9) - shapely.box(1, 1, 2, 2)],
        [shapely.MultiPolygon([shapely.box(0, 0, 1, 1), shapely.box(2, 0, 3, 1)])],
        [shapely.Point(1, 2), None, shapely.Point(3, 4)],
        [shapely.MultiPoint([(1, 2), (3, 4)]), shapely.Point(3, 4)],
        [shapely.LineString([(0, 0), (1, 1), (2, 0)]), None],
        [shapely.MultiLineString([[(0, 0), (1, 1)], [(2, 0), (3, 1), (4, 1)]])],
        [None, None],
    ],
)
def test_the_sizes_told_beforehand_are_those_of_the_files(write, tmp_path, shapes):
    table = gpd.GeoDataFrame({"n": range(len(shapes))}, geometry=shapes, crs="EPSG:4326")
    folder, _ = write(table)
    assert shp_bytes(np.array(shapes, dtype=object)) == (folder / "层.shp").stat().st_size
    fields = (Field("文", Kind.TEXT, ["长", None]), Field("n", Kind.INTEGER, [12345, -1]))
    layer = Layer("t", fields, None, None, 2)
    write_dbf(layer, tmp_path / "t.dbf")
    assert dbf_bytes(layer) == (tmp_path / "t.dbf").stat().st_size


def test_shapes_with_heights_keep_them(write):
    shape = shapely.LineString([(0, 0, 5), (1, 1, 6)])
    folder, _ = write(gpd.GeoDataFrame({"n": [1]}, geometry=[shape], crs="EPSG:4326"))
    assert by_gdal(folder / "层.shp")[1][0].coords[1] == (1, 1, 6)
    assert shp_bytes(np.array([shape])) >= (folder / "层.shp").stat().st_size


def test_names_of_layers_never_leave_the_archive(write):
    folder, _ = write(sample(), "../上级/a:b")
    assert (folder / "_上级_a_b.shp").is_file()
    assert pyogrio.read_info(folder / "_上级_a_b.shp")["features"] == len(sample())
