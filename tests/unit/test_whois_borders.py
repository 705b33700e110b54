"""How sure an answer is near a border, on what basis, and what the law proposes in a gap."""

from __future__ import annotations

from dataclasses import replace

import pytest
from pyproj import Transformer

from gis.labels import Labels
from gis.layers.rules_file import Known, law_stated
from gis.pipeline import analyse
from gis.whois import who_answers
from gis.whois_lines import more_lines
from tests.builders import EAST, EAST_HALF, NORTH, PLANE, WEST_HALF, claim, project_of, square

TO_DEGREES = Transformer.from_crs(PLANE, 4326, always_xy=True)

RULES = """[[rules]]
id = "beside"
then_role = "lead"
then_body = "neighbour_with_longest_border"
article = "Article 9"
text_en = "Whoever lies beside it."
confidence = 0.4
"""


def at(run, x, y):
    return who_answers(run, *TO_DEGREES.transform(EAST + x, NORTH + y))


@pytest.fixture(scope="module")
def run():
    """Analyse two halves drawn to 3 m and to 4 m, the east with a gap of its own."""
    return analyse(
        project_of(
            claim("A", WEST_HALF, accuracy_m=3.0, basis="law", basis_ref="第八条",
                  valid_from="2025-01-01", valid_to="2027-01-01"),
            claim("B", EAST_HALF.difference(square(900, 400, 1000, 600)), accuracy_m=4.0),
            accuracy_m=0.5,
        )
    )  # fmt: skip


@pytest.mark.parametrize(
    ("x", "certainty"), [(400, "sure"), (489.5, "sure"), (490.5, "within_accuracy")]
)
def test_an_answer_is_sure_beyond_the_joint_accuracy_of_both_sides(run, x, certainty):
    (answer,) = at(run, x, 500)
    assert answer.leads == ("A",)
    assert answer.border_m == pytest.approx(500 - x, abs=0.01)
    assert answer.border_accuracy_m == pytest.approx(2 * 5)  # k = 2, √(3² + 4²) = 5
    assert (answer.certainty, answer.beyond) == (certainty, ("B",))


def test_beside_a_gap_nobody_leads_beyond_and_the_projects_accuracy_counts(run):
    (answer,) = at(run, 899, 500)
    assert (answer.leads, answer.beyond) == (("B",), ())
    assert answer.border_m == pytest.approx(1, abs=0.01)
    assert answer.border_accuracy_m == pytest.approx(2 * (4**2 + 0.5**2) ** 0.5)


def test_on_the_border_both_sides_answer_and_neither_is_sure():
    # the central meridian, which comes back from degrees to the last digit
    east, west = square(0, 0, 500, 500), square(-500, 0, 0, 500)
    run = analyse(project_of(claim("A", east), claim("B", west), within=east | west))
    answers = at(run, 0, 250)
    assert {answer.leads for answer in answers} == {("A",), ("B",)}
    assert {answer.certainty for answer in answers} == {"within_accuracy"}
    assert [answer.border_m for answer in answers] == pytest.approx([0, 0], abs=1e-3)


def test_where_all_ground_has_the_same_lead_there_is_no_border():
    (answer,) = at(analyse(project_of(claim("A", square(0, 0, 1000, 1000)))), 1, 1)
    assert (answer.border_m, answer.border_accuracy_m, answer.certainty) == (None, None, "sure")


def test_the_basis_and_the_term_are_those_of_the_lead(run):
    (answer,) = at(run, 100, 500)
    assert (answer.basis, answer.basis_ref) == ("law", "第八条")
    assert (answer.since, answer.until) == ("2025-01-01", "2027-01-01")


def test_a_gap_is_answered_with_its_number_and_what_the_law_proposes():
    law = law_stated(RULES, "rules.toml", Known(frozenset({"B"}), {}))
    project = project_of(
        claim("A", WEST_HALF), claim("B", EAST_HALF.difference(square(900, 400, 1000, 600)))
    )
    run = analyse(replace(project, law=law))
    (answer,) = at(run, 950, 500)
    (number,) = answer.finding_ids
    (proposal,) = answer.proposals
    assert (proposal.finding_id, proposal.body) == (number, "B")
    assert (proposal.rule_id, proposal.article) == ("beside", "Article 9")
    assert (proposal.role, proposal.unresolved, proposal.confidence) == ("lead", "", 0.4)
    (settled,) = at(run, 100, 500)
    assert settled.proposals == ()
    lines = more_lines(answer, run, Labels.of(run, "en"))
    assert "By the rules (Article 9) B is proposed, confidence 40%." in lines


@pytest.mark.parametrize(
    ("language", "word"), [("en", "maps alone cannot tell"), ("zh", "无法区分")]
)
def test_the_words_say_when_maps_cannot_tell(run, language, word):
    (answer,) = at(run, 495, 500)
    lines = more_lines(answer, run, Labels.of(run, language))
    assert any(word in line and "5.0" in line and "10.0" in line for line in lines)
    assert any("第八条" in line and "2025-01-01" in line for line in lines)
