"""Real New York against unions and differences computed here, with no arrangement at all."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest
import shapely
from mangqu_samples.nyc.build import build

from gis.layers import read_project
from gis.measure import EllipsoidMeasure
from gis.pipeline import analyse

if TYPE_CHECKING:
    from pathlib import Path

    from gis.model.project import Project
    from gis.model.run import Run

pytestmark = pytest.mark.xdist_group("nyc")

#: Relative to the jurisdiction. Both sides snap to a millimetre, in different order, and the city's
#: shore is over a thousand kilometres long.
TOLERANCE = 1e-8


@pytest.fixture(scope="session")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    folder: Path = tmp_path_factory.mktemp("nyc") / "project"
    build(folder)
    return read_project(folder, today=date(2026, 8, 15))


@pytest.fixture(scope="session")
def run(project: Project) -> Run:
    return analyse(project)


def test_gap_and_contest_of_every_matter_agree_with_plain_set_operations(project, run):
    measure = EllipsoidMeasure.around(project.jurisdiction.geometry.to_numpy(), project.crs)
    grid = 0.001 / project.crs.axis_info[0].unit_conversion_factor
    city = shapely.union_all(
        shapely.set_precision(project.jurisdiction.geometry.to_numpy(), grid), grid_size=grid
    )
    assert {entry["matter"] for entry in run.certificate["questions"]} == set(
        project.claims["matter"]
    )
    for entry in run.certificate["questions"]:
        claims = project.claims[project.claims["matter"] == entry["matter"]]
        shapes = shapely.set_precision(claims.geometry.to_numpy(), grid)
        gap = shapely.difference(city, shapely.union_all(shapes, grid_size=grid), grid_size=grid)
        first, second = shapely.STRtree(shapes).query(shapes, predicate="intersects")
        once = first < second
        doubled = shapely.intersection(shapes[first[once]], shapes[second[once]], grid_size=grid)
        flat = [part for part in shapely.get_parts(doubled) if part.area > 0]
        contested = shapely.intersection(
            shapely.union_all(shapely.get_parts(flat), grid_size=grid), city, grid_size=grid
        )
        areas = measure.areas([city, gap, contested])
        allowed = TOLERANCE * areas[0]
        assert entry["jurisdiction_m2"] == pytest.approx(areas[0], abs=allowed)
        assert entry["gap_m2"] == pytest.approx(areas[1], abs=allowed)
        assert entry["contested_m2"] == pytest.approx(areas[2], abs=allowed)


def test_slivers_are_told_from_places(run):
    slivers = run.findings[run.findings["class"] == "sliver"]
    places = run.findings[run.findings["class"] != "sliver"]
    assert (slivers["width_m"] < slivers["threshold_m"]).all()
    assert (places["width_m"] >= places["threshold_m"]).all()
    assert len(slivers) > len(places) > 0


def test_a_great_park_that_no_zip_area_covers_is_found(run):
    # Central Park: 3.4 km² without residents, so without a ZIP area
    park = run.findings[run.findings["geometry"].contains(_in_the_park(run))]
    assert park["matter"].tolist() == ["public_health"]
    assert park["class"].tolist() == ["void"]
    assert park["area_m2"].iloc[0] == pytest.approx(3.4e6, rel=0.1)


def _in_the_park(run: Run) -> shapely.Point:
    from pyproj import Transformer

    to_crs = Transformer.from_crs("EPSG:4326", run.findings.crs, always_xy=True)
    return shapely.Point(to_crs.transform(-73.9665, 40.7812))


def test_a_place_that_no_district_takes_in_is_answered_by_the_provision_of_its_matter(run):
    places = run.findings[run.findings["class"] != "sliver"]
    assert (places["rule_id"] == places["matter"]).all()
    nearest = [next(iter(beside), "") for beside in places["neighbours"]]
    assert places["proposed_body"].tolist() == nearest
    assert ((places["unresolved"] == "no_neighbour") == [each == "" for each in nearest]).all()
    slivers = run.findings[run.findings["class"] == "sliver"]
    assert set(slivers["rule_id"]) == {"data"}
    assert set(slivers["proposed_body"]) == {""}


def test_the_great_park_goes_to_the_area_with_the_longest_border(run):
    park = run.findings[run.findings["geometry"].contains(_in_the_park(run))].iloc[0]
    beside = run.finding_neighbours[run.finding_neighbours["finding_id"] == park["finding_id"]]
    longest = beside.loc[beside["shared_m"].idxmax(), "body"]
    assert (park["article"], park["proposed_body"]) == ("NYC Charter § 2704(a)(2)", longest)
