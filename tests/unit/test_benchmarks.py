"""The benchmarks' city is what it says, and who races on it finds the same."""

import numpy as np
import pytest
import shapely

from tests.benchmarks import city as made_up
from tests.benchmarks import inputs, kernel, scale
from tests.benchmarks.contest import Contest, Contestant
from tests.benchmarks.peers import overlay, polygonize, union_pairs

COUNT = 400


@pytest.fixture(scope="module")
def town():
    return made_up.city(COUNT)


@pytest.fixture(scope="module")
def town_of_matters():
    return made_up.city_of_matters(COUNT)


class Planted:
    """A city beside the clean grid that it was made from."""

    def __init__(self, count):
        self.cells = made_up.city(count).polygons
        columns = round((count / (1 - made_up.REMOVED)) ** 0.5)
        rows = round(self.cells.size / columns / (1 - made_up.REMOVED))
        self.grid = made_up.borders(rows, columns, seed=7)
        self.clean = np.concatenate([self.grid.across.reshape(-1, 2), self.grid.up.reshape(-1, 2)])
        points, cell = shapely.get_coordinates(self.cells, return_index=True)
        known = set(map(tuple, self.clean))
        foreign = np.array([tuple(point) not in known for point in points])
        self.foreign = np.bincount(cell, weights=foreign, minlength=len(self.cells))
        self.strays = points[foreign & (self.foreign < 36)[cell]]


@pytest.fixture(scope="module")
def planted():
    return Planted(2_500)


def test_a_city_is_the_same_for_one_seed_and_another_for_another(town):
    assert shapely.equals_identical(town.polygons, made_up.city(COUNT).polygons).all()
    other = made_up.city(COUNT, seed=8)
    assert not shapely.equals_identical(town.polygons[0], other.polygons[0])


def test_there_are_as_many_valid_cells_as_asked_each_with_36_vertices(town, town_of_matters):
    assert COUNT <= len(town.polygons) <= 1.1 * COUNT
    assert set(shapely.get_num_coordinates(town.polygons)) == {37}
    for each in (town, town_of_matters):
        assert shapely.is_valid(np.concatenate([each.polygons, each.zones, each.outline])).all()


def test_of_a_thousand_cells_five_are_removed_five_shrunk_and_ten_grown(planted):
    cells = planted.grid.rows * planted.grid.columns
    assert len(planted.cells) == cells - round(0.005 * cells)
    scaled = planted.cells[planted.foreign >= 36]
    assert len(scaled) == round(0.005 * cells) + round(0.01 * cells)
    # a cell grown by a tenth holds corners of the clean grid, a shrunk one holds none
    corners = shapely.STRtree(shapely.points(planted.grid.across[:, :, 0].reshape(-1, 2)))
    grown, _ = corners.query(scaled, predicate="contains")
    assert len(np.unique(grown)) == round(0.01 * cells)


def test_of_a_thousand_inner_sides_ten_are_drawn_twice_a_hair_apart(planted):
    rows, columns = planted.grid.rows, planted.grid.columns
    sides = (rows - 1) * columns + rows * (columns - 1)
    drawn_twice = len(planted.strays) / 8
    # those of cells that are removed or scaled do not show
    assert 0.9 * 0.01 * sides <= drawn_twice <= 0.01 * sides
    tree = shapely.STRtree(shapely.points(planted.clean))
    strays = shapely.points(planted.strays)
    _, apart = tree.query_nearest(strays, return_distance=True, all_matches=False)
    assert apart.min() >= 0.1
    assert apart.max() <= 0.3


def test_neighbours_share_every_vertex_where_nothing_is_planted(planted):
    clean = planted.cells[planted.foreign == 0]
    assert len(clean) > 0.9 * len(planted.cells)
    assert shapely.coverage_is_valid(clean)
    assert shapely.get_num_coordinates(shapely.coverage_union_all(clean)) > 0


def test_no_gap_opens_to_the_outside(town):
    parts = shapely.get_parts(shapely.union_all(town.polygons))
    filled = shapely.union_all(shapely.polygons(shapely.get_exterior_ring(parts)))
    assert shapely.equals(filled, town.outline[0])
    assert shapely.within(town.zones, town.outline[0]).all()


def test_gaps_and_overlaps_take_the_shares_of_the_city_that_were_planted():
    town = made_up.city(10_000)
    total = town.outline[0].area
    found = union_pairs.whole(town).figures()
    # removed ones leave all of themselves, shrunk ones 1 - 0.9², grown ones cover 1.1² - 1 more
    assert found["gap_area"] / total == pytest.approx(0.005 + 0.005 * 0.19, rel=0.1)
    assert found["pairs_area"] / total == pytest.approx(0.01 * 0.21, rel=0.1)


def test_matters_of_larger_blocks_share_the_vertices_of_single_cells(town_of_matters):
    single, _, _, quarters = (
        shapely.get_coordinates(town_of_matters.polygons[town_of_matters.matter == matter])
        for matter in range(4)
    )
    known = set(map(tuple, single))
    assert np.mean([tuple(point) in known for point in quarters]) > 0.8


def test_a_city_of_a_million_is_built_like_a_small_one(monkeypatch, town):
    monkeypatch.setattr(made_up, "_CELLS_AT_ONCE", 60)
    assert shapely.equals_identical(town.polygons, made_up.city(COUNT).polygons).all()


def test_an_input_comes_back_from_its_folder_as_it_was(tmp_path, town):
    for number, each in enumerate((town, inputs.new_york())):
        inputs.save(each, tmp_path / str(number))
        back = inputs.load(tmp_path / str(number))
        for layer in ("polygons", "zones", "outline"):
            then, now = getattr(each, layer), getattr(back, layer)
            assert len(then) == len(now)
            assert shapely.equals(then, now).all()
        assert (back.crs, back.grid_size) == (each.crs, each.grid_size)
        assert np.array_equal(back.matter, each.matter)


def shared(found):
    """Return the border of gaps in metres, without that of gaps smaller than a dm².

    A union leaves gaps of a billionth of a square metre where two drawings of a line cross.
    """
    real = shapely.area(found.gaps)[found.neighbours.place] > 0.01
    return found.neighbours.shared[real].sum()


def test_all_find_the_same_gaps_and_contested_places(town):
    found = kernel.gaps(town)
    whole = union_pairs.whole(town)
    peers = [union_pairs.bare(town), whole, overlay.gaps(overlay.prepare(town))]
    area = found.figures()
    assert area["gap_area"] > 10_000
    assert area["pairs_area"] > 10_000
    for peer in peers:
        # half a millimetre along some six kilometres of planted border
        assert peer.figures()["gap_area"] == pytest.approx(area["gap_area"], abs=3)
        assert peer.figures()["pairs_area"] == pytest.approx(area["pairs_area"], abs=3)
    assert shared(whole) == pytest.approx(shared(found), rel=1e-3)
    assert kernel.gaps_on_all_cores(town).figures() == area


def test_all_find_the_same_partition(town):
    found = kernel.partition(town).figures()
    peer = polygonize.whole(town).figures()
    assert polygonize.bare(town).figures() == {name: peer[name] for name in list(peer)[:4]}
    assert peer["parts"] == pytest.approx(found["parts"], rel=0.01)
    assert peer["neighbours"] == pytest.approx(found["neighbours"], rel=0.01)
    for name in ("covered_area", "unowned_area", "pairs_area", "shared"):
        assert peer[name] == pytest.approx(found[name], rel=1e-4)
    assert found["covered_area"] + found["unowned_area"] == pytest.approx(
        town.outline[0].area, rel=1e-7
    )


def test_all_find_the_same_in_every_matter(town_of_matters):
    answers = [
        kernel.gaps_of_all_matters(town_of_matters),
        kernel.gaps_by_matter(town_of_matters),
        union_pairs.whole_by_matter(town_of_matters),
        union_pairs.bare_by_matter(town_of_matters),
    ]
    assert {len(answer) for answer in answers} == {4}
    for together, apart, whole, bare in zip(*answers, strict=True):
        one = together.figures()
        assert (one["gaps"], one["contested"]) == (len(apart.gaps), len(apart.contested))
        for peer in (apart, whole, bare):
            assert peer.figures()["gap_area"] == pytest.approx(one["gap_area"], abs=3)
            assert peer.figures()["pairs_area"] == pytest.approx(one["pairs_area"], abs=3)
        for peer in (apart, whole):
            assert shared(peer) == pytest.approx(shared(together), rel=1e-3)


def test_a_contestant_that_takes_too_long_is_stopped_and_not_tried_on_more(tmp_path, capsys):
    slow = Contestant("slow", "peers.union_pairs:whole")
    absent = Contestant("absent", "peers.nowhere:gaps")
    contest = Contest(folder=tmp_path, runs=2, limit_s=0.0)
    seen = contest.race("race", "city", COUNT, [slow, absent])
    assert seen["slow"].ended == "stopped after 0 s"
    assert seen["slow"].median is None
    assert "No module named 'tests.benchmarks.peers.nowhere'" in seen["absent"].ended
    again = contest.race("race", "city", COUNT, [slow])
    assert again["slow"].ended.startswith("not tried: stopped after 0 s at 4")
    assert "stopped after 0 s" in capsys.readouterr().out


def test_growth_is_the_slope_between_logarithms():
    assert scale.exponent({10: 2.0, 100: 20.0, 1000: 200.0}) == pytest.approx(1)
    assert scale.exponent({10: 1.0, 1000: 1000.0}) == pytest.approx(1.5)
