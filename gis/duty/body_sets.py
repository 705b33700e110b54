"""Sets of bodies, each kept once: many faces have the same few."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pandas as pd

if TYPE_CHECKING:
    from gis.model.arrangement import BoolArray, GeometryArray, IntArray

#: Positions in a table of sets, or of names.
Positions = npt.NDArray[np.int32]

#: Position of the set of nobody, in every table of sets.
NOBODY = 0


@dataclass(frozen=True)
class BodySets:
    """Distinct sets of bodies; the first is that of nobody.

    Parameters
    ----------
    names
        Names of all bodies, sorted.
    offsets, members
        Bodies of set i, positions in ``names``, ascending:
        ``members[offsets[i]:offsets[i + 1]]``.
    """

    names: tuple[str, ...]
    offsets: IntArray
    members: IntArray

    @cached_property
    def tuples(self) -> GeometryArray:
        """The sets as sorted tuples of names; an array of objects."""
        named = np.array(self.names, dtype=object)[self.members].tolist()
        result = np.empty(len(self.offsets) - 1, dtype=object)
        for number, (start, end) in enumerate(pairwise(self.offsets.tolist())):
            result[number] = tuple(named[start:end])
        return result

    def within(self, bodies: IntArray, which: Positions) -> BoolArray:
        """Tell which of some sets, none of them that of nobody, hold no others than some bodies."""
        meant = np.zeros(len(self.names), dtype=bool)
        meant[bodies] = True
        result = meant[self.members[self.offsets[which]]]
        likely = which[result]
        counts = self.sizes[likely]
        all_meant = meant[self.members[_spread(self.offsets[likely], counts)]]
        result[result] = np.logical_and.reduceat(all_meant, np.cumsum(counts) - counts)
        return np.asarray(result)

    @property
    def sizes(self) -> IntArray:
        """Number of bodies in each set."""
        return np.diff(self.offsets)


def sets_by_row(
    row: IntArray, body: IntArray, names: tuple[str, ...], n_rows: int
) -> tuple[BodySets, Positions]:
    """Find the distinct sets of bodies in rows.

    Parameters
    ----------
    row, body
        Pairs, sorted by both and without repeats; ``body`` is a position in ``names``.
    names
        Names of all bodies, sorted.
    n_rows
        Number of rows.

    Returns
    -------
    sets
        The distinct sets.
    set_of
        The set of each row, shape (n_rows,).
    """
    first = run_starts(row)
    counts = np.diff(np.append(first, len(row)))
    # a set is told by the set of its first k - 1 members and its k-th; no two are confused
    code = body[first].astype(np.int64)
    known = len(names)
    size = 1
    while len(longer := np.flatnonzero(counts > size)):
        numbers, distinct = pd.factorize(code[longer] * len(names) + body[first[longer] + size])
        code[longer] = known + numbers
        known += len(distinct)
        size += 1
    numbers, distinct = pd.factorize(code)
    like = np.empty(len(distinct), dtype=np.int64)
    like[numbers[::-1]] = np.arange(len(numbers))[::-1]
    set_of = np.zeros(n_rows, dtype=np.int32)
    set_of[row[first]] = numbers + 1
    offsets = np.zeros(len(distinct) + 2, dtype=np.int64)
    np.cumsum(counts[like], out=offsets[2:])
    return BodySets(names, offsets, body[_spread(first[like], counts[like])]), set_of


def run_starts(values: IntArray) -> IntArray:
    """Return where each run of equal values begins."""
    first = np.ones(len(values), dtype=bool)
    first[1:] = values[1:] != values[:-1]
    return np.flatnonzero(first)


def _spread(starts: IntArray, counts: IntArray) -> IntArray:
    """Return the positions of runs, one run after the other."""
    before = np.cumsum(counts) - counts
    return np.asarray(np.arange(counts.sum()) + np.repeat(starts - before, counts))
