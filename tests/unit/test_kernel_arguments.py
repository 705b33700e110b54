"""What the kernel's functions say of arguments that make no sense."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
import shapely
from pyproj import CRS

from gis.arrangement import arrange, neighbours, residue
from gis.jurisdiction import outline_of_claims
from gis.measure import EllipsoidMeasure

SQUARES = np.array([shapely.box(0, 0, 10, 10), shapely.box(10, 0, 20, 10)])
PLANE = CRS.from_epsg(4550)

both = pytest.mark.parametrize("act", [arrange, residue])


@both
@pytest.mark.parametrize("spacing", [0, -0.001, float("nan"), float("inf")])
def test_a_grid_has_a_spacing(act, spacing):
    with pytest.raises(ValueError, match="spacing is greater than zero and finite"):
        act(SQUARES, grid_size=spacing)


@both
@pytest.mark.parametrize("polygons", [SQUARES[0], SQUARES.reshape(2, 1), SQUARES.reshape(1, 2)])
def test_polygons_come_as_a_plain_array(act, polygons):
    with pytest.raises(ValueError, match=r"shape \(n,\)"):
        act(polygons, grid_size=0.001)


@both
def test_threads_are_whole_and_at_least_one(act):
    with pytest.raises(TypeError):
        act(SQUARES, grid_size=0.001, workers=1.5)
    for workers in (0, -1):
        with pytest.raises(ValueError, match="one thread at least"):
            act(SQUARES, grid_size=0.001, workers=workers)


def test_no_more_threads_are_started_than_there_are_cores(monkeypatch):
    started = []

    class Counted(ThreadPoolExecutor):
        def __init__(self, threads):
            started.append(threads)
            super().__init__(threads)

    monkeypatch.setattr("gis.arrangement.noding.ThreadPoolExecutor", Counted)
    monkeypatch.setattr("os.cpu_count", lambda: 2)
    many = arrange(SQUARES, grid_size=0.001, workers=1000)
    assert started == [2]
    assert many.multiplicity.tolist() == arrange(SQUARES, grid_size=0.001).multiplicity.tolist()


@pytest.mark.parametrize(
    ("faces", "error"),
    [
        (np.array([-1]), ValueError),
        (np.array([2]), ValueError),
        (np.array([0, 0]), ValueError),
        (np.array([True, False]), TypeError),
        (np.array([0.0]), TypeError),
    ],
)
def test_neighbours_are_asked_of_faces_that_exist_each_once(faces, error):
    arrangement = arrange(SQUARES, grid_size=0.001)
    assert len(arrangement) == 2
    with pytest.raises(error):
        neighbours(arrangement, faces)


def test_neighbours_of_no_face_are_none():
    assert len(neighbours(arrange(SQUARES, grid_size=0.001), np.array([])).cover) == 0


@pytest.mark.parametrize("width", [-1.0, float("nan"), float("inf")])
def test_slits_are_closed_up_to_a_width(width):
    measure = EllipsoidMeasure.around(SQUARES, PLANE)
    with pytest.raises(ValueError, match="width of 0 m or more"):
        outline_of_claims(SQUARES, measure, close_slits_m=width, grid_size=0.001)


def test_a_measure_needs_something_to_be_laid_around():
    for nothing in (np.array([], dtype=object), np.array([shapely.Polygon()])):
        with pytest.raises(ValueError, match="one geometry at least"):
            EllipsoidMeasure.around(nothing, PLANE)
