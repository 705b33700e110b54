"""Digests of tables: equal exactly if every value and every geometry is."""

from __future__ import annotations

import hashlib
import json
import math
from json.encoder import encode_basestring
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import shapely

from gis.model.run import LIST_COLUMNS, list_as_json
from gis.model.tables import TABLES, ColumnKind

if TYPE_CHECKING:
    from gis.model.arrangement import GeometryArray


def digest(name: str, table: pd.DataFrame) -> dict[str, Any]:
    """Return the number of rows and a SHA-256 over every value and geometry of a table.

    Equal tables have equal digests before and after a round trip through a file.
    """
    columns = sorted(str(column) for column in table.columns)
    hashed = hashlib.sha256("\x1f".join(columns).encode())
    for column in columns:
        texts = canonical(name, table, column)
        if texts:
            hashed.update(b"\x1e".join(texts))
            hashed.update(b"\x1e")
        hashed.update(b"\x1d")
    return {"rows": len(table), "sha256": hashed.hexdigest()}


def canonical(name: str, table: pd.DataFrame, column: str) -> list[bytes]:
    """Return a column's values as bytes that are equal exactly if the values are."""
    values = table[column]
    if column == "geometry":
        return _shapes(values.to_numpy())
    if is_list_column(name, column):
        return [list_as_json(value).encode() for value in values]
    if pd.api.types.is_datetime64_any_dtype(values.dtype):
        return _moments(values)
    if pd.api.types.is_float_dtype(values.dtype):
        return [b"" if math.isnan(value) else value.hex().encode() for value in values.tolist()]
    if pd.api.types.infer_dtype(values, skipna=False) != "string":
        return [json.dumps(value, ensure_ascii=False).encode() for value in values.tolist()]
    return _texts(values)


def _moments(values: pd.Series[Any]) -> list[bytes]:
    # the same moment, whichever unit a file keeps it in; midnight is the day alone
    moments = values.to_numpy().astype("datetime64[us]")
    days = moments.astype("datetime64[D]")
    texts = np.where(
        days == moments, np.datetime_as_string(days), np.datetime_as_string(moments)
    ).astype("S26")
    texts[np.isnat(moments)] = b""
    return [bytes(text) for text in texts.tolist()]


def _texts(values: pd.Series[Any]) -> list[bytes]:
    # few texts, told many times
    codes, distinct = pd.factorize(values)
    texts_of = [encode_basestring(text).encode() for text in distinct.tolist()]
    return [texts_of[code] for code in codes.tolist()]


def is_list_column(name: str, column: str) -> bool:
    """Tell whether a column of a run's table holds tuples of text."""
    schema = TABLES.get(name)
    declared = schema.column(column) if schema is not None else None
    if declared is not None and declared.kind == ColumnKind.LIST:
        return True
    return column in LIST_COLUMNS.get(name, ())


def _shapes(shapes: GeometryArray) -> list[bytes]:
    """Return the parts of each shape, as files may make a single part of a collection or back."""
    parts, row = shapely.get_parts(np.asarray(shapes, dtype=object), return_index=True)
    binary = shapely.to_wkb(parts, byte_order=1, output_dimension=2).tolist()
    joined = [b""] * len(shapes)
    for at, part in zip(row.tolist(), binary, strict=True):
        joined[at] += part
    return joined
