"""From one run to the next: which finding is which, and what became of it."""

from gis.lineage.comparison import Comparison, Earlier, compare_lanes, compare_places, placed_in
from gis.lineage.matching import LINKED_SHARE, SAME_SHARE
from gis.lineage.numbers import carried_numbers

__all__ = [
    "LINKED_SHARE",
    "SAME_SHARE",
    "Comparison",
    "Earlier",
    "carried_numbers",
    "compare_lanes",
    "compare_places",
    "placed_in",
]
