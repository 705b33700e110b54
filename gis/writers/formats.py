"""Which format a file's ending stands for, and what each can hold."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from gis.errors import OutputError
from gis.output import new_file
from gis.writers.columns import plain_layer
from gis.writers.csv_table import write_csv
from gis.writers.flatgeobuf import write_flatgeobuf
from gis.writers.geojson import write_geojson
from gis.writers.geopackage import write_geopackage
from gis.writers.geoparquet import write_geoparquet
from gis.writers.kml import write_kml, write_kmz
from gis.writers.notes import Notes
from gis.writers.shapefile import write_shapefiles
from gis.writers.workbook import write_workbook

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    import pandas as pd

    from gis.writers.columns import Layer
    from gis.writers.notes import Note


@dataclass(frozen=True, slots=True)
class Format:
    """A format that can be written.

    Parameters
    ----------
    endings
        Of its files, in small letters.
    write
        Takes layers, the file, a language and the notes.
    one_layer
        Whether a file holds a single layer.
    only_drawn
        Whether a layer needs shapes.
    """

    endings: tuple[str, ...]
    write: Callable[[Sequence[Layer], Path, str, Notes], None]
    one_layer: bool = False
    only_drawn: bool = False


def _alone(
    write: Callable[[Layer, Path, Notes], None],
) -> Callable[[Sequence[Layer], Path, str, Notes], None]:
    def write_only(layers: Sequence[Layer], path: Path, language: str, notes: Notes) -> None:
        del language
        (layer,) = layers
        write(layer, path, notes)

    return write_only


def _wordless(
    write: Callable[[Sequence[Layer], Path, Notes], None],
) -> Callable[[Sequence[Layer], Path, str, Notes], None]:
    def write_all(layers: Sequence[Layer], path: Path, language: str, notes: Notes) -> None:
        del language
        write(layers, path, notes)

    return write_all


_FORMATS = (
    Format((".gpkg",), _wordless(write_geopackage)),
    Format((".geojson", ".json"), _alone(write_geojson), one_layer=True),
    Format((".parquet", ".geoparquet"), _alone(write_geoparquet), one_layer=True),
    Format((".fgb",), _alone(write_flatgeobuf), one_layer=True, only_drawn=True),
    Format((".kml",), write_kml, only_drawn=True),
    Format((".kmz",), write_kmz, only_drawn=True),
    Format((".zip",), write_shapefiles),
    Format((".csv",), _alone(write_csv), one_layer=True),
    Format((".xlsx",), _wordless(write_workbook)),
)

_BY_ENDING = {ending: each for each in _FORMATS for ending in each.endings}

#: Every ending that stands for a format, the fullest formats first.
ENDINGS = tuple(_BY_ENDING)


def known_ending(path: Path) -> Format:
    """Return the format that a file's ending stands for.

    Raises
    ------
    OutputError
        If it stands for none.
    """
    found = _BY_ENDING.get(path.suffix.lower())
    if found is None:
        raise OutputError("output_ending", path=str(path), known=" ".join(ENDINGS))
    return found


def write_layers(
    layers: Mapping[str, pd.DataFrame], path: Path, *, language: str
) -> tuple[Note, ...]:
    """Write layers and tables to a file, whole or not at all.

    Parameters
    ----------
    layers
        Rows by the name of the layer, with or without geometry; not changed.
    path
        The file; its ending decides the format. Replaced once the new one is complete.
    language
        ``"zh"`` or ``"en"``: for what the file says to people besides its values.

    Returns
    -------
    notes
        What the format could not hold as it was.

    Raises
    ------
    OutputError
        If the ending stands for no format, the format holds fewer layers, a value or a shape
        cannot be written, or the place cannot be.
    MissingPartError
        If the format needs a part that is not installed.
    """
    chosen = known_ending(path)
    if chosen.one_layer and len(layers) > 1:
        raise OutputError("several_layers", path=str(path), layers=", ".join(layers))
    notes = Notes()
    plain = [plain_layer(name, table, notes) for name, table in layers.items()]
    if chosen.only_drawn:
        for bare in (layer for layer in plain if layer.shapes is None):
            notes.add("table_left_out", layer=bare.name)
        plain = [layer for layer in plain if layer.shapes is not None]
    if not plain:
        raise OutputError("nothing_drawn", path=str(path), layers=", ".join(layers))
    with new_file(path) as aside:
        chosen.write(plain, aside, language, notes)
    return notes.gathered()
