"""What holds of any layout: areas that add up, and answers that do not depend on how it is told."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from shapely.affinity import affine_transform

from gis.arrangement import arrange
from gis.pipeline import analyse
from tests.builders import COUNTY, claim, project_of, square, table, zone

GRID = 0.001

#: Few examples each, and the same ones every time: these tests run on every commit.
EVERY_COMMIT = settings(
    max_examples=40,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow],
)
FEW = settings(EVERY_COMMIT, max_examples=15)

BODIES = ("A", "B", "C")
# crossing the limit of the county on every side, and often along the same lines
COORDINATE = st.one_of(
    st.sampled_from([-125, 0, 250, 375, 500, 625, 750, 1000, 1125]),
    st.integers(-200_000, 1_200_000).map(lambda milli: milli / 1000),
)


@st.composite
def rectangles(draw):
    x0, x1 = sorted(draw(st.tuples(COORDINATE, COORDINATE)))
    y0, y1 = sorted(draw(st.tuples(COORDINATE, COORDINATE)))
    return square(x0, y0, x1 + 1, y1 + 1)


@st.composite
def stars(draw):
    """Draw a polygon around a point, its corners at rising angles: always simple, rarely convex."""
    n = draw(st.integers(3, 8))
    x, y = draw(st.integers(0, 1000)), draw(st.integers(0, 1000))
    radii = draw(st.lists(st.integers(30, 500), min_size=n, max_size=n))
    angles = 2 * np.pi * (np.arange(n) + draw(st.floats(0, 1))) / n
    return shapely.Polygon(
        np.column_stack([x + radii * np.cos(angles), y + radii * np.sin(angles)])
    )


@st.composite
def rings(draw):
    outer = draw(rectangles())
    west, south, east, north = outer.bounds
    hole = square(
        west + (east - west) / 4, south + (north - south) / 4, west + (east - west) / 2, north
    )
    left = outer - hole.intersection(outer.buffer(-0.25, join_style="mitre"))
    return left if left.geom_type in {"Polygon", "MultiPolygon"} else outer


SHAPES = st.one_of(rectangles(), stars(), rings()).map(
    lambda shape: shapely.set_precision(shape, GRID)
)
LAYOUTS = st.lists(st.tuples(st.sampled_from(BODIES), SHAPES), min_size=1, max_size=6).filter(
    lambda rows: all(not shape.is_empty for _, shape in rows)
)


def counts_and_areas(rows, county=COUNTY):
    """Return the set of bodies over each face of the county, with the face's area."""
    polygons = np.array([county, *(shape for _, shape in rows)], dtype=object)
    arrangement = arrange(polygons, grid_size=GRID)
    face, cover = arrangement.pairs()
    inside = np.zeros(len(arrangement.faces), dtype=bool)
    inside[face[cover == 0]] = True
    bodies = [set() for _ in arrangement.faces]
    claims = np.zeros(len(arrangement.faces), dtype=int)
    for number, row in zip(face.tolist(), cover.tolist(), strict=True):
        if row > 0:
            bodies[number].add(rows[row - 1][0])
            claims[number] += 1
    area = shapely.area(arrangement.faces)
    sizes = np.array([len(each) for each in bodies])
    return {
        "inside": area[inside].sum(),
        "gap": area[inside & (sizes == 0)].sum(),
        "contested": area[inside & (sizes > 1)].sum(),
        "layers": (area * claims).sum(),
    }


def near(first, second, scale=1e6):
    """Tell whether two results agree to a millionth of a billionth of the county per face."""
    return all(first[name] == pytest.approx(second[name], abs=1e-9 * scale) for name in first)


@EVERY_COMMIT
@given(LAYOUTS)
def test_the_faces_add_up_to_the_county_and_to_the_claims_as_drawn(rows):
    sums = counts_and_areas(rows)
    drawn = sum(shape.area for _, shape in rows)
    assert sums["inside"] == pytest.approx(COUNTY.area, rel=1e-12)
    # where borders cross off the grid, the crossing is snapped by up to 0.7 mm
    perimeter = sum(shape.length for _, shape in rows)
    assert sums["layers"] == pytest.approx(drawn, abs=GRID * perimeter)


@EVERY_COMMIT
@given(LAYOUTS, st.randoms(use_true_random=False))
def test_the_order_of_rows_and_the_way_rings_are_drawn_change_nothing(rows, random):
    shuffled = [(body, redrawn(shape, random)) for body, shape in rows]
    random.shuffle(shuffled)
    assert near(counts_and_areas(rows), counts_and_areas(shuffled), scale=1.0)


def redrawn(shape, random):
    """Return the same polygon with rings that start and turn elsewhere."""

    def ring(points):
        points = list(points)[:-1]
        start = random.randrange(len(points))
        points = points[start:] + points[:start]
        return points[::-1] if random.random() < 0.5 else points

    parts = [
        shapely.Polygon(ring(part.exterior.coords), [ring(hole.coords) for hole in part.interiors])
        for part in shapely.get_parts(shape)
    ]
    random.shuffle(parts)
    return shapely.MultiPolygon(parts) if len(parts) > 1 else parts[0]


MOVES = {
    "translation by a power of two": (1, 0, 0, 1, 2.0**19, 2.0**22),
    "rotation by 90 degrees": (0, -1, 1, 0, 0, 0),
    "reflection": (-1, 0, 0, 1, 0, 0),
    "rotation and translation": (0, 1, -1, 0, -(2.0**20), 2.0**18),
}


@pytest.mark.parametrize("move", MOVES.values(), ids=MOVES)
@FEW
@given(rows=LAYOUTS)
def test_moving_and_turning_the_whole_layout_changes_no_area(move, rows):
    moved = [(body, affine_transform(shape, move)) for body, shape in rows]
    first, second = counts_and_areas(rows), counts_and_areas(moved, affine_transform(COUNTY, move))
    # coordinates a few million metres away have a last digit of half a nanometre, and a crossing
    # that falls midway between two points of the grid may go to either
    perimeter = COUNTY.length + sum(shape.length for _, shape in rows)
    for name, area in first.items():
        assert second[name] == pytest.approx(area, abs=GRID * perimeter / 100)


@EVERY_COMMIT
@given(LAYOUTS, st.integers(-100, 1100))
def test_a_claim_cut_in_two_of_the_same_body_leaves_gap_and_contest_alone(rows, x):
    body, shape = rows[0]
    halves = [shapely.intersection(shape, square(*sides, grid_y)) for sides, grid_y in (
        ((-2000, -2000, x), 3000), ((x, -2000, 3000), 3000))]  # fmt: skip
    parts = [
        (body, shapely.set_precision(half, GRID))
        for half in halves
        if half.area > 0 and half.geom_type in {"Polygon", "MultiPolygon"}
    ]
    whole, cut = counts_and_areas(rows), counts_and_areas([*parts, *rows[1:]])
    for name in ("inside", "gap", "contested"):
        assert cut[name] == pytest.approx(whole[name], abs=GRID * shape.length)


@EVERY_COMMIT
@given(LAYOUTS, st.sampled_from(BODIES), SHAPES)
def test_one_claim_more_never_enlarges_the_gap_nor_shrinks_the_contest(rows, body, shape):
    before, after = counts_and_areas(rows), counts_and_areas([*rows, (body, shape)])
    slack = GRID * (shape.length + sum(each.length for _, each in rows))
    assert after["gap"] <= before["gap"] + slack
    assert after["contested"] >= before["contested"] - slack


@EVERY_COMMIT
@given(LAYOUTS)
def test_faces_do_not_overlap_and_meet_vertex_to_vertex(rows):
    polygons = np.array([COUNTY, *(shape for _, shape in rows)], dtype=object)
    arrangement = arrange(polygons, grid_size=GRID)
    assert shapely.coverage_is_valid(arrangement.faces)
    assert shapely.is_valid(arrangement.faces).all()
    points = shapely.get_coordinates(arrangement.faces)
    assert np.allclose(points, np.round(points / GRID) * GRID, atol=1e-9)
    # every piece of border parts two different faces, or a face from the outside
    assert (arrangement.left != arrangement.right).all()


@EVERY_COMMIT
@given(LAYOUTS)
def test_the_arrangement_of_an_arrangement_is_itself(rows):
    polygons = np.array([COUNTY, *(shape for _, shape in rows)], dtype=object)
    once = arrange(polygons, grid_size=GRID).faces
    again = arrange(once, grid_size=GRID).faces
    assert shapely.equals_exact(shapely.normalize(again), shapely.normalize(once)).all()


ROLES = st.sampled_from(["lead", "lead", "lead", "assist", "fallback", "supervise"])
LEVELS = st.sampled_from(["", "county", "street"])
DAYS = st.sampled_from([None, "2026-01-01", "2027-01-01"])
MATTERS = st.sampled_from(["", "care", "sweeping", "order"])
CLAIMS = st.lists(
    st.builds(
        lambda body, shape, matter, role, level, end: claim(
            body, shape, matter, role=role, level=level, valid_to=end
        ),
        st.sampled_from(BODIES),
        SHAPES.filter(lambda shape: not shape.is_empty),
        MATTERS,
        ROLES,
        LEVELS,
        DAYS,
    ),
    min_size=1,
    max_size=5,
)
TREE = {"care": "", "sweeping": "care", "order": ""}


@FEW
@given(CLAIMS)
def test_any_project_is_accounted_for_and_every_finding_lies_inside(claims):
    project = project_of(*claims, tree=TREE, zones=[zone("fringe", square(-50, 300, 700, 420))])
    run = analyse(project)
    county = project.jurisdiction.union_all()
    for question in run.certificate["questions"]:
        total = question["jurisdiction_m2"]
        assert abs(question["residual_m2"]) <= 1e-9 * total
        assert sum(question["by_standing"].values()) == pytest.approx(total, rel=1e-9)
    lost = set(run.certificate["claims"]["lost"])
    touching = {name for names in run.atoms["claim_ids"] for name in names}
    asked = set(project.claims["claim_id"])
    assert lost | touching == asked
    assert not lost & touching
    assert (run.findings.geometry.difference(county).area < 1e-6).all()
    assert run.findings["finding_id"].is_unique


@FEW
@given(CLAIMS, st.randoms(use_true_random=False))
def test_the_order_of_claims_changes_no_finding(claims, random):
    shuffled = list(claims)
    random.shuffle(shuffled)
    first, second = (analyse(project_of(*rows, tree=TREE)) for rows in (claims, shuffled))
    columns = ["finding_id", "class", "matter", "level", "bodies", "position", "area_m2"]
    assert first.findings[columns].to_dict("records") == second.findings[columns].to_dict("records")


def test_the_table_builder_numbers_rows_from_one():
    assert table("claims", [claim("A", COUNTY)] * 2)["claim_id"].tolist() == ["C000001", "C000002"]
