"""Texts in Chinese and English, read from JSON catalogues beside the code that speaks them."""

from __future__ import annotations

import json
import string
from abc import ABC, abstractmethod
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

LANGUAGES = ("zh", "en")
DEFAULT_LANGUAGE = "zh"


@cache
def _marks(text: str) -> tuple[tuple[str, str | None], ...]:
    """Return a text in pieces, each with the name of the value that follows it.

    ``{name}`` and nothing else marks a value, so that no text can reach into one.
    """
    pieces = []
    for piece, name, form, conversion in string.Formatter().parse(text):
        if name is not None and (not name.isidentifier() or form or conversion):
            raise KeyError(name)
        pieces.append((piece, name))
    return tuple(pieces)


class Worded(ABC):
    """A value whose own words stand in the catalogues, such as a list of choices."""

    __slots__ = ()

    @abstractmethod
    def in_words(self, texts: Catalogue) -> str:
        """Return the value in the language of a catalogue."""


@dataclass(frozen=True, slots=True)
class Catalogue:
    """The texts of one language, by key.

    Parameters
    ----------
    language
        ``"zh"`` or ``"en"``.
    texts
        Sentence by key; ``{name}`` marks where a value goes.
    """

    language: str
    texts: dict[str, str]

    def text(self, key: str, /, **values: object) -> str:
        """Return the text under a key with the values filled in.

        Raises
        ------
        KeyError
            If the key, or a value that its text names, is missing.
        """
        return "".join(
            piece if name is None else f"{piece}{self._said(values[name])}"
            for piece, name in _marks(self.texts[key])
        )

    def _said(self, value: object) -> object:
        return value.in_words(self) if isinstance(value, Worded) else value

    def label(self, group: str, name: str) -> str:
        """Return the label of a vocabulary word, or the word itself where it has none.

        Words from a user's table (a zone kind, a matter) need not be in the catalogue.
        """
        return self.texts.get(f"{group}.{name}", name)

    def extended(self, package: str) -> Catalogue:
        """Return this catalogue with the texts of another package added."""
        return Catalogue(self.language, {**self.texts, **_read(package, self.language)})


@cache
def catalogue(language: str) -> Catalogue:
    """Return the texts of :mod:`gis` in a language."""
    return Catalogue(language, _read("gis", language))


@cache
def _read(package: str, language: str) -> dict[str, str]:
    if language not in LANGUAGES:
        raise KeyError(language)
    path = files(package).joinpath("translations", f"{language}.json")
    texts: dict[str, str] = json.loads(path.read_text(encoding="utf-8"))
    return texts
