"""Which claims state people or assets, and when each was last heard of."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import shapely

from gis.duty import MatterTree
from gis.duty.validity import in_force
from gis.errors import InputError
from gis.model.vocabulary import Role
from gis.practice.silence import silence

if TYPE_CHECKING:
    from datetime import date

    import geopandas as gpd

    from gis.model.arrangement import FloatArray
    from gis.model.project import Project

#: Columns of the user's own in the claims that say how much there is to look after.
EXPOSURES = ("residents", "assets")


def silent_claims(
    project: Project, cases: gpd.GeoDataFrame, as_of: date, most_days: int
) -> tuple[pd.DataFrame, bool]:
    """Return the lead claims with people or assets from which nothing has been heard for long.

    Parameters
    ----------
    project
        Its claims, with columns of the user's own ``residents``, ``assets`` or both.
    cases
        Cases up to the day, with ``last_seen``. A claim is heard of by every case within it on
        its matter or one below: when it was reported, or somebody last handled or verified it.
    as_of, most_days
        The day asked about, and how many days of silence are too many.

    Returns
    -------
    silent
        One row a claim.
    asked
        False where no claim states either number, or the cases do not go back for so long.

    Raises
    ------
    InputError
        If a number is none.
    """
    claims = project.claims
    exposed = {name: _numbers(claims, name) for name in EXPOSURES if name in claims}
    first = cases["reported_at"].min()
    today = np.datetime64(as_of, "D")
    if not exposed or pd.isna(first):
        return pd.DataFrame(), False
    begun = first.to_datetime64().astype("datetime64[D]")
    if (today - begun).astype(int) < most_days:
        return pd.DataFrame(), False
    told = silence(
        np.nan_to_num(np.array(list(exposed.values()))).sum(axis=0),
        _last_heard(claims, cases, MatterTree.of(project.matters)),
        begun,
        today,
        most_days=most_days,
    )
    leads = (claims["role"] == Role.LEAD) & in_force(claims, project.bodies, as_of)
    rows = np.flatnonzero(told.silent & leads.to_numpy())
    inside = shapely.point_on_surface(claims.geometry.to_numpy()[rows])
    silent = pd.DataFrame(
        {
            "class": "silent",
            "place": claims["claim_id"].to_numpy(dtype=object)[rows],
            "place_kind": "claim",
            "matter": claims["matter"].to_numpy(dtype=object)[rows],
            "body": claims["body"].to_numpy(dtype=object)[rows],
            "measure": "silence",
            "days_silent": told.days[rows].astype(float),
            "x": shapely.get_x(inside),
            "y": shapely.get_y(inside),
            **{name: values[rows] for name, values in exposed.items()},
        }
    )
    return silent, True


def _numbers(claims: pd.DataFrame, column: str) -> FloatArray:
    """Return a column of the user's own as numbers; NaN where it is blank."""
    numbers = pd.to_numeric(claims[column].replace("", None), errors="coerce").to_numpy(float)
    wrong = np.flatnonzero((claims[column] != "").to_numpy() & ~(numbers >= 0))
    if len(wrong):
        at = int(wrong[0])
        raise InputError(
            "exposure_wrong", column=column, value=claims[column].iloc[at],
            claim=claims["claim_id"].iloc[at],
        )  # fmt: skip
    return numbers


def _last_heard(
    claims: gpd.GeoDataFrame, cases: gpd.GeoDataFrame, tree: MatterTree
) -> np.ndarray[tuple[int], np.dtype[np.datetime64]]:
    case, claim = claims.sindex.query(cases.geometry.to_numpy(), predicate="intersects")
    lineages = {name: set(tree.lineage(name)) for name in cases["matter"].unique()}
    of_case = cases["matter"].to_numpy(dtype=object)[case]
    of_claim = claims["matter"].to_numpy(dtype=object)[claim]
    about = np.array(
        [theirs in lineages[own] for own, theirs in zip(of_case, of_claim, strict=True)],
        dtype=bool,
    )
    reported = cases["reported_at"].to_numpy().astype("datetime64[D]")
    seen = cases["last_seen"].to_numpy().astype("datetime64[D]")
    last = np.full(len(claims), np.datetime64("NaT", "D"))
    np.fmax.at(last, claim[about], np.fmax(reported, seen)[case[about]])
    return last
