"""A project: what the user stated, read and checked."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date
    from pathlib import Path

    import geopandas as gpd
    import pandas as pd
    from pyproj import CRS


@dataclass(frozen=True, slots=True)
class Name:
    """A text in both languages; either may stand in for the other."""

    zh: str = ""
    en: str = ""

    def text(self, language: str) -> str:
        """Return the text in a language, or in the other where this one is empty."""
        return (self.zh or self.en) if language == "zh" else (self.en or self.zh)


@dataclass(frozen=True, slots=True)
class MapSettings:
    """How maps look; no basemap means that a map asks nothing of any network.

    Parameters
    ----------
    basemap
        ``"none"``, ``"osm"`` or ``"tianditu"``.
    tianditu_key
        Letters and digits only; needed by Tianditu.
    """

    basemap: str = "none"
    tianditu_key: str = ""


@dataclass(frozen=True, slots=True)
class Settings:
    """The head of ``mangqu.toml``.

    Parameters
    ----------
    name
        Name of the project.
    notice
        Sentence shown on every map, table and report, such as 合成示例 on a made-up sample.
    attribution
        Where the data come from, shown on maps.
    as_of
        Day for which the questions are asked.
    crs
        Working coordinate system: ``"auto"`` (that of the jurisdiction) or an authority code.
    precision_m
        Spacing of the grid on which borders are snapped, in metres.
    accuracy_m
        Accuracy (one standard deviation) assumed where a source states none, in metres.
    sliver_k
        Slivers are narrower than ``sliver_k`` times the joint accuracy of both borders.
    matters
        Matters asked about; empty means every leaf of the matter tree.
    horizon_days
        How many days ahead the calendar of what will lapse looks.
    """

    name: Name
    as_of: date
    notice: Name = field(default_factory=Name)
    attribution: Name = field(default_factory=Name)
    crs: str = "auto"
    precision_m: float = 0.001
    accuracy_m: float = 0.5
    sliver_k: float = 2.0
    matters: tuple[str, ...] = ()
    horizon_days: int = 90
    map: MapSettings = field(default_factory=MapSettings)


@dataclass(frozen=True, slots=True)
class Source:
    """One file, or one layer of it, that a table came from.

    Parameters
    ----------
    table, path, layer
        Where it went and where it came from; ``path`` is relative to the project's folder.
    files
        SHA-256 by file name, for every file the source consists of (a Shapefile has several),
        relative to the project's folder.
    rows
        Number of rows read.
    crs
        Coordinate system as stated, or ``""`` for a table without geometry.
    datum
        ``wgs84``, ``cgcs2000``, ``gcj02``, ``bd09`` or ``""`` where none was stated.
    accuracy_m
        Stated accuracy, or None.
    """

    table: str
    path: str
    layer: str
    files: dict[str, str]
    rows: int
    crs: str
    datum: str
    accuracy_m: float | None


@dataclass(frozen=True, slots=True)
class Remark:
    """Something a person should know about a row that was read; nothing is mended in silence.

    Parameters
    ----------
    kind
        ``"repaired"``, ``"refused"``, ``"converted"``, ``"doubted"``, or ``"stated"`` for what
        merely holds.
    problem
        Key ``remark.<problem>`` in the catalogues.
    """

    kind: str
    problem: str
    table: str
    file: str
    layer: str
    row: int
    details: dict[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Project:
    """Everything the user stated, in one coordinate system.

    Parameters
    ----------
    folder
        Where the project lies.
    settings
        The head of its file.
    crs
        Working coordinate system; every table with geometry is in it.
    jurisdiction, claims, zones, lanes, cases
        Tables with geometry and the columns of :data:`gis.model.tables.TABLES`; those that the
        user did not give are empty. Indexes run from 0 without holes. ``claims`` always has
        an ``accuracy_m`` without NaN.
    agreements
        Geometry may be null: such an agreement holds everywhere.
    bodies, matters
        Tables without geometry; made up from the claims where the user gave none.
    sources, remarks
        Provenance, and what was mended or converted.
    statements
        How it is reckoned, though nothing is wrong: what the working coordinate system does to
        lengths and areas.
    """

    folder: Path
    settings: Settings
    crs: CRS
    jurisdiction: gpd.GeoDataFrame
    claims: gpd.GeoDataFrame
    zones: gpd.GeoDataFrame
    lanes: gpd.GeoDataFrame
    cases: gpd.GeoDataFrame
    agreements: gpd.GeoDataFrame
    bodies: pd.DataFrame
    matters: pd.DataFrame
    sources: tuple[Source, ...] = ()
    remarks: tuple[Remark, ...] = ()
    statements: tuple[Remark, ...] = ()
