"""Copy the New York project into a folder."""

from __future__ import annotations

import shutil
import zipfile
from importlib.resources import as_file, files
from typing import TYPE_CHECKING

from gis.layers.new_project import new_project_folder

if TYPE_CHECKING:
    from pathlib import Path

PLAIN_FILES = ("mangqu.toml", "rules.toml", "bodies.csv", "matters.csv", "README.md")


def build(folder: Path) -> None:
    """Write the project of New York City's service districts; all of its data are real.

    Parameters
    ----------
    folder
        A folder that does not exist yet, or an empty one.

    Raises
    ------
    OutputError
        If the folder holds something already, or cannot be written.
    """
    home = files("mangqu_samples.nyc")
    with new_project_folder(folder) as aside:
        for name in PLAIN_FILES:
            with as_file(home.joinpath(name)) as source:
                shutil.copyfile(source, aside / name)
        with as_file(home.joinpath("nyc.gpkg.zip")) as source, zipfile.ZipFile(source) as archive:
            archive.extract("nyc.gpkg", aside)
