"""A layer in GCJ-02 or BD-09 that says WGS 84 is caught, and no other layer is."""

from __future__ import annotations

import shutil
from itertools import product

import geopandas as gpd
import numpy as np
import pytest
import shapely
from mangqu_samples.nyc.build import build as build_nyc
from mangqu_samples.panjin.build import build as build_panjin
from pyproj import CRS, Geod

from gis.catalogue import LANGUAGES
from gis.errors import InputError, InputErrors
from gis.layers.border_matching import Borders, likeliest_shifts, pinned_share
from gis.layers.city_boundaries import county_boundaries
from gis.layers.crs import WGS84, transform
from gis.layers.datum import FROM_WGS84, TO_WGS84, wgs84_to_gcj02
from gis.layers.datum_guard import GuardedLayer, misplaced_layers
from gis.model.project import Remark
from gis.oneshot import GapRequest, gaps_of_layer
from gis.output import add_layer
from gis.verbs import remark_line
from tests.datum_cases import (
    CITIES,
    TILINGS,
    array,
    at,
    copy,
    grid,
    moved,
    turned,
    villages,
    voronoi,
)
from tests.layer_files import EAST, LIMIT, TODAY, WEST, project, read, write

GEOD = Geod(ellps="WGS84")
PANJIN_LAYERS = ("jurisdiction", "places", "zones", "lanes")


def guarded(*layers, stated=(), checked=(), crs=WGS84):
    """Return what the guard says of layers, the first of which is the jurisdiction."""
    return misplaced_layers(
        [
            GuardedLayer(
                layer,
                stated[number] if stated else "",
                0.5,
                is_jurisdiction=number == 0,
                is_checked=number in checked,
            )
            for number, layer in enumerate(layers)
        ],
        crs,
    )


def told(*layers, **options):
    """Return the guard's verdicts: layer, problem, datum."""
    return [
        (verdict.layer, verdict.problem, verdict.details["actual"])
        for verdict in guarded(*layers, **options)
    ]


def outline(shapes):
    return array([shapely.union_all(shapes)])


@pytest.mark.parametrize(("number", "city"), list(enumerate(CITIES)))
def test_a_copy_of_either_layer_is_caught_at_any_city_in_any_tiling(number, city):
    missed = []
    # three neighbouring cities between them see every tiling, datum and layer
    for tiling, datum, odd in list(product(TILINGS, ("gcj02", "bd09"), (0, 1)))[number % 3 :: 3]:
        layers = [at(city, outline(TILINGS[tiling])), at(city, TILINGS[tiling])]
        layers[odd] = copy(layers[odd], datum)
        if told(*layers) != [(odd, "datum_differs", datum)]:
            missed.append((tiling, datum, odd))
    assert missed == []


@pytest.mark.parametrize("city", list(CITIES)[::14])
def test_a_copy_is_caught_by_every_third_of_its_cells_and_by_lines_along_its_borders(city):
    for tiling in TILINGS.values():
        cells = at(city, tiling)
        lanes = shapely.get_parts(shapely.boundary(cells))
        assert told(cells[::3], copy(cells, "gcj02")) == [(1, "datum_differs", "gcj02")]
        assert told(copy(lanes, "gcj02"), cells) == [(0, "datum_differs", "gcj02")]


@pytest.mark.parametrize("city", list(CITIES)[::5])
def test_layers_in_their_place_raise_no_alarm(city):
    for tiling in TILINGS.values():
        cells = at(city, tiling)
        assert told(at(city, outline(tiling)), cells, cells[::2]) == []


@pytest.mark.parametrize("city", list(CITIES)[::10])
def test_tilings_that_share_nothing_raise_no_alarm(city):
    for one, other in list(product(TILINGS.values(), repeat=2))[::2]:
        aside = at(city, moved(turned(other, 13), 37.3, 11.9))
        assert told(at(city, one), aside) == []


@pytest.mark.parametrize("city", list(CITIES)[::10])
@pytest.mark.parametrize("metres", [5, 30, 100, 300])
def test_another_shift_is_not_taken_for_a_map_offset(city, metres):
    for tiling in TILINGS.values():
        for angle in (0.4, 3.1):
            shift = metres * np.array([np.cos(angle), np.sin(angle)])
            assert told(at(city, tiling), at(city, moved(tiling, *shift))) == []


@pytest.mark.parametrize("city", ["盘锦", "上海", "西宁"])
def test_street_grids_whose_period_is_near_the_offset_raise_no_alarm(city):
    lon, lat = (np.array([number]) for number in CITIES[city])
    there = wgs84_to_gcj02(lon, lat)
    azimuth, _, metres = GEOD.inv(lon, lat, *there)
    for period, across in product((0.98, 1.0, 1.03), (60.0, 250.0)):
        streets = array(
            shapely.box(i * across, j * period * metres[0], (i + 1) * across, (j + 1) * metres[0])
            for i in range(8)
            for j in range(8)
        )
        streets = turned(streets, -azimuth[0])
        # the same streets, those of the next quarter, and streets half a block aside
        for other in (
            streets,
            moved(turned(streets, azimuth[0]), 8 * across, 0),
            moved(turned(streets, azimuth[0]), across / 2, metres[0] / 2),
        ):
            assert told(at(city, streets), at(city, other)) == []


def test_two_squares_that_share_nothing_raise_no_alarm():
    one, other = array([shapely.box(0, 0, 300, 300)]), array([shapely.box(700, 500, 900, 800)])
    assert told(at("盘锦", one), at("盘锦", other)) == []


def test_nothing_is_said_where_too_little_border_speaks():
    tiny = array([shapely.box(0, 0, 10, 10)])
    assert told(at("盘锦", tiny), copy(at("盘锦", tiny), "gcj02")) == []


def test_one_square_on_either_of_two_equal_squares_leaves_a_doubt():
    # some 622 m aside, or 300 m farther west: the offset hardly changes from one to the other
    both = array([shapely.box(0, 0, 300, 300), shapely.box(300, 0, 600, 300)])
    assert told(at("广州", both), copy(at("广州", both[:1]), "gcj02")) == [
        (1, "datum_doubtful", "gcj02")
    ]


def test_points_empty_layers_and_a_single_layer_tell_nothing():
    cells = at("盘锦", grid(5, 200))
    points = shapely.centroid(cells)
    assert told(cells, copy(points, "gcj02"), array([None, None]), array([])) == []
    assert told(copy(cells, "gcj02")) == []


def test_outside_the_chinese_rectangle_nothing_is_asked():
    paris = shapely.transform(grid(20, 100), lambda points: points / 111_320 + [2.35, 48.85])
    shifted = shapely.transform(paris, lambda points: points + np.array([0.006, 0.002]))
    assert told(paris, shifted) == []


def test_layers_a_kilometre_apart_but_for_the_offset_are_still_compared():
    cell = array([shapely.box(0, 0, 200, 200), shapely.box(200, 0, 320, 90)])
    assert told(at("盘锦", cell), copy(at("盘锦", cell), "bd09")) == [(1, "datum_differs", "bd09")]


def test_the_evidence_is_the_local_offset_and_the_share_of_border():
    cells = at("盘锦", voronoi(60, 4000, seed=5))
    (verdict,) = guarded(cells, copy(cells, "gcj02"))
    centre = shapely.get_coordinates(shapely.centroid(shapely.union_all(cells)))
    azimuth, _, metres = GEOD.inv(*centre.T, *wgs84_to_gcj02(*centre.T))
    assert verdict.details["offset"] == pytest.approx(metres[0], abs=8)
    assert verdict.details["azimuth"] == pytest.approx(azimuth[0] % 360, abs=2)
    assert (verdict.details["before"], verdict.details["after"]) == (0, 100)
    assert verdict.other == 0


def test_the_smallest_offset_that_is_told_is_named_in_the_reference():
    # some 18 m near 96.6 E 37.15 N is the least of all China; most of it is past 98 m
    lon, lat = np.meshgrid(np.arange(74, 135, 0.1), np.arange(18, 53.5, 0.1))
    lon, lat = lon.ravel(), lat.ravel()
    _, _, metres = GEOD.inv(lon, lat, *wgs84_to_gcj02(lon, lat))
    assert 17 < metres.min() < 25
    assert np.percentile(metres, 1) > 90
    lake = shapely.transform(
        voronoi(40, 3000, seed=6), lambda points: points / 111_320 + [96.6, 37.15]
    )
    assert told(lake, copy(lake, "gcj02")) == [(1, "datum_differs", "gcj02")]


@pytest.mark.parametrize("datum", ["gcj02", "bd09"])
def test_the_odd_one_out_of_three_is_blamed_even_if_it_is_the_jurisdiction(datum):
    quarters = voronoi(40, 5000, seed=7)
    layers = [at("武汉", shapes) for shapes in (outline(quarters), quarters, quarters[::2])]
    for odd in range(3):
        mixed = [copy(s, datum) if n == odd else s for n, s in enumerate(layers)]
        assert told(*mixed) == [(odd, "datum_differs", datum)]


def test_two_copies_in_two_datums_are_both_caught():
    quarters = at("成都", voronoi(40, 5000, seed=8))
    assert told(quarters, copy(quarters, "gcj02"), copy(quarters[::2], "bd09")) == [
        (1, "datum_differs", "gcj02"),
        (2, "datum_differs", "bd09"),
    ]


def test_two_copies_from_one_web_map_do_not_outvote_a_true_jurisdiction():
    quarters = voronoi(40, 5000, seed=9)
    plots = quarters[[5, 6]]
    copies = [copy(at("盘锦", shapes), "gcj02") for shapes in (quarters, plots)]
    assert told(at("盘锦", outline(quarters)), *copies) == [
        (1, "datum_differs", "gcj02"),
        (2, "datum_differs", "gcj02"),
    ]


@pytest.mark.parametrize("datum", ["gcj02", "bd09"])
def test_a_true_layer_that_is_stated_to_be_shifted_is_caught(datum):
    cells = at("长春", voronoi(40, 5000, seed=10))
    # what stands in the file is true, and was converted on reading because of the statement
    shift = TO_WGS84[datum]
    converted = shapely.transform(cells, lambda points: np.column_stack(shift(*points.T)))
    verdicts = guarded(cells, converted, cells[::2], stated=("", datum, ""))
    assert [(each.layer, each.problem) for each in verdicts] == [(1, "datum_statements_differ")]
    assert verdicts[0].details["actual"] == "wgs84"
    assert verdicts[0].details["stated"] == datum


def test_with_two_layers_of_unlike_statements_the_jurisdiction_is_believed():
    cells = at("长春", voronoi(40, 5000, seed=10))
    shift = TO_WGS84["gcj02"]
    converted = shapely.transform(cells, lambda points: np.column_stack(shift(*points.T)))
    assert told(converted, cells, stated=("gcj02", "")) == [(1, "datum_statements_differ", "gcj02")]
    assert told(cells, converted, stated=("", "gcj02")) == [(1, "datum_statements_differ", "wgs84")]


def test_a_right_statement_raises_no_alarm():
    cells = at("长春", voronoi(40, 5000, seed=10))
    assert told(cells, cells, stated=("", "gcj02")) == []
    assert told(cells, cells, stated=("bd09", "gcj02")) == []
    assert told(cells, cells, stated=("bd09", "bd09")) == []


def test_a_layer_read_as_gcj02_that_is_bd09_is_caught():
    cells = at("济南", voronoi(40, 5000, seed=11))
    degrees = copy(cells, "bd09")
    shift = TO_WGS84["gcj02"]
    read_wrongly = shapely.transform(degrees, lambda points: np.column_stack(shift(*points.T)))
    assert told(cells, read_wrongly, stated=("", "gcj02")) == [(1, "datum_differs", "bd09")]


def test_a_layer_corrected_in_vain_is_told_from_three_others_that_were_not():
    cells = at("兰州", voronoi(40, 5000, seed=12))
    shift = TO_WGS84["gcj02"]
    corrected = shapely.transform(cells, lambda points: np.column_stack(shift(*points.T)))
    assert told(cells, cells[::2], outline(cells), corrected) == [
        (3, "datum_overcorrected", "gcj02")
    ]


@pytest.mark.parametrize("epsg", [4490, 4550, 32651, 3857])
def test_it_works_in_any_coordinate_system(epsg):
    crs = CRS.from_epsg(epsg)
    cells = transform(at("盘锦", voronoi(60, 6000, seed=13)), WGS84, crs)
    limit = array([shapely.union_all(cells)])
    assert told(limit, cells, crs=crs) == []
    (verdict,) = guarded(limit, copy(cells, "gcj02", crs), crs=crs)
    assert (verdict.layer, verdict.problem) == (1, "datum_differs")
    assert verdict.details["offset"] == pytest.approx(517, abs=8)


def test_layers_digitised_apart_by_some_metres_are_compared_all_the_same():
    cells = at("南京", voronoi(40, 6000, seed=14))

    def drawn_anew(points):
        # three metres either way, the same for the same vertex
        return points + 3 / 111_320 * np.sin(points[:, ::-1] * 3.7e6)

    anew = shapely.transform(cells, drawn_anew)
    assert told(cells, anew) == []
    assert told(cells, copy(anew, "gcj02")) == [(1, "datum_differs", "gcj02")]


def test_the_order_of_rows_and_layers_does_not_matter():
    cells = at("合肥", villages(30, 4000, seed=15))
    shifted = copy(cells[::2], "gcj02")
    (straight,) = guarded(cells, shifted)
    (backwards,) = guarded(cells[::-1], shifted[::-1])
    assert straight.details["offset"] == pytest.approx(backwards.details["offset"], abs=2)
    assert told(shifted, cells) == [(0, "datum_differs", "gcj02")]


@pytest.mark.parametrize("city", ["盘锦市", "乐山市", "厦门市", "喀什地区"])
def test_county_borders_as_they_are_published_are_found_to_be_gcj02(city):
    counties = county_boundaries(city)
    true = counties.geometry.to_numpy()
    published = copy(true, "gcj02")
    assert told(true, true[::2]) == []
    assert told(true, published) == [(1, "datum_differs", "gcj02")]


@pytest.fixture(scope="module")
def panjin(tmp_path_factory):
    folder = tmp_path_factory.mktemp("guard") / "panjin"
    build_panjin(folder)
    return folder


def with_copy(source, folder, layer, datum):
    """Write the sample of Panjin with one layer as a web map would have it."""
    shutil.copytree(source, folder)
    path = folder / "layers.gpkg"
    frames = {name: gpd.read_file(path, layer=name) for name in (*PANJIN_LAYERS, "cases")}
    path.unlink()
    frames[layer].geometry = copy(frames[layer].geometry.to_numpy(), datum, frames[layer].crs)
    for name, frame in frames.items():
        add_layer(frame, path, name, "Unknown")
    return folder


@pytest.mark.parametrize("datum", ["gcj02", "bd09"])
@pytest.mark.parametrize("layer", PANJIN_LAYERS)
def test_a_copy_of_any_layer_of_panjin_is_refused_with_the_evidence(panjin, tmp_path, layer, datum):
    with pytest.raises(InputErrors) as caught:
        read(with_copy(panjin, tmp_path / "copy", layer, datum))
    (error,) = caught.value.errors
    assert (error.problem, error.file, error.layer) == ("datum_differs", "layers.gpkg", layer)
    assert error.details["actual"] == datum
    metres = {"gcj02": (484, 518), "bd09": (1290, 1360)}[datum]
    assert metres[0] <= error.details["offset"] <= metres[1]
    assert error.details["after"] > 4 * error.details["before"]
    assert f'datum = "{datum}"' in error.render("zh")
    assert f"{error.details['offset']} m" in error.render("en")


def test_the_remedy_mends_it(panjin, tmp_path):
    folder = with_copy(panjin, tmp_path / "copy", "zones", "gcj02")
    file = folder / "mangqu.toml"
    text = file.read_text("utf-8")
    stated = text.replace('layer = "zones"', 'layer = "zones"\ndatum = "gcj02"')
    file.write_text(stated, "utf-8")
    mended = read(folder)
    assert {remark.problem for remark in mended.remarks} == {"datum_converted", "reprojected"}
    true = read(panjin).zones.geometry.to_numpy()
    assert shapely.hausdorff_distance(mended.zones.geometry.to_numpy(), true).max() < 0.01


def test_new_york_raises_no_alarm(tmp_path):
    build_nyc(tmp_path / "nyc")
    problems = {remark.problem for remark in read(tmp_path / "nyc").remarks}
    assert problems.isdisjoint({"datum_doubtful", "datum_guard_overruled"})


def gcj_claims(folder):
    """Write a project whose claims are a copy in GCJ-02."""
    folder.mkdir(exist_ok=True)
    write(folder / "claims.geojson", list(copy(array([WEST, EAST]), "gcj02")), body=["甲", "乙"])
    return folder


def test_one_of_two_sources_of_a_table_is_refused_by_itself(tmp_path):
    gcj_claims(tmp_path)
    write(tmp_path / "old.geojson", [WEST, EAST], body=["丙", "丁"])
    (tmp_path / "claims.geojson").rename(tmp_path / "new.geojson")
    folder = project(
        tmp_path,
        claims='path = "old.geojson"\n',
    )
    text = (folder / "mangqu.toml").read_text("utf-8")
    text = text.replace("[layers.claims]", "[[layers.claims]]")
    (folder / "mangqu.toml").write_text(text + '[[layers.claims]]\npath = "new.geojson"\n', "utf-8")
    with pytest.raises(InputErrors) as caught:
        read(folder)
    (error,) = caught.value.errors
    assert (error.problem, error.file) == ("datum_differs", "new.geojson")
    assert error.details["other"] in {"limit.geojson", "old.geojson"}


@pytest.mark.parametrize("stated", ["", 'datum = "wgs84"\n', 'datum = "cgcs2000"\n'])
def test_a_stated_datum_does_not_silence_the_guard(tmp_path, stated):
    with pytest.raises(InputErrors) as caught:
        read(project(gcj_claims(tmp_path), more=stated))
    assert [error.problem for error in caught.value.errors] == ["datum_differs"]


def test_who_vouches_for_a_datum_gets_a_remark_instead(tmp_path):
    made = read(project(gcj_claims(tmp_path), more="datum_checked = true\n"))
    (remark,) = made.remarks
    assert "gcj02" in remark_line(remark, "zh")
    assert "datum_checked" in remark_line(remark, "en")
    assert (remark.kind, remark.problem) == ("doubted", "datum_guard_overruled")
    assert (remark.table, remark.file) == ("claims", "claims.geojson")
    assert len(made.claims) == 2


def test_every_verdict_can_be_told_in_both_languages():
    cells = at("兰州", voronoi(20, 3000, seed=12))
    (verdict,) = guarded(cells, copy(cells, "gcj02"))
    details = {**verdict.details, "other": "limit.gpkg"}
    for problem in ("datum_differs", "datum_statements_differ", "datum_overcorrected"):
        for language in LANGUAGES:
            sentence = InputError(problem, **details).render(language)
            assert str(details["offset"]) in sentence
            assert "limit.gpkg" in sentence
            assert "datum" in sentence
    for language in LANGUAGES:
        doubt = Remark("doubted", "datum_doubtful", "claims", "a.shp", "", 0, details)
        assert "limit.gpkg" in remark_line(doubt, language)


def test_to_vouch_is_to_say_true_or_false(tmp_path):
    with pytest.raises(InputErrors) as caught:
        read(project(gcj_claims(tmp_path), more='datum_checked = "yes"\n'))
    (error,) = caught.value.errors
    assert (error.problem, error.column) == ("toml_wrong_type", "layers.claims.datum_checked")


def test_the_gaps_of_a_layer_that_lies_off_its_jurisdiction_are_not_told(tmp_path):
    claims = str(gcj_claims(tmp_path) / "claims.geojson")
    limit = str(write(tmp_path / "limit.geojson", [LIMIT]))
    with pytest.raises(InputError) as caught:
        gaps_of_layer(GapRequest(claims, jurisdiction=limit), today=TODAY)
    error = caught.value
    assert (error.problem, error.file) == ("layer_datum_differs", claims)
    assert error.details["other"] == limit
    assert "gcj02" in error.render("zh")


def test_the_pinned_share_of_parallel_borders_is_none():
    east = np.array([[[0, 0], [1, 0], [2, 0]]] * 3, dtype=float)
    north = east[..., ::-1]
    both = np.concatenate([east, north])
    assert pinned_share(both, np.ones(6, dtype=bool)) == pytest.approx(1)
    assert pinned_share(both, np.arange(6) < 3) == pytest.approx(0)
    assert pinned_share(both, np.arange(6) % 3 == 0) == pytest.approx(1 / 3)
    assert pinned_share(east, np.ones(3, dtype=bool)) == 0


def test_stretches_follow_the_border_and_stay_on_it():
    square = array([shapely.box(0, 0, 100, 100)])
    borders = Borders.of(square)
    pieces = borders.pieces(borders.bounds, most=50, length=7.0)
    assert len(pieces) == 50
    distance = shapely.distance(shapely.points(pieces), shapely.boundary(square[0]))
    assert distance.max() < 1e-9
    assert borders.run_along(pieces, 0.01).all()
    assert not borders.run_along(pieces + 50.0, 0.01).any()


def test_a_border_that_is_merely_crossed_does_not_match():
    line = Borders.of(array([shapely.LineString([(0, 0), (100, 0)])]))
    across = np.array([[[50.0, -10.0], [50.0, 0.0], [50.0, 10.0]]])
    assert not line.run_along(across, 2.0).any()


def test_the_likeliest_shift_is_the_one_that_was_made():
    cells = voronoi(40, 3000, seed=16)
    shift = likeliest_shifts(
        Borders.of(cells),
        Borders.of(moved(cells, 321.0, -123.0)),
        window=np.array([-1e4, -1e4, 1e4, 1e4]),
        reach=1000.0,
        cell=20.0,
        most=1,
    )
    np.testing.assert_allclose(shift, [[321.0, -123.0]], atol=2)


def test_every_way_to_wgs84_has_a_way_back():
    assert TO_WGS84.keys() == FROM_WGS84.keys()
