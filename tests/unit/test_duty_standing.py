"""Who leads, and why nobody does: roles, dates, precedence, matters, levels, agreements."""

from datetime import date

import pytest

from gis.pipeline import analyse
from tests.builders import (
    COUNTY,
    EAST_HALF,
    WEST_HALF,
    agreement,
    answers,
    areas_by_standing,
    claim,
    found,
    leads_by_face,
    project_of,
    question_of,
)

HALF, WHOLE = 500_000.0, 1_000_000.0


def standing_of(*claims, **options):
    """Return the one standing that the whole county has."""
    (standing,) = areas_by_standing(project_of(*claims, **options))
    return standing


@pytest.mark.parametrize(
    ("role", "standing"),
    [
        ("lead", "sole"),
        ("assist", "leaderless"),
        ("fallback", "fallback_only"),
        ("supervise", "void"),
        ("fund", "void"),
        ("sponsor", "void"),
        ("first_receiver", "void"),
    ],
)
def test_only_a_lead_covers_and_each_other_role_leaves_its_own_kind_of_gap(role, standing):
    assert standing_of(claim("A", COUNTY, role=role)) == standing


@pytest.mark.parametrize(
    ("status", "standing"),
    [("claimed", "sole"), ("confirmed", "sole"), ("disclaimed", "void"), ("expired", "lapsed")],
)
def test_only_a_claimed_or_confirmed_status_counts(status, standing):
    assert standing_of(claim("A", COUNTY, status=status)) == standing


@pytest.mark.parametrize(
    ("start", "end", "standing"),
    [
        ("2026-08-15", None, "sole"),
        ("2026-08-16", None, "void"),
        (None, "2026-08-16", "sole"),
        (None, "2026-08-15", "lapsed"),
        (None, "2026-08-14", "lapsed"),
        ("2026-08-15", "2026-08-16", "sole"),
    ],
)
def test_a_claim_holds_from_its_first_day_up_to_but_not_including_its_last(start, end, standing):
    dates = {"valid_from": start, "valid_to": end}
    assert standing_of(claim("A", COUNTY, **dates), as_of=date(2026, 8, 15)) == standing


def test_a_claim_that_is_called_expired_before_it_begins_has_not_lapsed():
    assert standing_of(claim("A", COUNTY, status="expired", valid_from="2027-01-01")) == "void"


def test_a_disclaimed_claim_whose_date_is_past_has_not_lapsed():
    assert standing_of(claim("A", COUNTY, status="disclaimed", valid_to="2020-01-01")) == "void"


PRECEDENCE = [
    ("leaderless", claim("H", COUNTY, role="assist")),
    ("fallback_only", claim("F", COUNTY, role="fallback")),
    ("lapsed", claim("L", COUNTY, valid_to="2026-06-30")),
]


@pytest.mark.parametrize("first", range(len(PRECEDENCE)))
def test_an_assistant_outweighs_a_fallback_which_outweighs_a_lapsed_lead(first):
    present = [row for _, row in PRECEDENCE[first:]]
    assert standing_of(*present) == PRECEDENCE[first][0]
    assert standing_of(*reversed(present)) == PRECEDENCE[first][0]


def test_a_lead_outweighs_every_reason_for_a_gap():
    assert standing_of(claim("A", COUNTY), *(row for _, row in PRECEDENCE)) == "sole"


def test_two_leading_bodies_contest_exactly_where_both_lead():
    areas = areas_by_standing(project_of(claim("A", COUNTY), claim("B", EAST_HALF)))
    assert areas == {"sole": HALF, "contested": HALF}


def test_one_body_that_claims_twice_contests_nothing():
    assert standing_of(claim("A", COUNTY), claim("A", COUNTY)) == "sole"


def test_a_lead_and_an_assistant_do_not_contest():
    assert standing_of(claim("A", COUNTY), claim("B", COUNTY, role="assist")) == "sole"


TREE = {"environment": "", "cleaning": "environment", "lanes": "cleaning", "order": ""}


def about_lanes(*claims, **options):
    """Return areas by standing in the matter "lanes", a leaf of the tree."""
    return areas_by_standing(project_of(*claims, tree=TREE, matters=("lanes",), **options))


@pytest.mark.parametrize("matter", ["lanes", "cleaning", "environment", ""])
def test_a_claim_holds_for_every_matter_below_its_own(matter):
    assert about_lanes(claim("A", COUNTY, matter)) == {"sole": WHOLE}


def test_a_claim_on_another_branch_says_nothing():
    assert about_lanes(claim("A", COUNTY, "order")) == {"void": WHOLE}


def test_a_claim_on_a_child_does_not_cover_its_parent():
    project = project_of(claim("A", COUNTY, "lanes"), tree=TREE, matters=("cleaning",))
    assert areas_by_standing(project) == {"void": WHOLE}


@pytest.mark.parametrize(
    ("near", "far"), [("lanes", "cleaning"), ("cleaning", "environment"), ("environment", "")]
)
def test_the_nearest_ancestor_wins_place_by_place(near, far):
    claims = [claim("special", EAST_HALF, near), claim("general", COUNTY, far)]
    shapes, leads = leads_by_face(project_of(*claims, tree=TREE, matters=("lanes",)))
    east = {lead for shape, lead in zip(shapes, leads, strict=True) if shape.centroid.x > 500_500}
    west = {lead for shape, lead in zip(shapes, leads, strict=True) if shape.centroid.x < 500_500}
    assert (east, west) == ({("special",)}, {("general",)})


def test_two_bodies_at_the_same_distance_contest_although_a_third_is_further_away():
    claims = [claim("A", COUNTY, "cleaning"), claim("B", COUNTY, "cleaning"), claim("C", COUNTY)]
    _, (leads,) = leads_by_face(project_of(*claims, tree=TREE, matters=("lanes",)))
    assert leads == ("A", "B")


def test_a_special_claim_that_has_ended_lets_the_general_one_speak_again():
    ended = claim("special", COUNTY, "lanes", valid_to="2026-06-30")
    assert about_lanes(ended, claim("general", COUNTY)) == {"sole": WHOLE}


def test_an_assistant_for_the_matter_itself_does_not_displace_an_inherited_lead():
    assert about_lanes(claim("A", COUNTY), claim("B", COUNTY, "lanes", role="assist")) == {
        "sole": WHOLE
    }


def at(level, *claims):
    """Return areas by standing at one level."""
    return areas_by_standing(project_of(*claims), level=level)


def test_what_the_county_leads_and_the_street_does_not_is_not_passed_down():
    claims = [claim("county", COUNTY, level="county"), claim("street", WEST_HALF, level="street")]
    assert at("street", *claims) == {"sole": HALF, "not_passed_down": HALF}
    assert at("county", *claims) == {"sole": WHOLE}


def test_what_only_the_street_leads_is_led_elsewhere_as_the_county_sees_it():
    claims = [claim("county", WEST_HALF, level="county"), claim("street", COUNTY, level="street")]
    assert at("county", *claims) == {"sole": HALF, "elsewhere": HALF}


def test_what_nobody_leads_is_void_at_every_level():
    claims = [claim("A", WEST_HALF, level="county"), claim("B", WEST_HALF, level="street")]
    for level in ("county", "street"):
        assert at(level, *claims) == {"sole": HALF, "void": HALF}


def test_bodies_at_different_levels_do_not_contest():
    claims = [claim("A", COUNTY, level="county"), claim("B", COUNTY, level="street")]
    assert at("street", *claims) == at("county", *claims) == {"sole": WHOLE}


def test_a_claim_without_a_level_counts_at_every_level():
    claims = [claim("A", COUNTY), claim("B", WEST_HALF, level="street")]
    assert at("street", *claims) == {"contested": HALF, "sole": HALF}


def test_a_place_between_two_levels_is_not_passed_down_rather_than_elsewhere():
    claims = [claim("city", COUNTY, level="city"), claim("grid", COUNTY, level="grid")]
    assert at("street", *claims) == {"not_passed_down": WHOLE}


def test_the_nearest_coarser_level_is_named_where_duty_is_not_passed_down():
    claims = [
        claim("city", COUNTY, level="city"),
        claim("county", COUNTY, level="county"),
        claim("street", WEST_HALF, level="street"),
    ]
    _, leads = leads_by_face(project_of(*claims), level="street")
    assert sorted(leads) == [("county",), ("street",)]


BOTH = [claim("A", COUNTY, "lanes"), claim("B", COUNTY, "lanes")]


def under(*agreements, claims=BOTH):
    return about_lanes(*claims, agreements=agreements)


def test_an_agreement_of_all_who_lead_makes_the_place_joint_everywhere():
    assert under(agreement("A", "B", first="A")) == {"joint": WHOLE}


def test_an_agreement_drawn_over_a_place_holds_only_there():
    assert under(agreement("A", "B", first="A", place=WEST_HALF)) == {
        "joint": HALF,
        "contested": HALF,
    }


@pytest.mark.parametrize(
    ("dates", "standing"),
    [
        ({"valid_to": "2026-08-15"}, "contested"),
        ({"valid_to": "2026-08-16"}, "joint"),
        ({"signed_on": "2026-08-15"}, "joint"),
        ({"signed_on": "2026-08-16"}, "contested"),
    ],
)
def test_an_agreement_holds_from_its_signing_up_to_but_not_including_its_end(dates, standing):
    assert under(agreement("A", "B", first="A", **dates)) == {standing: WHOLE}


def test_an_agreement_that_leaves_out_one_who_leads_settles_nothing():
    claims = [*BOTH, claim("C", COUNTY, "lanes")]
    assert under(agreement("A", "B", first="A"), claims=claims) == {"contested": WHOLE}


def test_an_agreement_of_more_than_lead_here_still_holds():
    assert under(agreement("A", "B", "C", first="A")) == {"joint": WHOLE}


@pytest.mark.parametrize(
    ("matter", "standing"),
    [("", "joint"), ("cleaning", "joint"), ("lanes", "joint"), ("order", "contested")],
)
def test_an_agreement_holds_for_its_matter_and_all_below(matter, standing):
    assert under(agreement("A", "B", first="A", matter=matter)) == {standing: WHOLE}


def test_an_agreement_does_not_cover_what_nobody_leads():
    assert under(agreement("A", "B", first="A"), claims=[claim("A", WEST_HALF, "lanes")]) == {
        "sole": HALF,
        "void": HALF,
    }


def test_the_agreement_names_the_first_receiver():
    answer = answers(project_of(*BOTH, agreements=[agreement("A", "B", first="B")]))
    assert set(answer["first_receiver"]) == {"B"}


def test_a_first_receiver_claim_names_who_takes_the_call_in_a_gap():
    answer = answers(project_of(claim("hotline", COUNTY, role="first_receiver")))
    assert answer[["standing", "first_receiver"]].to_numpy().tolist() == [["void", "hotline"]]


def test_the_day_of_the_last_end_is_told():
    ends = [claim("A", COUNTY, valid_to=day) for day in ("2024-12-31", "2026-06-30")]
    answer = answers(project_of(*ends))
    assert answer[["standing", "lapsed_on"]].to_numpy().tolist() == [["lapsed", "2026-06-30"]]


def test_a_claim_called_expired_before_its_date_is_not_said_to_have_ended_in_the_future():
    answer = answers(project_of(claim("A", COUNTY, status="expired", valid_to="2030-01-01")))
    assert answer[["standing", "lapsed_on"]].to_numpy().tolist() == [["lapsed", ""]]


def test_the_bodies_that_explain_a_gap_are_named():
    claims = [claim("Z", COUNTY, role="assist"), claim("Y", COUNTY, role="assist")]
    assert answers(project_of(*claims))["others"].tolist() == [("Y", "Z")]


def test_a_county_whose_claims_are_only_assistants_is_leaderless_and_proved():
    run = analyse(project_of(claim("A", COUNTY, role="assist")))
    assert question_of(run)["gap_m2"] == pytest.approx(WHOLE, rel=1e-6)
    assert found(run, "class", "bodies") == [("leaderless", ("A",))]


def test_a_matter_that_no_claim_speaks_about_is_void_everywhere():
    run = analyse(project_of(claim("A", COUNTY, "order"), tree=TREE))
    assert question_of(run, "lanes")["by_standing"]["void"] == pytest.approx(WHOLE, rel=1e-6)
    assert question_of(run, "order")["gap_m2"] == 0
    assert found(run, "class", "matter", "position") == [("void", "lanes", "detached")]


def as_stated_by(body, *claims):
    """Return standing and leads of the whole county in the perspective of a body."""
    ((standing, leads),) = answers(project_of(*claims), perspective=body)[
        ["standing", "leads"]
    ].itertuples(index=False, name=None)
    return standing, leads


def test_in_the_perspective_of_a_body_only_what_it_has_stated_is_heard():
    claims = [
        claim("A", COUNTY, stated_by="A"),
        claim("B", COUNTY, stated_by="A"),
        claim("C", COUNTY, stated_by="B"),
    ]
    assert as_stated_by("", *claims) == ("contested", ("A", "B", "C"))
    assert as_stated_by("A", *claims) == ("contested", ("A", "B"))
    assert as_stated_by("B", *claims) == ("sole", ("C",))
    assert as_stated_by("C", *claims) == ("void", ())


def test_a_claim_that_names_nobody_is_heard_in_the_perspective_of_its_own_body():
    claims = [claim("A", COUNTY), claim("B", COUNTY)]
    assert as_stated_by("A", *claims) == ("sole", ("A",))
    assert as_stated_by("C", *claims) == ("void", ())


def test_what_a_body_says_of_another_that_has_ended_is_lapsed_in_its_perspective_only():
    claims = [
        claim("A", COUNTY, stated_by="B", valid_to="2026-06-30"),
        claim("A", COUNTY, stated_by="A"),
    ]
    assert as_stated_by("B", *claims) == ("lapsed", ())
    assert as_stated_by("A", *claims) == ("sole", ("A",))


def test_an_agreement_holds_in_every_perspective():
    project = project_of(
        *(claim(body, COUNTY, stated_by="A") for body in "AB"),
        agreements=[agreement("A", "B", first="B")],
    )
    answer = answers(project, perspective="A")
    assert answer[["standing", "first_receiver"]].to_numpy().tolist() == [["joint", "B"]]


def test_a_partition_answers_for_other_days_levels_and_ancestors_of_its_matter():
    project = project_of(
        claim("A", COUNTY, "cleaning", level="county", valid_to="2026-06-30"),
        claim("B", COUNTY, "lanes", level="street"),
        tree=TREE,
        matters=("lanes",),
    )

    def asked(**fields):
        ((standing, leads),) = answers(project, **fields)[["standing", "leads"]].to_numpy().tolist()
        return standing, leads

    assert asked(level="county") == ("elsewhere", ("B",))
    assert asked(level="county", as_of=date(2026, 6, 29)) == ("sole", ("A",))
    assert asked(level="street") == ("sole", ("B",))
    assert asked(level="county", matter="cleaning") == ("lapsed", ())
    assert asked(level="street", matter="cleaning", as_of=date(2026, 6, 29)) == (
        "not_passed_down",
        ("A",),
    )


def test_a_partition_does_not_answer_for_a_matter_whose_claims_it_lacks():
    claims = [claim("A", COUNTY, "lanes"), claim("B", COUNTY, "order")]
    project = project_of(*claims, tree=TREE, matters=("lanes",))
    with pytest.raises(ValueError, match="order"):
        answers(project, matter="order")


@pytest.mark.parametrize("asked", [{"matter": "no such"}, {"level": "no such"}])
def test_a_matter_or_level_that_does_not_exist_has_no_answer(asked):
    with pytest.raises(ValueError, match="no such"):
        answers(project_of(claim("A", COUNTY)), **asked)
