"""How the layers of a run look: the styles that QGIS applies by itself, and their colours."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

from gis.model.run import GEOMETRY_TYPES

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class Colours:
    """The colours of a layer.

    Parameters
    ----------
    column
        Column whose value decides; ``""`` where every row looks alike.
    by_value
        Red, green, blue and opacity, each 0 to 255; under ``""`` where every row looks alike.
    """

    column: str
    by_value: dict[str, tuple[int, int, int, int]]


def embed_styles(path: Path) -> None:
    """Put the styles that we have into a GeoPackage, each as the default of its layer.

    Parameters
    ----------
    path
        A GeoPackage without styles; layers that it does not hold are passed over.
    """
    with closing(sqlite3.connect(path)) as database, database:
        held = {name for (name,) in database.execute("SELECT table_name FROM gpkg_contents")}
        styled = [name for name in sorted(held) if name.isidentifier() and _style(name).is_file()]
        if not styled:
            return
        database.executescript(
            files("gis").joinpath("styles", "layer_styles.sql").read_text(encoding="utf-8")
        )
        for name in styled:
            database.execute(
                "INSERT INTO layer_styles (f_table_name, f_geometry_column, styleName,"
                " styleQML, useAsDefault) VALUES (?, 'geom', ?, ?, 1)",
                (name, name, _style(name).read_text(encoding="utf-8")),
            )


@cache
def colours_of(layer: str) -> Colours | None:
    """Return the colours of a layer of a run, or None where it has no style."""
    style = _style(layer)
    if layer not in GEOMETRY_TYPES or not style.is_file():
        return None
    # our own file, as it is shipped
    root = ET.fromstring(style.read_text(encoding="utf-8"))  # noqa: S314
    symbols = {symbol.get("name"): _colour(symbol) for symbol in root.iter("symbol")}
    renderer = root.find("renderer-v2")
    column = "" if renderer is None else renderer.get("attr", "")
    if not column:
        return Colours("", {"": symbols["0"]})
    categories = root.iter("category")
    return Colours(
        column, {each.get("value", ""): symbols[each.get("symbol")] for each in categories}
    )


def _style(layer: str) -> Traversable:
    return files("gis").joinpath("styles", f"{layer}.qml")


def _colour(symbol: ET.Element) -> tuple[int, int, int, int]:
    """Return the fill of an area, or the stroke of a line, as the symbol's opacity weakens it."""
    options = {option.get("name"): option.get("value", "") for option in symbol.iter("Option")}
    stated = options.get("color") or options["line_color"]
    red, green, blue, opacity = (int(part) for part in stated.split(",")[:4])
    return red, green, blue, round(opacity * float(symbol.get("alpha", "1")))
