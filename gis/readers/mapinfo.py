"""Read MapInfo tables: TAB with its siblings, and the interchange form MIF with its MID."""

from __future__ import annotations

import re
import struct
from dataclasses import replace
from typing import TYPE_CHECKING

from gis.readers.gdal_layer import read_gdal_layer
from gis.readers.parts import siblings

if TYPE_CHECKING:
    from gis.readers.desk import Desk
    from gis.readers.raw import LayerFile, RawLayer

_DRIVER = "MapInfo File"
_NATIVE = re.compile(rb"Type\s+NATIVE\b", re.IGNORECASE)
_DELETED = b"*"
#: One of these begins every object of a MIF (MapInfo data interchange format, appendix J).
_OBJECT = re.compile(
    rb"^[ \t]*(NONE|POINT|LINE|PLINE|REGION|ARC|TEXT|RECT|ROUNDRECT|ELLIPSE|MULTIPOINT"
    rb"|COLLECTION[ \t]+(?P<parts>\d+))\b",
    re.IGNORECASE | re.MULTILINE,
)
_DATA = re.compile(rb"^[ \t]*DATA[ \t\r]*$", re.IGNORECASE | re.MULTILINE)


def read_tab(source: LayerFile, desk: Desk) -> RawLayer:
    """Read a TAB file of MapInfo's own kind.

    Raises
    ------
    InputError
        If a sibling is missing, the table lies in another program's file, or fewer rows come
        than its ``.dat`` holds.
    """
    if not _NATIVE.search(source.path.read_bytes()):
        raise source.error("tab_refers_elsewhere")
    parts = siblings(source.path)
    for ending in (".dat", ".map", ".id"):
        if ending not in parts:
            raise source.error("shapefile_part_missing", part=ending)
    return _read(source, desk, _records(parts[".dat"].read_bytes(), source))


def read_mif(source: LayerFile, desk: Desk) -> RawLayer:
    """Read a MIF file.

    Raises
    ------
    InputError
        If its ``.mid`` is missing, or fewer rows come than it has objects.
    """
    if ".mid" not in siblings(source.path):
        raise source.error("shapefile_part_missing", part=".mid")
    content = source.path.read_bytes()
    data = _DATA.search(content)
    if data is None:
        raise source.error("file_truncated", part=".mif")
    objects = list(_OBJECT.finditer(content, data.end()))
    within = sum(int(found["parts"] or 0) for found in objects)
    return _read(source, desk, len(objects) - within)


def _records(table: bytes, source: LayerFile) -> int:
    """Return how many rows of a ``.dat``, which is laid out as dBASE, are not deleted."""
    try:
        numbers = struct.unpack_from("<xxxxIHH", table)
    except struct.error as error:
        raise source.error("file_truncated", part=".dat") from error
    records, header, length = (int(number) for number in numbers)
    if length == 0 or len(table) < header + records * length:
        raise source.error("file_truncated", part=".dat")
    marks = table[header : header + records * length : length]
    return records - marks.count(_DELETED)


def _read(source: LayerFile, desk: Desk, expected: int) -> RawLayer:
    parts = siblings(source.path)
    for ending, part in parts.items():
        (desk.folder / f"layer{ending}").symlink_to(part.resolve())
    place = desk.folder / f"layer{source.path.suffix.lower()}"
    raw = read_gdal_layer(place, _DRIVER, replace(source, layer=""), desk)
    if raw.rows != expected:
        raise source.error("rows_missing", expected=expected, found=raw.rows)
    # the layer is called after the file, and GDAL has seen another
    return replace(raw, layer="", files=tuple(parts.values()))
