"""Honest files that were refused or altered, and hostile ones that were believed."""

import pandas as pd

from gis.readers.apart import read_apart
from gis.readers.raw import LayerFile
from tests.layer_files import problems

NAMES = ["盘山县", "大洼区"]
#: The first whole number that a double cannot hold.
ODD = 2**53 + 1


def layer_of(path, layer="", wanted="polygon"):
    return read_apart(LayerFile(path, path.name, layer, wanted=wanted))


def refusal_of(path, layer="", wanted="polygon"):
    ((problem, *_),) = problems(lambda: layer_of(path, layer, wanted))
    return problem


# GeoParquet and Parquet


def test_a_small_table_in_parquet_is_read_each_time(tmp_path):
    path = tmp_path / "a.parquet"
    pd.DataFrame({"name": NAMES}).to_parquet(path)
    for _ in range(10):
        assert layer_of(path).columns["name"] == NAMES
