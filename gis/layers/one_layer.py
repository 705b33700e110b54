"""Read a single layer as it comes, for questions asked without a project."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from gis.catalogue import Catalogue, Worded
from gis.errors import InputError, InputErrors
from gis.layers.crs import crs_label, named_crs, reaches, source_crs, stated_crs, transform
from gis.layers.crs_candidates import refuse_unstated
from gis.layers.geometry_repair import REPAIRS, Prepared, RowNote, is_unmended, prepare_geometry
from gis.layers.loading import file_digest
from gis.layers.refusals import Refusals
from gis.model.project import Remark, Source
from gis.progress import silent
from gis.readers.apart import read_apart
from gis.readers.cells import as_text
from gis.readers.raw import FileNote, LayerFile, is_unsafe_name

if TYPE_CHECKING:
    from pyproj import CRS

    from gis.model.arrangement import IntArray
    from gis.progress import Progress
    from gis.readers.raw import RawLayer


@dataclass(frozen=True, slots=True)
class OneLayer:
    """The usable rows of a layer, and what became of the others.

    Parameters
    ----------
    frame
        Rows with a valid geometry in ``crs``, indexed from 0; the user's columns as text.
    rows
        Number of each row in its file, from 1; shape (n,).
    total
        Number of rows in the file.
    crs
        Coordinate system of the file, as stated there or by the user.
    sources
        Where it came from.
    remarks
        Rows that were repaired, and what was converted.
    refused
        Rows that were left out.
    """

    frame: gpd.GeoDataFrame
    rows: IntArray
    total: int
    crs: CRS
    sources: tuple[Source, ...]
    remarks: tuple[Remark, ...]
    refused: tuple[Remark, ...]

    def frame_in(self, crs: CRS) -> gpd.GeoDataFrame:
        """Return the rows in another coordinate system.

        Raises
        ------
        InputError
            If a row lies outside the other system's domain; it names file, layer and row.
        """
        try:
            return transformed(self.frame, crs)
        except InputError as error:
            source = self.sources[0]
            error.file, error.layer = source.path, source.layer or None
            if error.row is not None:
                error.row = int(self.rows[error.row - 1])
            raise


def read_one_layer(
    spec: str,
    *,
    crs: str | None = None,
    encoding: str | None = None,
    geometry: str = "polygon",
    repairs: frozenset[str] = REPAIRS,
    progress: Progress = silent,
) -> OneLayer:
    """Read a layer without a project; rows that cannot be used are listed and left out.

    Parameters
    ----------
    spec
        Path of a file, or ``path:layer`` for one of several layers.
    crs
        Authority code, for a file that states no coordinate system.
    encoding
        Text encoding, for a Shapefile or CSV that states none.
    geometry
        ``"polygon"``, ``"line"`` or ``"point"``: which rows can be used.
    repairs
        What may be mended of a row's shape.
    progress
        Told how many rows have been read.

    Raises
    ------
    InputError
        If the file cannot be read as a whole, or no row of it can be used.
    InputErrors
        If a row needs a repair that may not be made.
    MissingPartError
        If the format needs a part that is not installed.
    """
    file = replace(layer_file(spec, encoding or ""), wanted=geometry)
    raw = read_apart(file, partial(progress, "reading"))
    file = replace(file, layer=raw.layer)
    if raw.geometry is None:
        raise file.error("geometry_column_missing", expected=geometry)
    system, of_system = _system(raw, crs or "", file)
    prepared = prepare_geometry(
        raw.geometry,
        raw.broken,
        kind=geometry,
        datum="",
        source=system,
        working=system,
        unclosed=raw.unclosed,
        repairs=repairs,
    )
    _refuse_unmended(prepared, file)
    refused = _left_out(prepared)
    kept = np.setdiff1d(np.arange(raw.rows), [note.row for note in refused]).astype(np.int64)
    if len(kept) == 0:
        first = _Why(refused[0]) if refused else ""
        raise file.error("no_usable_row", refused=len(refused), expected=geometry, first=first)
    columns = {
        name: pd.Series([as_text(values[row]) for row in kept], dtype="str")
        for name, values in raw.columns.items()
        if name != "geometry"
    }
    frame = gpd.GeoDataFrame(columns, geometry=prepared.geometry[kept], crs=system)
    notes = [
        Remark("converted", problem, "", file.shown, file.layer, 0, details)
        for problem, details in (*raw.notes, *of_system)
    ]
    if prepared.flattened:
        rows: dict[str, object] = {"rows": prepared.flattened}
        notes.append(Remark("converted", "heights_dropped", "", file.shown, file.layer, 0, rows))
    digests = {path.name: file_digest(path) for path in raw.files}
    source = Source("", file.shown, file.layer, digests, raw.rows, crs_label(system), "", None)
    return OneLayer(
        frame=frame,
        rows=kept + 1,
        total=raw.rows,
        crs=system,
        sources=(source,),
        remarks=(*notes, *_remarks("repaired", prepared.repaired, file)),
        refused=_remarks("refused", refused, file),
    )


def _system(raw: RawLayer, stated: str, file: LayerFile) -> tuple[CRS, list[FileNote]]:
    """Return the coordinate system of a layer, and a remark if the one stated is not used."""
    found = stated_crs(raw.crs, file)
    system = source_crs(found, "" if found else stated, "", file)
    if system is None:
        raise refuse_unstated(file, shapely.bounds(raw.geometry))
    unused = named_crs(stated) if stated and found else None
    if unused is None or unused.equals(system, ignore_axis_order=True):
        return system, []
    details: dict[str, object] = {"stated": crs_label(unused), "found": crs_label(system)}
    return system, [FileNote("crs_not_used", details)]


def _refuse_unmended(prepared: Prepared, file: LayerFile) -> None:
    """Refuse the layer if a row needs a repair that may not be made."""
    unmended = [note for note in prepared.refused if is_unmended(note)]
    if unmended:
        wrong = Refusals(
            file.refusal(note.problem, note.row + 1, note.details) for note in unmended
        )
        raise InputErrors(*wrong.shortlist())


def _left_out(prepared: Prepared) -> list[RowNote]:
    """Return the rows that cannot be used, those without a shape among them, in their order."""
    unusable = {note.row for note in prepared.refused}
    missing = np.flatnonzero([shape is None for shape in prepared.geometry])
    without = (RowNote(int(row), "geometry_missing") for row in missing if row not in unusable)
    return sorted([*prepared.refused, *without], key=lambda note: note.row)


@dataclass(frozen=True, slots=True)
class _Why(Worded):
    """What is wrong with a row."""

    note: RowNote

    def in_words(self, texts: Catalogue) -> str:
        """Return the sentence, its row before it."""
        row = texts.text("place.row", value=self.note.row + 1)
        why = texts.text(f"remark.{self.note.problem}", **self.note.details)
        return texts.text("place.line", where=row, sentence=why)


#: Between a file and a layer in it; Chinese keyboards give the wide one.
_LAYER_MARKS = (":", "\uff1a")


def layer_file(spec: str, encoding: str = "") -> LayerFile:
    """Return the file, and the layer in it, that ``path`` or ``path:layer`` means.

    Raises
    ------
    InputError
        If the path holds a character that a reader may act upon.
    """
    path, layer = spec, ""
    try:
        mark = max(_LAYER_MARKS, key=spec.rfind)
        if not Path(spec).exists() and mark in spec:
            path, _, layer = spec.rpartition(mark)
            if not Path(path).exists():
                path, layer = spec, ""
    except OSError as error:  # such as a name too long for the file system
        raise InputError(
            "file_unreadable", file=spec, reason=error.strerror or str(error)
        ) from error
    if is_unsafe_name(path):
        raise InputError("path_unsafe", file=path, value=path)
    return LayerFile(Path(path), path, layer, encoding)


def transformed(frame: gpd.GeoDataFrame, crs: CRS) -> gpd.GeoDataFrame:
    """Return a layer in another coordinate system.

    Raises
    ------
    InputError
        If a row lies outside the other system's domain.
    """
    bounds = frame.geometry.bounds.to_numpy()
    shapes = transform(frame.geometry.to_numpy(), frame.crs, crs)
    moved = frame.set_geometry(gpd.GeoSeries(shapes, index=frame.index, crs=crs))
    finite = np.isfinite(moved.geometry.bounds.to_numpy()).all(axis=1)
    lost = np.flatnonzero(~(finite & reaches(bounds, frame.crs, crs)))
    if len(lost):
        raise InputError("coordinates_out_of_domain", row=int(lost[0]) + 1, found=crs_label(crs))
    return moved


def _remarks(
    kind: str, notes: list[RowNote] | tuple[RowNote, ...], file: LayerFile
) -> tuple[Remark, ...]:
    return tuple(
        Remark(kind, note.problem, "", file.shown, file.layer, note.row + 1, note.details)
        for note in notes
    )
