"""What a reader hands on: the columns, shapes and coordinate system of one layer, unjudged."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import shapely

from gis.errors import InputError
from gis.readers.likeness import Known

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from gis.model.arrangement import GeometryArray

#: Most words that a suggestion lists when none is close.
_MOST_SUGGESTIONS = 12

#: What a format means that can have no other coordinate system.
WGS84_CODE = "EPSG:4326"

#: Characters that some reader takes for a command rather than for part of a name.
_UNSAFE_IN_NAMES = re.compile(r"[;|\x00-\x1f\x7f]")


@dataclass(frozen=True, slots=True)
class LayerFile:
    """A layer to be read.

    Parameters
    ----------
    path
        The file itself.
    shown
        How messages call it: as the user wrote it.
    layer
        Layer within the file, or ``""`` where there can be only one.
    encoding
        Stated text encoding, or ``""``.
    wanted
        ``"polygon"``, ``"line"`` or ``"point"`` where the rows are to have such a geometry: tells
        which columns of a table are coordinates, and what the lines of a drawing stand for.
    coordinates
        Columns that hold the coordinates, by what each holds (:mod:`gis.readers.coordinates`);
        empty where the names of the columns tell.
    table
        Table that the layer fills, or ``""`` where it fills none.
    above
        Number of rows of that table that stand before the layer's own.
    """

    path: Path
    shown: str
    layer: str = ""
    encoding: str = ""
    wanted: str = ""
    coordinates: dict[str, str] = field(default_factory=dict)
    table: str = ""
    above: int = 0

    @classmethod
    def for_messages(cls, shown: str, table: str = "") -> LayerFile:
        """Return a stand-in for a file that is named in messages and not read as a layer."""
        return cls(Path(shown), shown, table=table)

    def error(
        self, problem: str, *, row: int | None = None, column: str | None = None, **details: object
    ) -> InputError:
        """Return an error about this layer."""
        error = InputError(
            problem,
            file=self.shown,
            layer=self.layer or None,
            row=row,
            column=column,
            **details,
        )
        error.table = self.table or None
        error.index = None if row is None else self.above + row - 1
        return error

    def refusal(self, problem: str, row: int, details: dict[str, object]) -> InputError:
        """Return an error about a row, its details given as a dictionary."""
        error = self.error(problem, row=row)
        error.details.update(details)
        return error


class FileNote(NamedTuple):
    """Something about a file as a whole: ``remark.<problem>`` in the catalogues, and its values."""

    problem: str
    details: dict[str, object]


@dataclass(frozen=True, slots=True)
class RawLayer:
    """A layer as it stands in its file.

    Parameters
    ----------
    layer
        Name of the layer, ``""`` where the format has none.
    rows
        Number of rows; every column and ``geometry`` has this length.
    columns
        Values by column name, in the order of the file.
    geometry
        Shapely geometries or None, or None for a layer that has no geometry column at all.
    crs
        Coordinate system as the file states it, or None: an authority's code such as
        ``EPSG:4490``, well-known text, or PROJJSON.
    files
        Every file the layer consists of.
    broken
        What was wrong, by index of the row, where a shape could not be built.
    notes
        Remarks about the file as a whole.
    unclosed
        Rows of which a ring did not end where it began; it is closed in ``geometry``.
    """

    layer: str
    rows: int
    columns: dict[str, list[object]]
    geometry: GeometryArray | None
    crs: str | None
    files: tuple[Path, ...]
    broken: dict[int, str] = field(default_factory=dict)
    notes: tuple[FileNote, ...] = ()
    unclosed: frozenset[int] = frozenset()


def chosen_layer(there: dict[str, int], source: LayerFile) -> str:
    """Return the layer that is meant: the one that is named, or the only one that has rows.

    Parameters
    ----------
    there
        Number of rows by layer.
    source
        The file, and the layer named or ``""``.

    Raises
    ------
    InputError
        If the layer named is not there, or several have rows and none is named.
    """
    if source.layer:
        if source.layer not in there:
            raise source.error("layer_unknown", suggestion=suggestion(source.layer, there))
        return source.layer
    candidates = [name for name, rows in there.items() if rows] or list(there)
    if not candidates:
        raise source.error("layer_missing")
    if len(candidates) > 1:
        listed = " / ".join(candidates[:_MOST_SUGGESTIONS])
        more = " / …" if len(candidates) > _MOST_SUGGESTIONS else ""
        raise source.error("layer_not_named", layers=listed + more)
    return candidates[0]


def suggestion(word: str, known: Iterable[str]) -> str:
    """Return the known words closest to a mistyped one, or the first few where none is close."""
    return Known(known).closest(word)


def is_unsafe_name(name: str) -> bool:
    """Tell whether a file name holds something that a reader would act upon."""
    lowered = name.lower().lstrip("/")
    return bool(_UNSAFE_IN_NAMES.search(name)) or lowered.startswith("vsi") or "://" in lowered


def shapes_from_wkb(blobs: Sequence[bytes | None]) -> tuple[GeometryArray, dict[int, str]]:
    """Return the shapes that well-known binary describes, and by row what is wrong with the others.

    Parameters
    ----------
    blobs
        One per row, or None.

    Returns
    -------
    shapes
        Shapely geometries or None; shape (n,).
    broken
        What was wrong, by index, where a shape could not be built.
    """
    cells: GeometryArray = np.full(len(blobs), None, dtype=object)
    cells[:] = list(blobs)
    try:
        return np.asarray(shapely.from_wkb(cells), dtype=object), {}
    except (TypeError, NotImplementedError, shapely.errors.ShapelyError):
        # at least one is broken: find out which, row by row
        shapes: GeometryArray = np.full(len(blobs), None, dtype=object)
    broken: dict[int, str] = {}
    for at, blob in enumerate(blobs):
        try:
            shapes[at] = shapely.from_wkb(blob)
        except (TypeError, NotImplementedError, shapely.errors.ShapelyError) as error:
            broken[at] = str(error)
    return shapes, broken


def unique_columns(names: list[str], source: LayerFile) -> None:
    """Refuse a layer in which two columns have one name.

    Raises
    ------
    InputError
        If a name occurs twice.
    """
    seen: set[str] = set()
    for name in names:
        if name in seen:
            raise source.error("duplicate_column", column=name)
        seen.add(name)
