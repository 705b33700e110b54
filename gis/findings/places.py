"""Join faces that stand alike into connected places, one place a finding."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import shapely

from gis.duty.standing import STANDINGS
from gis.model.arrangement import OUTSIDE
from gis.model.packed import Packed, run_starts
from gis.model.vocabulary import GAP_STANDINGS, NO_LEVEL, Standing

if TYPE_CHECKING:
    from gis.arrangement.partition import Partition
    from gis.duty.body_sets import Positions
    from gis.duty.question import Question
    from gis.duty.standing import Standings
    from gis.model.arrangement import BoolArray, FloatArray, GeometryArray, IntArray

#: Standings that become findings where they are not those of a gap.
_OVERLAPS = (Standing.CONTESTED, Standing.JOINT, Standing.NOT_PASSED_DOWN)


@dataclass(frozen=True)
class Places:
    """Places found under one question: faces joined along shared borders that stand alike.

    Parameters
    ----------
    question, answer
        The question, and how the faces stand for it.
    faces
        Faces of each place, ascending.
    everywhere
        Whether each is told of every level at once: it is a gap, or alike at all levels asked.
    """

    question: Question
    answer: Standings
    faces: Packed
    everywhere: BoolArray

    def __len__(self) -> int:
        """Return the number of places."""
        return len(self.everywhere)

    @property
    def _first(self) -> IntArray:
        """The first face of each place, which stands for all that they have in common."""
        return self.faces.items[self.faces.offsets[:-1]]

    @cached_property
    def standing(self) -> list[Standing]:
        """How each place stands."""
        return [STANDINGS[code] for code in self.answer.standing[self._first].tolist()]

    @cached_property
    def bodies(self) -> list[tuple[str, ...]]:
        """The bodies that explain each place, sorted."""
        bodies: list[tuple[str, ...]] = self.answer.sets.tuples[
            _explaining(self.answer)[self._first]
        ].tolist()
        return bodies

    @cached_property
    def gap(self) -> BoolArray:
        """Which of them are gaps."""
        return self.answer.among(GAP_STANDINGS)[self._first]

    @cached_property
    def levels(self) -> list[str]:
        """The level each is told of, ``""`` for every level."""
        return [NO_LEVEL if all_ else self.question.level for all_ in self.everywhere.tolist()]

    @cached_property
    def of_item(self) -> IntArray:
        """The place of each face in ``faces.items``."""
        return np.repeat(np.arange(len(self)), self.faces.counts)

    def summed(self, of_faces: FloatArray) -> FloatArray:
        """Add up a value of faces by place."""
        return np.bincount(
            self.of_item, weights=of_faces[self.faces.items], minlength=len(self)
        ).astype(np.float64)

    def only(self, chosen: BoolArray) -> Places:
        """Return some of the places."""
        which = np.flatnonzero(chosen)
        place, face = self.faces.listed(which)
        return replace(
            self,
            faces=Packed.of_pairs(place, face, len(which)),
            everywhere=self.everywhere[which],
        )


def places(partition: Partition, answers: dict[Question, Standings]) -> list[Places]:
    """Return all places worth a finding in the answers about one matter and day.

    Parameters
    ----------
    partition
        The faces.
    answers
        Standings by question, one matter and day, levels from the coarsest on.

    Returns
    -------
    places
        Those of each question; one that is alike under all of them only under the first.
    """
    found = [
        _places_of_question(partition, question, answer, first=number == 0)
        for number, (question, answer) in enumerate(answers.items())
    ]
    return _told_once(found) if len(found) > 1 else found


def _places_of_question(
    partition: Partition, question: Question, answer: Standings, *, first: bool
) -> Places:
    # where a gap is, it is at every level; so it is told once
    noted = partition.inside & answer.among((*GAP_STANDINGS, *_OVERLAPS) if first else _OVERLAPS)
    # of a joint place, each part has the first receiver that its own agreement names
    joint = answer.among([Standing.JOINT])
    receiver = np.where(joint, answer.first_receiver.astype(np.int64) + 1, 0)
    # voids have no bodies, so neighbouring voids always join
    kind = answer.standing.astype(np.int64) * len(answer.sets) + _explaining(answer)
    kind = np.where(noted, kind * (len(answer.sets.names) + 1) + receiver, -1)
    root = connected(kind, partition.arrangement.left, partition.arrangement.right)
    face = np.flatnonzero(noted)
    face = face[np.argsort(root[face], kind="stable")]
    offsets = np.append(run_starts(root[face]), len(face))
    gap = answer.among(GAP_STANDINGS)[face[offsets[:-1]]]
    return Places(question, answer, Packed(offsets, face), gap)


def _explaining(answer: Standings) -> Positions:
    """Return, by face, the set of bodies that explain it: those who lead, else the others."""
    return np.maximum(answer.leads, answer.others)


def connected(kind: IntArray, left: IntArray, right: IntArray) -> IntArray:
    """Return, by face, the first of the faces that it is connected with.

    Parameters
    ----------
    kind
        Faces are joined where both sides of a border are of the same kind, which is not negative.
    left, right
        Face on either side of each border.
    """
    between = (left != OUTSIDE) & (right != OUTSIDE)
    low, high = np.minimum(left, right)[between], np.maximum(left, right)[between]
    alike = (kind[low] == kind[high]) & (kind[low] >= 0)
    low, high = low[alike], high[alike]
    root = np.arange(len(kind))
    while True:
        first, second = root[low], root[high]
        apart = first != second
        if not np.any(apart):
            return root
        low, high, first, second = low[apart], high[apart], first[apart], second[apart]
        # each root joins the least of those it meets, then everybody follows to the end
        np.minimum.at(root, np.maximum(first, second), np.minimum(first, second))
        while np.any(root[root] != root):
            root = root[root]


def _told_once(found: list[Places]) -> list[Places]:
    """Tell places that are alike under every question under the first one only."""
    seen: dict[tuple[Standing, tuple[str, ...], bytes], list[tuple[int, int]]] = {}
    for number, of_question in enumerate(found):
        faces = np.split(of_question.faces.items, of_question.faces.offsets[1:-1])
        for place, (standing, bodies) in enumerate(
            zip(of_question.standing, of_question.bodies, strict=True)
        ):
            key = (standing, bodies, faces[place].tobytes())
            seen.setdefault(key, []).append((number, place))
    everywhere = [of_question.everywhere.copy() for of_question in found]
    kept = [np.ones(len(of_question), dtype=bool) for of_question in found]
    for (number, place), *others in seen.values():
        if len(others) + 1 == len(found):
            everywhere[number][place] = True
            for other, other_place in others:
                kept[other][other_place] = False
    return [
        replace(of_question, everywhere=told).only(chosen)
        for of_question, told, chosen in zip(found, everywhere, kept, strict=True)
    ]


def shapes(partition: Partition, found: Places) -> GeometryArray:
    """Return the polygon that the faces of each place form, its vertices in a settled order."""
    faces = partition.arrangement.polygons(found.faces.items)
    result = faces[found.faces.offsets[:-1]]
    for place in np.flatnonzero(found.faces.counts > 1).tolist():
        start, end = found.faces.offsets[place : place + 2].tolist()
        (result[place],) = shapely.get_parts(shapely.coverage_union_all(faces[start:end]))
    return np.asarray(shapely.normalize(result), dtype=object)
