"""Which covers lie beside faces, and along how much of their border."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from gis.model.arrangement import OUTSIDE

if TYPE_CHECKING:
    from gis.arrangement.arrangement import Arrangement
    from gis.model.arrangement import FloatArray, IntArray

#: In place of a cover: ground that no cover owns, or what lies outside.
NOBODY = -1


@dataclass(frozen=True, slots=True)
class Neighbours:
    """Covers beside some faces.

    Parameters
    ----------
    position
        Which of the faces asked about, ascending; shape (n,).
    cover
        A cover of the ground across its border, or :data:`NOBODY`; ascending for each face.
    length
        Border shared with that ground, in CRS units. Where several covers lie across one piece of
        border, it counts for each.
    """

    position: IntArray
    cover: IntArray
    length: FloatArray


def neighbours(arrangement: Arrangement, faces: IntArray) -> Neighbours:
    """Measure the border that faces share with the covers next to them, such as gaps with claims.

    Parameters
    ----------
    arrangement
        The faces and borders.
    faces
        Faces to ask about, each once; shape (n,).

    Returns
    -------
    neighbours
        One row for each face and cover next to it.

    Raises
    ------
    TypeError
        If the faces are not told by whole numbers.
    ValueError
        If there is no such face, or one comes twice.
    """
    faces = np.asarray(faces)
    if faces.size == 0:  # a list of none has no whole numbers to be told by
        faces = faces.astype(np.int64)
    _refuse_unless_faces(faces, len(arrangement))
    position_of = np.full(len(arrangement) + 1, -1, dtype=np.int64)
    position_of[faces] = np.arange(len(faces))
    near = np.concatenate([arrangement.left, arrangement.right])
    beyond = np.concatenate([arrangement.right, arrangement.left])
    rim = np.flatnonzero((position_of[near] >= 0) & (near != beyond))
    position, across = position_of[near[rim]], beyond[rim]
    length = border_lengths(arrangement, rim % len(arrangement.left))
    # what lies outside has no owners, as any ground of nobody
    offsets = np.append(arrangement.owner_offsets, arrangement.owner_offsets[-1])
    first = offsets[across]
    count = np.where(across == OUTSIDE, 0, offsets[across + 1] - first)
    row = np.repeat(np.arange(len(rim)), count)
    at = np.repeat(first - (np.cumsum(count) - count), count) + np.arange(len(row))
    unowned = np.flatnonzero(count == 0)
    place = np.concatenate([position[row], position[unowned]])
    cover = np.concatenate([arrangement.owners[at], np.full(len(unowned), NOBODY)])
    covers = arrangement.covers.count + 1
    key, which = np.unique(place * covers + cover - NOBODY, return_inverse=True)
    total = np.bincount(which, weights=np.concatenate([length[row], length[unowned]]))
    return Neighbours(key // covers, key % covers + NOBODY, total.astype(np.float64))


def _refuse_unless_faces(faces: IntArray, count: int) -> None:
    if not np.issubdtype(faces.dtype, np.integer):
        raise TypeError(f"faces are told by whole numbers, not by {faces.dtype}")
    wrong = faces[(faces < 0) | (faces >= count)]
    if len(wrong):
        raise ValueError(f"faces are numbered from 0 to {count - 1}; there is no {wrong[0]}")
    if len(np.unique(faces)) < len(faces):
        raise ValueError("each face is asked about once")


def border_lengths(arrangement: Arrangement, borders: IntArray) -> FloatArray:
    """Return the lengths of some borders in CRS units, in the order asked."""
    points, offsets = arrangement.border_path(borders)
    if len(borders) == 0:
        return np.zeros(0)
    steps = np.hypot(*np.diff(arrangement.coordinates(points), axis=0).T)
    # the step from one border's end to the next one's beginning is none
    steps[offsets[1:-1] - 1] = 0
    return np.asarray(np.add.reduceat(steps, offsets[:-1]))
