"""Parse TOML that nobody vouches for."""

from __future__ import annotations

import re
import tomllib
from typing import Any

from gis.errors import InputError
from gis.readers.cells import is_nested_deeply

_PLACE = re.compile(r"\s*\(at (?:line (\d+), column \d+|end of document)\)")

#: What TOML grants a whole number.
_MOST_BITS = 64


def toml_document(text: str, shown: str) -> dict[str, Any]:
    """Return what a TOML text says.

    Parameters
    ----------
    text
        The text.
    shown
        How messages call the file.

    Raises
    ------
    InputError
        If it is no TOML, nests too deeply, or holds a whole number of more than 64 bits.
    """
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        place = _PLACE.search(str(error))
        line = int(place[1]) if place and place[1] else None
        reason = _PLACE.sub("", str(error))
        raise InputError("toml_damaged", file=shown, row=line, reason=reason) from error
    except RecursionError as error:
        raise InputError("toml_damaged", file=shown, reason="nested too deeply") from error
    except ValueError as error:  # Python reads no whole number of thousands of digits
        raise InputError("toml_damaged", file=shown, reason="a number is too long") from error
    if is_nested_deeply(document):
        raise InputError("toml_damaged", file=shown, reason="nested too deeply")
    if _has_long_integer(document):
        raise InputError("toml_damaged", file=shown, reason="a number is too long")
    return document


def _has_long_integer(value: object) -> bool:
    if isinstance(value, (dict, list)):
        return any(map(_has_long_integer, value.values() if isinstance(value, dict) else value))
    return isinstance(value, int) and value.bit_length() > _MOST_BITS
