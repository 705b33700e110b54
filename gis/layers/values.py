"""Turn what stands in a file's cell into a number or a list."""

from __future__ import annotations

import json
import math
import re
import unicodedata

from gis.readers.cells import as_text, is_missing, is_nested_deeply, is_whole_text

#: Coarser than this is no accuracy of a border but a mistake of the unit.
MOST_ACCURACY_M = 1000.0

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
