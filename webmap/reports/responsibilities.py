"""The responsibility list (责任清单) of each body: its duties, what it leads, what touches it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from gis.duty.validity import in_force
from gis.model.vocabulary import ClaimStatus, Role
from gis.writers.cells import as_day
from webmap.counting import counted_as
from webmap.reports.ledger import records, shared_borders
from webmap.reports.sheets import Block, Column, Kind

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import pandas as pd

    from gis.model.run import Run
    from webmap.reports.ledger import Wording

#: With more bodies than this, all share one sheet for each table, to be filtered by body.
MOST_BODY_SHEETS = 60

#: A claim that ends within these days is told beforehand.
EXPIRING = dt.timedelta(days=90)

#: What a claim may be said to be while it counts.
IN_FORCE = ("in_force", "expiring")

#: What counts as a problem that touches a body; what it holds jointly, and slivers, do not.
TOUCHING_KINDS = ("places", "lanes")

#: What a body may answer to a finding that touches it.
REPLIES = ("claim", "disclaim", "discuss")

SQUARE_KILOMETRE_M2 = 1e6

INDEX_COLUMNS = (
    Column("body"),
    Column("sheet", Kind.LINK),
    Column("body_kind"),
    Column("level"),
    Column("superior"),
    Column("lead_claims", Kind.INTEGER),
    Column("assist_claims", Kind.INTEGER),
    Column("other_claims", Kind.INTEGER),
    Column("idle_claims", Kind.INTEGER),
    Column("touching_findings", Kind.INTEGER),
    Column("body_id"),
)
DUTY_COLUMNS = (
    Column("matter"),
    Column("role"),
    Column("level"),
    Column("area_km2", Kind.FINE),
    Column("valid_from", Kind.DATE),
    Column("valid_to", Kind.DATE),
    Column("validity"),
    Column("basis"),
    Column("status"),
    Column("basis_ref", Kind.LONG),
    Column("claim_id"),
)
LED_COLUMNS = (
    Column("matter"),
    Column("standing"),
    Column("level"),
    Column("area_km2", Kind.FINE),
)
TOUCHING_COLUMNS = (
    Column("finding_id"),
    Column("class"),
    Column("matter"),
    Column("level"),
    Column("districts"),
    Column("relation"),
    Column("area_m2", Kind.NUMBER),
    Column("shared_m", Kind.NUMBER),
    Column("length_m", Kind.NUMBER),
    Column("reason", Kind.LONG),
    Column("lon", Kind.DEGREES),
    Column("lat", Kind.DEGREES),
    Column("reply", choices="reply", strict=True, filled_by_hand=True),
    Column("remark", Kind.LONG, filled_by_hand=True),
)
_BODY = Column("body")

Row = dict[str, object]


@dataclass(slots=True)
class Duties:
    """What concerns one body.

    Parameters
    ----------
    duties, led, touching
        Rows of the three tables of its sheet.
    roles
        Role of each of its claims in force.
    idle
        Number of its claims that are denied, over or not yet begun.
    """

    duties: list[Row] = field(default_factory=list)
    led: list[Row] = field(default_factory=list)
    touching: list[Row] = field(default_factory=list)
    roles: list[str] = field(default_factory=list)
    idle: int = 0

    def index_row(self) -> Row:
        """Return the counts that the index shows."""
        lead, assist = self.roles.count(Role.LEAD), self.roles.count(Role.ASSIST)
        return {
            "lead_claims": lead,
            "assist_claims": assist,
            "other_claims": len(self.roles) - lead - assist,
            "idle_claims": self.idle,
            "touching_findings": len(self.touching),
        }


def duties_by_body(run: Run, wording: Wording) -> dict[str, Duties]:
    """Return what concerns each body, in the order of the bodies' table.

    Bodies that only claims or findings name follow in alphabetical order.
    """
    stated: list[str] = run.bodies["body_id"].tolist()
    by_body = {body: Duties() for body in stated}
    found: list[tuple[str, str, Row]] = [
        *(("duties", body, row) for body, row in _duty_rows(run, wording)),
        *(("led", body, row) for body, row in _led_rows(run, wording)),
        *(("touching", body, row) for body, row in _touching_rows(run, wording)),
    ]
    for body in sorted({body for _, body, _ in found} - set(stated)):
        by_body[body] = Duties()
    for table, body, row in found:
        getattr(by_body[body], table).append(row)
    holds = in_force(run.claims, run.bodies, run.settings.as_of)
    for body, role, counts in zip(run.claims["body"], run.claims["role"], holds, strict=True):
        if counts:
            by_body[body].roles.append(role)
        else:
            by_body[body].idle += 1
    return by_body


def body_blocks(duties: Duties, wording: Wording) -> list[Block]:
    """Return the three tables of one body's sheet."""
    texts = wording.texts
    return [
        Block(DUTY_COLUMNS, duties.duties, texts.text("report.sheet.duties")),
        Block(LED_COLUMNS, duties.led, texts.text("report.sheet.led")),
        Block(TOUCHING_COLUMNS, duties.touching, texts.text("report.sheet.touching")),
    ]


def common_blocks(by_body: Mapping[str, Duties], wording: Wording) -> dict[str, Block]:
    """Return the three tables for all bodies, by the key of their sheet."""
    columns = {"duties": DUTY_COLUMNS, "led": LED_COLUMNS, "touching": TOUCHING_COLUMNS}
    return {
        table: Block(
            (_BODY, *columns[table]),
            [
                {"body": wording.labels.body(body), **row}
                for body, duties in by_body.items()
                for row in getattr(duties, table)
            ],
        )
        for table in columns
    }


def index_block(run: Run, by_body: Mapping[str, Duties], sheets: list[str], w: Wording) -> Block:
    """Return the list of bodies with the sheet where each is found."""
    stated = {str(row["body_id"]): row for row in records(run.bodies)}
    rows: list[Row] = []
    for (body, duties), sheet in zip(by_body.items(), sheets, strict=True):
        row = stated.get(body, {"kind": "", "level": "", "superior_id": ""})
        rows.append(
            {
                "body": w.labels.body(body),
                "sheet": sheet,
                "body_kind": w.texts.label("body_kind", row["kind"]) if row["kind"] else "",
                "level": w.labels.level(row["level"]),
                "superior": w.labels.body(row["superior_id"]),
                "body_id": body,
                **duties.index_row(),
            }
        )
    return Block(INDEX_COLUMNS, rows)


def claim_areas(run: Run) -> dict[str, float]:
    """Return the area that each claim covers within the jurisdiction, m² on the ellipsoid.

    Taken from the atoms, so that lists, map and certificate agree. A claim that several
    partitions see covers the same ground in each; the largest sum is taken.
    """
    covered = run.atoms[["arrangement", "area_m2", "claim_ids"]].explode("claim_ids")
    covered = covered.dropna(subset="claim_ids")
    sums = covered.groupby(["claim_ids", "arrangement"])["area_m2"].sum()
    return {str(claim): float(area) for claim, area in sums.groupby("claim_ids").max().items()}


def _duty_rows(run: Run, wording: Wording) -> Iterator[tuple[str, Row]]:
    areas = claim_areas(run)
    order = {role: rank for rank, role in enumerate(Role)}
    validity = validities(run.claims, run.bodies, run.settings.as_of)
    claims = records(run.claims.assign(validity=validity))
    claims.sort(key=lambda claim: (order[claim["role"]], claim["matter"], claim["claim_id"]))
    texts = wording.texts
    for claim in claims:
        yield (
            claim["body"],
            {
                "matter": wording.matter(claim["matter"]),
                "role": texts.label("role", claim["role"]),
                "level": wording.level(claim["level"]),
                "area_km2": areas.get(claim["claim_id"], 0.0) / SQUARE_KILOMETRE_M2,
                "valid_from": as_day(claim["valid_from"]),
                "valid_to": as_day(claim["valid_to"]),
                "validity": texts.text(f"report.validity.{claim['validity']}"),
                "basis": texts.label("basis", claim["basis"]) if claim["basis"] else "",
                "basis_ref": claim["basis_ref"],
                "status": texts.label("claim_status", claim["status"]),
                "claim_id": claim["claim_id"],
            },
        )


def validities(claims: pd.DataFrame, bodies: pd.DataFrame, as_of: dt.date) -> list[str]:
    """Return what each claim is on a day: a key of ``report.validity``."""
    holds = in_force(claims, bodies, as_of)
    return [
        _validity(claim, as_of) if counts else _why_idle(claim, as_of)
        for claim, counts in zip(records(claims), holds, strict=True)
    ]


def _validity(claim: Mapping[str, Any], as_of: dt.date) -> str:
    end = as_day(claim["valid_to"])
    return "expiring" if end is not None and end <= as_of + EXPIRING else "in_force"


def _why_idle(claim: Mapping[str, Any], as_of: dt.date) -> str:
    start, end = as_day(claim["valid_from"]), as_day(claim["valid_to"])
    if claim["status"] == ClaimStatus.DISCLAIMED:
        return "disclaimed"
    if claim["status"] == ClaimStatus.EXPIRED or (end is not None and end <= as_of):
        return "ended"
    # whatever else holds a claim up is that its body is not there on that day
    return "not_yet" if start is not None and start > as_of else "no_body"


def _led_rows(run: Run, wording: Wording) -> Iterator[tuple[str, Row]]:
    areas = run.atoms[["atom_id", "area_m2"]]
    led = run.standings.explode("leads").dropna(subset="leads").merge(areas, on="atom_id")
    keys = ["leads", "matter", "level", "standing"]
    # a claim at another level is no lead here; it shows where it is asked for
    led = led[led["standing"] != "elsewhere"]
    for key, area in led.groupby(keys, sort=True)["area_m2"].sum().items():
        body, matter, level, standing = map(str, key if isinstance(key, tuple) else (key,))
        yield (
            body,
            {
                "matter": wording.matter(matter),
                "level": wording.level(level),
                "standing": wording.texts.label("standing", standing),
                "area_km2": area / SQUARE_KILOMETRE_M2,
            },
        )


def _touching_rows(run: Run, wording: Wording) -> Iterator[tuple[str, Row]]:
    """Yield the findings of responsibility that a body claims, borders on or receives first."""
    borders = shared_borders(run)
    neighbour = wording.texts.text("report.relation.neighbour")
    receiver = wording.texts.text("report.column.first_receiver")
    findings = run.findings[run.findings["class"].map(counted_as).isin(TOUCHING_KINDS)]
    findings = findings.sort_values(["area_m2", "finding_id"], ascending=[False, True])
    for finding in records(findings):
        shared = dict(borders.get(finding["finding_id"], []))
        row = {**_common(finding, wording), "finding_id": finding["finding_id"]}
        beside = (*shared, *finding["neighbours"])
        claimant = wording.texts.text(f"card.bodies.{finding['class']}")
        relations = {
            finding["first_receiver"]: receiver,
            **dict.fromkeys(beside, neighbour),
            **dict.fromkeys(finding["bodies"], claimant),
        }
        for body, relation in relations.items():
            if body:
                yield (
                    body,
                    {
                        **row,
                        "area_m2": finding["area_m2"],
                        "relation": relation,
                        "shared_m": shared.get(body),
                    },
                )
    lanes = run.lane_findings.sort_values("lane_finding_id")
    for lane in records(lanes):
        row = {**_common(lane, wording), "finding_id": lane["lane_finding_id"]}
        sides = (*lane["bodies"], *lane["left_bodies"], *lane["right_bodies"])
        for body in dict.fromkeys(filter(None, sides)):
            yield body, {**row, "length_m": lane["length_m"], "relation": neighbour}


def _common(finding: Mapping[str, Any], wording: Wording) -> Row:
    row = wording.place(finding)
    return {key: row[key] for key in row if key not in ("bodies", "zones")}
