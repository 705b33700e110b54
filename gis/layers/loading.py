"""Open the layers that a project declares, and see whether each says where it lies."""

from __future__ import annotations

import hashlib
from collections import Counter
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

import shapely

from gis.errors import InputError, MissingPartError
from gis.layers.axes import exchanged
from gis.layers.crs import source_crs, stated_crs
from gis.layers.placing import Whereabouts, misplaced
from gis.layers.relations import JOIN_PLACES
from gis.layers.shapeless import shapeless
from gis.model.tables import TABLES
from gis.readers.apart import read_apart
from gis.readers.parts import parts_of
from gis.readers.raw import LayerFile

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from pyproj import CRS

    from gis.layers.project_file import LayerDeclaration
    from gis.layers.refusals import Refusals
    from gis.progress import Progress
    from gis.readers.raw import RawLayer

_NEVER_EMPTY = ("jurisdiction", "claims")


@dataclass(frozen=True, slots=True)
class LoadedLayer:
    """A declared layer, as read."""

    declaration: LayerDeclaration
    file: LayerFile
    raw: RawLayer
    digests: dict[str, str]
    crs: CRS | None  # None where there is no geometry, or nothing states it
    placed: bool = True  # false where its shapes are refused as a whole

    @property
    def drawn(self) -> bool:
        """Tell whether its shapes are used."""
        return bool(TABLES[self.declaration.table].geometry) and self.raw.geometry is not None

    def whereabouts(self) -> Whereabouts:
        """Return what is known of where it lies."""
        bounds = shapely.bounds(self.raw.geometry)
        return Whereabouts(
            self.file, bounds, self.crs, self.declaration.axes, self.declaration.table
        )


def load_layers(
    folder: Path, declarations: Iterable[LayerDeclaration], refusals: Refusals, progress: Progress
) -> list[LoadedLayer]:
    """Read every layer that can be read."""
    loaded: list[LoadedLayer] = []
    above: Counter[str] = Counter()
    for declaration in declarations:
        try:
            layer = _load_one(folder, declaration, progress)
        except InputError as error:
            error.table = declaration.table
            refusals.add([error])
            continue
        except MissingPartError as error:
            wanting = LayerFile.for_messages(declaration.path, declaration.table).error(
                error.problem
            )
            wanting.details.update(error.details)
            refusals.add([wanting])
            continue
        file = replace(layer.file, above=above[declaration.table])
        above[declaration.table] += layer.raw.rows
        loaded.append(replace(layer, file=file))
    return loaded


def placed_layers(layers: list[LoadedLayer], refusals: Refusals) -> list[LoadedLayer]:
    """Return the layers, without the shapes of those that lie nowhere or in a wrong place."""
    drawn = [at for at, layer in enumerate(layers) if layer.drawn]
    # told by the other layers, so only once they all have been read
    wrong = misplaced([layers[at].whereabouts() for at in drawn])
    refusals.add(wrong.values())
    unplaced = {drawn[at] for at in wrong}
    return [
        replace(layer, crs=None, placed=False) if at in unplaced else layer
        for at, layer in enumerate(layers)
    ]


def _load_one(folder: Path, declaration: LayerDeclaration, progress: Progress) -> LoadedLayer:
    file = LayerFile(
        folder / declaration.path,
        declaration.path,
        declaration.layer,
        declaration.encoding,
        TABLES[declaration.table].geometry,
        declaration.geometry,
        declaration.table,
    )
    for path in (file.path, *_parts(file)):
        _refuse_outside(folder, path, file)
    raw = read_apart(file, partial(progress, "reading"))
    file = replace(file, layer=raw.layer)
    if declaration.axes == "yx" and raw.geometry is not None:
        raw = replace(raw, geometry=exchanged(raw.geometry))
    schema = TABLES[declaration.table]
    crs = None
    if schema.geometry and raw.geometry is not None:
        crs = source_crs(stated_crs(raw.crs, file), declaration.crs, declaration.datum, file)
    elif schema.geometry and declaration.table not in JOIN_PLACES:
        wanting = shapeless(file, raw.columns)
        if wanting.problem == "geometry_in_column":
            raise wanting
        raise file.error("geometry_column_missing", expected=schema.geometry)
    if raw.rows == 0 and declaration.table in _NEVER_EMPTY:
        raise file.error("table_empty")
    digests = {path.relative_to(folder).as_posix(): file_digest(path) for path in raw.files}
    return LoadedLayer(declaration, file, raw, digests, crs)


def _parts(file: LayerFile) -> tuple[Path, ...]:
    try:
        return parts_of(file.path)
    except OSError as error:
        raise file.error("file_unreadable", reason=error.strerror or str(error)) from error


def _refuse_outside(folder: Path, path: Path, file: LayerFile) -> None:
    """Refuse a file that is not within the folder, be it by ``..`` or by a link."""
    if not path.resolve().is_relative_to(folder) or ".." in path.parts:
        raise file.error("path_outside")


def file_digest(path: Path) -> str:
    """Return the SHA-256 of a file, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
