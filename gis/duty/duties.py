"""The claims that speak about one matter on one day, as everybody or one body states them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from gis.duty.question import EVERYBODY
from gis.duty.register import ROLE_CODES
from gis.model.vocabulary import Role

if TYPE_CHECKING:
    from datetime import date

    from gis.duty.register import Register
    from gis.model.arrangement import BoolArray, IntArray


@dataclass(frozen=True, slots=True)
class Duties:
    """The claims and agreements of a register that speak about one matter on one day.

    Parameters
    ----------
    register
        Where they stand.
    as_of
        The day.
    distance
        How far the matter of each claim is from the one asked: 0 for the same, 1 for its parent,
        and so on; -1 where the claim does not speak about it. Shape (n,).
    farthest
        Upper limit of the distances.
    in_force, ended
        Whether each claim speaks and holds, or speaks and no longer holds; shape (n,).
    agreements
        Agreements in force for the matter, the special before the general.
    """

    register: Register
    as_of: date
    distance: IntArray
    farthest: int
    in_force: BoolArray
    ended: BoolArray
    agreements: IntArray

    def having(self, role: Role) -> BoolArray:
        """Tell which claims have a role, whether or not they hold; shape (n,)."""
        return np.asarray(self.register.role == ROLE_CODES[role])

    def leading(self) -> tuple[IntArray, IntArray]:
        """Return every pair (face, claim) of a lead claim in force, at whatever level."""
        chosen = (self.in_force & self.having(Role.LEAD))[self.register.claim]
        return self.register.face[chosen], self.register.claim[chosen]


def duties_on(
    register: Register, matter: str, as_of: date, *, perspective: str = EVERYBODY
) -> Duties:
    """Pick what speaks about a matter on a day.

    Parameters
    ----------
    register
        Claims and agreements on a partition.
    matter
        One of the partition's matters, or an ancestor of them.
    as_of
        The day.
    perspective
        Body to whose statements to keep; see :class:`gis.duty.question.Question`.

    Raises
    ------
    ValueError
        If there is no such matter, or claims on it are not in the partition, so that the answer
        would leave them out.
    """
    if matter not in register.matters:
        raise ValueError(f"there is no matter {matter!r}")
    lineage = register.tree.lineage(matter)
    steps = np.full(len(register.matters), -1, dtype=np.int64)
    for step, name in enumerate(lineage):
        if name in register.matters:
            steps[register.matters[name]] = step
    distance = steps[register.matter]
    speaks = distance >= 0
    if np.any(speaks & ~register.laid):
        raise ValueError(f"the partition lacks claims on {matter!r}")
    if perspective != EVERYBODY:
        speaks &= register.speaker == _position(register.bodies, perspective)
    return Duties(
        register=register,
        as_of=as_of,
        distance=np.where(speaks, distance, -1),
        farthest=len(lineage),
        in_force=speaks & register.spans.in_force(as_of),
        ended=speaks & register.spans.ended(as_of),
        agreements=register.agreements.in_force(steps, as_of),
    )


def _position(names: tuple[str, ...], name: str) -> int:
    return names.index(name) if name in names else len(names)
