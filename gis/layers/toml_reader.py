"""Take values out of a TOML file, each of the kind that belongs there, or say what is wrong."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from gis.errors import InputError
from gis.model.project import Name
from gis.readers.raw import suggestion

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_HEADER = re.compile(r"\s*\[\[?\s*([^\]]+?)\s*\]\]?\s*(?:#.*)?$")


class TomlReader:
    """Takes values out of a parsed TOML file and gathers what is wrong with them.

    Parameters
    ----------
    text
        The file, in which the line of a wrong value is looked up.
    file
        How messages call it.
    """

    def __init__(self, text: str, file: str) -> None:
        self.lines = text.splitlines()
        self.file = file
        self.errors: list[InputError] = []

    def refuse(self, problem: str, where: str, key: str, **details: object) -> None:
        """Note that a key is wrong, with the line on which it seems to stand."""
        error = InputError(problem, file=self.file, row=self._line(where, key))
        error.column = f"{where}.{key}".strip(".")
        error.value = details.pop("value", None)
        error.details.update(details)
        self.errors.append(error)

    def refuse_word(self, problem: str, where: str, word: str, known: tuple[str, ...]) -> None:
        """Note that a word is none of those known, and which come close."""
        self.refuse(problem, where, word, suggestion=suggestion(word, known))

    def unknown(self, table: dict[str, Any], known: tuple[str, ...]) -> Iterator[str]:
        """Return the keys of a table that are not known."""
        return (key for key in table if key not in known)

    def table(self, parent: dict[str, Any], key: str, where: str = "") -> dict[str, Any]:
        """Return a table, empty where there is none."""
        value = parent.get(key, {})
        if isinstance(value, dict):
            return value
        self.refuse("toml_wrong_type", where, key, expected="table")
        return {}

    def text(self, table: dict[str, Any], key: str, where: str) -> str:
        """Return a text without blanks around it, empty where there is none."""
        value = table.get(key, "")
        if isinstance(value, str):
            return value.strip()
        self.refuse("toml_wrong_type", where, key, expected="text")
        return ""

    def word(self, table: dict[str, Any], key: str, where: str, words: tuple[str, ...]) -> str:
        """Return one of the words allowed, or ``""``."""
        value = self.text(table, key, where)
        if value and value not in words:
            self.refuse(
                "toml_wrong_word", where, key, value=value, suggestion=suggestion(value, words)
            )
            return ""
        return value

    def truth(self, table: dict[str, Any], key: str, where: str) -> bool:
        """Return true or false, which is what no statement means."""
        value = table.get(key, False)
        if isinstance(value, bool):
            return value
        self.refuse("toml_wrong_type", where, key, expected="true / false")
        return False

    def name(self, table: dict[str, Any], key: str, where: str) -> Name:
        """Return a text in one language or both."""
        value = table.get(key, "")
        if isinstance(value, str):
            return Name(value.strip(), value.strip())
        known = isinstance(value, dict) and set(value) <= {"zh", "en"}
        if known and all(isinstance(text, str) for text in value.values()):
            return Name(value.get("zh", "").strip(), value.get("en", "").strip())
        self.refuse("toml_wrong_name", where, key)
        return Name()

    def number(
        self, table: dict[str, Any], key: str, where: str, allowed: Callable[[float], bool]
    ) -> float | None:
        """Return a number that is allowed, or None."""
        value = table.get(key)
        if value is None:
            return None
        number = isinstance(value, (int, float)) and not isinstance(value, bool)
        # allowed() is false for NaN as well
        if number and allowed(value):
            return float(value)
        self.refuse("toml_wrong_number", where, key, value=value)
        return None

    def _line(self, where: str, key: str) -> int | None:
        """Return where a key seems to stand; tomllib itself does not say."""
        number = self._line_under(where, key)
        if number is None and "." in where:
            # an inline table has no header of its own
            parent, _, name = where.rpartition(".")
            number = self._line_under(parent, name)
        return number

    def _line_under(self, where: str, key: str) -> int | None:
        """Return the line of a key, or of a table's header, below the header of its table."""
        numbered = re.search(r"#(\d+)", where)
        table = re.sub(r"#\d+", "", where)
        full = f"{table}.{key}".strip(".")
        pattern = re.compile(rf"""(?:^|[{{,])\s*["']?{re.escape(key)}["']?\s*(?:=|\.)""")
        current, seen = "", 0
        for number, line in enumerate(self.lines, start=1):
            header = _HEADER.match(line)
            if header:
                current = re.sub(r"""["'\s]""", "", header[1])
                seen += current == table
                if full == current or current.startswith(f"{full}."):
                    return number
                continue
            here = current == table and (numbered is None or seen == int(numbered[1]))
            if here and pattern.search(line):
                return number
        return None
