"""Whole processes from GeoParquet to GeoPackage: ``mangqu gaps``, and a script for the same."""

from __future__ import annotations

import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np

from tests.benchmarks import whole_process
from tests.benchmarks.inputs import frame

if TYPE_CHECKING:
    from tests.benchmarks.city import City
    from tests.benchmarks.found import Figures

SCRIPT = Path(__file__).with_name("plain_script.py")
ROOT = Path(__file__).parents[3]


@dataclass(frozen=True, slots=True)
class Output:
    """A GeoPackage that was written."""

    path: Path
    seconds: float
    peak_mb: float

    def figures(self) -> Figures:
        """Return numbers that other contestants must find as well; read from the file."""
        findings = gpd.read_file(self.path, layer="findings")
        neighbours = gpd.read_file(self.path, layer="finding_neighbours")
        gap = findings["bodies"].str.count("#").to_numpy() == 0
        owners = findings["bodies"].str.count("#").to_numpy()
        area = findings["area_m2"].to_numpy()
        return {
            "gaps": int(np.count_nonzero(gap)),
            "gap_area": float(area[gap].sum()),
            "contested": int(np.count_nonzero(~gap)),
            "pairs_area": float(area @ (owners * (owners - 1) / 2)),
            "neighbours": len(neighbours),
            "shared": float(neighbours["shared_m"].sum()),
        }


def prepare(city: City) -> tempfile.TemporaryDirectory[str]:
    """Write the cells as GeoParquet; not timed."""
    folder = tempfile.TemporaryDirectory()
    frame(city.polygons, city.crs).to_parquet(Path(folder.name, "city.parquet"))
    return folder


def mangqu(folder: tempfile.TemporaryDirectory[str]) -> Output:
    """Run ``mangqu gaps``."""
    return _run(folder, ["-m", "gis", "gaps", "city.parquet", "-o"])


def plain_script(folder: tempfile.TemporaryDirectory[str]) -> Output:
    """Run the script for the same findings and neighbours."""
    return _run(folder, [str(SCRIPT), "city.parquet"])


def plain_script_without_widths(folder: tempfile.TemporaryDirectory[str]) -> Output:
    """Run the script without what takes most of its time beside the overlays."""
    return _run(folder, [str(SCRIPT), "--without-widths", "city.parquet"])


def plain_script_with_atoms(folder: tempfile.TemporaryDirectory[str]) -> Output:
    """Run the script for all that ``mangqu gaps`` writes."""
    return _run(folder, [str(SCRIPT), "--with-atoms", "city.parquet"])


def _run(folder: tempfile.TemporaryDirectory[str], arguments: list[str]) -> Output:
    output = Path(folder.name, "found.gpkg")
    output.unlink(missing_ok=True)
    command = [sys.executable, *arguments, output.name]
    return Output(output, *whole_process.run(command, output.parent))
