"""Laws that hold for every layout: what adds up, and what cannot matter.

Few layouts each, through the whole analysis; test_partition_properties.py asks more of them of the
partition alone, where a layout costs a hundredth of the time.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.affinity import rotate, translate

from gis.pipeline import analyse
from tests.builders import COUNTY, claim, placed, project_of, question_of

#: Relative to the jurisdiction; snapping to a millimetre may move borders that are not rectangles.
EXACT, SNAPPED = 1e-9, 2e-6

bodies = st.sampled_from(["甲", "乙", "丙"])
metres = st.integers(-100, 1100)


@st.composite
def shapes(draw: st.DrawFn) -> shapely.Polygon:
    """Draw a rectangle, or a slanted triangle, with corners on whole metres."""
    west, south = draw(metres), draw(metres)
    width, height = draw(st.integers(1, 600)), draw(st.integers(1, 600))
    if draw(st.booleans()):
        return shapely.box(west, south, west + width, south + height)
    lean = draw(st.integers(-300, 300))
    return shapely.Polygon([(west, south), (west + width, south), (west + lean, south + height)])


layouts = st.lists(st.tuples(bodies, shapes()), min_size=1, max_size=7)
Layout = list[tuple[str, Any]]


def figures(layout: Layout, within: Any = COUNTY) -> np.ndarray:
    """Return jurisdiction, gap and contested area of a layout, in square metres."""
    run = analyse(project_of(*(claim(body, shape) for body, shape in layout), within=within))
    entry = question_of(run)
    return np.array([entry["jurisdiction_m2"], entry["gap_m2"], entry["contested_m2"]])


def same(first: np.ndarray, second: np.ndarray, tolerance: float = SNAPPED) -> bool:
    return bool(np.all(np.abs(first - second) <= tolerance * first[0]))


@settings(max_examples=15)
@given(layouts)
def test_the_atoms_add_up_to_the_jurisdiction_and_findings_to_the_gap(layout):
    run = analyse(project_of(*(claim(body, shape) for body, shape in layout)))
    entry = question_of(run)
    total = run.atoms["area_m2"].sum()
    assert total == pytest.approx(entry["jurisdiction_m2"], rel=EXACT)
    assert entry["covered_m2"] + entry["gap_m2"] == pytest.approx(total, rel=EXACT)
    wanting = run.findings.groupby("standing")["area_m2"].sum()
    allowed = EXACT * total
    assert wanting.get("void", 0.0) == pytest.approx(entry["gap_m2"], abs=allowed)
    assert wanting.get("contested", 0.0) == pytest.approx(entry["contested_m2"], abs=allowed)


@settings(max_examples=15)
@given(layouts)
def test_multiplicities_add_up_to_the_areas_claimed_inside(layout):
    run = analyse(project_of(*(claim(body, shape) for body, shape in layout)))
    covered = (run.atoms["area_m2"] * run.atoms["claim_ids"].map(len)).sum()
    outside = sum(run.certificate["claims"]["outside_m2"].values())
    drawn = sum(shape.area for _, shape in layout)
    # a border that is cut off the grid bends by up to half a millimetre
    bent = 0.0005 * sum(shape.length for _, shape in layout)
    assert covered + outside == pytest.approx(drawn, abs=bent + SNAPPED * drawn)


@settings(max_examples=8)
@given(layouts, st.randoms(use_true_random=False))
def test_the_order_of_rows_does_not_matter(layout, random):
    run = analyse(project_of(*(claim(body, shape) for body, shape in layout)))
    shuffled = random.sample(layout, len(layout))
    again = analyse(project_of(*(claim(body, shape) for body, shape in shuffled)))
    assert set(again.findings["finding_id"]) == set(run.findings["finding_id"])
    assert same(figures(layout), figures(shuffled), EXACT)


@settings(max_examples=8)
@given(layouts, st.integers(0, 3), st.booleans())
def test_where_a_ring_starts_and_how_it_turns_does_not_matter(layout, start, backwards):
    def redrawn(shape):
        ring = shapely.get_coordinates(shape)[:-1]
        ring = np.roll(ring, start, axis=0)
        return shapely.Polygon(ring[::-1] if backwards else ring)

    again = [(body, redrawn(shape)) for body, shape in layout]
    assert same(figures(layout), figures(again), EXACT)


@settings(max_examples=8)
@given(layouts)
def test_moving_everything_by_a_power_of_two_changes_no_area_in_the_plane(layout):
    # so near the central meridian the scale changes by less than the tolerance
    moved = [(body, translate(shape, 256, 512)) for body, shape in layout]
    assert same(figures(layout), figures(moved, translate(COUNTY, 256, 512)))


@settings(max_examples=8)
@given(layouts)
def test_turning_everything_by_a_right_angle_changes_no_area(layout):
    def turned(shape):
        return rotate(shape, 90, origin=(500, 500))

    again = [(body, turned(shape)) for body, shape in layout]
    assert same(figures(layout), figures(again, turned(COUNTY)))


@settings(max_examples=8)
@given(layouts, st.integers(1, 999))
def test_splitting_a_claim_between_two_rows_of_its_body_changes_nothing(layout, cut):
    (body, shape), *rest = layout
    west, east = (
        shape & shapely.box(-999, -999, cut, 9999),
        shape & shapely.box(cut, -999, 9999, 9999),
    )
    halves = [(body, half) for half in (west, east) if half.area > 0]
    assert same(figures(layout), figures([*halves, *rest]))


@settings(max_examples=8)
@given(layouts, bodies, shapes())
def test_one_more_claim_never_enlarges_the_gap(layout, body, shape):
    before, after = figures(layout), figures([*layout, (body, shape)])
    assert after[1] <= before[1] + SNAPPED * before[0]


@settings(max_examples=15)
@given(layouts)
def test_gap_and_contest_agree_with_unions_and_intersections(layout):
    by_body: dict[str, list[Any]] = {}
    for body, shape in layout:
        by_body.setdefault(body, []).append(placed(shape))
    unions = [shapely.union_all(drawn) for drawn in by_body.values()]
    county = placed(COUNTY)
    gap = county.difference(shapely.union_all(unions)).area
    twice = shapely.union_all(
        [a & b for at, a in enumerate(unions) for b in unions[at + 1 :]]
    ).intersection(county)
    expected = np.array([county.area, gap, twice.area])
    assert same(expected, figures(layout))
