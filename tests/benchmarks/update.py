"""One changed claim: what is near it computed anew, beside arranging everything anew."""

from __future__ import annotations

import statistics
import time
from typing import TYPE_CHECKING

import numpy as np
from shapely.affinity import scale

from gis.arrangement import arrange, update
from tests.benchmarks.city import city

if TYPE_CHECKING:
    from tests.benchmarks.contest import Contest

SIZES = (10_000, 100_000)
MILLISECONDS_AT, MILLISECONDS = 100_000, 100

#: Claims changed one after the other, each in the arrangement that the one before has left.
CHANGES = 9


def run(contest: Contest) -> None:
    """Change claims drawn by lot at each size."""
    for size in contest.sizes or SIZES:
        polygons, changes, whole = measure(size)
        contest.say(f"\nupdate of one claim: {polygons} polygons, seconds")
        contest.say(f"  the first, which also learns where everything is  {changes[0]:9.4f}")
        later = statistics.median(changes[1:])
        contest.say(f"  each later one (median of {len(changes) - 1})               {later:9.4f}")
        contest.say(f"  everything anew                                   {whole:9.4f}")
        if size == MILLISECONDS_AT:
            for name, seconds in (("the first", changes[0]), ("each later one", later)):
                contest.threshold(
                    f"update of one claim among {size}, milliseconds, {name}",
                    1000 * seconds,
                    at_most=MILLISECONDS,
                )


def measure(count: int, *, seed: int = 3) -> tuple[int, list[float], float]:
    """Return the number of polygons, the seconds of each change, and those of a full run."""
    made = city(count)
    _change(arrange(city(400).polygons, grid_size=made.grid_size), made.polygons[:400], 7)
    polygons = np.concatenate([made.polygons, made.outline])
    begun = time.perf_counter()
    arrangement = arrange(polygons, grid_size=made.grid_size)
    whole = time.perf_counter() - begun
    seconds = []
    for cover in np.random.default_rng(seed).integers(0, len(made.polygons), CHANGES).tolist():
        begun = time.perf_counter()
        arrangement = _change(arrangement, polygons, cover)
        seconds.append(time.perf_counter() - begun)
    return len(polygons), seconds, whole


def _change(arrangement, polygons, cover):
    return update(arrangement, {cover: scale(polygons[cover], 1.07, 1.05)})
