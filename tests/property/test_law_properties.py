"""Laws of the ordinance: common superiors and reachable rules against counting everything."""

from __future__ import annotations

from itertools import chain, combinations, product

from hypothesis import given
from hypothesis import strategies as st

from gis.law.conditions import holds
from gis.law.regions import Possibilities
from gis.law.superiors import Superiors
from gis.model.law import AllOf, AnyOf, Meets, Not


@st.composite
def forests(draw):
    """Return a superior by body; of every body an earlier one, or none."""
    n = draw(st.integers(1, 9))
    parents = [draw(st.sampled_from(["", *map(str, range(at))])) for at in range(n)]
    return {str(at): parent for at, parent in enumerate(parents)}


def stands_above(tree, upper, lower):
    parent = tree[lower]
    return parent != "" and (parent == upper or stands_above(tree, upper, parent))


@given(forests(), st.data())
def test_the_lowest_common_superior_is_above_all_and_above_no_other_that_is(tree, data):
    bodies = data.draw(st.lists(st.sampled_from(sorted(tree)), min_size=1, max_size=4))
    common = {upper for upper in tree if all(stands_above(tree, upper, lower) for lower in bodies)}
    lowest = {
        upper for upper in common if not any(stands_above(tree, upper, other) for other in common)
    }
    found = Superiors(tree, {}).lowest_common(bodies)
    assert {found} - {""} == lowest


@given(st.dictionaries(st.sampled_from("abcd"), st.sampled_from(["", *"abcd"])))
def test_superiors_in_a_circle_end(tree):
    for body in "abcd":
        above = Superiors(tree, {}).above(body)
        assert len(above) == len(set(above))
        assert body not in above


SINGLE = {"x": frozenset("12"), "y": frozenset("123")}
SEVERAL = {"z": "12", "w": "1"}


def leaves():
    def words(attribute, values):
        chosen = st.frozensets(st.sampled_from(sorted(values)), min_size=1)
        return chosen.map(lambda picked: Meets(attribute, picked))

    return st.one_of(*(words(*each) for each in chain(SINGLE.items(), SEVERAL.items())))


CONDITIONS = st.recursive(
    leaves(),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3).map(lambda parts: AllOf(tuple(parts))),
        st.lists(inner, min_size=1, max_size=3).map(lambda parts: AnyOf(tuple(parts))),
        inner.map(Not),
    ),
    max_leaves=6,
)


def subsets(values):
    return [frozenset(each) for n in range(len(values) + 1) for each in combinations(values, n)]


PLACES = [
    dict(zip([*SINGLE, *SEVERAL], values, strict=True))
    for values in product(
        *([frozenset({value}) for value in sorted(words)] for words in SINGLE.values()),
        *(subsets(words) for words in SEVERAL.values()),
    )
]


@given(CONDITIONS, st.lists(CONDITIONS, max_size=4), st.lists(CONDITIONS, max_size=2))
def test_a_rule_is_reachable_exactly_if_some_place_comes_to_it(condition, earlier, cases):
    comes = any(
        holds(condition, place)
        and not any(holds(each, place) for each in earlier)
        and (not cases or any(holds(case, place) for case in cases))
        for place in PLACES
    )
    assert Possibilities(SINGLE, cases).some(condition, earlier) == comes
