"""A finding keeps its number while the same place is wanting."""

from datetime import date

import pytest

from gis.pipeline import analyse
from tests.builders import (
    COUNTY,
    EAST_HALF,
    WEST_HALF,
    agreement,
    claim,
    found,
    lane,
    project_of,
    square,
    zone,
)

HOLES = [square(100, 100, 140, 180), square(700, 300, 780, 340)]
CLAIMS = [
    claim("A", WEST_HALF - HOLES[0]),
    claim("B", EAST_HALF - HOLES[1]),
    claim("C", square(450, 600, 550, 700)),
]


def numbers(*claims, **options):
    return set(found(analyse(project_of(*claims, **options)), "finding_id"))


def test_the_order_of_rows_changes_no_number():
    assert numbers(*CLAIMS) == numbers(*reversed(CLAIMS))
    assert len(numbers(*CLAIMS)) == 4


def test_the_findings_stand_gravest_and_largest_first():
    run = analyse(project_of(*CLAIMS))
    assert found(run, "class", "area_m2") == [
        ("void", pytest.approx(3200, rel=1e-6)),
        ("void", pytest.approx(3200, rel=1e-6)),
        ("contested", pytest.approx(5000, rel=1e-6)),
        ("contested", pytest.approx(5000, rel=1e-6)),
    ]
    areas = found(run, "area_m2")
    assert areas[0] >= areas[1]


def test_a_place_that_goes_from_lapsed_to_void_or_leaderless_keeps_its_number():
    lapsed = numbers(claim("A", COUNTY, valid_to="2026-06-30"))
    leaderless = numbers(claim("A", COUNTY, role="assist"))
    void = numbers(claim("A", COUNTY, role="fund"))
    assert lapsed == leaderless == void
    assert len(void) == 1


def test_another_day_keeps_the_number():
    expiring = [claim("A", WEST_HALF), claim("B", EAST_HALF, valid_to="2026-06-30")]
    assert numbers(*expiring, as_of=date(2026, 7, 1)) == numbers(*expiring, as_of=date(2027, 7, 1))
    assert numbers(*expiring, as_of=date(2026, 6, 29)) == set()


def test_a_contested_place_keeps_its_number_once_an_agreement_settles_it():
    claims = [claim("A", COUNTY), claim("B", WEST_HALF)]
    assert numbers(*claims) == numbers(*claims, agreements=[agreement("A", "B", first="A")])


def test_a_zone_laid_over_it_and_an_unrelated_claim_elsewhere_keep_the_number():
    plain = numbers(claim("A", COUNTY - HOLES[0]))
    changed = numbers(
        claim("A", square(0, 0, 1000, 500) - HOLES[0]),
        claim("B", square(0, 500, 1000, 1000)),
        zones=[zone("fringe", square(0, 0, 1000, 120))],
    )
    assert plain == changed


def test_a_gap_and_an_overlap_at_the_same_spot_have_different_numbers():
    gap = numbers(claim("A", COUNTY - HOLES[0]))
    overlap = numbers(claim("A", COUNTY), claim("B", HOLES[0]))
    assert gap.isdisjoint(overlap)


def test_the_same_place_in_two_matters_has_two_numbers():
    claims = [claim("A", WEST_HALF, "order"), claim("A", WEST_HALF, "cleaning")]
    assert len(numbers(*claims)) == 2


def test_many_places_have_as_many_numbers():
    holes = [square(x, y, x + 20, y + 20) for x in range(30, 980, 50) for y in range(30, 980, 50)]
    rest = COUNTY
    for hole in holes:
        rest = rest - hole
    assert len(numbers(claim("A", rest))) == len(holes)


def test_a_lane_finding_keeps_its_number_under_row_order():
    lanes = [lane((0, 250), (1000, 250)), lane((0, 750), (1000, 750))]
    named = [{**row, "lane_id": name} for row, name in zip(lanes, "xy", strict=True)]
    first = analyse(project_of(claim("A", WEST_HALF), lanes=named))
    second = analyse(project_of(claim("A", WEST_HALF), lanes=named[::-1]))
    ids = [set(run.lane_findings["lane_finding_id"]) for run in (first, second)]
    assert ids[0] == ids[1]
    assert len(ids[0]) == 2
