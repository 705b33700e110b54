"""From files to checked tables: coordinate systems, datums, row-numbered checks, repair."""

from gis.layers.loading import file_digest
from gis.layers.one_layer import OneLayer, read_one_layer, transformed
from gis.layers.project_file import PROJECT_FILE
from gis.layers.read import project_files, read_project

__all__ = [
    "PROJECT_FILE",
    "OneLayer",
    "file_digest",
    "project_files",
    "read_one_layer",
    "read_project",
    "transformed",
]
