"""Join faces that stand alike into connected places, one place a finding."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, cast

import numpy as np
import pandas as pd
import shapely

from gis.model.vocabulary import GAP_STANDINGS, NO_LEVEL, Standing

if TYPE_CHECKING:
    from gis.arrangement.partition import Partition
    from gis.duty.question import Question
    from gis.model.arrangement import GeometryArray, IntArray

#: Standings that become findings.
_NOTED = (
    *GAP_STANDINGS,
    Standing.CONTESTED,
    Standing.JOINT,
    Standing.NOT_PASSED_DOWN,
)

#: Where a gap is, it is at every level; so it is told once.
_AT_EVERY_LEVEL = frozenset(GAP_STANDINGS)


@dataclass(frozen=True, slots=True)
class Place:
    """Faces joined along shared borders, alike in standing and in the bodies that explain it.

    Parameters
    ----------
    question
        The question under which it was found; where it is alike at several levels, the first.
    level
        The level it is told of, or ``""`` where the answer holds at every level asked.
    standing
        How the place stands.
    bodies
        The bodies that explain it, sorted.
    faces
        Faces of the partition, ascending.
    geometry
        Their union, one polygon.
    """

    question: Question
    level: str
    standing: Standing
    bodies: tuple[str, ...]
    faces: tuple[int, ...]
    geometry: shapely.Polygon


def places(partition: Partition, answers: dict[Question, pd.DataFrame]) -> list[Place]:
    """Return all places worth a finding in the answers about one matter and day.

    Parameters
    ----------
    partition
        The faces.
    answers
        Standings by question, one matter and day, levels from the coarsest on.
    """
    by_level = [
        place
        for number, (question, answer) in enumerate(answers.items())
        for place in _places_of_question(partition, question, answer, first=number == 0)
    ]
    return _told_once(by_level, len(answers))


def _places_of_question(
    partition: Partition, question: Question, answer: pd.DataFrame, *, first: bool
) -> list[Place]:
    noted = [standing for standing in _NOTED if first or standing not in _AT_EVERY_LEVEL]
    chosen = answer[answer["standing"].isin(noted) & partition.inside]
    # voids have no bodies, so neighbouring voids always join
    overlap = chosen["standing"].isin([Standing.CONTESTED, Standing.JOINT])
    passed = chosen["standing"] == Standing.NOT_PASSED_DOWN
    bodies = chosen["leads"].where(overlap | passed, chosen["others"])
    # of a joint place, each part has the first receiver that its own agreement names
    joint = chosen["standing"] == Standing.JOINT
    receiver = chosen["first_receiver"].where(joint, "")
    groups = pd.DataFrame({"standing": chosen["standing"], "bodies": bodies, "receiver": receiver})
    found = []
    for key, members in groups.groupby(list(groups), sort=True).groups.items():
        standing, names, _ = cast("tuple[str, tuple[str, ...], str]", key)
        faces = members.to_numpy()
        for part, part_faces in _connected(partition.arrangement.faces, faces):
            level = NO_LEVEL if standing in _AT_EVERY_LEVEL else question.level
            faces_of_part = tuple(part_faces.tolist())
            found.append(Place(question, level, Standing(standing), names, faces_of_part, part))
    return found


def _connected(
    all_faces: GeometryArray, chosen: IntArray
) -> list[tuple[shapely.Polygon, IntArray]]:
    """Return the polygons that the chosen faces form, each with its faces."""
    shapes = all_faces[chosen]
    parts = shapely.get_parts(shapely.coverage_union_all(shapes))
    if len(parts) == 1:
        return [(shapely.normalize(parts[0]), chosen)]
    points = shapely.point_on_surface(shapes)
    part, member = shapely.STRtree(points).query(parts, predicate="intersects")
    order = np.lexsort((member, part))
    part, member = part[order], member[order]
    cuts = np.flatnonzero(part[1:] != part[:-1]) + 1
    return [
        (shapely.normalize(parts[number]), chosen[faces])
        for number, faces in zip(np.unique(part), np.split(member, cuts), strict=True)
    ]


def _told_once(found: list[Place], n_levels: int) -> list[Place]:
    """Merge places that are the same at every level asked into one without a level."""
    same: dict[tuple[Standing, tuple[str, ...], tuple[int, ...]], list[Place]] = {}
    for place in found:
        same.setdefault((place.standing, place.bodies, place.faces), []).append(place)
    merged = []
    for alike in same.values():
        at_every_level = len(alike) == n_levels > 1
        merged.extend([replace(alike[0], level=NO_LEVEL)] if at_every_level else alike)
    return merged
