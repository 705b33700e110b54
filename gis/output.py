"""Write results whole or not at all: aside first, then under their name."""

from __future__ import annotations

import os
import shutil
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pyogrio
from pyogrio.errors import DataLayerError, DataSourceError

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
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        aside = Path(tempfile.mkdtemp(prefix=f".{folder.name}.", dir=folder.parent))
    except OSError as error:
        raise OutputError("cannot_write", path=str(folder), why=error.strerror or "") from error
    try:
        yield aside
        aside.chmod(0o755)
        aside.rename(folder)
    except OSError as error:
        raise OutputError("cannot_write", path=str(folder), why=error.strerror or "") from error
    finally:
        shutil.rmtree(aside, ignore_errors=True)


def refuse_existing(folder: Path) -> None:
    """Raise an OutputError if anything is where a new folder shall be."""
    if folder.exists() or folder.is_symlink():
        raise OutputError("exists", path=str(folder))


@contextmanager
def new_file(path: Path) -> Iterator[Path]:
    """Give a path to write that replaces ``path`` only once it is complete.

    Raises
    ------
    OutputError
        If the place cannot be written.
    """
    aside = path.with_name(f".{path.stem}.{os.getpid()}{path.suffix}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        yield aside
        aside.replace(path)
    except OSError as error:
        raise OutputError("cannot_write", path=str(path), why=error.strerror or "") from error
    finally:
        if aside.is_file():
            aside.unlink()


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
    except (DataSourceError, DataLayerError) as error:
        raise OutputError("cannot_write", path=str(path), why=str(error)) from error
