"""The calendar and the time series as lines for people and as JSON for programs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from gis.catalogue import catalogue
from gis.horizon.falls import Change
from gis.horizon.horizon import STANDING_COLUMNS
from gis.labels import Labels
from gis.reasons import area_text, date_text, length_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from gis.horizon.horizon import Horizon
    from gis.model.project import Project

#: So many lapses of one day are written out.
_SHOWN = 10


def horizon_json(horizon: Horizon) -> dict[str, Any]:
    """Return what ``mangqu calendar --json`` prints (docs/calendar.md)."""
    return {
        "as_of": horizon.as_of.isoformat(),
        "until": horizon.until.isoformat(),
        # there is no layer of residents to count them from
        "residents": None,
        "calendar": [
            {
                "date": day.date().isoformat(),
                "lapses": _records(ending.drop(columns="date")),
                "changes": _records(changes.drop(columns="date")),
            }
            for day, ending, changes in _by_day(horizon)
        ],
        "places": _records(pd.DataFrame(horizon.calendar_places.drop(columns="geometry"))),
        "series": [
            {
                "date": row["date"],
                "matter": row["matter"],
                "level": row["level"],
                "jurisdiction_m2": row["jurisdiction_m2"],
                "gap_m2": row["gap_m2"],
                "contested_m2": row["contested_m2"],
                "by_standing": {name: row[column] for name, column in STANDING_COLUMNS.items()},
            }
            for row in _records(horizon.series)
        ],
    }


def calendar_lines(horizon: Horizon, project: Project, language: str) -> list[str]:
    """Return the calendar in words: day by day what lapses, and what falls with it."""
    texts = catalogue(language)
    labels = Labels.of(project, language)
    lines = [
        texts.text(
            "calendar.head",
            name=project.settings.name.text(language),
            as_of=horizon.as_of.isoformat(),
            until=horizon.until.isoformat(),
            count=len(horizon.lapses),
        )
    ]
    for day, ending, changes in _by_day(horizon):
        lines.append(texts.text("calendar.day", date=date_text(day.date().isoformat(), language)))
        told = [_lapse(row, labels) for row in ending.head(_SHOWN).itertuples()]
        if len(ending) > _SHOWN:
            told.append(texts.text("calendar.more", count=len(ending) - _SHOWN))
        told += [_change(row, labels) for row in changes.itertuples()]
        if not len(changes):
            told.append(texts.text("calendar.nothing_falls"))
        lines += [f"  {line}" for line in told]
    lines.append(texts.text("calendar.residents"))
    return lines


def _by_day(horizon: Horizon) -> Iterator[tuple[pd.Timestamp, pd.DataFrame, pd.DataFrame]]:
    """Go through the coming days: each with what lapses on it, and what becomes of the ground."""
    for day in sorted({*horizon.lapses["date"], *horizon.calendar["date"]}):
        yield (
            day,
            horizon.lapses[horizon.lapses["date"] == day],
            horizon.calendar[horizon.calendar["date"] == day],
        )


def _lapse(row: Any, labels: Labels) -> str:  # noqa: ANN401 - a named tuple of pandas
    texts = labels.texts
    basis = texts.label("basis", row.basis)
    details = [
        labels.matter(row.matter) or texts.text("summary.every_matter"),
        labels.texts.label("role", row.role) if row.role else "",
        *((basis, row.basis_ref) if row.kind == "claim" else ()),
    ]
    return texts.text(
        f"calendar.lapse.{row.ends_with}",
        id=row.id,
        bodies=_bodies(row.bodies, labels),
        details=texts.text("summary.comma").join(part for part in details if part),
    )


def _change(row: Any, labels: Labels) -> str:  # noqa: ANN401
    texts, language = labels.texts, labels.texts.language
    about = [labels.matter(row.matter) or texts.text("summary.every_matter")]
    about += [labels.level(row.level)] if row.level else []
    lanes = length_text(row.lanes_m, language)
    return texts.text(
        f"calendar.{Change(row.change).value}",
        about=" · ".join(about),
        area=area_text(row.area_m2, language),
        places=row.places,
        bodies=_bodies(row.bodies, labels),
        lanes=texts.text("calendar.lanes", length=lanes) if row.lanes_m > 0 else "",
    )


def _bodies(bodies: Sequence[str], labels: Labels) -> str:
    return labels.texts.text("summary.comma").join(labels.body(body) for body in bodies)


def _records(table: pd.DataFrame) -> list[dict[str, Any]]:
    """Return rows as JSON has them: days as ISO text, lists as lists."""
    told = table.copy()
    for column in table.columns:
        if pd.api.types.is_datetime64_any_dtype(table[column].dtype):
            told[column] = [day.date().isoformat() for day in table[column]]
    return [
        {
            str(name): list(value) if isinstance(value, tuple) else value
            for name, value in row.items()
        }
        for row in told.to_dict("records")
    ]
