"""Lists packed into one array."""

import numpy as np
import pytest

from gis.model.packed import Packed, distinct_pairs, run_starts

LISTS = [[3, 1], [], [2], [], [0, 2, 3]]
NAMES = ["a", "b", "c", "d"]


@pytest.fixture
def packed():
    row = np.repeat(np.arange(len(LISTS)), [len(each) for each in LISTS])
    return Packed.of_pairs(row, np.concatenate(LISTS).astype(np.int64), len(LISTS))


def test_pairs_become_a_list_for_each_row_with_or_without_items(packed):
    assert packed.counts.tolist() == [2, 0, 1, 0, 3]
    assert packed.named(NAMES).tolist() == [("d", "b"), (), ("c",), (), ("a", "c", "d")]


def test_lists_are_read_in_the_order_asked_and_as_often(packed):
    asked = [4, 1, 0, 4]
    position, item = packed.listed(np.array(asked))
    expected = [(at, value) for at, number in enumerate(asked) for value in LISTS[number]]
    assert list(zip(position.tolist(), item.tolist(), strict=True)) == expected


def test_no_list_at_all_is_read_as_nothing():
    nothing = np.zeros(0, dtype=np.int64)
    packed = Packed.of_pairs(nothing, nothing, 0)
    position, item = packed.listed(nothing)
    assert (len(position), len(item), len(packed.named(NAMES))) == (0, 0, 0)


def test_runs_of_equal_values_and_repeated_pairs_are_told_apart():
    assert run_starts(np.array([5, 5, 7, 5])).tolist() == [0, 2, 3]
    first, second = distinct_pairs(np.array([2, 0, 2, 2]), np.array([1, 3, 1, 0]), 4)
    assert list(zip(first.tolist(), second.tolist(), strict=True)) == [(0, 3), (2, 0), (2, 1)]
