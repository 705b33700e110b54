"""Layers handed to GDAL: days as days, missing values missing, any name as it is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pyogrio
import shapely

from gis.model.run import GEOMETRY_TYPES
from gis.writers.columns import Kind, in_utc

if TYPE_CHECKING:
    from pathlib import Path

    import numpy.typing as npt
    from pyproj import CRS

    from gis.model.arrangement import BoolArray, GeometryArray
    from gis.writers.columns import Field, Layer

#: How GDAL's tables mark a moment in UTC.
_GDAL_UTC = 100


def hand_to_gdal(
    layer: Layer,
    path: Path,
    driver: str,
    *,
    geometry_type: str,
    **options: Any,  # noqa: ANN401
) -> None:
    """Write a layer through GDAL.

    Parameters
    ----------
    layer
        Lists are texts already.
    path, driver
        Where and how.
    geometry_type
        As :func:`geometry_type_of` tells it.
    **options
        What ``pyogrio.raw.write`` takes besides.
    """
    data, masks, zones = [], [], {}
    for field in layer.fields:
        values, mask = _array(field)
        data.append(values)
        masks.append(mask)
        if any(value is not None and _is_zoned(field, value) for value in field.cells):
            zones[field.name] = np.full(layer.rows, _GDAL_UTC, dtype=np.int32)
    if layer.shapes is not None:
        options |= {
            "geometry_type": geometry_type,
            "promote_to_multi": geometry_type.startswith("Multi"),
            "crs": gdal_crs(layer.crs),
        }
    pyogrio.raw.write(
        path,
        None if layer.shapes is None else shapely.to_wkb(layer.shapes),
        data,
        [field.name for field in layer.fields],
        field_mask=masks,
        layer=layer.name,
        driver=driver,
        gdal_tz_offsets=zones,
        **options,
    )


def _is_zoned(field: Field, value: Any) -> bool:  # noqa: ANN401 - any plain value
    return field.kind == Kind.MOMENT and value.tzinfo is not None


def geometry_type_of(name: str, shapes: GeometryArray) -> str:
    """Return the narrowest type that holds every shape of a layer, as GDAL calls it.

    An empty layer of a run has the type that it would have with rows.
    """
    drawn = shapes[~shapely.is_missing(shapes)]
    kinds = set(shapely.get_type_id(drawn).tolist())
    names = {_TYPE_NAMES[kind] for kind in kinds}
    if not names:
        return GEOMETRY_TYPES.get(name, "Unknown")
    families = {name.removeprefix("Multi") for name in names}
    if len(families) > 1:
        return "Unknown"
    widest = max(names, key=len)
    return f"{widest} Z" if shapely.has_z(drawn).any() else widest


_TYPE_NAMES = {
    0: "Point", 1: "LineString", 2: "LineString", 3: "Polygon", 4: "MultiPoint",
    5: "MultiLineString", 6: "MultiPolygon", 7: "GeometryCollection",
}  # fmt: skip


def gdal_crs(crs: CRS | None) -> str | None:
    """Return a coordinate system as GDAL reads it: its code, or its definition."""
    if crs is None:
        return None
    code = crs.to_epsg()
    return f"EPSG:{code}" if code else str(crs.to_wkt())


def _as_it_is(value: Any) -> Any:  # noqa: ANN401 - any plain value
    return value


#: NumPy's type of each kind, and what stands where a value is missing and masked.
_STORED: dict[Kind, tuple[str, object]] = {
    Kind.INTEGER: ("int64", 0),
    Kind.NUMBER: ("float64", np.nan),
    Kind.BOOLEAN: ("bool", False),
    Kind.DAY: ("datetime64[D]", np.datetime64("NaT")),
    Kind.MOMENT: ("datetime64[ms]", np.datetime64("NaT")),
}


def _array(field: Field) -> tuple[npt.NDArray[Any], BoolArray | None]:
    if field.kind not in _STORED:
        return np.array([*field.cells, None], dtype=object)[:-1], None
    stored, blank = _STORED[field.kind]
    missing = np.array([value is None for value in field.cells], dtype=bool)
    plain = in_utc if field.kind == Kind.MOMENT else _as_it_is
    values = [blank if value is None else plain(value) for value in field.cells]
    masked = field.kind in {Kind.INTEGER, Kind.BOOLEAN} and missing.any()
    return np.array(values, dtype=stored), missing if masked else None
