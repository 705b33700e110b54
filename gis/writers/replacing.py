"""Whether a file that is there was written by us, so that a new one may take its place."""

from __future__ import annotations

import re
import zipfile
from typing import TYPE_CHECKING

import pyogrio
from pyogrio.errors import DataSourceError

from gis.errors import OutputError
from gis.writers.formats import known_ending
from gis.writers.shapefile import members_of

if TYPE_CHECKING:
    from collections.abc import Collection
    from pathlib import Path

_SHEET = re.compile(r'<sheet name="([^"]*)"')
_OWN_TABLES = {"layer_styles"}


def refuse_foreign(path: Path, layers: Collection[str]) -> None:
    """Refuse to replace a file of several layers that holds anything but these.

    Parameters
    ----------
    path
        Where a file shall be written.
    layers
        What we would have written there.

    Raises
    ------
    OutputError
        If the ending stands for no format, or what is there holds something else or cannot
        be opened.
    """
    known_ending(path)
    look = _CONTENTS.get(path.suffix.lower())
    if look is None or not path.is_file():
        return
    own = {*layers, *_OWN_TABLES, *(part for layer in layers for part in members_of(layer))}
    try:
        foreign = look(path) - own
    except (DataSourceError, zipfile.BadZipFile, KeyError, UnicodeDecodeError) as error:
        raise OutputError("exists", path=str(path)) from error
    if foreign:
        raise OutputError("exists", path=str(path))


def _tables(path: Path) -> set[str]:
    return {str(name) for name, _ in pyogrio.list_layers(path)}


def _members(path: Path) -> set[str]:
    with zipfile.ZipFile(path) as archive:
        return set(archive.namelist())


def _sheets(path: Path) -> set[str]:
    with zipfile.ZipFile(path) as archive:
        return set(_SHEET.findall(archive.read("xl/workbook.xml").decode()))


_CONTENTS = {".gpkg": _tables, ".zip": _members, ".xlsx": _sheets}
