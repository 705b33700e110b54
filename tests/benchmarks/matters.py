"""Several matters that share most borders: one arrangement for all, or every matter for itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.benchmarks.contest import Contestant

if TYPE_CHECKING:
    from tests.benchmarks.contest import Contest

SIZES = (1_000, 10_000)

CONTESTANTS = [
    Contestant("kernel, one arrangement", "kernel:gaps_of_all_matters"),
    Contestant("kernel, one for each matter", "kernel:gaps_by_matter"),
    Contestant(
        "union_all + STRtree pairs",
        "peers.union_pairs:bare_by_matter",
        "for each matter; no neighbours; contested places as pairs",
    ),
    Contestant(
        "the same, tuned, with neighbours",
        "peers.union_pairs:whole_by_matter",
        "for each matter; contested places as pairs",
    ),
]


def run(contest: Contest) -> None:
    """Race at each size; figures are those of all matters added up."""
    for size in contest.sizes or SIZES:
        contest.race("four matters", "matters", size, CONTESTANTS)
