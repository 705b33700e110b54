"""Apply an ordinance to findings: which rule speaks, whom it names, and how surely."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import pandas as pd

from gis.law.chain import deciding_rule
from gis.law.choices import chosen_body
from gis.law.facts import circumstances
from gis.law.superiors import Superiors

if TYPE_CHECKING:
    import geopandas as gpd

    from gis.model.law import Law

#: Columns of the answers.
ANSWER_COLUMNS = (
    "finding_id",
    "rule_id",
    "article",
    "role",
    "body",
    "unresolved",
    "confidence",
    "text_zh",
    "text_en",
)

#: Columns that findings get from a law, and the answers' they are taken from.
_OF_FINDINGS = {
    "rule_id": "rule_id",
    "article": "article",
    "proposed_role": "role",
    "proposed_body": "body",
    "unresolved": "unresolved",
    "confidence": "confidence",
}


def answers(
    findings: gpd.GeoDataFrame,
    finding_neighbours: pd.DataFrame,
    *,
    bodies: pd.DataFrame,
    law: Law,
    lanes: gpd.GeoDataFrame | None = None,
    places: gpd.GeoDataFrame | None = None,
) -> pd.DataFrame:
    """Return what an ordinance says about each finding.

    Parameters
    ----------
    findings, finding_neighbours
        As in docs/run-folder.md.
    bodies
        With ``superior_id`` and ``level``.
    law
        The ordinance.
    lanes, places
        Tables of the project in the coordinate system of the findings; None for none.

    Returns
    -------
    answers
        :data:`ANSWER_COLUMNS`, one row for each finding in their order. Where no rule speaks all
        texts are ``""`` and ``confidence`` (0 to 1) is NaN; where a rule speaks but yields no
        body, ``unresolved`` says why.
    """
    superiors = Superiors.of(bodies)
    rows: list[tuple[Any, ...]] = []
    told = circumstances(findings, finding_neighbours, superiors, lanes=lanes, places=places)
    for finding_id, (facts, case) in zip(findings["finding_id"].tolist(), told, strict=True):
        rule = deciding_rule(law.rules, facts)
        if rule is None:
            rows.append((finding_id, "", "", "", "", "", math.nan, "", ""))
            continue
        body, unresolved = chosen_body(rule.then_body, case, law, superiors)
        rows.append(
            (
                finding_id,
                rule.rule_id,
                rule.article,
                rule.then_role,
                body,
                unresolved,
                rule.confidence,
                rule.text_zh,
                rule.text_en,
            )
        )
    frame = pd.DataFrame(rows, columns=list(ANSWER_COLUMNS))
    return frame.astype({"confidence": "float64"})


def with_answers(findings: gpd.GeoDataFrame, answered: pd.DataFrame) -> gpd.GeoDataFrame:
    """Return findings with what the law says about each, in columns before the geometry.

    Parameters
    ----------
    findings
        The findings.
    answered
        What :func:`answers` says of them, in their order.
    """
    result = findings.copy()
    at = result.columns.get_loc("geometry")
    for offset, (name, column) in enumerate(_OF_FINDINGS.items()):
        result.insert(at + offset, name, answered[column].to_numpy())
    return result
