"""Read a feature class of a file geodatabase, which is a folder of tables."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from gis.readers.gdal_layer import read_gdal_layer
from gis.readers.parts import parts_of

if TYPE_CHECKING:
    from gis.readers.desk import Desk
    from gis.readers.raw import LayerFile, RawLayer


def read_file_geodatabase(source: LayerFile, desk: Desk) -> RawLayer:
    """Read a feature class, or a table, of a ``.gdb`` folder.

    Raises
    ------
    InputError
        If the folder is damaged, or holds several and none is named.
    """
    parts = parts_of(source.path)
    place = desk.folder / "layer.gdb"
    place.mkdir()
    for part in parts:
        (place / part.name).symlink_to(part.resolve())
    return replace(read_gdal_layer(place, "OpenFileGDB", source, desk), files=parts)
