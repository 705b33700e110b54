"""Inputs of benchmarks: made or read once, kept as arrays in a folder, loaded by every contestant.

``python -m tests.benchmarks.inputs MAKER COUNT FOLDER`` with a maker from ``MAKERS``. A process of
its own makes them, so that the one that measures others stays small.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pyogrio
import shapely
from mangqu_samples.nyc.extract import CLAIM_LAYERS, EXTRACT

from tests.benchmarks.city import City, city, city_of_matters

US_SURVEY_FOOT_M = 1200 / 3937
_LAYERS = ("polygons", "zones", "outline")


def new_york(_count: int = 0) -> City:
    """Return the real districts of New York, a matter for each layer; self-touching ones mended."""
    layers = [_valid("boroughs"), *(_valid(layer.target) for layer in CLAIM_LAYERS)]
    outline, *matters = layers
    return City(
        polygons=np.concatenate(matters),
        matter=np.repeat(np.arange(len(matters)), [len(polygons) for polygons in matters]),
        zones=np.zeros(0, dtype=object),
        outline=outline,
        crs="EPSG:2263",
        grid_size=0.001 / US_SURVEY_FOOT_M,
    )


def _valid(layer: str) -> np.ndarray[Any, Any]:
    table = pyogrio.read_dataframe(f"/vsizip/{EXTRACT}/nyc.gpkg", layer=layer)
    return np.asarray(shapely.make_valid(table.geometry.to_numpy()), dtype=object)


MAKERS = {"city": city, "matters": city_of_matters, "new_york": new_york}


def save(made: City, folder: Path) -> None:
    """Write a city as arrays."""
    folder.mkdir(parents=True)
    for layer in _LAYERS:
        shapes = getattr(made, layer)
        if len(shapes):
            kind, points, offsets = shapely.to_ragged_array(shapes)
            np.save(folder / f"{layer}.points.npy", points)
            np.savez(folder / f"{layer}.npz", int(kind), *offsets)
    np.save(folder / "matter.npy", made.matter)
    terms = {"crs": made.crs, "grid_size": made.grid_size}
    folder.joinpath("terms.json").write_text(json.dumps(terms), "utf-8")


def load(folder: Path) -> City:
    """Read a city that was saved."""
    layers = {layer: _layer(folder, layer) for layer in _LAYERS}
    terms = json.loads(folder.joinpath("terms.json").read_text("utf-8"))
    return City(**layers, matter=np.load(folder / "matter.npy"), **terms)


def _layer(folder: Path, layer: str) -> np.ndarray[Any, Any]:
    path = folder / f"{layer}.npz"
    if not path.exists():
        return np.zeros(0, dtype=object)
    with np.load(path) as file:
        kind, *offsets = (file[name] for name in file.files)
    points = np.load(folder / f"{layer}.points.npy")
    shapes = shapely.from_ragged_array(shapely.GeometryType(int(kind)), points, tuple(offsets))
    return np.asarray(shapes, dtype=object)


def frame(polygons: np.ndarray[Any, Any], crs: str, *, name: str = "id") -> gpd.GeoDataFrame:
    """Return polygons as a table that numbers them."""
    return gpd.GeoDataFrame({name: np.arange(len(polygons))}, geometry=polygons, crs=crs)


def main() -> None:
    """Make what is asked for."""
    maker, count, folder = sys.argv[1:]
    save(MAKERS[maker](int(count)), Path(folder))


if __name__ == "__main__":
    main()
