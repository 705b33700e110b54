"""Say once of a layer that none of its rows has a shape, and where the shapes may be."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import shapely

from gis.model.tables import TABLES
from gis.readers.cells import is_missing
from gis.readers.coordinates import with_coordinates
from gis.readers.raw import RawLayer

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    import pandas as pd

    from gis.errors import InputError
    from gis.layers.checking import Origin
    from gis.readers.raw import LayerFile

_DIMENSIONS = {"point": 0, "line": 1, "polygon": 2}

#: So many cells of a column are looked at.
_LOOKED_AT = 20


def without_shapes(
    frame: pd.DataFrame, origin: Origin, missing: Iterable[int], places: Collection[str] = ()
) -> list[InputError]:
    """Return an error for each row without a shape, or one for a layer that has none at all.

    Parameters
    ----------
    frame
        The rows, with the user's own columns as text.
    origin
        Where each row was read.
    missing
        Indices of the rows that lack a shape and need one.
    places
        Keys of the table of places, if the rows may name one.
    """
    wanting = np.zeros(len(frame), dtype=bool)
    wanting[list(missing)] = True
    source = np.array(origin.source, dtype=np.int64)
    errors = []
    for at, file in enumerate(origin.sources):
        own = np.flatnonzero(source == at)
        if len(own) and wanting[own].all():
            known = {column.name for column in TABLES[file.table].columns} | {"geometry"}
            texts = {str(name): list(frame[name].iloc[own]) for name in frame if name not in known}
            errors.append(shapeless(file, texts, places))
        else:
            errors += [origin.error(int(row), "geometry_missing") for row in own[wanting[own]]]
    return errors


def shapeless(
    file: LayerFile, columns: Mapping[str, list[object]], places: Collection[str] = ()
) -> InputError:
    """Return the error of a layer without shapes, with the column that seems to tell them.

    Parameters
    ----------
    file
        The layer, and what shapes are wanted of it.
    columns
        Cells by the name of their column.
    places
        As for :func:`without_shapes`.
    """
    filled = {
        name: [cell for cell in cells if not is_missing(cell)] for name, cells in columns.items()
    }
    for name, cells in filled.items():
        if _are_shapes(cells[:_LOOKED_AT], file):
            return file.error("geometry_in_column", name=name)
    for name, cells in filled.items():
        if cells and 2 * sum(str(cell) in places for cell in cells) > len(cells):
            return file.error("geometry_of_places", name=name)
    return file.error("geometry_missing_throughout", expected=file.wanted)


def _are_shapes(cells: list[object], file: LayerFile) -> bool:
    """Tell whether most cells write a shape of the kind that is wanted."""
    raw = RawLayer("", len(cells), {"": cells}, None, None, ())
    drawn = with_coordinates(raw, replace(file, coordinates={"wkt": ""})).geometry
    alike = shapely.get_dimensions(drawn) == _DIMENSIONS.get(file.wanted, -1)
    return bool(2 * np.count_nonzero(alike) > len(cells))
