"""Names that people read, for the ids of a project's tables and the words of the vocabulary."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from gis.catalogue import Catalogue, catalogue

if TYPE_CHECKING:
    import pandas as pd

    from gis.model.project import Project
    from gis.model.run import Run


@dataclass(frozen=True, slots=True)
class Labels:
    """Names in one language; an id without a name is shown as it is.

    Parameters
    ----------
    texts
        Catalogue of the language.
    bodies, matters, districts
        Name by id.
    """

    texts: Catalogue
    bodies: dict[str, str]
    matters: dict[str, str]
    districts: dict[str, str]

    @classmethod
    def of(cls, tables: Project | Run, language: str) -> Labels:
        """Return the names that a project or run states."""
        return cls(
            catalogue(language),
            _names(tables.bodies, "body_id", language),
            _names(tables.matters, "matter_id", language),
            _names(tables.jurisdiction, "district_id", language),
        )

    def body(self, body_id: str) -> str:
        """Return a body's name."""
        return self.bodies.get(body_id, body_id)

    def matter(self, matter_id: str) -> str:
        """Return a matter's name; ``""`` for the question without a matter."""
        return self.matters.get(matter_id, matter_id)

    def district(self, district_id: str) -> str:
        """Return a district's name."""
        return self.districts.get(district_id, district_id)

    def level(self, level: str) -> str:
        """Return a level's name; ``""`` stays empty."""
        return self.texts.label("level", level) if level else ""

    def zone(self, kind: str) -> str:
        """Return the name of a kind of zone; a user's own kind as it is."""
        return self.texts.label("zone", kind)


def _names(table: pd.DataFrame, key: str, language: str) -> dict[str, str]:
    first, second = ("name_zh", "name_en") if language == "zh" else ("name_en", "name_zh")
    names = table[first].where(table[first] != "", table[second])
    names = names.where(names != "", table[key])
    return dict(zip(table[key].tolist(), names.tolist(), strict=True))
