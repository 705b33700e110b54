"""The kernel alone, up to a million polygons: time, memory, and the exponent of its growth."""

from __future__ import annotations

import math
import statistics
from typing import TYPE_CHECKING

from tests.benchmarks import gaps, partition

if TYPE_CHECKING:
    from tests.benchmarks.contest import Contest, Contestant, Outcome

SIZES = (10_000, 100_000, 1_000_000)
LARGEST, MEMORY_MB, EXPONENT = 1_000_000, 8_000, 1.1
TASKS = {"gaps + contested": (gaps, 30), "full partition": (partition, 60)}


def run(contest: Contest) -> None:
    """Run both tasks, with one thread and with all, at each size."""
    for task, (benchmark, seconds) in TASKS.items():
        contestants = [benchmark.KERNEL, benchmark.KERNEL_ALL_CORES]
        seen: dict[str, list[Outcome]] = {contestant.name: [] for contestant in contestants}
        for size in contest.sizes or SIZES:
            outcomes = contest.race(f"{task}, kernel alone", "city", size, contestants)
            for name, outcome in outcomes.items():
                seen[name].append(outcome)
                if size == LARGEST:
                    median = outcome.median
                    contest.threshold(f"{task} at {size}, seconds, {name}", median, at_most=seconds)
                    contest.threshold(
                        f"{task} at {size}, MB, {name}",
                        None if median is None else outcome.peak_mb,
                        at_most=MEMORY_MB,
                    )
        for contestant in contestants:
            _judge_growth(contest, task, contestant, seen[contestant.name])


def _judge_growth(
    contest: Contest, task: str, contestant: Contestant, outcomes: list[Outcome]
) -> None:
    measured = {each.polygons: each.median for each in outcomes if each.median is not None}
    if len(measured) > 1:
        contest.threshold(
            f"{task}, growth exponent from {min(measured)} to {max(measured)}, {contestant.name}",
            exponent(measured),
            at_most=EXPONENT,
        )


def exponent(seconds: dict[int, float]) -> float:
    """Return the slope of log seconds over log size, by least squares."""
    sizes = [math.log(size) for size in seconds]
    return statistics.linear_regression(sizes, [math.log(s) for s in seconds.values()]).slope
