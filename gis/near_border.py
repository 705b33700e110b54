"""How far the nearest other answer is, and whether the borders are exact enough to tell."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import shapely

from gis.measure import EllipsoidMeasure
from gis.model.vocabulary import Role

if TYPE_CHECKING:
    import pandas as pd

    from gis.model.run import Run

#: How sure an answer is: beyond what the borders' accuracy leaves open, or within it.
SURE, WITHIN_ACCURACY = "sure", "within_accuracy"


@dataclass(frozen=True, slots=True)
class NearBorder:
    """The nearest border of an answer.

    Parameters
    ----------
    distance_m
        Metres on the ellipsoid from the point to ground with other leads.
    accuracy_m
        k·√(σ₁²+σ₂²) of the claims on both sides, as for slivers: nearer than this nobody can tell.
    beyond
        Leads beyond it; empty where nobody leads there.
    """

    distance_m: float
    accuracy_m: float
    beyond: tuple[str, ...]

    @property
    def certainty(self) -> str:
        """Return how sure the answer on this side is."""
        return SURE if self.distance_m > self.accuracy_m else WITHIN_ACCURACY


def near_border(run: Run, point: shapely.Point, own: pd.Series) -> NearBorder | None:
    """Return the nearest border beyond which others lead, or None where all leads are the same.

    The limit of the jurisdiction is no such border.

    Parameters
    ----------
    run
        The run that was asked.
    point
        In its coordinate system.
    own
        The answer at the point: ``matter``, ``level``, ``leads``, ``claim_ids``.
    """
    same_question = (run.standings["matter"] == own["matter"]) & (
        run.standings["level"] == own["level"]
    )
    asked = run.standings[same_question]
    # tuples are no scalars to pandas
    others = asked[[leads != own["leads"] for leads in asked["leads"]]]
    if others.empty:
        return None
    atoms = run.atoms.set_index("atom_id").loc[others["atom_id"]]
    shapes = atoms.geometry.to_numpy()
    at = int(np.argmin(shapely.distance(shapes, point)))
    across = others.iloc[at]
    here = _accuracy_m(run, own["claim_ids"], own["leads"])
    there = _accuracy_m(run, atoms.iloc[at]["claim_ids"], across["leads"])
    return NearBorder(
        distance_m=_metres(run, point, shapes[at]),
        accuracy_m=run.settings.sliver_k * math.hypot(here, there),
        beyond=tuple(across["leads"]),
    )


def _accuracy_m(run: Run, claim_ids: tuple[str, ...], leads: tuple[str, ...]) -> float:
    """Return the least accurate of the lead claims on a side; the project's where nobody leads."""
    claims = run.claims[
        run.claims["claim_id"].isin(claim_ids)
        & (run.claims["role"] == Role.LEAD)
        & run.claims["body"].isin(leads)
    ]
    return float(claims["accuracy_m"].max()) if len(claims) else run.settings.accuracy_m


def _metres(run: Run, point: shapely.Point, shape: shapely.Geometry) -> float:
    line = shapely.shortest_line(point, shape)
    measure = EllipsoidMeasure.around(np.array([line], dtype=object), run.atoms.crs)
    return float(measure.segment_lengths(shapely.get_coordinates(line)[np.newaxis])[0])
