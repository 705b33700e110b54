"""Texts in Chinese and English, read from JSON catalogues beside the code that speaks them."""

from __future__ import annotations

import json
import string
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

LANGUAGES = ("zh", "en")
DEFAULT_LANGUAGE = "zh"


class _PlainFormatter(string.Formatter):
    """Fill in ``{name}`` and nothing else, so that no text can reach into a value."""

    def get_field(self, field_name: str, args: object, kwargs: object) -> tuple[object, str]:
        del args  # no text names a value by its position
        if not field_name.isidentifier() or not isinstance(kwargs, dict):
            raise KeyError(field_name)
        return kwargs[field_name], field_name


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
        return _PlainFormatter().vformat(self.texts[key], (), values)

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
