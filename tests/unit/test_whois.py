"""Who answers at a point, and on what ground."""

import pytest
import shapely
from pyproj import CRS, Transformer

from gis.cli import run_arguments
from gis.errors import InputError
from gis.pipeline import analyse
from gis.whois import who_answers
from tests import toy_county
from tests.builders import (
    COUNTY,
    EAST,
    EAST_HALF,
    NORTH,
    PLANE,
    WEST_HALF,
    agreement,
    claim,
    district,
    project_of,
    square,
)

TO_DEGREES = Transformer.from_crs(PLANE, 4326, always_xy=True)


def at(run, x, y, **options):
    """Return the answers at a point given in metres from the corner of the tests."""
    return who_answers(run, *TO_DEGREES.transform(EAST + x, NORTH + y), **options)


@pytest.fixture(scope="module")
def town():
    """Analyse a county with a lead in the west, a contest, an assistant and a void in the east."""
    return analyse(
        project_of(
            claim("A", WEST_HALF, "cleaning", basis="decision", basis_ref="政发〔2025〕1号"),
            claim("B", square(400, 0, 500, 1000), "cleaning", valid_from="2025-01-01"),
            claim("C", square(500, 0, 600, 1000), "cleaning", role="assist"),
            claim("D", square(600, 0, 700, 1000), "cleaning", role="fallback"),
            claim("E", square(700, 0, 800, 1000), "cleaning", valid_to="2026-01-01"),
            claim("F", square(800, 0, 900, 1000), "cleaning", role="first_receiver"),
            claim("G", WEST_HALF, "environment"),
            tree={"environment": "", "cleaning": "environment", "order": ""},
            within=[district("west", WEST_HALF), district("east", EAST_HALF)],
            matters=("cleaning", "order"),
        )
    )


def test_the_lead_answers_and_its_claims_are_the_ground(town):
    (answer,) = at(town, 100, 100, matter="cleaning")
    assert (answer.standing, answer.leads, answer.first_receiver) == ("sole", ("A",), "A")
    assert (answer.finding_ids, answer.districts) == ((), ("west",))
    ground = answer.grounds[0]
    assert (ground.claim_id, ground.body, ground.basis_ref) == ("C000001", "A", "政发〔2025〕1号")


def test_a_contested_place_names_both_and_no_first_receiver(town):
    (answer,) = at(town, 450, 100, matter="cleaning")
    assert (answer.standing, answer.leads, answer.first_receiver) == ("contested", ("A", "B"), "")
    assert len(answer.finding_ids) == 1
    assert [ground.valid_from for ground in answer.grounds if ground.body == "B"] == ["2025-01-01"]


@pytest.mark.parametrize(
    ("x", "standing", "assists", "receiver"),
    [
        (550, "leaderless", ("C",), ""),
        (650, "fallback_only", (), "D"),
        (750, "lapsed", (), ""),
        (850, "void", (), "F"),
        (950, "void", (), ""),
    ],
)
def test_a_gap_tells_its_kind_its_finding_and_who_takes_the_call(
    town, x, standing, assists, receiver
):
    (answer,) = at(town, x, 100, matter="cleaning")
    assert (answer.standing, answer.leads, answer.assists) == (standing, (), assists)
    assert answer.first_receiver == receiver
    (identity,) = answer.finding_ids
    (row,) = town.findings[town.findings["finding_id"] == identity].to_dict("records")
    assert row["class"] == standing


def test_every_matter_asked_is_answered(town):
    assert [(answer.matter, answer.standing) for answer in at(town, 100, 100)] == [
        ("cleaning", "sole"),
        ("order", "void"),
    ]


def test_outside_the_jurisdiction_nobody_answers(town):
    assert at(town, -100, 100) == []
    assert who_answers(town, -73.97, 40.78) == []


def test_on_a_border_both_sides_answer():
    west, east = shapely.box(122, 41, 122.25, 41.5), shapely.box(122.25, 41, 122.5, 41.5)
    degrees = CRS.from_epsg(4326)
    claims = [claim("A", west), claim("B", east)]
    run = analyse(project_of(*claims, within=west | east, crs=degrees, moved=False))
    assert {answer.leads for answer in who_answers(run, 122.25, 41.125)} == {("A",), ("B",)}


@pytest.mark.parametrize(
    ("lon", "lat"), [(181, 0), (0, -91), (float("nan"), 0), (0, float("inf")), (-180.0001, 0)]
)
def test_a_point_off_the_globe_is_refused(town, lon, lat):
    with pytest.raises(InputError) as caught:
        who_answers(town, lon, lat)
    assert caught.value.problem == "not_on_the_globe"


def test_a_matter_that_was_not_asked_about_is_refused(town):
    with pytest.raises(InputError) as caught:
        at(town, 100, 100, matter="environment")
    assert caught.value.problem == "unknown_matter"


def test_an_agreement_names_who_takes_the_first_call():
    run = analyse(
        project_of(
            claim("A", COUNTY), claim("B", COUNTY), agreements=[agreement("A", "B", first="B")]
        )
    )
    (answer,) = at(run, 500, 500)
    assert (answer.standing, answer.leads, answer.first_receiver) == ("joint", ("A", "B"), "B")


def test_each_level_is_answered_on_its_own():
    claims = [claim("county", COUNTY, level="county"), claim("street", WEST_HALF, level="street")]
    run = analyse(project_of(*claims))
    west = [(answer.level, answer.leads) for answer in at(run, 100, 100)]
    east = [(answer.level, answer.standing, answer.leads) for answer in at(run, 900, 100)]
    assert west == [("county", ("county",)), ("street", ("street",))]
    assert east == [
        ("county", "sole", ("county",)),
        ("street", "not_passed_down", ("county",)),
    ]


def test_the_answer_of_a_run_read_back_is_that_of_the_analysis(toy_run):
    alley = toy_county.ALLEY.centroid
    (answer,) = who_answers(toy_run, *TO_DEGREES.transform(EAST + alley.x, NORTH + alley.y))
    assert (answer.standing, answer.districts) == ("void", ("county",))
    assert len(answer.finding_ids) == 1


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_command_answers_in_words(toy_run_folder, language, capsys):
    places = {"West": (900, 900), "overlap": (2000, 3650), "alley": (2000, 1500)}
    for name, (x, y) in places.items():
        lon, lat = TO_DEGREES.transform(EAST + x, NORTH + y)
        arguments = ["whois", str(toy_run_folder), str(lon), str(lat), "--lang", language]
        assert run_arguments(arguments) == 0
        said = capsys.readouterr().out
        assert ("West" in said) or name == "alley"
        assert ("F-" in said) == (name != "West")
