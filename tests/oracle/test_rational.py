"""Random layouts of rectangles in exact fractions: gaps, contests and shared borders."""

from __future__ import annotations

from collections import defaultdict
from fractions import Fraction
from itertools import pairwise

import numpy as np
import pytest
import shapely

from gis.pipeline import analyse
from tests.builders import COUNTY, claim, project_of, question_of

Box = tuple[str, Fraction, Fraction, Fraction, Fraction]

#: Relative to the jurisdiction; the plane's scale differs from the ellipsoid's by about as much.
TOLERANCE = 1e-6


def layout(seed: int) -> list[Box]:
    """Return rectangles whose corners lie on eighths of a metre, many of them shared."""
    random = np.random.default_rng(seed)
    lines = np.sort(random.integers(0, 8000, 9))
    boxes = []
    for _ in range(9):
        west, east = sorted(random.choice(lines, 2, replace=False).tolist())
        south, north = sorted(random.choice(lines, 2, replace=False).tolist())
        body = str(random.choice(["甲", "乙", "丙"]))
        boxes.append((body, *(Fraction(value, 8) for value in (west, south, east, north))))
    return boxes


def by_cells(boxes: list[Box]) -> tuple[Fraction, Fraction, dict[str, Fraction]]:
    """Return gap, contested area and metres of border between gaps and each body, exactly."""
    limit = Fraction(1000)
    xs = sorted({Fraction(0), limit, *(x for box in boxes for x in (box[1], box[3]))})
    ys = sorted({Fraction(0), limit, *(y for box in boxes for y in (box[2], box[4]))})
    owners = {}
    gap = contested = Fraction(0)
    for i, (west, east) in enumerate(pairwise(xs)):
        for j, (south, north) in enumerate(pairwise(ys)):
            cover = frozenset(
                body
                for body, x0, y0, x1, y1 in boxes
                if x0 <= west and east <= x1 and y0 <= south and north <= y1
            )
            owners[i, j] = cover
            area = (east - west) * (north - south)
            gap += area if not cover else 0
            contested += area if len(cover) > 1 else 0
    shared: dict[str, Fraction] = defaultdict(Fraction)
    for (i, j), cover in owners.items():
        for other, length in (
            ((i + 1, j), ys[j + 1] - ys[j]),
            ((i, j + 1), xs[i + 1] - xs[i]),
        ):
            if other in owners and (not cover) != (not owners[other]):
                for body in cover or owners[other]:
                    shared[body] += length
    return gap, contested, dict(shared)


@pytest.mark.parametrize("seed", range(12))
def test_rectangles_agree_with_exact_fractions(seed):
    boxes = layout(seed)
    run = analyse(
        project_of(*(claim(body, shapely.box(*map(float, edges))) for body, *edges in boxes))
    )
    gap, contested, shared = by_cells(boxes)
    entry = question_of(run)
    allowed = TOLERANCE * COUNTY.area
    assert entry["gap_m2"] == pytest.approx(float(gap), abs=allowed)
    assert entry["contested_m2"] == pytest.approx(float(contested), abs=allowed)
    gaps = run.findings.loc[run.findings["standing"] == "void", "finding_id"]
    rows = run.finding_neighbours[run.finding_neighbours["finding_id"].isin(gaps)]
    measured = rows[rows["body"] != ""].groupby("body")["shared_m"].sum()
    assert measured.to_dict() == pytest.approx({k: float(v) for k, v in shared.items()}, abs=0.01)
