"""What lapses on the coming days, what falls with it, and how every matter stands over time."""

import json
from datetime import date, timedelta

import geopandas as gpd
import pytest
import shapely

from gis.cli import run_arguments
from gis.errors import OutputError
from gis.horizon import look_ahead
from gis.horizon_verb import calendar
from gis.pipeline import run_project
from tests import toy_county
from tests.builders import (
    COUNTY,
    EAST_HALF,
    WEST_HALF,
    agreement,
    claim,
    lane,
    placed,
    project_of,
    square,
)

HALF = 500_000.0
#: The tests' day is 2026-08-15.
SOON, LATER, FAR = "2026-09-30", "2026-10-31", "2027-08-15"


def rows(table, *columns):
    """Return columns of a table as tuples, days as ISO text and areas in whole square metres."""
    told = table[list(columns)].copy()
    for name in columns:
        if name == "date":
            told[name] = told[name].dt.strftime("%Y-%m-%d")
        elif name.endswith(("_m2", "_m")):
            told[name] = told[name].round(0)
    return list(told.itertuples(index=False, name=None))


def test_ground_whose_only_lead_lapses_falls_on_the_first_day_without_it():
    horizon = look_ahead(
        project_of(
            claim("A", WEST_HALF, valid_to=SOON, basis="contract", basis_ref="合同 7 号"),
            claim("B", EAST_HALF),
        )
    )
    assert rows(horizon.lapses, "date", "kind", "id", "bodies", "basis_ref", "ends_with") == [
        (SOON, "claim", "C000001", ("A",), "合同 7 号", "claim")
    ]
    assert rows(horizon.calendar, "date", "change", "area_m2", "places", "bodies", "claim_ids") == [
        (SOON, "falls", HALF, 1, ("A",), ("C000001",))
    ]
    (place,) = horizon.calendar_places.itertuples()
    assert (place.standing, place.bodies, place.claim_ids) == ("lapsed", ("A",), ("C000001",))
    assert place.geometry.equals(placed(WEST_HALF))
    assert rows(horizon.series, "date", "sole_m2", "lapsed_m2", "gap_m2") == [
        ("2026-08-15", 2 * HALF, 0, 0),
        ("2026-09-29", 2 * HALF, 0, 0),
        (SOON, HALF, HALF, HALF),
    ]


def test_a_claim_that_lapses_where_another_leads_on_is_told_and_nothing_falls():
    horizon = look_ahead(project_of(claim("A", COUNTY, valid_to=SOON), claim("B", COUNTY)))
    assert rows(horizon.lapses, "date", "id") == [(SOON, "C000001")]
    assert horizon.calendar.empty
    assert horizon.calendar_places.empty


@pytest.mark.parametrize(
    ("role", "standing"), [("assist", "leaderless"), ("fallback", "fallback_only")]
)
def test_ground_falls_also_where_somebody_is_left_who_does_not_lead(role, standing):
    horizon = look_ahead(
        project_of(claim("A", COUNTY, valid_to=SOON), claim("H", COUNTY, role=role))
    )
    assert rows(horizon.calendar_places, "standing", "area_m2") == [(standing, 2 * HALF)]


def test_an_assistant_who_leaves_a_gap_lets_nothing_fall():
    horizon = look_ahead(project_of(claim("H", COUNTY, role="assist", valid_to=SOON)))
    assert len(horizon.lapses) == 1
    assert horizon.calendar.empty
    assert rows(horizon.series, "date", "leaderless_m2", "void_m2")[-2:] == [
        ("2026-09-29", 2 * HALF, 0),
        (SOON, 0, 2 * HALF),
    ]


def test_only_days_after_the_day_asked_and_within_the_horizon_are_in_the_calendar():
    claims = [
        claim("A", square(100 * i, 0, 100 * i + 100, 1000), valid_to=day)
        for i, day in enumerate(["2026-08-15", "2026-08-16", "2026-11-13", "2026-11-14"])
    ]
    project = project_of(*claims)
    assert rows(look_ahead(project).calendar, "date") == [("2026-08-16",), ("2026-11-13",)]
    assert rows(look_ahead(project, days=91).lapses, "date")[-1] == ("2026-11-14",)
    nearer = look_ahead(project_of(*claims, horizon_days=1))
    assert rows(nearer.lapses, "date") == rows(nearer.calendar, "date") == [("2026-08-16",)]
    assert nearer.until == date(2026, 8, 16)
    assert look_ahead(project, days=0).calendar.empty


def test_a_body_that_is_dissolved_takes_its_claims_with_it():
    horizon = look_ahead(
        project_of(claim("A", COUNTY, valid_to=FAR), bodies=[{"body_id": "A", "valid_to": SOON}])
    )
    assert rows(horizon.lapses, "date", "ends_with") == [(SOON, "body")]
    assert rows(horizon.calendar, "date", "change", "area_m2") == [(SOON, "falls", 2 * HALF)]


def test_ground_that_an_agreement_held_together_is_contested_once_it_ends():
    horizon = look_ahead(
        project_of(
            claim("A", COUNTY),
            claim("B", EAST_HALF),
            agreements=[agreement("B", "A", first="A", valid_to=LATER)],
        )
    )
    assert rows(horizon.lapses, "date", "kind", "id", "bodies") == [
        (LATER, "agreement", "G000001", ("A", "B"))
    ]
    assert rows(horizon.calendar, "date", "change", "area_m2", "bodies", "claim_ids") == [
        (LATER, "contested", HALF, ("A", "B"), ())
    ]


def test_a_claim_that_begins_on_ground_of_another_is_told_as_the_cause_of_the_contest():
    horizon = look_ahead(project_of(claim("A", COUNTY), claim("B", EAST_HALF, valid_from=SOON)))
    assert horizon.lapses.empty
    assert rows(horizon.calendar, "date", "change", "area_m2", "claim_ids") == [
        (SOON, "contested", HALF, ("C000002",))
    ]


def test_a_claim_renewed_on_the_day_it_ends_lets_nothing_fall():
    horizon = look_ahead(
        project_of(
            claim("A", COUNTY, valid_to=SOON), claim("A", COUNTY, valid_from=SOON, valid_to=FAR)
        )
    )
    assert len(horizon.lapses) == 1
    assert horizon.calendar.empty


def test_a_gap_at_every_level_falls_once_and_names_the_leads_of_all_levels():
    horizon = look_ahead(
        project_of(
            claim("County", COUNTY, level="county", valid_to=SOON),
            claim("Street", EAST_HALF, level="street", valid_to=SOON),
        )
    )
    assert rows(horizon.calendar, "level", "change", "area_m2", "bodies") == [
        ("", "falls", 2 * HALF, ("County", "Street"))
    ]
    assert set(horizon.series["level"]) == {"county", "street"}


def test_only_the_matters_that_a_claim_speaks_about_fall_with_it():
    horizon = look_ahead(
        project_of(
            claim("A", COUNTY, "city", valid_to=SOON),
            claim("B", EAST_HALF, "lights"),
            tree={"city": "", "lights": "city", "water": "city", "snow": ""},
        )
    )
    assert rows(horizon.calendar, "matter", "area_m2") == [
        ("lights", HALF),
        ("water", 2 * HALF),
    ]


def test_metres_of_lanes_that_lose_their_keeper_are_told_and_those_of_registered_keepers_are_not():
    horizon = look_ahead(
        project_of(
            claim("A", WEST_HALF, valid_to=SOON),
            claim("B", EAST_HALF),
            lanes=[
                lane((100, 500), (900, 500)),
                lane((100, 100), (400, 100), body="C"),
            ],
        )
    )
    assert rows(horizon.calendar, "area_m2", "lanes_m") == [(HALF, 400)]


def test_lanes_that_had_no_keeper_before_are_not_counted_again():
    horizon = look_ahead(
        project_of(
            claim("A", WEST_HALF, valid_to=SOON),
            claim("B", EAST_HALF, valid_to=LATER),
            lanes=[lane((100, 500), (900, 500))],
        )
    )
    assert rows(horizon.calendar, "date", "lanes_m") == [(SOON, 400), (LATER, 400)]


def test_the_series_is_bounded_by_the_days_asked_which_are_in_it():
    project = project_of(
        claim("A", COUNTY, valid_from="2020-01-01", valid_to=SOON),
        claim("B", EAST_HALF, valid_from="2021-06-01", valid_to="2022-06-01"),
    )
    every = look_ahead(project)
    assert rows(every.series, "date", "gap_m2", "contested_m2") == [
        ("2019-12-31", 2 * HALF, 0),
        ("2020-01-01", 0, 0),
        ("2021-06-01", 0, HALF),
        ("2022-06-01", 0, 0),
        ("2026-08-15", 0, 0),
        (SOON, 2 * HALF, 0),
    ]
    some = look_ahead(project, first=date(2021, 12, 31), last=date(2023, 1, 1))
    assert rows(some.series, "date", "contested_m2") == [
        ("2021-12-31", HALF),
        ("2022-06-01", 0),
        ("2023-01-01", 0),
    ]
    assert rows(some.calendar, "date") == [(SOON,)]


def test_a_horizon_beyond_the_last_day_of_the_calendar_ends_with_it():
    project = project_of(claim("A", COUNTY, valid_to="9999-12-31"), as_of=date(9999, 12, 1))
    horizon = look_ahead(project, days=36_525)
    assert horizon.until == date.max
    assert rows(horizon.calendar, "date") == [("9999-12-31",)]
    early = look_ahead(project_of(claim("A", COUNTY, valid_from="0001-01-01")))
    assert early.series["date"].iloc[0].year == 1


def test_nothing_to_tell_is_told_as_empty_tables_with_all_columns():
    full = look_ahead(project_of(claim("A", COUNTY, valid_to=SOON)))
    empty = look_ahead(project_of(claim("A", COUNTY)))
    for name in ("lapses", "calendar", "calendar_places"):
        assert getattr(empty, name).empty
        assert list(getattr(empty, name).columns) == list(getattr(full, name).columns)
        assert getattr(empty, name)["date"].dtype == getattr(full, name)["date"].dtype


@pytest.fixture
def county(tmp_path):
    """Return the folder of the toy county in which West's claim ends in forty days."""
    claims = toy_county.claims().assign(
        valid_to=["2026-09-24", None, None], basis="contract", basis_ref="合同 7 号"
    )
    return toy_county.write_project(tmp_path / "project", {"claims": claims})


@pytest.fixture
def tell(capsys):
    """Call the verb itself, and return what it prints."""

    def tell(*arguments, language="en"):
        calendar.main(
            [str(argument) for argument in arguments],
            prog_name="calendar", standalone_mode=False, obj=language,
        )  # fmt: skip
        return capsys.readouterr().out

    return tell


#: West's half less the alley, crack and hole in it; the overlap is East's from then on.
WEST_FALLS = toy_county.claims().geometry.iloc[0].difference(toy_county.claims().geometry.iloc[1])


def test_the_command_tells_days_bodies_bases_and_hectares(county, tell):
    english = tell(county)
    assert "24 September 2026" in english
    assert "West: claim C000001 ends (every matter, lead, contract, 合同 7 号)" in english
    assert round(WEST_FALLS.area / 1e6, 1) == 8
    assert "nobody leads 8 km² any more (places: 1), led by West until then." in english
    assert english.splitlines()[-1].startswith("Residents are not counted")
    chinese = tell(county, language="zh")
    assert "2026年9月24日" in chinese
    assert "West 的主张 C000001 到期" in chinese
    assert "\n  " not in tell(county, "--days", "39")


def test_the_command_answers_programs_in_json(county, tell):
    told = json.loads(tell(county, "--json"))
    assert (told["as_of"], told["until"], told["residents"]) == ("2026-08-15", "2026-11-13", None)
    (day,) = told["calendar"]
    assert day["date"] == "2026-09-24"
    (lapse,) = day["lapses"]
    assert (lapse["id"], lapse["bodies"], lapse["basis"]) == ("C000001", ["West"], "contract")
    (change,) = day["changes"]
    assert change["area_m2"] == pytest.approx(WEST_FALLS.area, rel=1e-6)
    (place,) = told["places"]
    assert place["area_m2"] == pytest.approx(change["area_m2"], rel=1e-12)
    for row in told["series"]:
        assert sum(row["by_standing"].values()) == pytest.approx(row["jurisdiction_m2"], rel=1e-9)


def test_a_run_tells_the_same_as_the_project_it_was_made_of(county, tell, tmp_path):
    run_project(county, tmp_path / "run", today=date(2030, 1, 1))
    told = json.loads(tell(county, "--json", "--days", "200"))
    (county / "mangqu.toml").unlink()
    assert json.loads(tell(tmp_path / "run", "--json", "--days", "200")) == told


def test_another_day_may_be_asked_of_a_project_and_of_a_run(county, tell):
    told = json.loads(tell(county, "--json", "--as-of", "2026-09-24"))
    assert (told["as_of"], told["calendar"]) == ("2026-09-24", [])


def test_the_places_and_tables_are_written_as_layers(county, tell, tmp_path):
    path = tmp_path / "calendar.gpkg"
    tell(county, "-o", path)
    places = gpd.read_file(path, layer="calendar_places")
    assert len(places) == 1
    assert shapely.symmetric_difference(places.geometry.iloc[0], WEST_FALLS).area < 10
    assert len(gpd.read_file(path, layer="series")) == 3
    alone = tmp_path / "series.csv"
    tell(county, "-o", alone, "--layer", "series")
    text = alone.read_text("utf-8-sig")
    assert text.splitlines()[0].startswith("date,matter,level,sole_m2")
    assert "2026-09-24" in text


def test_what_cannot_be_written_is_refused_before_the_work(tell, tmp_path, toy_run_folder):
    nowhere = tmp_path / "no project"
    for output, layers in (
        (tmp_path / "a.xyz", ()),
        (tmp_path / "a.csv", ("--layer", "series", "--layer", "lapses")),
    ):
        with pytest.raises(OutputError):
            tell(nowhere, "-o", output, *layers)
    with pytest.raises(OutputError):
        tell(toy_run_folder, "-o", toy_run_folder / "a.gpkg")


def test_days_that_run_backwards_are_wrong_usage(county, tell):
    with pytest.raises(Exception, match="backwards") as refused:
        tell(county, "--from", "2027-01-01", "--to", "2026-01-01")
    assert refused.value.exit_code == 2


def test_the_project_file_states_how_far_the_calendar_looks(tmp_path, tell):
    claims = toy_county.claims().assign(valid_to=["2026-08-25", None, None])
    for days, seen in ((9, 0), (10, 1)):
        folder = toy_county.write_project(
            tmp_path / str(days),
            {"claims": claims},
            head=f"as_of = 2026-08-15\nhorizon_days = {days}",
        )
        assert len(json.loads(tell(folder, "--json"))["calendar"]) == seen


@pytest.mark.parametrize("stated", ["-1", "1.5", "36526", "nan", "inf", '"90"', "true"])
def test_a_horizon_that_is_no_number_of_days_is_refused(tmp_path, capsys, stated):
    folder = toy_county.write_project(tmp_path / "p", head=f"horizon_days = {stated}")
    assert run_arguments(["check", str(folder), "--lang", "en"]) == 1
    assert "horizon_days" in capsys.readouterr().out


def test_the_first_day_of_a_series_is_the_day_before_anything_changes():
    start = date(2024, 2, 29)
    horizon = look_ahead(project_of(claim("A", COUNTY, valid_from=start.isoformat())))
    first = horizon.series["date"].iloc[0].date()
    assert first == start - timedelta(days=1)


def test_days_and_matters_stand_in_the_order_in_which_they_are_asked():
    horizon = look_ahead(
        project_of(
            claim("A", COUNTY, "snow", valid_to=LATER),
            claim("A", WEST_HALF, "lights", valid_to=LATER, level="street"),
            claim("B", EAST_HALF, "lights", valid_to=SOON, level="county"),
            tree={"lights": "", "snow": ""},
            matters=("snow", "lights"),
        )
    )
    assert rows(horizon.calendar, "date", "matter") == [
        (SOON, "lights"),
        (LATER, "snow"),
        (LATER, "lights"),
    ]
    order = horizon.series[["matter", "level"]].drop_duplicates()
    assert order.to_numpy().tolist() == [["snow", ""], ["lights", "county"], ["lights", "street"]]


@pytest.mark.parametrize(("language", "words"), [("zh", "到期的主张和协议"), ("en", "will lapse")])
def test_the_help_speaks_the_language_of_the_user(tell, language, words):
    assert words in tell("--help", language=language)
