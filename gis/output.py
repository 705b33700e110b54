"""Write results whole or not at all: aside first, then under their name."""

from __future__ import annotations

import errno
import os
import shutil
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pyogrio
from pyogrio.errors import DataLayerError, DataSourceError, FeatureError, GeometryError

from gis.errors import OutputError

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pandas as pd


@contextmanager
def new_folder(folder: Path) -> Iterator[Path]:
    """Give a folder to fill that becomes ``folder`` only if nothing goes wrong.

    Raises
    ------
    OutputError
        If something is there already, or the place cannot be written.
    """
    refuse_existing(folder)
    with _named_as_asked(folder):
        folder.parent.mkdir(parents=True, exist_ok=True)
        aside = Path(tempfile.mkdtemp(prefix=f".{folder.name[:_SHORT]}.", dir=folder.parent))
    try:
        with _named_as_asked(folder, aside):
            yield aside
            aside.chmod(0o755)
            aside.rename(folder)
    finally:
        shutil.rmtree(aside, ignore_errors=True)


def refuse_existing(folder: Path) -> None:
    """Raise an OutputError if anything is where a new folder shall be, or nothing can ever be."""
    with _named_as_asked(folder):
        # folders of that name, the present one and its parent, are there
        there = folder.exists() or folder.is_symlink()
        if not there and "\0" in str(folder):
            raise OSError(errno.EINVAL, os.strerror(errno.EINVAL))
    if there:
        raise OutputError("exists", path=str(folder))


def is_empty_folder(folder: Path) -> bool:
    """Tell whether a folder is there and empty.

    Raises
    ------
    OutputError
        If that cannot be known.
    """
    with _named_as_asked(folder):
        return folder.is_dir() and not folder.is_symlink() and not any(folder.iterdir())


@contextmanager
def new_file(path: Path) -> Iterator[Path]:
    """Give a path to write that replaces ``path`` only once it is complete.

    Raises
    ------
    OutputError
        If the place cannot be written.
    """
    with _named_as_asked(path):
        if "\0" in str(path):
            raise OSError(errno.EINVAL, os.strerror(errno.EINVAL))
        if path.is_dir():
            raise OSError(errno.EISDIR, os.strerror(errno.EISDIR))
        path.parent.mkdir(parents=True, exist_ok=True)
    aside = path.with_name(f".{path.stem[:_SHORT]}.{os.getpid()}{path.suffix}")
    try:
        with _named_as_asked(path, aside):
            yield aside
            aside.replace(path)
    finally:
        aside.unlink(missing_ok=True)


#: So many characters of a name leave room for what is added, whatever they are written in.
_SHORT = 20


@contextmanager
def _named_as_asked(path: Path, aside: Path | None = None) -> Iterator[None]:
    """Raise what goes wrong as an OutputError about the place asked for, not the one aside."""
    try:
        yield
    except OSError as error:
        raise OutputError("cannot_write", path=str(path), why=error.strerror or "") from error
    except _NOT_WRITTEN as error:
        why = str(error).replace(str(aside), str(path))
        raise OutputError("cannot_write", path=str(path), why=why) from error
    except OutputError as error:
        if aside is not None:
            error.details = {
                name: str(value).replace(str(aside), str(path))
                for name, value in error.details.items()
            }
        raise


#: What GDAL's means of writing raise.
_NOT_WRITTEN = (DataSourceError, DataLayerError, FeatureError, GeometryError)


def add_layer(
    table: pd.DataFrame, path: Path, layer: str, geometry_type: str | None = None
) -> None:
    """Add a layer to a GeoPackage, which is made if it is not there.

    Parameters
    ----------
    table
        Rows, with or without geometry.
    path, layer
        Where they go.
    geometry_type
        Stated, so that a layer without rows has one too; a multi type promotes single shapes.

    Raises
    ------
    OutputError
        If the file cannot be written.
    """
    options: dict[str, object] = {"append": path.exists()}
    if not path.exists():
        # what desktop programs of the last years read without a warning
        options["dataset_options"] = {"VERSION": "1.2"}
    if geometry_type is not None:
        options["geometry_type"] = geometry_type
        options["promote_to_multi"] = geometry_type.startswith("Multi")
    try:
        pyogrio.write_dataframe(table, path, layer=layer, driver="GPKG", **options)
    except _NOT_WRITTEN as error:
        raise OutputError("cannot_write", path=str(path), why=str(error)) from error
