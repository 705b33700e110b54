"""Small real files for the tests of readers, and a project folder made of them."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import pandas as pd
import pytest
import shapely

from gis.errors import InputError, InputErrors
from gis.layers import read_project

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from gis.model.project import Project

TODAY = date(2026, 8, 15)
LIMIT = shapely.box(122.0, 41.0, 122.2, 41.1)
WEST = shapely.box(122.0, 41.0, 122.1, 41.1)
EAST = shapely.box(122.1, 41.0, 122.2, 41.1)


def write(path: Path, geometry: list[Any], crs: object = 4326, **columns: list[Any]) -> Path:
    """Write a layer in the format that its ending names."""
    gpd.GeoDataFrame(pd.DataFrame(columns), geometry=geometry, crs=crs).to_file(path)
    return path


def write_table(path: Path, text: str, encoding: str = "utf-8") -> Path:
    """Write a CSV file."""
    path.write_bytes(text.encode(encoding))
    return path


def project(folder: Path, more: str = "", claims: str = 'path = "claims.geojson"\n') -> Path:
    """Write a project of two claims that tile their jurisdiction; ``more`` goes below."""
    folder.mkdir(exist_ok=True)
    write(folder / "limit.geojson", [LIMIT], name_zh=["盘山县"])
    if not any(folder.glob("claims.*")):
        write(folder / "claims.geojson", [WEST, EAST], body=["甲", "乙"])
    text = f'[layers.jurisdiction]\npath = "limit.geojson"\n[layers.claims]\n{claims}{more}'
    (folder / "mangqu.toml").write_text(text, "utf-8")
    return folder


def read(folder: Path) -> Project:
    """Read a project as of the day of these tests."""
    return read_project(folder, today=TODAY)


def problems(call: Callable[[], object]) -> list[tuple[str, int | None, str | None]]:
    """Return problem, row and column of every refusal, after rendering each in both languages."""
    with pytest.raises((InputError, InputErrors)) as caught:
        call()
    refusal = caught.value
    errors = refusal.errors if isinstance(refusal, InputErrors) else (refusal,)
    for error in errors:
        assert error.render("zh") != error.render("en")
    return [(error.problem, error.row, error.column) for error in errors]
