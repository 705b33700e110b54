"""Widths of places, held against cells, against eroding, and against circles that are known."""

import numpy as np
import pytest
import shapely
from shapely.affinity import rotate, scale, translate

from gis.widths import ACCURACY, inscribed_radii, least_radii


def radius(shape):
    return inscribed_radii(np.array([shape], dtype=object))[0]


def by_cells(shape, near):
    """Return the radius that GEOS finds by dividing the plane into ever finer cells."""
    return shapely.length(shapely.maximum_inscribed_circle(shape, tolerance=near / 2000))


def ragged(rng, count, roughness):
    """Return a shape around the origin with corners at random distances."""
    turn = np.linspace(0, 2 * np.pi, count, endpoint=False)
    reach = 100 * (1 + 0.3 * np.sin(3 * turn) + roughness * rng.uniform(-1, 1, count))
    return shapely.Polygon(np.column_stack([reach * np.cos(turn), reach * np.sin(turn)]))


def strip(rng, count, width):
    """Return what lies between two drawings of one wobbly line."""
    x = np.linspace(0, 20.0 * count, count + 1)
    low = np.cumsum(rng.normal(0, 3, count + 1))
    high = low + width * rng.uniform(0.3, 1, count + 1)
    high[[0, -1]] = low[[0, -1]]
    return shapely.Polygon(
        np.concatenate([np.column_stack([x, low]), np.column_stack([x, high])[-2:0:-1]])
    )


def scattered(rng, shape, count):
    """Return a shape with holes of a few corners at random."""
    holes = [translate(ragged(rng, 5, 0.2), *rng.uniform(-1, 1, 2) * 8000) for _ in range(count)]
    return shape - scale(shapely.union_all(holes), 0.01, 0.01, origin=(0, 0))


SEEDS = range(12)


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("count", [3, 4, 7, 30, 400])
@pytest.mark.parametrize("roughness", [0.0, 0.3, 0.6])
def test_a_ragged_shape_has_the_circle_that_cells_find(seed, count, roughness):
    rng = np.random.default_rng([seed, count])
    shape = rotate(ragged(rng, count, roughness), rng.uniform(0, 360))
    found = radius(shape)
    exact = by_cells(shape, found)
    assert exact / (1 + ACCURACY) <= found * (1 + 1e-3)
    assert found <= exact * (1 + 1e-3)


@pytest.mark.parametrize("seed", SEEDS)
def test_a_shape_with_holes_has_the_circle_that_cells_find(seed):
    rng = np.random.default_rng(seed)
    shape = scattered(rng, ragged(rng, 40, 0.2), 60)
    found = radius(shape)
    assert found == pytest.approx(by_cells(shape, found), rel=ACCURACY + 1e-3)


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("width", [0.002, 0.3, 15.0])
def test_a_strip_between_two_drawings_of_a_line_has_the_circle_that_eroding_finds(seed, width):
    shape = strip(np.random.default_rng(seed), 12, width)
    found = radius(shape)
    # eroding leaves something as long as there is room for a circle, and nothing from then on
    assert not shape.buffer(-found * (1 - 1e-3), quad_segs=64).is_empty
    assert shape.buffer(-found * (1 + ACCURACY + 1e-3), quad_segs=64).is_empty


@pytest.mark.parametrize("length", [1.0, 1e3, 1e6])
@pytest.mark.parametrize("turn", [0, 11, 45, 90])
def test_a_strip_is_as_wide_as_it_is_however_long(length, turn):
    shape = rotate(shapely.box(0, 0, length, 0.001), turn, origin=(0, 0))
    assert radius(shape) == pytest.approx(0.0005, rel=ACCURACY + 1e-3)


def test_ground_between_many_small_holes_is_no_wider_than_they_leave():
    # area over length of the border would promise a circle of 17 m here
    centres = [(x, y) for x in range(10, 1000, 20) for y in range(10, 1000, 20)]
    holes = [shapely.box(x - 0.1, y - 0.1, x + 0.1, y + 0.1).exterior for x, y in centres]
    shape = shapely.Polygon(shapely.box(0, 0, 1000, 1000).exterior, holes)
    between_four = np.hypot(10 - 0.1, 10 - 0.1)
    assert shape.area / shape.length > between_four
    assert radius(shape) == pytest.approx(between_four, rel=ACCURACY)
    assert least_radii(np.array([shape]))[0] <= between_four


@pytest.mark.parametrize("seed", SEEDS)
def test_no_circle_is_smaller_than_the_least_that_area_and_border_leave(seed):
    rng = np.random.default_rng(seed)
    shapes = [ragged(rng, 20, 0.4), strip(rng, 5, 3.0), scattered(rng, ragged(rng, 9, 0.1), 30)]
    shapes.append(shapely.MultiPolygon([shapely.box(200, 0, 201, 1), *shapes[:1]]))
    for shape, least in zip(shapes, least_radii(np.array(shapes, dtype=object)), strict=True):
        assert 0 < least <= by_cells(shape, least) * (1 + 1e-3)


def test_holes_that_touch_the_shell_or_each_other_hold_the_circle():
    shell = shapely.box(0, 0, 30, 10)
    # two diamonds whose corners lie on the shell's sides, and on each other
    diamonds = [shapely.Polygon([(x, 0), (x + 5, 5), (x, 10), (x - 5, 5)]) for x in (10.0, 20.0)]
    shape = shell - shapely.union_all(diamonds)
    parts = shapely.get_parts(shape)
    assert len(parts) > 1
    for part in parts:
        assert radius(part) == pytest.approx(by_cells(part, 1.0), rel=ACCURACY + 1e-3)
    touching = shapely.Polygon(shell.exterior, [[(10, 10), (14, 5), (10, 2), (6, 5)]])
    assert radius(touching) == pytest.approx(by_cells(touching, 1.0), rel=ACCURACY + 1e-3)


def test_a_corner_that_points_into_the_hole_of_another_ring_opens_no_circle_there():
    # the hole's notch opens to the north; the tip of another hole stands in its depth
    hole = [(20, 20), (80, 20), (80, 60), (50, 50), (20, 60)]
    tip = [(50, 50), (52, 70), (48, 70)]
    shape = shapely.Polygon(shapely.box(0, 0, 100, 100).exterior, [hole, tip])
    assert shape.is_valid
    assert radius(shape) == pytest.approx(by_cells(shape, 1.0), rel=ACCURACY + 1e-3)


def test_points_on_a_straight_side_change_nothing():
    plain = shapely.box(0, 0, 40, 10)
    assert radius(shapely.segmentize(plain, 0.37)) == pytest.approx(radius(plain), rel=ACCURACY)


def test_the_widest_part_of_several_counts_and_nothing_has_no_width():
    parts = shapely.MultiPolygon([shapely.box(0, 0, 1, 1), shapely.box(5, 0, 9, 4)])
    shapes = np.array([parts, shapely.Polygon(), shapely.box(0, 0, 2, 9)], dtype=object)
    assert inscribed_radii(shapes).tolist() == pytest.approx([2, 0, 1], rel=ACCURACY)
    assert inscribed_radii(shapes[:0]).shape == (0,)


def test_a_border_of_ten_thousand_spikes_has_its_core():
    rng = np.random.default_rng(0)
    shape = ragged(rng, 10_000, 0.02)
    assert radius(shape) == pytest.approx(by_cells(shape, 50.0), rel=ACCURACY + 1e-3)


@pytest.mark.parametrize("workers", [2, 5])
def test_any_number_of_threads_finds_the_same(workers):
    rng = np.random.default_rng(1)
    shapes = np.array([ragged(rng, count, 0.3) for count in rng.integers(3, 900, 60)], dtype=object)
    assert inscribed_radii(shapes, workers=workers).tolist() == inscribed_radii(shapes).tolist()
