"""What conditions may ask about a finding, gathered from the tables of a run."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from gis.law.choices import Case
from gis.law.conditions import CLAIMS, NO, YES

if TYPE_CHECKING:
    from collections.abc import Iterator

    import geopandas as gpd
    import pandas as pd

    from gis.law.conditions import Facts
    from gis.law.superiors import Superiors

#: A finding is in a place if that covers at least so much of it.
_SHARE_IN_PLACE = 0.5

_CLAIMS_OF = {standing.value: word for word, standing in CLAIMS.items()}


def circumstances(
    findings: gpd.GeoDataFrame,
    finding_neighbours: pd.DataFrame,
    superiors: Superiors,
    *,
    lanes: gpd.GeoDataFrame | None,
    places: gpd.GeoDataFrame | None,
) -> Iterator[tuple[Facts, Case]]:
    """Yield, finding by finding, what conditions and choices may ask about it."""
    neighbours = _neighbours(finding_neighbours)
    shapes = findings.geometry.to_numpy()
    kinds = _place_kinds(shapes, places)
    crossed = _with_lane(shapes, lanes)
    for at, row in enumerate(findings.drop(columns="geometry").to_dict("records")):
        case = Case(
            standing=row["standing"],
            bodies=tuple(row["bodies"]),
            neighbours=neighbours.get(row["finding_id"], ()),
            districts=tuple(row["districts"]),
            first_receiver=row["first_receiver"],
        )
        touched = {superiors.level.get(body, "") for body in (*case.neighbours, *case.bodies)}
        yield (
            {
                "class": frozenset({row["class"]}),
                "claims": frozenset({_CLAIMS_OF[row["standing"]]}),
                "position": frozenset({row["position"]}),
                "zone": frozenset(row["zones"]),
                "place_kind": frozenset(kinds[at]),
                "neighbours": frozenset({neighbours_word(case.neighbours, superiors)}),
                "touches_levels": frozenset(touched - {""}),
                "districts": frozenset({_count_word(case.districts)}),
                "has_lane": frozenset({YES if at in crossed else NO}),
                "matter": frozenset({row["matter"]}),
                "level": frozenset({row["level"]}),
            },
            case,
        )


def neighbours_word(neighbours: tuple[str, ...], superiors: Superiors) -> str:
    """Return what ``neighbours`` calls some bodies; an unknown superior is nobody's same one."""
    if len(neighbours) < 2:  # noqa: PLR2004 - two make several
        return "one" if neighbours else "none"
    above = {superiors.superior.get(body, "") for body in neighbours}
    return "same_superior" if len(above) == 1 and "" not in above else "different_superiors"


def _count_word(found: tuple[str, ...]) -> str:
    return ("none", "one", "several")[min(len(found), 2)]


def _neighbours(table: pd.DataFrame) -> dict[str, tuple[str, ...]]:
    """Return the bodies next to each finding by falling shared border, equals by their names."""
    ordered = table[table["body"] != ""].sort_values(["shared_m", "body"], ascending=[False, True])
    return {str(each): tuple(rows["body"]) for each, rows in ordered.groupby("finding_id")}


def _place_kinds(shapes: Any, places: gpd.GeoDataFrame | None) -> list[set[str]]:  # noqa: ANN401
    kinds: list[set[str]] = [set() for _ in shapes]
    if places is None or places.empty or not len(shapes):
        return kinds
    named = places[(places["kind"] != "") & places.geometry.notna()]
    drawn = named.geometry.to_numpy()
    finding, place = shapely.STRtree(drawn).query(shapes, predicate="intersects")
    shared = shapely.area(shapely.intersection(shapes[finding], drawn[place]))
    within = shared >= _SHARE_IN_PLACE * shapely.area(shapes[finding])
    for at, row in zip(finding[within].tolist(), place[within].tolist(), strict=True):
        kinds[at].add(named["kind"].iloc[row])
    return kinds


def _with_lane(shapes: Any, lanes: gpd.GeoDataFrame | None) -> set[int]:  # noqa: ANN401
    """Return the findings that a lane leads through; one along their border does not."""
    if lanes is None or lanes.empty or not len(shapes):
        return set()
    tree = shapely.STRtree(lanes.geometry.to_numpy())
    through = [tree.query(shapes, predicate=predicate)[0] for predicate in ("crosses", "contains")]
    return set(np.concatenate(through).tolist())
