"""A run verifies as long as nobody has touched it, and never after."""

import json
import shutil
import sqlite3
from contextlib import closing
from copy import deepcopy as copy_of

import geopandas as gpd
import pyogrio
import pytest
import shapely
from shapely.affinity import translate

from gis.cli import run_arguments
from gis.errors import InputError
from gis.run_folder import CERTIFICATE, GEOPACKAGE, RUN_TABLES, SNAPSHOT
from gis.verification import verify_run

DRAWN = ("findings", "lane_findings", "atoms", "zones", "claims", "agreements", "jurisdiction")


@pytest.fixture
def copy(full_run_folder, tmp_path):
    return shutil.copytree(full_run_folder, tmp_path / "run")


def verdict(folder, capsys):
    """Return the exit status of ``mangqu verify`` and what it says on standard output."""
    status = run_arguments(["verify", str(folder), "--lang", "en"])
    return status, capsys.readouterr().out


def altered(folder, capsys):
    status, said = verdict(folder, capsys)
    return status == 1 and len(said.splitlines()) > 1


def layer_of(folder, name):
    return pyogrio.read_dataframe(folder / GEOPACKAGE, layer=name)


def rewrite(folder, name, frame):
    """Replace one table of a run by another."""
    path = folder / GEOPACKAGE
    options = {} if isinstance(frame, gpd.GeoDataFrame) else {"geometry_type": None}
    pyogrio.write_dataframe(frame, path, layer=name, driver="GPKG", append=False, **options)


def execute(folder, *statements):
    """Change a run's GeoPackage with a program that knows nothing of runs."""
    with closing(sqlite3.connect(folder / GEOPACKAGE)) as database, database:
        # the index's triggers call functions that only a spatial program has
        triggers = "SELECT name FROM sqlite_master WHERE type = 'trigger'"
        for (name,) in database.execute(triggers).fetchall():
            database.execute(f'DROP TRIGGER "{name}"')
        for statement in statements:
            database.execute(statement)


def test_a_run_nobody_touched_verifies(full_run_folder, capsys):
    assert verify_run(full_run_folder) == []
    assert verdict(full_run_folder, capsys)[0] == 0


def test_every_table_of_the_sample_holds_a_row(full_run_folder):
    assert {name: len(layer_of(full_run_folder, name)) > 0 for name in RUN_TABLES} == dict.fromkeys(
        RUN_TABLES, True
    )


@pytest.mark.parametrize("name", RUN_TABLES)
def test_a_deleted_row_is_noticed(copy, name, capsys):
    execute(copy, f'DELETE FROM "{name}" WHERE fid = (SELECT max(fid) FROM "{name}")')  # noqa: S608
    assert altered(copy, capsys)


TEXT_COLUMNS = {
    "findings": "reason_zh",
    "lane_findings": "name_en",
    "finding_neighbours": "body",
    "atoms": "claim_ids",
    "standings": "standing",
    "zones": "kind",
    "claims": "basis_ref",
    "agreements": "first_receiver",
    "jurisdiction": "name_zh",
    "bodies": "name_zh",
    "matters": "parent_id",
}


@pytest.mark.parametrize("name", RUN_TABLES)
def test_a_changed_word_is_noticed(copy, name, capsys):
    column = TEXT_COLUMNS[name]
    value = '["C000009"]' if column == "claim_ids" else "changed"
    execute(copy, f'UPDATE "{name}" SET "{column}" = \'{value}\' WHERE fid = 1')  # noqa: S608
    assert altered(copy, capsys)


@pytest.mark.parametrize(
    ("name", "column"),
    [
        ("findings", "area_m2"),
        ("findings", "width_m"),
        ("findings", "lon"),
        ("lane_findings", "to_m"),
        ("finding_neighbours", "shared_m"),
        ("atoms", "area_m2"),
        ("claims", "accuracy_m"),
    ],
)
def test_a_number_changed_in_its_last_digits_is_noticed(copy, name, column, capsys):
    execute(copy, f'UPDATE "{name}" SET "{column}" = "{column}" * (1 + 1e-15) WHERE fid = 1')  # noqa: S608
    assert altered(copy, capsys)


@pytest.mark.parametrize("name", DRAWN)
def test_one_vertex_moved_by_a_tenth_of_a_millimetre_is_noticed(copy, name, capsys):
    frame = layer_of(copy, name)
    points = shapely.get_coordinates(frame.geometry.to_numpy())
    points[-2, 0] += 1e-4
    frame.geometry = shapely.set_coordinates(frame.geometry.to_numpy().copy(), points)
    rewrite(copy, name, frame)
    assert altered(copy, capsys)


@pytest.mark.parametrize("name", DRAWN)
def test_a_layer_declared_to_lie_in_another_system_is_noticed(copy, name, capsys):
    rewrite(copy, name, layer_of(copy, name).set_crs(4549, allow_override=True))
    assert altered(copy, capsys)


def test_atoms_and_claims_all_moved_alike_are_noticed(copy, capsys):
    for name in DRAWN:
        frame = layer_of(copy, name)
        frame.geometry = [translate(shape, 1024.0) for shape in frame.geometry]
        rewrite(copy, name, frame)
    assert altered(copy, capsys)


def test_every_byte_of_every_input_counts(copy, capsys):
    files = sorted(path for path in (copy / SNAPSHOT).rglob("*") if path.is_file())
    assert [path.name for path in files] == [
        "bodies.csv",
        "layers.gpkg",
        "mangqu.toml",
        "matters.csv",
    ]
    for path in files:
        whole = path.read_bytes()
        for at in (0, len(whole) // 2, len(whole) - 1):
            path.write_bytes(whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :])
            assert altered(copy, capsys), (path.name, at)
        path.write_bytes(whole)
    assert verify_run(copy) == []


def test_a_missing_input_is_noticed(copy, capsys):
    (copy / SNAPSHOT / "bodies.csv").unlink()
    status, said = verdict(copy, capsys)
    assert status == 1
    assert "bodies.csv" in said


def numbers_in(part, path=()):
    """Yield the path of every number in nested lists and dictionaries."""
    if isinstance(part, dict | list):
        items = part.items() if isinstance(part, dict) else enumerate(part)
        for key, value in items:
            yield from numbers_in(value, (*path, key))
    elif isinstance(part, int | float) and not isinstance(part, bool):
        yield path


def changed_at(proof, places):
    """Return a certificate with the numbers at some places changed a little."""
    changed = copy_of(proof)
    for place in places:
        part = changed
        for key in place[:-1]:
            part = part[key]
        value = part[place[-1]]
        part[place[-1]] = value + 1 if isinstance(value, int) else value * (1 + 1e-12) + 1e-12
    return changed


def test_every_number_in_the_certificate_counts(copy):
    path = copy / CERTIFICATE
    proof = json.loads(path.read_text("utf-8"))
    by_part = {}
    for place in numbers_in(proof):
        by_part.setdefault(place[0], []).append(place)
    assert set(by_part) == {
        "claims",
        "format",
        "inputs",
        "jurisdiction_m2",
        "largest_move_m",
        "questions",
        "remarks",
        "settings",
        "statements",
        "tables",
    }
    for part, places in by_part.items():
        path.write_text(json.dumps(changed_at(proof, places[-1:])), "utf-8")
        assert verify_run(copy) != [], part


@pytest.mark.parametrize("value", ["absent", None, [], 7, "x"])
def test_a_certificate_without_a_sound_part_is_refused_or_found_wanting(copy, value, capsys):
    path = copy / CERTIFICATE
    proof = json.loads(path.read_text("utf-8"))
    for part in ("as_of", "inputs", "questions", "tables", "settings", "software", "claims"):
        changed = {**proof, part: value}
        if value == "absent":
            del changed[part]
        path.write_text(json.dumps(changed), "utf-8")
        assert run_arguments(["verify", str(copy), "--lang", "en"]) == 1, part
        assert "Traceback" not in capsys.readouterr().err


@pytest.mark.parametrize(
    ("name", "column", "value"),
    [
        ("atoms", "claim_ids", "not json"),
        ("atoms", "claim_ids", "7"),
        ("claims", "valid_to", "someday"),
    ],
)
def test_a_value_that_cannot_be_read_back_names_the_layer(copy, name, column, value):
    execute(copy, f'UPDATE "{name}" SET "{column}" = \'{value}\'')  # noqa: S608
    with pytest.raises(InputError) as caught:
        verify_run(copy)
    assert (caught.value.problem, caught.value.layer) == ("damaged_run", name)


@pytest.mark.parametrize("column", ["atom_id", "standing", "matter"])
def test_a_dropped_column_is_noticed(copy, column, capsys):
    execute(copy, f'ALTER TABLE standings DROP COLUMN "{column}"')
    assert altered(copy, capsys)


@pytest.mark.parametrize("damage", ["absent", "empty", "binary", "folder"])
@pytest.mark.parametrize("name", [GEOPACKAGE, CERTIFICATE])
def test_a_damaged_run_is_refused_in_one_line(copy, name, damage, capsys):
    path = copy / name
    path.unlink()
    if damage == "folder":
        path.mkdir()
    elif damage != "absent":
        path.write_bytes(b"" if damage == "empty" else bytes(range(256)))
    assert run_arguments(["verify", str(copy), "--lang", "en"]) == 1
    spoken = capsys.readouterr()
    assert (spoken.out, len(spoken.err.splitlines())) == ("", 1)


def test_a_project_is_not_taken_for_a_run(full_project, capsys):
    assert run_arguments(["verify", str(full_project), "--lang", "en"]) == 1
    assert str(full_project) in capsys.readouterr().err
