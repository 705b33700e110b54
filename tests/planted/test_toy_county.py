"""Every blind spot planted in the toy county is found and told apart, and nothing else is."""

from datetime import date

import geopandas as gpd
import pandas as pd
import pytest
import shapely
from pyproj import Geod, Transformer

from gis.pipeline import run_project
from gis.verification import verify_run
from tests import toy_county
from tests.builders import neighbours_of, question_of

TO_DEGREES = Transformer.from_crs(toy_county.CRS, "EPSG:4490", always_xy=True)


def geodesic_area(shape):
    """Return the area of a shape given from the county's corner, by its geodesic outline."""
    fine = shapely.segmentize(toy_county.placed(shape), 5.0)
    degrees = shapely.transform(fine, TO_DEGREES.transform, interleaved=False)
    return abs(Geod(ellps="GRS80").geometry_area_perimeter(degrees)[0])


def at(run, name):
    """Return the one finding whose point lies in a planted place, as (position in table, row)."""
    _, _, shape = toy_county.PLANTED[name]
    inside = run.findings.geometry.representative_point().within(
        toy_county.placed(shape.buffer(1e-3))
    )
    ((position, row),) = run.findings.reset_index(drop=True)[inside.to_numpy()].iterrows()
    return position, row


@pytest.mark.parametrize("name", toy_county.PLANTED)
def test_a_planted_place_is_found_with_its_class_position_and_area(toy_run, name):
    kind, position, shape = toy_county.PLANTED[name]
    _, row = at(toy_run, name)
    assert (row["class"], row["position"]) == (kind, position)
    assert row["area_m2"] == pytest.approx(geodesic_area(shape), rel=1e-6)
    assert row.geometry.symmetric_difference(toy_county.placed(shape)).area < 1e-6 * shape.area + 1


def test_nothing_but_the_planted_places_is_found(toy_run):
    assert len(toy_run.findings) == len(toy_county.PLANTED)
    assert toy_run.certificate["claims"]["lost"] == []


@pytest.mark.parametrize(
    ("name", "shared"),
    [
        ("alley", {"West": 1000 + 2 * 30, "East": 1000 + 2 * 30}),
        ("sliver", {"West": 700.3, "East": 700.3}),
        ("inlet", {"East": 2 * 200 + 300, "": 300}),
        ("hole", {"West": 400}),
        ("between parts", {"Works": 2 * 200, "East": 2 * 80}),
        ("detached", {"": 4000}),
        ("overlap", {"West": 100 + 2 * 20, "East": 100 + 2 * 20}),
    ],
)
def test_a_planted_place_knows_its_neighbours_and_the_metres_shared(toy_run, name, shared):
    position, _ = at(toy_run, name)
    expected = {body: pytest.approx(metres, rel=1e-5, abs=0.3) for body, metres in shared.items()}
    assert neighbours_of(toy_run, position) == expected


def test_the_sliver_is_told_from_the_alley_by_its_width(toy_run):
    _, sliver = at(toy_run, "sliver")
    _, alley = at(toy_run, "alley")
    assert sliver["width_m"] == pytest.approx(0.3, rel=0.05)
    assert alley["width_m"] == pytest.approx(60, rel=0.05)
    assert sliver["width_m"] < sliver["threshold_m"] < alley["width_m"]
    assert (sliver["kind_of_sliver"], sliver["standing"]) == ("gap", "void")


def test_the_sums_are_those_worked_out_by_hand(toy_run):
    question = question_of(toy_run)
    gaps = [shape for kind, _, shape in toy_county.PLANTED.values() if kind != "contested"]
    assert question["gap_m2"] == pytest.approx(sum(map(geodesic_area, gaps)), rel=1e-6)
    assert question["contested_m2"] == pytest.approx(4000, rel=1e-6)
    assert question["jurisdiction_m2"] == pytest.approx(17e6, rel=2e-6)
    assert abs(question["residual_m2"]) <= 1e-9 * question["jurisdiction_m2"]


def test_the_accounts_close_to_the_last_digit(toy_run):
    question = question_of(toy_run)
    assert question["covered_m2"] + question["gap_m2"] == pytest.approx(
        question["jurisdiction_m2"], rel=1e-9
    )


@pytest.fixture(scope="module")
def sanitation(tmp_path_factory):
    """Build a county whose claims cover it together, though sanitation lapsed on half of it."""
    west, east = shapely.box(0, 0, 2000, 4000), shapely.box(2000, 0, 4000, 4000)
    claims = toy_county.frame(
        {
            "body": ["Sanitation A", "Police B", "Sanitation C"],
            "matter": ["sanitation", "order", "sanitation"],
            "valid_to": ["2026-06-30", None, None],
        },
        [west, toy_county.MAIN, east],
    )
    tables = {
        "jurisdiction": toy_county.frame({"district_id": ["county"]}, [toy_county.MAIN]),
        "claims": claims,
        "matters": pd.DataFrame({"matter_id": ["sanitation", "order"]}),
    }
    folder = tmp_path_factory.mktemp("sanitation")
    return toy_county.write_project(folder / "project", tables)


def test_the_union_of_all_claims_hides_that_sanitation_has_lapsed(sanitation, tmp_path):
    claims = gpd.read_file(sanitation / "layers.gpkg", layer="claims")
    assert toy_county.placed(toy_county.MAIN).difference(claims.union_all()).area == 0
    run = run_project(sanitation, tmp_path / "run", today=date(2026, 1, 1))
    (row,) = run.findings.to_dict("records")
    assert (row["class"], row["matter"], row["bodies"], row["lapsed_on"]) == (
        "lapsed",
        "sanitation",
        ("Sanitation A",),
        "2026-06-30",
    )
    question = question_of(run, "sanitation")
    assert question["gap_m2"] / question["jurisdiction_m2"] == pytest.approx(0.5, rel=1e-6)
    assert question_of(run, "order")["gap_m2"] == 0
    assert verify_run(tmp_path / "run") == []


@pytest.mark.parametrize(("day", "findings"), [(date(2026, 6, 29), 0), (date(2026, 6, 30), 1)])
def test_sanitation_lapses_on_the_day_its_claim_ends(sanitation, tmp_path, day, findings):
    run = run_project(sanitation, tmp_path / "run", today=date(2026, 1, 1), as_of=day)
    assert len(run.findings) == findings
    assert run.certificate["as_of"] == day.isoformat()
