"""Sets of bodies, each kept once: many faces have the same few."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pandas as pd

from gis.model.packed import Packed, run_starts

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
    members
        Bodies of each set, positions in ``names``, ascending.
    """

    names: tuple[str, ...]
    members: Packed

    def __len__(self) -> int:
        """Return the number of distinct sets."""
        return len(self.members.offsets) - 1

    @cached_property
    def tuples(self) -> GeometryArray:
        """The sets as sorted tuples of names; an array of objects."""
        return self.members.named(self.names)

    def within(self, bodies: IntArray, which: Positions) -> BoolArray:
        """Tell which of some sets, none of them that of nobody, hold no others than some bodies."""
        meant = np.zeros(len(self.names), dtype=bool)
        meant[bodies] = True
        result = meant[self.members.items[self.members.offsets[which]]]
        position, member = self.members.listed(which[result])
        result[result] = np.logical_and.reduceat(meant[member], run_starts(position))
        return np.asarray(result)


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
    # of equal rows the first stands for all
    like = np.empty(len(distinct), dtype=np.int64)
    like[numbers[::-1]] = np.arange(len(numbers))[::-1]
    set_of = np.zeros(n_rows, dtype=np.int32)
    set_of[row[first]] = numbers + 1
    _, members = Packed(np.append(first, len(row)), body).listed(like)
    offsets = np.zeros(len(distinct) + 2, dtype=np.int64)
    np.cumsum(counts[like], out=offsets[2:])
    return BodySets(names, Packed(offsets, members)), set_of
