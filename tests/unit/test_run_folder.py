"""A run's folder: whole or not at all, the same when read back, never over another."""

import json
import shutil
import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import date

import pyogrio
import pytest
import shapely

from gis.digests import digest
from gis.errors import InputError, OutputError
from gis.layers import read_project
from gis.model.run import LIST_COLUMNS, list_as_json
from gis.pipeline import analyse, run_project
from gis.run_folder import (
    CERTIFICATE,
    GEOPACKAGE,
    RUN_TABLES,
    SNAPSHOT,
    is_run,
    read_run,
    write_run,
)
from gis.verification import verify_run
from tests import toy_county
from tests.builders import question_of

DAY = date(2026, 8, 15)


@pytest.fixture(scope="module")
def analysed(full_project):
    project = read_project(full_project, today=DAY)
    return project, analyse(project)


@pytest.mark.parametrize("name", RUN_TABLES)
def test_a_table_read_back_is_the_table_written(analysed, full_run_folder, name):
    written, back = getattr(analysed[1], name), getattr(read_run(full_run_folder), name)
    assert list(back.columns) == list(written.columns)
    assert digest(name, back) == digest(name, written)
    for column in LIST_COLUMNS.get(name, ()):
        assert back[column].tolist() == written[column].tolist()


@pytest.mark.parametrize(
    "texts", [(), ("",), ("甲", "乙、丙"), ('"', "\\", "\n\t\x01", "\x7f\u2028", "🏠", "{{ x }}")]
)
def test_a_list_is_stored_as_any_json_writer_would(texts):
    assert list_as_json(texts) == json.dumps(list(texts), ensure_ascii=False)
    assert tuple(json.loads(list_as_json(texts))) == texts


def test_settings_and_certificate_come_back_as_they_were(analysed, full_run_folder):
    back = read_run(full_run_folder)
    assert back.settings == analysed[1].settings
    assert back.certificate == json.loads(json.dumps(analysed[1].certificate))


def test_two_runs_of_one_project_are_the_same_but_for_nothing(
    full_project, full_run_folder, tmp_path
):
    run_project(full_project, tmp_path / "again", today=DAY)
    assert (tmp_path / "again" / CERTIFICATE).read_bytes() == (
        full_run_folder / CERTIFICATE
    ).read_bytes()


def test_the_snapshot_holds_every_input_byte_for_byte(full_project, full_run_folder):
    names = {path.name for path in full_project.iterdir()}
    assert {path.name for path in (full_run_folder / SNAPSHOT).iterdir()} == names
    for name in names:
        assert (full_run_folder / SNAPSHOT / name).read_bytes() == (
            full_project / name
        ).read_bytes()


def test_the_geopackage_opens_with_its_layers_and_styles(full_run_folder):
    path = full_run_folder / GEOPACKAGE
    layers = {str(name): kind for name, kind in pyogrio.list_layers(path)}
    assert layers.keys() >= set(RUN_TABLES)
    with closing(sqlite3.connect(path)) as database:
        styled = database.execute("SELECT f_table_name, useAsDefault FROM layer_styles").fetchall()
    assert {"findings", "zones", "claims", "lane_findings", "jurisdiction"} <= {
        n for n, _ in styled
    }
    assert all(used for _, used in styled)


ODD_NAMES = ['A"; B|C、D', "new\nline\ttab", "=1+1", "{{ 7*7 }}", "甲;乙", '["x"]', "'; DROP TABLE"]


def test_any_name_survives_the_way_through_the_files(tmp_path):
    claims = toy_county.frame({"body": ODD_NAMES}, [toy_county.MAIN] * len(ODD_NAMES))
    folder = toy_county.write_project(tmp_path / "project", {"claims": claims})
    run_project(folder, tmp_path / "run", today=DAY)
    back = read_run(tmp_path / "run")
    contested = back.findings[back.findings["class"] == "contested"]
    assert contested["bodies"].tolist() == [tuple(sorted(ODD_NAMES))]
    assert verify_run(tmp_path / "run") == []


def test_a_project_in_which_nobody_leads_runs_and_verifies(tmp_path):
    claims = toy_county.claims().assign(role=["assist", "fund", "supervise"])
    folder = toy_county.write_project(tmp_path / "project", {"claims": claims})
    run = run_project(folder, tmp_path / "run", today=DAY)
    assert question_of(run)["covered_m2"] == 0
    assert set(run.findings["class"]) == {"leaderless", "void"}
    assert verify_run(tmp_path / "run") == []


def test_a_project_without_any_finding_runs_and_verifies(tmp_path):
    whole = shapely.MultiPolygon([toy_county.MAIN, toy_county.DETACHED])
    claims = toy_county.frame({"body": ["A"]}, [whole])
    folder = toy_county.write_project(tmp_path / "project", {"claims": claims})
    run_project(folder, tmp_path / "run", today=DAY)
    back = read_run(tmp_path / "run")
    assert (len(back.findings), len(back.lane_findings), len(back.zones)) == (0, 0, 0)
    assert verify_run(tmp_path / "run") == []


def test_a_folder_that_exists_is_never_written_into(full_project, tmp_path):
    for name in ("folder", "file", "link"):
        target = tmp_path / name
        if name == "folder":
            target.mkdir()
        elif name == "file":
            target.write_text("mine", "utf-8")
        else:
            target.symlink_to(tmp_path / "nowhere")
        with pytest.raises(OutputError) as caught:
            run_project(full_project, target, today=DAY)
        assert caught.value.problem == "exists"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["file", "folder", "link"]
    assert (tmp_path / "file").read_text("utf-8") == "mine"


def test_a_write_that_fails_half_way_leaves_nothing(analysed, tmp_path):
    project, run = analysed
    gone = replace(project, folder=tmp_path / "the inputs are gone")
    with pytest.raises(OutputError):
        write_run(run, gone, tmp_path / "run")
    assert list(tmp_path.iterdir()) == []


def test_a_write_that_is_interrupted_leaves_nothing(analysed, tmp_path):
    project, run = analysed

    class Interrupting(dict):
        def __iter__(self):
            raise KeyboardInterrupt

        items = keys = __iter__

    with pytest.raises(KeyboardInterrupt):
        write_run(replace(run, certificate=Interrupting(format=1)), project, tmp_path / "run")
    assert list(tmp_path.iterdir()) == []


def test_a_run_and_a_project_are_told_apart(full_project, full_run_folder, tmp_path):
    assert is_run(full_run_folder)
    assert not is_run(full_project)
    assert not is_run(tmp_path / "absent")


@pytest.mark.parametrize("missing", ["findings", "standings", "claims"])
def test_a_run_that_lost_a_table_names_it(full_run_folder, tmp_path, missing):
    folder = shutil.copytree(full_run_folder, tmp_path / "run")
    with closing(sqlite3.connect(folder / GEOPACKAGE)) as database, database:
        database.execute("DELETE FROM gpkg_contents WHERE table_name = ?", (missing,))
        database.execute("DELETE FROM gpkg_geometry_columns WHERE table_name = ?", (missing,))
        database.execute("DELETE FROM gpkg_extensions WHERE table_name = ?", (missing,))
        for (name,) in database.execute(
            "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = ?", (missing,)
        ).fetchall():
            database.execute(f'DROP TRIGGER "{name}"')
        database.execute(f'DROP TABLE "{missing}"')
    with pytest.raises(InputError) as caught:
        read_run(folder)
    assert (caught.value.problem, caught.value.layer) == ("damaged_run", missing)
