"""mapshaper's ``-mosaic``: the whole program, from shapefiles to a shapefile.

It comes from npm, without its optional native parts, into a cache folder of the user's.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np

from tests.benchmarks import whole_process
from tests.benchmarks.found import BlindSpots, Figures, LeftOutError, Parts

if TYPE_CHECKING:
    from tests.benchmarks.city import City

VERSION = "0.7.70"
#: Number of the outline among the owners of a part.
_OUTLINE = -1
_MEMORY_GB = 12


@dataclass(frozen=True, slots=True)
class Files:
    """Shapefiles in a folder that goes away with this, and the program."""

    folder: tempfile.TemporaryDirectory[str]
    program: Path

    def mosaic(self, *layers: str) -> whole_process.Ran:
        """Cut layers into a flat mosaic whose parts list their owners."""
        command = [
            *("node", f"--max-old-space-size={_MEMORY_GB * 1024}", str(self.program)),
            *("-i", *layers, "combine-files", "-merge-layers", "force"),
            *("-mosaic", "calc=owners = Array.from(collect(id)).join(' ')"),
            *("-o", "mosaic.shp", "force"),
        ]
        return whole_process.run(command, Path(self.folder.name))


@dataclass(frozen=True, slots=True)
class Mosaic:
    """A mosaic that was written."""

    files: Files
    task: str
    seconds: float
    peak_mb: float

    def figures(self) -> Figures:
        """Return numbers that other contestants must find as well; read from the file."""
        mosaic = gpd.read_file(Path(self.files.folder.name, "mosaic.shp"))
        polygons = mosaic.geometry.to_numpy()
        owners = mosaic["owners"].str.split().map(lambda words: [int(word) for word in words])
        cover = np.array([owner for row in owners for owner in row], dtype=np.int64)
        part = np.repeat(np.arange(len(owners)), owners.str.len())
        part, cover = part[cover != _OUTLINE], cover[cover != _OUTLINE]
        if self.task == "partition":
            return Parts(polygons, part, cover, None).figures()
        counts = np.bincount(part, minlength=len(polygons))
        contested = np.flatnonzero(counts > 1)
        chosen = counts[part] > 1
        return BlindSpots(
            gaps=polygons[counts == 0],
            contested=polygons[contested],
            place=np.searchsorted(contested, part[chosen]),
            body=cover[chosen],
            neighbours=None,
        ).figures()


def prepare(city: City) -> Files:
    """Write the layers as shapefiles, which mapshaper reads fastest; not timed."""
    program = _program()
    folder = tempfile.TemporaryDirectory()
    cells, zones = len(city.polygons), len(city.zones)
    layers = {
        "cells": (np.arange(cells), city.polygons),
        "zones": (cells + np.arange(zones), city.zones),
        "outline": (np.full(len(city.outline), _OUTLINE), city.outline),
    }
    for name, (number, shapes) in layers.items():
        table = gpd.GeoDataFrame({"id": number}, geometry=shapes, crs=city.crs)
        table.to_file(Path(folder.name, f"{name}.shp"))
    return Files(folder, program)


def gaps(files: Files) -> Mosaic:
    """Find what only the given outline owns, and what two own; nothing about neighbours."""
    return Mosaic(files, "gaps", *files.mosaic("cells.shp", "outline.shp"))


def partition(files: Files) -> Mosaic:
    """Cut cells, zones and outline into parts with their owners; nothing about neighbours."""
    ran = files.mosaic("cells.shp", "zones.shp", "outline.shp")
    return Mosaic(files, "partition", *ran)


def _program() -> Path:
    """Return the script that node runs, after fetching it if it is not there yet."""
    for needed in ("npm", "node"):
        if shutil.which(needed) is None:
            raise LeftOutError(f"{needed} is not there")
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    home = cache / "mangqu-benchmarks" / f"mapshaper-{VERSION}"
    if not home.exists():
        home.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=home.parent) as aside:
            quiet = ["--ignore-scripts", "--no-audit", "--no-fund", "--silent"]
            command = ["npm", "install", *quiet, "--prefix", aside, f"mapshaper@{VERSION}"]
            try:
                subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
            except subprocess.CalledProcessError as error:
                raise LeftOutError(f"npm cannot fetch mapshaper {VERSION}: {error}") from error
            shutil.copytree(aside, home, symlinks=True)
    return home / "node_modules" / "mapshaper" / "bin" / "mapshaper"
