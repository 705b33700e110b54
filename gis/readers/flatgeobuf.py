"""Read FlatGeobuf by GDAL, after counting its features by the lengths written before each.

Source: the FlatGeobuf specification, version 3: magic, header (a FlatBuffers table), index of a
packed Hilbert R-tree, features.
"""

from __future__ import annotations

import mmap
import struct
from typing import TYPE_CHECKING

from gis.readers.gdal_layer import read_gdal_layer

if TYPE_CHECKING:
    from gis.readers.desk import Desk
    from gis.readers.raw import LayerFile, RawLayer

_MAGIC_BYTES = 8
_LENGTH = struct.Struct("<I")
_OFFSET = struct.Struct("<i")
_SLOT = struct.Struct("<H")
_COUNT = struct.Struct("<Q")
#: Fields of the header by their number in the schema.
_FEATURES_COUNT, _INDEX_NODE_SIZE = 8, 9
_DEFAULT_NODE_SIZE = 16
_NODE_BYTES = 40
_LEAST_NODE_SIZE = 2


class _CutShortError(ValueError):
    """Something that the file speaks of lies beyond its end."""


def read_flatgeobuf(source: LayerFile, desk: Desk) -> RawLayer:
    """Read a FlatGeobuf file.

    Raises
    ------
    InputError
        If it ends early, or holds another number of features than its header says.
    """
    if source.path.stat().st_size < _MAGIC_BYTES + _LENGTH.size:
        raise source.error("file_truncated", part=".fgb")
    with (
        source.path.open("rb") as file,
        mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content,
    ):
        try:
            stated, found = _counts(content)
        except (struct.error, _CutShortError) as error:
            raise source.error("file_truncated", part=".fgb") from error
    if stated not in {0, found}:
        raise source.error("rows_missing", expected=stated, found=found)
    place = desk.folder / "layer.fgb"
    place.symlink_to(source.path.resolve())
    raw = read_gdal_layer(place, "FlatGeobuf", source, desk)
    if raw.rows != found:
        raise source.error("rows_missing", expected=found, found=raw.rows)
    return raw


def _counts(content: mmap.mmap) -> tuple[int, int]:
    """Return how many features the header states and how many follow, each whole.

    Raises
    ------
    struct.error, _CutShortError
        If the file ends within something.
    """
    (header_bytes,) = _LENGTH.unpack_from(content, _MAGIC_BYTES)
    header = _MAGIC_BYTES + _LENGTH.size
    stated = _field(content, header, _FEATURES_COUNT, _COUNT, 0)
    node_size = _field(content, header, _INDEX_NODE_SIZE, _SLOT, _DEFAULT_NODE_SIZE)
    at = header + header_bytes + _index_bytes(stated, node_size)
    found = 0
    while at < len(content):
        (length,) = _LENGTH.unpack_from(content, at)
        at += _LENGTH.size + length
        found += 1
    if at != len(content):
        raise _CutShortError
    return stated, found


def _field(content: mmap.mmap, table: int, number: int, kind: struct.Struct, default: int) -> int:
    """Return a number of a FlatBuffers table, whose slots lie where its first offset points to."""
    (root,) = _LENGTH.unpack_from(content, table)
    start = table + root
    (back,) = _OFFSET.unpack_from(content, start)
    slots = start - back
    if slots < 0:
        raise _CutShortError
    (slots_bytes,) = _SLOT.unpack_from(content, slots)
    slot = 2 * _SLOT.size + number * _SLOT.size
    if slot >= slots_bytes:
        return default
    (offset,) = _SLOT.unpack_from(content, slots + slot)
    return int(kind.unpack_from(content, start + offset)[0]) if offset else default


def _index_bytes(features: int, node_size: int) -> int:
    """Return the length of the index: a tree whose every node holds so many of those below."""
    if features == 0 or node_size < _LEAST_NODE_SIZE:
        return 0
    nodes = level = features
    while level > 1:
        level = -(-level // node_size)
        nodes += level
    return nodes * _NODE_BYTES
