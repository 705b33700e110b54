"""What becomes of findings from one run to the next, with the truth planted."""

import geopandas as gpd
import numpy as np
import pytest
import shapely

from gis.lineage import Earlier, compare_lanes, compare_places
from gis.pipeline import analyse
from tests.builders import COUNTY, PLANE, agreement, claim, lane, placed, project_of, square

GAP = square(100, 100, 300, 200)
FAR = square(600, 600, 640, 700)


def run_of(*holes, **options):
    """Return a run in which one body claims the county but for some holes."""
    claimed = COUNTY - shapely.union_all([*holes])
    return analyse(project_of(claim("A", claimed), **options))


def compared(before, after, closed=None):
    """Return relation, class before and class of every row of two runs' comparison."""
    gone = before.findings.iloc[:0] if closed is None else closed
    return compare_places(Earlier(before.findings, gone), after.findings).changes


def told(changes):
    return sorted(changes["relation"])


def test_two_equal_runs_have_the_same_findings_under_the_same_numbers():
    run = run_of(GAP, FAR)
    changes = compared(run, run)
    assert told(changes) == ["same", "same"]
    assert changes["finding_id"].tolist() == changes["previous_id"].tolist()
    assert changes["share_before"].tolist() == pytest.approx([1, 1])
    assert changes["keeps"].all()


def test_a_survey_that_moves_borders_by_centimetres_changes_nothing():
    again = square(100.04, 99.97, 300.03, 200.05)
    changes = compared(run_of(GAP, FAR), run_of(again, FAR))
    assert told(changes) == ["same", "same"]


def test_a_gap_that_shifts_by_a_third_of_its_length_has_moved_and_goes_on():
    (row,) = compared(run_of(GAP), run_of(square(160, 100, 360, 200))).to_dict("records")
    assert (row["relation"], row["keeps"]) == ("moved", True)
    # 140 m of 200 m are common to both
    assert row["share_before"] == pytest.approx(0.7, abs=1e-3)
    assert row["share_after"] == pytest.approx(0.7, abs=1e-3)


def test_a_gap_that_a_new_claim_cuts_in_two_is_split_and_its_larger_part_goes_on():
    before = run_of(GAP)
    west, east = square(100, 100, 150, 200), square(170, 100, 300, 200)
    after = run_of(west, east)
    changes = compared(before, after).set_index("finding_id")
    assert changes["relation"].tolist() == ["split", "split"]
    assert set(changes["previous_id"]) == set(before.findings["finding_id"])
    (kept,) = changes.index[changes["keeps"]]
    areas = after.findings.set_index("finding_id")["area_m2"]
    assert areas[kept] == areas.max() == pytest.approx(13_000, rel=1e-4)


def test_two_gaps_that_become_one_are_merged_and_the_larger_one_goes_on():
    west, east = square(100, 100, 150, 200), square(170, 100, 300, 200)
    before = run_of(west, east)
    changes = compared(before, run_of(GAP))
    assert told(changes) == ["merged", "merged"]
    (kept,) = changes.loc[changes["keeps"], "previous_id"]
    areas = before.findings.set_index("finding_id")["area_m2"]
    assert areas[kept] == areas.max()
    assert len(set(changes["finding_id"])) == 1


def test_a_gap_that_is_filled_is_closed_and_another_elsewhere_is_new():
    before, after = run_of(GAP), run_of(FAR)
    changes = compared(before, after)
    by_relation = changes.set_index("relation")
    assert told(changes) == ["closed", "new"]
    assert by_relation.loc["closed", "finding_id"] == ""
    assert by_relation.loc["closed", "previous_id"] == before.findings["finding_id"].item()
    assert by_relation.loc["closed", "size_before"] == pytest.approx(20_000, rel=1e-4)
    assert np.isnan(by_relation.loc["closed", "size"])
    assert by_relation.loc["new", "previous_id"] == ""
    assert by_relation.loc["new", "size"] == pytest.approx(4_000, rel=1e-4)


def test_a_gap_found_again_after_it_was_closed_is_reopened():
    first, second = run_of(GAP, FAR), run_of(FAR)
    shifted = square(120, 100, 320, 200)
    changes = compared(second, run_of(shifted, FAR), closed=first.findings)
    assert told(changes) == ["reopened", "same"]
    row = changes.set_index("relation").loc["reopened"]
    (gap_id,) = set(first.findings["finding_id"]) - set(second.findings["finding_id"])
    assert (row["previous_id"], row["keeps"]) == (gap_id, True)


def test_a_place_that_goes_from_void_to_lapsed_is_the_same_and_its_classes_are_told():
    void = analyse(project_of(claim("A", COUNTY - GAP)))
    lapsed = analyse(project_of(claim("A", COUNTY - GAP), claim("B", GAP, valid_to="2026-06-30")))
    (row,) = compared(void, lapsed).to_dict("records")
    assert (row["relation"], row["class_before"], row["class"]) == ("same", "void", "lapsed")


def test_a_gap_does_not_become_an_overlap_but_an_overlap_becomes_joint():
    gap = run_of(GAP)
    claims = [claim("A", COUNTY), claim("B", GAP)]
    overlap = analyse(project_of(*claims))
    settled = analyse(project_of(*claims, agreements=[agreement("A", "B", first="A")]))
    assert told(compared(gap, overlap)) == ["closed", "new"]
    (row,) = compared(overlap, settled).to_dict("records")
    assert (row["relation"], row["class_before"], row["class"]) == ("same", "contested", "joint")


def test_places_of_different_matters_are_never_the_same():
    def asked(*matters):
        return analyse(project_of(*(claim("A", COUNTY - GAP, matter) for matter in matters)))

    changes = compared(asked("order"), asked("order", "light"))
    assert told(changes) == ["new", "same"]
    assert changes.set_index("relation")["matter"].to_dict() == {"same": "order", "new": "light"}


def test_findings_that_only_touch_or_hardly_overlap_are_not_linked():
    beside = square(300, 100, 500, 200)
    little = square(250, 100, 450, 200)  # a quarter of either
    assert told(compared(run_of(GAP), run_of(beside))) == ["closed", "new"]
    assert told(compared(run_of(GAP), run_of(little))) == ["closed", "new"]


def test_runs_in_different_coordinate_systems_are_compared_on_the_same_ground():
    before, after = run_of(GAP, FAR), run_of(GAP, FAR)
    elsewhere = before.findings.to_crs("EPSG:4490")
    changes = compare_places(Earlier(elsewhere, elsewhere.iloc[:0]), after.findings).changes
    assert told(changes) == ["same", "same"]
    assert changes.crs == after.findings.crs


def test_runs_without_findings_have_nothing_to_compare():
    nothing = analyse(project_of(claim("A", COUNTY)))
    assert compared(nothing, nothing).empty
    assert told(compared(run_of(GAP), nothing)) == ["closed"]
    assert told(compared(nothing, run_of(GAP))) == ["new"]


def stretches(*rows):
    """Return findings along lanes: number, class, lane, from, to."""
    columns = {
        "lane_finding_id": [row[0] for row in rows],
        "class": [row[1] for row in rows],
        "lane_id": [row[2] for row in rows],
        "matter": "",
        "level": "",
        "from_m": [float(row[3]) for row in rows],
        "to_m": [float(row[4]) for row in rows],
        "length_m": [float(row[4] - row[3]) for row in rows],
    }
    shapes = [
        shapely.MultiLineString([placed(shapely.LineString([(row[3], 0), (row[4], 0)]))])
        for row in rows
    ]
    return gpd.GeoDataFrame(columns, geometry=shapes, crs=PLANE)


def test_stretches_of_a_lane_are_compared_by_the_metres_they_share():
    before = stretches(
        ("L-1", "lane_unowned", "a", 0, 100),
        ("L-2", "lane_unowned", "a", 300, 400),
        ("L-3", "lane_unowned", "b", 0, 100),
    )
    after = stretches(
        ("L-4", "lane_border", "a", 2, 101),
        ("L-5", "lane_unowned", "a", 300, 330),
        ("L-6", "lane_unowned", "a", 340, 400),
        ("L-7", "lane_unowned", "c", 0, 100),
    )
    changes = compare_lanes(Earlier(before, before.iloc[:0]), after).changes
    rows = {
        (row.finding_id, row.previous_id): (row.relation, row.keeps) for row in changes.itertuples()
    }
    assert rows == {
        ("L-4", "L-1"): ("same", True),
        ("L-5", "L-2"): ("split", False),
        ("L-6", "L-2"): ("split", True),
        ("L-7", ""): ("new", False),
        ("", "L-3"): ("closed", False),
    }
    assert changes.loc[0, "share_before"] == pytest.approx(0.98)


def test_the_lanes_of_a_real_run_are_compared_too():
    project = project_of(
        claim("A", COUNTY - GAP), lanes=[lane((150, 150), (250, 150), name_zh="中巷")]
    )
    run = analyse(project)
    assert len(run.lane_findings) == 1
    gone = run.lane_findings.iloc[:0]
    assert told(compare_lanes(Earlier(run.lane_findings, gone), run.lane_findings).changes) == [
        "same"
    ]
