"""Shapefiles in a ZIP archive, with what their narrow tables made of the columns beside them."""

from __future__ import annotations

import csv
import io
import re
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import shapely

from gis.catalogue import catalogue
from gis.errors import OutputError
from gis.writers.cells import harmless
from gis.writers.columns import Field, Layer
from gis.writers.dbf import dbf_bytes, fit_for_dbf, write_dbf
from gis.writers.vector_files import geometry_type_of, hand_to_gdal
from gis.writers.zips import write_zip

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from gis.model.arrangement import GeometryArray
    from gis.writers.notes import Notes

#: Readers count the bytes of a part with 31 bits.
MOST_BYTES = 2**31 - 1

COLUMNS, README = "columns.csv", "README.txt"

_PARTS = (".shp", ".shx", ".dbf", ".prj", ".cpg")
_NOT_IN_A_FILE_NAME = re.compile(r'[\x00-\x1f/\\:*?"<>|]')

#: Types of shapes that one Shapefile holds together.
_FAMILIES = {
    "point": ("Point", "MultiPoint"),
    "line": ("LineString", "LinearRing", "MultiLineString"),
    "polygon": ("Polygon", "MultiPolygon"),
}


def write_shapefiles(layers: Sequence[Layer], path: Path, language: str, notes: Notes) -> None:
    """Write a Shapefile for each layer and type of shape; a bare table becomes a DBF file.

    The archive also holds ``columns.csv``, which gives each column's whole name, and
    ``README.txt``, which tells what was cut or left out. Text is UTF-8, as each ``.cpg`` says.

    Parameters
    ----------
    layers
        Layers and tables in any coordinate system.
    path
        The archive, which must not be there.
    language
        ``"zh"`` or ``"en"``, for the texts about the files.
    notes
        Told of everything that the format cannot hold.

    Raises
    ------
    OutputError
        If a shape is a collection, or a part would be larger than readers take.
    """
    names: dict[str, list[tuple[Field, Field]]] = {}
    with tempfile.TemporaryDirectory(prefix=".mangqu-", dir=path.parent) as folder:
        for layer in layers:
            _refuse_collections(layer)
            fit = fit_for_dbf(layer, notes)
            for family, rows in _families(layer).items():
                stem = _stem(f"{layer.name}_{family}" if family else layer.name, names)
                names[stem] = list(zip(layer.fields, fit.fields, strict=False))
                _write_one(_only(fit, rows), Path(folder), stem)
            if fit.shapes is not None:
                drawn = shapely.is_missing(fit.shapes) | ~shapely.is_empty(fit.shapes)
                notes.add_for("empty_shapes", np.flatnonzero(~drawn), layer=layer.name)
        members: dict[str, bytes | Path] = {
            f"{stem}{part}": file
            for stem in names
            for part in _PARTS
            if (file := Path(folder) / f"{stem}{part}").is_file()
        }
        members[COLUMNS] = _columns_csv(names, language)
        members[README] = _readme(notes, language)
        write_zip(path, members)


def members_of(layer: str) -> set[str]:
    """Return every name that a member of an archive may have that holds a layer."""
    stems = (_stem(name, ()) for name in (layer, *(f"{layer}_{family}" for family in _FAMILIES)))
    return {COLUMNS, README, *(f"{stem}{part}" for stem in stems for part in _PARTS)}


def _refuse_collections(layer: Layer) -> None:
    if layer.shapes is None:
        return
    collection = int(shapely.GeometryType.GEOMETRYCOLLECTION)
    astray = np.flatnonzero(shapely.get_type_id(layer.shapes) == collection)
    if len(astray):
        raise OutputError("collection_unwritable", layer=layer.name, row=astray[0] + 1)


def _families(layer: Layer) -> dict[str, Iterable[int]]:
    """Return the rows of each Shapefile, by what is added to the layer's name."""
    if layer.shapes is None:
        return {"": range(layer.rows)}
    family_of = {kind: family for family, kinds in _FAMILIES.items() for kind in kinds}
    families = [
        None if shape is None or shape.is_empty else family_of[shape.geom_type]
        for shape in layer.shapes
    ]
    present = [family for family in _FAMILIES if family in families]
    if len(present) <= 1:
        return {"": range(layer.rows)}
    # rows without a shape stand with the first of them
    return {
        family: [
            row
            for row, found in enumerate(families)
            if found == family or (found is None and family == present[0])
        ]
        for family in present
    }


def _only(layer: Layer, rows: Iterable[int]) -> Layer:
    kept = list(rows)
    if len(kept) == layer.rows:
        return layer
    fields = tuple(
        replace(field, cells=[field.cells[row] for row in kept]) for field in layer.fields
    )
    shapes = None if layer.shapes is None else layer.shapes[kept]
    return Layer(layer.name, fields, shapes, layer.crs, len(kept))


def _stem(name: str, taken: Iterable[str]) -> str:
    used = {each.casefold() for each in taken}
    wanted = _NOT_IN_A_FILE_NAME.sub("_", name).strip(". ") or "layer"
    stem, number = wanted, 1
    while stem.casefold() in used:
        number += 1
        stem = f"{wanted}_{number}"
    return stem


def _write_one(layer: Layer, folder: Path, stem: str) -> None:
    size = dbf_bytes(layer)
    if layer.shapes is not None:
        shapes = np.array(layer.shapes, dtype=object)
        shapes[shapely.is_empty(shapes)] = None
        size = max(size, shp_bytes(shapes))
    if size > MOST_BYTES:
        raise OutputError("shapefile_too_large", layer=layer.name, most=MOST_BYTES)
    if layer.shapes is not None:
        kind = geometry_type_of(layer.name, shapes)
        hand_to_gdal(
            replace(layer, name=stem, fields=(), shapes=shapes),
            folder / f"{stem}.shp",
            "ESRI Shapefile",
            geometry_type=kind if kind != "Unknown" else "Polygon",
            encoding="UTF-8",
        )
    write_dbf(layer, folder / f"{stem}.dbf")
    (folder / f"{stem}.cpg").write_text("UTF-8", encoding="ascii")


def shp_bytes(shapes: GeometryArray) -> int:
    """Return how large the ``.shp`` of shapes of one family will be, in bytes.

    Shapes with heights are counted with the most that they may take.
    """
    drawn = shapes[~shapely.is_missing(shapes)]
    points = int(shapely.get_num_coordinates(drawn).sum())
    size = _HEADER + _RECORD * len(shapes) + _WORD * (len(shapes) - len(drawn))
    family = {kind.removeprefix("Multi") for kind in (shape.geom_type for shape in drawn)}
    if family == {"Point"}:
        alone = bool((shapely.get_type_id(drawn) == int(shapely.GeometryType.POINT)).all())
        size += (_POINT if alone else _MULTIPOINT) * len(drawn)
        size += 0 if alone else _PAIR * points
    else:
        parts = shapely.get_parts(drawn)
        rings = len(parts) + int(shapely.get_num_interior_rings(parts).sum())
        size += _LINES * len(drawn) + _WORD * rings + _PAIR * points
    if shapely.has_z(drawn).any():
        size += 2 * (_PAIR * len(drawn) + _WORD * 2 * points)
    return size


#: Bytes of the file's head, of a record's, of a number and of a pair of coordinates.
_HEADER, _RECORD, _WORD, _PAIR = 100, 8, 4, 16
#: Bytes of a shape besides its coordinates and parts; those of a point with them.
_POINT, _MULTIPOINT, _LINES = 20, 40, 44


def _columns_csv(names: dict[str, list[tuple[Field, Field]]], language: str) -> bytes:
    texts = catalogue(language)
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    writer.writerow(
        [texts.text(f"written.head.{part}") for part in ("file", "short", "name", "kind")]
    )
    for stem, pairs in names.items():
        for whole, short in pairs:
            kind = texts.text(f"written.kind.{short.kind}")
            writer.writerow([harmless(cell) for cell in (stem, short.name, whole.name, kind)])
    return buffer.getvalue().encode("utf-8-sig")


def _readme(notes: Notes, language: str) -> bytes:
    lines = [note.line(language) for note in notes.gathered()]
    head = catalogue(language).text("written.readme", columns=COLUMNS)
    # the editors of older systems know a text's encoding by its mark alone
    return "\r\n".join([head, *lines, ""]).encode("utf-8-sig")
