"""Time questions over a partition that is already built: another day, matter, level, perspective.

``python -m tests.benchmarks.questions [ATOMS …]``. The partition is made up, about three claims on
each atom, and has no shapes, as no question looks at any.
"""

from __future__ import annotations

import statistics
import sys
import time
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import shapely
from pyproj import CRS

from gis.arrangement import arrange
from gis.arrangement.partition import CUTTING_TABLES, Partition
from gis.duty import Question, Register, ask
from gis.layers.checking import blank_rows
from gis.measure import EllipsoidMeasure
from gis.model.project import Name, Project, Settings
from gis.model.tables import TABLES
from gis.model.vocabulary import Role

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.benchmarks.contest import Contest

#: Claims that cover an atom, on average.
CLAIMS_ON_AN_ATOM = 3

SIZES = (100_000,)
MILLISECONDS = 50

#: Agreements of the made-up project; the first half is drawn.
N_AGREEMENTS = 40

PLANE = CRS.from_epsg(4550)
DAY = date(2026, 8, 15)
MATTERS = {"city": "", "sweeping": "city", "lanes": "sweeping"}
LEVELS = ("county", "street", "community")


def measure(n_atoms: int, *, repeats: int = 9) -> dict[str, float]:
    """Return median milliseconds for each kind of question, and for making the register.

    Parameters
    ----------
    n_atoms
        Faces of the partition.
    repeats
        How often each kind is asked. Nothing is remembered from one question to the next.
    """
    partition, project = made_up(n_atoms)
    taken = {"register": [_milliseconds(Register.of, partition, project) for _ in range(3)]}
    register = Register.of(partition, project)
    for kind, questions in _kinds().items():
        taken[kind] = [_milliseconds(ask, register, next(questions)) for _ in range(repeats)]
    days = _kinds()["another day"]
    taken["the same in words"] = [
        _milliseconds(lambda: ask(register, next(days)).frame) for _ in range(repeats)
    ]
    return {kind: statistics.median(runs) for kind, runs in taken.items()}


def run(contest: Contest) -> None:
    """Time each kind of question at each size."""
    for size in contest.sizes or SIZES:
        contest.say(f"\nquestions over a partition: {size} atoms")
        for kind, milliseconds in measure(size).items():
            if kind in _kinds():
                contest.threshold(
                    f"{kind} at {size} atoms, milliseconds", milliseconds, at_most=MILLISECONDS
                )
            else:
                contest.say(f"  {kind}: {milliseconds:.0f} ms")


def _kinds() -> dict[str, Iterator[Question]]:
    question = Question("lanes", "street", DAY)
    days = (DAY + timedelta(number) for number in range(1, 10_000))
    return {
        "another day": (replace(question, as_of=day) for day in days),
        "another matter": (
            replace(question, matter=matter) for matter in _turn(("sweeping", "city"))
        ),
        "another level": (replace(question, level=level) for level in _turn(LEVELS[::2])),
        "another perspective": (
            replace(question, perspective=f"body {number}") for number in range(10_000)
        ),
    }


def _turn(values: tuple[str, ...]) -> Iterator[str]:
    while True:
        yield from values


def _milliseconds(act: Any, *arguments: Any) -> float:
    begun = time.perf_counter()
    act(*arguments)
    return 1000 * (time.perf_counter() - begun)


def made_up(n_atoms: int, *, seed: int = 5) -> tuple[Partition, Project]:
    """Return a partition without shapes, and the project whose claims cover it."""
    rng = np.random.default_rng(seed)
    n_claims, n_bodies = max(10, n_atoms // 10), max(5, n_atoms // 500)
    names = [f"body {number}" for number in range(n_bodies)]
    claims = blank_rows(TABLES["claims"], n_claims).assign(
        body=rng.choice(names, n_claims),
        role=rng.choice([*Role][:5], n_claims, p=[0.7, 0.1, 0.05, 0.05, 0.1]),
        matter=rng.choice(["", *MATTERS], n_claims),
        level=rng.choice(["", *LEVELS], n_claims),
        stated_by=rng.choice(["", *names[:3]], n_claims),
        valid_from=_days(rng, n_claims),
        valid_to=_days(rng, n_claims),
    )
    parties = [tuple(rng.choice(names, 4, replace=False)) for _ in range(N_AGREEMENTS)]
    agreements = blank_rows(TABLES["agreements"], N_AGREEMENTS).assign(
        parties=parties, first_receiver=[each[0] for each in parties]
    )
    n_drawn = N_AGREEMENTS // 2
    drawn = [shapely.box(0, 0, 1, 1)] * n_drawn + [None] * (N_AGREEMENTS - n_drawn)
    tables = {name: blank_rows(TABLES[name], 0) for name in ("zones", "lanes", "cases")}
    tables |= {
        "jurisdiction": blank_rows(TABLES["jurisdiction"], 1),
        "claims": claims,
        "agreements": agreements,
    }
    project = Project(
        folder=Path(),
        settings=Settings(Name(), DAY),
        crs=PLANE,
        bodies=blank_rows(TABLES["bodies"], n_bodies).assign(body_id=names),
        matters=blank_rows(TABLES["matters"], len(MATTERS)).assign(
            matter_id=list(MATTERS), parent_id=list(MATTERS.values())
        ),
        case_events=blank_rows(TABLES["case_events"], 0),
        **{
            name: gpd.GeoDataFrame(
                table,
                geometry=drawn if name == "agreements" else [None] * len(table),
                crs=PLANE,
            )
            for name, table in tables.items()
        },
    )
    counts = {"jurisdiction": 1, "claims": n_claims, "agreements": n_drawn}
    return _partition(rng, n_atoms, counts), project


def _days(rng: np.random.Generator, count: int) -> np.ndarray:
    """Return days around that of the questions, one in two missing."""
    days = np.datetime64(DAY, "s") + rng.integers(-200, 200, count).astype("timedelta64[D]")
    return np.where(rng.uniform(size=count) < 0.5, np.datetime64("NaT", "s"), days)


def _partition(rng: np.random.Generator, n_atoms: int, counts: dict[str, int]) -> Partition:
    """Return atoms in a jurisdiction that is the first cover, each covered at random."""
    covers = np.arange(sum(counts.values()))
    table = np.repeat([CUTTING_TABLES.index(name) for name in counts], list(counts.values()))
    claim = 1 + rng.integers(0, counts["claims"], CLAIMS_ON_AN_ATOM * n_atoms)
    agreement = 1 + counts["claims"] + rng.integers(0, counts["agreements"], n_atoms // 2)
    owner = np.concatenate([np.zeros(n_atoms, dtype=np.int64), claim, agreement])
    face = np.concatenate([np.arange(n_atoms), rng.integers(0, n_atoms, len(owner) - n_atoms)])
    face, owner = np.divmod(np.unique(face * len(covers) + owner), len(covers))
    # one square's arrangement, given faces that have owners and no outlines
    square = arrange(np.array([shapely.box(0, 0, 1, 1)]), grid_size=1.0)
    return Partition(
        number=0,
        matters=tuple(MATTERS),
        arrangement=replace(
            square,
            face_rings=np.zeros(n_atoms + 1, dtype=np.int64),
            owner_offsets=np.searchsorted(face, np.arange(n_atoms + 1)),
            owners=owner,
        ),
        cover_table=table,
        cover_row=covers - np.searchsorted(table, table),
        drawn=np.full(len(covers), None),
        measure=EllipsoidMeasure(PLANE, (120.0, 41.0)),
    )


def main() -> None:
    """Print a line for each number of atoms and kind of question."""
    for n_atoms in [int(word) for word in sys.argv[1:]] or [100_000]:
        for kind, milliseconds in measure(n_atoms).items():
            sys.stdout.write(f"{n_atoms:>8} atoms  {kind:<19} {milliseconds:7.1f} ms\n")


if __name__ == "__main__":
    main()
