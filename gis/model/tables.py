"""The schema of every input table, declared once and checked where files are read."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from gis.model.vocabulary import Basis, BodyKind, ClaimStatus, EventKind, Level, Role


class ColumnKind(StrEnum):
    """What the values of a column are after reading."""

    TEXT = "text"  # str; a missing value is ""
    NUMBER = "number"  # float64; a missing value is NaN
    DATE = "date"  # datetime64[s] without a time zone; a missing value is NaT
    CHOICE = "choice"  # str out of ``choices``; a missing value is the default
    LIST = "list"  # tuple of str; read from a JSON array or from text parted by ; 、 or |


@dataclass(frozen=True, slots=True)
class Column:
    """One column of an input table.

    Parameters
    ----------
    name
        Our name; the project file maps others to it.
    kind
        What its values become.
    required
        Whether every row must hold a value.
    default
        What a missing value becomes, for text and choices.
    choices
        The words allowed, for a choice.
    """

    name: str
    kind: ColumnKind = ColumnKind.TEXT
    required: bool = False
    default: str = ""
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class TableSchema:
    """Columns, geometry and key of one input table.

    Parameters
    ----------
    name
        The table's name in ``mangqu.toml``.
    columns
        What is known of its columns; others are kept as they are, as text.
    geometry
        ``"polygon"``, ``"line"``, ``"point"`` or ``""`` for a table without one.
    key
        Column that names a row. Where a source leaves it out, rows are numbered in the order
        of the file: ``<key_prefix>000001``.
    key_prefix
        Letter before such a number.
    geometry_required
        Whether every row must hold a geometry.
    """

    name: str
    columns: tuple[Column, ...]
    geometry: str
    key: str
    key_prefix: str
    geometry_required: bool = True

    def column(self, name: str) -> Column | None:
        """Return the declaration of a column, or None where it is a user's own."""
        return next((column for column in self.columns if column.name == name), None)


_LEVEL = Column("level", ColumnKind.CHOICE, choices=tuple(Level))
_VALID = (Column("valid_from", ColumnKind.DATE), Column("valid_to", ColumnKind.DATE))
_NAMES = (Column("name_zh"), Column("name_en"))

TABLES: dict[str, TableSchema] = {
    schema.name: schema
    for schema in (
        TableSchema(
            "jurisdiction", (Column("district_id"), *_NAMES), "polygon", "district_id", "D"
        ),
        TableSchema(
            "bodies",
            (
                Column("body_id", required=True),
                *_NAMES,
                Column("kind", ColumnKind.CHOICE, choices=tuple(BodyKind)),
                _LEVEL,
                Column("superior_id"),
                Column("affiliation_level", ColumnKind.CHOICE, choices=tuple(Level)),
                *_VALID,
            ),
            "",
            "body_id",
            "B",
        ),
        TableSchema(
            "matters",
            (
                Column("matter_id", required=True),
                Column("parent_id"),
                Column("code_gbt30428"),
                *_NAMES,
                Column("kind", ColumnKind.CHOICE, choices=("component", "event")),
                Column("limit_hours", ColumnKind.NUMBER),
            ),
            "",
            "matter_id",
            "M",
        ),
        TableSchema(
            "places",
            (
                Column("place_id", required=True),
                Column("kind"),
                Column("code"),
                *_NAMES,
                Column("accuracy_m", ColumnKind.NUMBER),
            ),
            "polygon",
            "place_id",
            "P",
        ),
        TableSchema(
            "claims",
            (
                Column("claim_id"),
                Column("body", required=True),
                Column("role", ColumnKind.CHOICE, default=Role.LEAD, choices=tuple(Role)),
                Column("matter"),
                _LEVEL,
                *_VALID,
                Column("basis", ColumnKind.CHOICE, choices=tuple(Basis)),
                Column("basis_ref"),
                Column(
                    "status",
                    ColumnKind.CHOICE,
                    default=ClaimStatus.CLAIMED,
                    choices=tuple(ClaimStatus),
                ),
                Column("stated_by"),
                Column("stated_on", ColumnKind.DATE),
                Column("place_id"),
                Column("accuracy_m", ColumnKind.NUMBER),
            ),
            "polygon",
            "claim_id",
            "C",
        ),
        TableSchema(
            "agreements",
            (
                Column("agreement_id"),
                Column("parties", ColumnKind.LIST, required=True),
                Column("matter"),
                Column("first_receiver", required=True),
                Column("signed_on", ColumnKind.DATE),
                Column("valid_to", ColumnKind.DATE),
                Column("place_id"),
            ),
            "polygon",
            "agreement_id",
            "G",
            geometry_required=False,
        ),
        TableSchema(
            "zones",
            (
                Column("zone_id"),
                Column("kind", required=True),
                *_NAMES,
                Column("rule_id"),
                Column("confidence", ColumnKind.NUMBER),
                Column("reason_zh"),
                Column("reason_en"),
            ),
            "polygon",
            "zone_id",
            "Z",
        ),
        TableSchema(
            "lanes",
            (
                Column("lane_id"),
                *_NAMES,
                Column("body"),
                Column("width_m", ColumnKind.NUMBER),
                Column("accuracy_m", ColumnKind.NUMBER),
            ),
            "line",
            "lane_id",
            "L",
        ),
        TableSchema(
            "cases",
            (
                Column("case_id"),
                Column("matter", required=True),
                Column("reported_at", ColumnKind.DATE, required=True),
                Column("grid_code"),
                Column("channel"),
            ),
            "point",
            "case_id",
            "K",
        ),
        TableSchema(
            "case_events",
            (
                Column("event_id"),
                Column("case_id", required=True),
                Column("seq", ColumnKind.NUMBER, required=True),
                Column("at", ColumnKind.DATE, required=True),
                Column("kind", ColumnKind.CHOICE, required=True, choices=tuple(EventKind)),
                Column("from_body"),
                Column("to_body"),
                Column("reason"),
            ),
            "",
            "event_id",
            "E",
        ),
    )
}
