"""How every matter stood and will stand on all days on which anything changes, from one partition.

Claims of all times are laid into the partitions of a project (:mod:`gis.duty.passes`), and the day
is asked of a table; so a day more costs no geometry.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import pandas as pd

from gis.arrangement.partition import make_partition
from gis.certificate import account, jurisdiction_area
from gis.duty import (
    Question,
    Register,
    claims_seen,
    duties_on,
    levels_asked,
    matters_asked,
    passes,
    standings,
)
from gis.duty.register import LEVEL_RANKS
from gis.findings import lane_network
from gis.horizon.days import change_days, lapses
from gis.horizon.falls import Answered, falls
from gis.measure import EllipsoidMeasure
from gis.model.vocabulary import Standing
from gis.progress import silent

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from gis.arrangement.partition import Partition
    from gis.findings.lane_network import LaneNetwork
    from gis.model.project import Project
    from gis.progress import Progress

#: Columns of the time series that hold the area of one standing each.
STANDING_COLUMNS = {name.value: f"{name.value}_m2" for name in Standing}

_SERIES = ("date", "matter", "level", *STANDING_COLUMNS.values(), "gap_m2", "jurisdiction_m2")
_KEY = ("date", "matter", "level", "change")
_CALENDAR = (*_KEY, "area_m2", "lanes_m", "places", "bodies", "claim_ids")
_PLACES = (*_KEY, "standing", "area_m2", "bodies", "claim_ids", "lon", "lat", "geometry")


@dataclass(frozen=True, slots=True)
class Horizon:
    """What a project looks like over time; docs/calendar.md has the columns.

    Parameters
    ----------
    as_of, until
        The calendar tells of the days after ``as_of`` up to and including ``until``.
    series
        Areas by standing, by matter, level and day. What a row says holds until the next one.
    lapses
        Claims and agreements that will be over.
    calendar
        What changes for the worse on each coming day, by matter and kind of change.
    calendar_places
        The same place by place, in the working CRS.
    """

    as_of: date
    until: date
    series: pd.DataFrame
    lapses: pd.DataFrame
    calendar: pd.DataFrame
    calendar_places: gpd.GeoDataFrame


def look_ahead(
    project: Project,
    *,
    days: int | None = None,
    first: date | None = None,
    last: date | None = None,
    workers: int = 1,
    progress: Progress = silent,
) -> Horizon:
    """Ask about every matter on all days on which its answer may change.

    Parameters
    ----------
    project
        Tables in one CRS, checked; the calendar begins after its ``as_of``.
    days
        How many days ahead the calendar looks; ``horizon_days`` of the project by default.
    first, last
        Bounds of the time series; by default all days that claims, bodies and agreements state,
        and the day before the first of them.
    workers
        Number of threads; the result is the same for any.
    progress
        Told what is being done, and how far along.

    Raises
    ------
    CertificateError
        If on any day the areas do not add up to the jurisdiction.
    """
    as_of = project.settings.as_of
    until = _days_later(as_of, project.settings.horizon_days if days is None else days)
    asked = matters_asked(project)
    measure = EllipsoidMeasure.around(project.jurisdiction.geometry.to_numpy(), project.crs)
    series: list[dict[str, Any]] = []
    calendar: list[dict[str, Any]] = []
    places: list[dict[str, Any]] = []
    done = 0
    for number, each in enumerate(passes(project)):
        progress("arrangement", done, len(asked))
        partition = make_partition(
            project, each.matters, each.claim_rows, number=number, measure=measure, workers=workers
        )
        timeline = _Timeline(
            project,
            partition,
            Register.of(partition, project),
            lane_network(project, partition, measure),
            jurisdiction_area(partition),
        )
        for matter in each.matters:
            progress("matter", done, len(asked))
            done += 1
            levels = levels_asked(project.claims.iloc[claims_seen(project, matter)[0]])
            changes = change_days(project, matter)
            shown = _shown(changes, as_of, first, last)
            coming = {day for day in changes if as_of < day <= until}
            before: Answered | None = None
            for day in sorted({*shown, *coming, as_of}):
                now = timeline.on(matter, levels, day)
                if day in shown:
                    series.extend(timeline.areas(now))
                if day in coming and before is not None:
                    timeline.collect(before, now, calendar, places)
                before = now
    return Horizon(
        as_of=as_of,
        until=until,
        series=_ordered(_frame(series, _SERIES), asked, ("matter", "level", "date")),
        lapses=lapses(project, as_of, until),
        calendar=_ordered(_frame(calendar, _CALENDAR), asked, _KEY),
        calendar_places=gpd.GeoDataFrame(
            _ordered(_frame(places, _PLACES), asked, (*_KEY, "area_m2", "lon", "lat")),
            geometry="geometry",
            crs=project.crs,
        ),
    )


@dataclass(frozen=True, slots=True)
class _Timeline:
    """One partition, asked about one day after the other."""

    project: Project
    partition: Partition
    register: Register
    network: LaneNetwork | None
    jurisdiction_m2: float

    def on(self, matter: str, levels: tuple[str, ...], day: date) -> Answered:
        """Answer about a matter on a day, at some levels."""
        duties = duties_on(self.register, matter, day)
        return Answered(
            duties,
            {Question(matter, level, day): standings(duties, level) for level in levels},
        )

    def areas(self, answered: Answered) -> Iterator[dict[str, Any]]:
        """Add up the areas of one day, and prove that they make up the jurisdiction."""
        for question, answer in answered.answers.items():
            entry = account(self.partition, question, answer, self.jurisdiction_m2)
            yield {
                "date": question.as_of,
                "matter": question.matter,
                "level": question.level,
                **{STANDING_COLUMNS[name]: area for name, area in entry["by_standing"].items()},
                "gap_m2": entry["gap_m2"],
                "jurisdiction_m2": entry["jurisdiction_m2"],
            }

    def collect(
        self,
        before: Answered,
        after: Answered,
        calendar: list[dict[str, Any]],
        places: list[dict[str, Any]],
    ) -> None:
        """Add what falls on a day to the rows of the calendar and of its places."""
        for fall in falls(self.project, self.partition, self.network, before, after):
            rows = fall.rows(self.project, self.partition)
            calendar.append(
                {
                    **{name: rows[0][name] for name in _KEY},
                    "area_m2": sum(row["area_m2"] for row in rows),
                    "lanes_m": fall.lanes_m,
                    "places": len(rows),
                    **{
                        name: tuple(sorted({one for row in rows for one in row[name]}))
                        for name in ("bodies", "claim_ids")
                    },
                }
            )
            places.extend(rows)


def _shown(
    changes: tuple[date, ...], as_of: date, first: date | None, last: date | None
) -> set[date]:
    """Return the days of the time series: all within its bounds, and the bounds themselves."""
    # what was there before the first change is a part of the story
    early = {_days_later(changes[0], -1)} if changes else set()
    low, high = first or date.min, last or date.max
    bounds = {day for day in (first, last) if day is not None}
    return {day for day in {*early, *changes, as_of} if low <= day <= high} | bounds


def _days_later(day: date, days: int) -> date:
    """Return a day some days later, or the last or first one that there is."""
    left = date.max - day if days > 0 else day - date.min
    step = min(abs(days), left.days)
    return day + timedelta(days=step if days > 0 else -step)


def _frame(rows: list[dict[str, Any]], columns: tuple[str, ...]) -> pd.DataFrame:
    """Return rows as a table, its days as days and its numbers as numbers even without any row."""
    # dates far away have no nanoseconds
    frame = pd.DataFrame({name: [row[name] for row in rows] for name in columns})
    numbers = [name for name in columns if name.endswith("_m2") or name in _NUMBERS]
    frame["date"] = frame["date"].astype("datetime64[s]")
    return frame.astype({**dict.fromkeys(numbers, "float64"), **_whole(columns)})


_NUMBERS = ("lanes_m", "lon", "lat")


def _whole(columns: Iterable[str]) -> dict[str, str]:
    return {"places": "int64"} if "places" in columns else {}


def _ordered(frame: pd.DataFrame, asked: tuple[str, ...], by: tuple[str, ...]) -> pd.DataFrame:
    """Sort rows; matters stand in the order asked, levels from the coarsest on, areas falling."""
    orders: dict[str, Any] = {
        "matter": {name: number for number, name in enumerate(asked)},
        "level": LEVEL_RANKS,
    }

    def key(column: pd.Series) -> pd.Series:
        if column.name in orders:
            return column.map(orders[str(column.name)])
        return -column if column.name == "area_m2" else column

    return frame.sort_values(list(by), key=key, kind="stable", ignore_index=True)
