"""The field's words as enumerations; their Chinese and English labels stand in the catalogues."""

from enum import StrEnum


class Role(StrEnum):
    """What a body does for a matter at a place (主责, 协同, 监管 …)."""

    LEAD = "lead"
    ASSIST = "assist"
    SUPERVISE = "supervise"
    FUND = "fund"
    FIRST_RECEIVER = "first_receiver"
    SPONSOR = "sponsor"
    FALLBACK = "fallback"


class Level(StrEnum):
    """Tiers of administration, the coarsest first."""

    CENTRAL = "central"
    PROVINCE = "province"
    CITY = "city"
    COUNTY = "county"
    STREET = "street"
    COMMUNITY = "community"
    GRID = "grid"


#: A claim or question that states no level.
NO_LEVEL = ""

#: A claim for every matter, or the one question of a project without matters.
EVERY_MATTER = ""


class BodyKind(StrEnum):
    """What sort of body answers (政府, 部门, 企业 …)."""

    GOVERNMENT = "government"
    DEPARTMENT = "department"
    ENTERPRISE = "enterprise"
    COMMUNITY = "community"
    PROPERTY = "property"
    STATIONED = "stationed"


class Basis(StrEnum):
    """What a claim rests on."""

    LAW = "law"
    DECISION = "decision"
    AGREEMENT = "agreement"
    CONTRACT = "contract"
    CUSTOM = "custom"
    RULE = "rule"


class ClaimStatus(StrEnum):
    """How far a claim has been acknowledged."""

    CLAIMED = "claimed"
    CONFIRMED = "confirmed"
    DISCLAIMED = "disclaimed"
    EXPIRED = "expired"


class ZoneKind(StrEnum):
    """The four kinds of place where responsibility tends to vanish."""

    OIL_LOCAL = "oil_local"
    FRINGE = "fringe"
    UNIT_SURROUNDINGS = "unit_surroundings"
    BACK_LANE = "back_lane"


class Standing(StrEnum):
    """How one atom stands for one question (matter, date, level)."""

    SOLE = "sole"
    JOINT = "joint"
    CONTESTED = "contested"
    ELSEWHERE = "elsewhere"  # led at another level only, where none is expected at this one
    NOT_PASSED_DOWN = "not_passed_down"
    FALLBACK_ONLY = "fallback_only"
    LEADERLESS = "leaderless"
    LAPSED = "lapsed"
    VOID = "void"


#: Standings in which no claim names a lead at any level: the gap of the identity.
GAP_STANDINGS = (Standing.VOID, Standing.LAPSED, Standing.LEADERLESS, Standing.FALLBACK_ONLY)


class FindingClass(StrEnum):
    """Classes of findings, the gravest first; domain reference: docs/findings.md."""

    VOID = "void"
    LAPSED = "lapsed"
    LEADERLESS = "leaderless"
    FALLBACK_ONLY = "fallback_only"
    CONTESTED = "contested"
    NOT_PASSED_DOWN = "not_passed_down"
    JOINT = "joint"
    SLIVER = "sliver"


class LaneFindingClass(StrEnum):
    """Classes of findings along a lane."""

    UNOWNED = "lane_unowned"
    BORDER = "lane_border"


class SliverKind(StrEnum):
    """Which side of a drafting error a sliver is."""

    GAP = "gap"
    OVERLAP = "overlap"


class Position(StrEnum):
    """Where a finding lies among the claims around it."""

    HOLE = "hole"  # inside one claimed polygon
    BETWEEN_PARTS = "between_parts"  # enclosed, mostly by separate parts of one body's claims
    ENCLOSED = "enclosed"  # enclosed by several bodies
    INLET = "inlet"  # open to the limit of the jurisdiction
    DETACHED = "detached"  # touches nobody's claim


class Relation(StrEnum):
    """What became of a finding between two runs (未变, 变动, 拆分 …)."""

    SAME = "same"
    MOVED = "moved"
    SPLIT = "split"
    MERGED = "merged"
    NEW = "new"
    CLOSED = "closed"
    REOPENED = "reopened"


#: What is wanting at a place; it keeps its number while its standing changes within one of these.
_WANTING = {
    Standing.CONTESTED.value: "overlap",
    Standing.JOINT.value: "overlap",
    Standing.NOT_PASSED_DOWN.value: "level",
}


def wanting(standing: str) -> str:
    """Return what is wanting at a place of a standing: ``gap``, ``overlap`` or ``level``."""
    return _WANTING.get(standing, "gap")
