"""``mangqu run --previous``: numbers carried over from run to run, and what proves it."""

import json
import shutil
import sqlite3
from contextlib import closing

import pandas as pd
import pyogrio
import pytest
import shapely

from gis.diff import diff_json, diff_of_runs
from gis.errors import InputError
from gis.pipeline import run_project
from gis.run_folder import CERTIFICATE, LINEAGE, read_run
from gis.verification import verify_run
from tests import toy_county
from tests.conftest import AS_OF


def claims(*, middle=False, hole=False):
    """Return the county's claims, with the alley's middle or the hole claimed as well."""
    table = toy_county.claims()
    if middle:
        claimed = toy_county.placed(shapely.box(1970, 1300, 2030, 1400))
        table.loc[1, "geometry"] = table.geometry[1] | claimed
    if hole:
        table.loc[0, "geometry"] = table.geometry[0] | toy_county.placed(toy_county.HOLE)
    return table


@pytest.fixture(scope="module")
def chain(toy_run_folder, tmp_path_factory):
    """Return four runs: as it was; the alley cut and the hole filled; both undone; again."""
    root = tmp_path_factory.mktemp("chain")
    folders = [toy_run_folder]
    for number, changes in enumerate(({"middle": True, "hole": True}, {"hole": True}, {})):
        project = toy_county.write_project(
            root / f"project-{number}",
            {"claims": claims(**changes)},
            head=f"as_of = 2026-{9 + number:02}-01",
        )
        folder = root / f"run-{number}"
        run_project(project, folder, today=AS_OF, previous=folders[-1])
        folders.append(folder)
    return folders


def number_of(run, place):
    """Return the number of the largest finding in a planted place."""
    where = toy_county.placed(place)
    inside = run.findings[[where.buffer(1).covers(shape) for shape in run.findings.geometry]]
    return inside.loc[inside["area_m2"].idxmax(), "finding_id"] if len(inside) else None


def relations(run):
    links = run.lineage.finding_links
    return links["relation"].value_counts().to_dict()


def test_a_gap_keeps_its_number_when_it_is_cut_and_when_it_is_whole_again(chain):
    first, cut, whole, _ = map(read_run, chain)
    number = number_of(first, toy_county.ALLEY)
    assert number_of(cut, toy_county.ALLEY) == number
    assert number_of(whole, toy_county.ALLEY) == number
    assert relations(cut) == {"same": 5, "split": 2, "closed": 1}
    assert relations(whole) == {"same": 5, "merged": 2}


def test_a_gap_that_was_filled_two_runs_ago_is_reopened_under_its_number(chain):
    first, cut, whole, again = map(read_run, chain)
    number = number_of(first, toy_county.HOLE)
    assert number_of(cut, toy_county.HOLE) is None
    assert number_of(whole, toy_county.HOLE) is None
    assert number_of(again, toy_county.HOLE) == number
    links = again.lineage.finding_links.set_index("finding_id")
    assert links.loc[number, ["previous_id", "relation"]].tolist() == [number, "reopened"]


def test_a_diff_knows_what_was_closed_before_the_first_of_its_runs(chain):
    _, _, whole, again = map(read_run, chain)
    answer = diff_json(diff_of_runs(whole, again))
    assert {name: total["count"] for name, total in answer["relations"].items()} == {
        "same": 6,
        "reopened": 1,
    }


def test_neighbours_go_with_the_findings_they_are_next_to(chain):
    for folder in chain:
        run = read_run(folder)
        assert set(run.finding_neighbours["finding_id"]) == set(run.findings["finding_id"])
        assert run.findings["finding_id"].is_unique


def test_runs_with_numbers_carried_over_verify_from_their_own_files_alone(chain, tmp_path):
    for folder in chain[1:]:
        alone = shutil.copytree(folder, tmp_path / folder.name)
        assert verify_run(alone) == []


def test_a_run_without_an_earlier_one_has_no_lineage(toy_run_folder):
    assert read_run(toy_run_folder).lineage is None
    assert not (toy_run_folder / LINEAGE).exists()


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE finding_links SET relation = 'moved' WHERE relation = 'closed'",
        "UPDATE finding_links SET previous_id = 'F-AAAAAAAAAA' WHERE fid = 1",
        "DELETE FROM earlier_findings WHERE fid = 1",
        "CREATE TABLE more (fid INTEGER PRIMARY KEY)",
    ],
)
def test_a_changed_lineage_is_noticed(chain, tmp_path, change):
    copy = shutil.copytree(chain[1], tmp_path / "run")
    with closing(sqlite3.connect(copy / LINEAGE)) as database, database:
        database.execute(change)
        if change.startswith("CREATE"):
            database.execute(
                "INSERT INTO gpkg_contents (table_name, data_type, identifier)"
                " VALUES ('more', 'attributes', 'more')"
            )
    assert {each.problem for each in verify_run(copy)} & {"table_altered", "table_added"}


def test_numbers_invented_together_with_their_digests_are_noticed(chain, tmp_path):
    copy = shutil.copytree(chain[1], tmp_path / "run")
    path = copy / CERTIFICATE
    proof = json.loads(path.read_text("utf-8"))
    del proof["lineage"]
    path.write_text(json.dumps(proof), encoding="utf-8")
    problems = {each.problem for each in verify_run(copy)}
    assert {"file_added", "analysis_differs"} <= problems


def test_a_lineage_that_is_missing_or_malformed_is_refused(chain, tmp_path):
    copy = shutil.copytree(chain[1], tmp_path / "run")
    (copy / LINEAGE).unlink()
    with pytest.raises(InputError):
        read_run(copy)
    proof = json.loads((copy / CERTIFICATE).read_text("utf-8"))
    (copy / CERTIFICATE).write_text(json.dumps({**proof, "lineage": []}), encoding="utf-8")
    with pytest.raises(InputError):
        read_run(copy)


def test_the_lineage_opens_as_layers_with_their_columns(chain):
    layers = {str(name) for name, _ in pyogrio.list_layers(chain[1] / LINEAGE)}
    assert layers == {"finding_links", "earlier_findings", "earlier_lane_findings"}
    links = pyogrio.read_dataframe(chain[1] / LINEAGE, layer="finding_links")
    assert list(links.columns) == ["finding_id", "previous_id", "relation", "share"]
    assert pd.api.types.is_float_dtype(links["share"])


def test_an_earlier_run_in_another_coordinate_system_is_gone_on_all_the_same(
    toy_run_folder, toy_run, tmp_path
):
    root = tmp_path / "other"
    project = toy_county.write_project(
        root / "project", head='crs = "EPSG:4549"\nas_of = 2026-09-01'
    )
    run = run_project(project, root / "run", today=AS_OF, previous=toy_run_folder)
    assert run.findings.crs != toy_run.findings.crs
    # long straight borders lie elsewhere in the other system, and may leave slivers of their own
    assert relations(run)["same"] == 7
    assert set(run.findings["finding_id"]) >= set(toy_run.findings["finding_id"])
    assert verify_run(root / "run") == []


def test_what_is_no_run_cannot_be_the_previous_one(toy_project, tmp_path):
    with pytest.raises(InputError):
        run_project(toy_project, tmp_path / "run", today=AS_OF, previous=toy_project)
    assert not (tmp_path / "run").exists()
