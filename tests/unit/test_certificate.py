"""The proof: sums that add up, claims that are accounted for, digests that tell tables apart."""

import hashlib
import json
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
import shapely

from gis.arrangement.partition import make_partition
from gis.certificate import account, account_of_claims, jurisdiction_area
from gis.digests import digest
from gis.duty import Question, Register, ask
from gis.errors import CertificateError
from gis.measure import EllipsoidMeasure
from gis.pipeline import analyse
from gis.run_folder import RUN_TABLES
from tests.builders import (
    COUNTY,
    DAY,
    EAST_HALF,
    WEST_HALF,
    agreement,
    claim,
    district,
    placed,
    project_of,
    question_of,
    square,
    zone,
)


def everything():
    """Return a project in which every standing but one occurs, at two levels and matters."""
    return project_of(
        claim("A", square(0, 0, 300, 1000), "order", level="county"),
        claim("B", square(100, 0, 500, 600), "order", level="street"),
        claim("C", square(200, 300, 600, 900), "order", level="county", valid_to="2026-01-01"),
        claim("D", square(600, 0, 700, 1000), "order", role="assist"),
        claim("E", square(650, 0, 800, 1000), "order", role="fallback"),
        claim("F", square(250, 100, 450, 250), "order", level="street"),
        claim("G", COUNTY, "cleaning"),
        agreements=[agreement("B", "F", first="B", place=square(300, 0, 400, 400))],
        zones=[zone("fringe", shapely.Point(500, 500).buffer(300))],
        within=[district("w", WEST_HALF), district("e", EAST_HALF)],
    )


def test_every_question_adds_up_by_standing_and_to_the_jurisdiction():
    run = analyse(everything())
    asked = {(entry["matter"], entry["level"]) for entry in run.certificate["questions"]}
    assert asked == {("order", "county"), ("order", "street"), ("cleaning", "")}
    for entry in run.certificate["questions"]:
        total = entry["jurisdiction_m2"]
        assert sum(entry["by_standing"].values()) == pytest.approx(total, rel=1e-9)
        assert entry["covered_m2"] + entry["gap_m2"] == pytest.approx(total, rel=1e-9)
        assert entry["residual_m2"] == total - entry["covered_m2"] - entry["gap_m2"]
        assert entry["contested_m2"] == entry["by_standing"]["contested"]
    street = question_of(run, "order", "street")["by_standing"]
    assert {name for name, area in street.items() if not area} == {"elsewhere"}


def test_the_findings_of_a_class_add_up_to_its_standing():
    run = analyse(everything())
    gaps = run.findings[
        run.findings["standing"].isin(["void", "lapsed", "leaderless", "fallback_only"])
    ]
    for matter, rows in gaps.groupby("matter"):
        (first, *_) = [q for q in run.certificate["questions"] if q["matter"] == matter]
        assert rows["area_m2"].sum() == pytest.approx(first["gap_m2"], rel=1e-9)


def test_the_atoms_of_an_arrangement_tile_the_jurisdiction():
    run = analyse(everything())
    county = run.jurisdiction.union_all()
    for _, atoms in run.atoms.groupby("arrangement"):
        assert shapely.coverage_is_valid(atoms.geometry.to_numpy())
        assert atoms.union_all().symmetric_difference(county).area < 1e-6


def test_an_answer_that_leaves_out_an_atom_breaks_the_identity():
    project = project_of(claim("A", WEST_HALF))
    measure = EllipsoidMeasure.around(project.jurisdiction.geometry.to_numpy(), project.crs)
    partition = make_partition(project, ("",), np.array([0]), number=0, measure=measure)
    question = Question("", "", DAY)
    answer = ask(Register.of(partition, project), question)
    area = jurisdiction_area(partition)
    assert account(partition, question, answer, area)["gap_m2"] == pytest.approx(5e5, rel=1e-6)
    forgotten = replace(partition)
    vars(forgotten)["area_m2"] = partition.area_m2 * np.array([1, 1 + 1e-8])
    with pytest.raises(CertificateError):
        account(forgotten, question, answer, area)


def test_a_claim_that_covers_other_ground_than_was_drawn_breaks_the_proof():
    project = project_of(claim("A", WEST_HALF))
    measure = EllipsoidMeasure.around(project.jurisdiction.geometry.to_numpy(), project.crs)
    partition = make_partition(project, ("",), np.array([0]), number=0, measure=measure)
    honest = account_of_claims(partition, project.claims["claim_id"])
    assert honest["largest_shift_m"] <= 0.001
    # 4 mm more to the east: more than rounding to millimetres explains along any border
    drawn = partition.drawn.copy()
    drawn[1] = placed(square(0, 0, 500.012, 1000))
    with pytest.raises(CertificateError) as caught:
        account_of_claims(replace(partition, drawn=drawn), project.claims["claim_id"])
    assert caught.value.details["table"] == "claims"


def test_the_area_from_the_border_ignores_what_lies_inside_and_outside():
    ring = COUNTY - square(300, 300, 600, 600)
    run = analyse(project_of(claim("A", square(-100, -100, 700, 400)), within=ring))
    assert run.certificate["jurisdiction_m2"] == pytest.approx(1e6 - 9e4, rel=1e-6)


def test_what_a_claim_holds_beyond_the_jurisdiction_is_told():
    run = analyse(project_of(claim("A", square(-100, 0, 1000, 1000)), claim("B", WEST_HALF)))
    assert run.certificate["claims"]["outside_m2"] == {"C000001": pytest.approx(1e5, rel=1e-6)}
    assert run.certificate["claims"]["recorded"] == 2
    assert run.certificate["claims"]["lost"] == []


def test_snapping_never_shifts_a_border_by_more_than_the_grid():
    odd = shapely.Polygon(
        [(0.00037, 0), (999.9996, 0.0004), (707.10678, 803.33333), (1 / 3, 917.77)]
    )
    run = analyse(project_of(claim("A", odd), claim("B", COUNTY)))
    assert 0 < run.certificate["largest_move_m"] <= 0.00071
    assert run.certificate["claims"]["largest_shift_m"] <= 0.001


def test_the_certificate_is_plain_json_with_versions_parameters_and_digests():
    proof = json.loads(json.dumps(analyse(everything()).certificate, allow_nan=False))
    assert {"mangqu", "python", "shapely", "geos", "pyproj", "proj"} <= proof["software"].keys()
    assert proof["settings"]["precision_m"] == 0.001
    assert (proof["as_of"], proof["crs"]) == ("2026-08-15", "EPSG:4550")
    assert {"findings", "atoms", "standings", "claims", "jurisdiction"} <= proof["tables"].keys()


def test_the_digest_of_an_input_is_that_of_its_bytes(toy_run_folder):
    proof = json.loads((toy_run_folder / "certificate.json").read_text("utf-8"))
    files = {name: sha for source in proof["inputs"] for name, sha in source["files"].items()}
    assert files.keys() == {"mangqu.toml", "layers.gpkg"}
    for name, sha in files.items():
        data = (toy_run_folder / "project" / name).read_bytes()
        assert hashlib.sha256(data).hexdigest() == sha


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (["a", "b"], ["b", "a"]),
        (["ab", ""], ["a", "b"]),
        (["1"], [1]),
        ([1.0], [1.0 + 2**-52]),
        ([0.1 + 0.2], [0.3]),
        ([""], ["nan"]),
        (['a","b'], ["a"]),
        ([("a", "b")], [("a,b",)]),
        ([("a",)], [()]),
    ],
)
def test_tables_that_differ_have_different_digests(first, second):
    column = "neighbours" if isinstance(first[0], tuple) else "name"
    digests = [
        digest("findings", pd.DataFrame({column: values}))["sha256"] for values in (first, second)
    ]
    assert digests[0] != digests[1]


def test_the_order_of_columns_does_not_change_a_digest_but_that_of_rows_does():
    table = pd.DataFrame({"a": ["1", "2"], "b": ["3", "4"]})
    assert digest("x", table) == digest("x", table[["b", "a"]])
    assert digest("x", table) != digest("x", table.iloc[::-1])
    assert digest("x", table) != digest("x", table.rename(columns={"a": "b", "b": "a"}))


def plain_digest(table):
    """Return the digest as docs tell it: value by value, row by row."""
    columns = sorted(table.columns)
    hashed = hashlib.sha256("\x1f".join(columns).encode())
    for column in columns:
        for value in table[column]:
            if column == "geometry":
                parts = [] if value is None else list(getattr(value, "geoms", [value]))
                text = b"".join(shapely.to_wkb(part, byte_order=1) for part in parts)
            elif isinstance(value, tuple):
                text = json.dumps(list(value), ensure_ascii=False).encode()
            elif value is pd.NaT or (isinstance(value, float) and np.isnan(value)):
                text = b""
            elif isinstance(value, pd.Timestamp):
                text = value.date().isoformat().encode()
            elif isinstance(value, float):
                text = float(value).hex().encode()
            else:
                text = json.dumps(value, ensure_ascii=False).encode()
            hashed.update(text)
            hashed.update(b"\x1e")
        hashed.update(b"\x1d")
    return {"rows": len(table), "sha256": hashed.hexdigest()}


@pytest.mark.parametrize("name", RUN_TABLES)
def test_every_table_has_the_digest_of_its_values_one_by_one(name):
    table = getattr(analyse(everything()), name)
    assert digest(name, table) == plain_digest(table)
    if len(table) > 1:
        assert digest(name, table.iloc[::-1]) != digest(name, table)


def test_a_digest_tells_one_from_true_and_both_from_the_text():
    rows = [[1, "a"], [True, "a"], ["1", "a"], ["true", "a"]]
    digests = {
        digest("bodies", pd.DataFrame({"x": pd.Series(row, dtype=object)}))["sha256"]
        for row in rows
    }
    assert len(digests) == len(rows)
