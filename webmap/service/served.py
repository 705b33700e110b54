"""A run made ready to be asked: its tables on WGS 84, its words searchable, its borders indexed."""

from __future__ import annotations

import hashlib
import json
import threading
import unicodedata
from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
from shapely import STRtree

from gis.catalogue import LANGUAGES
from gis.model.vocabulary import FindingClass, LaneFindingClass
from gis.run_folder import read_run
from gis.version import __version__
from webmap.service.wording import Wording

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import geopandas as gpd

    from gis.model.run import Run

IntArray = npt.NDArray[np.int64]

WGS84 = "EPSG:4326"


@dataclass(frozen=True)
class FeatureTable:
    """Findings, or lane findings, as the pages and the API ask for them.

    Parameters
    ----------
    name
        ``"findings"`` or ``"lanes"``.
    key
        Column that names a row.
    measure
        Column that says how large a row is: ``area_m2`` or ``length_m``.
    classes
        Classes that may occur, the gravest first.
    frame
        The table on WGS 84; its index runs from 0.
    text
        What a search looks through, folded; one a row.
    body_sets
        Bodies that a row names, in any part.
    """

    name: str
    key: str
    measure: str
    classes: tuple[str, ...]
    frame: gpd.GeoDataFrame
    text: tuple[str, ...]
    body_sets: tuple[frozenset[str], ...]

    @cached_property
    def tree(self) -> STRtree:
        """The geometries, indexed."""
        return STRtree(self.frame.geometry.to_numpy())

    @cached_property
    def positions(self) -> dict[str, int]:
        """The row of each id."""
        return {str(name): row for row, name in enumerate(self.frame[self.key])}

    @cached_property
    def gravity(self) -> IntArray:
        """How grave the class of each row is; 0 is the gravest."""
        order = {word: rank for rank, word in enumerate(self.classes)}
        return np.array([order.get(word, len(order)) for word in self.frame["class"]], dtype=int)

    def row(self, position: int) -> dict[str, Any]:
        """Return one row by column, geometry included."""
        return dict(self.frame.iloc[position])


class MadeOnce:
    """Files that take a while to make, kept after the first request for each.

    A run never changes, so neither do they.
    """

    def __init__(self) -> None:
        self._files: dict[tuple[str, str], bytes] = {}
        self._locks: defaultdict[tuple[str, str], threading.Lock] = defaultdict(threading.Lock)

    def get(self, name: str, language: str, make: Callable[[], bytes]) -> bytes:
        """Return a file, making it if nobody has asked for it yet."""
        key = (name, language)
        # whoever asks for the same file waits for it, and nobody else does
        with self._locks[key]:
            if key not in self._files:
                self._files[key] = make()
            return self._files[key]


class ServedRun:
    """One run and what is derived from it once, before the first question.

    Parameters
    ----------
    run
        The run.
    folder
        Its folder, or None for a run that was never written.
    """

    def __init__(self, run: Run, folder: Path | None = None) -> None:
        self.run = run
        self.folder = folder
        self.made_once = MadeOnce()
        self.wording = {language: Wording.of(run, language) for language in LANGUAGES}
        self.findings = self._table(
            "findings", "finding_id", "area_m2", run.findings, tuple(FindingClass)
        )
        self.lanes = self._table(
            "lanes", "lane_finding_id", "length_m", run.lane_findings, tuple(LaneFindingClass)
        )
        self.jurisdiction = run.jurisdiction.to_crs(WGS84)
        proof = json.dumps(run.certificate, sort_keys=True, ensure_ascii=False, default=str)
        self.etag = hashlib.sha256(f"{__version__}\n{proof}".encode()).hexdigest()[:32]

    @classmethod
    def read(cls, folder: Path) -> ServedRun:
        """Read a run folder.

        Raises
        ------
        InputError
            If the folder holds no run that can be read.
        """
        return cls(read_run(folder), folder)

    def table(self, name: str) -> FeatureTable:
        """Return the findings or the lane findings by their name."""
        return self.findings if name == self.findings.name else self.lanes

    @cached_property
    def zone_kinds(self) -> tuple[str, ...]:
        """Kinds of zones of concern that the run knows, in alphabetical order."""
        return tuple(sorted({str(kind) for kind in self.run.zones["kind"]}))

    @cached_property
    def neighbours(self) -> dict[str, list[tuple[str, float]]]:
        """Bodies beside each finding and metres shared, the longest border first."""
        table = self.run.finding_neighbours.sort_values("shared_m", ascending=False, kind="stable")
        beside: dict[str, list[tuple[str, float]]] = {}
        for finding, body, shared in zip(
            table["finding_id"], table["body"], table["shared_m"], strict=True
        ):
            beside.setdefault(str(finding), []).append((str(body), float(shared)))
        return beside

    @cached_property
    def led_area(self) -> dict[str, dict[tuple[str, str], float]]:
        """Square metres that each body leads, by (matter, level)."""
        areas = dict(zip(self.run.atoms["atom_id"], self.run.atoms["area_m2"], strict=True))
        led: dict[str, dict[tuple[str, str], float]] = {}
        standings = self.run.standings
        for atom, matter, level, leads in zip(
            standings["atom_id"],
            standings["matter"],
            standings["level"],
            standings["leads"],
            strict=True,
        ):
            for body in leads:
                questions = led.setdefault(str(body), {})
                question = (str(matter), str(level))
                questions[question] = questions.get(question, 0.0) + float(areas[atom])
        return led

    @cached_property
    def bounds(self) -> tuple[float, float, float, float]:
        """West, south, east and north of the jurisdiction, in degrees."""
        west, south, east, north = (float(edge) for edge in self.jurisdiction.total_bounds)
        return west, south, east, north

    def _table(
        self,
        name: str,
        key: str,
        measure: str,
        table: gpd.GeoDataFrame,
        classes: tuple[str, ...],
    ) -> FeatureTable:
        frame = table.reset_index(drop=True).to_crs(WGS84)
        rows = frame.drop(columns=frame.geometry.name).to_dict("records")
        return FeatureTable(
            name=name,
            key=key,
            measure=measure,
            classes=classes,
            frame=frame,
            text=tuple(self._search_text(row, key) for row in rows),
            body_sets=tuple(self._bodies_named(row, str(row[key])) for row in rows),
        )

    def _bodies_named(self, row: dict[str, Any], name: str) -> frozenset[str]:
        named: set[str] = set()
        for column in ("bodies", "neighbours", "left_bodies", "right_bodies"):
            named.update(row.get(column, ()))
        named.update(body for body, _ in self.neighbours.get(name, ()))
        named.add(row.get("first_receiver", ""))
        return frozenset(named - {""})

    def _search_text(self, row: dict[str, Any], key: str) -> str:
        words = [str(row.get(column, "")) for column in (key, *_TEXT_COLUMNS)]
        for wording in self.wording.values():
            words += [
                wording.word("class", row["class"]),
                wording.matter(row["matter"]),
                wording.bodies(sorted(self._bodies_named(row, str(row[key])))),
                wording.districts(row["districts"]),
                wording.zones(row["zones"]),
            ]
        return folded(" ".join(words))


_TEXT_COLUMNS = ("name_zh", "name_en", "reason_zh", "reason_en", "lane_id")


def folded(text: str) -> str:
    """Return a text as searches compare it: width, case and accents of form evened out."""
    return unicodedata.normalize("NFKC", text).casefold()
