"""Turn what stands in a file's cell into text, number, date or list."""

from __future__ import annotations

import json
import math
import re
import unicodedata
from datetime import date, datetime, time, timedelta

import numpy as np

from gis.readers.cells import as_text, is_missing, is_nested_deeply, is_whole_text

#: Coarser than this is no accuracy of a border but a mistake of the unit.
MOST_ACCURACY_M = 1000.0

_DATE = re.compile(
    r"(?P<year>\d{4})\s*[-/.年]\s*(?P<month>\d{1,2})\s*[-/.月]\s*(?P<day>\d{1,2})\s*日?"
    r"(?:[T ]\s*(?P<hour>\d{1,2}):(?P<minute>\d{2})(?::(?P<second>\d{2})(?:\.\d+)?)?"
    r"\s*(?P<zone>Z|[+-]\d{2}:?\d{2})?)?"
)
_COMPACT_DATE = re.compile(r"(?P<year>\d{4})(?P<month>\d{2})(?P<day>\d{2})")
_LIST_MARKS = re.compile(r"[;；、|]")


class RefusedValueError(ValueError):
    """A value is of the right kind and yet not allowed.

    Parameters
    ----------
    problem
        Key in the catalogues.
    **details
        Values that its sentence names.
    """

    def __init__(self, problem: str, **details: object) -> None:
        super().__init__(problem)
        self.problem = problem
        self.details = details


def as_number(value: object) -> float:
    """Return a cell as a number that is finite and not below zero; NaN where it is empty.

    Raises
    ------
    ValueError
        If it is no such number.
    """
    if is_missing(value):
        return math.nan
    text = unicodedata.normalize("NFKC", as_text(value))
    number = float(value) if isinstance(value, float) else float(text.replace("_", "?"))
    if not math.isfinite(number) or number < 0:
        raise ValueError(value)
    return number


def as_accuracy(value: object) -> float:
    """Return a cell as an accuracy in metres; NaN where it is empty.

    Raises
    ------
    ValueError
        If it is no number of 0 or more, or beyond ``MOST_ACCURACY_M``.
    """
    number = as_number(value)
    if number > MOST_ACCURACY_M:
        raise RefusedValueError("accuracy_too_coarse", most=int(MOST_ACCURACY_M))
    return number


def as_day(value: object) -> np.datetime64:
    """Return a cell as the midnight with which a day begins; NaT where it is empty.

    A midnight in UTC is taken as a bare day: a GeoPackage cannot write a moment otherwise.

    Raises
    ------
    ValueError
        If it is no date, or has a time of day or a time zone, which would be lost.
    """
    moment = as_moment(value)
    if isinstance(value, datetime):
        offset = value.utcoffset() or timedelta()
    elif isinstance(value, date):
        offset = timedelta()
    else:
        match = _DATE.fullmatch(unicodedata.normalize("NFKC", as_text(value)))
        zone = (match and match["zone"]) or ""
        offset = timedelta() if not zone.strip("Z+-0:") else timedelta.max
    day = moment.astype("datetime64[D]").astype(moment.dtype)
    if offset or not (np.isnat(moment) or moment == day):
        raise RefusedValueError("day_with_time")
    return moment


def as_moment(value: object) -> np.datetime64:
    """Return a cell as a moment, to the second; NaT where it is empty.

    ``2026-08-15``, ``2026/8/15``, ``2026.8.15``, ``2026年8月15日`` and ``20260815`` are understood,
    each but the last with a time of day; a time zone is dropped, as the day counts where it was
    written down.

    Raises
    ------
    ValueError
        If it is no date.
    """
    if is_missing(value):
        return np.datetime64("NaT", "s")
    if isinstance(value, datetime):
        return _moment(value)
    if isinstance(value, date):
        return _moment(datetime.combine(value, time()))
    text = unicodedata.normalize("NFKC", as_text(value))
    match = _DATE.fullmatch(text) or _COMPACT_DATE.fullmatch(text)
    if match is None:
        raise ValueError(value)
    parts = {name: int(part) for name, part in match.groupdict("0").items() if name != "zone"}
    day = date(parts["year"], parts["month"], parts["day"])
    clock = time(parts.get("hour", 0), parts.get("minute", 0), parts.get("second", 0))
    return _moment(datetime.combine(day, clock))


def _moment(value: datetime) -> np.datetime64:
    return np.datetime64(value.replace(tzinfo=None, microsecond=0).isoformat(), "s")


def as_list(value: object) -> tuple[str, ...]:
    """Return a cell as texts: a JSON array, or text parted by ``;``, ``、`` or ``|``.

    Raises
    ------
    ValueError
        If it starts like a JSON array and is none, or holds half a character.
    """
    if is_missing(value):
        return ()
    parts: list[object]
    if isinstance(value, (list, tuple)):
        parts = list(value)
    else:
        text = as_text(value)
        parts = _json_array(text) if text.startswith("[") else list(_LIST_MARKS.split(text))
    texts = [as_text(part) for part in parts]
    if not all(is_whole_text(text) for text in texts):
        raise ValueError(value)
    return tuple(dict.fromkeys(text for text in texts if text))


def _json_array(text: str) -> list[object]:
    try:
        parts: list[object] = json.loads(text)
    except RecursionError as error:
        raise ValueError("nested too deeply") from error
    if is_nested_deeply(parts):
        raise ValueError("nested too deeply")
    return parts
