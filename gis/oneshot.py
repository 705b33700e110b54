"""The gaps and overlaps of one layer, without a project."""

from __future__ import annotations

import math
import time
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import pandas as pd

from gis.arrangement.kernel import is_prepared
from gis.arrangement.partition import grid_spacing
from gis.catalogue import DEFAULT_LANGUAGE, LANGUAGES, catalogue
from gis.errors import InputError, InputErrors, OutputError
from gis.export import layers_of_run
from gis.findings_json import findings_json, lanes_json
from gis.jurisdiction import outline_of_claims
from gis.layers.checking import blank_rows
from gis.layers.datum_guard import GuardedLayer
from gis.layers.datum_refusals import NamedLayer, judged
from gis.layers.geometry_repair import REPAIRS
from gis.layers.one_layer import OneLayer, layer_file, read_one_layer
from gis.measure import EllipsoidMeasure
from gis.model.project import Name, Project, Remark, Settings
from gis.model.tables import TABLES
from gis.pipeline import analyse
from gis.progress import silent
from gis.readers.raw import LayerFile, suggestion
from gis.summary import counts
from gis.writers import known_ending, refuse_foreign, write_layers

if TYPE_CHECKING:
    from pyproj import CRS

    from gis.model.run import Run
    from gis.progress import Progress
    from gis.writers import Note


@dataclass(frozen=True, slots=True)
class GapRequest:
    """What to look at, as given on the command line.

    Parameters
    ----------
    claims
        Polygon layer: a path, or ``path:layer``.
    jurisdiction
        Polygon layer; the claims' own outline by default.
    body
        Column of the claims that names the claimant; ``body`` by default, else every row is a
        claimant of its own.
    zones, lanes
        Further layers.
    crs, encoding
        Stated for layers that do not say.
    accuracy
        Accuracy of the borders in metres (one standard deviation).
    close_slits
        Slits narrower than this do not open a gap to the outside, in metres; by default the width
        below which a gap is a sliver.
    workers
        Number of threads; the answer is the same for any.
    repairs
        What may be mended of a row's shape.
    """

    claims: str
    jurisdiction: str | None = None
    body: str | None = None
    zones: tuple[str, ...] = ()
    lanes: str | None = None
    crs: str | None = None
    encoding: str | None = None
    accuracy: float = 0.5
    close_slits: float | None = None
    workers: int = 1
    repairs: frozenset[str] = REPAIRS


@dataclass(frozen=True, slots=True)
class GapAnswer:
    """What was found in one layer.

    Parameters
    ----------
    run
        The analysis.
    jurisdiction_source
        ``"given"`` or ``"derived"``.
    rows
        Rows of the claims layer.
    remarks
        What was repaired, converted or refused, row by row.
    lost
        Rows of the claims layer that cover no ground of the jurisdiction: they vanish on the grid,
        or lie outside.
    elapsed_s
        Seconds for the whole work.
    """

    run: Run
    jurisdiction_source: str
    rows: int
    remarks: tuple[Remark, ...]
    lost: tuple[int, ...]
    elapsed_s: float

    def as_json(self) -> dict[str, Any]:
        """Return the answer as ``mangqu gaps --json`` prints it (docs/commands.md)."""
        (question,) = self.run.certificate["questions"]
        return {
            "jurisdiction_m2": question["jurisdiction_m2"],
            "jurisdiction_source": self.jurisdiction_source,
            "covered_m2": question["covered_m2"],
            "gap_m2": question["gap_m2"],
            "contested_m2": question["contested_m2"],
            "residual_m2": question["residual_m2"],
            "counts": counts(self.run),
            "findings": findings_json(self.run),
            "lanes": lanes_json(self.run),
            "input": {
                "rows": self.rows,
                "repaired": self._remarks("repaired"),
                "refused": self._remarks("refused"),
                "lost": list(self.lost),
            },
            "elapsed_s": self.elapsed_s,
        }

    def _remarks(self, kind: str) -> list[dict[str, Any]]:
        return [
            {
                "row": remark.row,
                "what": remark.problem,
                "file": remark.file,
                "layer": remark.layer,
                "details": remark.details,
            }
            for remark in self.remarks
            if remark.kind == kind
        ]


def gaps_of_layer(request: GapRequest, *, today: date, progress: Progress = silent) -> GapAnswer:
    """Find the gaps and overlaps of one layer.

    Parameters
    ----------
    request
        What to look at.
    today
        The day, stated in the answer.
    progress
        Told what is being done.

    Raises
    ------
    InputError
        If a layer cannot be read, has no coordinate system, holds nothing to work on, or lies off
        the others by a Chinese map offset.
    InputErrors
        If several layers lie off so, or rows need repairs that may not be made.
    """
    begun = time.perf_counter()
    progress("reading", 0, 0)
    stated: dict[str, Any] = {
        "crs": _with_authority(request.crs),
        "encoding": request.encoding,
        "progress": progress,
        "repairs": request.repairs,
    }
    layer = read_one_layer(request.claims, **stated)
    claims = _claims(layer, request)
    settings = Settings(Name(Path(request.claims).stem), today, accuracy_m=request.accuracy)
    read = {
        "jurisdiction": [read_one_layer(spec, **stated) for spec in _given(request.jurisdiction)],
        "zones": [read_one_layer(spec, **stated) for spec in request.zones],
        "lanes": [
            read_one_layer(spec, geometry="line", **stated) for spec in _given(request.lanes)
        ],
    }
    doubts = _refuse_misplaced(layer, read, request)
    progress("arrangement" if is_prepared() else "preparing", 0, 0)
    project = Project(
        folder=Path(),
        settings=settings,
        crs=layer.crs,
        jurisdiction=_jurisdiction(read["jurisdiction"], claims, request),
        claims=claims,
        zones=_zones(read["zones"], layer.crs),
        lanes=_stacked("lanes", read["lanes"], layer.crs),
        cases=_stacked("cases", [], layer.crs),
        agreements=_stacked("agreements", [], layer.crs),
        bodies=_keyed("bodies", sorted(set(claims["body"]))),
        matters=_keyed("matters", []),
    )
    run = analyse(project, workers=request.workers, progress=progress)
    layers = [layer, *(each for group in read.values() for each in group)]
    return GapAnswer(
        run=run,
        jurisdiction_source="given" if request.jurisdiction else "derived",
        rows=layer.total,
        remarks=(
            *(note for each in layers for note in (*each.remarks, *each.refused)),
            *doubts,
        ),
        lost=_lost_rows(run, layer),
        elapsed_s=time.perf_counter() - begun,
    )


def _refuse_misplaced(
    claims: OneLayer, others: dict[str, list[OneLayer]], request: GapRequest
) -> list[Remark]:
    """Refuse layers that lie off by a Chinese map offset, and return doubts about others."""
    layers = [("claims", claims)] + [(name, one) for name, group in others.items() for one in group]
    under_guard = [
        NamedLayer(
            LayerFile(Path(one.sources[0].path), one.sources[0].path, one.sources[0].layer),
            name,
            GuardedLayer(
                one.frame_in(claims.crs).geometry.to_numpy(),
                "",
                request.accuracy,
                is_jurisdiction=name == "jurisdiction",
            ),
        )
        for name, one in layers
    ]
    errors, doubts = judged(under_guard, claims.crs, in_project=False)
    if errors:
        raise errors[0] if len(errors) == 1 else InputErrors(errors)
    return doubts


def _lost_rows(run: Run, layer: OneLayer) -> tuple[int, ...]:
    lost = run.claims["claim_id"].isin(run.certificate["claims"]["lost"]).to_numpy()
    return tuple(layer.rows[lost].tolist())


def refuse_to_overwrite(request: GapRequest, path: Path) -> None:
    """Refuse an output that is one of the inputs, or that holds anything else than we would write.

    Raises
    ------
    OutputError
        If it is, or if its ending stands for no format.
    """
    inputs = [request.claims, request.jurisdiction, request.lanes, *request.zones]
    files = [layer_file(spec).path for spec in inputs if spec is not None]
    if any(file.resolve() == path.resolve() for file in files):
        raise OutputError("output_is_input", path=str(path))
    refuse_foreign(path, _WRITTEN)


#: Layers that are written.
_WRITTEN = ("findings", "finding_neighbours", "lane_findings", "atoms")


def write_findings(
    answer: GapAnswer, path: Path, *, language: str = DEFAULT_LANGUAGE
) -> tuple[Note, ...]:
    """Write the findings, and what belongs to them where the format holds several layers.

    Parameters
    ----------
    answer
        What was found.
    path
        The file; its ending decides the format (:data:`gis.writers.ENDINGS`).
    language
        ``"zh"`` or ``"en"``: for what the file says besides its values.

    Returns
    -------
    notes
        What the format could not hold as it was.

    Raises
    ------
    OutputError
        If the ending stands for no format, or the place cannot be written.
    MissingPartError
        If the format needs a part that is not installed.
    """
    layers = layers_of_run(answer.run)
    written = _WRITTEN[:1] if known_ending(path).one_layer else _WRITTEN
    return write_layers({name: layers[name] for name in written}, path, language=language)


def _with_authority(code: str | None) -> str | None:
    """Return a code that is a bare number as one of EPSG's."""
    return f"EPSG:{code}" if code and code.isascii() and code.isdigit() else code


def _given(spec: str | None) -> list[str]:
    return [] if spec is None else [spec]


def _claims(layer: OneLayer, request: GapRequest) -> gpd.GeoDataFrame:
    """Return the layer as claims: by a column of claimants, or every row for itself."""
    column = request.body or ("body" if "body" in layer.frame else None)
    if column is not None and column not in layer.frame:
        known = [name for name in layer.frame.columns if name != "geometry"]
        raise InputError(
            "body_column_missing",
            file=request.claims,
            column=column,
            suggestion=suggestion(column, known) or "-",
        )
    names = [f"#{row}" for row in layer.rows]
    if column is not None:
        stated = layer.frame[column].tolist()
        # a row that names nobody still claims: it stands for itself
        names = [body or row for body, row in zip(stated, names, strict=True)]
    claims = _stacked("claims", [layer], layer.crs)
    claims["body"] = pd.Series(names, dtype="str")
    claims["accuracy_m"] = request.accuracy
    return claims


def _jurisdiction(
    given: list[OneLayer], claims: gpd.GeoDataFrame, request: GapRequest
) -> gpd.GeoDataFrame:
    if given:
        return _named(_stacked("jurisdiction", given, claims.crs))
    shapes = claims.geometry.to_numpy()
    settings = Settings(Name(), date.min, accuracy_m=request.accuracy)
    slits = request.close_slits
    if slits is None:
        slits = settings.sliver_k * math.hypot(request.accuracy, request.accuracy)
    outline = outline_of_claims(
        shapes,
        EllipsoidMeasure.around(shapes, claims.crs),
        close_slits_m=slits,
        grid_size=grid_spacing(claims.crs, settings.precision_m),
        workers=request.workers,
    )
    if outline.is_empty:
        raise InputError(
            "jurisdiction_too_small", file=request.claims, precision=settings.precision_m
        )
    frame = blank_rows(TABLES["jurisdiction"], 1)
    return _named(gpd.GeoDataFrame(frame, geometry=[outline], crs=claims.crs))


def _named(jurisdiction: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Give rows without a name one that can stand in a sentence."""
    nameless = (jurisdiction["name_zh"] == "") & (jurisdiction["name_en"] == "")
    for language in LANGUAGES:
        name = catalogue(language).text("gaps.jurisdiction")
        jurisdiction.loc[nameless, f"name_{language}"] = name
    return jurisdiction


def _zones(layers: list[OneLayer], crs: CRS) -> gpd.GeoDataFrame:
    zones = _stacked("zones", layers, crs)
    kinds = [
        kind or Path(layer.sources[0].path).stem
        for layer in layers
        for kind in (layer.frame["kind"] if "kind" in layer.frame else [""] * len(layer.frame))
    ]
    zones["kind"] = pd.Series(kinds, dtype="str")
    return zones


def _stacked(name: str, layers: list[OneLayer], crs: CRS) -> gpd.GeoDataFrame:
    """Return layers as rows of one table, keeping names that they share with it."""
    schema = TABLES[name]
    frames = [layer.frame_in(crs) for layer in layers]
    shapes = [shape for frame in frames for shape in frame.geometry]
    table = blank_rows(schema, len(shapes))
    for column in ("name_zh", "name_en", "kind"):
        if schema.column(column) is not None and any(column in frame for frame in frames):
            table[column] = [
                value
                for frame in frames
                for value in (frame[column] if column in frame else [""] * len(frame))
            ]
    return gpd.GeoDataFrame(table, geometry=shapes, crs=crs)


def _keyed(name: str, keys: list[str]) -> pd.DataFrame:
    schema = TABLES[name]
    table = blank_rows(schema, len(keys))
    table[schema.key] = pd.Series(keys, dtype="str")
    return table
