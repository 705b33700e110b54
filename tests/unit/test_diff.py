"""``mangqu diff``: two runs beside each other, in words, as JSON and as layers."""

import json
import shutil
import sqlite3
from contextlib import closing

import geopandas as gpd
import pyogrio
import pytest
import shapely

from gis.catalogue import LANGUAGES
from gis.diff_verb import diff
from gis.errors import InputError, OutputError
from gis.pipeline import run_project
from tests import toy_county
from tests.conftest import AS_OF


@pytest.fixture
def say(capsys):
    """Run the verb and return standard output and standard error."""

    def say(*arguments, language="en"):
        diff.main([str(each) for each in arguments], standalone_mode=False, obj=language)
        spoken = capsys.readouterr()
        return spoken.out, spoken.err

    return say


@pytest.fixture(scope="module")
def later_folder(tmp_path_factory):
    """Return a run of the toy county after East claimed the alley's middle and West the hole."""
    claims = toy_county.claims()
    middle = toy_county.placed(shapely.box(1970, 1200, 2030, 1300))
    hole = toy_county.placed(toy_county.HOLE)
    claims.loc[1, "geometry"] = claims.geometry[1] | middle
    claims.loc[0, "geometry"] = claims.geometry[0] | hole
    root = tmp_path_factory.mktemp("later")
    project = toy_county.write_project(
        root / "project", {"claims": claims}, head="as_of = 2026-11-01"
    )
    run_project(project, root / "run", today=AS_OF)
    return root / "run"


def test_a_run_beside_itself_has_not_changed(say, toy_run_folder):
    out, err = say(toy_run_folder, toy_run_folder)
    assert "No finding changed." in out
    assert "same 7." in out
    assert err == ""


def test_planted_changes_are_counted_by_relation_and_class(say, toy_run_folder, later_folder):
    out, _ = say(toy_run_folder, later_folder, "--json")
    answer = json.loads(out)
    assert {name: total["count"] for name, total in answer["relations"].items()} == {
        "same": 5,
        "split": 2,
        "closed": 1,
    }
    assert answer["before"]["as_of"] == "2026-08-15"
    assert answer["after"]["as_of"] == "2026-11-01"
    # the alley of 60 m × 1 000 m lost 100 m of its length, the hole a hectare
    split = answer["relations"]["split"]
    assert split["area_before_m2"] == pytest.approx(60_000, rel=1e-3)
    assert split["area_m2"] == pytest.approx(54_000, rel=1e-3)
    void = answer["classes"]["void"]
    assert (void["count_before"], void["count"]) == (5, 5)
    assert void["area_before_m2"] - void["area_m2"] == pytest.approx(16_000, rel=1e-3)
    assert answer["thresholds"] == {"same": 0.9, "linked": 0.3}


def test_every_changed_finding_is_listed_with_where_it_is(say, toy_run_folder, later_folder):
    answer = json.loads(say(toy_run_folder, later_folder, "--json")[0])
    assert sorted(row["relation"] for row in answer["changed"]) == ["closed", "split", "split"]
    (gone,) = [row for row in answer["changed"] if row["relation"] == "closed"]
    assert (gone["id"], gone["class"], gone["area_m2"]) == (None, None, None)
    assert gone["area_before_m2"] == pytest.approx(10_000, rel=1e-3)
    corner = gpd.GeoSeries([toy_county.placed(toy_county.HOLE)], crs=toy_county.CRS)
    assert corner.to_crs(4326).item().contains(shapely.Point(gone["lon"], gone["lat"]))
    parts = [row for row in answer["changed"] if row["relation"] == "split"]
    assert len({row["previous_id"] for row in parts}) == 1
    assert sorted(row["keeps_number"] for row in parts) == [False, True]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_changes_are_told_in_words_and_hectares(say, toy_run_folder, later_folder, language):
    out, _ = say(toy_run_folder, later_folder, language=language)
    relations = {"zh": "未变 5，拆分 2，消除 1", "en": "same 5, split 2, closed 1"}
    assert relations[language].replace("，", "、") in out.replace("，", "、")
    assert "5.4" not in out.splitlines()[0]
    assert "1.00" in next(
        line
        for line in out.splitlines()
        if line.startswith({"zh": "  消除", "en": "  closed"}[language])
    )


def test_the_changed_places_are_written_with_a_style(say, toy_run_folder, later_folder, tmp_path):
    path = tmp_path / "changes.gpkg"
    for _ in range(2):
        out, _ = say(toy_run_folder, later_folder, "-o", path)
        assert str(path) in out
    layers = {str(name): kind for name, kind in pyogrio.list_layers(path)}
    assert layers.keys() >= {"diff", "lane_diff"}
    places = gpd.read_file(path, layer="diff")
    assert sorted(places["relation"]) == ["closed", "split", "split"]
    gone = places[places["relation"] == "closed"].geometry.item()
    assert gone.symmetric_difference(toy_county.placed(toy_county.HOLE)).area < 1
    with closing(sqlite3.connect(path)) as database:
        styled = database.execute("SELECT f_table_name FROM layer_styles").fetchall()
    assert sorted(styled) == [("diff",), ("lane_diff",)]


def test_a_format_of_one_layer_holds_the_places(say, toy_run_folder, later_folder, tmp_path):
    path = tmp_path / "changes.geojson"
    say(toy_run_folder, later_folder, "-o", path)
    features = json.loads(path.read_text("utf-8"))["features"]
    assert len(features) == 3


def test_what_cannot_be_compared_or_written_is_refused(say, toy_run_folder, toy_project, tmp_path):
    with pytest.raises(InputError):
        say(toy_run_folder, toy_project)
    with pytest.raises(OutputError):
        say(toy_run_folder, toy_run_folder, "-o", toy_run_folder / "changes.gpkg")
    with pytest.raises(OutputError):
        say(toy_run_folder, toy_run_folder, "-o", tmp_path / "changes.docx")
    foreign = shutil.copyfile(toy_run_folder / "run.gpkg", tmp_path / "taken.gpkg")
    with pytest.raises(OutputError):
        say(toy_run_folder, toy_run_folder, "-o", foreign)
