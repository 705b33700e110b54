"""Thousands of points, each asked by hand, against the answers of the whole machine."""

from __future__ import annotations

from datetime import date

import numpy as np
import shapely

from gis.duty import levels_asked
from gis.pipeline import analyse
from tests.builders import COUNTY, DAY, claim, placed, project_of

SEED = 20260815
POINTS = 4000

#: The parent's claims hold for the child unless the child has its own on the spot.
TREE = {"city": "", "sweeping": "city"}


def rule_by_hand(rows: list[dict], level: str, levels: tuple[str, ...]) -> str:
    """Return the standing that the written rules give to a point covered by some claims."""

    def leads(of_level: str) -> set[str]:
        held = [
            row
            for row in rows
            if row["role"] == "lead" and row["level"] in (of_level, "") and row["holds"]
        ]
        own = {row["body"] for row in held if row["matter"] == "sweeping"}
        return own or {row["body"] for row in held}

    here = leads(level)
    if len(here) > 1:
        return "contested"
    if here:
        return "sole"
    at = levels.index(level)
    if any(leads(coarser) for coarser in levels[:at]):
        return "not_passed_down"
    if any(leads(finer) for finer in levels[at + 1 :]):
        return "elsewhere"
    for role, standing in (("assist", "leaderless"), ("fallback", "fallback_only")):
        if any(row["role"] == role and row["holds"] for row in rows):
            return standing
    return "lapsed" if any(row["role"] == "lead" and row["over"] for row in rows) else "void"


def test_every_standing_agrees_with_thousands_of_points_asked_by_hand():
    random = np.random.default_rng(SEED)
    ends = [None, date(2026, 6, 30), DAY, date(2027, 1, 1)]
    rows = []
    for _ in range(40):
        corner, size = random.uniform(-100, 950, 2), random.uniform(60, 420, 2)
        end = ends[random.choice(4, p=[0.55, 0.2, 0.1, 0.15])]
        rows.append(
            {
                "body": str(random.choice(["甲", "乙", "丙", "丁"])),
                "shape": shapely.box(*corner, *(corner + size)),
                "matter": str(random.choice(["sweeping", "city"], p=[0.7, 0.3])),
                "role": str(random.choice(["lead", "assist", "fallback"], p=[0.6, 0.2, 0.2])),
                "level": str(random.choice(["county", "street", ""], p=[0.4, 0.4, 0.2])),
                "valid_to": end,
                "holds": end is None or end > DAY,
                "over": end is not None and end <= DAY,
            }
        )
    project = project_of(
        *(
            claim(row["body"], row["shape"], row["matter"], role=row["role"], level=row["level"],
                  **({"valid_to": row["valid_to"]} if row["valid_to"] else {}))
            for row in rows
        ),
        tree=TREE,
    )  # fmt: skip
    run = analyse(project)
    levels = levels_asked(project.claims)
    assert levels == ("county", "street")

    spots = random.uniform(0, 1000, (POINTS, 2))
    inside = np.stack(
        [shapely.contains_xy(row["shape"], spots[:, 0], spots[:, 1]) for row in rows], axis=1
    )
    points = np.array([placed(shapely.Point(spot)) for spot in spots])
    spot, atom = run.atoms.sindex.query(points, predicate="within")
    standing_of = {(row.atom_id, row.level): row.standing for row in run.standings.itertuples()}
    atom_ids = run.atoms["atom_id"].to_numpy()
    # a point within a millimetre of a border may fall to either side, or on it
    assert len(spot) > 0.999 * POINTS
    seen = set()
    for at, number in zip(spot.tolist(), atom.tolist(), strict=True):
        covering = [row for row, covers in zip(rows, inside[at], strict=True) if covers]
        for level in levels:
            expected = rule_by_hand(covering, level, levels)
            assert standing_of[atom_ids[number], level] == expected
            seen.add(expected)
    assert seen == {
        "sole", "contested", "not_passed_down", "elsewhere",
        "leaderless", "fallback_only", "lapsed", "void",
    }  # fmt: skip
    assert COUNTY.area == 1_000_000
