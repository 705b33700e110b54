"""GeoPackage: several layers with their styles, days as days, lists as JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gis.writers.fitting import json_lists, long_integers_as_text, unique_names, whole_name
from gis.writers.styles import embed_styles
from gis.writers.vector_files import geometry_type_of, hand_to_gdal

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from gis.writers.columns import Layer
    from gis.writers.notes import Notes

#: SQLite's integers.
LEAST_INTEGER, GREATEST_INTEGER = -(2**63), 2**63 - 1

#: Columns of every table that GDAL makes.
_RESERVED = ("fid", "geom")


def write_geopackage(layers: Sequence[Layer], path: Path, notes: Notes) -> None:
    """Write layers and tables, with the styles of those that are a run's.

    Parameters
    ----------
    layers
        Layers with names that differ.
    path
        The file, which must not be there.
    notes
        Told of columns that are renamed or become texts.
    """
    for number, layer in enumerate(layers):
        fit = unique_names(layer, whole_name, _RESERVED, notes)
        fit = json_lists(long_integers_as_text(fit, LEAST_INTEGER, GREATEST_INTEGER, notes))
        kind = "" if fit.shapes is None else geometry_type_of(fit.name, fit.shapes)
        hand_to_gdal(
            fit,
            path,
            "GPKG",
            geometry_type=kind,
            append=number > 0,
            # what desktop programs of the last years read without a warning
            dataset_options=None if number else {"VERSION": "1.2"},
        )
    embed_styles(path)
