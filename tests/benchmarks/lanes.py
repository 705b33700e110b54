"""Lanes laid over a city, per vertex, beside its polygons and beside cutting lines by polygons.

``python -m tests.benchmarks.lanes [POLYGONS LANES]``. Most lanes wander about; every tenth runs
around a cell, along its borders.
"""

from __future__ import annotations

import sys
import time
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import shapely
from pyproj import CRS

from gis.arrangement import arrange
from gis.arrangement.partition import make_partition
from gis.duty import Question, Register, duties_on, standings
from gis.duty.body_sets import NOBODY
from gis.findings import lane_findings, lane_network
from gis.findings.lane_stretches import along_borders, unowned
from gis.layers.checking import blank_rows
from gis.measure import EllipsoidMeasure
from gis.model.project import Name, Project, Settings
from gis.model.tables import TABLES
from tests.benchmarks.city import CELL_M, city

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.benchmarks.city import City
    from tests.benchmarks.contest import Contest

SIZES = (10_000, 100_000)
FACTOR_AT = 100_000

#: Vertices of a lane, and metres between them; one lane of so many runs along borders.
VERTICES, STEP_M, ALONG = 37, 20.0, 10
#: A lane turns by so many radians at a vertex, one standard deviation.
TURN = 0.3

QUESTION = Question("", "", date(2026, 8, 15))
ACCURACY_M = 0.5


@dataclass(frozen=True, slots=True)
class Measured:
    """What a run of :func:`measure` took and found.

    Parameters
    ----------
    polygon_vertices, lane_vertices
        Vertices of the inputs, closing points included.
    arrange_s
        Seconds to arrange the polygons.
    lanes_s
        Seconds from the lanes as geometries to their pieces with owners, the stretches without an
        owner and those along borders, over the arrangement.
    findings_s
        Seconds for the table of findings, sentences included, beyond that.
    plain_s
        Seconds of ``geopandas.overlay``, which finds the pieces with owners only.
    figures
        Numbers of what was found.
    """

    polygon_vertices: int
    lane_vertices: int
    arrange_s: float
    lanes_s: float
    findings_s: float
    plain_s: float
    figures: dict[str, int]

    @property
    def ratio(self) -> float:
        """Time per vertex of a lane over time per vertex of a polygon."""
        return self.lanes_s / self.lane_vertices / (self.arrange_s / self.polygon_vertices)


def run(contest: Contest) -> None:
    """Measure as many lanes as polygons at each size."""
    for size in contest.sizes or SIZES:
        seen = measure(size, size, runs=contest.runs)
        tell(seen, contest.say)
        if size == FACTOR_AT:
            contest.threshold(
                f"lanes over {size}: time per vertex / that of polygons", seen.ratio, at_most=1.1
            )


def tell(seen: Measured, say: Callable[[str], Any]) -> None:
    """Print microseconds per vertex."""
    polygons, lanes = seen.polygon_vertices, seen.lane_vertices
    say(f"\nlanes: {lanes} vertices of lanes, {polygons} of polygons; microseconds per vertex")
    say(f"  polygons arranged                          {1e6 * seen.arrange_s / polygons:8.3f}")
    say(f"  lanes cut, owned and followed along borders {1e6 * seen.lanes_s / lanes:7.3f}")
    say(f"  findings told beyond that                  {1e6 * seen.findings_s / lanes:8.3f}")
    say(f"  geopandas.overlay, cut and owned only      {1e6 * seen.plain_s / lanes:8.3f}")
    say("  " + "  ".join(f"{name} {count}" for name, count in seen.figures.items()))


def measure(n_polygons: int, n_lines: int, *, seed: int = 11, runs: int = 3) -> Measured:
    """Lay lanes over a city and take the least seconds of some runs.

    Parameters
    ----------
    n_polygons, n_lines
        How many, about.
    seed
        Where the lanes are.
    runs
        How often each part is timed, after a small city on which everything is compiled.
    """
    small = city(400)
    _once(small, wandering(small, 40, seed=seed))
    made = city(n_polygons)
    lines = wandering(made, n_lines, seed=seed)
    seen = [_once(made, lines) for _ in range(runs)]
    least = {
        name: min(getattr(each, name) for each in seen)
        for name in ("arrange_s", "lanes_s", "findings_s")
    }
    return Measured(
        polygon_vertices=seen[0].polygon_vertices,
        lane_vertices=seen[0].lane_vertices,
        **least,
        plain_s=_seconds(_overlaid, made, lines)[0],
        figures=seen[0].figures,
    )


def wandering(made: City, count: int, *, seed: int) -> np.ndarray:
    """Return lanes all over a city."""
    random = np.random.default_rng(seed)
    along = count // ALONG
    west, south, east, north = shapely.total_bounds(made.outline)
    begin = random.uniform((west, south), (east, north), (count - along, 1, 2))
    turns = random.normal(0, TURN, (count - along, VERTICES - 1))
    turns[:, 0] = random.uniform(0, 2 * np.pi, count - along)
    ahead = np.cumsum(turns, axis=1)
    steps = STEP_M * np.stack([np.cos(ahead), np.sin(ahead)], axis=-1)
    points = np.concatenate([begin, begin + np.cumsum(steps, axis=1)], axis=1)
    around = random.choice(made.polygons, along)
    lines = np.concatenate([shapely.linestrings(points), shapely.get_exterior_ring(around)])
    # row by row, as the cells are
    x, y, *_ = shapely.bounds(lines).T
    return lines[np.lexsort((x, y // CELL_M))]


def _once(made: City, lines: np.ndarray) -> Measured:
    """Do everything once but the plain way."""
    arrange_s, _ = _seconds(arrange, made.polygons, grid_size=made.grid_size)
    project = _project(made, lines)
    measure = EllipsoidMeasure.around(made.outline, project.crs)
    claims = np.arange(len(project.claims))
    partition = make_partition(project, ("",), claims, number=0, measure=measure)
    duties = duties_on(Register.of(partition, project), "", QUESTION.as_of)
    answer = standings(duties, QUESTION.level)
    accuracy_m = np.where(answer.leads == NOBODY, np.nan, ACCURACY_M)
    _ = partition.inside  # known to a run by then

    def work() -> tuple[Any, Any, Any]:
        network = lane_network(project, partition, measure)
        return (
            network,
            unowned(network, answer, accuracy_m, ACCURACY_M),
            along_borders(network, partition, answer, accuracy_m),
        )

    lanes_s, (network, alone, along) = _seconds(work)
    told_s, told = _seconds(
        lane_findings, project, partition, network, duties, {QUESTION: answer}, measure
    )
    again_s, _ = _seconds(
        lambda: (
            unowned(network, answer, accuracy_m, ACCURACY_M),
            along_borders(network, partition, answer, accuracy_m),
        )
    )
    assert len(told) == len(alone) + len(along)
    return Measured(
        polygon_vertices=int(shapely.get_num_coordinates(made.polygons).sum()),
        lane_vertices=int(shapely.get_num_coordinates(lines).sum()),
        arrange_s=arrange_s,
        lanes_s=lanes_s,
        findings_s=max(0.0, told_s - again_s),
        plain_s=0.0,
        figures={
            "pieces": len(network.pieces.face),
            "unowned": len(alone),
            "along borders": len(along),
        },
    )


def _seconds(act: Callable[..., Any], *arguments: Any, **options: Any) -> tuple[float, Any]:
    begun = time.perf_counter()
    result = act(*arguments, **options)
    return time.perf_counter() - begun, result


def _overlaid(made: City, lines: np.ndarray) -> gpd.GeoDataFrame:
    """Cut lanes by polygons the plain way."""
    lanes = gpd.GeoDataFrame({"lane": np.arange(len(lines))}, geometry=lines, crs=made.crs)
    cells = gpd.GeoDataFrame(
        {"body": np.arange(len(made.polygons))}, geometry=made.polygons, crs=made.crs
    )
    return gpd.overlay(lanes, cells, how="intersection", keep_geom_type=True)


def _project(made: City, lines: np.ndarray) -> Project:
    """Return a project in which every polygon is the claim of a body of its own."""
    crs = CRS.from_user_input(made.crs)
    bodies = [f"body {number}" for number in range(len(made.polygons))]

    def table(name: str, shapes: Any, **columns: Any) -> gpd.GeoDataFrame:
        frame = blank_rows(TABLES[name], len(shapes)).assign(**columns)
        return gpd.GeoDataFrame(frame, geometry=list(shapes), crs=crs)

    return Project(
        folder=Path(),
        settings=Settings(Name(), QUESTION.as_of),
        crs=crs,
        jurisdiction=table("jurisdiction", made.outline),
        claims=table("claims", made.polygons, body=bodies, accuracy_m=ACCURACY_M),
        zones=table("zones", []),
        lanes=table("lanes", lines),
        cases=table("cases", []),
        agreements=table("agreements", []),
        bodies=blank_rows(TABLES["bodies"], len(bodies)).assign(body_id=bodies),
        matters=blank_rows(TABLES["matters"], 0),
        case_events=blank_rows(TABLES["case_events"], 0),
    )


def main() -> None:
    """Measure one size."""
    words = [int(word) for word in sys.argv[1:]] or [10_000, 10_000]

    def say(line: str) -> None:
        sys.stdout.write(line + "\n")

    tell(measure(*words), say)


if __name__ == "__main__":
    main()
