"""Findings as plain lists and dictionaries, for answers that programs read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from gis.model.run import Run


def findings_json(run: Run) -> list[dict[str, Any]]:
    """Return the findings as ``mangqu gaps --json`` prints them (docs/commands.md)."""
    shared: dict[str, list[dict[str, Any]]] = {}
    for row in run.finding_neighbours.itertuples():
        entry = {"body": row.body, "shared_m": row.shared_m}
        shared.setdefault(str(row.finding_id), []).append(entry)
    return [
        {
            "id": row["finding_id"],
            "class": row["class"],
            "kind_of_sliver": row["kind_of_sliver"] or None,
            "position": row["position"] or None,
            "area_m2": row["area_m2"],
            "width_m": row["width_m"],
            "lon": row["lon"],
            "lat": row["lat"],
            "bodies": list(row["bodies"]),
            "neighbours": shared.get(row["finding_id"], []),
            "zones": list(row["zones"]),
            "matter": row["matter"] or None,
        }
        for row in run.findings.drop(columns="geometry").to_dict("records")
    ]


def lanes_json(run: Run) -> list[dict[str, Any]]:
    """Return the findings along lanes as ``mangqu gaps --json`` prints them."""
    columns = ("class", "from_m", "to_m", "length_m", "lon", "lat", "bodies", "zones")
    return [
        {
            "id": row["lane_finding_id"],
            "lane": row["name_zh"] or row["name_en"] or row["lane_id"],
            **{
                column: list(row[column]) if isinstance(row[column], tuple) else row[column]
                for column in columns
            },
        }
        for row in run.lane_findings.drop(columns="geometry").to_dict("records")
    ]
