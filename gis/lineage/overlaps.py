"""How much two sets of findings have in common: ground in square metres, lanes in metres."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import shapely

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from gis.measure import EllipsoidMeasure
    from gis.model.arrangement import FloatArray, GeometryArray, IntArray


@dataclass(frozen=True, slots=True)
class Overlaps:
    """Pairs of an earlier and a later finding about one question that have something in common.

    Parameters
    ----------
    before, after
        Positions of the findings, shape (p,).
    size
        What they have in common, above 0, in the unit of the sizes; shape (p,).
    before_size, after_size
        Area in m² or length in m of every finding, shape (b,) and (a,).
    """

    before: IntArray
    after: IntArray
    size: FloatArray
    before_size: FloatArray
    after_size: FloatArray

    def shares(self) -> tuple[FloatArray, FloatArray]:
        """Return what share of the earlier and of the later finding each pair holds, 0 to 1."""
        return (
            np.minimum(self.size / self.before_size[self.before], 1.0),
            np.minimum(self.size / self.after_size[self.after], 1.0),
        )


def overlaps_of_places(
    before: GeometryArray,
    after: GeometryArray,
    before_question: Sequence[str],
    after_question: Sequence[str],
    measure: EllipsoidMeasure,
) -> Overlaps:
    """Return the ground that places have in common.

    Parameters
    ----------
    before, after
        Polygons in the working CRS of the measure.
    before_question, after_question
        What each is about; only places about the same question are compared.
    measure
        Measure of that CRS.
    """
    pairs = []
    for mine, theirs in _by_question(before_question, after_question):
        i, j = shapely.STRtree(after[theirs]).query(before[mine], predicate="intersects")
        pairs.append((mine[i], theirs[j]))
    i, j = _joined(pairs)
    shared = measure.areas(shapely.intersection(before[i], after[j]))
    return _overlaps(i, j, shared, measure.areas(before), measure.areas(after))


def overlaps_of_stretches(
    before: FloatArray,
    after: FloatArray,
    before_question: Sequence[str],
    after_question: Sequence[str],
) -> Overlaps:
    """Return the metres that stretches of lanes have in common.

    Parameters
    ----------
    before, after
        Where each begins and ends, in metres along its lane; shape (n, 2).
    before_question, after_question
        What each is about, its lane among it; only those about the same are compared.
    """
    pairs = [
        (np.repeat(mine, len(theirs)), np.tile(theirs, len(mine)))
        for mine, theirs in _by_question(before_question, after_question)
    ]
    i, j = _joined(pairs)
    shared = np.minimum(before[i, 1], after[j, 1]) - np.maximum(before[i, 0], after[j, 0])
    return _overlaps(i, j, shared, before[:, 1] - before[:, 0], after[:, 1] - after[:, 0])


def _by_question(
    before: Sequence[str], after: Sequence[str]
) -> Iterator[tuple[IntArray, IntArray]]:
    """Return the positions of the findings about each question that both sets know."""
    first, second = _positions(before), _positions(after)
    for question in sorted(first.keys() & second.keys()):
        yield np.array(first[question]), np.array(second[question])


def _positions(questions: Sequence[str]) -> dict[str, list[int]]:
    positions: dict[str, list[int]] = {}
    for at, question in enumerate(questions):
        positions.setdefault(question, []).append(at)
    return positions


def _joined(pairs: list[tuple[IntArray, IntArray]]) -> tuple[IntArray, IntArray]:
    none = np.zeros(0, dtype=np.int64)
    return (
        np.concatenate([none, *(mine for mine, _ in pairs)]),
        np.concatenate([none, *(theirs for _, theirs in pairs)]),
    )


def _overlaps(
    before: IntArray,
    after: IntArray,
    size: FloatArray,
    before_size: FloatArray,
    after_size: FloatArray,
) -> Overlaps:
    held = size > 0
    return Overlaps(before[held], after[held], size[held], before_size, after_size)
