"""What is asked of a partition: one matter, one level, one day, seen by all or by one body."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date

#: The perspective that takes every claim, whoever states it.
EVERYBODY = ""


@dataclass(frozen=True, slots=True)
class Question:
    """Ask who leads a matter at a level on a day.

    Parameters
    ----------
    matter
        A matter, or ``""`` where the project has none.
    level
        A level, or ``""`` where the claims state none.
    as_of
        The day.
    perspective
        A body, to hear only the claims that it has stated: those whose ``stated_by`` names it, and
        its own where nobody is named. ``""`` hears all. Agreements hold in every perspective, as
        all of their parties have signed them.
    """

    matter: str
    level: str
    as_of: date
    perspective: str = EVERYBODY
