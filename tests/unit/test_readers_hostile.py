"""Honest files that were refused or altered, and hostile ones that were believed."""

import sqlite3

import pandas as pd

from gis.readers.apart import read_apart
from gis.readers.raw import LayerFile
from tests.layer_files import WEST, problems, write

NAMES = ["盘山县", "大洼区"]
#: The first whole number that a double cannot hold.
ODD = 2**53 + 1


def layer_of(path, layer="", wanted="polygon"):
    return read_apart(LayerFile(path, path.name, layer, wanted=wanted))


def refusal_of(path, layer="", wanted="polygon"):
    ((problem, *_),) = problems(lambda: layer_of(path, layer, wanted))
    return problem


# GeoParquet and Parquet


def test_a_small_table_in_parquet_is_read_each_time(tmp_path):
    path = tmp_path / "a.parquet"
    pd.DataFrame({"name": NAMES}).to_parquet(path)
    for _ in range(10):
        assert layer_of(path).columns["name"] == NAMES


# GeoPackage


def test_a_reckoned_column_does_not_shift_the_values_of_the_others(tmp_path):
    path = write(tmp_path / "a.gpkg", [WEST], body=["甲"])
    connection = sqlite3.connect(path)
    with connection:
        connection.executescript(
            "ALTER TABLE a RENAME TO old;"
            "CREATE TABLE a (fid INTEGER PRIMARY KEY, geom BLOB, x TEXT"
            " GENERATED ALWAYS AS ('reckoned') VIRTUAL, body TEXT, n INTEGER);"
            "INSERT INTO a (fid, geom, body, n) SELECT fid, geom, body, 5 FROM old;"
            "UPDATE gpkg_geometry_columns SET table_name = 'a';"
            "UPDATE gpkg_contents SET table_name = 'a';"
        )
    connection.close()
    assert layer_of(path).columns == {"x": ["reckoned"], "body": ["甲"], "n": [5]}


def test_a_key_that_is_a_text_is_kept(tmp_path):
    path = write(tmp_path / "a.gpkg", [WEST], body=["甲"])
    connection = sqlite3.connect(path)
    with connection:
        connection.executescript(
            "CREATE TABLE bodies (body_id TEXT PRIMARY KEY, name_zh TEXT);"
            "INSERT INTO bodies VALUES ('0211101', '盘锦市');"
            "INSERT INTO gpkg_contents (table_name, data_type, identifier)"
            " VALUES ('bodies', 'attributes', 'bodies');"
        )
    connection.close()
    assert layer_of(path, "bodies").columns == {"body_id": ["0211101"], "name_zh": ["盘锦市"]}


def test_a_geometry_column_that_is_not_there_is_refused(tmp_path):
    path = write(tmp_path / "a.gpkg", [WEST], body=["甲"])
    connection = sqlite3.connect(path)
    with connection:
        connection.execute("UPDATE gpkg_geometry_columns SET column_name = 'nowhere'")
    connection.close()
    assert refusal_of(path) == "file_damaged"
