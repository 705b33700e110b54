"""What falls from one answer about a matter to the next: into a gap, or into a contest."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from gis.findings.intervals import Intervals
from gis.findings.lane_stretches import unowned
from gis.findings.lanes import accuracy_of_leads
from gis.findings.places import Places, connected, shapes
from gis.model.packed import Packed, distinct_pairs, run_starts
from gis.model.vocabulary import GAP_STANDINGS, NO_LEVEL, Role, Standing

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gis.arrangement.partition import Partition
    from gis.duty import Duties, Question, Register, Standings
    from gis.duty.body_sets import Positions
    from gis.findings.lane_network import LaneNetwork
    from gis.model.arrangement import BoolArray
    from gis.model.project import Project


class Change(StrEnum):
    """What becomes of ground on a day."""

    FALLS = "falls"  # led until then, by nobody at any level from then on
    CONTESTED = "contested"  # contested from then on


@dataclass(frozen=True, slots=True)
class Answered:
    """The answers about one matter on one day.

    Parameters
    ----------
    duties
        The claims and agreements that speak.
    answers
        Standings by question, levels from the coarsest on.
    """

    duties: Duties
    answers: dict[Question, Standings]


@dataclass(frozen=True)
class Fall:
    """The places that change alike on one day, under one question.

    Parameters
    ----------
    change
        What becomes of them.
    level
        The level that this is told of, ``""`` for every level.
    places
        Connected places whose faces were led by the same bodies and stand alike afterwards.
    bodies
        By place, who led it until then; of a contest, who contests it.
    claims
        By place, the rows of the lead claims that end there; of a contest, those that begin.
    lanes_m
        Metres of lanes without a registered keeper that are unowned from then on; 0 for a contest.
    """

    change: Change
    level: str
    places: Places
    bodies: list[tuple[str, ...]]
    claims: Packed
    lanes_m: float

    def rows(self, project: Project, partition: Partition) -> list[dict[str, Any]]:
        """Return the places as rows of ``calendar_places``; docs/calendar.md has the columns."""
        geometry = shapes(partition, self.places)
        measure = partition.measure
        degrees = measure.points_in_degrees(shapely.point_on_surface(geometry))
        ids = project.claims["claim_id"].tolist()
        return [
            {
                "date": self.places.question.as_of,
                "matter": self.places.question.matter,
                "level": self.level,
                "change": self.change.value,
                "standing": standing.value,
                "area_m2": area,
                "bodies": bodies,
                "claim_ids": tuple(sorted(claims)),
                "lon": lon,
                "lat": lat,
                "geometry": shape,
            }
            for standing, area, bodies, claims, (lon, lat), shape in zip(
                self.places.standing,
                self.places.summed(partition.area_m2).tolist(),
                self.bodies,
                self.claims.named(ids),
                degrees.tolist(),
                geometry,
                strict=True,
            )
        ]


def falls(
    project: Project,
    partition: Partition,
    network: LaneNetwork | None,
    before: Answered,
    after: Answered,
) -> Iterator[Fall]:
    """Tell what falls between two days with no other change in between.

    Parameters
    ----------
    project, partition
        What was asked of.
    network
        Its lanes, None where there are none.
    before, after
        The answers about one matter, on the day of the change and some day shortly before.

    Yields
    ------
    fall
        Those that concern any ground.
    """
    held, holds = (each.duties.in_force & each.duties.having(Role.LEAD) for each in (before, after))
    register, several = after.duties.register, len(after.answers) > 1
    for number, ((question, now), then) in enumerate(
        zip(after.answers.items(), before.answers.values(), strict=True)
    ):
        if number == 0:  # where a gap is, it is at every level; so it is told once
            lost = partition.inside & now.among(GAP_STANDINGS) & ~then.among(GAP_STANDINGS)
            if np.any(lost):
                places = _places(partition, question, now, np.where(lost, then.leads, -1))
                ended = _claims_on(places, register, held & ~holds)
                yield Fall(
                    change=Change.FALLS,
                    level=NO_LEVEL,
                    places=places,
                    # at whatever level they led
                    bodies=_bodies_of(ended, register),
                    claims=ended,
                    lanes_m=0.0
                    if network is None
                    else _newly_unowned_m(project, network, before, after),
                )
        contested = [Standing.CONTESTED]
        disputed = partition.inside & now.among(contested) & ~then.among(contested)
        if np.any(disputed):
            places = _places(partition, question, now, np.where(disputed, now.leads, -1))
            yield Fall(
                change=Change.CONTESTED,
                level=question.level if several else NO_LEVEL,
                places=places,
                bodies=places.bodies,
                claims=_claims_on(places, register, holds & ~held),
                lanes_m=0.0,
            )


def _places(partition: Partition, question: Question, now: Standings, led: Positions) -> Places:
    """Join neighbouring faces that stand alike and have the same set in ``led``, -1 for none."""
    kind = now.standing.astype(np.int64) * (int(led.max()) + 1) + led
    root = connected(
        np.where(led >= 0, kind, -1), partition.arrangement.left, partition.arrangement.right
    )
    face = np.flatnonzero(led >= 0)
    face = face[np.argsort(root[face], kind="stable")]
    starts = run_starts(root[face])
    faces = Packed(np.append(starts, len(face)), face)
    return Places(question, now, faces, np.ones(len(starts), dtype=bool))


def _bodies_of(claims: Packed, register: Register) -> list[tuple[str, ...]]:
    """Return the bodies of each list of claims, sorted."""
    owners = Packed(claims.offsets, register.body[claims.items]).named(register.bodies)
    return [tuple(sorted(set(bodies))) for bodies in owners]


def _claims_on(places: Places, register: Register, turned: BoolArray) -> Packed:
    """Return which of some claims lie on each place, ascending."""
    pairs = turned[register.claim]
    by_face = Packed.of_pairs(register.face[pairs], register.claim[pairs], register.n_faces)
    item, claim = by_face.listed(places.faces.items)
    return Packed.of_pairs(
        *distinct_pairs(places.of_item[item], claim, len(register.body)), len(places)
    )


def _newly_unowned_m(
    project: Project, network: LaneNetwork, before: Answered, after: Answered
) -> float:
    """Return how many metres of lanes are unowned afterwards and were not before."""
    then, now = (_unowned(project, network, each) for each in (before, after))
    new = now.without(then)
    return float((new.end - new.start).sum())


def _unowned(project: Project, network: LaneNetwork, answered: Answered) -> Intervals:
    answer = next(iter(answered.answers.values()))
    accuracy_m = accuracy_of_leads(answered.duties, project)
    found = unowned(network, answer, accuracy_m, project.settings.accuracy_m)
    return Intervals(found.lane, found.from_m, found.to_m)
