"""Read GeoJSON text sequences: one Feature a line, or behind a record separator (RFC 8142)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gis.readers.geojson import features_as_layer, json_object, json_text

if TYPE_CHECKING:
    from gis.readers.desk import Desk
    from gis.readers.raw import LayerFile, RawLayer

_SEPARATOR = "\x1e"
_BLANKS = " \t\r\n"  # of JSON; Python takes the separator for one too


def is_sequence(head: bytes) -> bool:
    """Tell whether a text that begins with an object goes on with another on its second line."""
    lines = [line for line in head.split(b"\n")[:3] if line.strip()]
    whole = len(lines) > 1 and lines[0].rstrip().endswith(b"}")
    return whole and lines[1].lstrip().startswith(b"{") and b'"Feature"' in lines[0]


def read_geojson_sequence(source: LayerFile, desk: Desk) -> RawLayer:
    """Read a sequence of Features, of which each may run over several lines behind a separator.

    Raises
    ------
    InputError
        If one is no Feature, the text is not in UTF-8, or a key is repeated.
    """
    text = json_text(source)
    separated = text.lstrip(_BLANKS).startswith(_SEPARATOR)
    records = text.split(_SEPARATOR) if separated else text.split("\n")
    features: list[Any] = []
    for record in records:
        if record.strip(_BLANKS):
            features.append(json_object(record, source, row=len(features) + 1))
    return features_as_layer(features, None, source, desk)
