"""Everything that is wrong or doubtful with a project's inputs, each with its place and remedy."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

import numpy as np
import shapely

from gis.catalogue import catalogue
from gis.errors import InputError, InputErrors, MangquError, in_one_line, place_in_words
from gis.layers.doubts import nameless_districts, overlapping_terms, repeated_rows
from gis.layers.geometry_repair import REPAIRS
from gis.layers.read import read_tables
from gis.layers.refusals import shortlist
from gis.layers.unlikely_shapes import (
    beside_the_jurisdiction,
    outline,
    overlapping_districts,
    points_in_degrees,
    unlikely_sizes,
)
from gis.model.tables import TABLES
from gis.progress import silent

if TYPE_CHECKING:
    from datetime import date
    from pathlib import Path

    from gis.layers.crosschecks import Table
    from gis.layers.doubts import Doubt
    from gis.layers.read import Reading
    from gis.model.project import Remark
    from gis.progress import Progress


class Severity(StrEnum):
    """What a problem keeps from being done."""

    ERROR = "error"  # the project is refused
    WARNING = "warning"  # a person should look
    INFO = "info"  # a person should know


@dataclass(frozen=True, slots=True)
class Problem:
    """Something about the inputs that a person is told.

    Parameters
    ----------
    severity
        How grave it is.
    problem
        Key of its sentence: ``error.<problem>``, or ``remark.<problem>`` where it is no error.
    table, file, layer, row, id, column, value
        Where it is, as far as that is known; ``row`` counts from 1, ``id`` is the row's key.
    lon, lat
        A point there, WGS 84 degrees, or None.
    details
        Values that its sentences name.
    """

    severity: Severity
    problem: str
    table: str | None = None
    file: str | None = None
    layer: str | None = None
    row: int | None = None
    id: str | None = None
    column: str | None = None
    value: str | None = None
    lon: float | None = None
    lat: float | None = None
    details: dict[str, object] = field(default_factory=dict)

    def why(self, language: str) -> str:
        """Return the sentence that says what is wrong."""
        group = "error" if self.severity is Severity.ERROR else "remark"
        return catalogue(language).text(f"{group}.{self.problem}", **self.details)

    def remedy(self, language: str) -> str:
        """Return the sentence that says what mends it, ``""`` where there is nothing to mend."""
        if self.severity is Severity.INFO:
            return ""
        return MangquError(self.problem, **self.details).remedy(language)

    def line(self, language: str) -> str:
        """Return place, problem and remedy in one line."""
        texts = catalogue(language)
        unnamed = {
            part: value
            for part, value in self.place().items()
            if part not in self.details  # the sentence names it
        }
        where = place_in_words(unnamed, texts)
        sentence, remedy = self.why(language), self.remedy(language)
        if remedy:
            sentence = texts.text("place.remedy", problem=sentence, remedy=remedy)
        return in_one_line(
            texts.text("place.line", where=where, sentence=sentence) if where else sentence
        )

    def place(self) -> dict[str, str]:
        """Return file, layer, row, column and value, as far as they are known."""
        parts = {name: getattr(self, name) for name in ("file", "layer", "row", "column", "value")}
        return {name: str(value) for name, value in parts.items() if value not in {None, ""}}


@dataclass(frozen=True, slots=True)
class Examination:
    """What is wrong or doubtful with a project.

    Parameters
    ----------
    problems
        Errors first, then warnings, then the rest; each in the order of tables and rows.
    more
        By severity, how many more there are than are listed.
    statements
        How the project is reckoned, though nothing is wrong with that.
    """

    problems: tuple[Problem, ...]
    more: dict[Severity, int] = field(default_factory=dict)
    statements: tuple[Remark, ...] = ()

    def count(self, severity: Severity) -> int:
        """Return how many problems of a severity there are, listed or not."""
        listed = sum(problem.severity is severity for problem in self.problems)
        return listed + self.more.get(severity, 0)

    def refuses(self) -> bool:
        """Tell whether the project cannot be analysed."""
        return self.count(Severity.ERROR) > 0


def examine_project(
    folder: Path,
    *,
    today: date,
    repairs: frozenset[str] = REPAIRS,
    progress: Progress = silent,
) -> Examination:
    """Read a project and tell everything that is wrong or doubtful with it.

    Parameters
    ----------
    folder
        The project's folder, or the ``mangqu.toml`` in it.
    today
        Day asked about where the project names none.
    repairs
        What may be mended of a row's shape.
    progress
        Told how many rows of a layer have been read.
    """
    try:
        reading = read_tables(folder, today=today, repairs=repairs, progress=progress)
    except InputErrors as errors:
        found = [_of_error(error) for error in errors.errors]
        return Examination(tuple(found), {Severity.ERROR: errors.more})
    except InputError as error:
        return Examination((_of_error(error),))
    refused, more = reading.refusals.shortlist()
    doubts, further = shortlist(_doubts(reading), lambda doubt: (doubt.table, doubt.problem))
    remarks, unlisted = shortlist(
        list(reading.remarks), lambda remark: (remark.file, remark.layer, remark.problem)
    )
    places = _Places(reading)
    problems = [
        *(_of_error(error, places) for error in refused),
        *(_of_doubt(doubt, places) for doubt in doubts),
        *(_of_remark(remark, places) for remark in remarks),
    ]
    rank = list(Severity)
    problems.sort(key=lambda problem: rank.index(problem.severity))
    return Examination(
        tuple(problems),
        {Severity.ERROR: more, Severity.WARNING: further, Severity.INFO: unlisted},
        reading.statements,
    )


#: Doubts that are normal and yet worth knowing.
_NORMAL = frozenset({"mostly_outside_jurisdiction"})

#: Remarks of the readers that a person should act upon.
_GRAVE = frozenset({"reprojected_roughly"})


def _doubts(reading: Reading) -> list[Doubt]:
    tables, jurisdiction = reading.tables, reading.tables["jurisdiction"]
    limit = outline(jurisdiction)
    return [
        *repeated_rows(tables),
        *overlapping_terms(tables["claims"]),
        *nameless_districts(jurisdiction),
        *overlapping_districts(jurisdiction, limit, reading.crs),
        *beside_the_jurisdiction(tables, limit),
        *unlikely_sizes(tables, limit, reading.settings, reading.crs),
    ]


class _Places:
    """Finds the key of a row and a point on its shape."""

    def __init__(self, reading: Reading) -> None:
        self._reading = reading

    def table(self, name: str) -> Table:
        """Return a table."""
        return self._reading.tables[name]

    def key(self, table: str, at: int) -> str | None:
        """Return the key of a row."""
        keys = self.table(table).frame[TABLES[table].key]
        return str(keys.iloc[at]) if at < len(keys) else None

    def point(self, table: str, at: int) -> tuple[float, float] | None:
        """Return the longitude and latitude of a point on a row's shape, or None."""
        frame = self.table(table).frame
        if not TABLES[table].geometry or at >= len(frame):
            return None
        shape = frame.geometry.iloc[at]
        return None if shape is None else self.degrees(shapely.point_on_surface(shape))

    def degrees(self, point: shapely.Point) -> tuple[float, float] | None:
        """Return the longitude and latitude of a point in the working coordinate system."""
        lon, lat = points_in_degrees(np.array([point], dtype=object), self._reading.crs)[0]
        if not (np.isfinite(lon) and np.isfinite(lat)):
            return None
        return round(float(lon), 7), round(float(lat), 7)

    def above(self, remark: Remark) -> int | None:
        """Return how many rows of its table stand before those of a remark's layer."""
        if remark.table not in self._reading.tables:
            return None
        for source in self.table(remark.table).origin.sources:
            if (source.shown, source.layer) == (remark.file, remark.layer):
                return source.above
        return None


def _of_error(error: InputError, places: _Places | None = None) -> Problem:
    details = error.details
    at = _place_told(details)
    key = None
    if places is not None and error.table in TABLES and error.index is not None:
        key = places.key(error.table, error.index)
        at = at or places.point(error.table, error.index)
    longitude, latitude = at or (None, None)
    return Problem(
        Severity.ERROR,
        error.problem,
        table=error.table,
        file=error.file,
        layer=error.layer,
        row=error.row,
        id=key,
        column=error.column,
        value=None if error.value is None else str(error.value),
        lon=longitude,
        lat=latitude,
        details=details,
    )


def _place_told(details: dict[str, object]) -> tuple[float, float] | None:
    """Return the place that was found together with a problem, as of an invalid polygon."""
    lon, lat = details.get("lon"), details.get("lat")
    return (lon, lat) if isinstance(lon, float) and isinstance(lat, float) else None


def _of_doubt(doubt: Doubt, places: _Places) -> Problem:
    table = places.table(doubt.table)
    source = table.origin.sources[table.origin.source[doubt.at]]
    at = places.point(doubt.table, doubt.at)
    if doubt.place is not None:
        at = places.degrees(doubt.place) or at
    lon, lat = at or (None, None)
    return Problem(
        Severity.INFO if doubt.problem in _NORMAL else Severity.WARNING,
        doubt.problem,
        table=doubt.table,
        file=source.shown,
        layer=source.layer or None,
        row=table.origin.row[doubt.at],
        id=places.key(doubt.table, doubt.at),
        column=doubt.column,
        lon=lon,
        lat=lat,
        details=doubt.details,
    )


def _of_remark(remark: Remark, places: _Places) -> Problem:
    above = places.above(remark)
    key = at = None
    if remark.row and above is not None:
        key = places.key(remark.table, above + remark.row - 1)
        at = _place_told(remark.details) or places.point(remark.table, above + remark.row - 1)
    lon, lat = at or (None, None)
    column = remark.details.get("column")
    return Problem(
        Severity.WARNING if remark.problem in _GRAVE else Severity.INFO,
        remark.problem,
        table=remark.table or None,
        file=remark.file,
        layer=remark.layer or None,
        row=remark.row or None,
        id=key,
        column=None if column is None else str(column),
        lon=lon,
        lat=lat,
        details=remark.details,
    )
