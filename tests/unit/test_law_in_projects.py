"""A project with an ordinance: read, refused, answered, kept and verified."""

from __future__ import annotations

import hashlib
import json

import geopandas as gpd
import pandas as pd
import pytest
import shapely

from gis.layers.project_file import RULES_KEYS
from gis.pipeline import run_project
from gis.run_folder import read_run
from gis.verification import verify_run
from tests.layer_files import TODAY, problems, project, read, write_table

RULES = """[[rules]]
id = "one"
when = { neighbours = "one" }
then_role = "lead"
then_body = "superior_of(neighbour_with_longest_border)"
article = "Article 1"
text_en = "The superior."
confidence = 0.25

[[rules]]
id = "cross"
when = { neighbours = "several" }
then_role = "lead"
then_body = "lowest_common_superior"
article = "第八条"
text_zh = "共同的上一级。"
confidence = 0.75
"""
BODIES = "body_id,superior_id,level\n甲,县,street\n乙,县,street\n县,市,county\n市,,city\n"
MORE = '[layers.bodies]\npath = "bodies.csv"\n[rules]\npath = "law/rules.toml"\n'


@pytest.fixture
def folder(tmp_path):
    """Make a jurisdiction with one gap between two bodies and one beside a single body."""
    made = project(tmp_path / "p", MORE)
    gpd.GeoDataFrame(
        {"body": ["甲", "乙"]},
        geometry=[shapely.box(122.0, 41.0, 122.09, 41.1), shapely.box(122.1, 41.0, 122.19, 41.1)],
        crs=4326,
    ).to_file(made / "claims.geojson")
    write_table(made / "bodies.csv", BODIES)
    (made / "law").mkdir()
    write_table(made / "law" / "rules.toml", RULES)
    return made


def refusals(folder):
    return problems(lambda: read(folder))


def answered(run):
    columns = ["rule_id", "article", "proposed_role", "proposed_body", "unresolved"]
    found = run.findings.sort_values("lon")
    return [*map(tuple, found[columns].to_numpy())], found["confidence"].tolist()


def test_findings_of_a_run_carry_what_the_law_says_and_verify(folder, tmp_path):
    run_project(folder, tmp_path / "run", today=TODAY)
    run = read_run(tmp_path / "run")
    rows, confidence = answered(run)
    assert rows == [
        ("cross", "第八条", "lead", "县", ""),
        ("one", "Article 1", "lead", "县", ""),
    ]
    assert confidence == [0.75, 0.25]
    assert verify_run(tmp_path / "run") == []


def test_the_rules_are_among_the_inputs_and_in_the_snapshot(folder, tmp_path):
    run_project(folder, tmp_path / "run", today=TODAY)
    proof = json.loads((tmp_path / "run" / "certificate.json").read_text("utf-8"))
    (source,) = [each for each in proof["inputs"] if each["table"] == "rules"]
    digest = hashlib.sha256(RULES.encode()).hexdigest()
    assert source["files"] == {"law/rules.toml": digest}
    assert source["rows"] == 2
    kept = tmp_path / "run" / "project" / "law" / "rules.toml"
    assert kept.read_text("utf-8") == RULES
    kept.write_text(RULES.replace("0.75", "0.5"), "utf-8")
    found = {each.problem for each in verify_run(tmp_path / "run")}
    assert {"input_altered", "analysis_differs"} <= found


def test_without_rules_findings_have_no_such_columns(folder, tmp_path):
    text = (folder / "mangqu.toml").read_text("utf-8").partition("[rules]")[0]
    (folder / "mangqu.toml").write_text(text, "utf-8")
    run = run_project(folder, tmp_path / "run", today=TODAY)
    assert {"rule_id", "proposed_body", "confidence"}.isdisjoint(run.findings.columns)


def test_a_finding_that_no_rule_speaks_of_is_left_blank_and_verifies(folder, tmp_path):
    text = RULES.partition("\n[[rules]]")[0]
    (folder / "law" / "rules.toml").write_text(text, "utf-8")
    run_project(folder, tmp_path / "run", today=TODAY)
    run = read_run(tmp_path / "run")
    rows, confidence = answered(run)
    assert rows[0] == ("", "", "", "", "")
    assert pd.isna(confidence[0])
    assert verify_run(tmp_path / "run") == []


def test_wrong_rules_refuse_the_project_with_their_line_and_beside_its_other_errors(folder):
    path = folder / "law" / "rules.toml"
    path.write_text(RULES.replace('"several"', '"many"'), "utf-8")
    write_table(folder / "bodies.csv", BODIES.replace("甲,县", "甲,省"))
    assert refusals(folder) == [
        ("body_not_listed", 1, "superior_id"),
        ("toml_wrong_word", 12, "neighbours"),
    ]


def test_bodies_that_could_not_be_read_are_not_said_to_be_missing(folder):
    path = folder / "law" / "rules.toml"
    path.write_text(RULES.replace("lowest_common_superior", "body('县')"), "utf-8")
    (folder / "bodies.csv").unlink()
    assert refusals(folder) == [("file_missing", None, None)]


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (None, "file_missing"),
        (b"\xff\xfe[\x00", "wrong_encoding"),
        (b"x = 3" + b" " * (4 << 20), "rules_too_large"),
        (b"= 3", "toml_damaged"),
        (b"", "rules_not_listed"),
    ],
)
def test_a_file_of_rules_that_cannot_be_used_is_refused_by_its_name(folder, content, problem):
    path = folder / "law" / "rules.toml"
    path.unlink()
    if content is not None:
        path.write_bytes(content)
    assert [each[0] for each in refusals(folder)] == [problem]


def test_a_folder_in_place_of_the_file_is_refused(folder):
    (folder / "law" / "rules.toml").unlink()
    (folder / "law" / "rules.toml").mkdir()
    assert [each[0] for each in refusals(folder)] == ["file_unreadable"]


def test_a_file_outside_the_project_is_refused(folder, tmp_path):
    (tmp_path / "elsewhere.toml").write_text(RULES, "utf-8")
    (folder / "law" / "rules.toml").unlink()
    (folder / "law" / "rules.toml").symlink_to(tmp_path / "elsewhere.toml")
    assert [each[0] for each in refusals(folder)] == ["path_outside"]


def test_lines_may_end_as_windows_ends_them(folder):
    path = folder / "law" / "rules.toml"
    path.write_bytes(b"\xef\xbb\xbf" + RULES.replace("\n", "\r\n").encode())
    assert [rule.line for rule in read(folder).law.rules] == [1, 10]


def test_the_table_of_rules_takes_a_path_and_nothing_else(folder):
    toml = folder / "mangqu.toml"
    text = toml.read_text("utf-8")
    line = text.count("\n") + 1
    toml.write_text(text + "file = 'x'\n", "utf-8")
    assert refusals(folder) == [("unknown_key", line, "rules.file")]
    toml.write_text(text.replace('path = "law/rules.toml"', ""), "utf-8")
    assert refusals(folder) == [("path_missing", None, "rules.path")]
    assert RULES_KEYS == ("path",)
