"""Which layer of a project lies some hundred metres off, because its datum is not what was stated.

Every pair of layers that share borders tells which datums would make them agree
(:mod:`gis.layers.datum_evidence`). Of all ways to explain what the pairs tell, the one with the
fewest wrong statements is taken; where two need as many, the jurisdiction is believed first, then
a layer that the user vouches for.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np
import shapely

from gis.layers.datum import TO_WGS84, touches_the_extent
from gis.layers.datum_evidence import Evidence, evidence_of
from gis.layers.ground import Ground
from gis.measure import WGS84, transformer

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pyproj import CRS

    from gis.model.arrangement import GeometryArray

#: What a layer's numbers may be: one of the datums, or WGS 84 that was "corrected" all the same.
_STATES = ("wgs84", "gcj02", "bd09", "corrected_gcj02", "corrected_bd09")

#: A layer corrected without need is much rarer than one that was never corrected: three others
#: have to say so, as two may well come from one web map.
_WRONG, _CORRECTED_IN_VAIN, _CONTRADICTION = 1.0, 2.5, 6.0
_AGAINST_JURISDICTION, _AGAINST_CHECKED = 0.2, 0.1


@dataclass(frozen=True, slots=True)
class GuardedLayer:
    """A layer whose datum is to be tested.

    Parameters
    ----------
    geometry
        Polygons, lines or None in the working coordinate system; points tell nothing.
    stated
        Datum that the user states, or ``""``; coordinates are converted accordingly already.
    accuracy_m
        Accuracy of its borders, one standard deviation in metres.
    is_jurisdiction, is_checked
        Whether it is the jurisdiction; whether the user vouches for its datum.
    """

    geometry: GeometryArray
    stated: str
    accuracy_m: float
    is_jurisdiction: bool = False
    is_checked: bool = False


@dataclass(frozen=True, slots=True)
class Verdict:
    """A layer that lies off.

    Parameters
    ----------
    layer, other
        Which layer, and which one shows it.
    problem
        ``datum_differs``: it is in another datum than it was read in. ``datum_statements_differ``:
        its numbers match the other's, although different datums are stated for them.
        ``datum_overcorrected``: it was true and has been "corrected" before it was read.
        ``datum_doubtful``: it may be in another datum, and nothing is refused.
    details
        Values for the sentences: ``stated``, ``actual`` (datums), ``other_datum``, ``offset`` in
        metres, ``azimuth`` in degrees from north, ``before`` and ``after`` in per cent of border,
        ``matched`` in metres of border, ``tolerance`` in metres.
    """

    layer: int
    other: int
    problem: str
    details: dict[str, object]


def misplaced_layers(layers: Sequence[GuardedLayer], crs: CRS) -> list[Verdict]:
    """Find the layers that are in another datum than stated.

    Parameters
    ----------
    layers
        Each declared layer by itself.
    crs
        Working coordinate system that all are in.

    Returns
    -------
    verdicts
        At most one for a layer, in the order of layers; empty outside China.
    """
    grounds = {
        at: Ground.of(
            layer.geometry, crs, stated=_stated(layer), accuracy_m=max(layer.accuracy_m, 0.0)
        )
        for at, layer in enumerate(layers)
        if _is_in_china(layer.geometry, crs)
    }
    pairs = _evidence_by_pair(grounds)
    sure = {pair: evidence for pair, evidence in pairs.items() if evidence.is_sure}
    verdicts: dict[int, Verdict] = {}
    for group in _groups(list(grounds), sure):
        states = _likeliest_states(group, sure, layers)
        for at in group:
            if states[at] != _stated(layers[at]):
                verdicts[at] = _verdict(at, states, sure, layers)
    for (first, second), evidence in pairs.items():
        if not evidence.is_sure and not {first, second} & verdicts.keys():
            blamed = _doubted(first, second, evidence, layers)
            verdicts[blamed] = _doubt(blamed, first, second, evidence, layers)
    return [verdicts[at] for at in sorted(verdicts)]


def _stated(layer: GuardedLayer) -> str:
    return layer.stated if layer.stated in TO_WGS84 else "wgs84"


def _is_in_china(geometry: GeometryArray, crs: CRS) -> bool:
    """Tell whether shapes lie near enough for a datum of China, from their box alone."""
    bounds = shapely.total_bounds(geometry) if len(geometry) else np.full(4, np.nan)
    if not np.isfinite(bounds).all():
        return False
    if not crs.is_geographic:
        to_degrees = transformer(crs, WGS84)
        bounds = np.array(to_degrees.transform_bounds(*bounds))
    return bool(np.isfinite(bounds).all()) and touches_the_extent(bounds)


def _evidence_by_pair(grounds: dict[int, Ground]) -> dict[tuple[int, int], Evidence]:
    """Return what each pair tells, passing over pairs that are at one through a third layer."""
    found: dict[tuple[int, int], Evidence] = {}
    at_one = {at: at for at in grounds}
    for first, second in combinations(grounds, 2):
        if at_one[first] == at_one[second]:
            continue
        evidence = evidence_of(grounds[first], grounds[second])
        if evidence is None:
            continue
        found[first, second] = evidence
        if evidence.is_stated:
            old, new = at_one[second], at_one[first]
            at_one = {at: new if group == old else group for at, group in at_one.items()}
    return found


def _groups(nodes: list[int], pairs: dict[tuple[int, int], Evidence]) -> list[list[int]]:
    """Return the layers that hang together by evidence."""
    group = {at: at for at in nodes}
    for first, second in pairs:
        old, new = group[second], group[first]
        group = {at: new if number == old else number for at, number in group.items()}
    return [[at for at in nodes if group[at] == number] for number in dict.fromkeys(group.values())]


def _likeliest_states(
    group: list[int], pairs: dict[tuple[int, int], Evidence], layers: Sequence[GuardedLayer]
) -> dict[int, str]:
    """Return what each layer of a group most likely is."""
    mine = {pair: evidence for pair, evidence in pairs.items() if pair[0] in group}
    best: dict[int, str] = {at: _stated(layers[at]) for at in group}
    least = _cost(best, mine, layers)
    for root in group:
        for state in _STATES:
            states = _spread({root: state}, mine)
            if len(states) < len(group):
                continue  # this beginning fits no way to the end
            cost = _cost(states, mine, layers)
            if cost < least - 1e-9:
                best, least = states, cost
    return best


def _spread(states: dict[int, str], pairs: dict[tuple[int, int], Evidence]) -> dict[int, str]:
    """Follow the evidence from one layer to the next, the best matching pairs first."""
    states = dict(states)
    order = sorted(pairs, key=lambda pair: (-pairs[pair].after, pair))
    moving = True
    while moving:
        moving = False
        for first, second in order:
            if (first in states) == (second in states):
                continue
            known, unknown = (first, second) if first in states else (second, first)
            relation = pairs[first, second].relation
            follows = _following(states[known], relation if known == first else relation[::-1])
            if follows is not None:
                states[unknown] = follows
                moving = True
                break
    return states


def _following(state: str, relation: tuple[str, str]) -> str | None:
    """Return what the second layer is if the first is ``state`` and their datums relate so."""
    if relation[0] == relation[1]:
        return state
    if state == relation[0]:
        return relation[1]
    if state == "wgs84" and relation[1] == "wgs84":
        return f"corrected_{relation[0]}"
    if relation[0] == "wgs84" and state == f"corrected_{relation[1]}":
        return "wgs84"
    return None


def _cost(
    states: dict[int, str],
    pairs: dict[tuple[int, int], Evidence],
    layers: Sequence[GuardedLayer],
) -> float:
    cost = 0.0
    for at, state in states.items():
        if state == _stated(layers[at]):
            continue
        cost += _CORRECTED_IN_VAIN if state.startswith("corrected") else _WRONG
        cost += _AGAINST_JURISDICTION * layers[at].is_jurisdiction
        cost += _AGAINST_CHECKED * layers[at].is_checked
    for (first, second), evidence in pairs.items():
        if _following(states[first], evidence.relation) != states[second]:
            cost += _CONTRADICTION
    return cost


def _verdict(
    at: int,
    states: dict[int, str],
    pairs: dict[tuple[int, int], Evidence],
    layers: Sequence[GuardedLayer],
) -> Verdict:
    """Say what is wrong with a layer, shown by the layer that shows it best."""
    (pair, here), *_ = sorted(
        (
            (pair, here)
            for pair, evidence in pairs.items()
            for here in pair
            # what matches this layer as it lies may stand in for it
            if not evidence.is_stated and states[here] == states[at] != _stated(layers[here])
        ),
        key=lambda case: (case[1] != at, -pairs[case[0]].after, case),
    )
    evidence, other = pairs[pair], sum(pair) - here
    problem = "datum_differs"
    if states[at].startswith("corrected"):
        problem = "datum_overcorrected"
    elif evidence.relation[0] == evidence.relation[1]:
        problem = "datum_statements_differ"
    details = _details(evidence, layers[at], layers[other], is_first=here == pair[0])
    return Verdict(at, other, problem, {**details, "actual": states[at].removeprefix("corrected_")})


def _doubted(first: int, second: int, evidence: Evidence, layers: Sequence[GuardedLayer]) -> int:
    """Return the layer that a doubtful pair speaks against."""
    off = [
        at
        for at, datum in zip((first, second), evidence.relation, strict=True)
        if datum != _stated(layers[at])
    ]
    return min(off, key=lambda at: (layers[at].is_jurisdiction, layers[at].is_checked, -at))


def _doubt(
    blamed: int, first: int, second: int, evidence: Evidence, layers: Sequence[GuardedLayer]
) -> Verdict:
    other = second if blamed == first else first
    details = _details(evidence, layers[blamed], layers[other], is_first=blamed == first)
    actual = evidence.relation[0 if blamed == first else 1]
    return Verdict(blamed, other, "datum_doubtful", {**details, "actual": actual})


def _details(
    evidence: Evidence, layer: GuardedLayer, other: GuardedLayer, *, is_first: bool
) -> dict[str, object]:
    azimuth = evidence.azimuth_deg if is_first else evidence.azimuth_deg + 180
    return {
        "stated": _stated(layer),
        "other_datum": _stated(other),
        "offset": round(evidence.offset_m),
        "azimuth": round(azimuth) % 360,
        "before": round(100 * evidence.before),
        "after": round(100 * evidence.after),
        "matched": round(evidence.matched_m),
        "tolerance": round(evidence.tolerance_m, 1),
    }
