"""Inputs made to break the program: each is refused in one line, and nothing half-written stays."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from datetime import date
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest
import shapely
from pyproj import CRS

from gis.catalogue import LANGUAGES
from gis.cli import run_arguments
from gis.errors import InputError, OutputError
from gis.layers import read_one_layer
from gis.output import add_layer, new_file, new_folder
from gis.readers.encoding import known_encoding
from tests import toy_county
from tests.layer_files import EAST, WEST, problems, project, read, write, write_table
from webmap.service import serving

TODAY = date(2026, 8, 15)
LONG = "y" * 5000


@pytest.fixture
def say(capsys):
    """Run the command and return exit status, standard output and standard error."""

    def say(*arguments):
        status = run_arguments([str(argument) for argument in arguments])
        spoken = capsys.readouterr()
        return status, spoken.out, spoken.err

    return say


@pytest.fixture
def claims(tmp_path):
    return write(tmp_path / "claims.geojson", [WEST, EAST], body=["甲", "乙"])


def feature_text(properties='"body": "A"', coordinates="[[[0,0],[1,0],[1,1],[0,0]]]"):
    return (
        '{"type": "FeatureCollection", "features": [{"type": "Feature", "properties": {'
        + properties
        + '}, "geometry": {"type": "Polygon", "coordinates": '
        + coordinates
        + "}}]}"
    )


BAD_GEOJSON = {
    "half a character in a value": feature_text(r'"body": "A\ud83d"'),
    "half a character in a list": feature_text(r'"own": ["A\ud83d"]'),
    "half a character in a column's name": feature_text(r'"A\ud83d": 1'),
    "half a character in a repeated key": feature_text(r'"A\ud83d": 1, "A\ud83d": 2'),
    "a coordinate of 400 digits": feature_text(coordinates=f"[[[0,0],[{'9' * 400},0],[1,1]]]"),
    "a coordinate of 5,000 digits": feature_text(coordinates=f"[[[0,0],[{'9' * 5000},0],[1,1]]]"),
    "a value of 5,000 digits": feature_text(f'"body": {"9" * 5000}'),
    "a value nested 900 deep": feature_text(f'"own": {"[" * 900}{"]" * 900}'),
    "coordinates nested 900 deep": feature_text(coordinates="[" * 900 + "]" * 900),
}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("text", BAD_GEOJSON.values(), ids=BAD_GEOJSON)
def test_geojson_made_to_break_is_refused_in_one_line(say, tmp_path, text, language):
    path = tmp_path / "bad.geojson"
    path.write_text(text, "utf-8")
    status, out, err = say("gaps", path, "--json", "--lang", language)
    assert (status, out, len(err.splitlines())) == (1, "", 1)
    assert str(path) in err


@pytest.mark.parametrize(
    "text", [BAD_GEOJSON["half a character in a value"], BAD_GEOJSON["a coordinate of 400 digits"]]
)
def test_check_tells_of_such_geojson_for_machines_too(say, tmp_path, text):
    folder = project(tmp_path / "p")
    (folder / "claims.geojson").write_text(text, "utf-8")
    status, out, err = say("check", folder, "--json")
    assert (status, err) == (1, "")
    (problem,) = json.loads(out)["problems"]
    assert (problem["file"], problem["row"]) == ("claims.geojson", "1")


def test_whole_characters_beyond_the_first_plane_are_read(tmp_path):
    path = tmp_path / "good.geojson"
    path.write_text(feature_text(r'"body": "\ud83d\ude00𠮷"'), "utf-8")
    assert list(read_one_layer(str(path)).frame["body"]) == ["😀𠮷"]


@pytest.mark.parametrize("encoding", ["rot13", "utf\0-8", "hex", "no such", "utf-7", "idna"])
def test_an_encoding_that_makes_no_text_is_refused(say, claims, encoding):
    status, out, err = say("gaps", claims, "--encoding", encoding, "--lang", "en")
    assert (status, out, len(err.splitlines())) == (1, "", 1)
    assert known_encoding(encoding) is None


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
@pytest.mark.parametrize("encoding", ["utf-8", "UTF-8", None])
def test_geojson_in_utf_8_is_read_with_and_without_its_mark(claims, mark, encoding):
    claims.write_bytes(mark + claims.read_bytes())
    assert read_one_layer(str(claims), encoding=encoding).total == 2


@pytest.mark.parametrize("option", ["--accuracy", "--close-slits"])
@pytest.mark.parametrize("value", ["nan", "inf", "-inf", "1e300", "100001"])
def test_a_length_that_is_none_is_wrong_usage(say, claims, option, value):
    status, out, err = say("gaps", claims, f"{option}={value}")
    assert (status, out) == (2, "")
    assert option in err


@pytest.mark.parametrize(
    ("head", "layer", "column"),
    [
        ("accuracy_m = 1e308", "", "project.accuracy_m"),
        ("accuracy_m = 1001", "", "project.accuracy_m"),
        (f"accuracy_m = {'9' * 400}", "", None),
        ("precision_m = 1e308", "", "project.precision_m"),
        ("precision_m = 1001", "", "project.precision_m"),
        ("sliver_k = 1001", "", "project.sliver_k"),
        ("", "accuracy_m = 1e308\n", "layers.claims.accuracy_m"),
        ("", "constants = {accuracy_m = 1e308}\n", "accuracy_m"),
    ],
)
def test_a_figure_beyond_all_reason_is_refused_by_check_and_run(say, tmp_path, head, layer, column):
    folder = project(tmp_path / "p", claims='path = "claims.geojson"\n' + layer)
    toml = folder / "mangqu.toml"
    toml.write_text(f"[project]\n{head}\n" + toml.read_text("utf-8"), "utf-8")
    assert column in {place for _, _, place in problems(lambda: read(folder))}
    status, out, _ = say("check", folder)
    assert status == 1
    assert "1000" in out or column is None
    assert say("run", folder, "-o", tmp_path / "run")[0] == 1
    assert not (tmp_path / "run").exists()


def test_a_row_with_an_accuracy_beyond_all_reason_is_refused(tmp_path):
    folder = project(tmp_path / "p")
    write(folder / "claims.geojson", [WEST, EAST], body=["甲", "乙"], accuracy_m=[1000.0, 1000.5])
    assert problems(lambda: read(folder)) == [("accuracy_too_coarse", 2, "accuracy_m")]


@pytest.mark.parametrize(
    "line",
    [
        "x = " + "[" * 100_000,
        "x = " + "[" * 300 + "]" * 300,
        "x = " + "9" * 5000,
        "x = 0x" + "f" * 5000,
        ".".join("x" * 2000) + " = 1",
    ],
    ids=["unclosed", "nested", "long", "long hexadecimal", "dotted"],
)
@pytest.mark.parametrize("verb", ["check", "run"])
def test_a_project_file_made_to_break_is_refused_in_one_line(say, tmp_path, line, verb):
    folder = project(tmp_path / "p")
    (folder / "mangqu.toml").write_text(f"[project]\n{line}\n", "utf-8")
    assert [each[0] for each in problems(lambda: read(folder))] == ["toml_damaged"]
    more = ["-o", tmp_path / "run"] if verb == "run" else []
    status, out, err = say(verb, folder, *more, "--lang", "en")
    assert status == 1
    assert "mangqu.toml" in (out + err).splitlines()[0]


@pytest.mark.parametrize(
    "parties", ["[" * 50_000, "[" * 300 + "]" * 300, r'["A\ud83d"]', f"[{'9' * 5000}]"]
)
def test_a_list_made_to_break_is_refused_by_row_and_column(tmp_path, parties):
    folder = project(tmp_path / "p", more='[layers.agreements]\npath = "agreements.csv"\n')
    table = pd.DataFrame({"parties": ["甲;乙", parties], "first_receiver": ["甲", "甲"]})
    write_table(folder / "agreements.csv", table.to_csv(index=False))
    assert problems(lambda: read(folder)) == [("list_wrong", 2, "parties")]


@pytest.mark.parametrize("spec", [LONG, f"{LONG}:layer", f"a:{LONG}", "z" * 300])
def test_a_name_too_long_for_the_file_system_is_refused(say, spec):
    status, out, err = say("gaps", spec, "--lang", "en")
    assert (status, out, len(err.splitlines())) == (1, "", 1)


def test_a_layers_path_too_long_for_the_file_system_is_refused(tmp_path):
    folder = project(tmp_path / "p", claims=f'path = "{LONG}"\n')
    assert problems(lambda: read(folder)) == [("file_unreadable", None, None)]


@pytest.mark.parametrize("name", ["z" * 300, "a\0b", "汉" * 200])
def test_a_run_or_a_project_cannot_have_an_impossible_name(say, toy_project, tmp_path, name):
    for verb in (["run", toy_project, "-o"], ["init"]):
        status, out, err = say(*verb, tmp_path / name, "--lang", "en")
        assert (status, out, len(err.splitlines())) == (1, "", 1)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("verb", ["check", "run", "whois", "verify", "map", "serve"])
@pytest.mark.parametrize("place", [LONG, "a\0b"])
def test_a_place_that_cannot_be_is_refused_in_one_line(say, tmp_path, verb, place):
    more = {"run": ["-o", tmp_path / "o"], "map": ["-o", tmp_path / "o"], "whois": ["1", "1"]}
    arguments = ["--port", "0"] if verb == "serve" else more.get(verb, [])
    status, out, err = say(verb, place, *arguments, "--lang", "en")
    assert status == 1
    assert len((out + err).splitlines()) == (2 if out else 1)  # check counts below what it tells


@pytest.mark.parametrize(
    "output", ["", ".", "z" * 300 + ".gpkg", "a\0b.gpkg", "folder.gpkg", "plain", "x.xyz"]
)
@pytest.mark.usefixtures("machine_code")
@pytest.mark.filterwarnings("error")
def test_findings_go_to_no_impossible_place(say, claims, tmp_path, monkeypatch, output):
    monkeypatch.chdir(tmp_path)
    for folder in ("folder.gpkg", "plain"):
        (tmp_path / folder).mkdir()
    before = sorted(tmp_path.iterdir())
    status, out, err = say("gaps", claims, "--json", "-o", output, "--lang", "en")
    assert (status, out, len(err.splitlines())) == (1, "", 1)
    assert sorted(tmp_path.iterdir()) == before


@pytest.mark.parametrize("make", [new_file, new_folder])
@pytest.mark.parametrize("name", ["", ".", "..", "a\0b", "z" * 300])
def test_nothing_is_made_under_an_impossible_name(tmp_path, monkeypatch, make, name):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(OutputError), make(Path(name)):
        pytest.fail("nothing may be written")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["汉" * 85, "z" * 255])
def test_the_longest_name_that_a_file_system_takes_can_be_written(tmp_path, name):
    with new_folder(tmp_path / name) as aside:
        (aside / "x").touch()
    assert (tmp_path / name / "x").is_file()
    with new_file(tmp_path / name / name) as aside:
        aside.touch()
    assert (tmp_path / name / name).is_file()


@pytest.mark.parametrize("make", [new_file, new_folder])
def test_a_writing_that_fails_names_the_place_asked_for(tmp_path, make):
    asked = tmp_path / "asked.gpkg"
    table = gpd.GeoDataFrame(geometry=[shapely.Point(0, 0)], crs=4326)
    with pytest.raises(OutputError) as refused, make(asked) as aside:
        add_layer(table, aside / "no such folder" / "x.gpkg", "x")
    assert str(asked) in refused.value.render("en")
    assert aside.name not in refused.value.render("en")
    assert list(tmp_path.iterdir()) == []


def command(*arguments, **streams):
    environment = {**os.environ, "MANGQU_LANG": "en"}
    program = [sys.executable, "-m", "gis", *map(str, arguments)]
    return subprocess.Popen(program, stderr=subprocess.PIPE, env=environment, text=True, **streams)


@pytest.mark.usefixtures("machine_code")
def test_a_full_device_is_told_in_one_line(claims):
    with (
        Path("/dev/full").open("w", encoding="utf-8") as full,
        command("gaps", claims, "--json", stdout=full) as process,
    ):
        err = process.communicate()[1]
    assert (process.returncode, len(err.splitlines())) == (1, 1)
    assert "No space left" in err


def test_a_reader_that_has_gone_ends_the_program_quietly(claims):
    out, entry = os.pipe()
    os.close(out)
    with command("gaps", claims, "--json", stdout=entry) as process:
        os.close(entry)
        assert process.communicate()[1] == ""


@pytest.mark.parametrize("host", ["a\0b", "\0", "x" * 300])
def test_a_host_that_cannot_be_is_refused_in_one_line(say, tmp_path, host):
    with pytest.raises(OutputError):
        serving.take_port(host, 0)
    status, out, err = say("serve", tmp_path, "--host", host, "--lang", "en")
    assert (status, out, len(err.splitlines())) == (1, "", 1)


def test_a_row_out_of_reach_is_named_with_its_file_and_its_number_there(tmp_path):
    path = write(tmp_path / "far.geojson", [None, WEST, shapely.box(0, 0, 1, 1)], name=list("abc"))
    layer = read_one_layer(str(path))
    with pytest.raises(InputError) as refused:
        layer.frame_in(CRS.from_epsg(4550))
    assert (refused.value.file, refused.value.row) == (str(path), 3)
    assert len(layer.frame_in(CRS.from_epsg(4490))) == 2


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("suggestion", ["", "-"])
def test_nothing_is_suggested_where_nothing_is_known(language, suggestion):
    with_one = InputError("matter_not_listed", rows="", suggestion="路灯").render(language)
    without = InputError("matter_not_listed", rows="", suggestion=suggestion).render(language)
    assert "路灯" in with_one
    assert with_one.partition("路灯")[0] not in without
    assert "-" not in without


DAYS = {
    "claims": ("valid_from", "valid_to", "stated_on"),
    "bodies": ("valid_from", "valid_to"),
    "agreements": ("signed_on", "valid_to"),
}


@pytest.mark.parametrize(
    "value",
    [
        "2026-08-15T10:30:00",
        "2026-08-15 00:00:01",
        "2026/8/15 23:59",
        "2026-08-15T00:00:00+08:00",
        "2026-08-15T08:00:00Z",
    ],
)
@pytest.mark.parametrize(("table", "column"), [(t, c) for t, cs in DAYS.items() for c in cs])
def test_a_day_with_a_time_or_a_time_zone_is_refused(tmp_path, table, column, value):
    keys = {
        "claims": {"place_id": ["p", "q"], "body": ["甲", "乙"]},
        "bodies": {"body_id": ["甲", "乙"]},
        "agreements": {"parties": ["甲;乙"] * 2, "first_receiver": ["甲"] * 2},
    }
    own = f'[layers.{table}]\npath = "{table}.csv"\n' if table != "claims" else ""
    folder = project(tmp_path / "p", more=own)
    days = pd.DataFrame({**keys[table], column: ["2026-08-15T00:00:00", value]})
    if table == "claims":
        days = days.drop(columns="place_id")
        write(folder / "claims.geojson", [WEST, EAST], **days.to_dict("list"))
        # GDAL would write the column as moments of its own form
        text = (folder / "claims.geojson").read_text("utf-8")
        features = json.loads(text)
        for feature, day in zip(features["features"], days[column], strict=True):
            feature["properties"][column] = day
        (folder / "claims.geojson").write_text(json.dumps(features), "utf-8")
    else:
        write_table(folder / f"{table}.csv", days.to_csv(index=False))
    assert ("day_with_time", 2, column) in problems(lambda: read(folder))


def test_a_case_keeps_its_time_and_a_geopackage_its_bare_days(tmp_path):
    folder = project(
        tmp_path / "p",
        more='[layers.cases]\npath = "cases.geojson"\n',
        claims='path = "claims.gpkg"\n',
    )
    days = pd.to_datetime(["2026-01-01", "2026-02-01"])
    write(folder / "claims.gpkg", [WEST, EAST], body=["甲", "乙"], matter=["m", "m"],
          valid_from=list(days))  # fmt: skip
    write(folder / "cases.geojson", [WEST.centroid], matter=["m"],
          reported_at=["2026-08-15T10:30:00+08:00"])  # fmt: skip
    found = read(folder)
    assert list(found.claims["valid_from"]) == list(days)
    assert found.cases["reported_at"].iloc[0].hour == 10


def test_of_two_services_that_make_a_run_at_once_both_get_one(tmp_path):
    folder = toy_county.write_project(tmp_path / "toy")
    meet = threading.Barrier(2, timeout=60)
    made, failed = [], []

    def progress(step, done, total):
        del done, total
        if step == "reading":  # both have chosen a name by now
            try:
                meet.wait()
            except threading.BrokenBarrierError:
                return
            finally:
                meet.abort()

    def make():
        try:
            made.append(serving.run_to_serve(folder, today=TODAY, progress=progress))
        except (InputError, OutputError) as error:
            failed.append(error)

    services = [threading.Thread(target=make) for _ in range(2)]
    for service in services:
        service.start()
    for service in services:
        service.join()
    assert failed == []
    assert len(set(made)) == 2
    assert all((run / "certificate.json").is_file() for run in made)


@pytest.mark.parametrize(
    ("file", "layer", "told"),
    [
        ("a.csv", None, "第 4 行（连表头为第 5 行）"),
        ("A.XLSX", "一月", "第 4 行（连表头为第 5 行）"),
        ("a.zip", "b.csv", "第 4 行（连表头为第 5 行）"),
        ("a.gpkg", "b", "第 4 行"),
        ("mangqu.toml", None, "第 4 行"),
    ],
)
def test_rows_of_tables_are_told_as_their_programs_count_them_too(file, layer, told):
    error = InputError("value_missing", file=file, layer=layer, row=4, column="a")
    assert f"，{told}，字段 a" in error.render("zh")
    assert error.place()["row"] == "4"
