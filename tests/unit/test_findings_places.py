"""Where a finding lies: its place, position, neighbours, zones and districts."""

import numpy as np
import pytest
import shapely

from gis.findings.places import connected
from gis.pipeline import analyse
from tests.builders import (
    COUNTY,
    EAST_HALF,
    WEST_HALF,
    agreement,
    claim,
    district,
    found,
    neighbours_of,
    project_of,
    square,
    zone,
)


def test_full_cover_by_one_body_each_leaves_nothing_to_find():
    run = analyse(project_of(claim("A", WEST_HALF), claim("B", EAST_HALF)))
    assert (len(run.findings), len(run.finding_neighbours), len(run.lane_findings)) == (0, 0, 0)


def test_a_strip_between_two_bodies_tells_both_with_the_metres_they_share():
    strip = square(480, 0, 520, 1000)
    run = analyse(project_of(claim("A", WEST_HALF - strip), claim("B", EAST_HALF - strip)))
    assert found(run, "class", "position") == [("void", "inlet")]
    assert neighbours_of(run) == {
        "A": pytest.approx(1000, rel=1e-5),
        "B": pytest.approx(1000, rel=1e-5),
        "": pytest.approx(80, rel=1e-5),
    }


def test_neighbours_stand_by_falling_shared_border_and_the_limit_is_none_of_them():
    corner = square(300, 900, 800, 1000)
    run = analyse(project_of(claim("A", WEST_HALF - corner), claim("B", EAST_HALF - corner)))
    # A: 200 m below, 100 m to the west; B: 300 m below, 100 m to the east
    assert found(run, "neighbours") == [("B", "A")]
    assert neighbours_of(run)["B"] == pytest.approx(400, rel=1e-5)
    assert neighbours_of(run)["A"] == pytest.approx(300, rel=1e-5)


def test_both_leads_of_a_contested_block_are_neighbours_of_the_gap_beside_it():
    claims = [claim("A", WEST_HALF), claim("B", WEST_HALF)]
    run = analyse(project_of(*claims))
    assert found(run, "class", "neighbours") == [("void", ("A", "B")), ("contested", ())]


MIDDLE = square(400, 400, 600, 600)
TWO_PARTS = shapely.MultiPolygon([square(300, 400, 400, 600), square(600, 400, 700, 600)])
AROUND = COUNTY - MIDDLE - TWO_PARTS

POSITIONS = {
    "inside one polygon": ("hole", [claim("A", COUNTY - MIDDLE)]),
    "among two bodies": (
        "enclosed",
        [claim("A", WEST_HALF - MIDDLE), claim("B", EAST_HALF - MIDDLE)],
    ),
    "open to the limit": ("inlet", [claim("A", COUNTY - square(900, 400, 1000, 600))]),
    "between two parts that share most, yet less than half": (
        "enclosed",
        [
            claim("A", square(275, 400, 375, 600) | square(625, 400, 725, 600)),
            claim("B", square(0, 0, 1000, 500) - square(275, 400, 725, 600)),
            claim("C", square(0, 500, 1000, 1000) - square(275, 400, 725, 600)),
        ],
    ),
    "between two parts that share more": (
        "between_parts",
        [
            claim("A", TWO_PARTS | MIDDLE - square(450, 400, 550, 600)),
            claim("B", AROUND),
        ],
    ),
    "between two claims of one body": (
        "between_parts",
        [claim("A", WEST_HALF - MIDDLE), claim("A", EAST_HALF - MIDDLE)],
    ),
}


@pytest.mark.parametrize(("position", "claims"), POSITIONS.values(), ids=POSITIONS)
def test_the_position_of_a_gap_is_told(position, claims):
    assert found(analyse(project_of(*claims)), "class", "position") == [("void", position)]


def test_a_part_of_the_jurisdiction_that_nobody_touches_is_detached():
    within = shapely.MultiPolygon([COUNTY, square(2000, 0, 2100, 100)])
    run = analyse(project_of(claim("A", COUNTY), within=within))
    assert found(run, "class", "position") == [("void", "detached")]


def test_a_hole_that_touches_its_ring_in_a_point_is_still_one_hole():
    diamond = shapely.Polygon([(500, 0), (600, 100), (500, 200), (400, 100)])
    run = analyse(project_of(claim("A", COUNTY - diamond)))
    # the diamond's lowest corner lies on the limit, yet it shares no length with it
    assert found(run, "class", "position") == [("void", "hole")]
    assert "" not in neighbours_of(run)


def test_two_holes_that_touch_in_a_point_are_two_findings():
    holes = square(300, 300, 400, 400) | square(400, 400, 500, 500)
    run = analyse(project_of(claim("A", COUNTY - holes)))
    assert found(run, "position") == ["hole", "hole"]
    assert [shape.area for shape in run.findings.geometry] == pytest.approx([10_000, 10_000])


def test_one_connected_gap_stays_one_finding_although_zones_and_districts_cut_it():
    gap = square(450, 0, 550, 1000)
    run = analyse(
        project_of(
            claim("A", WEST_HALF - gap),
            claim("B", EAST_HALF - gap),
            within=[district("west", WEST_HALF), district("east", EAST_HALF)],
            zones=[
                zone("fringe", square(0, 300, 1000, 400)),
                zone("back_lane", square(500, 0, 520, 90)),
            ],
        )
    )
    assert found(run, "class", "districts", "zones", "zone_ids", "law") == [
        ("void", ("west", "east"), ("back_lane", "fringe"), ("Z000001", "Z000002"), "cross_border")
    ]


def test_a_claim_of_a_body_that_only_supervises_does_not_cut_a_gap_in_two():
    run = analyse(project_of(claim("A", WEST_HALF, role="supervise")))
    assert found(run, "class", "area_m2") == [("void", pytest.approx(1e6, rel=1e-6))]


def test_gaps_of_a_different_kind_that_touch_are_told_apart():
    run = analyse(project_of(claim("A", WEST_HALF, role="assist")))
    assert found(run, "class", "bodies") == [("void", ()), ("leaderless", ("A",))]


@pytest.mark.parametrize(
    ("kind", "law"),
    [
        ("back_lane", "back_lane"),
        ("oil_local", "oil_local"),
        ("unit_surroundings", "unit_surroundings"),
        ("fringe", "unclear"),
        ("a kind of my own", "unclear"),
    ],
)
def test_the_zone_a_gap_lies_in_chooses_the_clause(kind, law):
    run = analyse(project_of(claim("A", WEST_HALF), zones=[zone(kind, square(700, 0, 710, 10))]))
    assert found(run, "zones", "law") == [((kind,), law)]


def test_a_zone_never_makes_a_finding_nor_moves_an_area():
    without = analyse(project_of(claim("A", WEST_HALF)))
    zones = [
        zone("fringe", square(-500, -500, 1500, 1500)),
        zone("fringe", square(3000, 0, 4000, 9)),
    ]
    beside = analyse(project_of(claim("A", WEST_HALF), zones=zones))
    assert beside.certificate["jurisdiction_m2"] == without.certificate["jurisdiction_m2"]
    assert found(beside, "finding_id", "class") == found(without, "finding_id", "class")
    assert found(beside, "zone_ids") == [("Z000001",)]


def test_districts_that_overlap_count_their_ground_once():
    within = [
        district("west", square(0, 0, 600, 1000)),
        district("east", square(400, 0, 1000, 1000)),
    ]
    run = analyse(project_of(claim("A", WEST_HALF), within=within))
    assert run.certificate["jurisdiction_m2"] == pytest.approx(1e6, rel=1e-6)
    assert found(run, "area_m2", "districts") == [(pytest.approx(5e5, rel=1e-6), ("west", "east"))]


def test_a_finding_never_reaches_beyond_the_jurisdiction():
    claims = [claim("A", square(-300, 0, 600, 1000)), claim("B", square(500, 0, 1700, 900))]
    project = project_of(*claims)
    run = analyse(project)
    county = project.jurisdiction.union_all()
    assert found(run, "class") == ["void", "contested"]
    assert run.findings.geometry.difference(county).area.tolist() == [0.0, 0.0]


def test_a_claim_wholly_outside_is_reported_lost_and_its_area_beyond_is_told():
    run = analyse(project_of(claim("A", COUNTY), claim("B", square(2000, 0, 2100, 100))))
    assert run.certificate["claims"]["lost"] == ["C000002"]
    assert run.certificate["claims"]["outside_m2"] == {"C000002": pytest.approx(1e4, rel=1e-6)}
    assert len(run.findings) == 0


def test_a_claim_that_collapses_on_the_grid_is_reported_lost():
    speck = square(500, 500, 500.0002, 500.0002)
    run = analyse(project_of(claim("A", COUNTY), claim("B", speck)))
    assert run.certificate["claims"]["lost"] == ["C000002"]


def test_a_place_not_passed_down_names_the_level_and_the_superior():
    claims = [claim("county", COUNTY, level="county"), claim("street", WEST_HALF, level="street")]
    run = analyse(project_of(*claims))
    assert found(run, "class", "level", "bodies", "position", "law") == [
        ("not_passed_down", "street", ("county",), "", "unclear")
    ]


def test_a_gap_and_a_contest_alike_at_every_level_are_told_once():
    claims = [
        claim("A", WEST_HALF, level="county"),
        claim("B", WEST_HALF, level="street"),
        claim("C", square(0, 0, 100, 100)),
    ]
    run = analyse(project_of(*claims))
    assert found(run, "class", "level", "bodies") == [
        ("void", "", ()),
        ("contested", "county", ("A", "C")),
        ("contested", "street", ("B", "C")),
    ]
    both = [claim("A", COUNTY), claim("B", COUNTY), claim("S", WEST_HALF, level="street")]
    run = analyse(project_of(*both, claim("K", WEST_HALF, level="county")))
    assert ("contested", "", ("A", "B")) in found(run, "class", "level", "bodies")


def test_a_joint_place_is_shown_with_its_first_receiver_and_is_no_gap():
    claims = [claim("A", COUNTY), claim("B", WEST_HALF)]
    run = analyse(project_of(*claims, agreements=[agreement("A", "B", first="B")]))
    assert found(run, "class", "bodies", "first_receiver", "law") == [
        ("joint", ("A", "B"), "B", "agreement")
    ]
    assert run.certificate["questions"][0]["gap_m2"] == 0


def test_a_lapsed_place_names_who_led_it_and_until_when_in_both_languages():
    run = analyse(project_of(claim("A", COUNTY, valid_to="2026-06-30")))
    assert found(run, "class", "bodies", "lapsed_on") == [("lapsed", ("A",), "2026-06-30")]
    assert "2026年6月30日" in run.findings["reason_zh"][0]
    assert "30 June 2026" in run.findings["reason_en"][0]


def test_a_claim_called_expired_without_a_date_still_reads_as_a_sentence():
    run = analyse(project_of(claim("A", COUNTY, status="expired")))
    assert found(run, "class", "lapsed_on") == [("lapsed", "")]
    assert "since ," not in run.findings["reason_en"][0]
    assert "自起" not in run.findings["reason_zh"][0]


def test_the_point_of_a_finding_lies_inside_it():
    ring = square(0, 0, 900, 900) - square(10, 10, 890, 890)
    run = analyse(project_of(claim("A", COUNTY - ring)))
    ((lon, lat),) = found(run, "lon", "lat")
    (shape,) = run.findings.geometry.to_crs(4326)
    assert shape.contains(shapely.Point(lon, lat))


def test_bodies_may_share_a_name_and_hold_any_character():
    odd = 'A"; B|C\nD、E'
    bodies = [
        {"body_id": odd, "name_zh": "同名", "name_en": "Same"},
        {"body_id": "other", "name_zh": "同名", "name_en": "Same"},
    ]
    run = analyse(project_of(claim(odd, COUNTY), claim("other", WEST_HALF), bodies=bodies))
    assert found(run, "class", "bodies") == [("contested", (odd, "other"))]


@pytest.mark.parametrize("seed", range(20))
def test_faces_join_along_any_chain_of_borders_between_their_like(seed):
    random = np.random.default_rng(seed)
    kind = random.integers(-1, 3, 60)
    left, right = random.integers(-1, 60, (2, 90))
    like = [set() for _ in kind]
    for one, other in zip(left.tolist(), right.tolist(), strict=True):
        if min(one, other) >= 0 and kind[one] == kind[other] >= 0:
            like[one].add(other)
            like[other].add(one)
    expected = []
    for face in range(len(kind)):
        reached, waiting = {face}, [face]
        while waiting:
            new = like[waiting.pop()] - reached
            reached |= new
            waiting += new
        expected.append(min(reached))
    assert connected(kind, left, right).tolist() == expected


def test_places_that_are_alike_at_every_level_are_told_once():
    hole = square(400, 400, 600, 600)
    twice = [claim(body, hole, level=level) for body in "AB" for level in ("county", "street")]
    around = [claim("C", COUNTY - hole, level=level) for level in ("county", "street")]
    run = analyse(project_of(*twice, *around))
    assert found(run, "class", "level", "bodies") == [("contested", "", ("A", "B"))]
    run = analyse(project_of(*twice[:3], *around))
    assert found(run, "class", "level", "bodies") == [("contested", "county", ("A", "B"))]
