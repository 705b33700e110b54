"""Who leads what: claims, agreements, matters, by matter, level, date and perspective."""

from gis.duty.duties import Duties, duties_on
from gis.duty.matters import MatterTree, claims_seen, levels_asked, matters_asked
from gis.duty.passes import passes
from gis.duty.question import Question
from gis.duty.register import Register
from gis.duty.standing import STANDINGS, Standings, ask, standings

__all__ = [
    "STANDINGS",
    "Duties",
    "MatterTree",
    "Question",
    "Register",
    "Standings",
    "ask",
    "claims_seen",
    "duties_on",
    "levels_asked",
    "matters_asked",
    "passes",
    "standings",
]
