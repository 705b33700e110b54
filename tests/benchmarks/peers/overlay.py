"""``geopandas.overlay``: of a layer with itself for overlaps, of the outline with it for gaps."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np

from tests.benchmarks.found import BlindSpots, Parts
from tests.benchmarks.inputs import frame

if TYPE_CHECKING:
    from tests.benchmarks.city import City


@dataclass(frozen=True, slots=True)
class Frames:
    """The layers as tables."""

    cells: gpd.GeoDataFrame
    zones: gpd.GeoDataFrame
    outline: gpd.GeoDataFrame


def prepare(city: City) -> Frames:
    """Return the layers as tables; not timed."""
    return Frames(
        cells=frame(city.polygons, city.crs),
        zones=frame(city.zones, city.crs, name="zone"),
        outline=frame(city.outline, city.crs, name="outline"),
    )


def gaps(frames: Frames) -> BlindSpots:
    """Find gaps and pairwise overlaps; the outline is given. Nothing about neighbours."""
    cells = frames.cells
    with warnings.catch_warnings():
        # that touching cells also leave lines and points, which are dropped
        warnings.simplefilter("ignore", UserWarning)
        pairs = gpd.overlay(cells, cells, how="intersection", keep_geom_type=True)
        # cell by cell, overlay would cut the outline once for every cell
        covered = cells[["geometry"]].dissolve()
        unowned = gpd.overlay(frames.outline, covered, how="difference", keep_geom_type=True)
    pairs = pairs[pairs["id_1"] < pairs["id_2"]]
    return BlindSpots(
        gaps=unowned.geometry.explode().to_numpy(),
        contested=pairs.geometry.to_numpy(),
        place=np.tile(np.arange(len(pairs)), 2),
        body=np.concatenate([pairs["id_1"], pairs["id_2"]]),
        neighbours=None,
    )


def partition(frames: Frames) -> Parts:
    """Cut cells by zones. Less than a partition: neither cuts cells by cells nor tells gaps."""
    parts = gpd.overlay(frames.cells, frames.zones, how="identity", keep_geom_type=True)
    zone = parts["zone"].to_numpy(dtype=np.float64)
    zoned = np.flatnonzero(~np.isnan(zone))
    return Parts(
        polygons=parts.geometry.to_numpy(),
        part=np.concatenate([np.arange(len(parts)), zoned]),
        cover=np.concatenate([parts["id"], len(frames.cells) + zone[zoned].astype(np.int64)]),
        neighbours=None,
    )
