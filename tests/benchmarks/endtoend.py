"""``mangqu gaps`` beside a plain script: whole processes, from GeoParquet to GeoPackage."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.benchmarks.contest import Contestant, times

if TYPE_CHECKING:
    from tests.benchmarks.contest import Contest

SIZES = (1_000, 20_000)
FACTOR_AT, FACTOR = 20_000, 10

MANGQU = Contestant(
    "mangqu gaps", "peers.processes:mangqu", "findings, neighbours, positions, reasons, atoms"
)
SCRIPT = Contestant(
    "plain script",
    "peers.processes:plain_script",
    "findings with class, area, width, place, owners; neighbours; no atoms, no reasons",
)
CONTESTANTS = [
    MANGQU,
    SCRIPT,
    Contestant(
        "plain script without widths",
        "peers.processes:plain_script_without_widths",
        "tells no slivers apart either",
    ),
    Contestant(
        "plain script with atoms",
        "peers.processes:plain_script_with_atoms",
        "also every part of the partition with its owners, as mangqu gaps writes them",
    ),
]


def run(contest: Contest) -> None:
    """Race at each size."""
    for size in contest.sizes or SIZES:
        seen = contest.race("GeoParquet to GeoPackage", "city", size, CONTESTANTS)
        if size != FACTOR_AT:
            continue
        for peer in CONTESTANTS[1:]:
            contest.threshold(
                f"end to end at {size}: {peer.name} / mangqu gaps",
                times(seen[peer.name], seen[MANGQU.name]),
                at_least=FACTOR,
            )
