"""KML 2.2 and KMZ: a document for each layer, every column as a value, colours by class."""

from __future__ import annotations

import html
import io
from dataclasses import replace
from typing import TYPE_CHECKING, Any, TextIO
from xml.sax.saxutils import escape, quoteattr

import numpy as np
import shapely

from gis.writers.cells import replace_illegal
from gis.writers.columns import Field, Kind, text_of
from gis.writers.degrees import in_degrees
from gis.writers.fitting import joined_lists
from gis.writers.styles import colours_of
from gis.writers.zips import write_zip

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from gis.model.arrangement import GeometryArray
    from gis.writers.columns import Layer
    from gis.writers.notes import Notes
    from gis.writers.styles import Colours

#: KML's integers have 32 bits; what is longer is told to be a text.
_GREATEST_INTEGER = 2**31 - 1


def write_kml(layers: Sequence[Layer], path: Path, language: str, notes: Notes) -> None:
    """Write layers as a KML document.

    Parameters
    ----------
    layers
        Layers with shapes.
    path
        The file, which must not be there.
    language
        ``"zh"`` or ``"en"``: in which a place is named and explained where a layer says it in both.
    notes
        Told of what is converted or left out.

    Raises
    ------
    OutputError
        If the coordinate system of a layer is not known.
    """
    with path.open("w", encoding="utf-8", newline="\n") as file:
        _write_document(layers, file, language, notes)


def write_kmz(layers: Sequence[Layer], path: Path, language: str, notes: Notes) -> None:
    """Write layers as a KML document in a ZIP archive; as :func:`write_kml`."""
    document = io.StringIO(newline="\n")
    _write_document(layers, document, language, notes)
    write_zip(path, {"doc.kml": document.getvalue().encode()})


def _write_document(layers: Sequence[Layer], file: TextIO, language: str, notes: Notes) -> None:
    file.write('<?xml version="1.0" encoding="UTF-8"?>\n')
    file.write('<kml xmlns="http://www.opengis.net/kml/2.2">\n<Document>\n')
    fit = [_fit_for_xml(joined_lists(layer, notes), notes) for layer in layers]
    for number, layer in enumerate(fit):
        # not a folder: GDAL looks for a layer's schema in its own document and nowhere else
        file.write(f"<Document>\n<name>{escape(layer.name)}</name>\n")
        file.writelines(_styles(number, colours_of(layer.name)))
        file.writelines(_schema(number, layer))
        file.writelines(_placemarks(number, layer, in_degrees(layer, notes), language))
        file.write("</Document>\n")
    file.write("</Document>\n</kml>\n")


def _fit_for_xml(layer: Layer, notes: Notes) -> Layer:
    """Return a layer without the control characters that XML forbids."""
    fields = []
    for field in layer.fields:
        name = replace_illegal(field.name)
        if name != field.name:
            notes.add("column_renamed", layer=layer.name, column=field.name, name=name)
        if field.kind != Kind.TEXT:
            fields.append(field.renamed(name))
            continue
        values = [None if value is None else replace_illegal(value) for value in field.cells]
        pairs = zip(values, field.cells, strict=True)
        changed = [row for row, (now, before) in enumerate(pairs) if now != before]
        notes.add_for("marks_replaced", changed, layer=layer.name, column=field.name)
        fields.append(Field(name, field.kind, values))
    return replace(layer, name=replace_illegal(layer.name), fields=tuple(fields))


def _styles(number: int, colours: Colours | None) -> Iterator[str]:
    if colours is None:
        return
    for at, (red, green, blue, opacity) in enumerate(colours.by_value.values()):
        ground = f"{opacity:02x}{blue:02x}{green:02x}{red:02x}"
        line = f"ff{ground[2:]}"
        yield (
            f'<Style id="layer{number}-{at}"><LineStyle><color>{line}</color><width>2</width>'
            f"</LineStyle><PolyStyle><color>{ground}</color></PolyStyle></Style>\n"
        )


def _schema(number: int, layer: Layer) -> Iterator[str]:
    yield f'<Schema id="layer{number}" name={quoteattr(layer.name)}>\n'
    for field in layer.fields:
        yield f'<SimpleField type="{_type(field)}" name={quoteattr(field.name)}/>\n'
    yield "</Schema>\n"


def _type(field: Field) -> str:
    if field.kind == Kind.INTEGER:
        stated = [abs(value) for value in field.cells if value is not None]
        return "int" if max(stated, default=0) <= _GREATEST_INTEGER else "string"
    return {Kind.NUMBER: "double", Kind.BOOLEAN: "bool"}.get(field.kind, "string")


def _placemarks(number: int, layer: Layer, shapes: GeometryArray, language: str) -> Iterator[str]:
    names = _first_told(layer, (f"name_{language}", *_OTHER_NAMES), with_key=True)
    reasons = _first_told(layer, (f"reason_{language}",), with_key=False)
    links = _links(number, layer)
    drawn = [_geometry(shape) for shape in shapes]
    for row in range(layer.rows):
        yield f"<Placemark>\n<name>{_text(names[row])}</name>\n"
        if reasons[row]:
            # a balloon reads it as HTML
            yield f"<description>{_text(html.escape(reasons[row]))}</description>\n"
        yield links[row]
        yield f'<ExtendedData><SchemaData schemaUrl="#layer{number}">\n'
        for field in layer.fields:
            value = field.cells[row]
            if value is not None:
                name = quoteattr(field.name)
                yield f"<SimpleData name={name}>{_text(_value(value))}</SimpleData>\n"
        yield f"</SchemaData></ExtendedData>\n{drawn[row]}</Placemark>\n"


#: Columns that name a place where none does in the language asked for.
_OTHER_NAMES = ("name_zh", "name_en", "name", "名称")


def _first_told(layer: Layer, wanted: Sequence[str], *, with_key: bool) -> list[str]:
    """Return the first text that a row has in the columns wanted, or else in the first of all."""
    by_name = {field.name: field for field in layer.fields}
    fields = [by_name[name] for name in wanted if name in by_name]
    if with_key:
        fields += layer.fields[:1]
    return [
        next((_value(field.cells[row]) for field in fields if field.cells[row]), "")
        for row in range(layer.rows)
    ]


def _links(number: int, layer: Layer) -> list[str]:
    colours = colours_of(layer.name)
    if colours is None:
        return [""] * layer.rows
    at = {
        value: f"<styleUrl>#layer{number}-{n}</styleUrl>\n"
        for n, value in enumerate(colours.by_value)
    }
    deciding = next((field for field in layer.fields if field.name == colours.column), None)
    if deciding is None:
        return [at.get("", "")] * layer.rows
    return [at.get(value, "") for value in deciding.cells]


def _value(value: object) -> str:
    return repr(value) if isinstance(value, float) else text_of(value)


def _text(text: str) -> str:
    # a reader of XML makes a line feed of every bare carriage return
    return escape(text, {"\r": "&#13;"})


def _geometry(shape: Any) -> str:  # noqa: ANN401 - any shape, or none
    if shape is None or shape.is_empty:
        return ""
    if isinstance(shape, shapely.Polygon):
        rings = "".join(
            f"<innerBoundaryIs>{_ring(ring)}</innerBoundaryIs>" for ring in shape.interiors
        )
        outer = f"<outerBoundaryIs>{_ring(shape.exterior)}</outerBoundaryIs>"
        return f"<Polygon>{outer}{rings}</Polygon>\n"
    if isinstance(shape, shapely.Point):
        return f"<Point>{_coordinates(shape)}</Point>\n"
    if isinstance(shape, shapely.LineString):
        return f"<LineString>{_coordinates(shape)}</LineString>\n"
    parts = "".join(_geometry(part) for part in shape.geoms)
    return f"<MultiGeometry>{parts}</MultiGeometry>\n"


def _ring(ring: shapely.LinearRing) -> str:
    return f"<LinearRing>{_coordinates(ring)}</LinearRing>"


def _coordinates(shape: Any) -> str:  # noqa: ANN401 - a line or point
    points = shapely.get_coordinates(shape, include_z=shape.has_z)
    told = " ".join(",".join(map(_decimal, point)) for point in points.tolist())
    return f"<coordinates>{told}</coordinates>"


def _decimal(number: float) -> str:
    """Return a number without an exponent, which not every reader knows."""
    return np.format_float_positional(number, trim="-")
