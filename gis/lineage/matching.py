"""Decide from overlaps which later finding goes on which earlier one, and what became of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from gis.model.vocabulary import Relation

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gis.lineage.overlaps import Overlaps
    from gis.model.arrangement import BoolArray, FloatArray, IntArray

#: Findings that hold so much of each other are the same, redrawn.
SAME_SHARE = 0.9

#: Findings of which neither has so much in common with the other are not linked.
LINKED_SHARE = 0.3


@dataclass(frozen=True, slots=True)
class Links:
    """Which earlier finding each later one comes from.

    Parameters
    ----------
    before, after
        Positions of the linked findings, shape (n,).
    share_before, share_after
        What share of either lies in the other, 0 to 1; shape (n,).
    relation
        ``same``, ``moved``, ``split`` or ``merged``, shape (n,).
    keeps
        Whether the later finding goes on the earlier one, and keeps its number; at most one link
        of each finding does; shape (n,).
    """

    before: IntArray
    after: IntArray
    share_before: FloatArray
    share_after: FloatArray
    relation: list[Relation]
    keeps: BoolArray


def links_of(overlaps: Overlaps, before_ids: Sequence[str], after_ids: Sequence[str]) -> Links:
    """Link findings that have much in common, and say what became of them.

    Two findings are linked if one of them has :data:`LINKED_SHARE` of itself in common with the
    other. Links are taken by falling overlap, and a later finding goes on an earlier one if
    neither is taken: the largest part of a split keeps the number, and what is merged keeps that
    of the largest. Of equal overlaps the one that is more of both comes first, then the lesser
    ids; the order of rows decides nothing.

    Parameters
    ----------
    overlaps
        What the findings have in common.
    before_ids, after_ids
        Numbers of all findings, unique among the earlier and among the later ones.
    """
    share_before, share_after = overlaps.shares()
    linked = np.flatnonzero(np.maximum(share_before, share_after) >= LINKED_SHARE)
    # sums of areas differ in their last digits with the order of rows
    size = np.round(overlaps.size[linked], 3)
    both = np.round(np.minimum(share_before, share_after)[linked], 6)
    first = [before_ids[position] for position in overlaps.before[linked]]
    second = [after_ids[position] for position in overlaps.after[linked]]
    ranked = sorted(
        range(len(linked)), key=lambda at: (-size[at], -both[at], first[at], second[at])
    )
    chosen = linked[ranked]
    before, after = overlaps.before[chosen], overlaps.after[chosen]
    shares = share_before[chosen], share_after[chosen]
    keeps = _one_to_one(before, after)
    parts = np.bincount(before, minlength=len(before_ids))[before]
    origins = np.bincount(after, minlength=len(after_ids))[after]
    return Links(before, after, *shares, _relations(*shares, parts, origins), keeps)


def _one_to_one(before: IntArray, after: IntArray) -> BoolArray:
    """Take links in their order, each finding once."""
    taken_before: set[int] = set()
    taken_after: set[int] = set()
    keeps = np.zeros(len(before), dtype=bool)
    for at, (mine, theirs) in enumerate(zip(before.tolist(), after.tolist(), strict=True)):
        if mine not in taken_before and theirs not in taken_after:
            taken_before.add(mine)
            taken_after.add(theirs)
            keeps[at] = True
    return keeps


def _relations(
    share_before: FloatArray, share_after: FloatArray, parts: IntArray, origins: IntArray
) -> list[Relation]:
    """Say what each link is.

    Parameters
    ----------
    share_before, share_after
        What share of either finding lies in the other.
    parts, origins
        Links of the earlier, and of the later finding.
    """
    return [
        _relation(*each)
        for each in zip(
            share_before.tolist(),
            share_after.tolist(),
            (parts > 1).tolist(),
            (origins > 1).tolist(),
            strict=True,
        )
    ]


def _relation(share_before: float, share_after: float, parted: bool, joined: bool) -> Relation:  # noqa: FBT001
    if min(share_before, share_after) >= SAME_SHARE:
        return Relation.SAME
    if parted and joined:
        # cut and put together at once: told by whichever of the two is more nearly a part
        return Relation.SPLIT if share_after >= share_before else Relation.MERGED
    if parted:
        return Relation.SPLIT
    return Relation.MERGED if joined else Relation.MOVED
