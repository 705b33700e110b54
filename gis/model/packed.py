"""Lists of different lengths, packed one after the other into one array."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    from gis.model.arrangement import GeometryArray, IntArray

    Whole = npt.NDArray[np.integer]


@dataclass(frozen=True, slots=True)
class Packed:
    """Lists of whole numbers.

    Parameters
    ----------
    offsets, items
        List i is ``items[offsets[i]:offsets[i + 1]]``.
    """

    offsets: IntArray
    items: IntArray

    @classmethod
    def of_pairs(cls, row: Whole, item: IntArray, n_rows: int) -> Packed:
        """Pack pairs that are sorted by row; a row without any has an empty list."""
        return cls(np.searchsorted(row, np.arange(n_rows + 1)).astype(np.int64), item)

    @property
    def counts(self) -> IntArray:
        """Length of each list."""
        return np.diff(self.offsets)

    def list_of(self, row: int) -> IntArray:
        """Return one list."""
        return self.items[self.offsets[row] : self.offsets[row + 1]]

    def listed(self, which: Whole) -> tuple[IntArray, IntArray]:
        """Return the items of some lists in turn, each with the position of its list in ``which``.

        Returns
        -------
        position, item
            Pairs, ascending by position.
        """
        counts = self.counts[which]
        position = np.repeat(np.arange(len(counts)), counts)
        before = np.cumsum(counts) - counts
        at = np.arange(len(position)) + np.repeat(self.offsets[which] - before, counts)
        return position, self.items[at]

    def named(self, names: Sequence[str]) -> GeometryArray:
        """Return each list as a tuple of the names at its positions; an array of objects."""
        texts = np.array(names, dtype=object)[self.items].tolist()
        result = np.empty(len(self.offsets) - 1, dtype=object)
        for number, (start, end) in enumerate(pairwise(self.offsets.tolist())):
            result[number] = tuple(texts[start:end])
        return result


def run_starts(values: Whole) -> IntArray:
    """Return where each run of equal values begins."""
    first = np.ones(len(values), dtype=bool)
    first[1:] = values[1:] != values[:-1]
    return np.flatnonzero(first)


def distinct_pairs(first: Whole, second: Whole, limit: int) -> tuple[IntArray, IntArray]:
    """Return pairs of numbers once each, sorted; those of ``second`` lie below ``limit``."""
    key = np.unique(first.astype(np.int64) * limit + second)
    return np.asarray(key // max(limit, 1)), np.asarray(key % max(limit, 1))
