"""Every error that a user may meet, each naming where it is and what mends it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gis.catalogue import DEFAULT_LANGUAGE, catalogue

if TYPE_CHECKING:
    from pathlib import Path

    from gis.catalogue import Catalogue


class MangquError(Exception):
    """An error whose sentence and remedy stand in the catalogues.

    Parameters
    ----------
    problem
        Key of the sentence: ``error.<problem>`` and ``remedy.<problem>`` in the catalogues.
    **details
        Values that the two sentences name.
    """

    def __init__(self, problem: str, **details: object) -> None:
        super().__init__(problem)
        self.problem = problem
        self.details = details

    def place(self) -> dict[str, str]:
        """Return where the error is, as pairs of part (``file``, ``row`` …) and value."""
        return {}

    def render(self, language: str = DEFAULT_LANGUAGE) -> str:
        """Return the error in one line: place, problem, remedy."""
        texts = catalogue(language)
        where = place_in_words(self.place(), texts)
        sentence = texts.text(
            "place.remedy", problem=self.why(language), remedy=self.remedy(language)
        )
        return in_one_line(
            texts.text("place.line", where=where, sentence=sentence) if where else sentence
        )

    def why(self, language: str = DEFAULT_LANGUAGE) -> str:
        """Return the sentence that says what is wrong."""
        return catalogue(language).text(f"error.{self.problem}", **self.details)

    def remedy(self, language: str = DEFAULT_LANGUAGE) -> str:
        """Return the sentence that says what mends it."""
        # where nothing is known yet there is nothing to suggest
        resembling = self.details.get("suggestion") not in {"", "-"}
        key = f"remedy.{self.problem}" if resembling else "remedy.no_suggestion"
        return catalogue(language).text(key, **self.details)

    def __str__(self) -> str:
        """Return the English line."""
        return self.render("en")


#: Files of which people count the line with the headings as the first.
_TABLES = (".csv", ".tsv", ".txt", ".xlsx", ".xlsb", ".xls", ".ods")


def place_in_words(place: dict[str, str], texts: Catalogue) -> str:
    """Return where something is, as a person would look it up.

    Parameters
    ----------
    place
        Pairs of part and value, as :meth:`MangquError.place` gives them. Rows count from 1
        without the line of headings; of a table the number with it, which its program shows, is
        told too.
    texts
        The texts of a language.
    """
    files = (place.get("file", "").lower(), place.get("layer", "").lower())
    of_table = any(name.endswith(_TABLES) for name in files)
    return texts.text("place.comma").join(
        texts.text("place.row_of_table", value=value, line=int(value) + 1)
        if part == "row" and of_table
        else texts.text(f"place.{part}", value=value)
        for part, value in place.items()
    )


def in_one_line(text: str) -> str:
    """Return a text without line breaks and terminal codes, which a value of a file may hold."""
    return "".join(mark if mark.isprintable() else " " for mark in text)


class InputError(MangquError):
    """Something in the user's files is refused.

    Parameters
    ----------
    problem
        Key in the catalogues.
    file, layer, row, column, value
        Where it is; ``row`` counts from 1 as a person would.
    **details
        Further values that the sentences name.

    Attributes
    ----------
    table, index
        Table of the project that the row belongs to and its place therein, from 0, or None.
    """

    def __init__(
        self,
        problem: str,
        *,
        file: str | Path | None = None,
        layer: str | None = None,
        row: int | None = None,
        column: str | None = None,
        value: object = None,
        **details: object,
    ) -> None:
        super().__init__(problem, **details)
        self.file = None if file is None else str(file)
        self.layer = layer
        self.row = row
        self.column = column
        self.value = value
        self.table: str | None = None
        self.index: int | None = None

    def place(self) -> dict[str, str]:
        """Return file, layer, row, column and value, as far as they are known."""
        parts: dict[str, object] = {
            "file": self.file,
            "layer": self.layer,
            "row": self.row,
            "column": self.column,
            "value": self.value,
        }
        return {part: str(value) for part, value in parts.items() if value is not None}


class InputErrors(MangquError):
    """Several inputs are refused at once, so that a person can mend them in one go.

    Parameters
    ----------
    errors
        Those that are listed.
    more
        Number of further ones that are not.
    """

    def __init__(self, errors: list[InputError], more: int = 0) -> None:
        super().__init__("several_inputs", count=len(errors) + more)
        self.errors = tuple(errors)
        self.more = more

    def render(self, language: str = DEFAULT_LANGUAGE) -> str:
        """Return one line for each refused input, and one for those that are not listed."""
        lines = [error.render(language) for error in self.errors]
        if self.more:
            lines.append(catalogue(language).text("errors.more", count=self.more))
        return "\n".join(lines)


class CertificateError(MangquError):
    """A run does not agree with its certificate."""


class OutputError(MangquError):
    """A result cannot be written where it was asked for."""


class MissingPartError(MangquError):
    """An optional part of the installation is needed and absent."""
