"""From cases and their steps to the places where a duty that is clear on paper is not kept."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from gis.duty import MatterTree
from gis.practice.events import case_measures
from gis.practice.places import places_of
from gis.practice.rates import FEWEST_PLACES, judged, pooled
from gis.practice.silent_claims import silent_claims

if TYPE_CHECKING:
    from gis.model.arrangement import FloatArray
    from gis.model.project import Project
    from gis.model.run import Run

#: What is found: by the test, by the fact that a case went round, by hearing nothing.
CLASSES = ("practice_gap", "practice_loop", "silent")

#: Measures that are tested, and the column of the cases that each counts.
_TESTED = {"bounce": "bounced", "overdue": "overdue", "rework": "reworked"}

_GROUP = ["place", "place_kind", "matter", "body"]


@dataclass(frozen=True, slots=True)
class Practice:
    """What the cases of a project show.

    Parameters
    ----------
    table
        One row for each place × matter × body × measure, with points; the found ones first. The
        columns stand in docs/practice.md.
    cases, placed
        Cases up to the day asked about, and those of them that lie where one body leads alone.
    untested
        Matters with too few places to tell what is ordinary, by name and measure.
    silence_asked
        Whether claims state people or assets, and the records go far enough back.
    """

    table: gpd.GeoDataFrame
    cases: int
    placed: int
    untested: tuple[tuple[str, str], ...]
    silence_asked: bool

    @property
    def found(self) -> gpd.GeoDataFrame:
        """The rows that are findings."""
        return self.table[self.table["class"] != ""]


def practice_of(run: Run, project: Project) -> Practice:
    """Tell where practice differs from paper.

    Parameters
    ----------
    run
        Who leads where, on its day.
    project
        The project that it was made from, with its cases and their steps.

    Raises
    ------
    InputError
        If a claim's number of residents or assets is none.
    """
    settings = run.settings
    until = np.datetime64(settings.as_of + timedelta(days=1), "s")
    reported = project.cases["reported_at"].to_numpy().astype("datetime64[s]")
    cases = project.cases[reported < until].reset_index(drop=True)
    measures = case_measures(
        cases, project.case_events, _limits(cases["matter"], project.matters), until
    )
    told = pd.concat([cases[["matter"]], places_of(cases, run), measures], axis=1)
    told["x"], told["y"] = shapely.get_x(cases.geometry), shapely.get_y(cases.geometry)
    rows, untested = _rates(told, settings.practice.q)
    loops = _loops(told)
    heard = cases.assign(last_seen=measures["last_seen"])
    silent, asked = silent_claims(project, heard, settings.as_of, settings.practice.silent_days)
    placed = int(((told["body"] != "") & (told["place"] != "")).sum())
    table = _drawn(pd.concat([rows, loops, silent], ignore_index=True), project)
    return Practice(table, len(cases), placed, untested, asked)


def _limits(matter: pd.Series[str], matters: pd.DataFrame) -> FloatArray:
    """Return the hours that each case has: those of its matter, else of the nearest ancestor."""
    tree = MatterTree.of(matters)
    own = dict(zip(matters["matter_id"], matters["limit_hours"], strict=True))
    limits = {
        name: next((own[each] for each in tree.lineage(name) if own.get(each, np.nan) > 0), np.nan)
        for name in matter.unique()
    }
    return matter.map(limits).to_numpy(dtype=np.float64)


def _rates(told: pd.DataFrame, q: float) -> tuple[pd.DataFrame, tuple[tuple[str, str], ...]]:
    """Return each place × matter × body × measure with its rate, and what was not tested."""
    alone = told[(told["body"] != "") & (told["place"] != "")]
    parts = []
    for measure, column in _TESTED.items():
        counted = alone.dropna(subset=[column]).groupby(_GROUP, sort=True)
        part = counted.agg(
            cases=(column, "size"),
            troubled=(column, "sum"),
            bounces=("bounces", "sum"),
            loops=("loops", "sum"),
            answer_hours=("answer_hours", "median"),
            x=("x", "mean"),
            y=("y", "mean"),
        ).reset_index()
        parts.append(part.assign(measure=measure))
    rows = pd.concat(parts, ignore_index=True)
    rows["troubled"] = rows["troubled"].astype(np.int64)
    rows["rate"] = rows["troubled"] / rows["cases"]
    rows["class"] = ""
    size = rows.groupby(["matter", "measure"])["place"].transform("size")
    few = rows[size < FEWEST_PLACES]
    untested = tuple(sorted({(m, n) for m, n in zip(few["matter"], few["measure"], strict=True)}))
    for name in ("ordinary_rate", "city_rate", "pooled_rate", "low", "high", "p_value", "q_value"):
        rows[name] = np.nan
    enough = rows.index[size >= FEWEST_PLACES]
    if len(enough):
        some = rows.loc[enough]
        city = some.groupby(["matter", "measure"]).ngroup().to_numpy().astype(np.int64)
        n, x = some["cases"].to_numpy(), some["troubled"].to_numpy()
        judgement = judged(n, x, city, q=q)
        drawn = pooled(n, x, city)
        rows.loc[enough, "ordinary_rate"] = judgement.ordinary_rate
        rows.loc[enough, "city_rate"], rows.loc[enough, "pooled_rate"] = drawn.city_rate, drawn.rate
        rows.loc[enough, "low"], rows.loc[enough, "high"] = drawn.low, drawn.high
        rows.loc[enough, "p_value"], rows.loc[enough, "q_value"] = judgement.p, judgement.q
        rows.loc[enough[judgement.found], "class"] = "practice_gap"
    return rows, untested


def _loops(told: pd.DataFrame) -> pd.DataFrame:
    """Return a finding for each place × matter × body where a case went round."""
    round_ = told[(told["body"] != "") & (told["place"] != "")]
    rows = (
        round_.assign(troubled=round_["loops"] > 0)
        .groupby(_GROUP, sort=True)
        .agg(
            cases=("loops", "size"),
            troubled=("troubled", "sum"),
            bounces=("bounces", "sum"),
            loops=("loops", "sum"),
            answer_hours=("answer_hours", "median"),
            x=("x", "mean"),
            y=("y", "mean"),
        )
        .reset_index()
    )
    rows = rows[rows["loops"] > 0]
    return rows.assign(
        measure="loop", rate=rows["troubled"] / rows["cases"], **{"class": "practice_loop"}
    )


_COLUMNS: dict[str, Any] = {
    "class": "", "place": "", "place_kind": "", "matter": "", "body": "", "measure": "",
    "cases": 0, "troubled": 0, "rate": np.nan, "ordinary_rate": np.nan, "city_rate": np.nan,
    "pooled_rate": np.nan, "low": np.nan, "high": np.nan, "p_value": np.nan, "q_value": np.nan,
    "bounces": 0, "loops": 0,
    "answer_hours": np.nan, "residents": np.nan, "assets": np.nan, "days_silent": np.nan,
}  # fmt: skip


def _drawn(rows: pd.DataFrame, project: Project) -> gpd.GeoDataFrame:
    rows = rows.reindex(columns=[*_COLUMNS, "x", "y"])
    rows = rows.fillna({name: blank for name, blank in _COLUMNS.items() if blank in ("", 0)})
    rows = rows.astype(dict.fromkeys(("cases", "troubled", "bounces", "loops"), np.int64))
    rank = {name: number for number, name in enumerate((*CLASSES, ""))}
    rows["rank"] = rows["class"].map(rank)
    rows = rows.sort_values(
        ["rank", "p_value", "loops", "days_silent", "place", "matter", "body", "measure"],
        ascending=[True, True, False, False, True, True, True, True],
        kind="stable",
    ).reset_index(drop=True)
    points = shapely.points(rows["x"].to_numpy(float), rows["y"].to_numpy(float))
    return gpd.GeoDataFrame(rows[list(_COLUMNS)], geometry=points, crs=project.crs)
