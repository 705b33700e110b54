"""What every body says itself about who leads, side by side: mine, joint, theirs or not mine.

Nothing that one body states changes what another one does; each is heard alone, by the rules that
hold for all (:mod:`gis.duty.standing`), and then what they say is compared.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from gis.duty.duties import duties_on
from gis.duty.register import LEVEL_RANKS
from gis.duty.standing import standings
from gis.model.packed import distinct_pairs, run_starts
from gis.model.vocabulary import NO_LEVEL, Role, Standing

if TYPE_CHECKING:
    from gis.duty.body_sets import BodySets, Positions
    from gis.duty.duties import Duties
    from gis.duty.question import Question
    from gis.duty.register import Register
    from gis.model.arrangement import BoolArray, FloatArray, IntArray


class View(StrEnum):
    """What a body says about a place."""

    MINE = "mine"  # it leads, alone
    JOINT = "joint"  # it leads, and so do others
    THEIRS = "theirs"  # others lead
    NOT_MINE = "not_mine"  # it does not lead; who does, it does not say


VIEWS = tuple(View)
_MINE, _JOINT, _THEIRS, _NOT_MINE = range(len(VIEWS))
_SILENT = -1


class Relation(StrEnum):
    """How what two bodies say about a place goes together."""

    AGREE = "agree"  # both can be true
    CONFLICT = "conflict"  # they name different leads, or one names the other, who denies it
    BOTH_DENY = "both_deny"  # each says "not mine"


RELATIONS = tuple(Relation)
_AGREE, _CONFLICT, _BOTH_DENY = range(len(RELATIONS))


@dataclass(frozen=True)
class Views:
    """What is said about every face, one row for each body that says anything.

    Parameters
    ----------
    face, speaker
        Which face, and who speaks (position in ``sets.names``); sorted, shape (r,).
    view
        Position in :data:`VIEWS`, shape (r,).
    leads
        Who leads according to the speaker, nobody where it only denies; shape (r,).
    sets
        The sets of bodies that ``leads`` points to.
    """

    face: IntArray
    speaker: IntArray
    view: npt.NDArray[np.int8]
    leads: Positions
    sets: BodySets

    def own_areas(self, area_m2: FloatArray) -> FloatArray:
        """Add up what each body says, shape (bodies, views), in m².

        ``area_m2`` holds the area of every face, 0 for one that does not count.
        """
        n = len(self.sets.names)
        key = self.speaker * len(VIEWS) + self.view
        sums = np.bincount(key, weights=area_m2[self.face], minlength=n * len(VIEWS))
        return np.asarray(sums.reshape(n, len(VIEWS)), dtype=np.float64)

    def named_by_others(self, area_m2: FloatArray) -> FloatArray:
        """Return the area that at least one other body says each body leads, shape (bodies,)."""
        row, body = self.sets.members.listed(self.leads)
        others = body != self.speaker[row]
        n = len(self.sets.names)
        face, named = distinct_pairs(self.face[row[others]], body[others], n)
        return np.bincount(named, weights=area_m2[face], minlength=n).astype(np.float64)

    def compared(self, area_m2: FloatArray) -> Comparison:
        """Hold what each two bodies say about the same ground against each other."""
        first, second = _pairs_within(run_starts(self.face), len(self.face))
        relation = self._relation(first, second)
        n, v = max(len(self.sets.names), 1), len(VIEWS)
        shape = (n, n, v, v, len(RELATIONS))
        key = np.ravel_multi_index(
            (
                self.speaker[first],
                self.speaker[second],
                self.view[first].astype(np.int64),
                self.view[second].astype(np.int64),
                relation,
            ),
            shape,
        )
        found, which = np.unique(key, return_inverse=True)
        area = np.bincount(which, weights=area_m2[self.face[first]], minlength=len(found))
        parts = np.unravel_index(found, shape)
        return Comparison(
            first=parts[0],
            second=parts[1],
            first_view=parts[2],
            second_view=parts[3],
            relation=parts[4],
            area_m2=area.astype(np.float64),
        )

    def _relation(self, first: IntArray, second: IntArray) -> IntArray:
        one, other = (self.view[rows] == _NOT_MINE for rows in (first, second))
        result = np.where(self.leads[first] == self.leads[second], _AGREE, _CONFLICT)
        # whoever denies to lead is contradicted by who names it, and by nobody else
        named = _holds(self.sets, self.leads[second], self.speaker[first])
        result = np.where(one & ~other, np.where(named, _CONFLICT, _AGREE), result)
        named = _holds(self.sets, self.leads[first], self.speaker[second])
        result = np.where(other & ~one, np.where(named, _CONFLICT, _AGREE), result)
        return np.where(one & other, _BOTH_DENY, result)


@dataclass(frozen=True, slots=True)
class Comparison:
    """Areas by two bodies and what each says; the first body comes before the second by name.

    Parameters
    ----------
    first, second
        Bodies, shape (k,).
    first_view, second_view
        Position in :data:`VIEWS`, shape (k,).
    relation
        Position in :data:`RELATIONS`, shape (k,).
    area_m2
        Shape (k,).
    """

    first: IntArray
    second: IntArray
    first_view: IntArray
    second_view: IntArray
    relation: IntArray
    area_m2: FloatArray


def views(register: Register, question: Question) -> Views:
    """Hear every body alone about one matter, level and day.

    A body speaks by the claims that it has stated: those whose ``stated_by`` names it, and its own
    where nobody is named. It says "not mine" by a lead claim of its own with the status
    ``disclaimed``, where no claim of its own on the same matter or a nearer one says otherwise.

    Parameters
    ----------
    register
        ``Register.of(partition, project)``.
    question
        Matter, level and day; its perspective is not looked at.

    Raises
    ------
    ValueError
        If there is no such matter, or claims on it are not in the partition.
    """
    heard, face, speaker = _by_speaker(register)
    duties = duties_on(heard, question.matter, question.as_of)
    answer = standings(duties, question.level)
    here = answer.among([Standing.SOLE, Standing.JOINT, Standing.CONTESTED])
    leads = np.where(here, answer.leads, 0).astype(np.int32)
    own = _holds(answer.sets, leads, speaker)
    several = answer.sets.members.counts[leads] > 1
    view = np.where(here, np.where(own, np.where(several, _JOINT, _MINE), _THEIRS), _SILENT)
    denied = _denied(duties, question) & (own | ~here)
    view[denied] = _NOT_MINE
    leads[denied] = 0
    said = np.flatnonzero(view != _SILENT)
    return Views(face[said], speaker[said], view[said].astype(np.int8), leads[said], answer.sets)


def _by_speaker(register: Register) -> tuple[Register, IntArray, IntArray]:
    """Take every face as often as bodies speak about it, each time with the claims of one.

    Returns
    -------
    register
        Its faces are rows, one for each pair of a face and a speaker.
    face, speaker
        Of each row, sorted.
    """
    n = max(len(register.bodies), 1)
    key = register.face * n + register.speaker[register.claim]
    order = np.argsort(key, kind="stable")  # within a row the claims stay sorted by body
    key = key[order]
    starts = run_starts(key)
    face, speaker = key[starts] // n, key[starts] % n
    row = np.repeat(np.arange(len(starts)), np.diff(np.append(starts, len(key))))
    places = tuple(
        None if place is None else np.flatnonzero(np.isin(face, place))
        for place in register.agreements.faces
    )
    heard = replace(
        register,
        face=row,
        claim=register.claim[order],
        starts=starts,
        n_faces=len(starts),
        agreements=replace(register.agreements, faces=places),
    )
    return heard, face, speaker


def _denied(duties: Duties, question: Question) -> BoolArray:
    """Tell on which rows a body disclaims its own lead more nearly than it claims it."""
    register, spans = duties.register, duties.register.spans
    disclaimed = replace(spans, acknowledged=~spans.acknowledged & ~spans.expired)
    asked = (LEVEL_RANKS[question.level], LEVEL_RANKS[NO_LEVEL])
    own = (
        (duties.distance >= 0)
        & duties.having(Role.LEAD)
        & (register.body == register.speaker)
        & np.isin(register.level, asked)
    )
    denying = _nearest(duties, own & disclaimed.in_force(question.as_of))
    claiming = _nearest(duties, own & duties.in_force)
    return denying < claiming


def _nearest(duties: Duties, chosen: BoolArray) -> IntArray:
    """Return, by row, the least distance of some claims from the matter asked."""
    register = duties.register
    result = np.full(register.n_faces, duties.farthest + 1, dtype=np.int64)
    at = np.flatnonzero(chosen[register.claim])
    np.minimum.at(result, register.face[at], duties.distance[register.claim[at]])
    return result


def _holds(sets: BodySets, which: Positions, body: IntArray) -> BoolArray:
    """Tell whether each of some sets holds the body beside it."""
    n = max(len(sets.names), 1)
    of_set = np.repeat(np.arange(len(sets)), sets.members.counts)
    return np.asarray(np.isin(which.astype(np.int64) * n + body, of_set * n + sets.members.items))


def _pairs_within(starts: IntArray, count: int) -> tuple[IntArray, IntArray]:
    """Return every pair of rows of the same run, the earlier first."""
    bounds = np.append(starts, count)
    ends = np.repeat(bounds[1:], np.diff(bounds))
    later = ends - np.arange(count) - 1
    first = np.repeat(np.arange(count), later)
    before = np.cumsum(later) - later
    return first, first + 1 + np.arange(len(first)) - np.repeat(before, later)
