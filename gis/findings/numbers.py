"""Give findings numbers that stay when the same place is found again."""

from __future__ import annotations

import base64
import hashlib
from typing import TYPE_CHECKING

import shapely

from gis.measure import WGS84, transformer
from gis.model.vocabulary import FindingClass, LaneFindingClass, wanting

if TYPE_CHECKING:
    import geopandas as gpd

_GRAVITY = {name.value: rank for rank, name in enumerate((*FindingClass, *LaneFindingClass))}

#: About a metre: a place that is redrawn by less keeps its number.
_DECIMALS_OF_A_DEGREE = 5


def numbered(table: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return findings, the gravest and largest first, with ``finding_id`` as first column.

    The id is drawn from what is wanting (gap, overlap, level), the matter, the level and the
    centre of gravity to about a metre; not from the date or the order of rows. A zone or another
    claim laid beside a place adds vertices to its border and leaves its centre of gravity alone.
    The index of the result says where each row stood before.
    """
    centres = shapely.centroid(table.geometry.to_numpy())
    degrees = transformer(table.crs, WGS84).transform(
        shapely.get_x(centres), shapely.get_y(centres)
    )
    keys = [
        f"{kind}|{matter}|{level}|{lon:.{_DECIMALS_OF_A_DEGREE}f}|{lat:.{_DECIMALS_OF_A_DEGREE}f}"
        for kind, matter, level, lon, lat in zip(
            map(wanting, table["standing"]), table["matter"], table["level"], *degrees, strict=True
        )
    ]
    return _with_ids(table, keys, prefix="F", id_column="finding_id", size="area_m2")


def numbered_lanes(table: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return lane findings, gravest and longest first, with ``lane_finding_id``.

    The id is drawn from class, lane, matter, level and the metre at which the finding begins.
    """
    keys = [
        "|".join(str(part) for part in parts)
        for parts in zip(
            table["class"],
            table["lane_id"],
            table["matter"],
            table["level"],
            table["from_m"].round().astype(int),
            strict=True,
        )
    ]
    return _with_ids(table, keys, prefix="L", id_column="lane_finding_id", size="length_m")


def _with_ids(
    table: gpd.GeoDataFrame, keys: list[str], *, prefix: str, id_column: str, size: str
) -> gpd.GeoDataFrame:
    result = table.assign(_key=keys, _gravity=table["class"].map(_GRAVITY))
    result = result.sort_values(
        ["_gravity", size, "_key"], ascending=[True, False, True], kind="stable"
    )
    # two places within a metre of each other: the larger keeps the plain number
    repeat = result.groupby("_key").cumcount()
    ids = [_number(prefix, key, again) for key, again in zip(result["_key"], repeat, strict=True)]
    result.insert(0, id_column, ids)
    return result.drop(columns=["_key", "_gravity"])


def _number(prefix: str, key: str, again: int) -> str:
    text = f"{key}|{again}" if again else key
    digest = hashlib.sha256(text.encode()).digest()
    # 50 bits: among a million findings two share a number with a chance of 1 in 2000
    return f"{prefix}-{base64.b32encode(digest).decode()[:10]}"
