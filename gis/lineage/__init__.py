"""From one run to the next: which finding is which, and what became of it."""

from gis.lineage.comparison import Comparison, Earlier, compare_lanes, compare_places
from gis.lineage.matching import LINKED_SHARE, SAME_SHARE

__all__ = [
    "LINKED_SHARE",
    "SAME_SHARE",
    "Comparison",
    "Earlier",
    "compare_lanes",
    "compare_places",
]
