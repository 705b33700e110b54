"""What a cell of a file may hold, and the text it stands for."""

from __future__ import annotations

import json
import math
from datetime import datetime

#: Nobody nests deeper, and what goes through a value step by step shall not run out of stack.
MOST_NESTING = 64


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


def is_whole_text(text: str) -> bool:
    """Tell whether a text has only whole characters: JSON can escape one half of a pair."""
    if text.isascii():
        return True
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True


def shown_whole(text: str) -> str:
    """Return a text with a question mark for each half of a character, fit to be written."""
    return text.encode("utf-8", "replace").decode("utf-8")


def is_nested_deeply(value: object) -> bool:
    """Tell whether lists and dictionaries lie in one another deeper than ``MOST_NESTING``."""
    within = [value]
    for _ in range(MOST_NESTING):
        within = [
            part
            for each in within
            if isinstance(each, (dict, list))
            for part in (each.values() if isinstance(each, dict) else each)
        ]
        if not within:
            return False
    return True
