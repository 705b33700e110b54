"""The days on which claims and agreements begin or end, and what ends within some days."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from gis.duty import MatterTree, claims_seen, matters_asked
from gis.duty.validity import Spans, days

if TYPE_CHECKING:
    from datetime import date

    from gis.duty.validity import DayArray
    from gis.model.arrangement import BoolArray
    from gis.model.project import Project


def change_days(project: Project, matter: str) -> tuple[date, ...]:
    """Return the days on which the answers about a matter may change, ascending.

    On each of them a claim that speaks about the matter, its body, or an agreement on it begins to
    hold or is over. Between two of them every answer stays what it is.

    Parameters
    ----------
    project
        Whose claims, bodies and agreements these are.
    matter
        A matter, or ``""`` where the project has none.
    """
    rows, _ = claims_seen(project, matter)
    spans = Spans.of(project.claims.iloc[rows], project.bodies)
    agreements = project.agreements[_agreements_on(project, (matter,))]
    found = np.concatenate(
        [
            # what has expired by its status has ended from its first day on
            spans.begins[spans.acknowledged | spans.expired],
            spans.ends[spans.acknowledged],
            days(agreements["signed_on"]),
            days(agreements["valid_to"]),
        ]
    )
    return tuple(np.unique(found[~np.isnat(found)]).astype(object).tolist())


def lapses(project: Project, after: date, until: date) -> pd.DataFrame:
    """Return the claims and agreements on the matters asked that will be over within some days.

    Parameters
    ----------
    project
        Whose they are.
    after, until
        What is over by ``after`` is left out; ``until`` is the last day counted.

    Returns
    -------
    lapses
        ``date`` (the first day without it), ``kind`` (``claim``, ``agreement``), ``id``,
        ``bodies`` (*list*), ``matter``, ``role``, ``basis``, ``basis_ref``, ``ends_with``: what
        comes to its end on that day, the row itself or the ``body`` that holds it. Sorted by
        date, kind and id.
    """
    asked = matters_asked(project)
    rows = np.unique(np.concatenate([claims_seen(project, matter)[0] for matter in asked]))
    claims = project.claims.iloc[rows]
    spans = Spans.of(claims, project.bodies)
    own_end = days(claims["valid_to"])
    found = spans.acknowledged & _lapsing(spans.begins, spans.ends, after, until)
    of_claims = pd.DataFrame(
        {
            "date": spans.ends[found].astype("datetime64[s]"),
            "kind": "claim",
            "id": claims["claim_id"].to_numpy(dtype=object)[found],
            "bodies": [(body,) for body in claims["body"].to_numpy(dtype=object)[found]],
            **{
                name: claims[name].to_numpy(dtype=object)[found]
                for name in ("matter", "role", "basis", "basis_ref")
            },
            "ends_with": np.where(own_end == spans.ends, "claim", "body")[found],
        }
    )
    agreements = project.agreements[_agreements_on(project, asked)]
    ends = days(agreements["valid_to"])
    over = _lapsing(days(agreements["signed_on"]), ends, after, until)
    of_agreements = pd.DataFrame(
        {
            "date": ends[over].astype("datetime64[s]"),
            "kind": "agreement",
            "id": agreements["agreement_id"].to_numpy(dtype=object)[over],
            "bodies": [tuple(sorted(each)) for each in agreements["parties"].to_numpy()[over]],
            "matter": agreements["matter"].to_numpy(dtype=object)[over],
            "role": "",
            "basis": "agreement",
            "basis_ref": "",
            "ends_with": "agreement",
        }
    )
    both = [table for table in (of_claims, of_agreements) if len(table)] or [of_claims]
    return pd.concat(both, ignore_index=True).sort_values(
        ["date", "kind", "id"], ascending=[True, False, True], ignore_index=True
    )


def _lapsing(begins: DayArray, ends: DayArray, after: date, until: date) -> BoolArray:
    """Tell what ends within some days, and has held before it does."""
    # every comparison with NaT is false
    within = (ends > np.datetime64(after)) & (ends <= np.datetime64(until))
    return np.asarray(within & ~(begins >= ends))


def _agreements_on(project: Project, matters: tuple[str, ...]) -> BoolArray:
    """Tell which agreements speak about any of some matters."""
    tree = MatterTree.of(project.matters)
    lineages = {name for matter in matters for name in tree.lineage(matter)}
    return np.asarray(project.agreements["matter"].isin(lineages))
