"""CSV that spreadsheets open without harm: UTF-8 with its mark, no formulas, shapes as WKT."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING

import shapely

from gis.writers.cells import LONGEST_TEXT, harmless
from gis.writers.columns import Kind, text_of
from gis.writers.degrees import in_degrees
from gis.writers.fitting import joined_lists
from gis.writers.places import with_places

if TYPE_CHECKING:
    from pathlib import Path

    from gis.writers.columns import Field, Layer
    from gis.writers.notes import Notes

_GEOMETRY = "geometry"


def write_csv(layer: Layer, path: Path, notes: Notes) -> None:
    """Write a table; a layer also gives ``lon``, ``lat`` of a point inside, and its shape.

    The shape is WKT in degrees of WGS 84, in the last column, ``geometry``. Lists are joined
    with 、, days are ISO texts, a missing value is an empty cell.

    Parameters
    ----------
    layer
        A layer or table.
    path
        The file, which must not be there.
    notes
        Told of texts that begin as a formula would, and of shapes longer than a spreadsheet's
        cell.

    Raises
    ------
    OutputError
        If the coordinate system of a layer is not known.
    """
    table = joined_lists(layer, notes)
    shapes: list[str | None] = []
    if table.shapes is not None:
        degrees = in_degrees(table, notes)
        table = with_places(table, degrees)
        shapes = shapely.to_wkt(degrees, rounding_precision=-1).tolist()
        long = [row for row, text in enumerate(shapes) if text and len(text) > LONGEST_TEXT]
        notes.add_for("shapes_beyond_cells", long, layer=layer.name, most=LONGEST_TEXT)
    columns = {field.name: _cells(field, layer.name, notes) for field in table.fields}
    if table.shapes is not None:
        name = _GEOMETRY
        while name in columns:
            name += "_"
        columns[name] = ["" if text is None else text for text in shapes]
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow([harmless(name) for name in columns])
        writer.writerows(zip(*columns.values(), strict=True))


def _cells(field: Field, layer: str, notes: Notes) -> list[object]:
    if field.kind == Kind.NUMBER:
        return ["" if value is None else value for value in field.cells]
    texts = ["" if value is None else text_of(value) for value in field.cells]
    if field.kind != Kind.TEXT:
        return list(texts)
    safe = [harmless(text) for text in texts]
    changed = [
        row for row, (now, before) in enumerate(zip(safe, texts, strict=True)) if now != before
    ]
    notes.add_for("formulas_quoted", changed, layer=layer, column=field.name)
    return safe
