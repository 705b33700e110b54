"""What a person should know about a file that was written: nothing is changed in silence."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from gis.catalogue import catalogue

if TYPE_CHECKING:
    from collections.abc import Iterable


@dataclass(frozen=True, slots=True)
class Note:
    """Something that a format could not hold as it was.

    Parameters
    ----------
    problem
        Key ``remark.<problem>`` in the catalogues.
    layer, column
        Where; ``""`` where it is about more than one.
    rows
        Every row that differs from its source, counted from 1.
    details
        Further values that the sentence names.
    """

    problem: str
    layer: str = ""
    column: str = ""
    rows: tuple[int, ...] = ()
    details: dict[str, object] = field(default_factory=dict)

    def line(self, language: str) -> str:
        """Return the note in one line: place, sentence, the first of its rows."""
        texts = catalogue(language)
        places = [
            texts.text(f"place.{part}", value=value)
            for part, value in (("layer", self.layer), ("column", self.column))
            if value
        ]
        where = texts.text("place.comma").join(places)
        sentence = texts.text(f"remark.{self.problem}", **self.details)
        if self.rows:
            shown = texts.text("gaps.comma").join(map(str, self.rows[:_SHOWN]))
            more = "" if len(self.rows) <= _SHOWN else " …"
            rows = texts.text("written.rows", count=len(self.rows), rows=shown + more)
            sentence = texts.text("written.with_rows", sentence=sentence, rows=rows)
        line = texts.text("place.line", where=where, sentence=sentence) if where else sentence
        # a name out of a file may hold line breaks or terminal codes
        return "".join(mark if mark.isprintable() else " " for mark in line)

    def as_json(self, language: str) -> dict[str, Any]:
        """Return the note for machines, with every row that it is about."""
        return {
            "problem": self.problem,
            "layer": self.layer,
            "column": self.column,
            "rows": list(self.rows),
            "details": self.details,
            "message": self.line(language),
        }


#: So many rows are written out in a line.
_SHOWN = 20


class Notes:
    """Gathers the notes on one file."""

    def __init__(self) -> None:
        self._gathered: list[Note] = []

    def add(
        self,
        problem: str,
        *,
        layer: str = "",
        column: str = "",
        rows: Iterable[int] = (),
        **details: object,
    ) -> None:
        """Add a note about a layer or a column as a whole, or about rows that count from 0."""
        counted = tuple(int(row) + 1 for row in rows)
        self._gathered.append(Note(problem, layer, column, counted, details))

    def add_for(
        self, problem: str, rows: Iterable[int], *, layer: str, column: str = "", **details: object
    ) -> None:
        """Add a note if there is any row that it is about."""
        listed = tuple(rows)
        if listed:
            self.add(problem, layer=layer, column=column, rows=listed, **details)

    def gathered(self) -> tuple[Note, ...]:
        """Return all notes, in the order in which they came up."""
        return tuple(self._gathered)
