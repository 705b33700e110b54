"""Lanes that are long, many, broken, far away or nothing, followed through a whole analysis."""

import numpy as np
import pytest
import shapely
from pyproj import CRS, Geod

from gis.arrangement.partition import make_partition
from gis.errors import InputErrors
from gis.findings import lane_network
from gis.measure import EllipsoidMeasure
from gis.pipeline import analyse
from tests.builders import (
    COUNTY,
    EAST_HALF,
    WEST_HALF,
    claim,
    lane,
    placed,
    project_of,
    square,
)

GAP = square(400, 0, 600, 1000)
BESIDE_THE_GAP = [claim("A", WEST_HALF - GAP), claim("B", EAST_HALF - GAP)]
HALVES = [claim("A", WEST_HALF), claim("B", EAST_HALF)]


def found(*lanes, claims=BESIDE_THE_GAP, **options):
    """Return class, lane, and metres from and to, to the millimetre."""
    run = analyse(project_of(*claims, lanes=lanes, **options))
    rows = run.lane_findings.round(3)
    return sorted(zip(rows["class"], rows["lane_id"], rows["from_m"], rows["to_m"], strict=True))


def network_of(*lanes):
    project = project_of(*HALVES, lanes=lanes)
    measure = EllipsoidMeasure.around(project.jurisdiction.geometry.to_numpy(), project.crs)
    partition = make_partition(project, ("",), np.arange(2), number=0, measure=measure)
    return lane_network(project, partition, measure)


# in degrees, what is straight is bent on the ground


#: Ten kilometres, slanting.
EDGE = np.array([(122.0, 41.0), (122.09, 41.06)])


def sides_of_edge():
    west = shapely.Polygon([*EDGE, (121.9, 41.06), (121.9, 41.0)])
    east = shapely.Polygon([*EDGE, (122.2, 41.06), (122.2, 41.0)])
    return west, east


def test_a_lane_along_an_edge_of_ten_kilometres_in_degrees_runs_along_it_all_the_way():
    west, east = sides_of_edge()
    share = np.array([0.05, 0.31, 0.5, 0.93])[:, None]
    along = EDGE[0] * (1 - share) + EDGE[1] * share
    run = analyse(
        project_of(
            claim("A", west),
            claim("B", east),
            within=west | east,
            lanes=[{"geometry": shapely.LineString(along)}],
            crs=CRS.from_epsg(4490),
            moved=False,
        )
    )
    (row,) = run.lane_findings.to_dict("records")
    whole = shapely.segmentize(shapely.LineString(along), 1e-4)
    length = Geod(ellps="GRS80").geometry_length(whole)
    assert row["class"] == "lane_border"
    assert (row["from_m"], row["to_m"]) == pytest.approx((0, length), abs=0.01)
    assert (row["left_bodies"], row["right_bodies"]) == (("A",), ("B",))


def test_metres_along_a_long_straight_are_those_of_its_points():
    west, east = sides_of_edge()
    crossing = np.array([(121.95, 41.04), (122.15, 41.01)])
    run = analyse(
        project_of(
            claim("A", west),
            within=west | east,
            lanes=[{"geometry": shapely.LineString(crossing)}],
            crs=CRS.from_epsg(4490),
            moved=False,
        )
    )
    (row,) = run.lane_findings.to_dict("records")
    inside = shapely.LineString(crossing).intersection(west)
    geod = Geod(ellps="GRS80")
    start = geod.geometry_length(shapely.segmentize(inside, 1e-4))
    end = geod.geometry_length(shapely.segmentize(shapely.LineString(crossing), 1e-4))
    assert (row["from_m"], row["to_m"]) == pytest.approx((start, end), abs=0.02)


# what is told of a stretch


def test_a_stretch_has_the_vertices_that_were_drawn_and_no_others():
    bent = lane((100, 100), (500, 100), (500, 900), (900, 900))
    run = analyse(project_of(*BESIDE_THE_GAP, lanes=[bent]))
    (line,) = run.lane_findings.geometry
    expected = placed(shapely.LineString([(400, 100), (500, 100), (500, 900), (600, 900)]))
    assert np.abs(shapely.get_coordinates(line) - shapely.get_coordinates(expected)).max() < 0.01


def test_a_stretch_over_several_parts_of_a_lane_is_a_line_of_as_many_parts():
    parts = shapely.MultiLineString([[(450, 100), (550, 100)], [(450, 300), (480, 300)]])
    run = analyse(project_of(*BESIDE_THE_GAP, lanes=[{"geometry": parts}]))
    (row,) = run.lane_findings.to_dict("records")
    assert (row["from_m"], row["to_m"]) == pytest.approx((0, 130), abs=0.01)
    assert row["geometry"].equals_exact(placed(parts), 1e-6)
    # its point lies in the longest part
    (point,) = shapely.get_parts(run.lane_findings.to_crs(4326).geometry.iloc[0])[:1]
    assert point.distance(shapely.Point(row["lon"], row["lat"])) < 1e-7


def test_a_lane_is_cut_at_a_border_to_the_millimetre_however_flatly_it_crosses():
    # a slope of one in a thousand
    flat = lane((350, 100), (450, 100.1))
    claims = [claim("A", COUNTY - square(0, 100.05, 1000, 1000))]
    assert found(flat, claims=claims) == [
        ("lane_unowned", "L000001", pytest.approx(50, abs=1), pytest.approx(100, abs=0.01))
    ]
    steep = lane((500, 99.05), (500, 101.05))
    ((_, _, start, _),) = found(steep, claims=claims, accuracy_m=0.1)
    assert start == pytest.approx(1, abs=0.001)


# hostile lanes


@pytest.mark.parametrize("vertices", [2, 1000])
def test_a_lane_of_no_length_is_no_finding(vertices):
    assert found({"geometry": shapely.LineString([(500, 500)] * vertices)}) == []


def test_a_lane_of_many_vertices_is_found_from_where_to_where():
    x = np.linspace(300, 700, 200_001)
    waves = np.column_stack([x, 500 + 0.0004 * (np.arange(len(x)) % 2)])
    ((kind, _, start, end),) = found({"geometry": shapely.LineString(waves)})
    length = np.hypot(*np.diff(waves, axis=0).T).cumsum()
    expected = length[np.searchsorted(x, [400, 600]) - 1]
    assert kind == "lane_unowned"
    assert [start, end] == pytest.approx(expected, abs=0.05)


def test_thousands_of_lanes_along_one_border_are_each_found():
    random = np.random.default_rng(4)
    ends = np.column_stack([random.uniform(0, 400, 2000), random.uniform(600, 1000, 2000)])
    rows = found(*(lane((500, low), (500, high)) for low, high in ends), claims=HALVES)
    assert {kind for kind, *_ in rows} == {"lane_border"}
    assert np.array([end - start for _, _, start, end in rows]) == pytest.approx(
        ends[:, 1] - ends[:, 0], abs=0.01
    )


def test_a_lane_a_hundred_thousand_kilometres_long_is_cut_like_any_other():
    rows = found(lane((500, 500), (500, 1e8)), lane((500, 450), (500, 550)))
    assert [name for _, name, *_ in rows] == ["L000001", "L000002"]
    assert rows[0][2:] == pytest.approx((0, 500), abs=0.1)
    assert rows[1][2:] == pytest.approx((0, 100), abs=0.01)


def test_a_lane_beyond_the_grid_is_refused_with_its_row():
    project = project_of(*HALVES, lanes=[lane((0, 0), (9, 9)), lane((0, 0), (0, 2e9))])
    with pytest.raises(InputErrors) as caught:
        analyse(project)
    (error,) = caught.value.errors
    assert (error.problem, error.layer, error.row) == ("beyond_the_grid", "lanes", 2)
    assert "lanes" in error.render("en")


def test_an_absurdly_wide_lane_disturbs_no_other_and_is_no_finding():
    rows = found(
        lane((500, 100), (500, 900), width_m=1e7), lane((500, 100), (500, 900)), claims=HALVES
    )
    assert [name for _, name, *_ in rows] == ["L000002"]


def test_the_order_of_lanes_changes_no_finding():
    random = np.random.default_rng(5)
    lanes = [lane(*random.uniform(0, 1000, (5, 2)), lane_id=f"L-{number}") for number in range(30)]
    assert found(*lanes) == found(*lanes[::-1])


# lanes with a keeper are not laid over anything


def test_without_lanes_that_want_a_keeper_there_is_no_network():
    assert network_of() is None
    assert network_of(lane((0, 0), (9, 9), body="Keeper")) is None


def test_lanes_with_a_keeper_are_left_out_of_the_network():
    network = network_of(lane((0, 5), (9, 5), body="Keeper"), lane((300, 500), (710, 500)))
    assert network.pieces.lane.tolist() == [1, 1]
    # one piece in either half, and nothing in both at once
    ends = sorted(zip(network.pieces.from_m, network.pieces.to_m, strict=True))
    assert ends == [pytest.approx((0, 200), abs=0.01), pytest.approx((200, 410), abs=0.01)]
