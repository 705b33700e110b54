"""Read a project: every layer it names, checked, mended and in one coordinate system."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd

from gis.errors import InputErrors
from gis.layers.checking import Origin, conform, empty_columns, fill_accuracy, number_rows
from gis.layers.crosschecks import Table
from gis.layers.crs import WGS84, crs_label, is_rough, named_crs
from gis.layers.datum import TO_WGS84
from gis.layers.datum_guard import GuardedLayer
from gis.layers.datum_refusals import NamedLayer, judged
from gis.layers.geometry_repair import REPAIRS, Prepared, prepare_geometry
from gis.layers.loading import LoadedLayer, file_digest, load_layers, placed_layers
from gis.layers.project_file import PROJECT_FILE, read_project_file
from gis.layers.refusals import Refusals
from gis.layers.relations import JOIN_PLACES, asked_matters, related
from gis.layers.rules_read import read_law
from gis.layers.shapeless import without_shapes
from gis.layers.working_crs import working_crs_remarks
from gis.model.project import Project, Remark, Source
from gis.model.tables import TABLES
from gis.progress import silent
from gis.readers.raw import FileNote

if TYPE_CHECKING:
    from datetime import date
    from pathlib import Path

    from pyproj import CRS

    from gis.layers.project_file import ProjectFile
    from gis.model.law import Law
    from gis.model.project import Settings
    from gis.model.tables import TableSchema
    from gis.progress import Progress


@dataclass(frozen=True, slots=True)
class Reading:
    """What the files of a project hold, with all that is wrong with it.

    Parameters
    ----------
    folder
        Where the project lies.
    settings
        The head of its file.
    crs
        Working coordinate system.
    tables
        Every table, by name; rows of layers that could not be read are missing.
    sources, remarks, statements
        As in :class:`~gis.model.project.Project`.
    refusals
        What keeps it from being analysed.
    law
        The ordinance that it names, as far as that is right, or None.
    """

    folder: Path
    settings: Settings
    crs: CRS
    tables: dict[str, Table]
    sources: tuple[Source, ...]
    remarks: tuple[Remark, ...]
    statements: tuple[Remark, ...]
    refusals: Refusals
    law: Law | None = None

    def project(self) -> Project:
        """Return the project, fit to be analysed.

        Raises
        ------
        InputErrors
            If anything is refused: all that was found, at most ``MOST_ERRORS``.
        """
        errors, more = self.refusals.shortlist()
        if errors:
            raise InputErrors(errors, more)
        return Project(
            folder=self.folder,
            settings=self.settings,
            crs=self.crs,
            **{name: table.frame for name, table in self.tables.items()},
            sources=self.sources,
            remarks=self.remarks,
            statements=self.statements,
            law=self.law,
        )


def read_project(
    folder: Path,
    *,
    today: date,
    as_of: date | None = None,
    repairs: frozenset[str] = REPAIRS,
    progress: Progress = silent,
) -> Project:
    """Read a project and check everything in it.

    Parameters
    ----------
    folder
        The project's folder, or the ``mangqu.toml`` in it.
    today
        Day asked about where neither ``as_of`` nor the project names one.
    as_of
        Day asked about, whatever the project says.
    repairs
        What may be mended of a row's shape; a row that needs more is refused.
    progress
        Told how many rows of a layer have been read.

    Returns
    -------
    project
        Its tables are in the working coordinate system, every geometry is valid, and
        whatever was mended or converted is among its remarks.

    Raises
    ------
    InputError
        If there is no project file or it cannot be parsed.
    InputErrors
        If anything else is wrong, or a layer needs an optional part that is not installed: all
        that was found, at most ``MOST_ERRORS``.
    """
    return read_tables(
        folder, today=today, as_of=as_of, repairs=repairs, progress=progress
    ).project()


def read_tables(
    folder: Path,
    *,
    today: date,
    as_of: date | None = None,
    repairs: frozenset[str] = REPAIRS,
    progress: Progress = silent,
) -> Reading:
    """Read what can be read of a project, and list what is refused.

    A layer that cannot be read hides nothing that is wrong with the others.

    Parameters
    ----------
    folder, today, as_of, repairs, progress
        As for :func:`read_project`.

    Raises
    ------
    InputError, InputErrors
        If the project file cannot be used.
    """
    if folder.name == PROJECT_FILE and not folder.is_dir():
        folder = folder.parent
    path = folder / PROJECT_FILE
    stated = read_project_file(path, today=today, as_of=as_of)
    folder = folder.resolve()
    refusals = Refusals()
    layers = placed_layers(load_layers(folder, stated.layers, refusals, progress), refusals)
    working = _working_crs(stated.settings, layers)
    read = [layer.declaration for layer in layers]
    wanting = {declared.table for declared in stated.layers if declared not in read}
    remarks: list[Remark] = []
    guarded: list[NamedLayer] = []
    tables = {}
    for name, schema in TABLES.items():
        own = [layer for layer in layers if layer.declaration.table == name]
        table = _table(schema, own, working, repairs, refusals, remarks, guarded)
        tables[name] = replace(table, whole=table.whole and name not in wanting)
    misplaced, doubts = judged(_with_accuracy(guarded, stated.settings), working, in_project=True)
    refusals.add(misplaced)
    remarks += doubts
    limit = tables["jurisdiction"].frame.geometry.total_bounds
    statements: list[Remark] = []
    if np.isfinite(limit).all():
        chosen = stated.settings.crs != "auto"
        statement, *advice = working_crs_remarks(limit, working, chosen=chosen)
        statements.append(statement)
        remarks += advice
    tables = related(tables, stated.settings, refusals, remarks)
    law, of_law = read_law(folder, stated.rules, tables, wanting, refusals)
    settings = asked_matters(tables, stated.settings, refusals, remarks)
    return Reading(
        folder=folder,
        settings=settings,
        crs=working,
        tables=tables,
        sources=(_project_source(path, stated), *of_law, *(_source(layer) for layer in layers)),
        remarks=tuple(remarks),
        statements=tuple(statements),
        refusals=refusals,
        law=law,
    )


def project_files(project: Project) -> list[Path]:
    """Return every file the project consists of, relative to its folder, the project file first."""
    names = dict.fromkeys(name for source in project.sources for name in source.files)
    return [(project.folder / name).relative_to(project.folder) for name in names]


def _working_crs(settings: Settings, layers: list[LoadedLayer]) -> CRS:
    stated = None if settings.crs == "auto" else named_crs(settings.crs)
    if stated is not None:
        return stated
    # without a jurisdiction nothing is analysed, yet the others can be checked
    known = [layer for layer in layers if layer.crs is not None]
    first = next((each for each in known if each.declaration.table == "jurisdiction"), None)
    first = first or next(iter(known), None)
    if first is None or first.crs is None or first.declaration.datum in TO_WGS84:
        return WGS84
    return first.crs


def _table(
    schema: TableSchema,
    layers: list[LoadedLayer],
    working: CRS,
    repairs: frozenset[str],
    refusals: Refusals,
    remarks: list[Remark],
    guarded: list[NamedLayer],
) -> Table:
    """Stack the layers of one table, each brought into form, and hand each on to be guarded."""
    frames, shapes, unusable = [], [], set()
    for layer in layers:
        conformed = conform(layer.raw, layer.declaration, schema, layer.file, refusals)
        fill_accuracy(conformed.frame, layer.declaration.accuracy_m)
        frames.append(conformed.frame)
        remarks += _file_remarks(layer, schema, working)
        remarks += [_remark("converted", key, layer, 0, values) for key, values in conformed.notes]
        if schema.geometry:
            prepared = _prepared(layer, schema, working, repairs)
            unusable |= {layer.file.above + note.row for note in prepared.refused}
            if not layer.placed:
                unusable |= set(range(layer.file.above, layer.file.above + layer.raw.rows))
            refusals.add(
                layer.file.refusal(note.problem, note.row + 1, note.details)
                for note in prepared.refused
            )
            remarks += [
                _remark("repaired", note.problem, layer, note.row + 1, note.details)
                for note in prepared.repaired
            ]
            if prepared.flattened:
                rows: dict[str, object] = {"rows": prepared.flattened}
                remarks.append(_remark("converted", "heights_dropped", layer, 0, rows))
            shapes.append(prepared.geometry)
            if layer.placed:
                guarded.append(_guarded(layer, conformed.frame, prepared))
    origin = Origin.stacked([(layer.file, layer.raw.rows) for layer in layers])
    frame = _stacked(frames, schema)
    key = schema.column(schema.key)
    nameless = key is not None and key.required and bool((frame[schema.key] == "").all())
    refusals.add(number_rows(frame, schema, origin))
    if schema.geometry:
        geometry = np.concatenate([np.empty(0, dtype=object), *shapes])
        frame = gpd.GeoDataFrame(frame, geometry=geometry, crs=working)
        if schema.name not in JOIN_PLACES:
            missing = np.flatnonzero(frame.geometry.isna().to_numpy())
            refusals.add(
                without_shapes(frame, origin, [int(row) for row in missing if row not in unusable])
            )
    return Table(
        frame, origin, bool(layers), frozenset(unusable), whole=not nameless or frame.empty
    )


def _prepared(
    layer: LoadedLayer, schema: TableSchema, working: CRS, repairs: frozenset[str]
) -> Prepared:
    if layer.raw.geometry is None or layer.crs is None:
        return Prepared(np.full(layer.raw.rows, None, dtype=object), (), ())
    return prepare_geometry(
        layer.raw.geometry,
        layer.raw.broken,
        kind=schema.geometry,
        datum=layer.declaration.datum,
        source=layer.crs,
        working=working,
        unclosed=layer.raw.unclosed,
        repairs=repairs,
    )


def _guarded(layer: LoadedLayer, frame: pd.DataFrame, prepared: Prepared) -> NamedLayer:
    rows = frame["accuracy_m"].dropna() if "accuracy_m" in frame else pd.Series(dtype="float64")
    told = rows.median() if len(rows) else layer.declaration.accuracy_m
    under_guard = GuardedLayer(
        prepared.geometry,
        layer.declaration.datum,
        math.nan if told is None else float(told),
        is_jurisdiction=layer.declaration.table == "jurisdiction",
        is_checked=layer.declaration.datum_checked,
    )
    return NamedLayer(layer.file, layer.declaration.table, under_guard)


def _with_accuracy(layers: list[NamedLayer], settings: Settings) -> list[NamedLayer]:
    """Return layers in which one that states no accuracy has the project's."""
    return [
        layer
        if math.isfinite(layer.guarded.accuracy_m)
        else layer._replace(guarded=replace(layer.guarded, accuracy_m=settings.accuracy_m))
        for layer in layers
    ]


def _stacked(frames: list[pd.DataFrame], schema: TableSchema) -> pd.DataFrame:
    if not frames:
        return empty_columns(schema)
    stacked = pd.concat(frames, ignore_index=True)
    own = [str(name) for name in stacked.columns if schema.column(str(name)) is None]
    # a column that only some of the layers have is blank in the others
    return stacked.fillna(dict.fromkeys(own, ""))


def _file_remarks(layer: LoadedLayer, schema: TableSchema, working: CRS) -> list[Remark]:
    notes = list(layer.raw.notes)
    datum = layer.declaration.datum
    if schema.geometry and layer.crs is not None:
        if layer.declaration.axes == "yx":
            notes.append(FileNote("axes_swapped", {}))
        came_from = layer.crs
        if datum in TO_WGS84:
            notes.append(FileNote("datum_converted", {"datum": datum}))
            came_from = WGS84
        names = {"source": crs_label(came_from), "working": crs_label(working)}
        if names["source"] != names["working"]:
            rough = is_rough(came_from, working)
            notes.append(FileNote("reprojected_roughly" if rough else "reprojected", dict(names)))
    elif not schema.geometry and layer.raw.geometry is not None:
        notes.append(FileNote("geometry_ignored", {}))
    return [_remark("converted", problem, layer, 0, details) for problem, details in notes]


def _remark(
    kind: str, problem: str, layer: LoadedLayer, row: int, details: dict[str, object]
) -> Remark:
    table = layer.declaration.table
    return Remark(kind, problem, table, layer.file.shown, layer.file.layer, row, details)


def _source(layer: LoadedLayer) -> Source:
    return Source(
        table=layer.declaration.table,
        path=layer.declaration.path,
        layer=layer.file.layer,
        files=layer.digests,
        rows=layer.raw.rows,
        crs="" if layer.crs is None else crs_label(layer.crs),
        datum=layer.declaration.datum,
        accuracy_m=layer.declaration.accuracy_m,
    )


def _project_source(path: Path, stated: ProjectFile) -> Source:
    return Source(
        table="project",
        path=PROJECT_FILE,
        layer="",
        files={PROJECT_FILE: file_digest(path)},
        rows=len(stated.layers),
        crs="",
        datum="",
        accuracy_m=None,
    )
