"""Two runs beside each other: what became of the findings, in words, as JSON and as layers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from gis.carrying import earlier_lanes, earlier_places, past_of
from gis.labels import Labels
from gis.lineage import LINKED_SHARE, SAME_SHARE, compare_lanes, compare_places
from gis.measure import WGS84, transformer
from gis.model.vocabulary import FindingClass, Relation
from gis.writers import known_ending, refuse_foreign, write_layers

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    import geopandas as gpd
    import pandas as pd

    from gis.catalogue import Catalogue
    from gis.lineage import Comparison
    from gis.model.run import Run
    from gis.writers import Note

#: Layers that are written, those that a person opens first at the top.
DIFF_LAYERS = ("diff", "lane_diff")


@dataclass(frozen=True, slots=True)
class Diff:
    """What became of the findings of one run in another.

    Parameters
    ----------
    before, after
        The runs.
    places, lanes
        The comparison of ``findings`` and of ``lane_findings``.
    """

    before: Run
    after: Run
    places: Comparison
    lanes: Comparison


def diff_of_runs(before: Run, after: Run) -> Diff:
    """Compare two runs.

    Parameters
    ----------
    before, after
        The runs, of any two days, surveys or coordinate systems. What runs before the first had
        found is known if their numbers were carried over.
    """
    past = past_of(before, certificate_sha256="")
    return Diff(
        before,
        after,
        compare_places(earlier_places(past), after.findings),
        compare_lanes(earlier_lanes(past), after.lane_findings),
    )


def changed(changes: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return the rows of a comparison that are not the same as before, or of another class."""
    reclassed = (changes["class_before"] != changes["class"]) & changes["keeps"]
    return changes[(changes["relation"] != Relation.SAME.value) | reclassed]


def diff_json(diff: Diff) -> dict[str, Any]:
    """Return a comparison for programs; docs/commands.md names the parts."""
    return {
        "before": _about(diff.before),
        "after": _about(diff.after),
        "thresholds": {"same": SAME_SHARE, "linked": LINKED_SHARE},
        "relations": _relations(diff.places.changes, "area", "m2"),
        "classes": _classes(diff),
        "class_changes": [
            {"before": before, "after": after, "count": count}
            for (before, after), count in class_changes(diff.places.changes).items()
        ],
        "changed": _entries(diff.places.changes, "area", "m2"),
        "lanes": {
            "relations": _relations(diff.lanes.changes, "length", "m"),
            "changed": _entries(diff.lanes.changes, "length", "m"),
        },
    }


def _about(run: Run) -> dict[str, Any]:
    return {
        "as_of": run.settings.as_of.isoformat(),
        "findings": len(run.findings),
        "area_m2": float(run.findings["area_m2"].sum()),
        "lane_findings": len(run.lane_findings),
        "length_m": float(run.lane_findings["length_m"].sum()),
    }


def _relations(changes: gpd.GeoDataFrame, what: str, unit: str) -> dict[str, dict[str, Any]]:
    """Return how many rows there are of each relation, and how much they were and are."""
    return {
        relation: {
            "count": len(rows),
            f"{what}_before_{unit}": _sum_once(rows, "previous_id", "size_before"),
            f"{what}_{unit}": _sum_once(rows, "finding_id", "size"),
        }
        for relation, rows in _by_relation(changes)
    }


def _by_relation(changes: gpd.GeoDataFrame) -> Iterable[tuple[str, gpd.GeoDataFrame]]:
    for relation in Relation:
        rows = changes[changes["relation"] == relation.value]
        if len(rows):
            yield relation.value, rows


def _sum_once(rows: pd.DataFrame, key: str, size: str) -> float:
    """Add up sizes, of each finding once; parts of one name it several times."""
    return float(rows.drop_duplicates(key)[size].sum())


def _classes(diff: Diff) -> dict[str, dict[str, Any]]:
    """Return number and area before and after of every class that either run found."""
    totals: dict[str, dict[str, Any]] = {}
    for name in FindingClass:
        before, after = (
            run.findings.loc[run.findings["class"] == name.value, "area_m2"]
            for run in (diff.before, diff.after)
        )
        if len(before) + len(after):
            totals[name.value] = {
                "count_before": len(before),
                "count": len(after),
                "area_before_m2": float(before.sum()),
                "area_m2": float(after.sum()),
            }
    return totals


def class_changes(changes: gpd.GeoDataFrame) -> dict[tuple[str, str], int]:
    """Return how many findings that go on changed from one class to another, the most first."""
    rows = changes[changes["keeps"] & (changes["class_before"] != changes["class"])]
    counts: dict[tuple[str, str], int] = {}
    for pair in zip(rows["class_before"], rows["class"], strict=True):
        counts[pair] = counts.get(pair, 0) + 1
    return dict(sorted(counts.items(), key=lambda item: (-item[1], item[0])))


def _entries(changes: gpd.GeoDataFrame, what: str, unit: str) -> list[dict[str, Any]]:
    rows = changed(changes)
    points = shapely.point_on_surface(rows.geometry.to_numpy())
    degrees = transformer(changes.crs, WGS84).transform(
        shapely.get_x(points), shapely.get_y(points)
    )
    return [
        {
            "id": row["finding_id"] or None,
            "previous_id": row["previous_id"] or None,
            "relation": row["relation"],
            "keeps_number": row["keeps"],
            "class_before": row["class_before"] or None,
            "class": row["class"] or None,
            "matter": row["matter"] or None,
            "level": row["level"] or None,
            f"{what}_before_{unit}": _or_none(row["size_before"]),
            f"{what}_{unit}": _or_none(row["size"]),
            "share_before": row["share_before"],
            "share_after": row["share_after"],
            "lon": float(lon),
            "lat": float(lat),
        }
        for row, lon, lat in zip(
            rows.drop(columns="geometry").to_dict("records"), *degrees, strict=True
        )
    ]


def _or_none(number: float) -> float | None:
    return None if np.isnan(number) else float(number)


#: So many changes are written out on a terminal.
_SHOWN = 20

_SQUARE_METRES_PER_HECTARE = 10_000


def diff_lines(diff: Diff, language: str) -> list[str]:
    """Return a comparison as lines for people; the largest changes one by one."""
    labels = Labels.of(diff.after, language)
    texts = labels.texts
    changes = diff.places.changes
    lines = [
        texts.text(
            "diff.head",
            before=diff.before.settings.as_of.isoformat(),
            after=diff.after.settings.as_of.isoformat(),
            count_before=len(diff.before.findings),
            count=len(diff.after.findings),
        )
    ]
    if len(changes):
        lines.append(texts.text("diff.relations", relations=_counted(changes, texts)))
    lines += [
        texts.text(
            "diff.class",
            label=texts.label("class", name),
            count_before=total["count_before"],
            count=total["count"],
            before=_hectares(total["area_before_m2"]),
            after=_hectares(total["area_m2"]),
        )
        for name, total in _classes(diff).items()
    ]
    lines += [
        texts.text(
            "diff.reclassed",
            before=texts.label("class", before),
            after=texts.label("class", after),
            count=count,
        )
        for (before, after), count in class_changes(changes).items()
    ]
    if len(diff.lanes.changes):
        lines.append(texts.text("diff.lanes", relations=_counted(diff.lanes.changes, texts)))
    return lines + _change_lines(changed(changes), labels)


def _counted(changes: gpd.GeoDataFrame, texts: Catalogue) -> str:
    return texts.text("summary.comma").join(
        f"{texts.label('relation', relation)} {len(rows)}"
        for relation, rows in _by_relation(changes)
    )


def _hectares(square_metres: float) -> str:
    return f"{square_metres / _SQUARE_METRES_PER_HECTARE:,.4f}"


def _change_lines(rows: gpd.GeoDataFrame, labels: Labels) -> list[str]:
    texts = labels.texts
    if rows.empty:
        return [texts.text("diff.nothing")]
    # the larger of before and after, so that what went and what came stand side by side
    size = rows[["size_before", "size"]].max(axis=1)
    shown = rows.loc[size.sort_values(ascending=False, kind="stable").index[:_SHOWN]]
    lines = [
        texts.text(
            "diff.change",
            ids=_ids(row),
            relation=texts.label("relation", row["relation"]),
            classes=_arrow(texts.label("class", row[name]) for name in ("class_before", "class")),
            areas=_arrow(
                "" if np.isnan(row[name]) else _hectares(row[name])
                for name in ("size_before", "size")
            ),
            matter=f"{matter} " if (matter := labels.matter(row["matter"])) else "",
        )
        for row in shown.drop(columns="geometry").to_dict("records")
    ]
    if len(rows) > len(shown):
        lines.append(texts.text("gaps.more", count=len(rows) - len(shown)))
    return lines


def _ids(row: dict[Any, Any]) -> str:
    return _arrow((row["previous_id"], row["finding_id"]))


def _arrow(parts: Iterable[str]) -> str:
    """Join what was and what is, where they differ and both are there."""
    return " → ".join(dict.fromkeys(part for part in parts if part))


def layers_of_diff(diff: Diff) -> dict[str, gpd.GeoDataFrame]:
    """Return the changed findings as layers, drawn as they are or, if they went, as they were."""
    return {
        "diff": _layer(diff.places.changes, "area_before_m2", "area_m2"),
        "lane_diff": _layer(diff.lanes.changes, "length_before_m", "length_m"),
    }


def _layer(changes: gpd.GeoDataFrame, size_before: str, size: str) -> gpd.GeoDataFrame:
    rows = changed(changes).reset_index(drop=True)
    return rows.rename(columns={"keeps": "keeps_number", "size_before": size_before, "size": size})


def refuse_output(path: Path) -> None:
    """Refuse a place for the layers of a comparison before anything is computed.

    Raises
    ------
    OutputError
        If the ending stands for no format, or something else is there.
    """
    refuse_foreign(path, DIFF_LAYERS)


def write_diff(diff: Diff, path: Path, *, language: str) -> tuple[Note, ...]:
    """Write the changed findings to a file whose ending decides the format.

    A format of a single layer gets the places alone.

    Raises
    ------
    OutputError
        If the ending stands for no format, or the place cannot be written.
    MissingPartError
        If the format needs a part that is not installed.
    """
    layers = layers_of_diff(diff)
    if known_ending(path).one_layer:
        layers = {"diff": layers["diff"]}
    return write_layers(layers, path, language=language)
