"""Where a case happened, and who leads there alone on paper."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from gis.duty import MatterTree
from gis.duty.validity import in_force
from gis.model.vocabulary import Level, Role, Standing

if TYPE_CHECKING:
    import geopandas as gpd

    from gis.model.run import Run

#: The finest level last; a lead without a level speaks where none is stated.
_FINENESS = {"": -1} | {level.value: rank for rank, level in enumerate(Level)}


def places_of(cases: gpd.GeoDataFrame, run: Run) -> pd.DataFrame:
    """Return the place of each case, and the one body that leads there on paper.

    Parameters
    ----------
    cases
        Rows of ``cases``, in the coordinate system of the run.
    run
        Who leads where, on its day.

    Returns
    -------
    places
        One row a case, in their order. ``body`` is the only lead of the case's matter at its
        point, at the finest level at which there is one; ``""`` where nobody leads, several do, or
        the point lies between two. ``place`` is the case's ``grid_code``; without one, the claim
        by which that body leads, the nearest to the matter and of these the first by number;
        ``place_kind`` says which, ``grid`` or ``claim``; both are ``""`` where there is neither.
    """
    leads = _sole_leads(cases, run)
    body = leads["body"].reindex(range(len(cases)), fill_value="")
    claim = leads["claim_id"].reindex(range(len(cases)), fill_value="")
    code = cases["grid_code"].to_numpy(dtype=object)
    by_code = code != ""
    by_claim = ~by_code & (claim.to_numpy(dtype=object) != "")
    return pd.DataFrame(
        {
            "place": np.where(by_code, code, claim.to_numpy(dtype=object)),
            "place_kind": np.where(by_code, "grid", np.where(by_claim, "claim", "")),
            "body": body.to_numpy(dtype=object),
        },
        index=cases.index,
    )


def _sole_leads(cases: gpd.GeoDataFrame, run: Run) -> pd.DataFrame:
    """Return body and claim by the number of the case, for cases that one body leads alone."""
    case, atom = run.atoms.sindex.query(cases.geometry.to_numpy(), predicate="intersects")
    met = pd.DataFrame(
        {
            "case": case,
            "atom_id": run.atoms["atom_id"].to_numpy()[atom],
            "claim_ids": run.atoms["claim_ids"].to_numpy()[atom],
            "matter": cases["matter"].to_numpy(dtype=object)[case],
        }
    )
    sole = run.standings[run.standings["standing"] == Standing.SOLE]
    met = met.merge(sole[["atom_id", "matter", "level", "leads"]], on=["atom_id", "matter"])
    met["fineness"] = met["level"].map(_FINENESS)
    met = met[met["fineness"] == met.groupby("case")["fineness"].transform("max")]
    met["body"] = [names[0] for names in met["leads"]]
    # on a border between two leads neither answers alone
    met = met[met.groupby("case")["body"].transform("nunique") == 1]
    met = met.sort_values(["case", "atom_id"]).drop_duplicates("case")
    met["claim_id"] = _claims(met, run)
    return met.set_index("case")[["body", "claim_id"]]


def _claims(met: pd.DataFrame, run: Run) -> list[str]:
    """Return the claim by which the lead of each row leads."""
    tree = MatterTree.of(run.matters)
    leading = run.claims[
        (run.claims["role"] == Role.LEAD) & in_force(run.claims, run.bodies, run.settings.as_of)
    ]
    known = {
        claim: (body, matter)
        for claim, body, matter in zip(
            leading["claim_id"], leading["body"], leading["matter"], strict=True
        )
    }
    answers: dict[tuple[int, str, str], str] = {}
    result = []
    rows = zip(met["atom_id"], met["matter"], met["body"], met["claim_ids"], strict=True)
    for atom, matter, body, claims in rows:
        key = (atom, matter, body)
        if key not in answers:
            lineage = tree.lineage(matter)
            ranked = [
                (lineage.index(known[claim][1]), claim)
                for claim in claims
                if claim in known and known[claim][0] == body and known[claim][1] in lineage
            ]
            answers[key] = min(ranked)[1] if ranked else ""
        result.append(answers[key])
    return result
