"""Honest files that were refused or altered, and hostile ones that were believed."""

import os
import signal
import sqlite3
import struct
import subprocess
import sys
import tempfile
import threading
import time
import zipfile

import geopandas as gpd
import pandas as pd
import pytest
import shapely

from gis.layers import read_one_layer
from gis.readers import apart
from gis.readers.apart import read_apart
from gis.readers.raw import LayerFile
from tests.layer_files import EAST, WEST, problems, write, write_table

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


# The server


def test_a_geodatabase_of_hundreds_of_files_is_read(tmp_path):
    path = tmp_path / "county.gdb"
    gpd.GeoDataFrame({"name": NAMES}, geometry=[WEST, EAST], crs=4490).to_file(
        path, driver="OpenFileGDB"
    )
    for number in range(400):  # of long names, as one message of 64 KiB would not hold
        (path / f"{number:0200}.lock").write_bytes(b"x")
    assert layer_of(path).columns["name"] == NAMES


@pytest.mark.parametrize("length", [70_000, 400_000])
def test_a_layer_of_an_endless_name_is_refused(tmp_path, length):
    path = write(tmp_path / "a.gpkg", [WEST])
    assert refusal_of(path, "x" * length) == "layer_unknown"
    assert layer_of(path).rows == 1


def test_a_reading_whose_server_is_killed_is_begun_anew(tmp_path):
    shape = shapely.Point(122, 41).buffer(0.1, quad_segs=20_000)
    path = write(tmp_path / "a.geojson", [shape] * 10)
    apart.prepare_to_read()
    server = apart._server()._process.pid
    rows = []
    reading = threading.Thread(target=lambda: rows.append(layer_of(path).rows))
    reading.start()
    while not children_of(server):
        pass
    os.kill(server, signal.SIGKILL)
    reading.join(timeout=60)
    assert rows == [10]


def children_of(pid):
    with open(f"/proc/{pid}/task/{pid}/children", encoding="ascii") as file:  # noqa: PTH123
        return file.read().split()


# Tables of text


def test_a_border_of_megabytes_is_read_from_a_cell(tmp_path):
    border = shapely.Point(122, 41).buffer(0.1, quad_segs=20_000)
    path = write_table(tmp_path / "a.csv", f'body,wkt\n甲,"{border.wkt}"\n')
    assert layer_of(path).geometry[0].equals(border)


@pytest.mark.parametrize(
    "text", ["CIRCULARSTRING(122 41,122.1 41,122.1 41.1)", "CURVEPOLYGON((0 0,1 0,1 1,0 0))"]
)
def test_a_curve_in_a_cell_is_named_by_its_row(tmp_path, text):
    path = write_table(tmp_path / "a.csv", f'body,wkt\n甲,"{WEST.wkt}"\n乙,"{text}"\n')
    assert set(layer_of(path).broken) == {1}


# MapInfo


MIF = (
    'Version 300\nCharset "Neutral"\nDelimiter ","\nCoordSys Earth Projection 1, 0\nColumns 2\n'
    "  name Char(20)\n  n Integer\nData\n\nRegion  1\n  4\n122 41\n122.1 41\n122.1 41.1\n122 41\n"
)


@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
def test_mif_with_the_line_ends_of_windows_is_read(tmp_path, line_end):
    path = tmp_path / "a.mif"
    path.write_bytes(MIF.replace("\n", line_end).encode())
    path.with_suffix(".mid").write_bytes(f'"盘山县",1{line_end}'.encode("gbk"))
    raw = layer_of(path)
    assert raw.columns == {"name": ["盘山县"], "n": [1]}
    assert raw.geometry[0].area == pytest.approx(0.005)


@pytest.mark.parametrize("ending", ["mif", "tab"])
def test_mapinfo_tables_with_chinese_column_names_are_read(tmp_path, ending):
    path = tmp_path / f"a.{ending}"
    frame = gpd.GeoDataFrame({"主体": NAMES, "n": [1, 2]}, geometry=[WEST, EAST], crs=4490)
    frame.to_file(path, driver="MapInfo File", encoding="CP936")
    raw = layer_of(path)
    assert raw.columns == {"主体": NAMES, "n": [1, 2]}
    assert [note.problem for note in raw.notes] == ["encoding_guessed"]


# What GDAL reads


@pytest.mark.parametrize(
    ("ending", "name"), [("fgb", "code"), ("fgb", '"a\\b" or'), ("gml", "code"), ("gdb", "code")]
)
def test_whole_numbers_that_no_double_holds_stay_whole_beside_nulls(tmp_path, ending, name):
    path = tmp_path / f"a.{ending}"
    codes = pd.array([ODD, None, ODD + 2, -ODD], dtype="Int64")
    frame = gpd.GeoDataFrame({name: codes, "n": [1, 2, 3, 4]}, geometry=[WEST] * 4, crs=4490)
    gdb = {"driver": "OpenFileGDB", "TARGET_ARCGIS_VERSION": "ARCGIS_PRO_3_2_OR_LATER"}
    frame.to_file(path, **(gdb if ending == "gdb" else {}))
    raw = layer_of(path)
    found = dict(zip(raw.columns["n"], raw.columns[name], strict=True))
    assert found == {1: ODD, 2: None, 3: ODD + 2, 4: -ODD}


# The surroundings


@pytest.mark.usefixtures("machine_code")
@pytest.mark.parametrize("closed", ["0<&-", "1>&-", "2>&-", "0<&- 2>&-", "0<&- 1>&- 2>&-"])
def test_closed_standard_streams_keep_no_file_from_being_read(tmp_path, closed):
    path = write(tmp_path / "a.geojson", [WEST, EAST], body=NAMES)
    made = tmp_path / "made.gpkg"
    said = tmp_path / "said"
    program = f'exec "$0" -m gis gaps "$1" -o "$2" >"$3" 2>&1 {closed}'
    done = subprocess.run(
        ["/bin/sh", "-c", program, sys.executable, path, made, said], timeout=120, check=False
    )
    assert done.returncode == 0
    assert made.stat().st_size > 0
    assert b"Traceback" not in said.read_bytes()


def test_a_layer_that_finds_no_room_is_refused_with_the_reason(tmp_path):
    path = write(tmp_path / "a.geojson", [shapely.Point(122, 41).buffer(0.1, quad_segs=20_000)])
    program = (
        "import pathlib, resource, sys\n"
        "from gis.readers.apart import read_apart\n"
        "from gis.readers.raw import LayerFile\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, 200_000))\n"
        "read_apart(LayerFile(pathlib.Path(sys.argv[1]), 'a.geojson'))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, path],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert "File too large" in done.stderr.splitlines()[-1]


# Shapefile


def shapefile_of(path, kind, length, record):
    write(path, [WEST], a=["x"])
    header = struct.pack("<BBBBIHH20x", 3, 126, 1, 1, 1, 32 + 64 + 1, len(record) + 1)
    fields = b"".join(
        name.ljust(11, b"\0") + each + bytes(4) + bytes([size, 0]) + bytes(14)
        for name, each, size in ((b"first", kind, length), (b"second", b"C", 5))
    )
    path.with_suffix(".dbf").write_bytes(header + fields + b"\r " + record + b"\x1a")
    return path


def test_an_attribute_table_that_keeps_its_word_is_read(tmp_path):
    path = shapefile_of(tmp_path / "a.shp", b"C", 6, b"abcdef12345")
    assert layer_of(path).columns == {"first": ["abcdef"], "second": ["12345"]}


@pytest.mark.parametrize("kind", [b"M", b"B", b"G", b"I", b"O", b"T", b"Y", b"@", b"+"])
def test_a_column_that_is_no_text_of_its_own_is_refused(tmp_path, kind):
    path = shapefile_of(tmp_path / "a.shp", kind, 6, b"     712345")
    assert refusal_of(path) == "file_damaged"


@pytest.mark.parametrize("record", [b"x" * 300 + b"12345", b"abcdef12345   "])
def test_fields_that_do_not_fill_a_record_are_refused(tmp_path, record):
    path = shapefile_of(tmp_path / "a.shp", b"C", len(record[:-5]) % 256 - 3, record)
    assert refusal_of(path) == "file_damaged"


def test_a_number_written_as_programmers_do_is_not_taken_for_one(tmp_path):
    path = shapefile_of(tmp_path / "a.shp", b"N", 6, b" 1_00012345")
    assert layer_of(path).columns["first"] == ["1_000"]


@pytest.mark.parametrize("text", ['{"a":' * 100_000, '{"a":' + "9" * 5000 + "}"])
def test_a_coordinate_system_of_endless_json_is_refused(tmp_path, text):
    path = write(tmp_path / "a.shp", [WEST], a=["x"])
    path.with_suffix(".prj").write_text(text, "utf-8")
    ((problem, *_),) = problems(lambda: read_one_layer(str(path)))
    assert problem == "crs_unreadable"


def test_a_long_first_line_does_not_hide_a_sequence(tmp_path):
    border = shapely.Point(122, 41).buffer(0.1, quad_segs=2000)
    path = tmp_path / "a.geojsonl"
    gpd.GeoDataFrame({"n": [1, 2]}, geometry=[border] * 2, crs=4326).to_file(
        path, driver="GeoJSONSeq"
    )
    assert path.read_bytes().find(b"\n") > 64 * 1024
    assert layer_of(path).columns["n"] == [1, 2]


# Archives

PLACEMARK = (
    '<kml xmlns="http://www.opengis.net/kml/2.2"><Placemark><name>甲</name>'
    "<Point><coordinates>122,41</coordinates></Point></Placemark></kml>"
)


def test_what_a_desktop_keeps_beside_the_document_of_a_kmz_is_passed_over(tmp_path):
    path = tmp_path / "a.kmz"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("__MACOSX/._places.kml", b"\x00\x05\x16\x07")
        archive.writestr("places.kml", PLACEMARK)
    assert layer_of(path, wanted="point").columns["Name"] == ["甲"]


# Confinement

ESCAPES = {
    "read another's file": "open('/etc/passwd')",
    "list another's folder": "os.listdir('/etc')",
    "read beside its own folder": "open(outside)",
    "write beside its own folder": "open(outside + '.new', 'w')",
    "remove another's file": "os.unlink(outside)",
    "follow a link out": "os.symlink(outside, inside + '/l'); open(inside + '/l')",
    "open a socket": "socket.socket()",
    "open a pair of sockets": "socket.socketpair(type=socket.SOCK_DGRAM)",
    "run a program": "os.execv(sys.executable, ['python'])",
    "take memory": "bytearray(3 * 1024**3)",
    "take many files": "[os.dup(0) for _ in range(500)]",
}
CONFINED = """
import os, socket, sys
from pathlib import Path
from gis.readers.confinement import confine
from gis.readers.limits import Limits
inside, outside, escape = sys.argv[1:]
missing = confine([], Path(inside), Limits(1024**3, 20, 60))
print(*missing, end=";")
with open(inside + "/own", "w") as own:
    own.write("x")
try:
    exec(escape)
except (OSError, MemoryError) as error:
    print(type(error).__name__)
else:
    print("escaped")
"""


@pytest.mark.parametrize("escape", ESCAPES.values(), ids=ESCAPES)
def test_a_confined_process_can_do_nothing_but_its_own_work(tmp_path, escape):
    inside, outside = tmp_path / "inside", tmp_path / "outside"
    inside.mkdir()
    outside.write_text("secret")
    done = subprocess.run(
        [sys.executable, "-c", CONFINED, inside, outside, escape],
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert done.stdout.strip() in {";PermissionError", ";OSError", ";MemoryError"}
    assert outside.read_text() == "secret"
    assert (inside / "own").is_file()


def test_each_reading_is_confined_and_says_nothing_of_it(tmp_path):
    """On a system without the guards of the kernel, each layer would carry a remark."""
    assert layer_of(write(tmp_path / "a.geojson", [WEST])).notes == ()


def test_a_file_is_read_by_a_process_that_is_confined(tmp_path):
    shape = shapely.Point(122, 41).buffer(0.1, quad_segs=20_000)
    path = write(tmp_path / "a.geojson", [shape] * 10)
    apart.prepare_to_read()
    server = apart._server()._process.pid
    reading = threading.Thread(target=lambda: read_apart(LayerFile(path, path.name)))
    reading.start()
    seen = set()
    while reading.is_alive():
        for child in children_of(server):
            seen |= guards_of(child)
    assert {("Seccomp", "2"), ("NoNewPrivs", "1")} <= seen


def guards_of(pid):
    try:
        with open(f"/proc/{pid}/status", encoding="ascii") as file:  # noqa: PTH123
            return {tuple(line.split(":\t")) for line in file.read().splitlines()}
    except (FileNotFoundError, ProcessLookupError):  # it has ended
        return set()


def test_without_a_folder_for_temporary_files_a_layer_is_refused(tmp_path, monkeypatch):
    path = write(tmp_path / "a.geojson", [WEST])
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "nowhere"))
    assert refusal_of(path) == "reader_failed"


@pytest.mark.parametrize("most", [8, 10, 11, 12])
def test_with_few_file_numbers_a_file_is_read_or_refused_in_a_line(tmp_path, most):
    path = write(tmp_path / "a.geojson", [WEST, EAST])
    program = f'ulimit -n {most}; exec "$0" -m gis gaps "$1" --json --lang en'
    done = subprocess.run(
        ["/bin/sh", "-c", program, sys.executable, path],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode in {0, 1}
    assert "Traceback" not in done.stderr


@pytest.fixture
def slow(tmp_path):
    """Write a file that takes seconds to be read."""
    shape = shapely.Point(122, 41).buffer(0.1, quad_segs=20_000)
    return write(tmp_path / "slow.geojson", [shape] * 40)


def ends_within(pid, seconds):
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if not any(line[0] == "State" and line[1][0] not in "ZX" for line in guards_of(pid)):
            return True
    return False


def test_a_reader_does_not_outlive_its_server(slow):
    apart.prepare_to_read()
    server = apart._server()._process.pid
    reading = threading.Thread(target=lambda: layer_of(slow))
    reading.start()
    while not (children := children_of(server)):
        pass
    os.kill(server, signal.SIGKILL)
    assert ends_within(children[0], 2)
    reading.join(timeout=60)


def test_a_reader_does_not_outlive_whom_it_reads_for(slow):
    program = (
        "import pathlib, sys\n"
        "from gis.readers import apart\n"
        "from gis.readers.raw import LayerFile\n"
        "apart.prepare_to_read()\n"
        "print(apart._server()._process.pid, flush=True)\n"
        "apart.read_apart(LayerFile(pathlib.Path(sys.argv[1]), 'slow'))\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", program, slow], stdout=subprocess.PIPE, text=True
    ) as asker:
        server = int(asker.stdout.readline())
        while not (children := children_of(server)):
            pass
        asker.kill()
    assert ends_within(children[0], 2)
    assert ends_within(server, 5)


def test_a_reading_that_is_given_up_ends_its_reader_and_not_its_server(tmp_path):
    path = write(tmp_path / "a.gpkg", [WEST] * 200_000, n=list(range(200_000)))
    seen = []

    def give_up(done, total):
        del done, total
        seen.extend(children_of(apart._server()._process.pid))
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        read_apart(LayerFile(path, path.name), give_up)
    assert seen
    assert all(ends_within(pid, 2) for pid in seen)
    assert layer_of(write(tmp_path / "b.geojson", [WEST])).rows == 1
