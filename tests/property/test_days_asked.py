"""A day asked of one partition is answered as by an analysis made for that day alone."""

from dataclasses import replace
from datetime import date, timedelta

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gis.horizon import change_days, look_ahead
from gis.model.vocabulary import GAP_STANDINGS, ClaimStatus, Level, Role
from gis.pipeline import analyse
from tests.builders import COUNTY, agreement, claim, project_of, square

FIRST = date(2026, 7, 1)
TREE = {"city": "", "lights": "city", "water": "city", "snow": ""}

days = st.one_of(
    st.none(), st.integers(0, 120).map(lambda count: (FIRST + timedelta(count)).isoformat())
)
places = st.tuples(*[st.integers(0, 9)] * 2, *[st.integers(1, 6)] * 2).map(
    lambda at: square(
        100 * at[0], 100 * at[1], 100 * min(at[0] + at[2], 10), 100 * min(at[1] + at[3], 10)
    )
)
bodies = st.sampled_from(["A", "B", "C"])
claims = st.builds(
    claim,
    bodies,
    places,
    st.sampled_from(["", *TREE]),
    role=st.sampled_from([Role.LEAD, Role.LEAD, Role.LEAD, Role.ASSIST, Role.FALLBACK]),
    level=st.sampled_from(["", Level.COUNTY, Level.STREET]),
    status=st.sampled_from([ClaimStatus.CLAIMED, ClaimStatus.CONFIRMED, *ClaimStatus]),
    valid_from=days,
    valid_to=days,
)
agreements = st.builds(
    lambda place, start, end, matter: agreement(
        "A", "B", first="B", place=place, signed_on=start, valid_to=end, matter=matter
    ),
    st.one_of(st.none(), places),
    days,
    days,
    st.sampled_from(["", "city", "lights"]),
)


@st.composite
def projects(draw):
    """Return a county with claims, agreements and bodies of many days, in any order."""
    rows = draw(st.lists(claims, min_size=1, max_size=8))
    held = [{"body_id": name, "valid_to": draw(days) if name == "C" else None} for name in "ABC"]
    return project_of(
        *({**row, "claim_id": f"K{number}"} for number, row in enumerate(rows)),
        tree=TREE,
        bodies=held,
        agreements=draw(st.lists(agreements, max_size=2)),
    )


def areas(horizon):
    """Return the rows of a series by day, matter and level."""
    return {
        (row["date"].date(), row["matter"], row["level"]): row
        for row in horizon.series.to_dict("records")
    }


@settings(max_examples=25)
@given(projects(), st.data())
def test_every_day_of_the_series_equals_a_fresh_analysis_as_of_that_day(project, data):
    told = areas(look_ahead(project))
    # one of the days that are told of, or one between them, which is as the last one before it
    # the series of a matter begins with the first day on which anything changes for it
    begins = {}
    for when, *rest in sorted(told):
        begins.setdefault(tuple(rest), when)
    of_all = sorted({when for when, *_ in told if when >= max(begins.values())})
    day = data.draw(st.one_of(st.sampled_from(of_all), st.dates(of_all[0], of_all[-1])))
    fresh = analyse(replace(project, settings=replace(project.settings, as_of=day)))
    for question in fresh.certificate["questions"]:
        key = (question["matter"], question["level"])
        last = max(when for when, *rest in told if tuple(rest) == key and when <= day)
        row = told[last, *key]
        for name, area in question["by_standing"].items():
            assert row[f"{name}_m2"] == pytest.approx(area, rel=1e-9, abs=1e-6)
        assert row["gap_m2"] == pytest.approx(question["gap_m2"], rel=1e-9, abs=1e-6)
        total = sum(row[f"{name}_m2"] for name in question["by_standing"])
        assert total == pytest.approx(row["jurisdiction_m2"], rel=1e-9)


@settings(max_examples=25)
@given(projects())
def test_what_falls_is_what_two_fresh_analyses_differ_by(project):
    horizon = look_ahead(project, days=200)
    told = horizon.calendar[horizon.calendar["change"] == "falls"]
    by_day = {(row.date.date(), row.matter): row.area_m2 for row in told.itertuples(index=False)}
    coming = {
        (day, matter)
        for matter in ("lights", "water", "snow")
        for day in change_days(project, matter)
        if day > project.settings.as_of
    }
    for day in sorted({day for day, _ in coming})[:3]:
        before, after = (
            analyse(replace(project, settings=replace(project.settings, as_of=each)))
            for each in (day - timedelta(1), day)
        )
        for matter in ("lights", "water", "snow"):
            fallen = _gaps(after, matter) - _gaps(before, matter)
            area = after.atoms.set_index("atom_id")["area_m2"].loc[sorted(fallen)].sum()
            assert by_day.get((day, matter), 0.0) == pytest.approx(area, rel=1e-9, abs=1e-6)


def _gaps(run, matter):
    rows = run.standings[run.standings["matter"] == matter]
    return set(rows.loc[rows["standing"].isin(GAP_STANDINGS), "atom_id"])


@settings(max_examples=25)
@given(projects(), st.randoms(use_true_random=False))
def test_the_order_of_the_claims_changes_nothing(project, random):
    order = list(range(len(project.claims)))
    random.shuffle(order)
    shuffled = replace(project, claims=project.claims.iloc[order].reset_index(drop=True))
    first, second = look_ahead(project, days=200), look_ahead(shuffled, days=200)
    for name in ("series", "lapses", "calendar"):
        pd.testing.assert_frame_equal(
            getattr(first, name), getattr(second, name), check_exact=False, rtol=1e-12
        )
    assert len(first.calendar_places) == len(second.calendar_places)
    for one, other in zip(
        first.calendar_places.itertuples(), second.calendar_places.itertuples(), strict=True
    ):
        assert one.geometry.equals(other.geometry)
        assert (one.bodies, one.claim_ids) == (other.bodies, other.claim_ids)


def test_a_county_that_is_wholly_led_falls_wholly():
    horizon = look_ahead(project_of(claim("A", COUNTY, valid_to="2026-09-01")))
    assert horizon.calendar["area_m2"].tolist() == pytest.approx([1e6], rel=1e-6)
