"""The columns of a table as plain values of one kind each, from which every format is written."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import dataclass, replace
from enum import StrEnum
from numbers import Integral, Real
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd

from gis.errors import OutputError

if TYPE_CHECKING:
    from collections.abc import Callable

    from pyproj import CRS

    from gis.model.arrangement import GeometryArray
    from gis.writers.notes import Notes


class Kind(StrEnum):
    """What the values of a column are, besides missing."""

    TEXT = "text"
    INTEGER = "integer"
    NUMBER = "number"
    BOOLEAN = "boolean"
    DAY = "day"
    MOMENT = "moment"
    LIST = "list"


@dataclass(frozen=True, slots=True)
class Field:
    """A column.

    Parameters
    ----------
    name
        Its name, a text without NUL.
    kind
        Decides what ``cells`` holds: ``str``, ``int``, ``float`` (never NaN), ``bool``,
        ``date``, ``datetime`` or a tuple of these; None where a value is missing.
    cells
        One a row.
    """

    name: str
    kind: Kind
    cells: list[Any]

    def renamed(self, name: str) -> Field:
        """Return the column under another name."""
        return replace(self, name=name)

    def as_text(self, written: Callable[[Any], str]) -> Field:
        """Return the column as texts, missing values left missing."""
        texts = [None if value is None else written(value) for value in self.cells]
        return Field(self.name, Kind.TEXT, texts)


@dataclass(frozen=True, slots=True)
class Layer:
    """A table ready to be written.

    Parameters
    ----------
    name
        Name of the layer.
    fields
        Its columns in order, without the geometry.
    shapes
        One a row, None where there is none; None for a table without geometry.
    crs
        Coordinate system of the shapes, if it is known.
    rows
        Number of rows.
    """

    name: str
    fields: tuple[Field, ...]
    shapes: GeometryArray | None
    crs: CRS | None
    rows: int


def plain_layer(name: str, table: pd.DataFrame, notes: Notes) -> Layer:
    """Return a table as plain columns.

    Parameters
    ----------
    name
        Name of the layer.
    table
        Rows, with or without geometry; not changed.
    notes
        Told of columns of several kinds.

    Raises
    ------
    OutputError
        If a value is of a kind that no format holds, a text holds NUL or half a character, or
        two columns have the same name.
    """
    _refuse_unwritable(name, layer=name, row=0, column="")
    drawn = isinstance(table, gpd.GeoDataFrame) and table.active_geometry_name is not None
    geometry = table.geometry.name if drawn else None
    shapes = table.geometry.to_numpy() if drawn else None
    fields: list[Field] = []
    for position, label in enumerate(table.columns):
        if label == geometry:
            continue
        if any(field.name == str(label) for field in fields):
            raise OutputError("columns_alike", layer=name, column=str(label))
        _refuse_unwritable(str(label), layer=name, row=0, column=str(label))
        fields.append(_field(name, str(label), table.iloc[:, position], notes))
    crs: CRS | None = table.crs if isinstance(table, gpd.GeoDataFrame) and drawn else None
    return Layer(name, tuple(fields), shapes, crs, len(table))


def _field(layer: str, name: str, column: pd.Series[Any], notes: Notes) -> Field:
    values = [
        _plain(value, layer=layer, row=row, column=name)
        for row, value in enumerate(column.astype(object).tolist(), start=1)
    ]
    kinds = {_kind_of(value) for value in values if value is not None}
    if not kinds:
        return Field(name, _declared(column), values)
    if kinds == {Kind.INTEGER, Kind.NUMBER}:
        return Field(name, Kind.NUMBER, [None if v is None else float(v) for v in values])
    if kinds == {Kind.DAY, Kind.MOMENT}:
        moments = [_midnight(value) if type(value) is dt.date else value for value in values]
        return Field(name, Kind.MOMENT, moments)
    if len(kinds) > 1:
        notes.add("mixed_as_text", layer=layer, column=name)
        return Field(name, Kind.TEXT, values).as_text(text_of)
    (kind,) = kinds
    # pandas has no type for days: a column of midnights is one
    if kind == Kind.MOMENT and all(value is None or _is_midnight(value) for value in values):
        return Field(name, Kind.DAY, [None if v is None else v.date() for v in values])
    return Field(name, kind, values)


def _plain(value: object, **place: Any) -> Any:  # noqa: ANN401 - any value of a table
    """Return a value as Python's own, or None where it is missing."""
    if isinstance(value, np.ndarray):
        value = value.tolist()
    if isinstance(value, (list, tuple, set, frozenset)):
        items = sorted(value, key=str) if isinstance(value, (set, frozenset)) else value
        return tuple(_plain(item, **place) for item in items)
    if isinstance(value, dict):
        value = json.dumps(value, ensure_ascii=False, default=str)
    if isinstance(value, str):
        _refuse_unwritable(value, **place)
        return str(value)
    if value is None or value is pd.NaT or value is pd.NA:
        return None
    if isinstance(value, pd.Timestamp):
        return value.to_pydatetime(warn=False)
    if isinstance(value, dt.date):  # a moment too
        return value
    return _plain_number(value, **place)


def _plain_number(value: object, **place: Any) -> bool | int | float | None:  # noqa: ANN401
    if isinstance(value, (bool, np.bool_)):
        return bool(value)
    if isinstance(value, Integral):
        return int(value)
    if isinstance(value, Real):
        number = float(value)
        return None if np.isnan(number) else number
    raise OutputError("value_unwritable", kind=type(value).__name__, **place)


def _refuse_unwritable(text: str, **place: Any) -> None:  # noqa: ANN401
    if "\0" not in text:
        try:
            text.encode()
        except UnicodeEncodeError:
            pass
        else:
            return
    raise OutputError("text_unwritable", **place)


_KINDS: dict[type, Kind] = {
    str: Kind.TEXT,
    int: Kind.INTEGER,
    float: Kind.NUMBER,
    bool: Kind.BOOLEAN,
    dt.date: Kind.DAY,
    tuple: Kind.LIST,
}


def _kind_of(value: object) -> Kind:
    return _KINDS.get(type(value), Kind.MOMENT)


def _declared(column: pd.Series[Any]) -> Kind:
    """Return the kind of a column in which every value is missing."""
    if pd.api.types.is_bool_dtype(column):
        return Kind.BOOLEAN
    if pd.api.types.is_integer_dtype(column):
        return Kind.INTEGER
    if pd.api.types.is_float_dtype(column):
        return Kind.NUMBER
    return Kind.DAY if pd.api.types.is_datetime64_any_dtype(column) else Kind.TEXT


def _is_midnight(value: dt.datetime) -> bool:
    return value.tzinfo is None and value.time() == dt.time()


def _midnight(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day, dt.time())


def in_utc(value: dt.datetime) -> dt.datetime:
    """Return a moment without its zone: in UTC, or as it is where no zone was stated."""
    return value if value.tzinfo is None else value.astimezone(dt.UTC).replace(tzinfo=None)


#: Joins what a list holds where a format has no lists.
LIST_COMMA = "、"


def text_of(value: Any) -> str:  # noqa: ANN401 - any plain value
    """Return a plain value as a person writes it; days as ISO text, lists joined with 、."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (dt.date, dt.datetime)):
        return value.isoformat()
    if isinstance(value, tuple):
        return LIST_COMMA.join("" if item is None else text_of(item) for item in value)
    return str(value)
