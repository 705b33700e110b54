"""What a map is told about a run."""

from __future__ import annotations

import dataclasses
import json

import geopandas as gpd
import numpy as np
import pytest
import shapely

from gis.measure import EllipsoidMeasure
from gis.summary import tally
from gis.widths import widths
from tests.map_sample import CRS, map_run
from webmap.counting import counted
from webmap.maps.data import CLASSES, map_data


@pytest.fixture(scope="module")
def data():
    return map_data(map_run())


def test_everything_is_plain_json(data):
    assert json.loads(json.dumps(data, allow_nan=False)) == data


def test_findings_come_gravest_first_and_the_larger_first_within_a_class(data):
    ranks = [CLASSES.index(finding["class"]) for finding in data["findings"]]
    assert ranks == sorted(ranks)
    lengths = {f["id"]: f["class"] for f in data["findings"]}
    assert list(lengths.values())[-1] == "sliver"
    assert next(iter(lengths.values())) == "void"


def test_a_sliver_of_three_decimetres_keeps_its_width_within_a_centimetre(data):
    sliver = next(finding for finding in data["findings"] if finding["class"] == "sliver")
    [[ring]] = sliver["shape"]
    polygon = gpd.GeoSeries([shapely.Polygon(ring)], crs="EPSG:4326").to_crs(CRS)
    shapes = polygon.to_numpy()
    [width] = widths(shapes, EllipsoidMeasure.around(shapes, polygon.crs))
    assert width == pytest.approx(0.3, abs=0.03)


def test_neighbours_come_with_their_metres_the_longest_first(data):
    void = next(finding for finding in data["findings"] if finding["class"] == "void")
    assert void["neighbours"] == [["street-a", 4000.0], ["street-b", 3980.4], ["", 400.0]]


def test_a_claim_that_has_ended_is_not_shown_as_answering(data):
    assert [claim["id"] for claim in data["claims"]] == ["C1", "C2", "C3", "C4"]


def test_small_outlines_are_not_simplified(data):
    assert data["simplified_m"] == 0


def _wavy_halves(crs):
    """Return two claims that share one border of very many vertices."""
    x = np.linspace(0, 10_000, 60_000)
    border = np.column_stack([x, 5_000 + 3 * np.sin(x / 5)])
    lower = shapely.Polygon([*border, (10_000, 0), (0, 0)])
    upper = shapely.Polygon([*border, (10_000, 10_000), (0, 10_000)])
    shift = np.array([420_000.0, 4_550_000.0])
    shapes = shapely.transform(np.array([lower, upper]), lambda points: points + shift)
    return gpd.GeoSeries(shapes, crs=CRS).to_crs(crs).to_numpy()


@pytest.mark.parametrize("crs", [CRS, "EPSG:4490", "EPSG:2263"])
def test_heavy_outlines_are_thinned_alike_on_both_sides_and_the_page_says_by_how_much(crs):
    run = map_run()
    claims = run.claims.iloc[:2].to_crs(crs)
    claims = claims.assign(matter="cleaning", role="lead", level="")
    claims = claims.set_geometry(_wavy_halves(crs), crs=crs)
    data = map_data(dataclasses.replace(run, claims=claims))
    assert data["simplified_m"] > 0
    shapes = [shapely.Polygon(claim["shape"][0][0]) for claim in data["claims"]]
    assert sum(shapely.get_num_coordinates(shapes)) < 80_000
    # one common border: nothing between the two, nothing twice
    assert shapes[0].intersection(shapes[1]).area < 1e-12
    whole = gpd.GeoSeries([shapely.union_all(shapes)], crs="EPSG:4326").to_crs(CRS)
    assert whole.area.iloc[0] == pytest.approx(1e8, rel=1e-4)


def test_findings_count_on_the_map_as_they_do_in_the_summary(data):
    total = tally(map_run())
    assert (total.places, total.joint, total.slivers) == (6, 1, 3)
    assert counted(finding["class"] for finding in data["findings"]) == {
        "places": total.places,
        "joint": total.joint,
        "lanes": total.lane_unowned + total.lane_border,
        "slivers": total.slivers,
    }
    kinds = [finding["kind"] for finding in data["findings"]]
    assert kinds.count("places") == total.places
