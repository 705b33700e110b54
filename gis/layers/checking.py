"""Bring a layer's columns into the form its table declares, and name every row that resists."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from gis.layers.dates import (
    as_day,
    as_end,
    as_first_day,
    as_last_day,
    as_moment,
    is_last_of_month,
    unusual_manner,
)
from gis.layers.refusals import Kind
from gis.layers.values import RefusedValueError, as_accuracy, as_list, as_number
from gis.layers.words import ZONE_KINDS, Offered, closest_words, our_word
from gis.model.tables import ColumnKind
from gis.readers.cells import as_text, is_missing
from gis.readers.raw import FileNote, suggestion

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from gis.errors import InputError
    from gis.layers.project_file import LayerDeclaration
    from gis.layers.refusals import Refusals
    from gis.model.tables import Column, TableSchema
    from gis.readers.raw import LayerFile, RawLayer

_PROBLEMS = {
    ColumnKind.TEXT: "value_wrong",
    ColumnKind.NUMBER: "number_wrong",
    ColumnKind.DATE: "date_wrong",
    ColumnKind.LIST: "list_wrong",
    ColumnKind.CHOICE: "choice_wrong",
}


#: Of all dates only those of cases tell more than a day, and the two ends of a period may be told
#: roughly.
_DATES: dict[str, Callable[[object], object]] = {
    "reported_at": as_moment,
    "at": as_moment,
    "valid_from": as_first_day,
    "valid_to": as_end,
}


@dataclass(frozen=True, slots=True)
class Origin:
    """Where each row of a table was read.

    Parameters
    ----------
    sources
        The layers, in the order in which they were stacked.
    source
        Index into ``sources`` for each row.
    row
        Number of the row in its layer, from 1.
    """

    sources: tuple[LayerFile, ...]
    source: tuple[int, ...]
    row: tuple[int, ...]

    def error(
        self,
        at: int,
        problem: str,
        *,
        column: str | None = None,
        value: object = None,
        **details: object,
    ) -> InputError:
        """Return an error about the table's row ``at``, counted from 0."""
        error = self.sources[self.source[at]].error(
            problem, row=self.row[at], column=column, **details
        )
        error.value = value
        return error

    @classmethod
    def stacked(cls, sources: Sequence[tuple[LayerFile, int]]) -> Origin:
        """Return the origin of layers laid one under the other, each with its number of rows."""
        return cls(
            tuple(source for source, _ in sources),
            tuple(at for at, (_, rows) in enumerate(sources) for _ in range(rows)),
            tuple(row for _, rows in sources for row in range(1, rows + 1)),
        )


@dataclass(frozen=True, slots=True)
class Conformed:
    """The columns of a layer in the form of its table.

    Parameters
    ----------
    frame
        Every column of the schema but a key left out, then the user's own as text.
    notes
        What was read in a way that a person should know of.
    """

    frame: pd.DataFrame
    notes: tuple[FileNote, ...]


def conform(
    raw: RawLayer,
    declaration: LayerDeclaration,
    schema: TableSchema,
    source: LayerFile,
    errors: Refusals,
) -> Conformed:
    """Return a layer's columns under our names and of our kinds.

    Parameters
    ----------
    raw
        The layer as read.
    declaration
        Which of its columns are ours, and what holds for every row.
    schema
        The table it fills.
    source
        The layer, for messages.
    errors
        What is wrong with the values is added here.
    """
    taken = _theirs_by_ours(raw, declaration, schema, source, errors)
    columns: dict[str, object] = {}
    notes: list[FileNote] = []
    dates = _DATES | ({"valid_to": as_last_day} if declaration.valid_to_inclusive else {})
    for column in schema.columns:
        if column.name in declaration.constants:
            values: list[object] = [declaration.constants[column.name]] * raw.rows
        elif column.name in taken:
            values = raw.columns[taken[column.name]]
        else:
            if column.required and column.name not in declaration.columns:
                hint = suggestion(column.name, raw.columns) or "-"
                errors.add([source.error("column_missing", column=column.name, suggestion=hint)])
            empty = _converter(column, dates)(None)
            columns[column.name] = _series([empty] * raw.rows, column.kind)
            continue
        read = _converted(values, column, _converter(column, dates), source, errors)
        columns[column.name] = read
        if column.kind is ColumnKind.DATE:
            notes += _unusual_dates(values, read, column)
        if column.name == "valid_to":
            notes += _meaning_of_ends(read, declaration.valid_to_inclusive)
    if schema.name == "zones":
        columns["kind"], told = _known_zone_kinds(pd.Series(columns["kind"], dtype="str"))
        notes += told
    own = {column.name.lower() for column in schema.columns} | {"geometry"}
    for name, values in raw.columns.items():
        if name not in taken.values() and name.lower() not in own:
            columns[name] = pd.Series([as_text(value) for value in values], dtype="str")
    frame = pd.DataFrame(columns, index=pd.RangeIndex(raw.rows))
    errors.add(_reversed_periods(frame, source, 1 if declaration.valid_to_inclusive else 0))
    return Conformed(frame, tuple(notes))


def number_rows(frame: pd.DataFrame, schema: TableSchema, origin: Origin) -> list[InputError]:
    """Fill in the keys that a source left out, in place, and return those that occur twice."""
    keys = [
        key or f"{schema.key_prefix}{at:06d}" for at, key in enumerate(frame[schema.key], start=1)
    ]
    frame[schema.key] = pd.Series(keys, dtype="str")
    errors = []
    first: dict[str, int] = {}
    for at, key in enumerate(keys):
        if key in first:
            errors.append(origin.error(at, "key_repeated", column=schema.key, value=key))
        first.setdefault(key, at)
    return errors


def empty_columns(schema: TableSchema) -> pd.DataFrame:
    """Return the columns of a table without rows, each of its kind."""
    return pd.DataFrame(
        {column.name: _series([], column.kind) for column in schema.columns},
        index=pd.RangeIndex(0),
    )


def blank_rows(schema: TableSchema, count: int) -> pd.DataFrame:
    """Return rows of a table that state nothing: defaults, blanks and numbered keys."""
    frame = empty_columns(schema).reindex(range(count))
    for column in schema.columns:
        if column.kind in {ColumnKind.TEXT, ColumnKind.CHOICE}:
            frame[column.name] = pd.Series([column.default] * count, dtype="str")
    keys = [f"{schema.key_prefix}{number:06d}" for number in range(1, count + 1)]
    frame[schema.key] = pd.Series(keys, dtype="str")
    return frame


def _theirs_by_ours(
    raw: RawLayer,
    declaration: LayerDeclaration,
    schema: TableSchema,
    source: LayerFile,
    errors: Refusals,
) -> dict[str, str]:
    """Return the file's name of each column: as mapped, else of the same name in any case."""
    taken: dict[str, str] = {}
    by_lower: dict[str, str] = {}
    for name in raw.columns:
        by_lower.setdefault(name.lower(), name)
    for column in schema.columns:
        ours = column.name
        theirs = declaration.columns.get(ours)
        if theirs is None:
            # Shapefile and database programs change the case of names
            same = ours if ours in raw.columns else by_lower.get(ours)
            if same is not None and same not in declaration.columns.values():
                taken[ours] = same
        elif theirs in raw.columns:
            taken[ours] = theirs
        else:
            taken.pop(ours, None)
            hint = suggestion(theirs, raw.columns) or "-"
            errors.add(
                [source.error("column_mapped_missing", column=theirs, ours=ours, suggestion=hint)]
            )
    return taken


def _converted(
    values: list[object],
    column: Column,
    converter: Callable[[object], object],
    source: LayerFile,
    errors: Refusals,
) -> pd.Series:
    empty = converter(None)
    converted: list[object] = []
    for row, value in enumerate(values, start=1):
        if is_missing(value) or value == []:
            converted.append(empty)
            if column.required and not errors.passes_over(_kind("value_missing", column, source)):
                errors.add([source.error("value_missing", row=row, column=column.name)])
            continue
        try:
            converted.append(converter(value))
        except ValueError as refused:
            converted.append(empty)
            problem = _problem_of(refused, column)
            if not errors.passes_over(_kind(problem, column, source)):
                errors.add([_wrong_value(problem, value, row, column, source, refused)])
    return _series(converted, column.kind)


def _kind(problem: str, column: Column, source: LayerFile) -> Kind:
    return Kind(source.shown, source.layer or None, problem, column.name)


def _problem_of(refused: ValueError, column: Column) -> str:
    return refused.problem if isinstance(refused, RefusedValueError) else _PROBLEMS[column.kind]


def _wrong_value(
    problem: str, value: object, row: int, column: Column, source: LayerFile, refused: ValueError
) -> InputError:
    details: dict[str, object] = {}
    if isinstance(refused, RefusedValueError):
        details = refused.details
    elif column.kind is ColumnKind.CHOICE:
        details = {"choices": Offered(column.choices)}
    error = source.error(problem, row=row, column=column.name)
    error.details.update(details)
    error.value = as_text(value)
    return error


def _known_zone_kinds(kinds: pd.Series) -> tuple[pd.Series, list[FileNote]]:
    """Return kinds of zones with our words for those we know, and a note for each other word."""
    ours = {word: our_word(word, ZONE_KINDS) for word in kinds.unique() if word}
    own = kinds[[ours.get(word, word) is None for word in kinds]]
    notes = [
        FileNote(
            "zone_kind_own",
            {
                "column": "kind",
                "word": word,
                "rows": rows,
                "closest": Offered(closest_words(word, ZONE_KINDS)),
            },
        )
        for word, rows in Counter(own).items()
    ]
    named = [ours.get(word) or word for word in kinds]
    return _series(list(named), ColumnKind.TEXT), notes


#: The remark on dates of which none is kept.
_ENDLESS = "dates_endless"


def _unusual_dates(values: list[object], read: pd.Series, column: Column) -> list[FileNote]:
    """Return a note for each unusual way in which dates of a column are written and understood."""
    manners = Counter(
        manner
        for value, missing in zip(values, read.isna(), strict=True)
        if (manner := unusual_manner(value)) and missing == (manner == _ENDLESS)
    )
    if column.name == "valid_to":
        del manners["dates_of_months"]  # its last day is meant, or it is refused
    else:
        del manners[_ENDLESS]  # such a word is refused elsewhere
    return [
        FileNote(manner, {"column": column.name, "rows": rows})
        for manner, rows in sorted(manners.items())
    ]


def _meaning_of_ends(ends: pd.Series, inclusive: bool | None) -> list[FileNote]:  # noqa: FBT001 - a statement of the user, with a third value
    """Return a note on how ends of periods are understood, where it was said or may be wrong."""
    days = ends.dropna().to_numpy()
    rows: dict[str, object] = {"column": "valid_to", "rows": len(days)}
    if len(days) == 0 or inclusive is False:
        return []
    if inclusive:
        return [FileNote("valid_to_inclusive", rows)]
    whole_months = all(is_last_of_month(day) for day in np.unique(days))
    return [FileNote("valid_to_read_as_end", rows)] if whole_months else []


def _converter(
    column: Column, dates: dict[str, Callable[[object], object]]
) -> Callable[[object], object]:
    match column.kind:
        case ColumnKind.NUMBER:
            return as_accuracy if column.name == "accuracy_m" else as_number
        case ColumnKind.DATE:
            return dates.get(column.name, as_day)
        case ColumnKind.LIST:
            return as_list
        case ColumnKind.CHOICE:
            return lambda value: _choice(value, column)
        case _:
            return lambda value: _text(value, column.default)


def _text(value: object, default: str) -> str:
    text = as_text(value)
    if "\0" in text or isinstance(value, bytes):
        raise ValueError(value)
    return text or default


def _choice(value: object, column: Column) -> str:
    word = as_text(value)
    if not word:
        return column.default
    named = our_word(word, column.choices)
    if named is None:
        raise ValueError(value)
    return named


def _series(values: list[object], kind: ColumnKind) -> pd.Series:
    match kind:
        case ColumnKind.NUMBER:
            return pd.Series(values, dtype="float64")
        case ColumnKind.DATE:
            return pd.Series(np.array(values, dtype="datetime64[s]"))
        case ColumnKind.LIST:
            return pd.Series(values, dtype="object")
        case _:
            return pd.Series([str(value) for value in values], dtype="str")


def _reversed_periods(frame: pd.DataFrame, source: LayerFile, days_added: int) -> list[InputError]:
    """Return the rows that end before they begin, each with its end as it was written."""
    if "valid_to" not in frame:
        return []
    start = frame["valid_from"] if "valid_from" in frame else frame["signed_on"]
    wrong = np.flatnonzero((start >= frame["valid_to"]).to_numpy())
    errors = []
    for at in wrong:
        error = source.error("period_reversed", row=int(at) + 1, column="valid_to")
        written = frame["valid_to"].iloc[at] - pd.Timedelta(days=days_added)
        error.value = str(written)[:10]
        errors.append(error)
    return errors


def fill_accuracy(frame: pd.DataFrame, accuracy_m: float | None) -> None:
    """Give rows that state no accuracy that of their layer, in place."""
    if accuracy_m is not None and not math.isnan(accuracy_m) and "accuracy_m" in frame:
        frame["accuracy_m"] = frame["accuracy_m"].fillna(accuracy_m)
