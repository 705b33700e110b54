"""Columns made fit for formats that know fewer kinds of values or names; each change is noted."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from gis.writers.columns import LIST_COMMA, Kind, text_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from gis.writers.columns import Layer
    from gis.writers.notes import Notes


def joined_lists(layer: Layer, notes: Notes) -> Layer:
    """Return a layer whose lists are texts joined with 、, and note those that hold one."""
    fields = []
    for field in layer.fields:
        if field.kind != Kind.LIST:
            fields.append(field)
            continue
        unclear = [
            row
            for row, items in enumerate(field.cells)
            if items and any(LIST_COMMA in text_of(item) for item in items if item is not None)
        ]
        notes.add_for("list_commas", unclear, layer=layer.name, column=field.name)
        fields.append(field.as_text(text_of))
    return replace(layer, fields=tuple(fields))


def json_text(value: Any) -> str:  # noqa: ANN401 - a plain list
    """Return a list as a JSON array, days as ISO text."""
    return json.dumps(value, ensure_ascii=False, default=text_of)


def json_lists(layer: Layer) -> Layer:
    """Return a layer whose lists are texts that hold a JSON array."""
    fields = (
        field.as_text(json_text) if field.kind == Kind.LIST else field for field in layer.fields
    )
    return replace(layer, fields=tuple(fields))


def without_infinities(layer: Layer, notes: Notes) -> Layer:
    """Return a layer whose infinite numbers are missing, and note them."""
    fields = []
    for field in layer.fields:
        endless = [
            row
            for row, value in enumerate(field.cells)
            if field.kind == Kind.NUMBER and value is not None and np.isinf(value)
        ]
        notes.add_for("infinite_left_out", endless, layer=layer.name, column=field.name)
        if endless:
            values = [None if v is None or np.isinf(v) else v for v in field.cells]
            fields.append(replace(field, cells=values))
        else:
            fields.append(field)
    return replace(layer, fields=tuple(fields))


def long_integers_as_text(layer: Layer, low: int, high: int, notes: Notes) -> Layer:
    """Return a layer whose columns with integers below ``low`` or above ``high`` are texts."""
    fields = []
    for field in layer.fields:
        far = [
            row
            for row, value in enumerate(field.cells)
            if field.kind == Kind.INTEGER and value is not None and not low <= value <= high
        ]
        notes.add_for("integers_as_text", far, layer=layer.name, column=field.name)
        fields.append(field.as_text(str) if far else field)
    return replace(layer, fields=tuple(fields))


def unique_names(
    layer: Layer, fit: Callable[[str, int], str], reserved: Iterable[str], notes: Notes
) -> Layer:
    """Return a layer whose columns bear names that a format takes; no two are alike without case.

    Parameters
    ----------
    layer
        A layer with any names.
    fit
        Makes the most of a name that leaves room for so many bytes after it.
    reserved
        Names that the format keeps for itself.
    notes
        Told of every column that was renamed.
    """
    used = {name.casefold() for name in reserved}
    fields = []
    for field in layer.fields:
        name, number = fit(field.name, 0), 1
        while not name or name.casefold() in used:
            ending = f"_{number}"
            name = fit(field.name, len(ending)) + ending
            number += 1
        used.add(name.casefold())
        if name != field.name:
            notes.add("column_renamed", layer=layer.name, column=field.name, name=name)
        fields.append(field.renamed(name))
    return replace(layer, fields=tuple(fields))


def whole_name(name: str, room: int) -> str:
    """Return a name as it is: most formats set no limit."""
    del room
    return name
