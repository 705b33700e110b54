"""FlatGeobuf: one layer with a spatial index, in its own coordinate system."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely

from gis.writers.fitting import json_lists, long_integers_as_text
from gis.writers.geopackage import GREATEST_INTEGER, LEAST_INTEGER
from gis.writers.vector_files import geometry_type_of, hand_to_gdal

if TYPE_CHECKING:
    from pathlib import Path

    from gis.writers.columns import Layer
    from gis.writers.notes import Notes


def write_flatgeobuf(layer: Layer, path: Path, notes: Notes) -> None:
    """Write a layer; the index puts its rows into an order of their own.

    Lists are texts that hold a JSON array. The format's only type for time holds days too.

    Parameters
    ----------
    layer
        A layer with shapes.
    path
        The file, which must not be there.
    notes
        Told of columns that become texts, and of rows without a shape: with one of them a file
        can have no index.
    """
    fit = json_lists(long_integers_as_text(layer, LEAST_INTEGER, GREATEST_INTEGER, notes))
    shapes = np.array(fit.shapes, dtype=object)
    bare = np.flatnonzero(shapely.is_missing(shapes) | shapely.is_empty(shapes))
    notes.add_for("index_left_out", bare, layer=layer.name)
    hand_to_gdal(
        fit,
        path,
        "FlatGeobuf",
        geometry_type=geometry_type_of(fit.name, shapes),
        layer_options={"SPATIAL_INDEX": "NO" if len(bare) else "YES"},
    )
