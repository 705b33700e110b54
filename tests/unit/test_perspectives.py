"""What every body says itself about who leads, kept side by side and compared."""

import json
from dataclasses import replace
from datetime import date

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gis.arrangement.partition import make_partition
from gis.duty import Question, Register, ask, passes
from gis.duty.perspectives import View, views
from gis.errors import InputError, OutputError
from gis.measure import EllipsoidMeasure
from gis.model.vocabulary import ClaimStatus, Role, Standing
from gis.perspectives import perspective_lines, perspectives
from gis.perspectives_verb import perspectives as verb
from gis.pipeline import run_project
from tests import toy_county
from tests.builders import COUNTY, EAST_HALF, WEST_HALF, agreement, claim, project_of, square

HALF, WHOLE = 500_000.0, 1_000_000.0


def said(project, **options):
    """Return what bodies say as areas by body and view, those of nothing left out."""
    told = perspectives(project, **options).perspectives
    return {
        (row["body"], view): round(row[f"{view}_m2"])
        for row in told.to_dict("records")
        for view in (*View, "named_by_others")
        if row[f"{view}_m2"]
    }


def compared(project):
    """Return areas by what two bodies say and how that goes together."""
    told = perspectives(project).agreements_and_conflicts
    return {
        (row["body"], row["says"], row["other"], row["other_says"], row["relation"]): round(
            row["area_m2"]
        )
        for row in told.to_dict("records")
    }


def test_a_claim_of_ones_own_says_mine_and_a_statement_about_another_says_theirs():
    project = project_of(
        claim("A", WEST_HALF), claim("B", EAST_HALF, stated_by="A"), claim("B", COUNTY)
    )
    assert said(project) == {
        ("A", "mine"): HALF,
        ("A", "theirs"): HALF,
        ("B", "mine"): WHOLE,
        ("B", "named_by_others"): HALF,
    }
    assert compared(project) == {
        ("A", "mine", "B", "mine", "conflict"): HALF,
        ("A", "theirs", "B", "mine", "agree"): HALF,
    }


def test_two_bodies_that_both_say_joint_agree():
    project = project_of(
        claim("A", COUNTY),
        claim("B", COUNTY, stated_by="A"),
        claim("B", COUNTY),
        claim("A", EAST_HALF, stated_by="B"),
    )
    assert compared(project) == {
        ("A", "joint", "B", "joint", "agree"): HALF,
        ("A", "joint", "B", "mine", "conflict"): HALF,
    }


def test_a_disclaimed_claim_of_ones_own_says_not_mine_and_conflicts_with_who_names_it():
    project = project_of(
        claim("A", COUNTY, status="disclaimed"),
        claim("A", EAST_HALF, stated_by="City"),
        claim("B", WEST_HALF),
    )
    assert said(project) == {
        ("A", "not_mine"): WHOLE,
        ("A", "named_by_others"): HALF,
        ("B", "mine"): HALF,
        ("City", "theirs"): HALF,
    }
    assert compared(project) == {
        ("A", "not_mine", "City", "theirs", "conflict"): HALF,
        ("A", "not_mine", "B", "mine", "agree"): HALF,
    }


def test_each_denying_is_told_apart_from_conflict():
    rows = [claim(body, COUNTY, status="disclaimed") for body in "AB"]
    assert compared(project_of(*rows)) == {("A", "not_mine", "B", "not_mine", "both_deny"): WHOLE}


def test_a_denial_of_the_special_matter_goes_before_a_claim_to_the_general_one():
    tree = {"city": "", "lanes": "city"}
    rows = [claim("A", COUNTY, "city"), claim("A", EAST_HALF, "lanes", status="disclaimed")]
    assert said(project_of(*rows, tree=tree)) == {("A", "mine"): HALF, ("A", "not_mine"): HALF}
    rows = [claim("A", COUNTY, "lanes"), claim("A", EAST_HALF, "city", status="disclaimed")]
    assert said(project_of(*rows, tree=tree)) == {("A", "mine"): WHOLE}


@pytest.mark.parametrize(
    "columns",
    [
        {"valid_to": "2026-08-15"},
        {"valid_from": "2026-08-16"},
        {"stated_by": "B"},
        {"role": "assist"},
    ],
)
def test_a_denial_counts_in_its_time_for_a_lead_and_from_ones_own_mouth(columns):
    project = project_of(claim("A", COUNTY, status="disclaimed", **columns))
    assert ("A", "not_mine") not in said(project)


def test_a_denial_at_one_level_says_nothing_about_another():
    project = project_of(
        claim("A", COUNTY, status="disclaimed", level="street"),
        claim("B", COUNTY, level="county"),
        claim("C", COUNTY, level="street"),
    )
    told = perspectives(project).perspectives
    assert told.loc[told["not_mine_m2"] > 0, "level"].tolist() == ["street"]


def test_one_matter_may_be_asked_and_one_that_is_not_asked_is_refused():
    project = project_of(claim("A", COUNTY, "order"), claim("B", COUNTY, "lights"))
    assert said(project, matter="lights") == {("B", "mine"): WHOLE}
    with pytest.raises(InputError):
        perspectives(project, matter="moonlight")


def test_a_project_in_which_nobody_says_anything_has_empty_tables():
    told = perspectives(project_of())
    assert told.perspectives.empty
    assert told.agreements_and_conflicts.empty


def test_what_is_said_outside_the_jurisdiction_does_not_count():
    project = project_of(claim("A", square(-1000, 0, 500, 1000)), claim("B", COUNTY))
    assert compared(project) == {("A", "mine", "B", "mine", "conflict"): HALF}


bodies = st.sampled_from(["A", "B", "C"])
claims = st.builds(
    claim,
    bodies,
    st.sampled_from([COUNTY, WEST_HALF, EAST_HALF, square(250, 250, 750, 750)]),
    st.sampled_from(["", "city", "lanes"]),
    role=st.sampled_from([Role.LEAD, Role.LEAD, Role.ASSIST]),
    level=st.sampled_from(["", "county", "street"]),
    status=st.sampled_from([*ClaimStatus, ClaimStatus.CLAIMED, ClaimStatus.CLAIMED]),
    stated_by=st.sampled_from(["", "", "A", "B", "City"]),
)


@settings(max_examples=40)
@given(st.lists(claims, min_size=1, max_size=8), st.booleans())
def test_hearing_all_at_once_equals_asking_in_the_perspective_of_each(rows, agreed):
    project = project_of(
        *rows,
        tree={"city": "", "lanes": "city"},
        agreements=[agreement("A", "B", first="A", place=WEST_HALF)] if agreed else [],
    )
    (only,) = passes(project)
    measure = EllipsoidMeasure.around(project.jurisdiction.geometry.to_numpy(), project.crs)
    partition = make_partition(project, only.matters, only.claim_rows, number=0, measure=measure)
    register = Register.of(partition, project)
    for level in ("county", "street"):
        question = Question("lanes", level, date(2026, 8, 15))
        heard = views(register, question)
        told = {
            (heard.sets.names[speaker], face): heard.sets.tuples[leads]
            for face, speaker, leads in zip(
                heard.face.tolist(), heard.speaker.tolist(), heard.leads.tolist(), strict=True
            )
            if heard.sets.members.counts[leads]
        }
        denied = {
            (heard.sets.names[heard.speaker[row]], int(heard.face[row]))
            for row in np.flatnonzero(heard.sets.members.counts[heard.leads] == 0)
        }
        asked = {}
        for body in register.bodies:
            answer = ask(register, replace(question, perspective=body)).frame
            here = answer["standing"].isin([Standing.SOLE, Standing.JOINT, Standing.CONTESTED])
            asked |= {(body, face): leads for face, leads in answer.loc[here, "leads"].items()}
        assert told == {key: leads for key, leads in asked.items() if key not in denied}
        for body, face in asked.keys() & denied:
            assert body in asked[body, face]


@settings(max_examples=20)
@given(st.lists(claims, min_size=2, max_size=8), st.randoms(use_true_random=False))
def test_the_order_of_the_claims_changes_no_perspective(rows, random):
    tree = {"city": "", "lanes": "city"}
    first = perspectives(project_of(*rows, tree=tree))
    random.shuffle(rows)
    second = perspectives(project_of(*rows, tree=tree))
    pd.testing.assert_frame_equal(first.perspectives, second.perspectives, rtol=1e-12)
    pd.testing.assert_frame_equal(
        first.agreements_and_conflicts, second.agreements_and_conflicts, rtol=1e-12
    )


@pytest.fixture
def tell(capsys):
    """Call the verb itself, and return what it prints."""

    def tell(*arguments, language="en"):
        verb.main(
            [str(argument) for argument in arguments],
            prog_name="perspectives", standalone_mode=False, obj=language,
        )  # fmt: skip
        return capsys.readouterr().out

    return tell


def test_the_command_tells_bodies_and_conflicts_of_projects_and_runs(tell, tmp_path):
    folder = toy_county.write_project(tmp_path / "project")
    english = tell(folder)
    assert english.splitlines() == [
        "every matter: bodies that speak: 3; pairs of them that do not agree: 1.",
        "every matter: 4,000 m² in conflict. East says “mine”, West says “mine”.",
    ]
    assert "4,000 平方米 说法矛盾，East 称“归我”，West 称“归我”" in tell(folder, language="zh")
    run_project(folder, tmp_path / "run", today=date(2030, 1, 1))
    told = json.loads(tell(folder, "--json"))
    assert json.loads(tell(tmp_path / "run", "--json")) == told
    (conflict,) = told["agreements_and_conflicts"]
    assert conflict["area_m2"] == pytest.approx(4000, rel=1e-6)


def test_who_denies_and_who_is_named_is_told_body_by_body():
    project = project_of(
        claim("A", COUNTY, status="disclaimed"),
        claim("B", square(0, 0, 600, 1000), status="disclaimed"),
        claim("A", EAST_HALF, stated_by="City"),
        claim("C", square(0, 0, 10, 10)),
    )
    assert perspective_lines(perspectives(project), project, "en") == [
        "every matter: bodies that speak: 4; pairs of them that do not agree: 2.",
        "every matter, A: not mine 1 km², named by others for 50 ha.",
        "every matter, B: not mine 60 ha.",
        "every matter, City: theirs 50 ha.",
        "every matter: 60 ha that both deny. A says “not mine”, B says “not mine”.",
        "every matter: 50 ha in conflict. A says “not mine”, City says “theirs”.",
    ]
    chinese = perspective_lines(perspectives(project), project, "zh")
    assert "全部事项：60 公顷 相互推诿，A 称“不归我”，B 也称“不归我”。" in chinese


def test_no_more_than_twenty_conflicts_are_told_one_by_one():
    project = project_of(*(claim(f"B{number}", COUNTY) for number in range(8)))
    told = perspectives(project)
    lines = perspective_lines(told, project, "en")
    assert sum("in conflict" in line for line in lines) == 20
    assert lines[-1] == "8 more; -o or --json gives them all."
    assert len(told.agreements_and_conflicts) == 28


def test_both_tables_are_written_and_a_table_alone_where_the_format_holds_one(tell, tmp_path):
    folder = toy_county.write_project(tmp_path / "project")
    tell(folder, "-o", tmp_path / "said.xlsx")
    sheets = pd.read_excel(tmp_path / "said.xlsx", sheet_name=None, engine="calamine")
    assert {name: len(sheet) for name, sheet in sheets.items()} == {
        "agreements_and_conflicts": 1,
        "perspectives": 3,
    }
    tell(folder, "-o", tmp_path / "said.csv")
    assert "conflict" in (tmp_path / "said.csv").read_text("utf-8-sig")


def test_an_unknown_ending_and_a_place_inside_the_run_are_refused(tell, toy_run_folder, tmp_path):
    for output in (tmp_path / "said.xyz", toy_run_folder / "said.xlsx"):
        with pytest.raises(OutputError):
            tell(toy_run_folder, "-o", output)
