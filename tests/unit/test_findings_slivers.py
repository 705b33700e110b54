"""A sliver is narrower than the joint accuracy of the borders around it, and nothing else is."""

import math

import pytest

from gis.pipeline import analyse
from tests.builders import (
    EAST_HALF,
    WEST_HALF,
    agreement,
    claim,
    found,
    project_of,
    question_of,
    square,
)


def crack(width, *, left=0.5, right=0.5, **settings):
    """Return the run of two halves that a crack of some width parts, 900 m long."""
    gap = square(500 - width / 2, 50, 500 + width / 2, 950)
    return analyse(
        project_of(
            claim("A", WEST_HALF - gap, accuracy_m=left),
            claim("B", EAST_HALF - gap, accuracy_m=right),
            **settings,
        )
    )


def lap(width, *, left=0.5, right=0.5, **options):
    """Return the run of two halves that overlap by some width over 900 m."""
    strip = square(500 - width / 2, 50, 500 + width / 2, 950)
    return analyse(
        project_of(
            claim("A", WEST_HALF | strip, accuracy_m=left),
            claim("B", EAST_HALF | strip, accuracy_m=right),
            **options,
        )
    )


@pytest.mark.parametrize("build", [crack, lap])
@pytest.mark.parametrize(
    ("left", "right", "k"), [(0.5, 0.5, 2.0), (3.0, 4.0, 2.0), (0.1, 5.0, 1.0)]
)
def test_the_threshold_is_k_times_the_root_of_both_accuracies_squared(build, left, right, k):
    threshold = k * math.hypot(left, right)
    narrow = build(0.9 * threshold, left=left, right=right, sliver_k=k)
    wide = build(1.1 * threshold, left=left, right=right, sliver_k=k)
    assert found(narrow, "threshold_m") == [pytest.approx(threshold)]
    assert (found(narrow, "class"), found(wide, "class")) == (
        ["sliver"],
        ["void" if build is crack else "contested"],
    )


@pytest.mark.parametrize(
    ("build", "kind", "standing"), [(crack, "gap", "void"), (lap, "overlap", "contested")]
)
def test_a_sliver_keeps_its_kind_its_area_and_what_it_would_be(build, kind, standing):
    run = build(0.4)
    assert found(run, "class", "kind_of_sliver", "standing", "area_m2") == [
        ("sliver", kind, standing, pytest.approx(360, rel=1e-6))
    ]
    total = question_of(run)["gap_m2" if build is crack else "contested_m2"]
    assert total == pytest.approx(360, rel=1e-6)


@pytest.mark.parametrize("width", [0.3, 2.0, 40.0])
def test_the_width_is_that_of_the_largest_circle_inside(width):
    (measured,) = found(crack(width), "width_m")
    assert measured == pytest.approx(width, rel=0.05)


def test_a_wide_place_with_a_narrow_tail_is_no_sliver():
    tail = square(499.9, 50, 500.1, 950) | square(480, 400, 520, 440)
    run = analyse(project_of(claim("A", WEST_HALF - tail), claim("B", EAST_HALF - tail)))
    assert found(run, "class") == ["void"]


def test_a_joint_strip_is_never_a_sliver():
    run = lap(0.4, agreements=[agreement("A", "B", first="A")])
    assert found(run, "class", "kind_of_sliver") == [("joint", "")]


def test_a_wide_and_a_narrow_gap_of_the_same_border_are_told_apart():
    gaps = square(499.9, 100, 500.1, 300) | square(480, 500, 520, 700)
    run = analyse(project_of(claim("A", WEST_HALF - gaps), claim("B", EAST_HALF - gaps)))
    assert found(run, "class", "area_m2") == [
        ("void", pytest.approx(8000, rel=1e-6)),
        ("sliver", pytest.approx(40, rel=1e-6)),
    ]


def test_the_accuracy_of_a_claim_far_away_does_not_count():
    gap = square(499, 50, 501, 950)
    far = claim("C", square(0, 0, 100, 100), accuracy_m=50.0)
    west = claim("A", WEST_HALF - gap - square(0, 0, 100, 100))
    run = analyse(project_of(west, claim("B", EAST_HALF - gap), far))
    assert found(run, "class", "threshold_m") == [("void", pytest.approx(math.sqrt(2)))]
