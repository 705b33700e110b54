"""The Panjin sample publishes its blind spots: all are found, and nothing else is."""

from datetime import date

import geopandas as gpd
import pytest
from mangqu_samples.panjin.build import build

from gis.layers import read_project
from gis.pipeline import analyse

TODAY = date(2026, 11, 1)
FACTS = ["class", "kind_of_sliver", "position", "matter", "level"]

pytestmark = pytest.mark.xdist_group("panjin")


@pytest.fixture(scope="module", params=[2111, 4], ids="seed {}".format)
def folder(request, tmp_path_factory):
    folder = tmp_path_factory.mktemp("panjin") / "project"
    build(folder, seed=request.param)
    return folder


@pytest.fixture(scope="module")
def run(folder):
    return analyse(read_project(folder, today=TODAY))


def published(folder, layer):
    return gpd.read_file(folder / "truth.gpkg", layer=layer)


def test_every_planted_place_is_found_with_its_class_position_matter_level_and_bodies(folder, run):
    for _, planted in published(folder, "truth").iterrows():
        point = planted.geometry.representative_point()
        there = run.findings[
            run.findings.contains(point) & (run.findings["matter"] == planted["matter"])
        ]
        assert len(there) == 1, planted["planted_id"]
        found = there.iloc[0]
        assert found[FACTS].tolist() == planted[FACTS].tolist(), planted["planted_id"]
        bodies = tuple(body for body in planted["bodies"].split(";") if body)
        assert found["bodies"] == bodies, planted["planted_id"]


#: Rule of data/panjin/rules.toml that speaks about each, as docs/samples.md says.
SPEAKS = {
    "agreement": ["S5", "V2", "C3"],
    "data": ["M2", "M3", "V3"],
    "cross_border": ["G3"],
    "enterprise": ["S2"],
    "fallback": ["S3"],
    "not_passed_down": ["C1"],
    "contested": ["S6", "V1", "P1", "C2"],
    "back_lane": ["M1", "S1"],
    "unit_surroundings": ["G5"],
    "within_one": ["M5"],
    "unclear": ["G1", "G2", "G4", "M4", "M6", "S4", "W1"],
}


def test_every_planted_place_is_answered_by_the_rule_that_the_documents_name(folder, run):
    rules = {planted_id: rule for rule, ids in SPEAKS.items() for planted_id in ids}
    for _, planted in published(folder, "truth").iterrows():
        same = run.findings[run.findings["matter"] == planted["matter"]]
        found = same.loc[same.intersection(planted.geometry).area.idxmax()]
        rule = found["rule_id"]
        assert rule == rules[planted["planted_id"]]
        assert found["article"] != ""
        assert 0.5 <= found["confidence"] <= 1
        expected = {
            "agreement": found["first_receiver"],
            "data": "",
            "cross_border": "PJ",
            "within_one": "SU-2",
        }
        if rule in {"enterprise", "fallback", "not_passed_down"}:
            (expected[rule],) = found["bodies"]
        (government,) = found["districts"] if rule != "cross_border" else ("",)
        if planted["planted_id"] == "G1":  # nobody is on record as governing the exclave
            assert (found["proposed_body"], found["unresolved"]) == ("", "no_government")
        else:
            assert found["proposed_body"] == expected.get(rule, f"PJ-{government}")
            assert (found["unresolved"] == "") == (rule != "data")


def test_planted_places_are_found_in_their_true_shape_and_size(folder, run):
    for _, planted in published(folder, "truth").iterrows():
        same = run.findings[run.findings["matter"] == planted["matter"]]
        found = same.loc[same.intersection(planted.geometry).area.idxmax()]
        # borders may move by half the grid of 1 mm
        allowed = 0.001 * planted.geometry.length
        assert found.geometry.symmetric_difference(planted.geometry).area <= allowed
        assert found["area_m2"] == pytest.approx(planted["area_m2"], rel=1e-6, abs=allowed)


def test_nothing_else_is_found(folder, run):
    assert len(run.findings) == len(published(folder, "truth")) == 25
    assert len(run.lane_findings) == len(published(folder, "lane_truth")) == 3


def test_every_planted_stretch_of_lane_is_found_from_where_to_where(folder, run):
    found = run.lane_findings.set_index("lane_id")
    for _, planted in published(folder, "lane_truth").iterrows():
        there = found.loc[planted["lane_id"]]
        assert there[["class", "matter", "level"]].tolist() == (
            planted[["class", "matter", "level"]].tolist()
        )
        # metres on the ground are a little fewer than metres of the projection
        assert there["from_m"] == pytest.approx(planted["from_m"], abs=0.2)
        assert there["to_m"] == pytest.approx(planted["to_m"], abs=0.2)
        bodies = tuple(body for body in planted["bodies"].split(";") if body)
        assert there["bodies"] == bodies


def test_a_matter_that_the_counties_share_out_exactly_has_no_blind_spot(run):
    (question,) = [q for q in run.certificate["questions"] if q["matter"] == "flood"]
    assert question["gap_m2"] == 0
    assert question["contested_m2"] == 0


def test_a_place_that_two_matters_share_is_wanting_in_one_only(run):
    by_place = run.findings.sjoin(run.findings[["geometry"]], predicate="overlaps")
    assert by_place.empty


def test_the_contract_still_held_on_its_last_day(folder):
    eve = analyse(read_project(folder, today=TODAY, as_of=date(2026, 6, 30)))
    lapsed = eve.findings[eve.findings["class"] == "lapsed"]
    assert lapsed["bodies"].tolist() == [("OIL-P3",)]


def test_the_day_the_lapsed_contract_ended_is_told(run):
    lapsed = run.findings[run.findings["class"] == "lapsed"].set_index("lapsed_on")
    assert lapsed["bodies"].to_dict() == {"2026-07-01": ("LIGHT-CO",), "2026-01-01": ("OIL-P3",)}


def test_agreements_name_who_takes_the_first_call(run):
    joint = run.findings[run.findings["class"] == "joint"].set_index("matter")
    assert joint.loc["street_light", "first_receiver"] == "OIL-P2"
    assert joint.loc["vending", "first_receiver"] == "UM-211104"


def test_a_gap_across_a_county_border_is_for_the_common_superior(run):
    (across,) = run.findings.index[run.findings["districts"].map(len) == 2]
    assert run.findings.loc[across, "law"] == "cross_border"
