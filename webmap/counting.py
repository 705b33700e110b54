"""What a finding counts as: pages, maps and lists all tell the same things apart.

``gis.summary.tally`` counts a whole run; here is the same rule for a single finding, for tables
that show a part of a run.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from gis.model.vocabulary import FindingClass, LaneFindingClass

if TYPE_CHECKING:
    from collections.abc import Iterable

#: What a finding may count as: a place that asks for somebody's responsibility, one held jointly
#: under an agreement, a stretch of lane, or a matter of data.
KINDS = ("places", "joint", "lanes", "slivers")

_APART: dict[str, str] = {
    FindingClass.JOINT: "joint",
    FindingClass.SLIVER: "slivers",
    **dict.fromkeys(LaneFindingClass, "lanes"),
}


def counted_as(finding_class: str) -> str:
    """Return what a finding of a class counts as: one of ``KINDS``."""
    return _APART.get(finding_class, "places")


def counted(classes: Iterable[str]) -> dict[str, int]:
    """Return how many findings count as what, every one of ``KINDS`` included."""
    numbers = Counter(map(counted_as, classes))
    return {kind: numbers[kind] for kind in KINDS}
