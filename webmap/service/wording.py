"""What a reader of the service sees instead of a code, in one language."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from gis.certificate import TOLERANCE
from gis.labels import Labels
from gis.reasons import area_text, length_text
from webmap.text import page_catalogue

if TYPE_CHECKING:
    from collections.abc import Iterable

    from gis.catalogue import Catalogue
    from gis.model.run import Run


#: Beyond these a share with two decimals would read as all or as nothing.
MOST_PERCENT, LEAST_PERCENT = 99.99, 0.01


@dataclass(frozen=True, slots=True)
class Wording:
    """The words of one language for one run.

    Parameters
    ----------
    language
        ``"zh"`` or ``"en"``.
    texts
        The catalogue of pages.
    labels
        The names in the run.
    """

    language: str
    texts: Catalogue
    labels: Labels

    @classmethod
    def of(cls, run: Run, language: str) -> Wording:
        """Return the words of a language for a run."""
        return cls(language, page_catalogue(language), Labels.of(run, language))

    def text(self, key: str, **values: object) -> str:
        """Return a text of the service; its key stands under ``service.``."""
        return self.texts.text(f"service.{key}", **values)

    def word(self, group: str, word: str) -> str:
        """Return the label of a vocabulary word, or the word itself where it has none."""
        return self.texts.label(group, word) if word else ""

    def body(self, body_id: str) -> str:
        """Return a body's name; ``""`` is the limit of the jurisdiction."""
        return self.labels.body(body_id) if body_id else self.text("limit_of_jurisdiction")

    def bodies(self, body_ids: Iterable[str]) -> str:
        """Return the names of several bodies in one line."""
        return self.listed(self.body(body_id) for body_id in body_ids)

    def matter(self, matter: str) -> str:
        """Return a matter's name; ``""`` is the one question of a project without matters."""
        return self.labels.matter(matter) if matter else self.text("every_matter")

    def level(self, level: str) -> str:
        """Return the label of a level; ``""`` is every level."""
        return self.labels.level(level) if level else self.text("every_level")

    def districts(self, district_ids: Iterable[str]) -> str:
        """Return the names of several districts in one line."""
        return self.listed(self.labels.district(district) for district in district_ids)

    def zones(self, kinds: Iterable[str]) -> str:
        """Return the labels of several kinds of zones in one line."""
        return self.listed(self.labels.zone(kind) for kind in kinds)

    def listed(self, words: Iterable[str]) -> str:
        """Return texts in one line, parted as the language parts them."""
        return self.text("comma").join(words)

    def area(self, area_m2: float) -> str:
        """Return an area with the unit that suits its size."""
        return area_text(area_m2, self.language)

    def exact_area(self, area_m2: float) -> str:
        """Return an area in square metres with two decimals, as a proof needs it."""
        return self.texts.text("unit.m2", number=f"{area_m2:,.2f}")

    def share(self, part: float, whole: float) -> str:
        """Return a share in per cent; all and nothing are said of nothing less than that."""
        if not part or not whole:
            return "0%"
        percent = 100 * part / whole
        if math.isclose(part, whole, rel_tol=TOLERANCE):
            return "100%"
        if part < whole and percent > MOST_PERCENT:
            return f"> {MOST_PERCENT}%"
        return f"< {LEAST_PERCENT}%" if percent < LEAST_PERCENT else f"{percent:.2f}%"

    def remainder(self, area_m2: float) -> str:
        """Return an area that ought to be nothing, however small it is."""
        return self.texts.text("unit.m2", number=f"{area_m2:.1e}" if area_m2 else "0")

    def length(self, length_m: float) -> str:
        """Return a length with the unit that suits it."""
        return length_text(length_m, self.language)

    def date(self, value: object) -> str:
        """Return a day in ISO form, or nothing where there is none."""
        if value is None or value is pd.NaT or value == "":
            return ""
        return str(value)[:10]
