"""Lanes nobody answers for, and lanes along a border, to the metre."""

import pytest
import shapely
from pyproj import CRS, Geod
from shapely.affinity import rotate

from gis.pipeline import analyse
from tests.builders import (
    COUNTY,
    EAST_HALF,
    WEST_HALF,
    claim,
    district,
    lane,
    project_of,
    square,
    zone,
)

GAP = square(400, 0, 600, 1000)
BESIDE_THE_GAP = [claim("A", WEST_HALF - GAP), claim("B", EAST_HALF - GAP)]
HALVES = [claim("A", WEST_HALF), claim("B", EAST_HALF)]


def lanes_of(*lanes, claims=HALVES, **options):
    """Return the lane findings as records, metres rounded to millimetres."""
    run = analyse(project_of(*claims, lanes=lanes, **options))
    return run.lane_findings.round({"from_m": 3, "to_m": 3, "length_m": 3}).to_dict("records")


def metres(rows):
    return [(row["class"], pytest.approx((row["from_m"], row["to_m"]), abs=0.01)) for row in rows]


def ends(*rows):
    return [(kind, (start, end)) for kind, start, end in rows]


def test_a_lane_is_unowned_exactly_where_it_crosses_a_gap():
    (row,) = lanes_of(lane((100, 500), (900, 500)), claims=BESIDE_THE_GAP)
    assert row["class"] == "lane_unowned"
    assert (row["from_m"], row["to_m"]) == pytest.approx((300, 500), abs=0.01)
    assert row["length_m"] == pytest.approx(200, abs=0.01)
    assert row["geometry"].length == pytest.approx(200, abs=0.01)


def test_metres_count_from_the_first_vertex_in_the_direction_of_drawing():
    (row,) = lanes_of(lane((950, 500), (100, 500)), claims=BESIDE_THE_GAP)
    assert (row["from_m"], row["to_m"]) == pytest.approx((350, 550), abs=0.01)


def test_metres_run_on_around_corners():
    bent = lane((300, 100), (300, 300), (700, 300), (700, 400))
    (row,) = lanes_of(bent, claims=BESIDE_THE_GAP)
    assert (row["from_m"], row["to_m"]) == pytest.approx((300, 500), abs=0.01)


def test_a_lane_that_crosses_a_gap_twice_has_two_findings():
    rows = lanes_of(lane((300, 100), (700, 100), (700, 200), (300, 200)), claims=BESIDE_THE_GAP)
    spans = sorted((row["from_m"], row["to_m"]) for row in rows)
    assert spans == [
        pytest.approx((100, 300), abs=0.01),
        pytest.approx((600, 800), abs=0.01),
    ]


def test_a_lane_that_crosses_itself_is_measured_pass_by_pass():
    # east through the gap at y = 500, around, and south through the crossing at (500, 500)
    loop = lane((300, 500), (700, 500), (700, 700), (500, 700), (500, 300))
    rows = lanes_of(loop, claims=BESIDE_THE_GAP)
    spans = sorted((row["from_m"], row["to_m"]) for row in rows)
    assert spans == [
        pytest.approx((100, 300), abs=0.01),
        pytest.approx((700, 1200), abs=0.01),
    ]


def test_the_parts_of_a_lane_are_measured_one_after_the_other():
    parts = shapely.MultiLineString([[(0, 500), (100, 500)], [(450, 500), (650, 500)]])
    (row,) = lanes_of({"geometry": parts}, claims=BESIDE_THE_GAP)
    # 100 m of the first part, then 150 m of the second lie in the gap
    assert (row["from_m"], row["to_m"]) == pytest.approx((100, 250), abs=0.01)


def test_a_lane_whose_keeper_is_registered_is_never_a_finding():
    kept = lane((100, 500), (900, 500), body="Keeper")
    along = lane((500, 100), (500, 900), body="Keeper")
    assert lanes_of(kept, claims=BESIDE_THE_GAP) == []
    assert lanes_of(along) == []


def test_a_lane_outside_the_jurisdiction_is_nobodys_business():
    assert lanes_of(lane((2000, 0), (3000, 0)), claims=BESIDE_THE_GAP) == []


def test_a_lane_is_cut_where_the_jurisdiction_ends():
    (row,) = lanes_of(lane((500, 900), (500, 1400)), claims=BESIDE_THE_GAP)
    assert (row["from_m"], row["to_m"]) == pytest.approx((0, 100), abs=0.01)


def test_a_lane_along_the_edge_of_a_gap_belongs_to_the_body_on_its_other_side():
    assert lanes_of(lane((400, 100), (400, 900)), claims=BESIDE_THE_GAP) == []


EDGES = {
    "western": [(400, 100), (400, 900)],
    "eastern": [(600, 100), (600, 900)],
    "eastern, southward": [(600, 900), (600, 100)],
    "whole": [(400, 0), (400, 1000)],
}


@pytest.mark.parametrize("points", EDGES.values(), ids=EDGES)
def test_a_lane_along_an_edge_is_owned_whichever_way_it_was_drawn(points):
    assert lanes_of(lane(*points), claims=BESIDE_THE_GAP) == []


@pytest.mark.parametrize("turn", [0, 17, 45, 73])
def test_a_lane_along_a_slanted_edge_is_owned_although_snapping_moved_the_edge(turn):
    def turned(shape):
        return rotate(shape, turn, origin=(0, 0))

    claims = [{**row, "geometry": turned(row["geometry"])} for row in BESIDE_THE_GAP]
    along = {"geometry": turned(shapely.LineString([(600, 100), (600, 900)]))}
    across = {"geometry": turned(shapely.LineString([(300, 500), (700, 500)]))}
    (row,) = lanes_of(along, across, claims=claims, within=turned(COUNTY))
    assert (row["lane_id"], row["class"]) == ("L000002", "lane_unowned")
    assert (row["from_m"], row["to_m"]) == pytest.approx((100, 300), abs=0.01)


def test_lanes_are_measured_alike_where_the_layers_are_in_degrees():
    west, gap, east = (shapely.box(x, 41, x + 0.01, 41.02) for x in (122, 122.01, 122.02))
    rows = [
        {"geometry": shapely.LineString([(122.005, 41.01), (122.025, 41.01)])},
        {"geometry": shapely.LineString([(122.01, 41.001), (122.01, 41.019)])},
    ]
    project = project_of(
        claim("A", west),
        claim("B", east),
        within=west | gap | east,
        lanes=rows,
        crs=CRS.from_epsg(4490),
        moved=False,
    )
    (row,) = analyse(project).lane_findings.to_dict("records")
    geod = Geod(ellps="GRS80")
    at = [geod.inv(122.005, 41.01, lon, 41.01)[2] for lon in (122.01, 122.02)]
    assert (row["lane_id"], row["class"]) == ("L000001", "lane_unowned")
    assert (row["from_m"], row["to_m"]) == pytest.approx(at, abs=0.01)


def test_a_lane_in_a_lapsed_or_leaderless_place_is_unowned_too():
    for reason in ({"valid_to": "2026-06-30"}, {"role": "assist"}, {"role": "fallback"}):
        rows = lanes_of(lane((0, 5), (1000, 5)), claims=[claim("A", COUNTY, **reason)])
        assert metres(rows) == ends(("lane_unowned", 0, 1000))


def test_a_lane_along_a_border_names_who_leads_on_either_side():
    (row,) = lanes_of(lane((500, 100), (500, 900)))
    assert (row["class"], row["left_bodies"], row["right_bodies"], row["bodies"]) == (
        "lane_border",
        ("A",),
        ("B",),
        ("A", "B"),
    )
    assert (row["from_m"], row["to_m"]) == pytest.approx((0, 800), abs=0.01)


def test_left_and_right_change_with_the_direction_of_the_lane():
    (row,) = lanes_of(lane((500, 900), (500, 100)))
    assert (row["left_bodies"], row["right_bodies"]) == (("B",), ("A",))


def test_left_and_right_hold_for_a_lane_a_little_beside_the_border():
    for x in (499.5, 500.5):
        (row,) = lanes_of(lane((x, 100), (x, 900)))
        assert (row["left_bodies"], row["right_bodies"]) == (("A",), ("B",))


def test_a_lane_that_crosses_a_border_is_no_finding():
    assert lanes_of(lane((100, 500), (900, 500))) == []
    assert lanes_of(lane((100, 100), (900, 900))) == []


def test_a_lane_that_turns_into_the_border_is_a_finding_from_there_on():
    (row,) = lanes_of(lane((100, 200), (500, 200), (500, 900)))
    assert row["class"] == "lane_border"
    # it comes within two accuracies (1.41 m) of the border just before the corner
    assert (row["from_m"], row["to_m"]) == pytest.approx((400 - 1.414, 1100), abs=0.01)


def test_a_wide_lane_runs_along_a_border_that_its_pavement_reaches():
    beside = {"points": [(506, 100), (506, 900)]}
    assert lanes_of(lane(*beside["points"], width_m=5)) == []
    (row,) = lanes_of(lane(*beside["points"], width_m=14))
    assert row["class"] == "lane_border"


def test_a_border_inside_one_body_is_none():
    claims = [claim("A", WEST_HALF), claim("A", EAST_HALF)]
    assert lanes_of(lane((500, 0), (500, 1000)), claims=claims) == []


def test_a_lane_finding_tells_its_zones_districts_names_and_sentence():
    (row,) = lanes_of(
        lane((500, 100), (500, 900), lane_id="L-7", name_zh="红旗巷", name_en="Red Flag Lane"),
        zones=[zone("back_lane", square(450, 0, 550, 1000))],
        within=[district("west", WEST_HALF), district("east", EAST_HALF)],
    )
    assert (row["lane_id"], row["zones"], set(row["districts"])) == (
        "L-7",
        ("back_lane",),
        {"west", "east"},
    )
    assert "红旗巷" in row["reason_zh"]
    assert "Red Flag Lane" in row["reason_en"]


def test_the_point_of_a_lane_finding_lies_on_the_lane():
    run = analyse(project_of(*BESIDE_THE_GAP, lanes=[lane((100, 500), (900, 500))]))
    (found,) = run.lane_findings.to_crs(4326).itertuples()
    assert found.geometry.distance(shapely.Point(found.lon, found.lat)) < 1e-7


def test_unowned_lanes_are_told_once_and_borders_level_by_level():
    claims = [
        claim("A", WEST_HALF, level="county"),
        claim("B", EAST_HALF, level="county"),
        claim("S", COUNTY, level="street"),
    ]
    (row,) = lanes_of(lane((500, 100), (500, 900)), claims=claims)
    assert (row["class"], row["level"]) == ("lane_border", "county")
    gapped = [claim("A", WEST_HALF - GAP, level=level) for level in ("county", "street")]
    (row,) = lanes_of(lane((450, 100), (450, 900)), claims=gapped)
    assert (row["class"], row["level"]) == ("lane_unowned", "")
