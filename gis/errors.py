"""Every error that a user may meet, each naming where it is and what mends it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gis.catalogue import DEFAULT_LANGUAGE, catalogue

if TYPE_CHECKING:
    from pathlib import Path


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
        where = texts.text("place.comma").join(
            texts.text(f"place.{part}", value=value) for part, value in self.place().items()
        )
        problem = texts.text(f"error.{self.problem}", **self.details)
        # where nothing is known yet there is nothing to suggest
        resembling = self.details.get("suggestion") not in {"", "-"}
        key = f"remedy.{self.problem}" if resembling else "remedy.no_suggestion"
        remedy = texts.text(key, **self.details)
        sentence = texts.text("place.remedy", problem=problem, remedy=remedy)
        line = texts.text("place.line", where=where, sentence=sentence) if where else sentence
        # a value out of a file may hold line breaks or terminal codes
        return "".join(mark if mark.isprintable() else " " for mark in line)

    def __str__(self) -> str:
        """Return the English line."""
        return self.render("en")


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
    """Several inputs are refused at once, so that a person can mend them in one go."""

    def __init__(self, errors: list[InputError]) -> None:
        super().__init__("several_inputs", count=len(errors))
        self.errors = tuple(errors)

    def render(self, language: str = DEFAULT_LANGUAGE) -> str:
        """Return one line for each refused input."""
        return "\n".join(error.render(language) for error in self.errors)


class CertificateError(MangquError):
    """A run does not agree with its certificate."""


class OutputError(MangquError):
    """A result cannot be written where it was asked for."""


class MissingPartError(MangquError):
    """An optional part of the installation is needed and absent."""
