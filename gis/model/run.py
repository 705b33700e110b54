"""A run: one immutable answer, from which maps, ledgers and services are made."""

from __future__ import annotations

from dataclasses import dataclass
from json.encoder import encode_basestring
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable

    import geopandas as gpd
    import pandas as pd

    from gis.model.project import Settings

#: Columns that hold a JSON array as text, so that any name survives.
LIST_COLUMNS: dict[str, tuple[str, ...]] = {
    "atoms": ("claim_ids", "zone_ids", "district_ids", "agreement_ids"),
    "standings": ("leads",),
    "findings": ("bodies", "neighbours", "zones", "zone_ids", "districts"),
    "lane_findings": ("bodies", "left_bodies", "right_bodies", "zones", "districts"),
}

#: What kind of geometry each drawn table holds; stated so that empty tables have one too.
GEOMETRY_TYPES = {
    "findings": "Polygon",
    "calendar_places": "Polygon",
    "lane_findings": "MultiLineString",
    "atoms": "Polygon",
    "zones": "MultiPolygon",
    "claims": "MultiPolygon",
    "agreements": "MultiPolygon",
    "jurisdiction": "MultiPolygon",
}


def list_as_json(texts: Iterable[str]) -> str:
    """Return texts as a JSON array, characters as they are; quicker than ``json.dumps``.

    >>> list_as_json(["市城管局", "Works"])
    '["市城管局", "Works"]'
    """
    return f"[{', '.join(map(encode_basestring, texts))}]"


@dataclass(frozen=True, slots=True)
class Past:
    """What a run knows of the runs before it.

    Parameters
    ----------
    certificate_sha256
        Of ``certificate.json`` of the run before.
    findings, lane_findings
        Tables ``earlier_findings`` and ``earlier_lane_findings`` of docs/run-folder.md.
    """

    certificate_sha256: str
    findings: gpd.GeoDataFrame
    lane_findings: gpd.GeoDataFrame


@dataclass(frozen=True, slots=True)
class Lineage:
    """How the findings of a run go on those of the run before.

    Parameters
    ----------
    past
        What was found before.
    finding_links
        Which finding goes on which.
    """

    past: Past
    finding_links: pd.DataFrame

    def tables(self) -> dict[str, pd.DataFrame]:
        """Return the tables as they are written, by name."""
        return {
            "finding_links": self.finding_links,
            "earlier_findings": self.past.findings,
            "earlier_lane_findings": self.past.lane_findings,
        }


@dataclass(frozen=True, slots=True)
class Run:
    """The tables of one analysis; column by column in docs/run-folder.md.

    Parameters
    ----------
    settings
        The project's settings, with the date that was asked about.
    jurisdiction, claims, zones, agreements, bodies, matters
        What the questions were asked of, as in the project, after snapping.
    atoms
        The partition, one set of atoms per ``arrangement`` number.
    standings
        One row per (atom, matter, level).
    findings, finding_neighbours, lane_findings
        The answers.
    certificate
        The proof, as written to ``certificate.json``.
    lineage
        How the findings go on those of an earlier run, if it was named.
    """

    settings: Settings
    jurisdiction: gpd.GeoDataFrame
    claims: gpd.GeoDataFrame
    zones: gpd.GeoDataFrame
    agreements: gpd.GeoDataFrame
    bodies: pd.DataFrame
    matters: pd.DataFrame
    atoms: gpd.GeoDataFrame
    standings: pd.DataFrame
    findings: gpd.GeoDataFrame
    finding_neighbours: pd.DataFrame
    lane_findings: gpd.GeoDataFrame
    certificate: dict[str, Any]
    lineage: Lineage | None = None
