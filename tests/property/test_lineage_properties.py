"""Laws of lineage, for places made of squares of a board and stretches of a lane."""

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from gis.lineage import (
    LINKED_SHARE,
    SAME_SHARE,
    Earlier,
    carried_numbers,
    compare_places,
)
from tests.builders import PLANE, placed, square

SIDE = 6
STANDINGS = ("void", "lapsed", "contested", "not_passed_down")


def places(board, prefix="F"):
    """Return the findings of a board: squares of one number form one place, in pieces."""
    shapes = []
    for number in sorted(set(board) - {0}):
        cells = [
            square(
                10 * (at % SIDE), 10 * (at // SIDE), 10 * (at % SIDE) + 10, 10 * (at // SIDE) + 10
            )
            for at, held in enumerate(board)
            if held == number
        ]
        shapes += shapely.get_parts(shapely.union_all(cells)).tolist()
    return findings(shapes, prefix=prefix)


def findings(shapes, prefix="F", standings=None):
    names = [f"{prefix}-{number}" for number in range(len(shapes))]
    stated = standings or ["void"] * len(shapes)
    return gpd.GeoDataFrame(
        {
            "finding_id": pd.Series(names, dtype=object),
            "class": pd.Series(stated, dtype=object),
            "standing": pd.Series(stated, dtype=object),
            "matter": pd.Series([""] * len(shapes), dtype=object),
            "level": pd.Series([""] * len(shapes), dtype=object),
            "area_m2": np.array([shape.area for shape in shapes], dtype=np.float64),
        },
        geometry=gpd.GeoSeries([placed(shape) for shape in shapes], crs=PLANE),
    )


def compared(before, after, closed=None):
    gone = before.iloc[:0] if closed is None else closed
    return compare_places(Earlier(before, gone), after)


boards = st.lists(st.integers(0, 3), min_size=SIDE * SIDE, max_size=SIDE * SIDE)


def told(comparison):
    """Return all that is told of the changes, in an order of its own."""
    columns = ["finding_id", "previous_id", "relation", "keeps", "class_before", "class"]
    return sorted(map(tuple, comparison.changes[columns].itertuples(index=False)))


@given(boards, boards, st.randoms(use_true_random=False))
def test_the_order_of_rows_changes_nothing(first, second, random):
    before, after = places(first), places(second, "G")
    rows, others = list(range(len(before))), list(range(len(after)))
    random.shuffle(rows)
    random.shuffle(others)
    assert told(compared(before, after)) == told(compared(before.iloc[rows], after.iloc[others]))


@given(boards, boards)
def test_every_finding_of_both_runs_is_told_of(first, second):
    before, after = places(first), places(second, "G")
    changes = compared(before, after).changes
    assert set(changes["finding_id"]) - {""} == set(after["finding_id"])
    assert set(changes["previous_id"]) - {""} == set(before["finding_id"]) - {""}
    later = changes[changes["relation"].isin(["same", "moved", "split", "new"]) | changes["keeps"]]
    assert sorted(later["finding_id"]) == sorted(after["finding_id"])


@given(boards, boards)
def test_no_number_is_kept_twice(first, second):
    changes = compared(places(first), places(second, "G")).changes
    kept = changes[changes["keeps"]]
    assert kept["previous_id"].is_unique
    assert kept["finding_id"].is_unique


@given(boards, boards)
def test_shares_are_those_of_the_plane_and_relations_obey_the_stated_thresholds(first, second):
    before, after = places(first), places(second, "G")
    mine = before.set_index("finding_id").geometry
    theirs = after.set_index("finding_id").geometry
    links = compared(before, after).links
    # an independent look at every pair, on the plane
    expected = set()
    for number, shape in mine.items():
        for other, drawn in theirs.items():
            common = shape.intersection(drawn).area
            if max(common / shape.area, common / drawn.area) > LINKED_SHARE + 1e-6:
                expected.add((other, number))
    sure = links[links[["share_before", "share_after"]].max(axis=1) > LINKED_SHARE + 1e-6]
    assert set(zip(sure["finding_id"], sure["previous_id"], strict=True)) == expected
    for link in links.itertuples():
        shape, drawn = mine[link.previous_id], theirs[link.finding_id]
        common = shape.intersection(drawn).area
        assert link.share_before == pytest.approx(common / shape.area, rel=1e-5)
        assert link.share_after == pytest.approx(common / drawn.area, rel=1e-5)
        same = min(common / shape.area, common / drawn.area) > SAME_SHARE
        assert (link.relation == "same") == same


@given(boards, boards)
def test_looking_back_turns_new_into_closed_and_keeps_what_is_the_same(first, second):
    before, after = places(first), places(second, "G")
    there = compared(before, after).changes.set_index("relation")
    back = compared(after, before).changes.set_index("relation")

    def ids(changes, relation, column):
        return sorted(changes.loc[changes.index == relation, column])

    assert ids(there, "new", "finding_id") == ids(back, "closed", "previous_id")
    assert ids(there, "closed", "previous_id") == ids(back, "new", "finding_id")
    assert ids(there, "same", "finding_id") == ids(back, "same", "previous_id")
    assert ids(there, "moved", "finding_id") == ids(back, "moved", "previous_id")


@given(boards)
def test_a_run_compared_with_itself_is_the_same_throughout(board):
    before = places(board)
    changes = compared(before, before).changes
    assert set(changes["relation"]) <= {"same"}
    assert changes["finding_id"].tolist() == changes["previous_id"].tolist()


@given(st.lists(st.sampled_from(STANDINGS), min_size=1, max_size=5), st.data())
def test_what_is_wanting_decides_before_the_ground_does(standings, data):
    shapes = [square(100 * at, 0, 100 * at + 50, 50) for at in range(len(standings))]
    later = data.draw(
        st.lists(st.sampled_from(STANDINGS), min_size=len(shapes), max_size=len(shapes))
    )
    before, after = findings(shapes, "F", standings), findings(shapes, "G", later)
    wanting = {"void": "gap", "lapsed": "gap"}
    expected = sum(
        wanting.get(mine, mine) == wanting.get(theirs, theirs)
        for mine, theirs in zip(standings, later, strict=True)
    )
    assert compared(before, after).changes["relation"].tolist().count("same") == expected


def carried(before, after):
    """Return the later findings with the numbers that they get after the earlier ones."""
    numbers = carried_numbers(compared(before, after), set(before["finding_id"]))
    return after.assign(finding_id=after["finding_id"].map(numbers))


@given(boards, boards)
def test_numbers_are_unique_and_those_not_kept_are_new(first, second):
    before, after = places(first), places(second)
    changes = compared(before, after).changes
    numbered = carried(before, after)
    assert numbered["finding_id"].is_unique
    kept = set(changes.loc[changes["keeps"], "previous_id"])
    assert set(numbered["finding_id"]) & set(before["finding_id"]) == kept


@given(
    st.lists(st.integers(10, 90), min_size=1, max_size=5),
    st.lists(st.integers(0, 4), max_size=5),
)
def test_splitting_and_merging_back_returns_the_first_numbers(cuts, chosen):
    whole = [square(0, 200 * at, 100, 200 * at + 100) for at in range(len(cuts))]
    # one part keeps the number of each gap that is cut, however many are cut
    parts = []
    for at, (place, cut) in enumerate(zip(whole, cuts, strict=True)):
        if at in chosen:
            parts += [square(0, 200 * at, cut, 200 * at + 100)]
            parts += [square(cut, 200 * at, 100, 200 * at + 100)]
        else:
            parts.append(place)
    first = findings(whole, "A")
    second = carried(first, findings(parts, "B"))
    third = carried(second, findings(whole, "C"))
    assert set(second["finding_id"]) >= set(first["finding_id"])
    assert third["finding_id"].tolist() == first["finding_id"].tolist()


@given(boards, boards, st.randoms(use_true_random=False))
def test_the_order_of_rows_changes_no_number(first, second, random):
    before, after = places(first), places(second)
    rows, others = list(range(len(before))), list(range(len(after)))
    random.shuffle(rows)
    random.shuffle(others)
    one = carried(before, after).iloc[others]["finding_id"].tolist()
    assert carried(before.iloc[rows], after.iloc[others])["finding_id"].tolist() == one
