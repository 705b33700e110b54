"""The full partition of cells and zones: all parts, their owners, which are next to each other."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.benchmarks.contest import Contestant, times

if TYPE_CHECKING:
    from tests.benchmarks.contest import Contest

SIZES = (1_000, 10_000, 100_000)
FACTOR_AT, FACTOR = 10_000, 20
SECONDS_AT, SECONDS = 100_000, 5

KERNEL = Contestant("kernel", "kernel:partition")
KERNEL_ALL_CORES = Contestant("kernel, all cores", "kernel:partition_on_all_cores")
POLYGONIZE = Contestant(
    "node + polygonize + label", "peers.polygonize:bare", "not which parts are neighbours"
)
POLYGONIZE_WHOLE = Contestant("the same, with neighbours", "peers.polygonize:whole")
CONTESTANTS = [
    KERNEL,
    KERNEL_ALL_CORES,
    POLYGONIZE,
    POLYGONIZE_WHOLE,
    Contestant(
        "geopandas.overlay identity",
        "peers.overlay:partition",
        "cuts cells by zones only: not cells by cells or zones by zones; no gaps, no neighbours",
    ),
    Contestant("DuckDB spatial", "peers.duckdb_spatial:partition", "not which are neighbours"),
    Contestant(
        "mapshaper -mosaic",
        "peers.mapshaper:partition",
        "not which are neighbours; whole process, reading and writing shapefiles",
    ),
]


def run(contest: Contest) -> None:
    """Race at each size."""
    for size in contest.sizes or SIZES:
        seen = contest.race("full partition", "city", size, CONTESTANTS)
        for kernel in (KERNEL, KERNEL_ALL_CORES):
            if size == FACTOR_AT:
                for peer in (POLYGONIZE, POLYGONIZE_WHOLE):
                    contest.threshold(
                        f"full partition with zones at {size}: {peer.name} / {kernel.name}",
                        times(seen[peer.name], seen[kernel.name]),
                        at_least=FACTOR,
                    )
            if size == SECONDS_AT:
                contest.threshold(
                    f"full partition at {size}, seconds, {kernel.name}",
                    seen[kernel.name].median,
                    at_most=SECONDS,
                )
