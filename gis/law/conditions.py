"""The closed vocabulary of conditions, and whether one holds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gis.model.law import AllOf, AnyOf, Condition, Meets, Not
from gis.model.vocabulary import (
    GAP_STANDINGS,
    NO_LEVEL,
    FindingClass,
    Level,
    Position,
    Standing,
    ZoneKind,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    #: What is known of a place: its values, by attribute.
    Facts = Mapping[str, frozenset[str]]

#: No claim of a lead lies beside the place, one body's, several bodies' of one superior, others'.
NEIGHBOURS = ("none", "one", "same_superior", "different_superiors")
DISTRICTS = ("none", "one", "several")
YES, NO = "yes", "no"

#: What ``claims`` calls the standings that leave something to be settled.
CLAIMS: dict[str, Standing] = {
    "none": Standing.VOID,
    "lapsed": Standing.LAPSED,
    "assist_only": Standing.LEADERLESS,
    "fallback_only": Standing.FALLBACK_ONLY,
    "contested": Standing.CONTESTED,
    "joint": Standing.JOINT,
    "not_passed_down": Standing.NOT_PASSED_DOWN,
}

#: Attributes of which a place has exactly one value, with all that there are. Those that stand in
#: the project's tables are added by :func:`single_values`.
_SINGLE: dict[str, tuple[str, ...]] = {
    "class": tuple(word.value for word in FindingClass),
    "position": (*(word.value for word in Position), ""),
    "claims": tuple(CLAIMS),
    "neighbours": NEIGHBOURS,
    "districts": DISTRICTS,
    "has_lane": (YES, NO),
    "level": (*(word.value for word in Level), NO_LEVEL),
}

#: Attributes of which a place may have none or several values.
MULTIPLE = ("zone", "place_kind", "touches_levels")

#: Words of conditions that stand for several values.
WIDER_WORDS = {("neighbours", "several"): frozenset({"same_superior", "different_superiors"})}

#: Kinds of zones that need not be in any table.
ZONE_KINDS = tuple(word.value for word in ZoneKind)
LEVELS = tuple(word.value for word in Level)

#: Words that join conditions.
JOINING = ("all", "any", "not")

#: All that may stand in ``when``; ``matter_under`` speaks of a matter and all below it.
CONDITIONS = (
    "class",
    "claims",
    "position",
    "zone",
    "place_kind",
    "neighbours",
    "touches_levels",
    "districts",
    "has_lane",
    "matter",
    "matter_under",
    "level",
    *JOINING,
)


def single_values(matters: frozenset[str]) -> dict[str, frozenset[str]]:
    """Return all values of the attributes of which a place has exactly one.

    Parameters
    ----------
    matters
        Matters that the project knows.
    """
    values = {attribute: frozenset(words) for attribute, words in _SINGLE.items()}
    return {**values, "matter": matters | {""}}


def possible_cases() -> tuple[Condition, ...]:
    """Return what can go together: a class follows from the claims, and only a gap has a position.

    A place that agrees with none of these conditions is never found.
    """
    gaps = {word for word, standing in CLAIMS.items() if standing in GAP_STANDINGS}
    cases = []
    for word, standing in CLAIMS.items():
        classes = {standing.value} | ({"sliver"} if word != "joint" else set())
        positions = frozenset(Position) if word in gaps else frozenset({""})
        cases.append(
            AllOf(
                (
                    Meets("claims", frozenset({word})),
                    Meets("class", frozenset(classes)),
                    Meets("position", frozenset(str(position) for position in positions)),
                )
            )
        )
    return tuple(cases)


def holds(condition: Condition, facts: Facts) -> bool:
    """Tell whether a condition holds of a place."""
    match condition:
        case Meets(attribute, values):
            return not facts[attribute].isdisjoint(values)
        case AllOf(parts):
            return all(holds(part, facts) for part in parts)
        case AnyOf(parts):
            return any(holds(part, facts) for part in parts)
        case Not(part):
            return not holds(part, facts)
