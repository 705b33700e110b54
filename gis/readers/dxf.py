"""Read a drawing layer of a DXF file; where areas are wanted, its lines become polygons.

A drawing knows no areas but what lines enclose: each closed line is one; what open lines enclose
together is found by noding and polygonising them. A text that stands within an area labels it. GDAL
leaves out kinds of entities that it does not know, so they are counted first.
Source: Autodesk, DXF Reference, groups and the ENTITIES section.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import shapely

from gis.readers.encoding import decodes, text_encoding
from gis.readers.gdal_layer import read_gdal_layer
from gis.readers.raw import FileNote, chosen_layer

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gis.model.arrangement import BoolArray, GeometryArray, IntArray
    from gis.readers.desk import Desk
    from gis.readers.raw import LayerFile, RawLayer

_DRIVER = "DXF"
_LAYER, _TEXT, LABEL = "Layer", "Text", "label"
_DIMENSIONS = {"point": (0,), "line": (1,), "polygon": (1, 2)}
_FEWEST_OF_RING = 4
_BETWEEN_LABELS = "、"

#: Kinds of entities that GDAL reads, each as one row or, an INSERT, as what its block holds.
_READ_BY_GDAL = {
    "3DFACE", "ARC", "CIRCLE", "DIMENSION", "ELLIPSE", "HATCH", "LEADER", "LINE", "LWPOLYLINE",
    "MLINE", "MTEXT", "MULTILEADER", "POINT", "POLYLINE", "SOLID", "SPLINE", "TEXT", "TRACE",
}  # fmt: skip
#: Parts of the entity before them, and the insertion of a block.
_NO_ROW_OF_ITS_OWN = {"VERTEX", "SEQEND", "ATTRIB", "INSERT", "ENDSEC"}


def read_dxf(source: LayerFile, desk: Desk) -> RawLayer:
    """Read one drawing layer.

    Raises
    ------
    InputError
        If the file is damaged, several drawing layers have what is wanted and none is named, or
        fewer entities come than there are.
    """
    text, notes = _text(source)
    kinds = _entities(text, source)
    place = desk.folder / "layer.dxf"
    place.write_text(text, encoding="utf-8")
    raw = read_gdal_layer(place, _DRIVER, replace(source, layer=""), desk)
    expected = sum(count for kind, count in kinds.items() if kind in _READ_BY_GDAL)
    if raw.rows < expected:
        raise source.error("rows_missing", expected=expected, found=raw.rows)
    raw = replace(raw, layer="", files=(source.path,), notes=(*notes, *raw.notes))
    left = {kind: n for kind, n in kinds.items() if kind not in _READ_BY_GDAL | _NO_ROW_OF_ITS_OWN}
    if left:
        told = ", ".join(f"{kind} {count}" for kind, count in sorted(left.items()))
        raw = replace(raw, notes=(*raw.notes, FileNote("entities_left_out", {"kinds": told})))
    return _drawing_layer(raw, source)


def _text(source: LayerFile) -> tuple[str, list[FileNote]]:
    """Return the text of a drawing: of a late version in UTF-8, of others as their header says.

    Programs write the header's code page by habit, so that of Western Europe counts for nothing
    where the text is not ASCII.

    Raises
    ------
    InputError
        If the text is not in the encoding stated, or none is stated and the bytes leave it open.
    """
    content = source.path.read_bytes()
    found = {
        name: value.decode("ascii", "replace").strip()
        for name, value in _HEADER_VARIABLES.findall(content[:_HEADER_BYTES])
    }
    page = found.get(b"$DWGCODEPAGE", "").rpartition("_")[2]
    label = "" if page in _SAYS_NOTHING else f"cp{page}" if page.isdigit() else page
    if found.get(b"$ACADVER", "") >= _FIRST_IN_UTF8 and decodes([content], "utf-8"):
        label = "utf-8"
    encoding, notes = text_encoding(content.splitlines(), source, label)
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError as error:
        raise source.error("wrong_encoding", encoding=encoding) from error
    return _ESCAPED.sub(lambda match: chr(int(match[1], 16)), text), notes


_HEADER_BYTES = 64 * 1024
_HEADER_VARIABLES = re.compile(rb"(\$ACADVER|\$DWGCODEPAGE)\s+\d+\s+(\S+)")
_FIRST_IN_UTF8 = "AC1021"
_SAYS_NOTHING = {"", "1252", "UTF-8"}
#: Halves of pairs are not escaped in drawings, so each is a whole character.
_ESCAPED = re.compile(r"\\U\+([0-9A-Fa-f]{4})")


def _entities(text: str, source: LayerFile) -> Counter[str]:
    """Return how many entities of each kind the file lists.

    Raises
    ------
    InputError
        If its groups do not come in pairs of code and value.
    """
    kinds: Counter[str] = Counter()
    section = ""
    opened = False
    for code, value in _groups(iter(text.splitlines())):
        if code == "0":
            opened = value == "SECTION"
            if section == "ENTITIES" and not opened:
                kinds[value] += 1
            if value == "ENDSEC":
                section = ""
            if value == "EOF":
                return kinds
        elif code == "2" and opened:
            section, opened = value, False
    raise source.error("file_truncated", part=".dxf")


def _groups(lines: Iterator[str]) -> Iterator[tuple[str, str]]:
    while (code := next(lines, None)) is not None:
        value = next(lines, None)
        if value is None:
            return
        yield code.strip(), value.strip()


def _drawing_layer(raw: RawLayer, source: LayerFile) -> RawLayer:
    """Return the rows of the drawing layer that is meant, as shapes of the kind wanted."""
    shapes = raw.geometry
    if shapes is None:
        raise source.error("layer_missing")
    dimensions = shapely.get_dimensions(shapes)
    texts = np.array([bool(text) for text in raw.columns.get(_TEXT, [None] * raw.rows)])
    wanted = ~texts if source.wanted != "point" else np.ones(raw.rows, dtype=bool)
    wanted &= np.isin(dimensions, _DIMENSIONS.get(source.wanted, (0, 1, 2)))
    names = [str(name) for name in raw.columns[_LAYER]]
    there = Counter(dict.fromkeys(names, 0))
    there.update(name for name, fits in zip(names, wanted, strict=True) if fits)
    layer = chosen_layer(dict(sorted(there.items())), source)
    here = np.array([name == layer for name in names], dtype=bool)
    rows = np.flatnonzero(here & wanted)
    if source.wanted != "polygon":
        return replace(_taken(raw, rows), layer=layer)
    labels = np.flatnonzero(texts & here)
    if len(labels) == 0:
        labels = np.flatnonzero(texts)
    return replace(_areas(raw, rows, labels), layer=layer)


def _taken(raw: RawLayer, rows: IntArray) -> RawLayer:
    columns = {name: [values[row] for row in rows] for name, values in raw.columns.items()}
    shapes = None if raw.geometry is None else raw.geometry[rows]
    places = {int(row): at for at, row in enumerate(rows)}
    broken = {places[row]: why for row, why in raw.broken.items() if row in places}
    return replace(raw, rows=len(rows), columns=columns, geometry=shapes, broken=broken)


def _areas(raw: RawLayer, rows: IntArray, labels: IntArray) -> RawLayer:
    """Return what the lines of some rows enclose, each with the texts that stand within it."""
    taken = _taken(raw, rows)
    shapes = np.asarray(shapely.force_2d(taken.geometry), dtype=object)
    lines = shapely.get_dimensions(shapes) == 1
    closed = lines & _is_ring(shapes)
    shapes[closed] = [shapely.Polygon(ring) for ring in shapes[closed]]
    is_open = lines & ~closed
    areas, left = _enclosed(shapes[is_open])
    kept = np.flatnonzero(~is_open)
    whole = _taken(taken, kept)
    geometry = np.concatenate([shapes[kept], areas])
    columns = {
        name: [*values, *([raw.columns[_LAYER][rows[0]] if name == _LAYER else None] * len(areas))]
        for name, values in whole.columns.items()
        if name != _TEXT
    }
    columns[LABEL] = _labels_within(geometry, raw, labels)
    details: dict[str, object] = {
        "closed": int(closed.sum()),
        "open": int(is_open.sum()),
        "areas": len(areas),
        "left": left,
    }
    note = FileNote("lines_made_areas", details)
    return replace(
        whole,
        rows=len(geometry),
        columns=columns,
        geometry=geometry,
        notes=(*raw.notes, note),
    )


def _is_ring(shapes: GeometryArray) -> BoolArray:
    simple = shapely.get_type_id(shapes) == shapely.GeometryType.LINESTRING
    long_enough = shapely.get_num_coordinates(shapes) >= _FEWEST_OF_RING
    rings: BoolArray = simple & long_enough & shapely.is_closed(shapes)
    return rings


def _enclosed(lines: GeometryArray) -> tuple[GeometryArray, int]:
    """Return the areas between lines, and how many pieces of line border none."""
    if len(lines) == 0:
        return np.empty(0, dtype=object), 0
    noded = shapely.get_parts(shapely.line_merge(shapely.union_all(lines)))
    polygons, cuts, dangles, invalid = shapely.polygonize_full(noded)
    left = sum(int(shapely.get_num_geometries(each)) for each in (cuts, dangles, invalid))
    return shapely.get_parts(polygons), left


def _labels_within(areas: GeometryArray, raw: RawLayer, labels: IntArray) -> list[object]:
    texts: list[list[str]] = [[] for _ in areas]
    if len(labels) and raw.geometry is not None:
        points = shapely.force_2d(raw.geometry[labels])
        within, of_area = shapely.STRtree(areas).query(points, predicate="within")
        for point, area in sorted(zip(within.tolist(), of_area.tolist(), strict=True)):
            texts[area].append(str(raw.columns[_TEXT][labels[point]]).strip())
    return [_BETWEEN_LABELS.join(dict.fromkeys(found)) or None for found in texts]
