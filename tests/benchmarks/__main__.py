"""Time ``mangqu gaps`` beside the script that a GIS analyst would write, in one run.

``python -m tests.benchmarks [COUNT …]``. Both read a GeoPackage, find gaps and overlaps with their
areas, and write them to another; whole processes are timed, start-up included, in turn, five times.
"""

from __future__ import annotations

import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import geopandas as gpd

from tests.benchmarks.city import nearly_tiling

PLAIN = Path(__file__).with_name("plain_script.py")


def main() -> None:
    """Print a line for each size and contestant."""
    counts = [int(word) for word in sys.argv[1:]] or [1_000, 4_000]
    for count in counts:
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            cells = nearly_tiling(count)
            city = gpd.GeoDataFrame(geometry=cells, crs="EPSG:4550")
            city.to_file(folder / "city.gpkg", layer="city")
            contestants = {
                "mangqu gaps": [sys.executable, "-m", "gis", "gaps", "city.gpkg", "-o", "out.gpkg"],
                "plain script": [sys.executable, str(PLAIN), "city.gpkg", "plain.gpkg"],
            }
            seconds: dict[str, list[float]] = {contestant: [] for contestant in contestants}
            for _ in range(5):
                for contestant, command in contestants.items():
                    begun = time.perf_counter()
                    subprocess.run(
                        command,
                        cwd=folder,
                        check=True,
                        stdout=subprocess.DEVNULL,
                        env={"PYTHONPATH": str(Path(__file__).parents[2]), "PATH": "/usr/bin:/bin"},
                    )
                    seconds[contestant].append(time.perf_counter() - begun)
            for contestant, runs in seconds.items():
                spread = f"{statistics.median(runs):7.2f} s  ({min(runs):.2f}-{max(runs):.2f})"
                sys.stdout.write(f"{len(cells):>8} polygons  {contestant:<13} {spread}\n")
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    sys.stdout.write(f"largest memory of one process: {peak:.0f} MiB\n")


if __name__ == "__main__":
    main()
