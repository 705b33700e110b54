"""How every face stands for a question: who leads it, or why nobody does.

The rules, in the order in which they are applied to one face, matter and day:

1. A claim is in force from ``valid_from`` up to but not including ``valid_to``, while its status is
   claimed or confirmed and its body exists.
2. Of the claims of one role and level, those on the nearest ancestor of the matter count; a claim
   on the matter itself displaces one inherited from its parent (the special rule before the
   general one).
3. A claim that states no level counts at every level that is asked.
4. Two or more leading bodies at one level contest the face, unless an agreement in force names
   them all: then they hold it jointly. Of several such agreements the special one counts.
5. Led at a coarser level only, a face is not passed down; led at a finer level only, it is
   answered there.
6. Led at no level, it is a gap: leaderless where a body assists, else covered by fallback only,
   else lapsed where a lead claim has ended, else void.

So every claim has a rank in the question that does not depend on the face: by what it makes of a
face, then by level, then by matter. On each face the claims of the least rank decide.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from gis.duty.body_sets import NOBODY, BodySets, sets_by_row
from gis.duty.duties import duties_on
from gis.duty.names import NO_NAME
from gis.duty.register import LEVEL_RANKS
from gis.model.packed import run_starts
from gis.model.vocabulary import NO_LEVEL, Level, Role, Standing

if TYPE_CHECKING:
    from collections.abc import Iterable

    import numpy.typing as npt

    from gis.duty.body_sets import Positions
    from gis.duty.duties import Duties
    from gis.duty.question import Question
    from gis.duty.register import Register
    from gis.duty.validity import DayArray
    from gis.model.arrangement import BoolArray, IntArray

#: Standings by code.
STANDINGS = tuple(Standing)

_CODE = {standing: code for code, standing in enumerate(STANDINGS)}


@dataclass(frozen=True)
class Standings:
    """How the faces of a partition stand for one question.

    Parameters
    ----------
    standing
        Position in :data:`STANDINGS`, shape (f,).
    sets
        The sets of bodies that the next two point to.
    leads
        Leading bodies; at other levels where nobody leads at this one. Shape (f,).
    others
        Bodies that explain a gap: assistants, fallback bodies, those whose claim ended; shape (f,).
    first_receiver
        Position in ``sets.names``, or -1; shape (f,).
    lapsed_on
        The last end of a lead claim that is over, or NaT; shape (f,).
    """

    standing: npt.NDArray[np.int8]
    sets: BodySets
    leads: Positions
    others: Positions
    first_receiver: Positions
    lapsed_on: DayArray

    def among(self, standings: Iterable[Standing]) -> BoolArray:
        """Tell which faces have one of some standings, shape (f,)."""
        wanted = np.zeros(len(STANDINGS), dtype=bool)
        wanted[[_CODE[standing] for standing in standings]] = True
        return wanted[self.standing]

    @cached_property
    def frame(self) -> pd.DataFrame:
        """The same in words: bodies as sorted tuples, days as ISO dates, and ``""`` for nothing."""
        names = np.array([*self.sets.names, ""], dtype=object)
        lapsed_on = np.full(len(self.standing), "", dtype=object)
        dated = ~np.isnat(self.lapsed_on)
        lapsed_on[dated] = np.datetime_as_string(self.lapsed_on[dated])
        return pd.DataFrame(
            {
                "standing": np.array([name.value for name in STANDINGS], object)[self.standing],
                "leads": self.sets.tuples[self.leads],
                "others": self.sets.tuples[self.others],
                "first_receiver": names[self.first_receiver],
                "lapsed_on": lapsed_on,
            },
            index=pd.RangeIndex(len(self.standing), name="face"),
        )


def ask(register: Register, question: Question) -> Standings:
    """Answer a question for every face of a partition.

    Any day, level and perspective may be asked, and every matter that the partition knows.

    Parameters
    ----------
    register
        ``Register.of(partition, project)``, made once for all questions.
    question
        Matter, level, day and perspective.

    Raises
    ------
    ValueError
        If there is no such matter or level, or claims on the matter are not in the partition.
    """
    if question.level not in LEVEL_RANKS:
        raise ValueError(f"there is no level {question.level!r}")
    duties = duties_on(register, question.matter, question.as_of, perspective=question.perspective)
    return standings(duties, question.level)


#: What the deciding claims make of a face, the strongest first; then nothing decides.
_MADE = (
    Standing.SOLE,
    Standing.NOT_PASSED_DOWN,
    Standing.ELSEWHERE,
    Standing.LEADERLESS,
    Standing.FALLBACK_ONLY,
    Standing.LAPSED,
    Standing.VOID,
)
_HERE, _COARSER, _FINER, _ASSISTED, _FALLBACK, _ENDED, _SILENT = range(len(_MADE))

#: Ranks of levels differ by at most so much.
_LEVELS = len(Level)


def standings(duties: Duties, level: str) -> Standings:
    """Answer for every face who leads at a level, or why nobody does."""
    register = duties.register
    made, face, body = _decided(duties, level)
    sets, set_of = sets_by_row(face, body, register.bodies, register.n_faces)
    standing = np.array([_CODE[name] for name in _MADE], dtype=np.int8)[made]
    led = made <= _FINER
    first_receiver = _first_receivers(duties)
    contested = np.flatnonzero((made == _HERE) & (sets.members.counts[set_of] > 1))
    standing[contested] = _CODE[Standing.CONTESTED]
    agreement = register.agreements.settled(duties.agreements, sets, set_of, contested)
    joint = np.flatnonzero(agreement >= 0)
    standing[joint] = _CODE[Standing.JOINT]
    first_receiver[joint] = register.agreements.first_receiver[agreement[joint]]
    return Standings(
        standing=standing,
        sets=sets,
        leads=np.where(led, set_of, NOBODY).astype(np.int32),
        others=np.where(led, NOBODY, set_of).astype(np.int32),
        first_receiver=first_receiver,
        lapsed_on=_last_ends(duties),
    )


def _decided(duties: Duties, level: str) -> tuple[IntArray, IntArray, IntArray]:
    """Find the claims that decide each face.

    Returns
    -------
    made
        What they make of each face, position in :data:`_MADE`; shape (f,).
    face, body
        Pairs of each face and the bodies of its deciding claims, sorted and without repeats.
    """
    register = duties.register
    rank = _ranks(duties, LEVEL_RANKS[level])[register.claim]
    least = np.minimum.reduceat(rank, register.starts) if len(rank) else rank
    made = np.full(register.n_faces, _SILENT, dtype=np.int64)
    made[register.face[register.starts]] = least // _steps(duties)
    on_face = np.repeat(least, np.diff(np.append(register.starts, len(rank))))
    deciding = np.flatnonzero((rank == on_face) & (rank < _SILENT * _steps(duties)))
    face, body = register.face[deciding], register.body[register.claim[deciding]]
    new = np.ones(len(face), dtype=bool)
    new[1:] = (face[1:] != face[:-1]) | (body[1:] != body[:-1])
    return made, face[new], body[new]


def _steps(duties: Duties) -> int:
    """Return how many ranks there are for each thing that claims make of a face."""
    return (_LEVELS + 1) * (duties.farthest + 1)


def _ranks(duties: Duties, asked: int) -> IntArray:
    """Return the rank of every claim, shape (n,)."""
    level = duties.register.level
    lead = duties.having(Role.LEAD)
    made = np.full(len(level), _SILENT, dtype=np.int64)
    # from the weakest to the strongest: what comes later overrides
    made[duties.ended & lead] = _ENDED
    made[duties.in_force & duties.having(Role.FALLBACK)] = _FALLBACK
    made[duties.in_force & duties.having(Role.ASSIST)] = _ASSISTED
    leading = duties.in_force & lead
    stated = level != LEVEL_RANKS[NO_LEVEL]
    made[leading & (level > asked)] = _FINER
    made[leading & (level < asked) & stated] = _COARSER
    made[leading & ((level == asked) | ~stated)] = _HERE
    elsewhere = (made == _FINER) | (made == _COARSER)
    away = np.where(elsewhere, np.abs(level.astype(np.int64) - asked), 0)
    within = away * (duties.farthest + 1) + np.where(made < _SILENT, duties.distance, 0)
    return np.asarray(made * _steps(duties) + within)


def _first_receivers(duties: Duties) -> Positions:
    """Return, by face, who takes the first call by a claim on the nearest matter."""
    register = duties.register
    result = np.full(register.n_faces, NO_NAME, dtype=np.int32)
    chosen = duties.in_force & duties.having(Role.FIRST_RECEIVER)
    if np.any(chosen):
        at = np.flatnonzero(chosen[register.claim])
        face, claim = register.face[at], register.claim[at]
        starts = run_starts(face)
        n = len(register.bodies)
        # of several on one matter, the first by name
        key = duties.distance[claim] * n + register.body[claim]
        result[face[starts]] = np.minimum.reduceat(key, starts) % n
    return result


def _last_ends(duties: Duties) -> DayArray:
    """Return, by face, the last day on which a lead claim that is over came to its end."""
    register = duties.register
    result = np.full(register.n_faces, np.datetime64("NaT"), dtype="datetime64[D]")
    # a claim called expired before its date has ended on a day that nobody stated
    dated = register.valid_to <= np.datetime64(duties.as_of)
    chosen = duties.ended & duties.having(Role.LEAD) & dated
    if np.any(chosen):
        at = np.flatnonzero(chosen[register.claim])
        face = register.face[at]
        starts = run_starts(face)
        result[face[starts]] = np.maximum.reduceat(register.valid_to[register.claim[at]], starts)
    return result
