"""What is asked of a partition: one matter, one level, one day."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date


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
    """

    matter: str
    level: str
    as_of: date
