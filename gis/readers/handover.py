"""Hand a layer from the process that read it to the one that asked, in a folder of plain files.

Nothing that is handed over can name code: shapes go as well-known binary, all else as JSON, and the
asking process takes it as from a stranger.
"""

from __future__ import annotations

import json
from base64 import b64decode, b64encode
from datetime import date, datetime, time
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from gis.errors import InputError, MangquError, MissingPartError
from gis.readers.raw import FileNote, RawLayer

if TYPE_CHECKING:
    from collections.abc import Callable

    from gis.model.arrangement import GeometryArray

_HEAD, _COLUMNS, _SHAPES, _LENGTHS = "head.json", "columns.json", "shapes.wkb", "lengths.i64"
_NO_SHAPE = -1

#: Kinds of value that JSON has no word for, by name: how each is written and read.
_WRITTEN: dict[type, tuple[str, Callable[[Any], str]]] = {
    datetime: ("moment", datetime.isoformat),
    date: ("day", date.isoformat),
    time: ("clock", time.isoformat),
    bytes: ("bytes", lambda value: b64encode(value).decode("ascii")),
    Decimal: ("decimal", str),
}
_READ: dict[str, Callable[[str], object]] = {
    "moment": datetime.fromisoformat,
    "day": date.fromisoformat,
    "clock": time.fromisoformat,
    "bytes": b64decode,
    "decimal": Decimal,
}
_PLAIN = (str, int, float, bool, list, dict, type(None))


def write_layer(raw: RawLayer, folder: Path) -> None:
    """Write a layer into an empty folder."""
    head = {
        "layer": raw.layer,
        "rows": raw.rows,
        "crs": raw.crs,
        "files": [str(path) for path in raw.files],
        "unclosed": sorted(raw.unclosed),
        "broken": [[row, why] for row, why in raw.broken.items()],
        "notes": [list(note) for note in raw.notes],
        "shapes": raw.geometry is not None,
    }
    if raw.geometry is not None:
        _write_shapes(raw.geometry, folder)
    columns = [[name, *_split(values)] for name, values in raw.columns.items()]
    _write_json(columns, folder / _COLUMNS)
    _write_json(head, folder / _HEAD)


def read_layer(folder: Path) -> RawLayer:
    """Read the layer that another process has written.

    Raises
    ------
    ValueError, TypeError, KeyError, IndexError, OSError
        If it has not been written as :func:`write_layer` does.
    """
    for name in (_HEAD, _COLUMNS, _SHAPES, _LENGTHS):
        place = folder / name
        if place.is_symlink() or (place.exists() and not place.is_file()):
            raise ValueError(f"{name} is no file")  # a pipe would be waited for
    head = _read_json(folder / _HEAD)
    rows = int(head["rows"])
    columns = {
        str(name): _joined(values, odd) for name, values, odd in _read_json(folder / _COLUMNS)
    }
    geometry = _read_shapes(folder) if head["shapes"] else None
    lengths = {len(values) for values in columns.values()}
    if lengths - {rows} or (geometry is not None and len(geometry) != rows):
        raise ValueError("columns of unequal length")
    return RawLayer(
        layer=str(head["layer"]),
        rows=rows,
        columns=columns,
        geometry=geometry,
        crs=None if head["crs"] is None else str(head["crs"]),
        files=tuple(Path(name) for name in head["files"]),
        broken={int(row): str(why) for row, why in head["broken"]},
        unclosed=frozenset(int(row) for row in head["unclosed"]),
        notes=tuple(FileNote(str(problem), dict(details)) for problem, details in head["notes"]),
    )


def error_as_json(error: MangquError) -> dict[str, Any]:
    """Return an error as a dictionary from which :func:`error_of_json` makes it anew."""
    place = {}
    if isinstance(error, InputError):
        place = {name: getattr(error, name) for name in _PLACE}
    return {
        "kind": type(error).__name__,
        "problem": error.problem,
        "details": error.details,
        "place": place,
    }


_PLACE = ("file", "layer", "row", "column", "value")


def error_of_json(document: dict[str, Any]) -> MangquError:
    """Return the error that a dictionary describes."""
    details = {str(name): value for name, value in document["details"].items()}
    if document["kind"] == MissingPartError.__name__:
        return MissingPartError(str(document["problem"]), **details)
    error = InputError(str(document["problem"]))
    error.details = details
    for name in _PLACE:
        setattr(error, name, document["place"].get(name))
    return error


def _write_shapes(geometry: GeometryArray, folder: Path) -> None:
    blobs = shapely.to_wkb(geometry, output_dimension=4)
    lengths = np.fromiter(
        (_NO_SHAPE if blob is None else len(blob) for blob in blobs), np.int64, len(blobs)
    )
    lengths.tofile(folder / _LENGTHS)
    with (folder / _SHAPES).open("wb") as file:
        file.writelines(blob for blob in blobs if blob is not None)


def _read_shapes(folder: Path) -> GeometryArray:
    lengths = np.fromfile(folder / _LENGTHS, dtype=np.int64)
    binary = (folder / _SHAPES).read_bytes()
    held = np.maximum(lengths, 0)
    if int(held.sum()) != len(binary):
        raise ValueError("shapes of other lengths")
    ends = np.cumsum(held).tolist()
    starts = [0, *ends[:-1]]
    blobs: GeometryArray = np.full(len(lengths), None, dtype=object)
    for at in np.flatnonzero(lengths >= 0).tolist():
        blobs[at] = binary[starts[at] : ends[at]]
    # coordinates that are no numbers are refused later, by row
    with np.errstate(invalid="ignore"):
        return np.asarray(shapely.from_wkb(blobs), dtype=object)


def _split(values: list[object]) -> tuple[list[object], list[list[object]]]:
    """Return values that JSON can write, and by row those that it cannot, each with its kind."""
    odd: list[list[object]] = []
    plain = values
    for row, value in enumerate(values):
        if isinstance(value, _PLAIN):
            continue
        if plain is values:
            plain = list(values)
        plain[row] = None
        kind, written = next(
            (_WRITTEN[base] for base in type(value).__mro__ if base in _WRITTEN), ("", str)
        )
        if kind:
            odd.append([row, kind, written(value)])
        else:
            plain[row] = str(value)
    return plain, odd


def _joined(values: list[object], odd: list[list[Any]]) -> list[object]:
    for row, kind, written in odd:
        values[row] = _READ[kind](written)
    return values


def _write_json(document: object, path: Path) -> None:
    # a date within a list of a Parquet file becomes text, as it would when shown
    path.write_text(json.dumps(document, default=str), encoding="ascii")


def _read_json(path: Path) -> Any:  # noqa: ANN401 - whatever JSON holds
    return json.loads(path.read_text(encoding="ascii"))
