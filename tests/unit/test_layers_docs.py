"""What the reader of layers says and takes is written down, in the reference and the catalogues."""

import ast
import re
from pathlib import Path

import pytest

import gis.layers
from gis.catalogue import catalogue
from gis.law.choices import WORDS
from gis.law.conditions import CLAIMS, CONDITIONS, DISTRICTS, NEIGHBOURS
from gis.layers.geometry_repair import REPAIRS
from gis.layers.project_file import (
    AXES,
    BASEMAPS,
    DATUMS,
    LAYER_KEYS,
    MAP_KEYS,
    PRACTICE_KEYS,
    PROJECT_KEYS,
    RESERVED_TABLES,
    RULES_KEYS,
)
from gis.layers.rules_file import RULE_KEYS, TOP_KEYS
from gis.model.tables import TABLES

ROOT = Path(gis.layers.__file__).parents[2]
REFERENCE = (ROOT / "docs" / "layers.md").read_text("utf-8")
SAYING = {
    "error": 0,
    "refusal": 0,
    "refuse": 0,
    "refuse_word": 0,
    "InputError": 0,
    "MissingPartError": 0,
    "FileNote": 0,
    "RowNote": 1,
    "_refuse": 2,
    "_fault": 0,
    "_remark": 0,
    "Doubt": 2,
    "unknown_names": 3,
    "errors_by_value": 3,
    "circular_parents": 3,
}


SPEAKING = [path for room in ("layers", "readers") for path in (ROOT / "gis" / room).glob("*.py")]


def section(heading):
    start = re.search(rf"^### .*`{re.escape(heading)}`", REFERENCE, re.MULTILINE)
    assert start, heading
    return re.split(r"^##", REFERENCE[start.end() :], maxsplit=1, flags=re.MULTILINE)[0]


@pytest.mark.parametrize("schema", TABLES.values(), ids=TABLES)
def test_every_column_of_every_table_is_in_the_reference(schema):
    rows = dict(re.findall(r"^\| `(\w+)` \| (.*)$", section(schema.name), re.MULTILINE))
    assert list(rows) == [column.name for column in schema.columns]
    for column in schema.columns:
        row = rows[column.name]
        assert ("required" in row) == column.required, column.name
        if column.default:
            assert f"default `{column.default}`" in row
        if column.choices and "as " not in row:
            assert set(re.findall(r"`(\w+)`", row)) == set(column.choices), column.name
        if column.name == schema.key and not column.required:
            assert f"`{schema.key_prefix}000001`" in row


@pytest.mark.parametrize(
    ("heading", "keys"),
    [
        ("[project]", PROJECT_KEYS),
        ("[map]", MAP_KEYS),
        ("[practice]", PRACTICE_KEYS),
        ("[rules]", RULES_KEYS),
        ("[layers.NAME]", LAYER_KEYS),
    ],
)
def test_every_key_of_the_project_file_is_in_the_reference(heading, keys):
    assert re.findall(r"^\| `(\w+)` \|", section(heading), re.MULTILINE) == list(keys)


LAW = (ROOT / "docs" / "law.md").read_text("utf-8")


def listed_under(heading):
    """Return what the first column of a table in the reference of the law lists."""
    _, _, rest = LAW.partition(f"## {heading}\n")
    return re.findall(r"^\| `(\w+)", rest.partition("\n## ")[0], re.MULTILINE)


def test_every_key_condition_and_word_of_the_law_is_in_its_reference():
    assert listed_under("The file") == list(TOP_KEYS)
    assert listed_under("A rule") == list(RULE_KEYS)
    assert listed_under("Conditions") == list(CONDITIONS)
    assert listed_under("Whom a rule names") == list(WORDS)
    for words in (CLAIMS, NEIGHBOURS, DISTRICTS):
        assert all(f"`{word}`" in LAW for word in words)


def test_every_word_of_the_project_file_is_in_the_reference():
    for word in (*BASEMAPS, *DATUMS, *AXES):
        assert f"`{word}`" in REFERENCE
    for table in RESERVED_TABLES:
        assert f"`[{table}]`" in REFERENCE


def said():
    """Yield the key of every problem that the readers of layers name, with what names it."""
    for path in SPEAKING:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if not isinstance(node, ast.Call):
                continue
            name = getattr(node.func, "attr", getattr(node.func, "id", ""))
            texts = [argument for argument in node.args if isinstance(argument, ast.Constant)]
            if name in SAYING and texts:
                yield from (
                    (name, text.value)
                    for text in texts
                    if isinstance(text.value, str) and re.fullmatch(r"[a-z]+_[a-z_]+", text.value)
                )


def test_every_problem_has_a_sentence_and_a_remedy_in_both_languages():
    columns = {column.name for schema in TABLES.values() for column in schema.columns}
    keys = {key for _, key in said()} - columns - {*PROJECT_KEYS, *MAP_KEYS, *RULE_KEYS}
    assert len(keys) > 50
    for language in ("zh", "en"):
        texts = catalogue(language).texts
        for key in keys:
            if f"remark.{key}" not in texts:
                assert f"error.{key}" in texts
            if f"error.{key}" in texts:
                assert f"remedy.{key}" in texts


def test_every_repair_can_be_told_and_refused_and_every_doubt_has_a_remedy():
    doubts = {key for name, key in said() if name == "Doubt"} - set(TABLES)
    assert {"row_repeated", "terms_overlap", "shape_tiny"} <= doubts
    for language in ("zh", "en"):
        texts = catalogue(language).texts
        for repair in REPAIRS:
            assert f"remark.{repair}" in texts
            for group in ("error", "remark", "remedy"):
                assert f"{group}.strict_{repair}" in texts
        for doubt in doubts - {"mostly_outside_jurisdiction", "valid_from"}:
            assert f"remark.{doubt}" in texts
            assert f"remedy.{doubt}" in texts
    for doubt in doubts - {"mostly_outside_jurisdiction", "valid_from"}:
        assert f"| `{doubt}` |" in REFERENCE


def test_every_remark_on_a_row_can_be_told_in_both_languages():
    rows = {key for name, key in said() if name in {"RowNote", "_refuse"}}
    files = {key for name, key in said() if name in {"FileNote", "_remark"}}
    files |= {"reprojected", "reprojected_roughly"}
    assert {"encoding_guessed", "datum_converted", "reader_warning", "working_crs"} <= files
    for language in ("zh", "en"):
        texts = catalogue(language).texts
        assert {f"remark.{key}" for key in rows | files} <= set(texts)
