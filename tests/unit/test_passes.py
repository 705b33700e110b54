"""Which matters share a partition of the plane."""

import numpy as np
import pytest
import shapely

from gis.duty import levels_asked, passes
from gis.duty.matters import claims_seen
from gis.pipeline import analyse
from tests.builders import (
    COUNTY,
    EAST_HALF,
    WEST_HALF,
    agreement,
    claim,
    project_of,
    question_of,
    square,
    zone,
)

TREE = {"care": "", "sweeping": "care", "lamps": "care", "order": ""}


def told(project):
    return [(made.matters, made.claim_rows.tolist()) for made in passes(project)]


def round_place(x, y, vertices):
    return shapely.Point(x, y).buffer(50, quad_segs=vertices // 4)


def test_matters_that_see_the_same_claims_share_a_pass():
    project = project_of(claim("A", WEST_HALF, "care"), claim("B", EAST_HALF, "order"), tree=TREE)
    assert told(project)[0] == (("lamps", "order", "sweeping"), [0, 1])
    project = project_of(
        claim("A", round_place(200, 200, 400), "care"),
        claim("B", round_place(700, 700, 4000), "order"),
        tree=TREE,
    )
    assert told(project) == [(("lamps", "sweeping"), [0]), (("order",), [1])]


def test_a_matter_with_a_claim_more_joins_those_that_see_the_rest():
    project = project_of(
        *(claim(f"B{at}", square(100 * at, 0, 100 * at + 100, 900), "care") for at in range(9)),
        claim("C", square(0, 900, 1000, 1000), "sweeping"),
        tree={"sweeping": "care", "care": "", "lamps": "care"},
    )
    assert told(project) == [(("lamps", "sweeping"), list(range(10)))]


def test_independent_layers_do_not_cut_each_other_into_dust():
    rows = [
        claim(f"{matter}{at}", round_place(100 * at + 50, y, 400), matter)
        for y, matter in ((300, "sweeping"), (310, "lamps"), (320, "order"))
        for at in range(8)
    ]
    project = project_of(*rows, tree=TREE)
    # twice the vertices is the most that a matter may be burdened with: two layers, not three
    assert sorted(len(made.matters) for made in passes(project)) == [1, 2]
    vertices = shapely.get_num_coordinates(project.claims.geometry.to_numpy())
    for made in passes(project):
        for matter in made.matters:
            needed = 5 + vertices[claims_seen(project, matter)[0]].sum()
            assert 5 + vertices[made.claim_rows].sum() <= 2 * needed


def layers_on_shared_ground(own, **tables):
    """Return three matters that see the same 200 vertices, and as many of its own each."""
    return project_of(
        claim("A", round_place(500, 500, 200), "care"),
        *(
            claim(name, round_place(x, 500, own), name)
            for x, name in ((460, "sweeping"), (500, "lamps"), (540, "order"))
        ),
        tree={"care": "", "sweeping": "care", "lamps": "care", "order": "care"},
        **tables,
    )


def test_a_pass_grows_to_twice_the_vertices_that_a_matter_needs_and_no_further():
    # two in one pass: 1.75 times what each needs; all three: 2.5 times
    assert sorted(len(made.matters) for made in passes(layers_on_shared_ground(600))) == [1, 2]
    # 1.5 and 2.0 times
    assert [len(made.matters) for made in passes(layers_on_shared_ground(196))] == [3]


@pytest.mark.parametrize(
    "common",
    [
        {"zones": [zone("fringe", round_place(500, 500, 4000))]},
        {"agreements": [agreement("A", "B", first="A", place=round_place(500, 500, 4000))]},
        {"within": round_place(500, 500, 4000)},
    ],
    ids=["zones", "agreements", "jurisdiction"],
)
def test_what_every_matter_is_cut_by_counts_as_needed(common):
    assert [len(made.matters) for made in passes(layers_on_shared_ground(600, **common))] == [3]


def test_every_matter_asked_is_in_one_pass_which_holds_all_claims_it_sees():
    random = np.random.default_rng(1)
    rows = [
        claim(
            "A", round_place(*random.uniform(100, 900, 2), int(random.choice([8, 80, 800]))), name
        )
        for name in random.choice(["", *TREE], 40)
    ]
    project = project_of(*rows, tree=TREE)
    made = passes(project)
    assert sorted(matter for each in made for matter in each.matters) == [
        "lamps", "order", "sweeping",
    ]  # fmt: skip
    for each in made:
        for matter in each.matters:
            assert set(claims_seen(project, matter)[0]) <= set(each.claim_rows.tolist())


@pytest.mark.parametrize("matter", ["lamps", "sweeping"])
def test_an_answer_is_the_same_whoever_shares_the_pass(matter):
    rows = [
        claim("A", WEST_HALF, "care", level="county"),
        claim("B", square(400, 0, 700, 800), "sweeping", level="street"),
        claim("C", square(600, 600, 1000, 1000), "lamps", level="county"),
    ]
    together = project_of(*rows, tree=TREE)
    (shared,) = [made for made in passes(together) if matter in made.matters]
    assert len(shared.matters) > 1
    alone = project_of(*rows, tree=TREE, matters=(matter,))
    first, second = analyse(together), analyse(alone)
    of_matter = first.findings[first.findings["matter"] == matter].drop(columns="geometry")
    columns = ["finding_id", "class", "level", "bodies", "neighbours"]
    assert of_matter[columns].to_dict("records") == second.findings[columns].to_dict("records")
    assert of_matter["area_m2"].tolist() == pytest.approx(second.findings["area_m2"].tolist())
    levels = levels_asked(together.claims.iloc[claims_seen(together, matter)[0]])
    for level in levels:
        one, other = question_of(first, matter, level), question_of(second, matter, level)
        assert one["by_standing"] == pytest.approx(other["by_standing"], rel=1e-9)
    # a level that only claims on other matters state is not asked about
    asked = {
        entry["level"] for entry in first.certificate["questions"] if entry["matter"] == matter
    }
    assert asked == set(levels)
    assert COUNTY.area == 1e6
