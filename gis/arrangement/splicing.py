"""Sorted, packed lists in which some entries are taken out and others put in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from gis.arrangement.compiled import compiled

if TYPE_CHECKING:
    import numpy.typing as npt

    from gis.model.arrangement import BoolArray, IntArray


@dataclass(frozen=True, slots=True)
class Splice:
    """Where the entries of a list stand after some were replaced by others.

    Parameters
    ----------
    source
        Of each entry, its number among the old ones, or ~number among the new ones; shape (n,).
    of_old, of_new
        Number of each old and each new entry now; -1 for old ones that are gone.
    """

    source: IntArray
    of_old: IntArray
    of_new: IntArray


def splice(kept: BoolArray, before: IntArray) -> Splice:
    """Return the order of entries.

    Parameters
    ----------
    kept
        Which old entries stay, shape (o,).
    before
        How many old entries, gone ones counted, come before each new one, ascending; shape (n,).
    """
    stays = np.concatenate([[0], np.cumsum(kept)])
    place = stays[before]
    of_new = place + np.arange(len(before))
    of_old = np.where(kept, stays[:-1] + np.searchsorted(place, stays[:-1], side="right"), -1)
    source = np.empty(int(stays[-1]) + len(before), dtype=np.int64)
    source[of_old[kept]] = np.flatnonzero(kept)
    source[of_new] = ~np.arange(len(before))
    return Splice(source, of_old, of_new)


def spliced(
    source: IntArray,
    old: tuple[IntArray, npt.NDArray[Any]],
    new: tuple[IntArray, npt.NDArray[Any]],
) -> tuple[IntArray, npt.NDArray[Any]]:
    """Return the packed list whose entries come from an old and a new one.

    Parameters
    ----------
    source
        As in :class:`Splice`.
    old, new
        Offsets and values of the two lists; values of shape (v,) or (v, k).
    """
    lengths = np.where(
        source >= 0,
        np.diff(old[0], append=old[0][-1:])[np.maximum(source, 0)],
        np.diff(new[0], append=new[0][-1:])[np.maximum(~source, 0)],
    )
    offsets = np.concatenate([[0], np.cumsum(lengths)])
    # stretches of old entries that still follow each other are copied at one go
    breaks = np.flatnonzero((np.diff(source) != 1) | (source[1:] < 0) | (source[:-1] < 0)) + 1
    begins = np.concatenate([[0], breaks]).astype(np.int64)
    ends = np.concatenate([breaks, [len(source)]])
    pieces = [
        old[1][old[0][source[a]] : old[0][source[b - 1] + 1]]
        if source[a] >= 0
        else new[1][new[0][~source[a]] : new[0][~source[a] + 1]]
        for a, b in zip(begins.tolist(), ends.tolist(), strict=True)
        if a < b
    ]
    return offsets, np.concatenate([old[1][:0], *pieces])


@compiled
def rank(keys: IntArray, new_keys: IntArray) -> IntArray:
    """Return how many sorted keys, rows of four numbers, come before each new one."""
    ranks = np.empty(len(new_keys), dtype=np.int64)
    for at in range(len(new_keys)):
        low, high = 0, len(keys)
        while low < high:
            middle = (low + high) // 2
            if comes_before(keys[middle], new_keys[at]):
                low = middle + 1
            else:
                high = middle
        ranks[at] = low
    return ranks


@compiled
def comes_before(first: IntArray, second: IntArray) -> bool:
    """Compare two rows number by number."""
    for at in range(len(first)):
        if first[at] != second[at]:
            return bool(first[at] < second[at])
    return False
