"""A shelf of good, odd and bad layer files, each written from scratch, with what becomes of it."""

from __future__ import annotations

import json
import shutil
import sqlite3
import stat
import struct
import zipfile
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
import xlsxwriter

from tests.layer_files import EAST, WEST

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

NAMES = ["大洼区", "兴隆台区"]
CHINESE = "责任方"
SHAPES = [WEST, EAST]


@dataclass(frozen=True)
class Odd:
    """A file, and what becomes of it.

    Parameters
    ----------
    make
        Writes it into an empty folder and returns what is given to the reader.
    outcome
        ``read N``, then what was remarked, repaired and refused, by row; or ``refused`` and
        where.
    asked
        How the layer is asked for: coordinate system, encoding, geometry.
    """

    make: Callable[[Path], Path | str]
    outcome: str
    asked: dict[str, str] = field(default_factory=dict)


def frame(shapes: list[Any] | None = None, crs: object = 4326, **columns: Any) -> gpd.GeoDataFrame:
    """Return a layer of two bodies that lie side by side, unless told otherwise."""
    shapes = SHAPES if shapes is None else shapes
    named = {CHINESE: [NAMES[at % len(NAMES)] for at in range(len(shapes))]}
    return gpd.GeoDataFrame(columns or named, geometry=shapes, crs=crs)


def by_gdal(name: str, driver: str, made: gpd.GeoDataFrame | None = None, **options: Any) -> Any:
    """Return a maker that has GDAL write a layer."""

    def make(folder: Path) -> Path:
        path = folder / name
        (frame() if made is None else made).to_file(path, driver=driver, **options)
        return path

    return make


def text(name: str, content: str | bytes, encoding: str = "utf-8") -> Any:
    """Return a maker of a file with this content."""

    def make(folder: Path) -> Path:
        path = folder / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode(encoding))
        return path

    return make


def feature(geometry: Any, **properties: Any) -> dict[str, Any]:
    """Return a GeoJSON Feature."""
    if isinstance(geometry, shapely.Geometry):
        geometry = shapely.geometry.mapping(geometry)
    return {"type": "Feature", "properties": properties or {"body": "甲"}, "geometry": geometry}


def geojson(*features: Any, name: str = "a.geojson", **members: Any) -> Any:
    """Return a maker of a FeatureCollection."""
    document = {"type": "FeatureCollection", **members, "features": list(features)}
    return text(name, json.dumps(document, ensure_ascii=False))


def polygon(*points: tuple[float, ...]) -> dict[str, Any]:
    """Return a GeoJSON Polygon of one ring, as it is."""
    return {"type": "Polygon", "coordinates": [[list(point) for point in points]]}


def then(make: Any, change: Callable[[Path], Path | str | None]) -> Any:
    """Return a maker that changes what another has made."""

    def made(folder: Path) -> Path | str:
        path = make(folder)
        return change(path) or path

    return made


def cut(share: float, ending: str = "") -> Any:
    """Return a change that leaves the first part of a file, or of its sibling."""

    def change(path: Path) -> None:
        part = path.with_suffix(ending) if ending else path
        content = part.read_bytes()
        part.write_bytes(content[: int(len(content) * share)])

    return change


def without(ending: str) -> Any:
    """Return a change that takes a sibling away."""
    return lambda path: path.with_suffix(ending).unlink()


def sibling(ending: str, content: bytes) -> Any:
    """Return a change that writes a sibling."""

    def change(path: Path) -> None:
        path.with_suffix(ending).write_bytes(content)

    return change


def shapefile(encoding: str = "UTF-8", made: gpd.GeoDataFrame | None = None) -> Any:
    """Return a maker of a Shapefile."""
    return by_gdal("a.shp", "ESRI Shapefile", made, encoding=encoding)


def geopackage(*statements: str, made: gpd.GeoDataFrame | None = None) -> Any:
    """Return a maker of a GeoPackage whose layer ``a`` some SQL has been let loose on."""

    def make(folder: Path) -> Path:
        path = folder / "a.gpkg"
        (frame() if made is None else made).to_file(path, layer="a")
        with sqlite3.connect(path) as database:
            for name in ("ST_IsEmpty", "ST_MinX", "ST_MaxX", "ST_MinY", "ST_MaxY"):
                database.create_function(name, 1, lambda _blob: 0)
            for statement in statements:
                database.execute(statement)
        database.close()
        return path

    return make


def two_layers(folder: Path) -> Path:
    """Write a GeoPackage of two layers."""
    path = folder / "a.gpkg"
    frame().to_file(path, layer="grid")
    frame().to_file(path, layer="街道")
    return path


def archive(*members: tuple[Any, str], name: str = "a.zip") -> Any:
    """Return a maker that packs what other makers make, each under a name of its own."""

    def make(folder: Path) -> Path:
        inside = folder / "inside"
        with zipfile.ZipFile(folder / name, "w", zipfile.ZIP_DEFLATED) as packed:
            for maker, stem in members:
                inside.mkdir()
                made = maker(inside)
                parts = sorted(made.rglob("*")) if made.is_dir() else sorted(inside.iterdir())
                for part in parts:
                    base = (
                        f"{stem}{made.suffix}/{part.name}" if made.is_dir() else stem + part.suffix
                    )
                    packed.write(part, base)
                shutil.rmtree(inside)
        return folder / name

    return make


def raw_archive(write: Callable[[zipfile.ZipFile], None]) -> Any:
    """Return a maker of a ZIP archive, entry by entry."""

    def make(folder: Path) -> Path:
        with zipfile.ZipFile(folder / "a.zip", "w", zipfile.ZIP_DEFLATED) as packed:
            write(packed)
        return folder / "a.zip"

    return make


def gbk_named(packed: zipfile.ZipFile) -> None:
    """Write an entry as the archivers of Chinese computers do: its name in GBK, unmarked."""
    info = zipfile.ZipInfo("责任区.geojson".encode("gbk").decode("latin-1"))
    content = json.dumps({"type": "FeatureCollection", "features": [feature(WEST)]})
    packed.writestr(info, content)
    # Python marks the name as UTF-8; the mark goes, and the two-byte characters become one again
    info.flag_bits = 0


def encrypted(path: Path) -> None:
    """Set the flag of encryption in both places where an archive keeps it."""
    content = bytearray(path.read_bytes())
    content[6] |= 1
    central = content.index(b"PK\x01\x02")
    content[central + 8] |= 1
    path.write_bytes(bytes(content))


def link(packed: zipfile.ZipFile) -> None:
    """Write an entry that is a symbolic link."""
    info = zipfile.ZipInfo("a.geojson")
    info.external_attr = (stat.S_IFLNK | 0o777) << 16
    packed.writestr(info, "/etc/passwd")


def kml(placemarks: str, head: str = '<?xml version="1.0" encoding="UTF-8"?>') -> str:
    """Return a KML document."""
    return (
        f'{head}<kml xmlns="http://www.opengis.net/kml/2.2"><Document>{placemarks}</Document></kml>'
    )


PLACEMARK = (
    "<Placemark><name>大洼区</name><Polygon><outerBoundaryIs><LinearRing><coordinates>"
    "122,41,0 122.1,41,0 122.1,41.1,0 122,41.1,0 122,41,0"
    "</coordinates></LinearRing></outerBoundaryIs></Polygon></Placemark>"
)


DATA = PLACEMARK.replace(
    "<Polygon>",
    "<description><![CDATA[<Data name='单位'>]]></description><ExtendedData>"
    '<Data name="单位"><value>城关街道</value></Data>'
    '<Data name="职责 &amp; 事项"><value>主责</value></Data></ExtendedData><Polygon>',
)


def folders(*names: str) -> str:
    """Return KML folders of one placemark each."""
    return "".join(f"<Folder><name>{name}</name>{PLACEMARK}</Folder>" for name in names)


def dxf(*entities: tuple[str, str, list[tuple[float, float]], bool], ends: bool = True) -> str:
    """Return a drawing of polylines and texts: kind or text, layer, points, closed."""
    groups = ["0", "SECTION", "2", "HEADER", "9", "$ACADVER", "1", "AC1015", "0", "ENDSEC"]
    groups += ["0", "SECTION", "2", "ENTITIES"]
    for what, layer, points, closed in entities:
        if what != "LWPOLYLINE":
            groups += ["0", "TEXT", "8", layer, "10", str(points[0][0]), "20", str(points[0][1])]
            groups += ["40", "1", "1", what]
            continue
        groups += ["0", what, "8", layer, "100", "AcDbPolyline", "90", str(len(points))]
        groups += ["70", str(int(closed))]
        for x, y in points:
            groups += ["10", str(x), "20", str(y)]
    groups += ["0", "ENDSEC"] + (["0", "EOF"] if ends else [])
    return "\n".join(groups) + "\n"


SQUARE = [
    (500000.0, 4540000.0),
    (501000.0, 4540000.0),
    (501000.0, 4541000.0),
    (500000.0, 4541000.0),
]


def workbook(*sheets: tuple[str, list[list[Any]]], merge: str = "") -> Any:
    """Return a maker of a workbook."""

    def make(folder: Path) -> Path:
        path = folder / "a.xlsx"
        with xlsxwriter.Workbook(path) as book:
            for name, rows in sheets:
                sheet = book.add_worksheet(name)
                for at, row in enumerate(rows):
                    sheet.write_row(at, 0, row)
                if merge:
                    sheet.merge_range(merge, "x")
        return path

    return make


POINTS = [["名称", "经度", "纬度"], ["甲", 122.05, 41.05], ["乙", 122.15, 41.05]]
ROWS = "\n".join(["body,wkt", f'甲,"{WEST.wkt}"', f'乙,"{EAST.wkt}"']) + "\n"


def parquet(made: pd.DataFrame | None = None) -> Any:
    """Return a maker of a Parquet file."""

    def make(folder: Path) -> Path:
        (frame() if made is None else made).to_parquet(folder / "a.parquet")
        return folder / "a.parquet"

    return make


def star(vertices: int) -> shapely.Polygon:
    """Return a round polygon of many vertices."""
    angles = np.linspace(0, 2 * np.pi, vertices, endpoint=False)
    return shapely.Polygon(np.column_stack([122 + np.cos(angles) / 10, 41 + np.sin(angles) / 10]))


def lying_flatgeobuf(path: Path) -> None:
    """Have the header of a FlatGeobuf file count one feature more than there are."""
    content = path.read_bytes()
    count = struct.pack("<Q", len(SHAPES))
    at = content.index(count, 12)
    path.write_bytes(content[:at] + struct.pack("<Q", len(SHAPES) + 1) + content[at + 8 :])


def shorter(path: Path) -> None:
    """Have a DBF say that it holds one row less, which GDAL believes."""
    content = bytearray(path.read_bytes())
    struct.pack_into("<I", content, 4, struct.unpack_from("<I", content, 4)[0] - 1)
    path.write_bytes(bytes(content))


def unlabel(path: Path) -> None:
    """Take from a Shapefile everything that tells its encoding."""
    path.with_suffix(".cpg").unlink(missing_ok=True)
    table = path.with_suffix(".dbf")
    content = bytearray(table.read_bytes())
    content[29] = 0
    table.write_bytes(bytes(content))


def as_table(path: Path) -> Path:
    """Call a file a CSV table."""
    return path.rename(path.with_name("a.csv"))


def anonymous(path: Path) -> None:
    """Have a MIF file count in degrees of a datum that nobody knows."""
    lines = path.read_text("utf-8").splitlines()
    told = ["CoordSys Earth Projection 1, 0" if "CoordSys" in line else line for line in lines]
    path.write_text("\n".join(told) + "\n", "utf-8")


MAPINFO = by_gdal("a.tab", "MapInfo File", frame(body=NAMES))
INTERCHANGE = by_gdal("a.mif", "MapInfo File", frame(body=NAMES))

PLANE = {"crs": "EPSG:4549"}
DEGREES = {"crs": "EPSG:4490"}
POINT = {"crs": "EPSG:4490", "geometry": "point"}
BOW_TIE = polygon((122, 41), (122.1, 41.1), (122.1, 41), (122, 41.1), (122, 41))
SPIKE = polygon((122, 41), (122.1, 41), (122.2, 41), (122.1, 41), (122.1, 41.1), (122, 41))
NO_NUMBER = polygon((122, 41), (float("nan"), 41), (122, 42), (122, 41))
UNCLOSED = polygon((122, 41), (122.1, 41), (122.1, 41.1))
HIGH = polygon((122, 41, 7), (122.1, 41, 7), (122.1, 41.1, 7), (122, 41, 7))
SWAPPED = polygon((41, 122), (41, 122.1), (41.1, 122.1), (41, 122))
METRES = polygon((5e5, 4e6), (6e5, 4e6), (6e5, 5e6), (5e5, 4e6))
MIXED = {
    "type": "GeometryCollection",
    "geometries": [
        shapely.geometry.mapping(WEST),
        {"type": "LineString", "coordinates": [[0, 0], [1, 1]]},
    ],
}
CLOSED_LINE = shapely.geometry.mapping(shapely.LineString(WEST.exterior))
MINUTES = '名称,经度,纬度\n甲,"122°3\'0""E",41度3分\n'
LATIN = "body,wkt\n" + f'Müñchöß,"{WEST.wkt}"\n'


def _crs(kind: str, name: str) -> dict[str, Any]:
    return {"type": kind, "properties": {"name": name, "href": name}}


ODD_FILES: dict[str, Odd] = {
    # GeoJSON
    "GeoJSON": Odd(geojson(feature(WEST), feature(EAST)), "read 2"),
    "GeoJSON behind a byte order mark": Odd(
        text("a.geojson", "\ufeff" + json.dumps(feature(WEST))), "read 1"
    ),
    "GeoJSON under another name": Odd(geojson(feature(WEST), name="a.shp"), "read 1"),
    "GeoJSON in GBK": Odd(
        text("a.geojson", json.dumps(feature(WEST), ensure_ascii=False), "gbk"),
        "refused wrong_encoding",
    ),
    "GeoJSON in GBK, stated": Odd(
        text("a.geojson", json.dumps(feature(WEST), ensure_ascii=False), "gbk"),
        "read 1",
        {"encoding": "gbk"},
    ),
    "an empty file": Odd(text("a.geojson", ""), "refused format_unknown"),
    "GeoJSON that ends early": Odd(
        then(geojson(feature(WEST)), cut(0.5)), "refused json_damaged row 1"
    ),
    "a geometry without a Feature": Odd(
        text("a.geojson", json.dumps(polygon((0, 0), (1, 0), (1, 1), (0, 0)))),
        "refused not_geojson",
    ),
    "a feature that is none": Odd(geojson(feature(WEST), 7), "refused not_geojson row 2"),
    "a key twice": Odd(
        text("a.geojson", '{"type": "Feature", "type": "Feature"}'),
        "refused duplicate_key column type",
    ),
    "a coordinate system behind a link": Odd(
        geojson(feature(WEST), crs=_crs("link", "http://127.0.0.1/crs")), "refused crs_is_a_link"
    ),
    "a named coordinate system": Odd(
        geojson(feature(WEST), crs=_crs("name", "urn:ogc:def:crs:EPSG::4490")), "read 1"
    ),
    "a coordinate system that nobody knows": Odd(
        geojson(feature(WEST), crs=_crs("name", "EPSG:999999")), "refused crs_unreadable"
    ),
    "JSON nested without end": Odd(
        text("a.geojson", '{"a":' + "[" * 200_000), "refused json_damaged"
    ),
    "a number of thousands of digits": Odd(
        text("a.geojson", '{"type": "Feature", "properties": {"n": ' + "9" * 5000 + "}}"),
        "refused json_damaged",
    ),
    "half a character": Odd(
        text("a.geojson", json.dumps(feature(WEST, body="\ud800"))),
        "refused text_damaged row 1 column body",
    ),
    "a row without a shape": Odd(
        geojson(feature(WEST), feature(None)), "read 1; refused geometry_missing 2"
    ),
    "an empty shape": Odd(
        geojson(feature(WEST), feature({"type": "Polygon", "coordinates": []})),
        "read 1; refused geometry_missing 2",
    ),
    "a point among areas": Odd(
        geojson(feature(shapely.Point(122, 41)), feature(WEST)),
        "read 1; refused geometry_wrong_type 1",
    ),
    "a coordinate that is no number": Odd(
        text("a.geojson", json.dumps(feature(NO_NUMBER))),
        "refused no_usable_row",
    ),
    "coordinates of letters": Odd(
        geojson(feature({"type": "Polygon", "coordinates": "abc"}), feature(WEST)),
        "read 1; refused geometry_damaged 1",
    ),
    "a bow-tie": Odd(
        geojson(feature(BOW_TIE), feature(WEST)), "read 1; refused polygon_ambiguous 1"
    ),
    "a spike": Odd(geojson(feature(SPIKE)), "read 1; repaired polygon_repaired 1"),
    "a ring that does not close": Odd(
        geojson(feature(UNCLOSED)), "read 1; repaired ring_unclosed 1"
    ),
    "a line that closes": Odd(geojson(feature(CLOSED_LINE)), "read 1; repaired ring_closed 1"),
    "heights": Odd(geojson(feature(HIGH)), "read 1; converted heights_dropped 0"),
    "a mixed collection": Odd(geojson(feature(MIXED)), "read 1; repaired collection_reduced 1"),
    "latitude before longitude": Odd(geojson(feature(SWAPPED)), "refused no_usable_row"),
    "metres for degrees": Odd(geojson(feature(METRES)), "refused no_usable_row"),
    "more vertices than anybody draws": Odd(
        geojson(feature(star(500_001)), feature(WEST)), "read 1; refused geometry_damaged 1"
    ),
    "a kind in small letters": Odd(
        geojson(feature({**UNCLOSED, "type": "polygon"}), feature(WEST)),
        "read 1; refused geometry_damaged 1",
    ),
    "NUL in a text": Odd(
        geojson(feature(WEST, body="A\0B")), "refused nul_in_text row 1 column body"
    ),
    # GeoJSON sequences
    "a sequence of lines": Odd(
        text("a.geojsonl", "\n".join(json.dumps(feature(s)) for s in SHAPES)), "read 2"
    ),
    "a sequence behind record separators": Odd(
        text("a.geojsons", "".join(f"\x1e{json.dumps(feature(s), indent=1)}\n" for s in SHAPES)),
        "read 2",
    ),
    "a sequence with a broken line": Odd(
        text("a.geojsonl", json.dumps(feature(WEST)) + '\n{"type": "Feature"\n'),
        "refused json_damaged row 2",
    ),
    # CSV
    "CSV with shapes": Odd(text("a.csv", ROWS), "read 2; converted coordinates_taken 0", DEGREES),
    "CSV that states no system": Odd(text("a.csv", ROWS), "refused crs_missing"),
    "CSV with its own SRID": Odd(
        text("a.csv", ROWS.replace("POLYGON", "SRID=4490;POLYGON")),
        "read 2; converted coordinates_taken 0",
    ),
    "CSV with shapes in hexadecimal": Odd(
        text("a.csv", f"body,geom\n甲,{WEST.wkb_hex}\n"),
        "read 1; converted coordinates_taken 0",
        DEGREES,
    ),
    "CSV with a broken shape": Odd(
        text("a.csv", ROWS + "丙,POLYGON ((1 2\n"),
        "read 2; converted coordinates_taken 0; refused geometry_damaged 3",
        DEGREES,
    ),
    "CSV with points": Odd(
        text("a.csv", "名称,经度,纬度\n甲,122.05,41.05\n乙,,\n"),
        "read 1; converted coordinates_taken 0; refused geometry_missing 2",
        POINT,
    ),
    "CSV with degrees, minutes and seconds": Odd(
        text("a.csv", MINUTES),
        "read 1; converted coordinates_taken 0",
        POINT,
    ),
    "CSV with a border as web maps give it": Odd(
        text("a.csv", 'body,polyline\n甲,"122,41;122.1,41;122.1,41.1"\n'),
        "read 1; converted coordinates_taken 0; repaired ring_unclosed 1",
        DEGREES,
    ),
    "CSV without a shape": Odd(text("a.csv", "a,b\n1,2\n"), "refused geometry_column_missing"),
    "CSV of a spreadsheet, in UTF-16 with tabs": Odd(
        text("a.csv", ROWS.replace(",wkt", "\twkt").replace(',"', '\t"'), "utf-16"),
        "read 2; converted coordinates_taken 0",
        DEGREES,
    ),
    "CSV with semicolons": Odd(
        text("a.csv", f'body;wkt\n甲;"{WEST.wkt}"\n'),
        "read 1; converted coordinates_taken 0",
        DEGREES,
    ),
    "CSV in GBK": Odd(
        text("a.csv", ROWS, "gbk"),
        "read 2; converted encoding_guessed 0; converted coordinates_taken 0",
        DEGREES,
    ),
    "CSV in GBK that is UTF-8 as well": Odd(
        text("a.csv", ROWS.replace("甲", "模").replace("乙", "模"), "gbk"),
        "read 2; converted encoding_doubted 0; converted coordinates_taken 0",
        DEGREES,
    ),
    "CSV in Latin-1": Odd(text("a.csv", LATIN, "latin-1"), "refused encoding_unclear", DEGREES),
    "CSV in Big5": Odd(
        text("a.csv", ROWS.replace("甲", "盤錦區").replace("乙", "臺灣國語"), "big5"),
        "refused encoding_unclear",
        DEGREES,
    ),
    "CSV in an encoding that nobody knows": Odd(
        text("a.csv", ROWS), "refused encoding_unknown", {"encoding": "klingon"}
    ),
    "CSV with a line too long": Odd(text("a.csv", "a,b\n1,2,3\n"), "refused csv_row_length row 1"),
    "CSV with NUL": Odd(text("a.csv", "a,b\n1,\0\n"), "refused nul_in_text"),
    "CSV with a column twice": Odd(
        text("a.csv", "a,a\n1,2\n"), "refused duplicate_column column a"
    ),
    "CSV with nothing": Odd(text("a.csv", "\n\n"), "refused table_empty"),
    # Shapefile
    "a Shapefile": Odd(shapefile(), "read 2"),
    "a Shapefile without .prj": Odd(then(shapefile(), without(".prj")), "refused crs_missing"),
    "a Shapefile without .dbf": Odd(
        then(shapefile(), without(".dbf")), "refused shapefile_part_missing"
    ),
    "a Shapefile without .shx": Odd(
        then(shapefile(), without(".shx")), "refused shapefile_part_missing"
    ),
    "a .shp that ends early": Odd(then(shapefile(), cut(0.6)), "refused file_truncated"),
    "a .dbf that ends early": Odd(then(shapefile(), cut(0.6, ".dbf")), "refused file_truncated"),
    "a .dbf of fewer rows": Odd(
        then(shapefile(), lambda path: shorter(path.with_suffix(".dbf"))), "refused rows_missing"
    ),
    "a Shapefile in unlabelled GBK": Odd(
        then(shapefile("GBK"), unlabel),
        "read 2; converted encoding_guessed 0",
    ),
    "a Shapefile in unlabelled UTF-8": Odd(then(shapefile(), unlabel), "read 2"),
    "a Shapefile in GBK, labelled UTF-8": Odd(
        then(shapefile("GBK"), sibling(".cpg", b"UTF-8")),
        "refused wrong_encoding",
    ),
    "a Shapefile with an unknown label": Odd(
        then(shapefile(), sibling(".cpg", b"KLINGON")), "refused encoding_unknown"
    ),
    "a Shapefile with rubbish for .prj": Odd(
        then(shapefile(), sibling(".prj", b"rubbish")), "refused crs_unreadable"
    ),
    # GeoPackage
    "a GeoPackage": Odd(geopackage(), "read 2"),
    "a GeoPackage of two layers": Odd(two_layers, "refused layer_not_named"),
    "one layer of two": Odd(lambda folder: f"{two_layers(folder)}:街道", "read 2"),
    "a layer that is not there": Odd(
        lambda folder: f"{two_layers(folder)}:街", "refused layer_unknown"
    ),
    "a GeoPackage with a trigger": Odd(
        geopackage("CREATE TRIGGER t AFTER INSERT ON a BEGIN DELETE FROM a; END"), "read 2"
    ),
    "a GeoPackage with a view for a layer": Odd(
        geopackage("ALTER TABLE a RENAME TO b", "CREATE VIEW a AS SELECT * FROM b"),
        "refused layer_not_a_table",
    ),
    "a GeoPackage without a coordinate system": Odd(
        geopackage("UPDATE gpkg_geometry_columns SET srs_id = 0"), "refused crs_missing"
    ),
    "a GeoPackage that ends early": Odd(
        then(geopackage(made=frame([WEST] * 400)), cut(0.5)), "refused file_damaged"
    ),
    "a GeoPackage that another program has open": Odd(
        then(geopackage(), lambda path: path.with_name("a.gpkg-wal").write_bytes(b"x") and None),
        "refused geopackage_in_use",
    ),
    "a GeoPackage with a broken shape": Odd(
        geopackage("UPDATE a SET geom = X'4750' WHERE fid = 1"),
        "read 1; refused geometry_damaged 1",
    ),
    "another database": Odd(
        then(
            text("a.gpkg", b""),
            lambda path: sqlite3.connect(path).execute("CREATE TABLE a (b)") and None,
        ),
        "refused format_unknown",
    ),
    # archives
    "a Shapefile in an archive": Odd(archive((shapefile(), "责任区")), "read 2"),
    "two layers in an archive": Odd(
        archive((shapefile(), "a"), (geojson(feature(WEST)), "b")), "refused layer_not_named"
    ),
    "one layer of an archive": Odd(
        then(
            archive((shapefile(), "a"), (geojson(feature(WEST)), "甲/b")),
            lambda path: f"{path}:甲/b.geojson",
        ),
        "read 1",
    ),
    "a layer of a file in an archive": Odd(
        then(archive((two_layers, "a")), lambda path: f"{path}:街道"), "read 2"
    ),
    "a Shapefile and a table in an archive": Odd(
        archive((shapefile(), "a"), (text("b.csv", "a,b\n1,2\n"), "b")),
        "read 2; converted member_taken 0",
    ),
    "one layer behind a wide colon": Odd(lambda folder: f"{two_layers(folder)}：街道", "read 2"),
    "an archive in an archive": Odd(
        archive((archive((shapefile(), "a"), name="b.zip"), "b")), "refused layer_missing"
    ),
    "a workbook in an archive, called a table": Odd(
        archive(
            (then(workbook(("甲", POINTS)), lambda path: path.rename(path.with_name("a.csv"))), "b")
        ),
        "refused archive_within",
        POINT,
    ),
    "an archive with a password": Odd(
        then(archive((geojson(feature(WEST)), "a")), encrypted), "refused archive_encrypted"
    ),
    "an archive that climbs out": Odd(
        raw_archive(lambda packed: packed.writestr("../a.geojson", "{}")),
        "refused archive_path_unsafe",
    ),
    "an archive with a link": Odd(raw_archive(link), "refused archive_path_unsafe"),
    "an archive of a name twice": Odd(
        raw_archive(
            lambda packed: [packed.writestr(name, "{}") for name in ("a.json", "A.json")] and None
        ),
        "refused archive_name_repeated",
    ),
    "an archive that unpacks to a thousand times": Odd(
        raw_archive(lambda packed: packed.writestr("a.geojson", b" " * 30_000_000)),
        "refused archive_unpacks_to_too_much",
    ),
    "an archive of thousands of files": Odd(
        raw_archive(lambda packed: [packed.writestr(str(at), "") for at in range(2001)] and None),
        "refused archive_too_large",
    ),
    "an archive that ends early": Odd(
        then(archive((shapefile(), "a")), cut(0.7)), "refused file_damaged"
    ),
    "a virtual layer in an archive": Odd(
        raw_archive(lambda packed: packed.writestr("a.vrt", "<OGRVRTDataSource/>")),
        "refused layer_missing",
    ),
    "an archive of another kind": Odd(
        text("a.rar", b"Rar!\x1a\x07\x00 and so on"), "refused archive_of_other_kind"
    ),
    # KML, GML
    "KML": Odd(text("a.kml", kml(folders("责任区"))), "read 1"),
    "KML with data of Chinese names": Odd(text("a.kml", kml(DATA)), "read 1"),
    "KML of two folders": Odd(text("a.kml", kml(folders("甲", "乙"))), "refused layer_not_named"),
    "one folder of two": Odd(
        then(text("a.kml", kml(folders("甲", "乙"))), lambda path: f"{path}:乙"),
        "read 1",
    ),
    "KML in GBK": Odd(
        text("a.kml", kml(folders("甲"), '<?xml version="1.0" encoding="GBK"?>'), "gbk"),
        "read 1",
    ),
    "KML with a document type": Odd(
        text("a.kml", kml(PLACEMARK, '<!DOCTYPE kml [<!ENTITY x SYSTEM "file:///etc/passwd">]>')),
        "refused xml_with_document_type",
    ),
    "KML that ends early": Odd(text("a.kml", kml(PLACEMARK)[:-20]), "refused xml_damaged row 1"),
    "KML without a placemark": Odd(text("a.kml", kml("")), "refused layer_missing"),
    "KML nested without end": Odd(
        text("a.kml", kml("<Folder>" * 1000 + "</Folder>" * 1000)), "refused xml_nested_deeply"
    ),
    "KMZ": Odd(
        raw_archive(lambda packed: packed.writestr("doc.kml", kml(folders("甲")))),
        "read 1",
    ),
    "GML": Odd(by_gdal("a.gml", "GML"), "read 2"),
    "GML with a document type": Odd(
        then(
            by_gdal("a.gml", "GML"),
            lambda path: (
                path.write_text(path.read_text("utf-8").replace("?>", "?><!DOCTYPE a>", 1), "utf-8")
                and None
            ),
        ),
        "refused xml_with_document_type",
    ),
    "a virtual layer": Odd(
        text("a.vrt", "<OGRVRTDataSource><OGRVRTLayer name='a'/></OGRVRTDataSource>"),
        "refused xml_of_other_kind",
    ),
    "a web page": Odd(text("a.kml", "<html><body/></html>"), "refused xml_of_other_kind"),
    # FlatGeobuf, file geodatabase, MapInfo
    "FlatGeobuf": Odd(by_gdal("a.fgb", "FlatGeobuf"), "read 2"),
    "FlatGeobuf that ends early": Odd(
        then(by_gdal("a.fgb", "FlatGeobuf"), cut(0.9)), "refused file_truncated"
    ),
    "FlatGeobuf with a lying header": Odd(
        then(by_gdal("a.fgb", "FlatGeobuf", SPATIAL_INDEX="NO"), lying_flatgeobuf),
        "refused rows_missing",
    ),
    "a file geodatabase": Odd(by_gdal("a.gdb", "OpenFileGDB", layer="责任区"), "read 2"),
    "a file geodatabase in an archive": Odd(
        archive((by_gdal("a.gdb", "OpenFileGDB", layer="claims"), "a")), "read 2"
    ),
    "an empty folder for a geodatabase": Odd(
        lambda folder: (folder / "a.gdb").mkdir() or folder / "a.gdb", "refused file_damaged"
    ),
    "a MapInfo table": Odd(MAPINFO, "read 2"),
    "a MapInfo table without .dat": Odd(
        then(MAPINFO, without(".dat")),
        "refused shapefile_part_missing",
    ),
    "a MapInfo table of another program": Odd(
        text("a.tab", "!table\n!version 300\n\nDefinition Table\n  Type SHAPEFILE\n"),
        "refused tab_refers_elsewhere",
    ),
    "a MIF file": Odd(INTERCHANGE, "read 2"),
    "a MIF file without .mid": Odd(
        then(INTERCHANGE, without(".mid")),
        "refused shapefile_part_missing",
    ),
    "a MIF file of no known datum": Odd(then(INTERCHANGE, anonymous), "refused crs_missing"),
    "a system that is stated twice": Odd(
        geojson(feature(WEST)), "read 1; converted crs_not_used 0", {"crs": "EPSG:4490"}
    ),
    # drawings
    "a drawing": Odd(
        text(
            "a.dxf",
            dxf(
                ("LWPOLYLINE", "界线", SQUARE, True), ("甲地块", "界线", [(500500, 4540500)], False)
            ),
        ),
        "read 1; converted lines_made_areas 0",
        PLANE,
    ),
    "a drawing that states no system": Odd(
        text("a.dxf", dxf(("LWPOLYLINE", "0", SQUARE, True))), "refused crs_missing"
    ),
    "a drawing of open lines": Odd(
        text(
            "a.dxf",
            dxf(
                ("LWPOLYLINE", "0", SQUARE[:3], False),
                ("LWPOLYLINE", "0", [SQUARE[2], SQUARE[3], SQUARE[0]], False),
                ("LWPOLYLINE", "0", [SQUARE[0], SQUARE[2]], False),
            ),
        ),
        "read 2; converted lines_made_areas 0",
        PLANE,
    ),
    "a drawing of two layers": Odd(
        text("a.dxf", dxf(("LWPOLYLINE", "甲", SQUARE, True), ("LWPOLYLINE", "乙", SQUARE, True))),
        "refused layer_not_named",
        PLANE,
    ),
    "a drawing that ends early": Odd(
        text("a.dxf", dxf(("LWPOLYLINE", "0", SQUARE, True), ends=False)),
        "refused file_truncated",
        PLANE,
    ),
    "a binary drawing": Odd(text("a.dxf", b"AutoCAD Binary DXF\r\n\x1a\x00"), "refused dxf_binary"),
    "a drawing as CAD keeps it": Odd(text("a.dwg", b"AC1032\x00\x00"), "refused dwg_not_read"),
    # spreadsheets
    "a workbook with points": Odd(
        workbook(("网格员", POINTS)), "read 2; converted coordinates_taken 0", POINT
    ),
    "a workbook of two sheets": Odd(
        workbook(("甲", POINTS), ("乙", POINTS)), "refused layer_not_named", POINT
    ),
    "one sheet of two": Odd(
        then(workbook(("甲", POINTS), ("乙", POINTS)), lambda path: f"{path}:乙"),
        "read 2; converted coordinates_taken 0",
        POINT,
    ),
    "a workbook with an empty sheet beside": Odd(
        workbook(("甲", POINTS), ("Sheet2", [])), "read 2; converted coordinates_taken 0", POINT
    ),
    "a workbook with merged cells": Odd(
        workbook(("甲", POINTS), merge="A6:B7"),
        "read 2; converted cells_merged 0; converted coordinates_taken 0; "
        "refused geometry_missing 3",
        POINT,
    ),
    "a workbook with an error and a formula never reckoned": Odd(
        workbook(("甲", [*POINTS, ["=1/0", 122.1, 41.0]])),
        "read 3; converted coordinates_taken 0",
        POINT,
    ),
    "a workbook with a column without a name": Odd(
        workbook(("甲", [["a", ""], [1, 2]])), "refused column_without_name column B", POINT
    ),
    "a workbook that ends early": Odd(
        then(workbook(("甲", POINTS)), cut(0.5)), "refused file_damaged", POINT
    ),
    # Parquet
    "GeoParquet": Odd(parquet(), "read 2"),
    "GeoParquet that ends early": Odd(then(parquet(), cut(0.5)), "refused file_damaged"),
    "Parquet without a shape": Odd(
        parquet(pd.DataFrame({"a": [1]})), "refused geometry_column_missing"
    ),
    # what is no layer at all
    "a picture": Odd(text("a.png", b"\x89PNG\r\n\x1a\n\0\0"), "refused format_unknown"),
    "a text": Odd(text("a.doc", "hello"), "refused format_unknown"),
    "a folder": Odd(lambda folder: folder, "refused file_missing"),
    "nothing": Odd(lambda folder: folder / "nothing.shp", "refused file_missing"),
    "a network address": Odd(
        lambda _: "/vsicurl/http://127.0.0.1/a.geojson", "refused path_unsafe"
    ),
}
