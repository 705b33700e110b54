"""The map of what changed between two runs: before and after under a line that is moved."""

from __future__ import annotations

import hashlib
import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from gis.catalogue import DEFAULT_LANGUAGE
from gis.diff import changed
from gis.labels import Labels
from gis.lineage import placed_in
from gis.output import new_file
from gis.writers.styles import colours_of
from webmap.assets import Assets, InlineAssets
from webmap.maps.page import policy, templates
from webmap.text import page_catalogue

if TYPE_CHECKING:
    from pathlib import Path

    import geopandas as gpd

    from gis.diff import Diff
    from gis.model.arrangement import GeometryArray

SCRIPT, STYLE = "changes.js", "changes.css"

#: Width of the drawing in its own units.
_WIDTH = 1000.0

#: A change is shown with so much around it, as a share of its own size, and never nearer than this.
_AROUND, _NEAREST = 1.5, 4.0

_SQUARE_METRES_PER_HECTARE = 10_000


@dataclass(frozen=True, slots=True)
class Drawing:
    """How places of a coordinate system are drawn.

    Parameters
    ----------
    west, north
        Upper left corner, in units of the coordinate system.
    scale_x, scale_y
        Units of the drawing for one of those.
    height
        Of the drawing, in its own units.
    """

    west: float
    north: float
    scale_x: float
    scale_y: float
    height: float

    @classmethod
    def of(cls, ground: gpd.GeoDataFrame) -> Drawing:
        """Return the drawing that holds the whole ground."""
        west, south, east, north = shapely.total_bounds(ground.geometry.to_numpy())
        # a degree of longitude is shorter than one of latitude
        narrow = math.cos(math.radians((south + north) / 2)) if ground.crs.is_geographic else 1.0
        scale_x = _WIDTH / (east - west)
        scale_y = scale_x / narrow
        return cls(west, north, scale_x, scale_y, (north - south) * scale_y)

    def path(self, shape: shapely.Geometry) -> str:
        """Return polygons or lines as a path of SVG, made of numbers and three letters alone."""
        parts = shapely.get_parts(shape)
        polygons = shapely.get_type_id(parts) == shapely.GeometryType.POLYGON
        rings = np.concatenate([shapely.get_rings(parts[polygons]), parts[~polygons]])
        return "".join(self._ring(ring) for ring in rings)

    def _ring(self, ring: shapely.Geometry) -> str:
        points = self._placed(shapely.get_coordinates(ring))
        closing = "Z" if shapely.is_closed(ring) else ""
        return "M" + "L".join(f"{x:.3f} {y:.3f}" for x, y in points.tolist()) + closing

    def _placed(self, points: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
        return (points - [self.west, self.north]) * [self.scale_x, -self.scale_y]

    def boxes(self, shapes: GeometryArray) -> list[str]:
        """Return what to show of the drawing for each shape: left, top, width and height."""
        bounds = shapely.bounds(shapes)
        lower, upper = self._placed(bounds[:, :2]), self._placed(bounds[:, 2:])
        middle = (lower + upper) / 2
        side = np.maximum(np.abs(upper - lower).max(axis=1) * (1 + _AROUND), _NEAREST)
        return [
            f"{x - length / 2:.3f} {y - length / 2:.3f} {length:.3f} {length:.3f}"
            for (x, y), length in zip(middle.tolist(), side.tolist(), strict=True)
        ]


def write_changes_map(diff: Diff, path: Path, *, language: str = DEFAULT_LANGUAGE) -> None:
    """Write the map of what changed as one file that asks nothing of any network.

    Parameters
    ----------
    diff
        Two runs, compared.
    path
        The file; it is written aside first and appears whole.
    language
        Of the page.

    Raises
    ------
    OutputError
        If the file cannot be written.
    """
    page = render_changes_page(diff, language=language, assets=InlineAssets())
    with new_file(path) as aside:
        aside.write_text(page, encoding="utf-8")


def render_changes_page(diff: Diff, *, language: str, assets: Assets) -> str:
    """Return the page that shows the findings of two runs, one left and one right of a line."""
    texts = page_catalogue(language)
    labels = replace(Labels.of(diff.after, language), texts=texts)
    ground = diff.after.jurisdiction
    drawing = Drawing.of(ground)
    before = placed_in(diff.before.findings, ground.crs)
    sides = {
        "before": _places(before, _told(diff, "previous_id"), drawing, labels),
        "after": _places(diff.after.findings, _told(diff, "finding_id"), drawing, labels),
    }
    matters = sorted({place["matter"] for places in sides.values() for place in places})
    values: dict[str, Any] = {
        "language": language,
        "title": texts.text("changes.title", name=diff.after.settings.name.text(language)),
        "notice": diff.after.settings.notice.text(language),
        "days": {
            "before": diff.before.settings.as_of.isoformat(),
            "after": diff.after.settings.as_of.isoformat(),
        },
        "width": _WIDTH,
        "height": round(drawing.height, 3),
        "limits": [drawing.path(shape) for shape in ground.geometry],
        "sides": sides,
        "matters": {matter: labels.matter(matter) for matter in matters},
        "classes": {
            name: (texts.label("class", name), colour)
            for name, colour in _FILLS.items()
            if any(place["class"] == name for places in sides.values() for place in places)
        },
        "rows": _rows(diff, drawing, labels),
        "text": texts.text,
        "style": assets.style(STYLE).text,
        "script": assets.script(SCRIPT).text,
    }
    # a file has no server to draw a nonce: nobody can write a payload that knows its own digest
    nonce = hashlib.sha256(repr(values["sides"]).encode("utf-8", "replace")).hexdigest()[:32]
    page: str = (
        templates()
        .get_template("changes.html")
        .render(**values, nonce=nonce, policy=policy(nonce, ()))
    )
    return page


def _fills() -> dict[str, str]:
    colours = colours_of("findings")
    by_value = {} if colours is None else colours.by_value
    return {name: f"rgb({red},{green},{blue})" for name, (red, green, blue, _) in by_value.items()}


_FILLS = _fills()


def _told(diff: Diff, key: str) -> dict[str, str]:
    """Return what became of each finding of one side."""
    changes = diff.places.changes.sort_values("keeps", ascending=False, kind="stable")
    first = changes[changes[key] != ""].drop_duplicates(key)
    return dict(zip(first[key], first["relation"], strict=True))


def _places(
    table: gpd.GeoDataFrame, relations: dict[str, str], drawing: Drawing, labels: Labels
) -> list[dict[str, str]]:
    texts = labels.texts
    return [
        {
            "path": drawing.path(shape),
            "class": name,
            "fill": _FILLS.get(name, "none"),
            "matter": matter,
            "relation": relations.get(number, ""),
            "told": " · ".join(
                part
                for part in (
                    number,
                    texts.label("class", name),
                    labels.matter(matter),
                    f"{area / _SQUARE_METRES_PER_HECTARE:,.4f} {texts.text('changes.hectares')}",
                    texts.label("relation", relations.get(number, "")),
                )
                if part
            ),
        }
        for shape, name, matter, number, area in zip(
            table.geometry,
            table["class"],
            table["matter"],
            table["finding_id"],
            table["area_m2"],
            strict=True,
        )
    ]


def _rows(diff: Diff, drawing: Drawing, labels: Labels) -> list[dict[str, str]]:
    """Return the changed findings for the list, the largest first."""
    rows = changed(diff.places.changes)
    order = rows[["size_before", "size"]].max(axis=1).sort_values(ascending=False, kind="stable")
    rows = rows.loc[order.index]
    texts = labels.texts
    return [
        {
            "ids": " → ".join(dict.fromkeys(number for number in (previous, number) if number)),
            "relation": relation,
            "relation_label": texts.label("relation", relation),
            "matter": matter,
            "matter_label": labels.matter(matter),
            "class_label": " → ".join(
                dict.fromkeys(texts.label("class", name) for name in (was, now) if name)
            ),
            "before": _hectares(size_before),
            "after": _hectares(size),
            "box": box,
        }
        for previous, number, relation, matter, was, now, size_before, size, box in zip(
            rows["previous_id"],
            rows["finding_id"],
            rows["relation"],
            rows["matter"],
            rows["class_before"],
            rows["class"],
            rows["size_before"],
            rows["size"],
            drawing.boxes(rows.geometry.to_numpy()),
            strict=True,
        )
    ]


def _hectares(square_metres: float) -> str:
    if math.isnan(square_metres):
        return "–"
    return f"{square_metres / _SQUARE_METRES_PER_HECTARE:,.4f}"
