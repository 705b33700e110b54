"""Sets of stretches along lines, held against the unit cells that they cover."""

from itertools import pairwise

import numpy as np
import pytest

from gis.findings.intervals import Intervals, runs


def drawn(seed, *, longest=6):
    """Return stretches between whole metres on three lines, overlapping as they like."""
    random = np.random.default_rng(seed)
    count = int(random.integers(0, 15))
    start = random.integers(0, 30, count)
    end = start + random.integers(1, longest, count)
    return Intervals.of(random.integers(0, 3, count), start.astype(float), end.astype(float))


def cells(stretches):
    """Return the metres of lines that stretches cover."""
    rows = zip(stretches.line, stretches.start, stretches.end, strict=True)
    return {(int(line), at) for line, a, b in rows for at in range(int(a), int(b))}


def told(stretches):
    return list(
        zip(stretches.line.tolist(), stretches.start.tolist(), stretches.end.tolist(), strict=True)
    )


def sorted_and_apart(stretches):
    rows = told(stretches)
    return rows == sorted(rows) and all(
        one[0] < other[0] or one[2] <= other[1] for one, other in pairwise(rows)
    )


@pytest.mark.parametrize("seed", range(40))
def test_unions_differences_and_intersections_cover_what_they_should(seed):
    first, second = drawn([seed, 0]).joined(), drawn([seed, 1]).joined()
    assert cells(first) == cells(drawn([seed, 0]))
    left = first.without(second)
    assert cells(left) == cells(first) - cells(second)
    which, of_other, shared = first.common(second)
    assert cells(shared) == cells(first) & cells(second)
    assert all(sorted_and_apart(each) for each in (first, left, shared))
    assert np.all(first.start[which] <= shared.start)
    assert np.all(shared.end <= second.end[of_other])


@pytest.mark.parametrize("seed", range(40))
def test_every_pair_of_overlapping_stretches_is_found_even_where_both_sets_overlap(seed):
    first, second = drawn([seed, 2], longest=20), drawn([seed, 3], longest=20)
    which, of_other, shared = first.common(second)
    expected = [
        (i, j)
        for i, one in enumerate(told(first))
        for j, other in enumerate(told(second))
        if one[0] == other[0] and one[1] < other[2] and other[1] < one[2]
    ]
    assert list(zip(which.tolist(), of_other.tolist(), strict=True)) == expected
    assert (shared.start < shared.end).all()


def test_gaps_are_bridged_up_to_a_length():
    stretches = Intervals.of(
        np.array([0, 0, 0, 1]), np.array([0.0, 3.0, 7.0, 3.0]), np.array([2.0, 4.0, 8.0, 4.0])
    )
    assert told(stretches.joined(1.0)) == [(0, 0, 4), (0, 7, 8), (1, 3, 4)]
    assert told(stretches.joined(3.0)) == [(0, 0, 8), (1, 3, 4)]


def test_a_run_goes_on_as_far_as_the_longest_bridge_on_either_side_of_a_gap():
    stretches = Intervals.of(
        np.zeros(3, dtype=np.int64), np.array([0.0, 3.0, 7.0]), np.array([2.0, 4.0, 8.0])
    )
    first, joined, longest = runs(stretches, np.array([0.5, 1.0, 2.0]))
    assert (first.tolist(), told(joined)) == ([0, 2, 3], [(0, 0, 4), (0, 7, 8)])
    assert longest.tolist() == [1.0, 2.0]
    first, joined, _ = runs(stretches, np.array([3.0, 0.0, 0.0]))
    assert (first.tolist(), told(joined)) == ([0, 3], [(0, 0, 8)])


def test_nothing_has_no_parts():
    nothing = drawn(0).only(np.zeros(len(drawn(0)), dtype=bool))
    assert len(nothing.joined()) == len(nothing.without(nothing)) == 0
    assert told(drawn(1).joined().without(nothing)) == told(drawn(1).joined())
