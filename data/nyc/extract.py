"""Make ``nyc.gpkg.zip`` from the GeoPackage of all New York layers.

    python -m mangqu_samples.nyc.extract ORIGINAL.gpkg

Rows and coordinates stay as the source ships them, two self-touching rings included. Only layers
and columns that the sample does not use are left out, and names are added.
"""

from __future__ import annotations

import sys
import tempfile
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd
import pyogrio

if TYPE_CHECKING:
    from collections.abc import Callable

    import geopandas as gpd

EXTRACT = Path(__file__).with_name("nyc.gpkg.zip")
BODIES = Path(__file__).with_name("bodies.csv")

#: MODZCTA's code for land that no ZIP area takes in; a mark for "none" is nobody's claim.
NO_ZIP_AREA = "99999"

BOROUGHS_ZH = {
    "1": "曼哈顿",
    "2": "布朗克斯",
    "3": "布鲁克林",
    "4": "皇后区",
    "5": "史泰登岛",
}
BOROUGHS_EN = {
    "1": "Manhattan",
    "2": "The Bronx",
    "3": "Brooklyn",
    "4": "Queens",
    "5": "Staten Island",
}

#: Community boards number from 1; the numbers from here on are parks and airports between them.
FIRST_JOINT_INTEREST_AREA = 26


@dataclass(frozen=True, slots=True)
class ClaimLayer:
    """One layer of areas, each of which stands for a body.

    Parameters
    ----------
    source
        Layer in the original GeoPackage.
    target
        Layer in the extract.
    code
        Column that numbers the areas.
    prefix
        Letters before the number in ``body_id``.
    names
        From a number to the Chinese and the English name.
    kind
        What sort of body the areas stand for.
    """

    source: str
    target: str
    code: str
    prefix: str
    names: Callable[[str], tuple[str, str]]
    kind: str = "department"


def _precinct(code: str) -> tuple[str, str]:
    return f"第{code}警区", f"Police Precinct {code}"


def _school_district(code: str) -> tuple[str, str]:
    return f"第{code}学区", f"School District {code}"


def _community_district(code: str) -> tuple[str, str]:
    borough, number = code[0], int(code[1:])
    if number >= FIRST_JOINT_INTEREST_AREA:
        return (
            f"{BOROUGHS_ZH[borough]}第{number}号共同利益区",
            f"{BOROUGHS_EN[borough]} Joint Interest Area {number}",
        )
    return (
        f"{BOROUGHS_ZH[borough]}第{number}社区委员会辖区",
        f"{BOROUGHS_EN[borough]} Community District {number}",
    )


def _zip_area(code: str) -> tuple[str, str]:
    return f"邮编区{code}", f"ZIP area {code}"


CLAIM_LAYERS = (
    ClaimLayer("policeprct", "police_precincts", "precinct", "PP", _precinct),
    ClaimLayer("schooldist", "school_districts", "school_dist", "SD", _school_district),
    ClaimLayer(
        "communitydist", "community_districts", "boro_cd", "CD", _community_district, "community"
    ),
    ClaimLayer("modzcta", "zip_areas", "modzcta", "ZA", _zip_area),
)


def extract(original: Path) -> None:
    """Write the extract and the bodies table beside this module.

    Parameters
    ----------
    original
        GeoPackage with the layers ``borough``, ``policeprct``, ``schooldist``, ``communitydist``
        and ``modzcta`` in EPSG:2263.
    """
    # GeoPackage notes when it was written; a fixed day keeps the extract the same byte for byte
    pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": "2026-01-01T00:00:00.000Z"})
    bodies = []
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder, "nyc.gpkg")
        _write(_boroughs(original), target, "boroughs")
        for layer in CLAIM_LAYERS:
            table, names = _claims(original, layer)
            _write(table, target, layer.target)
            bodies.append(names)
        _zip(target)
    pd.concat(bodies).to_csv(BODIES, index=False, encoding="utf-8", lineterminator="\n")


def _boroughs(original: Path) -> gpd.GeoDataFrame:
    table = pyogrio.read_dataframe(original, layer="borough")
    codes = {name: code for code, name in BOROUGHS_EN.items()}
    code = table["borough"].map(codes)
    boroughs = table[["geometry"]].assign(
        district_id="BORO-" + code, name_zh=code.map(BOROUGHS_ZH), name_en=table["borough"]
    )
    return boroughs.sort_values("district_id")


def _claims(original: Path, layer: ClaimLayer) -> tuple[gpd.GeoDataFrame, pd.DataFrame]:
    table = pyogrio.read_dataframe(original, layer=layer.source)
    code = table[layer.code].astype(str)
    table, code = table[code != NO_ZIP_AREA], code[code != NO_ZIP_AREA]
    width = int(code.str.len().max())
    body = layer.prefix + "-" + code.str.zfill(width)
    claims = table[["geometry"]].assign(claim_id="C-" + body, body=body)
    named = [layer.names(one) for one in code]
    bodies = pd.DataFrame(
        {
            "body_id": body.to_numpy(),
            "name_zh": [zh for zh, _ in named],
            "name_en": [en for _, en in named],
            "kind": layer.kind,
        }
    )
    return claims.sort_values("claim_id"), bodies.sort_values("body_id")


def _write(table: gpd.GeoDataFrame, path: Path, layer: str) -> None:
    pyogrio.write_dataframe(
        table,
        path,
        layer=layer,
        driver="GPKG",
        append=path.exists(),
        layer_options={"SPATIAL_INDEX": "NO"},
    )


def _zip(geopackage: Path) -> None:
    entry = zipfile.ZipInfo(geopackage.name, date_time=(2026, 1, 1, 0, 0, 0))
    entry.compress_type = zipfile.ZIP_DEFLATED
    with zipfile.ZipFile(EXTRACT, "w", compresslevel=9) as archive:
        archive.writestr(entry, geopackage.read_bytes())


if __name__ == "__main__":
    extract(Path(sys.argv[1]))
