"""Turn what stands in a file's cell into text, number, date or list."""

from __future__ import annotations

import json
import math
import re
import unicodedata
from datetime import date, datetime, time

import numpy as np

_DATE = re.compile(
    r"(?P<year>\d{4})\s*[-/.年]\s*(?P<month>\d{1,2})\s*[-/.月]\s*(?P<day>\d{1,2})\s*日?"
    r"(?:[T ]\s*(?P<hour>\d{1,2}):(?P<minute>\d{2})(?::(?P<second>\d{2})(?:\.\d+)?)?"
    r"\s*(?:Z|[+-]\d{2}:?\d{2})?)?"
)
_COMPACT_DATE = re.compile(r"(?P<year>\d{4})(?P<month>\d{2})(?P<day>\d{2})")
_LIST_MARKS = re.compile(r"[;；、|]")


def is_missing(value: object) -> bool:
    """Tell whether a cell holds nothing: null, blanks, or not a number."""
    if value is None:
        return True
    if isinstance(value, str):
        return not value.strip()
    return isinstance(value, float) and math.isnan(value)


def as_text(value: object) -> str:
    """Return a cell as text without blanks around it; whole numbers lose their ``.0``."""
    if is_missing(value) or isinstance(value, bytes):
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, datetime):
        return value.isoformat(sep=" ")
    if isinstance(value, (dict, list)):
        return json.dumps(value, ensure_ascii=False, default=str)
    return str(value).strip()


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
    parts = {name: int(part) for name, part in match.groupdict("0").items()}
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
        If it starts like a JSON array and is none.
    """
    if is_missing(value):
        return ()
    parts: list[object]
    if isinstance(value, (list, tuple)):
        parts = list(value)
    else:
        text = as_text(value)
        parts = json.loads(text) if text.startswith("[") else list(_LIST_MARKS.split(text))
    texts = [as_text(part) for part in parts]
    return tuple(dict.fromkeys(text for text in texts if text))
