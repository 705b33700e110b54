"""Who leads what: claims, agreements, matters, by matter, level and date."""

from gis.duty.matters import MatterTree, claims_seen, levels_asked, matters_asked, matters_by_claims
from gis.duty.question import Question
from gis.duty.standing import Duties, duties_on, standings

__all__ = [
    "Duties",
    "MatterTree",
    "Question",
    "claims_seen",
    "duties_on",
    "levels_asked",
    "matters_asked",
    "matters_by_claims",
    "standings",
]
