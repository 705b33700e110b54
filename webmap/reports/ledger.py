"""The issue ledger (问题台账): what was found, for people to take over, assign and close."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from gis.model.vocabulary import FindingClass
from webmap.reports.sheets import Block, Column, Kind

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import pandas as pd

    from gis.catalogue import Catalogue
    from gis.labels import Labels
    from gis.model.run import Run

#: States of an entry in the ledger, in the order of its life.
STATES = (
    "found",
    "notified",
    "claimed",
    "disputed",
    "escalated",
    "assigned",
    "accepted",
    "verified",
    "closed",
    "reopened",
)

#: Ledger A needs a decision who leads; in ledger B somebody answers already, if not well enough.
LEDGER_B = (FindingClass.FALLBACK_ONLY, FindingClass.NOT_PASSED_DOWN)

_BY_HAND = (
    Column("state", choices="state", strict=True, filled_by_hand=True),
    Column("proposed_lead", choices="body", filled_by_hand=True),
    Column("deadline", Kind.DATE, filled_by_hand=True),
    Column("contact", filled_by_hand=True),
    Column("measure", Kind.LONG, filled_by_hand=True),
    Column("remark", Kind.LONG, filled_by_hand=True),
)
_WHAT = (
    Column("number", Kind.INTEGER),
    Column("finding_id"),
    Column("class"),
    Column("matter"),
    Column("level"),
    Column("districts"),
    Column("zones"),
)
_WHO = (
    Column("bodies", Kind.LONG),
    Column("neighbours", Kind.LONG),
    Column("reason", Kind.LONG),
    Column("law", Kind.LONG),
)
_POINT = (Column("lon", Kind.DEGREES), Column("lat", Kind.DEGREES))
_SIZE = (Column("area_m2", Kind.NUMBER), Column("width_m", Kind.NUMBER))

LEDGER_COLUMNS = (
    *_WHAT,
    Column("ledger"),
    Column("position"),
    *_SIZE,
    *_WHO,
    Column("lapsed_on", Kind.DATE),
    *_POINT,
    *_BY_HAND,
)
LANE_COLUMNS = (
    *_WHAT,
    Column("lane"),
    Column("from_m", Kind.NUMBER),
    Column("to_m", Kind.NUMBER),
    Column("length_m", Kind.NUMBER),
    Column("left_bodies", Kind.LONG),
    Column("right_bodies", Kind.LONG),
    Column("reason", Kind.LONG),
    *_POINT,
    *_BY_HAND,
)
JOINT_COLUMNS = (*_WHAT, *_SIZE, Column("bodies", Kind.LONG), Column("first_receiver"), *_POINT)
SLIVER_COLUMNS = (
    *_WHAT,
    Column("kind_of_sliver"),
    Column("standing"),
    *_SIZE,
    Column("threshold_m", Kind.NUMBER),
    *_WHO[:3],
    *_POINT,
    Column("check", choices="check", strict=True, filled_by_hand=True),
    Column("remark", Kind.LONG, filled_by_hand=True),
)


@dataclass(frozen=True, slots=True)
class Wording:
    """Turns ids and words of a run into what a person reads.

    Parameters
    ----------
    labels
        Names of bodies, matters and districts.
    texts
        Catalogue of the pages.
    """

    labels: Labels
    texts: Catalogue

    @property
    def comma(self) -> str:
        """What stands between the names of a list."""
        return self.texts.text("reason.comma")

    def bodies(self, ids: object) -> str:
        """Return the names of bodies in one text."""
        return self.comma.join(self.labels.body(body) for body in _ids(ids))

    def matter(self, matter: str) -> str:
        """Return a matter's name; the question without one has words too."""
        return self.labels.matter(matter) if matter else self.texts.text("report.every_matter")

    def level(self, level: str) -> str:
        """Return a level's name; the question without one has words too."""
        return self.labels.level(level) if level else self.texts.text("report.every_level")

    def borders(self, pairs: list[tuple[str, float]]) -> str:
        """Return neighbours with their shared border, the longest first."""
        return "\n".join(
            self.texts.text(
                "report.border",
                body=self.labels.body(body) if body else self.texts.text("report.outside"),
                shared=f"{shared_m:,.1f}",
            )
            for body, shared_m in pairs
        )

    def place(self, finding: Mapping[str, Any]) -> dict[str, object]:
        """Return what findings of polygons and of lanes have in common."""
        return {
            "class": self.texts.label("class", finding["class"]),
            "matter": self.matter(finding["matter"]),
            "level": self.level(finding["level"]),
            "districts": self.comma.join(map(self.labels.district, _ids(finding["districts"]))),
            "zones": self.comma.join(map(self.labels.zone, _ids(finding["zones"]))),
            "bodies": self.bodies(finding["bodies"]),
            "reason": finding[f"reason_{self.texts.language}"],
            "lon": finding["lon"],
            "lat": finding["lat"],
        }


def ledger_blocks(run: Run, wording: Wording) -> dict[str, Block]:
    """Return the tables of the ledger by the key of their sheet, ``report.sheet.<key>``."""
    classes = run.findings["class"]
    aside = {"joint": FindingClass.JOINT, "slivers": FindingClass.SLIVER}
    issues = run.findings[~classes.isin(list(aside.values()))]
    return {
        "ledger": Block(LEDGER_COLUMNS, list(finding_rows(run, issues, wording))),
        "lanes": Block(LANE_COLUMNS, list(lane_rows(run.lane_findings, wording))),
        "joint": Block(
            JOINT_COLUMNS, list(finding_rows(run, run.findings[classes == aside["joint"]], wording))
        ),
        "slivers": Block(
            SLIVER_COLUMNS,
            list(finding_rows(run, run.findings[classes == aside["slivers"]], wording)),
        ),
    }


def finding_rows(run: Run, findings: pd.DataFrame, wording: Wording) -> Iterator[dict[str, object]]:
    """Yield a row for each finding, the gravest class first and the largest first in it."""
    borders = shared_borders(run)
    texts = wording.texts
    order = {name: rank for rank, name in enumerate(FindingClass)}
    ranked = findings.assign(_rank=findings["class"].map(order))
    ranked = ranked.sort_values(["_rank", "area_m2", "finding_id"], ascending=[True, False, True])
    for number, finding in enumerate(records(ranked), start=1):
        in_b = finding["class"] in LEDGER_B
        yield {
            **wording.place(finding),
            "number": number,
            "finding_id": finding["finding_id"],
            "ledger": "B" if in_b else "A",
            "position": texts.label("position", finding["position"]) if finding["position"] else "",
            "area_m2": finding["area_m2"],
            "width_m": finding["width_m"],
            "threshold_m": finding["threshold_m"],
            "kind_of_sliver": texts.label("sliver", finding["kind_of_sliver"]),
            "standing": texts.label("standing", finding["standing"]),
            "neighbours": wording.borders(borders.get(finding["finding_id"], [])),
            "law": texts.label("law", finding["law"]) if finding["law"] else "",
            "first_receiver": wording.labels.body(finding["first_receiver"]),
            "lapsed_on": finding["lapsed_on"],
            "state": texts.label("state", STATES[0]),
        }


def lane_rows(lanes: pd.DataFrame, wording: Wording) -> Iterator[dict[str, object]]:
    """Yield a row for each stretch of lane, lane by lane."""
    names = ("name_zh", "name_en")
    first, second = names if wording.texts.language == "zh" else names[::-1]
    ranked = lanes.sort_values(
        ["class", "lane_id", "from_m", "lane_finding_id"], ascending=[False, True, True, True]
    )
    for number, lane in enumerate(records(ranked), start=1):
        yield {
            **wording.place(lane),
            "number": number,
            "finding_id": lane["lane_finding_id"],
            "lane": lane[first] or lane[second] or lane["lane_id"],
            "from_m": lane["from_m"],
            "to_m": lane["to_m"],
            "length_m": lane["length_m"],
            "left_bodies": wording.bodies(lane["left_bodies"]),
            "right_bodies": wording.bodies(lane["right_bodies"]),
            "state": wording.texts.label("state", STATES[0]),
        }


def records(table: pd.DataFrame) -> list[dict[str, Any]]:
    """Return the rows of a table by column name, without its geometry."""
    plain = table.drop(columns="geometry", errors="ignore")
    return [{str(key): value for key, value in row.items()} for row in plain.to_dict("records")]


def shared_borders(run: Run) -> dict[str, list[tuple[str, float]]]:
    """Return (body, shared metres) by finding, the longest border first."""
    ranked = run.finding_neighbours.sort_values(
        ["finding_id", "shared_m", "body"], ascending=[True, False, True]
    )
    borders: dict[str, list[tuple[str, float]]] = {}
    columns = (ranked["finding_id"], ranked["body"], ranked["shared_m"])
    for finding_id, body, shared_m in zip(*columns, strict=True):
        borders.setdefault(str(finding_id), []).append((str(body), float(shared_m)))
    return borders


def _ids(values: object) -> tuple[str, ...]:
    return tuple(map(str, values)) if isinstance(values, (tuple, list)) else ()
