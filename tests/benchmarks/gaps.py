"""Gaps with neighbours, contested places with owners: the kernel beside what others do for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.benchmarks.contest import Contestant, times

if TYPE_CHECKING:
    from tests.benchmarks.contest import Contest

SIZES = (1_000, 10_000, 100_000)
FACTOR_AT, FACTOR = 100_000, 50

KERNEL = Contestant("kernel", "kernel:gaps")
KERNEL_ALL_CORES = Contestant("kernel, all cores", "kernel:gaps_on_all_cores")
UNION_PAIRS = Contestant(
    "union_all + STRtree pairs",
    "peers.union_pairs:bare",
    "no neighbours; contested places as pairs",
)
UNION_PAIRS_WHOLE = Contestant(
    "the same, tuned, with neighbours", "peers.union_pairs:whole", "contested places as pairs"
)
CONTESTANTS = [
    KERNEL,
    KERNEL_ALL_CORES,
    UNION_PAIRS,
    UNION_PAIRS_WHOLE,
    Contestant(
        "geopandas.overlay",
        "peers.overlay:gaps",
        "no neighbours; contested places as pairs; the outline is given",
    ),
    Contestant(
        "DuckDB spatial",
        "peers.duckdb_spatial:gaps",
        "contested places as pairs; border shared where vertices are equal to the last bit",
    ),
    Contestant(
        "mapshaper -mosaic",
        "peers.mapshaper:gaps",
        "no neighbours; the outline is given; whole process, reading and writing shapefiles",
    ),
    Contestant(
        "maup resolve_overlaps, close_gaps",
        "peers.maup_repair:resolve_and_close",
        "repairs overlaps and gaps, lists neither",
    ),
    Contestant("maup close_gaps", "peers.maup_repair:close_gaps", "closes gaps, lists none"),
]


def run(contest: Contest) -> None:
    """Race at each size."""
    for size in contest.sizes or SIZES:
        seen = contest.race("gaps + contested", "city", size, CONTESTANTS)
        if size != FACTOR_AT:
            continue
        for peer in (UNION_PAIRS, UNION_PAIRS_WHOLE):
            for kernel in (KERNEL, KERNEL_ALL_CORES):
                contest.threshold(
                    f"gaps + contested at {size}: {peer.name} / {kernel.name}",
                    times(seen[peer.name], seen[kernel.name]),
                    at_least=FACTOR,
                )
