"""Files that were written, read back by readers that share nothing with the writers."""

from __future__ import annotations

import csv
import datetime as dt
import json
import zipfile
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import openpyxl
import pandas as pd
import pyarrow.parquet as pq
import pyogrio
import shapely

if TYPE_CHECKING:
    from pathlib import Path

    Columns = dict[str, list[Any]]

#: What the names, reasons and remarks of a place may hold.
TEXTS = [
    "盘锦市大洼区田家街道",
    "𠮷林 😀 é ñ",
    '=HYPERLINK("http://example.org","打开")',
    "<script>alert(1)</script> & ]]> <!-- -->",
    'He said "hi", it\'s; done\\',
    "一行\n二行",
    "",
    None,
]
DAYS = [
    dt.date(2026, 8, 15), None, dt.date(1999, 12, 31), dt.date(2024, 2, 29),
    dt.date(1900, 3, 1), dt.date(2100, 1, 1), dt.date(2026, 1, 1), dt.date(1949, 10, 1),
]  # fmt: skip
LISTS = [
    ("甲街道办", "乙街道办"), (), ("一家",), ('带"引号"', "逗,号"),
    ("<b>",), ("😀", "é"), (), ("末",),
]  # fmt: skip
NUMBERS = [0.1, None, -2.5, 1e-7, 123456789.123456, 1.7976931348623157e300, 0.0, 1 / 3]
INTEGERS = [1, 2, 3, 4, 5, 6, 7, -99_999_999_999]
FLAGS = [True, False, None, True, False, True, True, False]


def squares() -> list[Any]:
    """Return squares of ten metres in degrees: one with a hole, one of two parts, one none."""
    shapes: list[Any] = [
        shapely.box(122.07 + n / 100, 41.12, 122.0701 + n / 100, 41.1201) for n in range(len(TEXTS))
    ]
    shapes[1] -= shapely.box(122.08002, 41.12002, 122.08004, 41.12004)
    shapes[2] = shapely.MultiPolygon([shapes[2], shapely.box(121, 41, 121.0001, 41.0001)])
    shapes[3] = None
    return shapes


def sample(crs: str = "EPSG:4326") -> gpd.GeoDataFrame:
    """Return eight rows of everything that a layer may hold, in a coordinate system."""
    table = pd.DataFrame(
        {
            "key": [f"k{n}" for n in range(len(TEXTS))],
            "名称": TEXTS,
            "签订日": pd.Series(DAYS, dtype="datetime64[s]"),
            "单位": LISTS,
            "面积": pd.Series(NUMBERS, dtype="float64"),
            "户数": INTEGERS,
            "有效": pd.Series(FLAGS, dtype="boolean"),
        }
    )
    return gpd.GeoDataFrame(table, geometry=squares(), crs="EPSG:4326").to_crs(crs)


def by_gdal(path: Path | str, layer: str | int = 0) -> tuple[Columns, list[Any]]:
    """Read a layer through GDAL, its rows sorted by their first column."""
    table = pyogrio.read_dataframe(path, layer=layer)
    shapes = list(table.geometry) if "geometry" in table else [None] * len(table)
    columns = {
        name: [_simple(value) for value in table[name].astype(object)]
        for name in table.columns
        if name != "geometry"
    }
    return columns, shapes


def by_json(path: Path) -> tuple[Columns, list[Any]]:
    """Read GeoJSON as the JSON that it is."""
    features = json.loads(path.read_text(encoding="utf-8"))["features"]
    columns = {
        name: [feature["properties"][name] for feature in features]
        for name in features[0]["properties"]
    }
    shapes = [feature["geometry"] for feature in features]
    return columns, [None if shape is None else shapely.geometry.shape(shape) for shape in shapes]


def by_arrow(path: Path) -> tuple[Columns, list[Any]]:
    """Read GeoParquet as the Parquet that it is."""
    columns = pq.read_table(path).to_pydict()
    shapes = [
        None if shape is None else shapely.from_wkb(shape) for shape in columns.pop("geometry")
    ]
    columns.pop("bbox")
    return columns, shapes


def by_csv(path: Path) -> tuple[Columns, list[Any]]:
    """Read CSV as a spreadsheet would, each cell a text."""
    content = path.read_bytes()
    assert content.startswith(b"\xef\xbb\xbf")
    with path.open(encoding="utf-8-sig", newline="") as file:
        head, *rows = list(csv.reader(file))
    columns = {name: [row[at] for row in rows] for at, name in enumerate(head)}
    shapes = [shapely.from_wkt(text) if text else None for text in columns.pop("geometry")]
    return columns, shapes


def by_openpyxl(path: Path, sheet: str) -> Columns:
    """Read a sheet; no cell may be a formula."""
    cells = openpyxl.load_workbook(path)[sheet]
    assert {cell.data_type for row in cells.iter_rows() for cell in row} <= {"s", "n", "b", "d"}
    head, *rows = list(cells.iter_rows(values_only=True))
    return {str(name): [_simple(row[at]) for row in rows] for at, name in enumerate(head)}


def unpacked(path: Path, folder: Path) -> Path:
    """Unpack an archive into a folder."""
    with zipfile.ZipFile(path) as archive:
        assert archive.testzip() is None
        archive.extractall(folder)
    return folder


def _simple(value: Any) -> Any:
    if isinstance(value, (pd.Timestamp, dt.datetime)) and not pd.isna(value):
        return value.date()
    if value is None or value is pd.NaT or (isinstance(value, float) and np.isnan(value)):
        return None
    return value.item() if isinstance(value, np.generic) else value


def farthest(one: list[Any], other: list[Any]) -> float:
    """Return how far apart corresponding shapes are at most, in the units of their coordinates."""
    assert [shape is None for shape in one] == [shape is None for shape in other]
    apart = shapely.hausdorff_distance(one, other)
    return float(np.nanmax(apart))
