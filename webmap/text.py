"""The texts of pages: what :mod:`gis` says, and the words of the pages themselves."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gis.catalogue import catalogue

if TYPE_CHECKING:
    from gis.catalogue import Catalogue


def page_catalogue(language: str) -> Catalogue:
    """Return the texts for pages in a language.

    Raises
    ------
    KeyError
        If there is no such language.
    """
    return catalogue(language).extended("webmap")
