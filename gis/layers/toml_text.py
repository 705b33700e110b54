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
        problem = _usual_mistake(text.splitlines()[line - 1]) if line else None
        if problem is not None:
            raise InputError(problem, file=shown, row=line) from error
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


#: What people who seldom write TOML write, in the order in which it is looked for.
_USUAL_MISTAKES = (
    (re.compile("[\u201c\u201d\u2018\u2019\uff02\uff07]"), "toml_wide_quotes"),
    (re.compile(r"""=\s*"[^"]*\\"""), "toml_backslash"),
    (re.compile(r"""=\s*\d{4}\s*[\u5e74/.]"""), "toml_bare_date"),
    (re.compile(r"""(?:^|[{,.\[])\s*[A-Za-z0-9_-]*[^\x00-\x7f][^"'=]*(?:=|\])"""), "toml_bare_key"),
)


def _usual_mistake(line: str) -> str | None:
    """Return the error that says in plain words what is wrong with a line, if it is a usual one."""
    return next((problem for seen, problem in _USUAL_MISTAKES if seen.search(line)), None)


def _has_long_integer(value: object) -> bool:
    if isinstance(value, (dict, list)):
        return any(map(_has_long_integer, value.values() if isinstance(value, dict) else value))
    return isinstance(value, int) and value.bit_length() > _MOST_BITS
