"""Which findings does a reader ask for? Query parameters, checked, and what they select."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import shapely

from gis.model.vocabulary import NO_LEVEL, Level, ZoneKind
from webmap.service.problems import ParameterError
from webmap.service.served import folded

if TYPE_CHECKING:
    from collections.abc import Iterable

    from werkzeug.datastructures import MultiDict

    from webmap.service.served import FeatureTable, IntArray, ServedRun

#: Names of the parameters that narrow a table down.
FILTER_NAMES = ("class", "matter", "level", "zone", "district", "body", "q", "bbox")

#: The parameter that asks for a least size, by the column it speaks of.
LEAST_NAMES = {"area_m2": "min_area", "length_m": "min_length"}

LARGEST_M2 = 1e15
LONGEST_SEARCH = 200

#: Digits of a whole number; Python takes its time over thousands of them.
LONGEST_NUMBER = 20
_BBOX_NUMBERS = 4


@dataclass(frozen=True, slots=True)
class Selection:
    """What is asked for; empty parts leave everything in.

    Parameters
    ----------
    classes, matters, levels, zones, districts
        Words of which a row must show one.
    asked_there
        Matters that the run asks about at one of these levels; a finding of theirs that holds at
        every level holds there too.
    body
        Body that the row names in any part.
    words
        Folded texts that the row must hold, all of them.
    least
        Smallest area in m², or length in metres.
    boxes
        West, south, east and north in degrees; a row must meet one of them.
    """

    classes: tuple[str, ...] = ()
    matters: tuple[str, ...] = ()
    levels: tuple[str, ...] = ()
    asked_there: frozenset[str] = frozenset()
    zones: tuple[str, ...] = ()
    districts: tuple[str, ...] = ()
    body: str = ""
    words: tuple[str, ...] = ()
    least: float = 0.0
    boxes: tuple[tuple[float, float, float, float], ...] = ()


def read_selection(
    parameters: MultiDict[str, str], served: ServedRun, table: FeatureTable
) -> Selection:
    """Read what is asked for from query parameters.

    Raises
    ------
    ParameterError
        If a value is not a number, out of range or unknown to the run.
    """
    run = served.run
    levels = _choices(parameters, "level", Level)
    least = number(parameters, LEAST_NAMES[table.measure], low=0.0, high=LARGEST_M2)
    return Selection(
        classes=_choices(parameters, "class", table.classes),
        matters=_choices(parameters, "matter", run.matters["matter_id"]),
        levels=levels,
        asked_there=frozenset(
            question["matter"]
            for question in run.certificate["questions"]
            if question["level"] in levels
        ),
        zones=_choices(parameters, "zone", {*served.zone_kinds, *ZoneKind}),
        districts=_choices(parameters, "district", run.jurisdiction["district_id"]),
        body=_choice(parameters, "body", run.bodies["body_id"]),
        words=_words(parameters),
        least=least or 0.0,
        boxes=_boxes(parameters),
    )


def select(table: FeatureTable, selection: Selection) -> IntArray:
    """Return the positions of the rows that are asked for, in the order of the table."""
    frame = table.frame
    keep = np.ones(len(frame), dtype=bool)
    for column, words in (
        ("class", selection.classes),
        ("matter", selection.matters),
    ):
        if words:
            keep &= frame[column].isin(words).to_numpy()
    if selection.levels:
        everywhere = (frame["level"] == NO_LEVEL) & frame["matter"].isin(selection.asked_there)
        keep &= (frame["level"].isin(selection.levels) | everywhere).to_numpy()
    for column, words in (("zones", selection.zones), ("districts", selection.districts)):
        if words:
            wanted = set(words)
            keep &= np.array([not wanted.isdisjoint(row) for row in frame[column]], dtype=bool)
    if selection.body:
        keep &= np.array([selection.body in named for named in table.body_sets], dtype=bool)
    for word in selection.words:
        keep &= np.array([word in text for text in table.text], dtype=bool)
    if selection.least:
        keep &= (frame[table.measure] >= selection.least).to_numpy()
    if selection.boxes:
        keep &= _within(table, selection.boxes)
    return np.flatnonzero(keep).astype(np.int64)


def _within(
    table: FeatureTable, boxes: tuple[tuple[float, float, float, float], ...]
) -> np.typing.NDArray[np.bool_]:
    inside = np.zeros(len(table.frame), dtype=bool)
    for edges in boxes:
        inside[table.tree.query(shapely.box(*edges), predicate="intersects")] = True
    return inside


def single(parameters: MultiDict[str, str], name: str) -> str:
    """Return the one value of a parameter, or ``""`` where it is absent.

    Raises
    ------
    ParameterError
        If it is given more than once.
    """
    values = parameters.getlist(name)
    if len(values) > 1:
        raise ParameterError("parameter_repeated", name=name, value=", ".join(values))
    return values[0] if values else ""


def number(parameters: MultiDict[str, str], name: str, *, low: float, high: float) -> float | None:
    """Return a finite number between two limits, or None where it is absent.

    Raises
    ------
    ParameterError
        If it is no finite number or out of the limits.
    """
    text = single(parameters, name).strip()
    return _checked_number(text, name, low=low, high=high) if text else None


def whole_number(
    parameters: MultiDict[str, str], name: str, *, default: int, low: int, high: int
) -> int:
    """Return a whole number between two limits.

    Raises
    ------
    ParameterError
        If it is no whole number or out of the limits.
    """
    text = single(parameters, name).strip()
    if not text:
        return default
    digits = text.removeprefix("-")
    if not (digits.isascii() and digits.isdigit() and len(digits) <= LONGEST_NUMBER):
        raise ParameterError("parameter_not_whole", name=name, value=text, low=low, high=high)
    value = int(text)
    if not low <= value <= high:
        raise ParameterError("parameter_range", name=name, value=text, low=low, high=high)
    return value


def word(parameters: MultiDict[str, str], name: str, allowed: Iterable[str], default: str) -> str:
    """Return one word out of several, or the default where it is absent.

    Raises
    ------
    ParameterError
        If it is none of them.
    """
    return _choice(parameters, name, allowed) or default


def refuse_unknown(parameters: MultiDict[str, str], known: Iterable[str]) -> None:
    """Refuse parameters that nothing reads: a misspelt filter must not return everything.

    Raises
    ------
    ParameterError
        Naming the first that is not known.
    """
    names = {*known, "lang"}
    for name in parameters:
        if name not in names:
            raise ParameterError(
                "parameter_unknown", name=name[:40], known=", ".join(sorted(names))
            )


def _checked_number(text: str, name: str, *, low: float, high: float) -> float:
    try:
        value = float(text)
    except ValueError:
        raise ParameterError("parameter_not_a_number", name=name, value=text) from None
    if not math.isfinite(value):
        raise ParameterError("parameter_not_a_number", name=name, value=text)
    if not low <= value <= high:
        raise ParameterError(
            "parameter_range", name=name, value=text, low=f"{low:g}", high=f"{high:g}"
        )
    return value


def _choices(parameters: MultiDict[str, str], name: str, allowed: Iterable[str]) -> tuple[str, ...]:
    values = tuple(dict.fromkeys(value for value in parameters.getlist(name) if value))
    known = {str(choice) for choice in allowed}
    for value in values:
        if value not in known:
            raise ParameterError("parameter_choice", name=name, value=value)
    return values


def _choice(parameters: MultiDict[str, str], name: str, allowed: Iterable[str]) -> str:
    single(parameters, name)  # refuses a repetition
    values = _choices(parameters, name, allowed)
    return values[0] if values else ""


def _words(parameters: MultiDict[str, str]) -> tuple[str, ...]:
    text = single(parameters, "q")
    if len(text) > LONGEST_SEARCH:
        raise ParameterError("parameter_too_long", name="q", value=text, longest=LONGEST_SEARCH)
    return tuple(folded(text).split())


def _boxes(parameters: MultiDict[str, str]) -> tuple[tuple[float, float, float, float], ...]:
    text = single(parameters, "bbox")
    if not text:
        return ()
    parts = text.split(",")
    if len(parts) != _BBOX_NUMBERS:
        raise ParameterError("parameter_bbox", name="bbox", value=text)
    west, south, east, north = (
        _checked_number(part, "bbox", low=-limit, high=limit)
        for part, limit in zip(parts, (180.0, 90.0, 180.0, 90.0), strict=True)
    )
    if south > north:
        raise ParameterError("parameter_bbox", name="bbox", value=text)
    if west > east:  # over the antimeridian, as OGC API Features has it
        return (west, south, 180.0, north), (-180.0, south, east, north)
    return ((west, south, east, north),)
