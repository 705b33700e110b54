"""Read a project: every layer it names, checked, mended and in one coordinate system."""

from __future__ import annotations

import hashlib
import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd

from gis.errors import InputError, InputErrors
from gis.layers.checking import (
    MOST_ERRORS,
    Origin,
    blank_rows,
    conform,
    empty_columns,
    fill_accuracy,
    number_rows,
)
from gis.layers.crosschecks import (
    Table,
    bodies_named,
    circular_parents,
    join_places,
    matters_named,
    unknown_names,
    with_names,
)
from gis.layers.crs import WGS84, crs_label, is_rough, named_crs, source_crs
from gis.layers.datum import TO_WGS84
from gis.layers.datum_guard import GuardedLayer
from gis.layers.datum_refusals import NamedLayer, judged
from gis.layers.geometry_repair import Prepared, prepare_geometry
from gis.layers.project_file import PROJECT_FILE, read_project_file
from gis.model.project import Project, Remark, Source
from gis.model.tables import TABLES
from gis.readers.formats import read_layer
from gis.readers.raw import FileNote, LayerFile

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date
    from pathlib import Path

    from pyproj import CRS

    from gis.layers.project_file import LayerDeclaration, ProjectFile
    from gis.model.project import Settings
    from gis.model.tables import TableSchema
    from gis.readers.raw import RawLayer

#: Tables in which a row without a geometry may name a place instead, or hold everywhere.
_JOIN_PLACES = ("claims", "agreements")
_NEVER_EMPTY = ("jurisdiction", "claims")


@dataclass(frozen=True, slots=True)
class _Loaded:
    """A declared layer, as read."""

    declaration: LayerDeclaration
    file: LayerFile
    raw: RawLayer
    digests: dict[str, str]
    crs: CRS | None  # None where there is no geometry


def read_project(folder: Path, *, today: date, as_of: date | None = None) -> Project:
    """Read a project and check everything in it.

    Parameters
    ----------
    folder
        The project's folder, or the ``mangqu.toml`` in it.
    today
        Day asked about where neither ``as_of`` nor the project names one.
    as_of
        Day asked about, whatever the project says.

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
        If anything else is wrong: all that was found, at most ``MOST_ERRORS``.
    MissingPartError
        If a layer needs an optional part that is not installed.
    """
    if folder.name == PROJECT_FILE and not folder.is_dir():
        folder = folder.parent
    path = folder / PROJECT_FILE
    stated = read_project_file(path, today=today, as_of=as_of)
    folder = folder.resolve()
    layers = _load(folder, stated.layers)
    working = _working_crs(stated.settings, layers)
    errors: list[InputError] = []
    remarks: list[Remark] = []
    guarded: list[NamedLayer] = []
    tables = {
        name: _table(
            schema,
            [layer for layer in layers if layer.declaration.table == name],
            working,
            errors,
            remarks,
            guarded,
        )
        for name, schema in TABLES.items()
    }
    misplaced, doubts = judged(_with_accuracy(guarded, stated.settings), working, in_project=True)
    errors += misplaced
    remarks += doubts
    tables = _related(tables, stated.settings, errors)
    if errors:
        raise InputErrors(errors[:MOST_ERRORS])
    return Project(
        folder=folder,
        settings=stated.settings,
        crs=working,
        **{name: table.frame for name, table in tables.items() if name != "places"},
        sources=(_project_source(path, stated), *(_source(layer) for layer in layers)),
        remarks=tuple(remarks),
    )


def project_files(project: Project) -> list[Path]:
    """Return every file the project consists of, relative to its folder, the project file first."""
    names = dict.fromkeys(name for source in project.sources for name in source.files)
    return [(project.folder / name).relative_to(project.folder) for name in names]


def file_digest(path: Path) -> str:
    """Return the SHA-256 of a file, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _load(folder: Path, declarations: Iterable[LayerDeclaration]) -> list[_Loaded]:
    loaded, errors = [], []
    for declaration in declarations:
        try:
            loaded.append(_load_one(folder, declaration))
        except InputError as error:
            errors.append(error)
    if errors:
        raise InputErrors(errors)
    return loaded


def _load_one(folder: Path, declaration: LayerDeclaration) -> _Loaded:
    file = LayerFile(
        folder / declaration.path, declaration.path, declaration.layer, declaration.encoding
    )
    _refuse_outside(folder, file.path, file)
    raw = read_layer(file)
    for path in raw.files:
        _refuse_outside(folder, path, file)
    file = replace(file, layer=raw.layer)
    schema = TABLES[declaration.table]
    crs = None
    if schema.geometry and raw.geometry is not None:
        crs = source_crs(raw.crs, declaration.crs, declaration.datum, file)
    elif schema.geometry and declaration.table not in _JOIN_PLACES:
        raise file.error("geometry_column_missing", expected=schema.geometry)
    if raw.rows == 0 and declaration.table in _NEVER_EMPTY:
        raise file.error("table_empty")
    digests = {path.relative_to(folder).as_posix(): file_digest(path) for path in raw.files}
    return _Loaded(declaration, file, raw, digests, crs)


def _refuse_outside(folder: Path, path: Path, file: LayerFile) -> None:
    """Refuse a file that is not within the folder, be it by ``..`` or by a link."""
    if not path.resolve().is_relative_to(folder) or ".." in path.parts:
        raise file.error("path_outside")


def _working_crs(settings: Settings, layers: list[_Loaded]) -> CRS:
    stated = None if settings.crs == "auto" else named_crs(settings.crs)
    if stated is not None:
        return stated
    jurisdiction = next(layer for layer in layers if layer.declaration.table == "jurisdiction")
    if jurisdiction.crs is None or jurisdiction.declaration.datum in TO_WGS84:
        return WGS84
    return jurisdiction.crs


def _table(
    schema: TableSchema,
    layers: list[_Loaded],
    working: CRS,
    errors: list[InputError],
    remarks: list[Remark],
    guarded: list[NamedLayer],
) -> Table:
    """Stack the layers of one table, each brought into form, and hand each on to be guarded."""
    frames, shapes, unusable = [], [], set()
    at = 0
    for layer in layers:
        frame, wrong = conform(layer.raw, layer.declaration, schema, layer.file)
        errors += wrong
        fill_accuracy(frame, layer.declaration.accuracy_m)
        frames.append(frame)
        remarks += _file_remarks(layer, schema, working)
        if schema.geometry:
            prepared = _prepared(layer, schema, working)
            unusable |= {at + note.row for note in prepared.refused}
            errors += [
                layer.file.refusal(note.problem, note.row + 1, note.details)
                for note in prepared.refused
            ]
            remarks += [
                _remark("repaired", note.problem, layer, note.row + 1, note.details)
                for note in prepared.repaired
            ]
            shapes.append(prepared.geometry)
            guarded.append(_guarded(layer, frame, prepared))
        at += layer.raw.rows
    origin = Origin.stacked([(layer.file, layer.raw.rows) for layer in layers])
    frame = _stacked(frames, schema)
    errors += number_rows(frame, schema, origin)
    if schema.geometry:
        geometry = np.concatenate([np.empty(0, dtype=object), *shapes])
        frame = gpd.GeoDataFrame(frame, geometry=geometry, crs=working)
        if schema.name not in _JOIN_PLACES:
            missing = np.flatnonzero(frame.geometry.isna().to_numpy())
            errors += [
                origin.error(int(row), "geometry_missing") for row in missing if row not in unusable
            ]
    return Table(frame, origin, bool(layers), frozenset(unusable))


def _prepared(layer: _Loaded, schema: TableSchema, working: CRS) -> Prepared:
    if layer.raw.geometry is None or layer.crs is None:
        return Prepared(np.full(layer.raw.rows, None, dtype=object), (), ())
    return prepare_geometry(
        layer.raw.geometry,
        layer.raw.broken,
        kind=schema.geometry,
        datum=layer.declaration.datum,
        source=layer.crs,
        working=working,
    )


def _guarded(layer: _Loaded, frame: pd.DataFrame, prepared: Prepared) -> NamedLayer:
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


def _file_remarks(layer: _Loaded, schema: TableSchema, working: CRS) -> list[Remark]:
    notes = list(layer.raw.notes)
    datum = layer.declaration.datum
    if schema.geometry and layer.crs is not None:
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
    kind: str, problem: str, layer: _Loaded, row: int, details: dict[str, object]
) -> Remark:
    table = layer.declaration.table
    return Remark(kind, problem, table, layer.file.shown, layer.file.layer, row, details)


def _related(
    tables: dict[str, Table], settings: Settings, errors: list[InputError]
) -> dict[str, Table]:
    """Check what the tables say of each other, and make up those that the user left out."""
    related = dict(tables)
    for name in _JOIN_PLACES:
        joined, wrong = join_places(
            tables[name], tables["places"], geometry_required=TABLES[name].geometry_required
        )
        related[name] = replace(tables[name], frame=joined)
        errors += wrong
    fill_accuracy(related["claims"].frame, settings.accuracy_m)
    errors += _body_errors(related) if related["bodies"].given else []
    if not related["bodies"].given:
        named = bodies_named(*(related[name].frame for name in ("claims", "agreements", "lanes")))
        related["bodies"] = _made_up("bodies", named)
    errors += _matter_errors(related) if related["matters"].given else []
    if not related["matters"].given:
        related["matters"] = _made_up("matters", matters_named(related["claims"].frame))
    errors += _asked_matter_errors(related["matters"].frame, settings)
    for name in ("bodies", "matters"):
        frame = with_names(related[name].frame, TABLES[name].key)
        related[name] = replace(related[name], frame=frame)
    return related


def _body_errors(tables: dict[str, Table]) -> list[InputError]:
    bodies = tables["bodies"]
    known = list(bodies.frame["body_id"])
    errors = []
    for name, column in (
        ("claims", "body"),
        ("agreements", "parties"),
        ("agreements", "first_receiver"),
        ("lanes", "body"),
        ("bodies", "superior_id"),
    ):
        errors += unknown_names(tables[name], column, known, "body_not_listed")
    return errors + circular_parents(bodies, "body_id", "superior_id", "body_circular")


def _matter_errors(tables: dict[str, Table]) -> list[InputError]:
    matters = tables["matters"]
    known = list(matters.frame["matter_id"])
    errors = []
    for name in ("claims", "agreements", "cases"):
        errors += unknown_names(tables[name], "matter", known, "matter_not_listed")
    errors += unknown_names(matters, "parent_id", known, "matter_not_listed")
    return errors + circular_parents(matters, "matter_id", "parent_id", "matter_circular")


def _asked_matter_errors(matters: pd.DataFrame, settings: Settings) -> list[InputError]:
    frame = pd.DataFrame({"matters": list(settings.matters)}, dtype="str")
    head = LayerFile.for_messages(PROJECT_FILE)
    origin = Origin((head,), (0,) * len(frame), (1,) * len(frame))
    errors = unknown_names(
        Table(frame, origin, True), "matters", matters["matter_id"], "matter_not_listed"
    )
    for error in errors:
        error.row = None
    return errors


def _made_up(name: str, keys: list[str]) -> Table:
    frame = blank_rows(TABLES[name], len(keys))
    frame[TABLES[name].key] = pd.Series(keys, dtype="str")
    return Table(frame, Origin((), (), ()), given=False)


def _source(layer: _Loaded) -> Source:
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
