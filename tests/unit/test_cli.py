"""The command: exit status, what goes where, two languages, and no traceback for bad input."""

import json
import os
import re
import shutil
import subprocess
import sys
from importlib.metadata import entry_points
from pathlib import Path

import geopandas as gpd
import pytest
import shapely

from gis.catalogue import LANGUAGES, catalogue
from gis.cli import VERBS, Verbs, run_arguments
from gis.spoken import ProgressBar
from gis.version import __version__
from tests import toy_county
from tests.builders import COUNTY, EAST_HALF, PLANE, WEST_HALF, placed, square

INSIDE_WEST = ("123.011", "40.636")


@pytest.fixture
def say(capsys):
    """Run the command and return exit status, standard output and standard error."""

    def say(*arguments):
        status = run_arguments([str(argument) for argument in arguments])
        spoken = capsys.readouterr()
        assert "Traceback" not in spoken.out + spoken.err
        return status, spoken.out, spoken.err

    return say


@pytest.fixture
def halves(tmp_path):
    gap = square(490, 0, 510, 900)
    path = tmp_path / "claims.gpkg"
    shapes = [placed(WEST_HALF - gap), placed(EAST_HALF - gap)]
    gpd.GeoDataFrame({"body": ["A", "B"]}, geometry=shapes, crs=PLANE).to_file(path)
    return path


ALL_VERBS = sorted(Verbs("mangqu").list_commands(None))


def test_the_contract_names_every_verb():
    assert {
        "check", "demo", "gaps", "init", "map", "report", "run", "serve", "verify", "whois",
    } <= set(ALL_VERBS)  # fmt: skip


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("verb", ALL_VERBS)
def test_every_verb_explains_itself_with_an_example(say, verb, language):
    status, out, err = say(verb, "--help", "--lang", language)
    assert (status, err) == (0, "")
    assert re.search(rf"^ +mangqu {verb}\b", out, re.MULTILINE)
    assert ("例" if language == "zh" else "xample") in out
    assert "--lang" in out
    # each option has a sentence in the language
    options = re.findall(r"^  (?:-\w, )?--[\w-]+[^\n]*(?:\n {4,}[^\n]*)*", out, re.MULTILINE)
    chinese = [text for text in options if re.search(r"[\u4e00-\u9fff]", text)]
    assert len(options) > 1
    assert (len(chinese) >= len(options) - 1) == (language == "zh")


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_command_lists_its_verbs_with_a_sentence_each(say, language):
    status, out, _ = say("--help", "--lang", language)
    assert status == 0
    for verb in ALL_VERBS:
        assert re.search(rf"^  {verb} +\S", out, re.MULTILINE), verb


def test_the_version_is_told(say):
    assert say("--version")[:2] == (0, f"mangqu, version {__version__}\n")


def test_python_dash_m_is_the_same_command(say, halves):
    say("gaps", halves)  # what a machine's first run compiles, and says so, is there then
    environment = {**os.environ, "MANGQU_LANG": "en"}
    command = [sys.executable, "-m", "gis", "gaps", str(halves), "--json"]
    done = subprocess.run(command, capture_output=True, check=False, env=environment, text=True)
    assert done.returncode == 0
    assert json.loads(done.stdout)["input"]["rows"] == 2
    assert done.stderr == ""


@pytest.mark.parametrize(
    "arguments",
    [
        ["nonsense"],
        ["gaps"],
        ["gaps", "a", "b"],
        ["gaps", "a", "--accuracy", "0"],
        ["gaps", "a", "--accuracy", "-1"],
        ["gaps", "a", "--accuracy", "wide"],
        ["gaps", "a", "--close-slits", "-1"],
        ["gaps", "a", "--workers", "0"],
        ["gaps", "a", "--workers", "many"],
        ["run", "a", "-o", "b", "--workers", "1000000"],
        ["gaps", "a", "--colour", "red"],
        ["gaps", "a", "--lang", "fr"],
        ["run", "a"],
        ["run", "a", "-o", "b", "--as-of", "tomorrow"],
        ["run", "a", "-o", "b", "--as-of", "2026-13-01"],
        ["whois", "a", "1"],
        ["whois", "a"],
        ["whois", "a", "1", "2", "--shape", "POLYGON ((0 0, 1 0, 1 1, 0 0))"],
        ["whois", "a", "east", "north"],
        ["verify"],
    ],
)
def test_wrong_usage_exits_with_two_and_says_so_on_standard_error(say, arguments):
    status, out, err = say(*arguments)
    assert (status, out) == (2, "")
    assert err


@pytest.mark.parametrize(("language", "told"), [("en", "not a day"), ("zh", "不是日历上的日期")])
def test_a_day_that_is_none_is_named_with_the_form_to_use(say, language, told):
    _, _, err = say("run", "a", "-o", "b", "--as-of", "2027-13-01", "--lang", language)
    assert told in err
    assert "2027-13-01" in err
    assert "YYYY-MM-DD" in err


def test_who_sees_no_bar_is_told_once_of_the_wait_on_a_first_run(capsys):
    bar = ProgressBar(catalogue("en"))
    bar("reading", 1, 2)
    assert capsys.readouterr().err == ""
    for done in range(3):
        bar("preparing", done, 3)
    assert capsys.readouterr().err.count("half a minute") == 1


def bad_inputs(folder):
    """Write every sort of file that is no polygon layer."""
    (folder / "folder").mkdir()
    (folder / "empty.gpkg").write_bytes(b"")
    (folder / "binary.gpkg").write_bytes(bytes(range(256)) * 40)
    (folder / "words.geojson").write_text("not JSON at all", "utf-8")
    (folder / "truncated.geojson").write_text(
        '{"type": "FeatureCollection", "features": [', "utf-8"
    )
    (folder / "nothing.geojson").write_text('{"type":"FeatureCollection","features":[]}', "utf-8")
    (folder / "list.json").write_text("[1, 2, 3]", "utf-8")
    (folder / "table.csv").write_text("a,b\n1,2\n", "utf-8")
    frame = gpd.GeoDataFrame(geometry=[shapely.LineString([(0, 0), (1, 1)])], crs=4326)
    frame.to_file(folder / "lines.gpkg")
    gpd.GeoDataFrame(geometry=[shapely.box(0, 0, 1, 1)], crs=4326).to_file(folder / "no_crs.shp")
    (folder / "no_crs.prj").unlink()
    nowhere = shapely.Polygon([(0, 0), (float("inf"), 0), (1, 1)])
    gpd.GeoDataFrame(geometry=[nowhere], crs=4326).to_file(folder / "infinite.gpkg")
    off = gpd.GeoDataFrame(geometry=[shapely.box(500000, 4500000, 500100, 4500100)], crs=4326)
    off.to_file(folder / "metres_as_degrees.gpkg")
    gpd.GeoDataFrame(geometry=[None], crs=4326).to_file(folder / "null.gpkg")
    (folder / "server.vrt").write_text("<OGRVRTDataSource/>", "utf-8")
    whole = gpd.GeoDataFrame(geometry=[shapely.box(0, 0, 1, 1)], crs=4326)
    whole.to_file(folder / "whole.gpkg")


@pytest.fixture(scope="module")
def bad_folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("bad")
    bad_inputs(folder)
    return folder


@pytest.mark.parametrize(
    "name",
    [
        "",
        "absent.gpkg",
        "binary.gpkg",
        "empty.gpkg",
        "folder",
        "infinite.gpkg",
        "lines.gpkg",
        "list.json",
        "metres_as_degrees.gpkg",
        "no_crs.shp",
        "nothing.geojson",
        "null.gpkg",
        "server.vrt",
        "table.csv",
        "truncated.geojson",
        "whole.gpkg:absent",
        "words.geojson",
    ],
)
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_bad_layer_is_refused_in_one_line_that_names_it(say, bad_folder, name, language):
    status, out, err = say("gaps", bad_folder / name, "--json", "--lang", language)
    assert (status, out) == (1, "")
    assert len(err.splitlines()) == 1
    assert str(bad_folder / name.split(":")[0]) in err


@pytest.mark.parametrize("option", ["--jurisdiction", "--zones", "--lanes"])
def test_a_bad_further_layer_is_refused_as_well(say, bad_folder, halves, option):
    for name in ("absent.gpkg", "binary.gpkg", "no_crs.shp", "null.gpkg"):
        status, out, err = say("gaps", halves, option, bad_folder / name, "--lang", "en")
        assert (status, out, len(err.splitlines())) == (1, "", 1)


def test_a_stated_coordinate_system_mends_its_lack_and_a_wrong_one_is_refused(say, bad_folder):
    assert say("gaps", bad_folder / "no_crs.shp", "--crs", "EPSG:4326")[0] == 0
    for wrong in ("EPSG:999999", "four", ""):
        status, out, err = say("gaps", bad_folder / "no_crs.shp", "--crs", wrong, "--lang", "en")
        assert (status, out, len(err.splitlines())) == (1, "", 1)


@pytest.mark.parametrize("verb", ["check", "run", "whois", "verify", "map", "report", "serve"])
@pytest.mark.parametrize("place", ["absent", "folder", "binary.gpkg"])
def test_what_is_no_project_and_no_run_is_refused(say, bad_folder, tmp_path, verb, place):
    further = {
        "run": ["-o", tmp_path / "out"],
        "map": ["-o", tmp_path / "out.html"],
        "report": ["-o", tmp_path / "out", "--xlsx"],
        "whois": ["1", "1"],
    }
    status, _, err = say(verb, bad_folder / place, *further.get(verb, []), "--lang", "en")
    assert status == 1
    assert verb == "check" or str(bad_folder) in err
    assert list(tmp_path.iterdir()) == []


def test_gaps_prints_json_alone_on_standard_output(say, halves):
    status, out, err = say("gaps", halves, "--json")
    assert (status, err) == (0, "")
    assert json.loads(out)["counts"] == {}
    status, out, err = say(
        "gaps", halves, "--jurisdiction", halves, "--json", "-o", halves.parent / "o.gpkg"
    )
    assert (status, err) == (0, "")
    assert out == out.strip() + "\n"
    json.loads(out)


def test_remarks_go_to_standard_error_and_name_the_row(say, tmp_path):
    spike = shapely.Polygon([(0, 0), (100, 0), (150, 0), (100, 0), (100, 100), (0, 100)])
    path = tmp_path / "spike.gpkg"
    gpd.GeoDataFrame(geometry=[placed(COUNTY), placed(spike)], crs=PLANE).to_file(path)
    status, out, err = say("gaps", path, "--json", "--lang", "en")
    assert status == 0
    assert "row 2" in err
    assert json.loads(out)["input"]["repaired"][0]["row"] == 2


@pytest.mark.parametrize(("language", "word"), [("zh", "管辖面积"), ("en", "jurisdiction")])
def test_the_summary_speaks_the_language_asked(say, halves, language, word):
    _, asked, _ = say("gaps", halves, "--lang", language)
    assert word in asked.lower()
    # five lines, and that the outline stands for the jurisdiction
    assert len(asked.splitlines()) == 6


def test_the_language_of_the_environment_counts_where_none_is_asked(say, halves, monkeypatch):
    monkeypatch.setenv("MANGQU_LANG", "zh")
    assert "管辖面积" in say("gaps", halves)[1]
    monkeypatch.setenv("MANGQU_LANG", "")
    monkeypatch.setenv("LC_ALL", "")
    monkeypatch.setenv("LC_MESSAGES", "")
    monkeypatch.setenv("LANG", "zh_CN.UTF-8")
    assert "管辖面积" in say("gaps", halves)[1]
    assert "管辖面积" not in say("gaps", halves, "--lang=en")[1]


def test_check_finds_nothing_wrong_with_a_sound_project(say, toy_project):
    status, out, _ = say("check", toy_project, "--json")
    answer = json.loads(out)
    assert (status, answer["problems"], answer["remarks"]) == (0, [], [])
    (working,) = answer["statements"]
    assert working["statement"] == "working_crs"
    assert "EPSG:4550" in working["message"]


def test_check_tells_every_problem_with_file_row_and_column_at_once(say, tmp_path):
    claims = toy_county.claims().assign(role=["lead", "leed", "king"])
    folder = toy_county.write_project(tmp_path / "project", {"claims": claims})
    status, out, _ = say("check", folder, "--json", "--lang", "en")
    problems = json.loads(out)["problems"]
    assert status == 1
    assert [(each["row"], each["column"], each["value"]) for each in problems] == [
        ("2", "role", "leed"),
        ("3", "role", "king"),
    ]
    status, out, _ = say("check", folder, "--lang", "zh")
    assert (status, len(out.splitlines())) == (1, 3)
    status, out, err = say("run", folder, "-o", tmp_path / "run", "--lang", "en")
    assert (status, out, len(err.splitlines())) == (1, "", 2)
    assert not (tmp_path / "run").exists()


def test_run_writes_the_folder_and_tells_five_lines(say, toy_project, tmp_path):
    status, out, err = say("run", toy_project, "-o", tmp_path / "run", "--lang", "en")
    assert (status, err, len(out.splitlines())) == (0, "", 6)
    assert (tmp_path / "run" / "run.gpkg").is_file()
    assert say("verify", tmp_path / "run")[0] == 0
    status, out, err = say("run", toy_project, "-o", tmp_path / "run", "--lang", "en")
    assert (status, out) == (1, "")
    assert str(tmp_path / "run") in err


def test_run_answers_for_machines(say, toy_project, tmp_path):
    arguments = ("--as-of", "2027-01-02", "--json")
    status, out, _ = say("run", toy_project, "-o", tmp_path / "run", *arguments)
    said = json.loads(out)
    assert (status, said["as_of"]) == (0, "2027-01-02")
    assert said["counts"] == {"void": 5, "contested": 1, "sliver": 1}


def test_whois_answers_from_a_project_and_from_its_run_alike(say, toy_project, toy_run_folder):
    said = [
        json.loads(say("whois", place, *INSIDE_WEST, "--json")[1])
        for place in (toy_project, toy_run_folder)
    ]
    assert said[0] == said[1]
    assert said[0]["answers"][0]["leads"] == ["West"]


def test_whois_within_a_shape_tells_shares_that_add_up(say, toy_run_folder):
    east, north = map(float, INSIDE_WEST)
    shape = shapely.to_wkt(shapely.box(east, north, east + 1e-4, north + 1e-4))
    status, out, _ = say("whois", toy_run_folder, "--shape", shape, "--json")
    shares = json.loads(out)["shares"]
    assert status == 0
    questions = {(share["matter"], share["level"]) for share in shares}
    assert sum(share["share"] for share in shares) == pytest.approx(len(questions))
    assert say("whois", toy_run_folder, "--shape", shape)[1].count("%") == len(shares)


def test_whois_takes_a_western_longitude_as_it_is(say, toy_run_folder):
    status, out, _ = say("whois", toy_run_folder, "-73.97", "40.78", "--lang", "en")
    assert status == 0
    assert out


@pytest.mark.parametrize(
    ("lon", "lat"), [("181", "0"), ("0", "91"), ("nan", "0"), ("0", "inf"), ("1e400", "0")]
)
def test_a_point_off_the_globe_is_refused(say, toy_run_folder, lon, lat):
    status, out, err = say("whois", toy_run_folder, lon, lat, "--lang", "en")
    assert (status, out, len(err.splitlines())) == (1, "", 1)


def test_a_matter_nobody_asked_about_and_a_second_date_are_refused(say, toy_run_folder):
    assert say("whois", toy_run_folder, *INSIDE_WEST, "--matter", "moonlight")[0] == 1
    assert say("whois", toy_run_folder, *INSIDE_WEST, "--as-of", "2027-01-01")[0] == 1


def test_a_name_with_terminal_codes_cannot_reach_the_terminal(say, tmp_path):
    claims = toy_county.claims().assign(role=["lead", "\x1b[31mred\nline", "lead"])
    folder = toy_county.write_project(tmp_path / "project", {"claims": claims})
    status, _, err = say("run", folder, "-o", tmp_path / "run", "--lang", "en")
    assert status == 1
    assert "\x1b" not in err
    assert len(err.splitlines()) == 1


def test_an_unwritable_place_is_told_in_one_line(say, toy_project, tmp_path):
    (tmp_path / "file").write_text("x")
    status, out, err = say("run", toy_project, "-o", tmp_path / "file" / "run", "--lang", "en")
    assert (status, out, len(err.splitlines())) == (1, "", 1)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["file"]


def test_every_verb_is_found_through_its_entry_point():
    for point in entry_points(group=VERBS):
        assert point.load().name == point.name
    assert shutil.which("mangqu", path=Path(sys.executable).parent)


@pytest.mark.parametrize("workers", ["1", "3"])
def test_any_number_of_threads_gives_the_same_answer(say, tmp_path, workers):
    shapes = [square(i % 20, i // 20, i % 20 + 1.1, i // 20 + 0.9) for i in range(400)]
    layer = tmp_path / "claims.gpkg"
    gpd.GeoDataFrame(geometry=[placed(shape) for shape in shapes], crs=PLANE).to_file(layer)
    answers = []
    for number in ("2", workers):
        status, out, _ = say("gaps", layer, "--workers", number, "--json")
        assert status == 0
        answers.append({**json.loads(out), "elapsed_s": None})
    assert len(answers[0]["findings"]) > 100
    assert answers[0] == answers[1]
