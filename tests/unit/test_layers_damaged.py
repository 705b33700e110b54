"""Files with bytes changed, lost or added are read or refused, and never end in anything else."""

import random

import geopandas as gpd
import pytest

from gis.errors import InputError
from gis.layers import read_one_layer
from tests.layer_files import EAST, WEST

DAMAGED_FILES = 80


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    folder = tmp_path_factory.mktemp("whole")
    frame = gpd.GeoDataFrame(
        {"主体": ["甲", "乙"], "n": [1, 2], "day": ["2026-01-01", None]},
        geometry=[WEST, EAST],
        crs=4490,
    )
    frame.to_parquet(folder / "a.parquet")
    for ending in ("shp", "gpkg", "geojson"):
        frame.to_file(folder / f"a.{ending}")
    return folder


def damaged(content, chance):
    content = bytearray(content)
    for _ in range(chance.choice((1, 1, 3, 20))):
        at = chance.randrange(len(content))
        match chance.randrange(4):
            case 0:
                content[at] = chance.randrange(256)
            case 1:
                content[at] = chance.choice((0, 127, 255))
            case 2:
                del content[at : at + chance.randrange(1, 40)]
            case _:
                content[at:at] = chance.randbytes(4)
        content = content or bytearray(b"x")
    return bytes(content)


@pytest.mark.parametrize("ending", ["shp", "gpkg", "geojson", "parquet"])
def test_a_damaged_file_is_read_or_refused(whole, tmp_path, ending):
    chance = random.Random(ending)  # noqa: S311 - seeded, to be repeatable
    siblings = {"shp", "shx", "dbf", "prj", "cpg"} if ending == "shp" else {ending}
    parts = sorted(path for path in whole.iterdir() if path.suffix[1:] in siblings)
    refused = 0
    for _ in range(DAMAGED_FILES):
        victim = chance.choice(parts)
        for part in parts:
            content = part.read_bytes()
            (tmp_path / part.name).write_bytes(
                damaged(content, chance) if part == victim else content
            )
        try:
            layer = read_one_layer(str(tmp_path / f"a.{ending}"))
        except InputError as refusal:
            refused += len(refusal.render("zh")) > 0
        else:
            assert layer.frame.geometry.is_valid.all()
    assert refused > DAMAGED_FILES / 4
