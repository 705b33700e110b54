"""Conditions by hand, the chain, whom a rule names, and what is refused of rules.toml."""

from __future__ import annotations

import re

import geopandas as gpd
import pandas as pd
import pytest
import shapely

from gis.catalogue import catalogue
from gis.errors import InputError, InputErrors
from gis.law import answers
from gis.law.chain import deciding_rule
from gis.law.choices import (
    Case,
    MalformedChoiceError,
    UnknownWordError,
    chosen_body,
    parsed_choice,
)
from gis.law.facts import circumstances
from gis.law.superiors import Superiors
from gis.layers.rules_file import Known, law_stated

MATTERS = {"appearance": "", "cleaning": "appearance", "waste": "appearance", "light": ""}
KNOWN = Known(
    bodies=frozenset({"city", "county", "town"}),
    matters=MATTERS,
    zones=frozenset({"riverside"}),
    place_kinds=frozenset({"market"}),
    districts=frozenset({"D1", "D2"}),
)
REST = """then_role = "lead"
then_body = "first_receiver"
article = "1"
text_en = "x"
confidence = 0.5
"""


def rule(when="", rule_id="r", **keys):
    """Return a rule as it is written; a key given replaces the one of REST."""
    rest = REST
    for key, text in keys.items():
        rest = re.sub(rf"^{key} = .*$", f"{key} = {text}", rest, flags=re.MULTILINE)
    condition = f"when = {when}\n" if when else ""
    return f'[[rules]]\nid = "{rule_id}"\n{condition}{rest}'


def stated(text):
    return law_stated(text, "rules.toml", KNOWN)


def refused(text):
    """Return problem, line and column of every refusal, after rendering each both ways."""
    with pytest.raises((InputError, InputErrors)) as caught:
        stated(text)
    errors = getattr(caught.value, "errors", (caught.value,))
    for error in errors:
        assert error.file == "rules.toml"
        for language in ("zh", "en"):
            assert not re.search(r"\{\w+\}", error.why(language) + error.remedy(language))
    return [(error.problem, error.row, error.column) for error in errors]


def superiors(**tree):
    return Superiors(tree, {"city": "city", "county": "county", "west": "county", "town": "street"})


TREE = superiors(city="", county="city", west="city", town="county", loner="")


def finding(shape=None, **columns):
    row = {
        "finding_id": "F-1",
        "class": "void",
        "standing": "void",
        "matter": "cleaning",
        "level": "",
        "position": "hole",
        "bodies": (),
        "zones": (),
        "districts": ("D1",),
        "first_receiver": "",
        **columns,
    }
    return gpd.GeoDataFrame([row], geometry=[shape or shapely.box(0, 0, 10, 10)], crs=4550)


def beside(*bodies):
    """Return neighbours with falling shared borders."""
    rows = [("F-1", body, 100.0 - at) for at, body in enumerate(bodies)]
    return pd.DataFrame(rows, columns=["finding_id", "body", "shared_m"])


def decides(when, found=None, neighbours=(), **tables):
    """Tell whether a rule with a condition speaks about a finding."""
    drawn = {"lanes": None, "places": None, **tables}
    found = finding() if found is None else found
    ((facts, _),) = circumstances(found, beside(*neighbours), TREE, **drawn)
    return deciding_rule(stated(rule(when)).rules, facts) is not None


@pytest.mark.parametrize(
    ("when", "yes", "no"),
    [
        ('{ class = "sliver" }', {"class": "sliver"}, {}),
        ('{ claims = ["none", "lapsed"] }', {}, {"standing": "joint", "class": "joint"}),
        ('{ claims = "assist_only" }', {"standing": "leaderless"}, {"standing": "void"}),
        ('{ claims = "fallback_only" }', {"standing": "fallback_only"}, {"standing": "lapsed"}),
        ('{ claims = "contested" }', {"standing": "contested", "class": "sliver"}, {}),
        ('{ position = ["hole", "inlet"] }', {"position": "inlet"}, {"position": "enclosed"}),
        ('{ zone = ["oil_local"] }', {"zones": ("fringe", "oil_local")}, {"zones": ("fringe",)}),
        ('{ zone = "riverside" }', {"zones": ("riverside",)}, {"zones": ()}),
        ('{ districts = "several" }', {"districts": ("D1", "D2")}, {"districts": ("D1",)}),
        ('{ districts = "none" }', {"districts": ()}, {"districts": ("D1",)}),
        ('{ matter = "cleaning" }', {}, {"matter": "appearance"}),
        ('{ matter_under = "appearance" }', {"matter": "waste"}, {"matter": "light"}),
        ('{ matter_under = "appearance" }', {"matter": "appearance"}, {"matter": ""}),
        ('{ level = ["county", ""] }', {"level": "county"}, {"level": "street"}),
        ('{ not = { level = "county" } }', {"level": ""}, {"level": "county"}),
        (
            '{ any = [{ level = "county" }, { zone = "fringe" }] }',
            {"zones": ("fringe",)},
            {"level": "street"},
        ),
        (
            '{ all = [{ level = "county" }, { zone = "fringe" }] }',
            {"level": "county", "zones": ("fringe",)},
            {"zones": ("fringe",)},
        ),
        (
            '{ level = "county", zone = "fringe" }',
            {"level": "county", "zones": ("fringe",)},
            {"level": "county"},
        ),
    ],
)
def test_a_condition_holds_where_it_says_and_nowhere_else(when, yes, no):
    assert decides(when, finding(**yes))
    assert not decides(when, finding(**no))


@pytest.mark.parametrize(
    ("word", "bodies", "others"),
    [
        ("none", [()], [("county",)]),
        ("one", [("county",)], [(), ("county", "west")]),
        ("several", [("county", "west"), ("county", "town")], [(), ("county",)]),
        ("same_superior", [("county", "west")], [("county", "town"), ("loner", "city")]),
        ("different_superiors", [("county", "town"), ("loner", "city")], [("county", "west")]),
    ],
)
def test_neighbours_are_counted_and_their_superiors_compared(word, bodies, others):
    for named in bodies:
        assert decides(f'{{ neighbours = "{word}" }}', neighbours=named), named
    for named in others:
        assert not decides(f'{{ neighbours = "{word}" }}', neighbours=named), named


def test_the_limit_of_the_jurisdiction_is_no_neighbour():
    assert decides('{ neighbours = "one" }', neighbours=("", "county"))


def test_touched_levels_are_those_of_neighbours_and_of_claimants():
    assert decides('{ touches_levels = "street" }', neighbours=("town",))
    assert decides('{ touches_levels = "street" }', finding(bodies=("town",)))
    assert not decides('{ touches_levels = "street" }', neighbours=("county",))


def test_a_lane_counts_where_it_leads_through_a_place_and_not_along_its_border():
    def lanes(*points):
        return gpd.GeoDataFrame(geometry=[shapely.LineString(points)], crs=4550)

    for through in (lanes((-5, 5), (15, 5)), lanes((2, 2), (8, 8))):
        assert decides("{ has_lane = true }", lanes=through)
        assert not decides("{ has_lane = false }", lanes=through)
    assert decides("{ has_lane = false }", lanes=lanes((0, -5), (0, 15)))
    assert decides("{ has_lane = false }")


def test_a_place_counts_where_it_covers_half_of_a_finding():
    def places(east):
        return gpd.GeoDataFrame(
            {"kind": ["market"]}, geometry=[shapely.box(0, 0, east, 10)], crs=4550
        )

    assert decides('{ place_kind = "market" }', places=places(5))
    assert not decides('{ place_kind = "market" }', places=places(4.9))
    assert not decides('{ place_kind = "market" }')


def test_the_first_rule_whose_conditions_hold_decides():
    law = stated(rule('{ claims = "lapsed" }', "a") + rule('{ level = "" }', "b") + rule("", "c"))
    ((facts, _),) = circumstances(finding(), beside(), TREE, lanes=None, places=None)
    assert deciding_rule(law.rules, facts).rule_id == "b"


CASE = Case("void", (), ("town", "west"), ("D1",), "county")


@pytest.mark.parametrize(
    ("text", "case", "body"),
    [
        ("neighbour_with_longest_border", {}, "town"),
        ("lowest_common_superior", {}, "city"),
        ("superior_of(neighbour_with_longest_border)", {}, "county"),
        ("superior_of(superior_of(neighbour_with_longest_border))", {}, "city"),
        ("first_receiver", {}, "county"),
        ("only_claimant", {"standing": "leaderless", "bodies": ("town",)}, "town"),
        ("lapsed_body", {"standing": "lapsed", "bodies": ("town",)}, "town"),
        ("district_government", {}, "county"),
        ('body("city")', {}, "city"),
        ("body('city')", {}, "city"),
        ('answer_of("other")', {}, "town"),
        (
            "lowest_common_superior",
            {"standing": "contested", "bodies": ("county", "west"), "neighbours": ("loner",)},
            "city",
        ),
    ],
)
def test_each_word_names_the_body_it_says(text, case, body):
    assert _chosen(text, **case) == (body, "")


@pytest.mark.parametrize(
    ("text", "case", "why"),
    [
        ("neighbour_with_longest_border", {"neighbours": ()}, "no_neighbour"),
        ("lowest_common_superior", {"neighbours": ()}, "no_neighbour"),
        ("lowest_common_superior", {"neighbours": ("town", "loner")}, "no_common_superior"),
        ("superior_of(neighbour_with_longest_border)", {"neighbours": ("loner",)}, "no_superior"),
        ("superior_of(first_receiver)", {"first_receiver": ""}, "no_first_receiver"),
        ("only_claimant", {"bodies": ("town", "west")}, "several_claimant"),
        ("only_claimant", {"standing": "lapsed", "bodies": ("town",)}, "no_claimant"),
        ("lapsed_body", {"bodies": ("town",)}, "no_lapsed_body"),
        ("lapsed_body", {"standing": "lapsed", "bodies": ("a", "b")}, "several_lapsed_body"),
        ("district_government", {"districts": ("D1", "D2")}, "several_district"),
        ("district_government", {"districts": ()}, "no_district"),
        ("district_government", {"districts": ("D2",)}, "no_government"),
        ("nobody", {}, "nobody_meant"),
    ],
)
def test_where_nobody_can_be_named_the_reason_is_told_instead(text, case, why):
    assert _chosen(text, **case) == ("", why)
    for language in ("zh", "en"):
        assert f"unresolved.{why}" in catalogue(language).texts


def _chosen(text, **case):
    facts = {name: getattr(CASE, name) for name in CASE.__dataclass_fields__} | case
    other = rule("{ level = 'county' }", "other", then_body='"neighbour_with_longest_border"')
    law = stated('[governments]\nD1 = "county"\n' + other + rule())
    return chosen_body([parsed_choice(text)], Case(**facts), law, TREE)


def test_of_several_choices_the_first_that_names_somebody_counts():
    case = Case("void", (), ("town",), (), "")
    law = stated(rule())
    choices = [parsed_choice("first_receiver"), parsed_choice("neighbour_with_longest_border")]
    assert chosen_body(choices, case, law, TREE) == ("town", "")
    nobody = Case("void", (), (), (), "")
    assert chosen_body(choices, nobody, law, TREE) == ("", "no_first_receiver")


@pytest.mark.parametrize(
    "text",
    ["body", "body()", 'body("")', "first_receiver()", 'body("a', "superior_of()", "", '"a"',
     "superior_of(" * 9 + "first_receiver" + ")" * 9],
)  # fmt: skip
def test_a_choice_that_is_no_sentence_is_refused(text):
    with pytest.raises(MalformedChoiceError):
        parsed_choice(text)


@pytest.mark.parametrize("text", ["__import__('os')", "eval(first_receiver)", "mayor"])
def test_a_choice_of_another_word_is_refused_and_never_executed(text):
    with pytest.raises(UnknownWordError):
        parsed_choice(text)


def test_the_answer_carries_article_role_body_confidence_and_text():
    text = rule("{ claims = 'none' }", "void", then_body='"lowest_common_superior"',
                article='"第八条"', confidence="0.7", then_role='"lead"')  # fmt: skip
    bodies = pd.DataFrame(
        {
            "body_id": ["city", "county", "west"],
            "superior_id": ["", "city", "city"],
            "level": ["city", "county", "county"],
        }
    )
    (row,) = answers(finding(), beside("county", "west"), bodies=bodies, law=stated(text)).to_dict(
        "records"
    )
    assert row == {
        "finding_id": "F-1", "rule_id": "void", "article": "第八条", "role": "lead",
        "body": "city", "unresolved": "", "confidence": 0.7, "text_zh": "", "text_en": "x",
    }  # fmt: skip


def test_where_no_rule_speaks_nothing_is_made_up():
    law = stated(rule('{ claims = "lapsed" }'))
    bodies = pd.DataFrame({"body_id": [], "superior_id": [], "level": []})
    (row,) = answers(finding(), beside(), bodies=bodies, law=law).to_dict("records")
    assert row["rule_id"] == row["body"] == row["article"] == row["unresolved"] == ""
    assert row["confidence"] != row["confidence"]


# what is refused, with its line


def test_an_unknown_condition_is_refused_on_its_line_with_the_closest_one():
    text = rule('{ claims = "none" }', "a") + rule('{ level = "county", zoen = "fringe" }', "b")
    assert refused(text) == [("rule_unknown_condition", 11, "zoen")]
    with pytest.raises(InputErrors) as caught:
        stated(text)
    assert caught.value.errors[0].details["suggestion"].startswith("zone")


def test_an_unknown_word_is_refused_on_the_line_where_it_stands():
    text = rule('{ any = [\n  { zone = ["fringe"] },\n  { zone = [\n    "frigne"] },\n] }')
    assert refused(text) == [("toml_wrong_word", 6, "zone")]


def test_the_same_word_in_a_text_or_a_comment_does_not_mislead_the_line():
    text = rule('{ # "holle"\n  position = ["hole",\n "holle"] }').replace(
        'text_en = "x"', 'text_en = "position = holle"'
    )
    text = text.replace('{ # "holle"\n', "{ ")
    text = '# position = "holle"\n' + text
    assert refused(text) == [("toml_wrong_word", 5, "position")]


@pytest.mark.parametrize(
    ("when", "problem"),
    [
        ('{ matter = "sweeping" }', "toml_wrong_word"),
        ('{ place_kind = "shop" }', "toml_wrong_word"),
        ('{ claims = "void" }', "toml_wrong_word"),
        ('{ has_lane = "yes" }', "rule_wrong_type"),
        ("{ zone = 3 }", "rule_wrong_type"),
        ("{ zone = [] }", "rule_wrong_type"),
        ("{ any = [] }", "rule_wrong_type"),
        ("{ any = [3] }", "rule_wrong_type"),
        ("{ not = 3 }", "rule_wrong_type"),
        ("3", "rule_wrong_type"),
    ],
)
def test_a_condition_with_a_wrong_value_is_refused_on_its_line(when, problem):
    text = rule("{ level = 'county' }", "a") + rule(when, "b")
    assert [each[:2] for each in refused(text)] == [(problem, 11)]


@pytest.mark.parametrize(
    ("key", "value", "problem", "line"),
    [
        ("then_role", '"leader"', "toml_wrong_word", 3),
        ("then_role", '""', "rule_key_missing", 1),
        ("then_body", '"mayor"', "toml_wrong_word", 4),
        ("then_body", '"body(city)"', "rule_choice_malformed", 4),
        ("then_body", "'body(\"citty\")'", "toml_wrong_word", 4),
        ("then_body", "'answer_of(\"q\")'", "toml_wrong_word", 4),
        ("then_body", "3", "rule_wrong_type", 4),
        ("article", '""', "rule_key_missing", 1),
        ("text_en", '""', "rule_key_missing", 1),
        ("confidence", "1.5", "rule_wrong_confidence", 7),
        ("confidence", "true", "rule_wrong_confidence", 7),
        ("confidence", "nan", "rule_wrong_confidence", 7),
    ],
)
def test_a_key_with_a_wrong_value_is_refused_on_its_line(key, value, problem, line):
    assert [each[:2] for each in refused(rule(**{key: value}))] == [(problem, line)]


def test_an_id_given_twice_is_refused_on_the_second_line():
    text = rule('{ level = "county" }', "a") + rule("", "a")
    assert refused(text) == [("rule_repeated", 10, "id")]


def test_an_unknown_key_of_a_rule_or_of_the_file_is_refused():
    assert refused("titel = 'x'\n" + rule()) == [("unknown_key", 1, "titel")]
    assert refused(rule() + "thn_role = 'x'\n") == [("unknown_key", 8, "thn_role")]


def test_a_government_of_an_unknown_district_or_body_is_refused():
    text = '[governments]\nD1 = "county"\nD3 = "city"\nD2 = "nobody"\n' + rule()
    assert [each[:2] for each in refused(text)] == [("toml_wrong_word", 3), ("toml_wrong_word", 4)]


@pytest.mark.parametrize("text", ["", "rules = []", "rules = [{ id = 'a' }]", "rules = 3"])
def test_rules_that_are_not_listed_each_under_a_header_are_refused(text):
    assert [each[0] for each in refused(text)] == ["rules_not_listed"]


def test_a_damaged_file_is_refused_with_its_line():
    assert refused(rule() + "x = = 3\n")[0][:2] == ("toml_damaged", 8)


UNREACHABLE = [
    (["", '{ level = "county" }'], "after a rule without conditions"),
    (['{ zone = ["fringe", "back_lane"] }', '{ zone = "fringe" }'], "a subset of words"),
    (['{ level = "county" }', '{ level = "county", zone = "fringe" }'], "a further condition"),
    (['{ matter_under = "appearance" }', '{ matter = "waste" }'], "a matter below"),
    (['{ neighbours = "several" }', '{ neighbours = "same_superior" }'], "a narrower word"),
    (["{ has_lane = true }", "{ has_lane = false }", '{ zone = "fringe" }'], "two that share out"),
    (['{ claims = "none" }', '{ class = "void" }'], "a class that follows from the claims"),
    (['{ not = { zone = "fringe" } }', '{ not = { zone = ["fringe", "oil_local"] } }'], "not"),
    (['{ zone = "fringe" }', '{ not = { zone = "fringe" } }', '{ level = "" }'], "and its not"),
    (
        ['{ any = [{ level = "county" }, { zone = "fringe" }] }', '{ zone = "fringe" }'],
        "one of several",
    ),
]


@pytest.mark.parametrize(
    "chain", [chain for chain, _ in UNREACHABLE], ids=[why for _, why in UNREACHABLE]
)
def test_a_rule_that_earlier_ones_leave_nothing_is_refused_on_its_line(chain):
    text = "".join(rule(when, f"r{at}") for at, when in enumerate(chain))
    line = 1 + text[: text.rindex("[[rules]]")].count("\n")
    assert refused(text) == [("rule_unreachable", line, "when")]


@pytest.mark.parametrize(
    "chain",
    [
        ['{ level = "county", zone = "fringe" }', '{ level = "county" }'],
        ['{ zone = "fringe" }', '{ zone = ["fringe", "back_lane"] }'],
        ['{ class = "void" }', '{ claims = "none" }'],  # a sliver of nobody's ground is left
        ['{ not = { zone = ["fringe", "oil_local"] } }', '{ not = { zone = "fringe" } }'],
        ['{ zone = "fringe" }', '{ zone = "oil_local" }', '{ not = { zone = "riverside" } }'],
    ],
)
def test_a_rule_that_is_left_something_is_not_refused(chain):
    assert stated("".join(rule(when, f"r{at}") for at, when in enumerate(chain)))


def test_the_message_names_the_earlier_rule_and_its_line():
    text = rule('{ level = "county" }', "first") + rule("", "all") + rule('{ level = "" }', "late")
    with pytest.raises(InputErrors) as caught:
        stated(text)
    assert "“all” (line 9)" in caught.value.errors[0].render("en")


@pytest.mark.parametrize(
    "when",
    [
        '{ claims = "joint", class = "sliver" }',
        '{ claims = "contested", position = "hole" }',
        '{ zone = "fringe", not = { zone = "fringe" } }',
        '{ all = [{ level = "county" }, { level = "street" }] }',
    ],
)
def test_a_rule_that_contradicts_itself_is_refused(when):
    assert refused(rule(when)) == [("rule_never_holds", 1, "when")]


def test_rules_whose_answers_rest_on_each_other_are_refused_on_the_line_of_the_first():
    text = (
        rule('{ level = "county" }', "a", then_body="'answer_of(\"b\")'")
        + rule('{ level = "street" }', "b", then_body="'superior_of(answer_of(\"a\"))'")
        + rule("", "c", then_body="'answer_of(\"a\")'")
    )
    assert refused(text) == [("rule_circular", 5, "then_body")]
    itself = rule("", "a", then_body="'answer_of(\"a\")'")
    assert refused(itself) == [("rule_circular", 4, "then_body")]


def test_what_could_not_be_read_hides_no_name():
    blind = Known(None, None, None, None, None)
    text = rule('{ zone = "x", matter = "y", place_kind = "z" }', then_body="'body(\"q\")'")
    assert law_stated(text, "rules.toml", blind).rules[0].rule_id == "r"
