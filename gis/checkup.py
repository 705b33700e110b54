"""Tell what is wrong with a project's inputs: as lines, for machines, and as points on a map."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import geopandas as gpd
import pandas as pd
import shapely

from gis.catalogue import LANGUAGES, Worded, catalogue
from gis.errors import OutputError
from gis.layers.examination import Severity
from gis.measure import WGS84
from gis.output import add_layer, new_file
from gis.writers import refuse_foreign
from gis.writers.styles import embed_styles

if TYPE_CHECKING:
    from pathlib import Path

    from gis.layers.examination import Examination, Problem

#: The layer that is written.
PROBLEMS = "problems"


def problem_lines(found: Examination, language: str) -> list[str]:
    """Return a line for each problem, the gravest first, and their numbers below."""
    texts = catalogue(language)
    lines = [
        texts.text(
            "check.line",
            severity=texts.label("severity", problem.severity),
            line=problem.line(language),
        )
        for problem in found.problems
    ]
    lines += [
        texts.text(
            "check.more", severity=texts.label("severity", severity), count=found.more[severity]
        )
        for severity in Severity
        if found.more.get(severity)
    ]
    if not found.refuses():
        lines += [texts.text(f"remark.{each.problem}", **each.details) for each in found.statements]
    counts = {f"{severity}s": found.count(severity) for severity in Severity}
    done = texts.text("cli.check.done", **counts)
    if not found.refuses():
        done = texts.text("place.remedy", problem=done, remedy=texts.text("cli.check.ready"))
    return [*lines, done]


def problems_json(found: Examination, language: str) -> dict[str, Any]:
    """Return the problems as ``mangqu check --json`` prints them (docs/commands.md)."""
    answer: dict[str, Any] = {
        "problems": [_as_json(problem, language) for problem in found.problems],
        "remarks": [
            problem.line(language)
            for problem in found.problems
            if problem.severity is not Severity.ERROR
        ],
    }
    texts = catalogue(language)
    answer["statements"] = [
        {
            "statement": each.problem,
            "message": texts.text(f"remark.{each.problem}", **each.details),
            "details": each.details,
        }
        for each in found.statements
    ]
    unlisted = {str(severity): count for severity, count in found.more.items() if count}
    return {**answer, "more": unlisted} if unlisted else answer


def _as_json(problem: Problem, language: str) -> dict[str, Any]:
    entry: dict[str, Any] = {
        "problem": problem.problem,
        "severity": str(problem.severity),
        "table": problem.table,
        **problem.place(),
        "id": problem.id,
        "why": problem.why(language),
        "remedy": problem.remedy(language),
        "lon": problem.lon,
        "lat": problem.lat,
        "message": problem.line(language),
        "details": {
            name: _plain(value)
            for name, value in problem.details.items()
            # of what is worded only lists tell a machine more than the sentence does
            if name != "candidates" and (isinstance(value, tuple) or not isinstance(value, Worded))
        },
    }
    candidates = problem.details.get("candidates")
    if isinstance(candidates, (list, tuple)):
        entry["candidates"] = _plain(candidates)
    return entry


def _plain(value: object) -> object:
    """Return a value that JSON can hold."""
    if isinstance(value, dict):
        return {str(name): _plain(part) for name, part in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(part) for part in value]
    return value if value is None or isinstance(value, (bool, int, float)) else str(value)


def write_problems(found: Examination, path: Path) -> None:
    """Write the problems as points into a GeoPackage; those without a place have no point.

    Raises
    ------
    OutputError
        If the file's name does not end in ``.gpkg``, if it holds anything but such a layer, or
        if the place cannot be written.
    """
    if path.suffix.lower() != ".gpkg":
        raise OutputError("output_ending", path=str(path), known=".gpkg")
    refuse_foreign(path, (PROBLEMS,))
    with new_file(path) as aside:
        add_layer(_table(found), aside, PROBLEMS, "Point")
        embed_styles(aside)


def _table(found: Examination) -> gpd.GeoDataFrame:
    problems = found.problems
    texts = ("severity", "table", "file", "layer", "id", "column", "value", "problem")
    columns: dict[str, Any] = {
        name: pd.Series([getattr(each, name) or "" for each in problems], dtype="str")
        for name in texts
    }
    columns["row"] = pd.Series([each.row for each in problems], dtype="Int32")
    for said in ("why", "remedy"):
        for language in LANGUAGES:
            sentences = [getattr(each, said)(language) for each in problems]
            columns[f"{said}_{language}"] = pd.Series(sentences, dtype="str")
    order = ("severity", "table", "file", "layer", "row", "id", "column", "value", "problem")
    table = pd.DataFrame({name: columns[name] for name in (*order, *list(columns)[len(order) :])})
    points = [
        None if each.lon is None or each.lat is None else shapely.Point(each.lon, each.lat)
        for each in problems
    ]
    return gpd.GeoDataFrame(table, geometry=points, crs=WGS84)
