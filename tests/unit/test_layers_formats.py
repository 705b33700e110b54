"""Every format that is read, and what is refused before a row of it is believed."""

import json
import shutil
import sqlite3
import struct

import geopandas as gpd
import pandas as pd
import pytest
import shapely
from pyproj import CRS
from shapely.geometry import mapping

from gis.layers import read_one_layer
from gis.readers.apart import read_apart
from gis.readers.dbf import read_dbf
from gis.readers.raw import LayerFile
from tests.layer_files import EAST, WEST, problems, write
from tests.odd_files import ODD_FILES

NAMES = ["盘山县", "大洼区"]


def layer_of(path, layer="", encoding=""):
    return read_apart(LayerFile(path, path.name, layer, encoding))


def refusal_of(path, layer="", encoding=""):
    return problems(lambda: layer_of(path, layer, encoding))


@pytest.fixture
def gbk_shapefile(tmp_path):
    """Write a Shapefile in GBK that says so nowhere."""
    path = tmp_path / "责任区.shp"
    frame = gpd.GeoDataFrame({"主体": NAMES, "数": [1, None]}, geometry=[WEST, EAST], crs=4490)
    frame.to_file(path, encoding="GBK")
    path.with_suffix(".cpg").unlink()
    return path


@pytest.mark.parametrize("ending", ["gpkg", "geojson", "shp"])
def test_geometry_names_and_coordinate_system_come_through(tmp_path, ending):
    raw = layer_of(write(tmp_path / f"层.{ending}", [WEST, EAST], name=NAMES, n=[1, 2]))
    assert raw.columns["name"] == NAMES
    assert raw.columns["n"] == [1, 2]
    assert CRS(raw.crs).to_epsg() == 4326
    assert shapely.equals(raw.geometry, [WEST, EAST]).all()


@pytest.mark.parametrize("code", [4529, 32651, 4326])
@pytest.mark.parametrize(
    ("name", "driver"),
    [
        ("a.fgb", "FlatGeobuf"),
        ("a.gdb", "OpenFileGDB"),
        ("a.gml", "GML"),
        ("a.mif", "MapInfo File"),
        ("a.shp", "ESRI Shapefile"),
    ],
)
def test_every_coordinate_system_comes_through_gdal(tmp_path, name, driver, code):
    made = gpd.GeoDataFrame({"n": [1.5, 2]}, geometry=[WEST, EAST], crs=4326).to_crs(code)
    made.to_file(tmp_path / name, driver=driver)
    layer = read_one_layer(str(tmp_path / name))
    assert layer.crs.is_projected == (code != 4326)
    moved = layer.frame.to_crs(4326).geometry
    assert shapely.hausdorff_distance(moved.union_all(), shapely.union_all([WEST, EAST])) < 1e-6


def test_geoparquet_comes_through(tmp_path):
    path = tmp_path / "层.parquet"
    frame = gpd.GeoDataFrame(
        {"name": NAMES, "n": [1, None]}, geometry=[WEST, None], crs="EPSG:4550"
    )
    frame.to_parquet(path)
    raw = layer_of(path)
    assert raw.columns["name"] == NAMES
    assert CRS(raw.crs).to_epsg() == 4550
    assert raw.geometry[0].equals(WEST)
    assert raw.geometry[1] is None


def test_geoparquet_in_native_encoding_comes_through(tmp_path):
    path = tmp_path / "native.parquet"
    frame = gpd.GeoDataFrame({"name": NAMES}, geometry=[WEST, EAST], crs=4326)
    frame.to_parquet(path, geometry_encoding="geoarrow")
    assert shapely.equals(layer_of(path).geometry, [WEST, EAST]).all()


def test_the_content_decides_and_not_the_name(tmp_path):
    package = write(tmp_path / "a.gpkg", [WEST], name=["x"])
    renamed = package.rename(tmp_path / "a.geojson")
    assert layer_of(renamed).columns["name"] == ["x"]


# Shapefile


def test_gbk_without_a_label_is_read_and_remarked(gbk_shapefile):
    raw = layer_of(gbk_shapefile)
    assert raw.columns["主体"] == NAMES
    assert raw.columns["数"] == [1, None]
    (note,) = raw.notes
    assert note.problem == "encoding_guessed"
    assert note.details["encoding"] == "gb18030"
    assert note.details["sample"] in NAMES
    assert "\ufffd" in note.details["otherwise"]


def test_utf8_without_a_label_is_read_without_a_remark(tmp_path):
    path = write(tmp_path / "a.shp", [WEST, EAST], 主体=NAMES)
    path.with_suffix(".cpg").unlink()
    raw = layer_of(path)
    assert raw.columns["主体"] == NAMES
    assert raw.notes == ()


def test_a_stated_encoding_wins_and_a_wrong_one_is_refused(gbk_shapefile):
    gbk_shapefile.with_suffix(".cpg").write_text("UTF-8")
    assert [problem for problem, *_ in refusal_of(gbk_shapefile)] == ["wrong_encoding"]
    assert layer_of(gbk_shapefile, encoding="GBK").columns["主体"] == NAMES


def test_the_language_driver_byte_speaks_where_no_cpg_does(gbk_shapefile):
    table = gbk_shapefile.with_suffix(".dbf")
    content = bytearray(table.read_bytes())
    content[29] = 0x4D
    table.write_bytes(content)
    raw = layer_of(gbk_shapefile)
    assert raw.columns["主体"] == NAMES
    assert raw.notes == ()


def test_bytes_that_no_guess_fits_are_asked_about(gbk_shapefile):
    table = gbk_shapefile.with_suffix(".dbf")
    table.write_bytes(table.read_bytes().replace("盘".encode("gbk"), b"\xff\xff"))
    assert refusal_of(gbk_shapefile) == [("encoding_unclear", None, None)]


def test_a_text_with_nul_inside_is_refused_and_not_cut(tmp_path):
    path = write(tmp_path / "a.shp", [WEST], name=["AxB"])
    table = path.with_suffix(".dbf")
    table.write_bytes(table.read_bytes().replace(b"AxB", b"A\0B"))
    assert refusal_of(path) == [("nul_in_text", 1, "name")]


def test_an_attribute_table_that_lists_fewer_rows_is_refused(gbk_shapefile):
    table = gbk_shapefile.with_suffix(".dbf")
    content = bytearray(table.read_bytes())
    content[4:8] = struct.pack("<I", 1)
    table.write_bytes(content)
    assert refusal_of(gbk_shapefile) == [("rows_missing", None, None)]


@pytest.mark.parametrize("ending", [".dbf", ".shp", ".shx"])
def test_a_file_that_ends_early_is_refused(gbk_shapefile, ending):
    part = gbk_shapefile.with_suffix(ending)
    part.write_bytes(part.read_bytes()[:-20])
    ((problem, *_),) = refusal_of(gbk_shapefile)
    assert problem in {"file_truncated", "rows_missing"}


@pytest.mark.parametrize("ending", [".dbf", ".shx"])
def test_a_missing_part_is_named(gbk_shapefile, ending):
    gbk_shapefile.with_suffix(ending).unlink()
    assert refusal_of(gbk_shapefile) == [("shapefile_part_missing", None, None)]


def test_deleted_records_are_left_out_with_their_shapes(gbk_shapefile):
    table = gbk_shapefile.with_suffix(".dbf")
    content = bytearray(table.read_bytes())
    header = struct.unpack("<H", content[8:10])[0]
    content[header] = ord("*")
    table.write_bytes(content)
    raw = layer_of(gbk_shapefile)
    assert raw.columns["主体"] == ["大洼区"]
    assert raw.geometry[0].equals(EAST)


def test_a_prj_of_another_dialect_is_known_by_its_code(gbk_shapefile):
    layer = read_one_layer(str(gbk_shapefile))
    assert layer.crs.to_epsg() == 4490


def test_without_a_prj_the_coordinate_system_is_asked_for(gbk_shapefile):
    gbk_shapefile.with_suffix(".prj").unlink()
    assert problems(lambda: read_one_layer(str(gbk_shapefile))) == [("crs_missing", None, None)]
    assert read_one_layer(str(gbk_shapefile), crs="EPSG:4490").crs.to_epsg() == 4490


def test_a_header_that_promises_more_fields_than_the_records_hold_is_refused():
    header = bytearray(65)
    header[4:12] = struct.pack("<IHH", 1, 65, 3)
    header[32:44] = b"name".ljust(11, b"\0") + b"C"
    header[48] = 200
    header[64] = 0x0D
    content = bytes(header) + b" ab"
    source = LayerFile.for_messages("a.shp")
    assert problems(lambda: read_dbf(content, "", source)) == [("file_truncated", None, None)]


# GeoPackage


@pytest.fixture
def two_layers(tmp_path):
    path = tmp_path / "two.gpkg"
    for name, shape in (("west", WEST), ("东", EAST)):
        gpd.GeoDataFrame({"name": [name]}, geometry=[shape], crs=4326).to_file(path, layer=name)
    return path


def change(path, *statements):
    connection = sqlite3.connect(path)
    with connection:
        for statement in statements:
            connection.execute(statement)
    connection.close()


def test_one_of_several_layers_has_to_be_named(two_layers):
    assert refusal_of(two_layers) == [("layer_not_named", None, None)]
    assert layer_of(two_layers, "东").columns["name"] == ["东"]


def test_an_unknown_layer_is_refused(two_layers):
    assert refusal_of(two_layers, "wset") == [("layer_unknown", None, None)]


def test_the_styles_beside_a_single_layer_do_not_count(tmp_path):
    path = write(tmp_path / "a.gpkg", [WEST], name=["x"])
    change(
        path,
        "CREATE TABLE layer_styles (id INTEGER PRIMARY KEY, styleQML TEXT)",
        "INSERT INTO gpkg_contents (table_name, data_type, identifier)"
        " VALUES ('layer_styles', 'attributes', 'layer_styles')",
    )
    assert layer_of(path).layer == "a"


def test_whole_numbers_beside_nulls_stay_whole(tmp_path):
    path = tmp_path / "a.gpkg"
    codes = pd.array([7, None], dtype="Int64")
    gpd.GeoDataFrame({"code": codes}, geometry=[WEST, EAST], crs=4326).to_file(path)
    assert layer_of(path).columns["code"] == [7, None]


def test_a_view_is_refused(tmp_path):
    path = write(tmp_path / "a.gpkg", [WEST], name=["x"])
    change(
        path,
        "CREATE VIEW endless AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n)"
        " SELECT * FROM n",
        "INSERT INTO gpkg_contents (table_name, data_type, identifier)"
        " VALUES ('endless', 'attributes', 'endless')",
    )
    assert refusal_of(path, "endless") == [("layer_not_a_table", None, None)]


def test_changes_that_another_program_still_holds_are_not_overlooked(tmp_path):
    path = write(tmp_path / "a.gpkg", [WEST], name=["x"])
    (tmp_path / "a.gpkg-wal").write_bytes(b"unwritten")
    assert refusal_of(path) == [("geopackage_in_use", None, None)]


def test_a_damaged_geopackage_is_refused(tmp_path):
    path = write(tmp_path / "a.gpkg", [WEST] * 500, name=["x" * 100] * 500)
    content = path.read_bytes()
    path.write_bytes(content[: len(content) // 2])
    assert refusal_of(path) == [("file_damaged", None, None)]


def test_another_sqlite_database_is_refused(tmp_path):
    path = tmp_path / "a.gpkg"
    change(path, "CREATE TABLE a (x)")
    assert refusal_of(path) == [("format_unknown", None, None)]


def test_a_blob_that_is_no_geometry_is_named_by_its_row(tmp_path):
    path = write(tmp_path / "a.gpkg", [WEST, EAST], name=["x", "y"])
    connection = sqlite3.connect(path)
    with connection:
        for (trigger,) in connection.execute(
            "SELECT name FROM sqlite_master WHERE type = 'trigger'"
        ).fetchall():
            connection.execute(f'DROP TRIGGER "{trigger}"')
        connection.execute("UPDATE a SET geom = x'4750000100' WHERE name = 'y'")
    connection.close()
    assert set(layer_of(path).broken) == {1}


# GeoJSON


def collection(*features, **more):
    return json.dumps({"type": "FeatureCollection", "features": list(features), **more})


def feature(shape, **properties):
    geometry = shape if shape is None or isinstance(shape, dict) else mapping(shape)
    return {"type": "Feature", "geometry": geometry, "properties": properties}


def geojson(tmp_path, text):
    path = tmp_path / "a.geojson"
    path.write_text(text, "utf-8")
    return path


def test_a_property_that_some_features_lack_is_null_there(tmp_path):
    path = geojson(tmp_path, collection(feature(WEST, a=1), feature(EAST, b=2), feature(None)))
    assert layer_of(path).columns == {"a": [1, None, None], "b": [None, 2, None]}


def test_a_link_to_a_coordinate_system_is_refused(tmp_path):
    link = {"type": "link", "properties": {"href": "http://127.0.0.1:1/crs", "type": "proj4"}}
    path = geojson(tmp_path, collection(feature(WEST), crs=link))
    assert refusal_of(path) == [("crs_is_a_link", None, None)]


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("urn:ogc:def:crs:OGC:1.3:CRS84", 4326),
        ("urn:ogc:def:crs:EPSG::4490", 4490),
        ("EPSG:4550", 4550),
    ],
)
def test_a_named_coordinate_system_is_honoured(tmp_path, name, code):
    crs = {"type": "name", "properties": {"name": name}}
    assert layer_of(geojson(tmp_path, collection(feature(WEST), crs=crs))).crs == f"EPSG:{code}"


def test_a_name_that_is_a_file_or_pipeline_is_refused(tmp_path):
    crs = {"type": "name", "properties": {"name": "+proj=pipeline +step +init=/etc/passwd"}}
    path = geojson(tmp_path, collection(feature(WEST), crs=crs))
    assert refusal_of(path) == [("crs_is_a_link", None, None)]


def test_a_key_that_occurs_twice_is_refused(tmp_path):
    text = collection(feature(WEST, body="甲")).replace('"body"', '"body": "x", "body"')
    assert refusal_of(geojson(tmp_path, text)) == [("duplicate_key", None, "body")]


@pytest.mark.parametrize(
    "geometry",
    [
        {"type": "Polygon", "coordinates": [[[0, 0], [1, 1]]]},
        {"type": "Polygon", "coordinates": [[["a", "b"], [1, 1], [2, 2], [0, 0]]]},
        {"type": "Polygon", "coordinates": 7},
        {"type": "Polygon"},
        {"type": "Pentagon", "coordinates": []},
        {"coordinates": []},
        [1, 2],
    ],
)
def test_a_geometry_that_is_none_is_named_by_its_row(tmp_path, geometry):
    text = json.dumps(
        {
            "type": "FeatureCollection",
            "features": [
                feature(WEST),
                {"type": "Feature", "properties": None, "geometry": geometry},
            ],
        }
    )
    layer = read_one_layer(str(geojson(tmp_path, text)))
    assert [(note.problem, note.row) for note in layer.refused] == [("geometry_damaged", 2)]
    assert len(layer.frame) == 1


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ('{"type": "FeatureCollection", "features": [', "json_damaged"),
        ('{"type": "Topology", "objects": {}}', "not_geojson"),
        ('{"type": "gdal_streamed_alg", "command_line": "gdal read /etc/passwd"}', "not_geojson"),
        ('{"type": "FeatureCollection", "features": [3]}', "not_geojson"),
        ('{"a":' * 100_000, "json_damaged"),
        ("<OGRVRTDataSource><OGRVRTLayer name='x'/></OGRVRTDataSource>", "xml_of_other_kind"),
        ("", "format_unknown"),
        ("PK\x03\x04", "file_damaged"),
    ],
)
def test_what_only_looks_like_geojson_is_refused(tmp_path, text, problem):
    assert [found for found, *_ in refusal_of(geojson(tmp_path, text))] == [problem]


def test_geojson_in_another_encoding_is_refused(tmp_path):
    path = tmp_path / "a.geojson"
    text = json.dumps(json.loads(collection(feature(WEST, body="甲"))), ensure_ascii=False)
    path.write_bytes(text.encode("gbk"))
    assert refusal_of(path) == [("wrong_encoding", None, None)]


# CSV and the rest


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_csv_in_each_usual_encoding_is_read(tmp_path, encoding):
    path = tmp_path / "bodies.csv"
    path.write_bytes("body_id,name_zh\n1,盘山县\n\n2,大洼区\n".encode(encoding))
    raw = layer_of(path)
    assert raw.columns == {"body_id": ["1", "2"], "name_zh": NAMES}
    assert bool(raw.notes) == (encoding == "gb18030")


@pytest.mark.parametrize(
    ("content", "refusal"),
    [
        (b"a,b\n1,2\n1,2,3\n", ("csv_row_length", 2, None)),
        (b"a,a\n1,2\n", ("duplicate_column", None, "a")),
        (b"", ("table_empty", None, None)),
        (b"a,b\n1,\xff\xff\n", ("encoding_unclear", None, None)),
        (b"a,b\n1,x\x00y\n", ("nul_in_text", None, None)),
        (b'a,b\n1,"x\n', ("csv_damaged", 1, None)),
    ],
)
def test_a_csv_that_would_be_misread_is_refused(tmp_path, content, refusal):
    path = tmp_path / "a.csv"
    path.write_bytes(content)
    assert refusal_of(path) == [refusal]


def test_damaged_parquet_is_refused(tmp_path):
    path = tmp_path / "a.parquet"
    gpd.GeoDataFrame({"n": [1]}, geometry=[WEST], crs=4326).to_parquet(path)
    path.write_bytes(path.read_bytes()[:-30])
    assert refusal_of(path) == [("file_damaged", None, None)]


def test_a_folder_or_missing_file_is_refused(tmp_path):
    assert refusal_of(tmp_path) == [("file_missing", None, None)]
    assert refusal_of(tmp_path / "none.gpkg") == [("file_missing", None, None)]


def test_a_layer_cannot_be_named_where_there_is_only_one(tmp_path):
    path = write(tmp_path / "a.geojson", [WEST])
    assert refusal_of(path, "x") == [("layers_not_in_format", None, None)]


def test_reading_leaves_nothing_beside_the_file(tmp_path, gbk_shapefile, two_layers):
    before = sorted(tmp_path.iterdir())
    layer_of(gbk_shapefile)
    layer_of(two_layers, "west")
    assert sorted(tmp_path.iterdir()) == before


@pytest.mark.usefixtures("gbk_shapefile")
def test_the_siblings_of_a_shapefile_may_have_capital_endings(tmp_path):
    upper = tmp_path / "upper"
    upper.mkdir()
    for part in tmp_path.glob("责任区.*"):
        shutil.copy(part, upper / f"{part.stem}{part.suffix.upper()}")
    assert layer_of(upper / "责任区.SHP").columns["主体"] == NAMES


def test_data_of_a_kml_keep_their_chinese_names_and_what_only_looks_so_is_left_alone(tmp_path):
    raw = layer_of(ODD_FILES["KML with data of Chinese names"].make(tmp_path))
    assert raw.columns["单位"] == ["城关街道"]
    assert raw.columns["职责 & 事项"] == ["主责"]
    assert raw.columns["description"] == ["<Data name='单位'>"]


def test_the_id_of_a_feature_is_a_column_unless_there_is_one_of_that_name(tmp_path):
    named = {**feature(WEST), "id": "甲-1"}
    assert layer_of(geojson(tmp_path, collection(named, feature(EAST)))).columns["id"] == [
        "甲-1",
        None,
    ]
