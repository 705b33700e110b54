"""Real layers: the districts of New York in four matters, 357 polygons with long shorelines."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.benchmarks.matters import CONTESTANTS

if TYPE_CHECKING:
    from tests.benchmarks.contest import Contest


def run(contest: Contest) -> None:
    """Race once; the layers have one size."""
    contest.race("New York", "new_york", 0, CONTESTANTS)
