"""Rules whose edges are easily lost: each test fails if one condition of the code is dropped."""

import math
from datetime import date

import geopandas as gpd
import numpy as np
import pytest
from pyproj import Transformer

from gis.arrangement.partition import grid_spacing
from gis.jurisdiction import outline_of_claims
from gis.measure import EllipsoidMeasure
from gis.oneshot import GapRequest, gaps_of_layer
from gis.pipeline import analyse
from gis.whois import who_answers
from tests.builders import (
    COUNTY,
    EAST,
    EAST_HALF,
    NORTH,
    PLANE,
    WEST_HALF,
    agreement,
    answers,
    areas_by_standing,
    claim,
    district,
    found,
    neighbours_of,
    placed,
    project_of,
    square,
    zone,
)

HOLE = square(400, 400, 600, 600)
SLIT = square(499.5, 0, 500.5, 1000)
TO_DEGREES = Transformer.from_crs(PLANE, 4326, always_xy=True)


def outline(*shapes, close_slits_m):
    """Return the outline that claims give, in the plane."""
    claims = np.array([placed(shape) for shape in shapes], dtype=object)
    return outline_of_claims(
        claims,
        EllipsoidMeasure.around(claims, PLANE),
        close_slits_m=close_slits_m,
        grid_size=grid_spacing(PLANE, 0.001),
    )


def gaps(tmp_path, *shapes, bodies=("A", "B"), **options):
    """Return the run of one layer of claims."""
    path = tmp_path / "claims.gpkg"
    shapes = [placed(shape) for shape in shapes]
    gpd.GeoDataFrame({"body": bodies}, geometry=shapes, crs=PLANE).to_file(path)
    return gaps_of_layer(GapRequest(str(path), **options), today=date(2026, 8, 15)).run


def at(run, x, y):
    """Return the answers at a point given in metres from the corner of the tests."""
    return who_answers(run, *TO_DEGREES.transform(EAST + x, NORTH + y))


# the outline of the claims


LEAKING = COUNTY - HOLE - square(499.5, 600, 500.5, 1000)


@pytest.mark.parametrize(
    "shapes", [(LEAKING,), (WEST_HALF - SLIT, EAST_HALF - SLIT)], ids=["leak", "slit"]
)
def test_an_outline_with_its_slits_closed_is_the_hull(shapes):
    closed = outline(*shapes, close_slits_m=1.4)
    assert closed.area == pytest.approx(1e6, abs=1e-4)
    assert placed(COUNTY).hausdorff_distance(closed) < 1e-6


def test_an_outline_whose_slits_stay_open_leaves_out_what_lies_behind_them():
    assert outline(LEAKING, close_slits_m=0).area == pytest.approx(1e6 - 40_000 - 400, abs=1e-6)


def test_a_hole_that_leaks_through_a_slit_of_a_metre_is_found_with_the_slit(tmp_path):
    run = gaps(tmp_path, LEAKING, bodies=["A"])
    assert found(run, "class", "area_m2") == [("void", pytest.approx(40_400, rel=1e-6))]
    assert found(gaps(tmp_path, LEAKING, bodies=["A"], close_slits=0.0), "class") == []


def test_a_slit_of_a_metre_between_two_claims_is_a_sliver(tmp_path):
    halves = [WEST_HALF - SLIT, EAST_HALF - SLIT]
    run = gaps(tmp_path, *halves)
    assert found(run, "class", "kind_of_sliver", "area_m2", "neighbours") == [
        ("sliver", "gap", pytest.approx(1000, rel=1e-6), ("A", "B"))
    ]
    assert found(gaps(tmp_path, *halves, close_slits=0.0), "class") == []


def test_a_row_that_names_nobody_stands_for_itself(tmp_path):
    shapes = [WEST_HALF, square(400, 0, 1000, 1000), square(900, 0, 1000, 1000)]
    run = gaps(tmp_path, *shapes, bodies=["A", None, ""])
    assert sorted(found(run, "bodies")) == [("#2", "#3"), ("#2", "A")]


# what lies around a place


def test_a_void_cut_by_a_zone_has_the_neighbours_of_the_whole():
    run = analyse(
        project_of(claim("A", COUNTY - HOLE), zones=[zone("works", square(300, 500, 700, 700))])
    )
    assert found(run, "class", "position") == [("void", "hole")]
    assert neighbours_of(run) == {"A": pytest.approx(800, rel=1e-5)}


def test_the_zone_that_cuts_an_overlap_adds_nothing_to_its_border():
    # the outer ring is C's, so the border that A and B share with the place is only within it
    claims = [claim(body, HOLE) for body in "AB"]
    run = analyse(
        project_of(
            *claims,
            claim("C", COUNTY - HOLE),
            zones=[zone("works", square(300, 500, 700, 700))],
        )
    )
    assert found(run, "class", "bodies", "neighbours") == [("contested", ("A", "B"), ("C",))]
    assert neighbours_of(run) == {"C": pytest.approx(800, rel=1e-5)}


def test_a_gap_lies_between_the_parts_of_a_body_only_if_that_has_most_of_its_border():
    parts = [square(300, 200, 400, 500), square(300, 500, 400, 800)]
    others = {
        "B": square(600, 200, 700, 500),
        "C": square(600, 500, 700, 800),
        "D": square(400, 700, 600, 800),
        "E": square(400, 200, 600, 300),
    }
    within = square(300, 200, 700, 800)
    west = [claim("A", part) for part in parts]
    apart = [claim(body, shape) for body, shape in others.items()]
    assert found(analyse(project_of(*west, *apart, within=within)), "position") == ["enclosed"]
    mostly = [claim("A", shape) for shape in others.values()]
    assert found(analyse(project_of(*west, *mostly, within=within)), "position") == [
        "between_parts"
    ]


def test_a_gap_in_a_ring_that_another_body_shares_is_no_hole():
    ring, inner = claim("A", COUNTY - HOLE), claim("B", square(400, 400, 500, 600))
    assert found(analyse(project_of(ring)), "position") == ["hole"]
    assert found(analyse(project_of(ring, inner)), "position") == ["enclosed"]


# what a finding says


@pytest.mark.parametrize("accuracies", [(0.1, 1, 5), (5, 0.1, 1), (1, 5, 0.1)])
def test_the_threshold_comes_from_the_two_least_accurate_of_three_borders(accuracies):
    gap = square(495, 50, 505, 950)
    shapes = (WEST_HALF - gap, square(500, 0, 1000, 500) - gap, square(500, 500, 1000, 1000) - gap)
    claims = [
        claim(body, shape, accuracy_m=accuracy)
        for body, shape, accuracy in zip("ABC", shapes, accuracies, strict=True)
    ]
    assert found(analyse(project_of(*claims)), "class", "threshold_m") == [
        ("sliver", pytest.approx(2 * math.hypot(1, 5)))
    ]


def test_the_accuracies_of_the_claims_that_overlap_count_although_they_end_there():
    strip = square(500, 0, 508, 1000)
    west = [claim("A", strip, accuracy_m=3.0), claim("B", strip, accuracy_m=4.0)]
    run = analyse(project_of(*west, claim("C", COUNTY - strip, accuracy_m=0.1)))
    assert found(run, "class", "standing", "threshold_m") == [
        ("sliver", "contested", pytest.approx(10))
    ]


@pytest.mark.parametrize("second", [COUNTY, WEST_HALF, EAST_HALF])
@pytest.mark.parametrize("turn", [1, -1])
def test_a_place_lapsed_on_the_last_day_that_any_claim_in_it_ended(second, turn):
    claims = [claim("A", COUNTY, valid_to="2025-01-01"), claim("A", second, valid_to="2026-02-03")]
    run = analyse(project_of(*claims[::turn]))
    assert found(run, "standing", "lapsed_on") == [("lapsed", "2026-02-03")]


@pytest.mark.parametrize(
    ("receivers", "named"),
    [
        ({"F": WEST_HALF}, ""),
        ({"F": WEST_HALF, "G": EAST_HALF}, ""),
        ({"F": COUNTY}, "F"),
    ],
)
def test_a_gap_has_a_first_receiver_only_if_all_of_it_has_the_same(receivers, named):
    rows = [claim(body, shape, role="first_receiver") for body, shape in receivers.items()]
    assert found(analyse(project_of(*rows)), "standing", "first_receiver") == [("void", named)]


@pytest.mark.parametrize(("west", "listed"), [(599.998, False), (550, True)])
def test_a_zone_or_district_that_a_gap_only_touches_is_not_listed(west, listed):
    ring = claim("A", COUNTY - HOLE)
    reaching = [zone("works", square(west, 300, 700, 700))]
    assert found(analyse(project_of(ring, zones=reaching)), "zones") == [
        ("works",) if listed else ()
    ]
    halves = [district("w", square(0, 0, west, 1000)), district("e", square(west, 0, 1000, 1000))]
    run = analyse(project_of(ring, within=halves))
    assert found(run, "class", "districts") == [("void", ("w", "e") if listed else ("w",))]


# who leads


LEVELS = ("city", "county", "street", "community")


@pytest.mark.parametrize(
    ("led", "asked", "standing", "nearest"),
    [
        (("city", "county"), "street", "not_passed_down", "county"),
        (("city", "county"), "community", "not_passed_down", "county"),
        (("street", "community"), "county", "elsewhere", "street"),
        (("street", "community"), "city", "elsewhere", "street"),
        (("city", "street", "community"), "county", "not_passed_down", "city"),
    ],
)
@pytest.mark.parametrize("turn", [1, -1])
def test_of_the_levels_that_lead_the_nearest_is_named(led, asked, standing, nearest, turn):
    claims = [claim(level, COUNTY, level=level) for level in led][::turn]
    (row,) = answers(project_of(*claims), level=asked).to_dict("records")
    assert (row["standing"], row["leads"]) == (standing, (nearest,))


SPECIAL_AND_GENERAL = {
    "nearest matter, not its ancestor": (
        {"matter": "order"},
        {"matter": "environment", "place": COUNTY, "signed_on": "2026-05-01"},
    ),
    "drawn place, not everywhere": (
        {"matter": "order", "place": COUNTY, "signed_on": "2025-01-01"},
        {"matter": "order", "signed_on": "2026-05-01"},
    ),
    "later signing, not the earlier": (
        {"matter": "order", "signed_on": "2026-05-01"},
        {"matter": "order", "signed_on": "2025-01-01"},
    ),
}


@pytest.mark.parametrize(
    ("special", "general"), SPECIAL_AND_GENERAL.values(), ids=SPECIAL_AND_GENERAL
)
@pytest.mark.parametrize("turn", [1, -1])
def test_the_special_agreement_counts_wherever_it_stands_in_the_table(special, general, turn):
    rows = [agreement("A", "B", first="B", **special), agreement("A", "B", first="A", **general)]
    project = project_of(
        claim("A", COUNTY, "order"),
        claim("B", COUNTY, "order"),
        agreements=rows[::turn],
        tree={"environment": "", "order": "environment"},
    )
    assert answers(project)["first_receiver"].tolist() == ["B"]


def test_two_receivers_in_one_overlap_are_two_joint_findings():
    run = analyse(
        project_of(
            claim("A", COUNTY),
            claim("B", COUNTY),
            agreements=[
                agreement("A", "B", first="A", place=WEST_HALF),
                agreement("A", "B", first="B", place=EAST_HALF),
            ],
        )
    )
    assert sorted(found(run, "class", "first_receiver", "area_m2")) == [
        ("joint", "A", pytest.approx(5e5, rel=1e-6)),
        ("joint", "B", pytest.approx(5e5, rel=1e-6)),
    ]


@pytest.mark.parametrize(
    ("life", "standing"),
    [
        ({"valid_to": "2026-08-15"}, "lapsed"),
        ({"valid_to": "2026-08-16"}, "sole"),
        ({"valid_from": "2026-08-16"}, "void"),
        ({"valid_from": "2026-08-15"}, "sole"),
    ],
)
def test_a_body_leads_only_while_it_exists(life, standing):
    project = project_of(claim("A", COUNTY), bodies=[{"body_id": "A", **life}])
    assert areas_by_standing(project) == {standing: 1e6}


# who answers at a point


def test_the_grounds_of_an_answer_are_claims_in_force_only():
    run = analyse(
        project_of(
            claim("A", COUNTY, valid_to="2026-01-01"),
            claim("A", COUNTY, valid_from="2026-01-01"),
            claim("A", COUNTY, valid_from="2027-01-01"),
            claim("A", COUNTY, status="disclaimed"),
            claim("B", COUNTY, role="assist", valid_to="2026-01-01"),
        )
    )
    (answer,) = at(run, 500, 500)
    assert [ground.claim_id for ground in answer.grounds] == ["C000002"]
    assert answer.assists == ()


def test_a_finding_at_every_level_is_named_at_each_level_asked():
    claims = [claim("A", WEST_HALF, level=level) for level in ("county", "street")]
    run = analyse(project_of(*claims))
    ((identity, level),) = found(run, "finding_id", "level")
    assert level == ""
    assert [(answer.level, answer.finding_ids) for answer in at(run, 900, 500)] == [
        ("county", (identity,)),
        ("street", (identity,)),
    ]
