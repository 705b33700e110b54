"""Which number each later finding gets: the one it goes on under, or one never used before."""

from __future__ import annotations

import base64
import hashlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection

    from gis.lineage.comparison import Comparison


def carried_numbers(comparison: Comparison, used: Collection[str]) -> dict[str, str]:
    """Return the number of each later finding by the one that was drawn from its place.

    What goes on an earlier finding (same, moved, the largest part of a split, what several were
    merged into, reopened) takes its number. All others keep the number of their place unless it
    was ever used; then it is drawn anew.

    Parameters
    ----------
    comparison
        Of the run before with this one.
    used
        Every number that an earlier run gave.
    """
    changes = comparison.changes
    later = changes[changes["finding_id"] != ""]
    # what was merged away names the finding that it went into once more
    kept = later[later["keeps"]]
    numbers = dict(zip(kept["finding_id"], kept["previous_id"], strict=True))
    taken = set(used)
    for drawn in sorted(set(later["finding_id"]) - numbers.keys()):
        number, again = drawn, 0
        while number in taken:
            again += 1
            number = _another(drawn, again)
        taken.add(number)
        numbers[drawn] = number
    return numbers


def _another(number: str, again: int) -> str:
    """Return a number of the same form that depends on nothing but this one and a count."""
    prefix, _, drawn = number.partition("-")
    digest = hashlib.sha256(f"{number}|{again}".encode()).digest()
    return f"{prefix}-{base64.b32encode(digest).decode()[: len(drawn)]}"
