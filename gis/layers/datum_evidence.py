"""Which datums two layers must be in for their borders to run along each other.

GCJ-02 and BD-09 are known exactly and shift every place differently, by metres from one kilometre
to the next. So each pair of datums that two layers may be in is tried as it is: stretches of one
layer's border are brought to where they would lie, and counted where they run along the other's.
A pair of datums is believed only if it explains far more of the border than what was stated, than
other shifts as long in all directions, and than the rigid shift that suits the corners best.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from pyproj import Geod

from gis.layers.border_matching import likeliest_shifts, pinned_share
from gis.layers.datum import FROM_WGS84, TO_WGS84, touches_the_extent
from gis.layers.ground import Ground, degrees_of, plane_of
from gis.measure import METRES_PER_DEGREE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gis.model.arrangement import BoolArray, FloatArray

#: Ways in which the datums of two layers may differ, or be one.
RELATIONS = (
    ("wgs84", "wgs84"),
    ("gcj02", "wgs84"),
    ("wgs84", "gcj02"),
    ("bd09", "wgs84"),
    ("wgs84", "bd09"),
    ("bd09", "gcj02"),
    ("gcj02", "bd09"),
)

#: Longest shift between two datums, with room, in metres: no layer farther off has to be looked at.
REACH_M = 2000.0

#: Stretches taken from a layer for one comparison; fewer where more of them have to match.
_MOST_PIECES, _MOST_COARSE_PIECES = 600, 250

#: Tolerances in metres that are tried after that of the stated accuracies, for layers that were
#: digitised apart from each other.
_COARSER_M = (10.0, 40.0)

#: Least and largest tolerance that stated accuracies give.
_LEAST_TOLERANCE_M, _MOST_TOLERANCE_M = 2.0, 40.0

#: Tried first: a converted copy matches to millimetres, and even a dense grid meets nothing so
#: closely by chance.
_EXACT_M = 0.2

#: A stretch is this many tolerances long, and no shorter than so many metres.
_TOLERANCES_A_PIECE, _SHORTEST_PIECE_M = 6.0, 12.0

#: Fewer stretches than these prove nothing.
LEAST_PIECES = 12

#: Share of border that has to match exactly, at the stated accuracy, or at a coarser one.
LEAST_EXACT_SHARE, LEAST_SHARE, LEAST_COARSE_SHARE = 0.03, 0.10, 0.40

#: Of the share that has to match, so much has to be pinned down in every direction.
LEAST_PINNED = 0.5

#: What still matches as stated, or after a control shift, is at most this part of what matches,
#: both as pinned down in every direction.
MOST_BEFORE, MOST_BY_CHANCE = 0.25, 0.40

#: More than this part leaves not even a doubt worth a remark.
_DOUBT_ABOVE = 0.6

#: As stated, layers whose borders match to this share are at one.
_AT_ONE = 0.5

#: A shorter offset between two datums cannot be told from inaccuracy.
_TOLERANCES_AN_OFFSET = 4

#: Directions of control shifts, and how far they go where no conversion tells it, in metres.
_CONTROL_DIRECTIONS, _CONTROL_M = 24, 500.0

_VOTING_CELL_M = 20.0
_RIVALS = 3
#: Shares of border that differ by less than this are alike.
_RIVAL_MARGIN = 0.01
_FEW_TIMES = 2
_WORSE, _AS_WELL, _BETTER = "worse", "as_well", "better"

_GEOD = Geod(ellps="WGS84")


@dataclass(frozen=True, slots=True)
class Evidence:
    """What the borders of two layers tell about their datums.

    Parameters
    ----------
    relation
        Datums of the first and the second layer's coordinates as they stand in the files, in which
        the borders match; one of :data:`RELATIONS`.
    is_stated
        Whether that is no other than what was stated.
    is_sure
        Whether it leaves no doubt.
    offset_m, azimuth_deg
        Where the first layer lies as seen from where it would match; metres, and degrees clockwise
        from north.
    before, after
        Shares of border that match as stated, and under the relation; 0 to 1.
    by_chance
        Largest share that matches after any control shift of the same length.
    tolerance_m
        Within which borders count as matching.
    matched_m
        Length of border that was seen to match, in metres.
    """

    relation: tuple[str, str]
    is_stated: bool
    is_sure: bool
    offset_m: float = 0.0
    azimuth_deg: float = 0.0
    before: float = 0.0
    after: float = 0.0
    by_chance: float = 0.0
    tolerance_m: float = 0.0
    matched_m: float = 0.0


def evidence_of(first: Ground, second: Ground) -> Evidence | None:
    """Compare two layers.

    Returns
    -------
    evidence
        None where the borders have nothing to do with each other, or lie outside China.
    """
    if not _are_near(first, second):
        return None
    pair = _Pair(first, second)
    likely = 3 * float(np.hypot(first.accuracy_m, second.accuracy_m))
    likely = min(max(likely, _LEAST_TOLERANCE_M), _MOST_TOLERANCE_M)
    doubt = None
    for tolerance in (_EXACT_M, likely, *(coarse for coarse in _COARSER_M if coarse > likely)):
        least = LEAST_EXACT_SHARE if tolerance < likely else LEAST_SHARE
        least = LEAST_COARSE_SHARE if tolerance > likely else least
        found = pair.evidence_at(tolerance, least)
        if found is not None and found.is_sure:
            is_closer = tolerance < likely and not found.is_stated
            wider = pair.evidence_at(likely, LEAST_SHARE) if is_closer else None
            # long edges bend when they are converted: the share that people expect is the wider one
            agrees = wider and wider.is_sure and wider.relation == found.relation
            return wider if agrees else found
        doubt = doubt or found
    return doubt


def _are_near(first: Ground, second: Ground) -> bool:
    if len(first.borders.points) == 0 or len(second.borders.points) == 0:
        return False
    extents = np.array([first.extent, second.extent])
    if not np.isfinite(extents).all() or not all(touches_the_extent(each) for each in extents):
        return False
    margin = REACH_M / METRES_PER_DEGREE / np.cos(np.radians(np.abs(extents[:, [1, 3]]).max()))
    low, high = extents[:, :2].max(axis=0), extents[:, 2:].min(axis=0)
    return bool((low - margin <= high).all())


@dataclass(frozen=True)
class _Side:
    """Stretches of one layer's border, to be held against the other's borders."""

    mine: Ground
    other: Ground
    turned: bool  # whether mine is the second layer of the pair
    pieces: FloatArray
    tolerance: float  # in units of the plane

    def shift(self, relation: tuple[str, str], points: FloatArray) -> FloatArray:
        """Return where points lie once both layers are in the datums of a relation."""
        mine, other = relation[::-1] if self.turned else relation
        if (mine, other) == (self.mine.stated, self.other.stated):
            return points
        degrees = degrees_of(points, self.mine.crs)
        way = [
            FROM_WGS84.get(self.mine.stated),
            TO_WGS84.get(mine),
            FROM_WGS84.get(other),
            TO_WGS84.get(self.other.stated),
        ]
        for step in way:
            if step is not None:
                degrees = np.column_stack(step(degrees[:, 0], degrees[:, 1]))
        return plane_of(degrees, self.mine.crs)

    def shifted(self, relation: tuple[str, str]) -> FloatArray:
        """Return the stretches where they lie under a relation."""
        return self.shift(relation, self.pieces.reshape(-1, 2)).reshape(-1, 3, 2)


@dataclass(frozen=True, slots=True)
class _Match:
    """How much of a side's border runs along the other's, wherever it was brought.

    Parameters
    ----------
    matching
        By stretch.
    pinned
        Share that matches, as far as it holds a shift in every direction.
    """

    matching: BoolArray
    pinned: float

    @classmethod
    def of(cls, side: _Side, pieces: FloatArray) -> _Match:
        matching = side.other.borders.run_along(pieces, side.tolerance)
        return cls(matching, pinned_share(pieces, matching))

    @property
    def count(self) -> int:
        return int(self.matching.sum())

    @property
    def share(self) -> float:
        return float(self.matching.mean())


@dataclass(frozen=True)
class _Pair:
    first: Ground
    second: Ground

    @property
    def stated(self) -> tuple[str, str]:
        """The relation of the two as it is stated; one datum twice is the same, whichever it is."""
        stated = (self.first.stated, self.second.stated)
        return stated if stated in RELATIONS else RELATIONS[0]

    @cached_property
    def window(self) -> FloatArray:
        """Where both layers have borders, or would after a shift."""
        ours, theirs = self.first.borders.bounds, self.second.borders.bounds
        low, high = np.maximum(ours[:2], theirs[:2]), np.minimum(ours[2:], theirs[2:])
        reach = REACH_M / self.metres_per_unit
        return np.concatenate([np.minimum(low, high) - reach, np.maximum(low, high) + reach])

    @cached_property
    def metres_per_unit(self) -> float:
        """Metres on the ground per unit of the plane, in the middle of what both share."""
        ours, theirs = self.first.borders.bounds, self.second.borders.bounds
        middle = (np.maximum(ours[:2], theirs[:2]) + np.minimum(ours[2:], theirs[2:])) / 2
        unit = 0.001 if self.first.crs.is_geographic else 100.0
        (lon, east), (lat, north) = degrees_of(
            np.array([middle, middle + np.array([unit, 0.0])]), self.first.crs
        ).T
        return float(_GEOD.inv(lon, lat, east, north)[2]) / unit

    def sides(self, tolerance_m: float, least: float) -> Iterator[_Side]:
        """Yield the first layer's stretches against the second layer, then the other way round."""
        unit = self.metres_per_unit
        length = max(_TOLERANCES_A_PIECE * tolerance_m, _SHORTEST_PIECE_M) / unit
        most = _MOST_PIECES if least < LEAST_COARSE_SHARE else _MOST_COARSE_PIECES
        for mine, other, turned in (
            (self.first, self.second, False),
            (self.second, self.first, True),
        ):
            pieces = mine.borders.pieces(self.window, most=most, length=length)
            if len(pieces) >= LEAST_PIECES:
                yield _Side(mine, other, turned, pieces, tolerance_m / unit)

    def evidence_at(self, tolerance_m: float, least: float) -> Evidence | None:
        """Return what borders that match within a tolerance tell, if a least share of them do."""
        sides = [
            side for side in self.sides(tolerance_m, least) if len(side.pieces) >= LEAST_PIECES
        ]
        before = [_Match.of(side, side.pieces) for side in sides]
        as_stated = Evidence(self.stated, is_stated=True, is_sure=True)
        if any(
            match.pinned >= _AT_ONE and self._is_no_chance(side, match, tolerance_m)
            for side, match in zip(sides, before, strict=True)
        ):
            return as_stated
        found = [
            self._weighed(side, match, tolerance_m, least)
            for side, match in zip(sides, before, strict=True)
        ]
        if any(found):
            known = [evidence for evidence in found if evidence is not None]
            return max(known, key=lambda each: (each.is_sure, each.after - each.by_chance))
        if any(
            match.share >= least and self._is_no_chance(side, match, tolerance_m)
            for side, match in zip(sides, before, strict=True)
        ):
            return as_stated
        return None

    def _is_no_chance(self, side: _Side, match: _Match, tolerance_m: float) -> bool:
        """Tell whether what matches as stated is more than dense layers match anywhere."""
        if match.count < LEAST_PIECES:
            return False
        if tolerance_m == _EXACT_M:
            return True
        aside = np.array([_CONTROL_M / self.metres_per_unit, 0.0])
        by_chance = max(each.share for each in self._by_chance(side, aside))
        return by_chance <= _DOUBT_ABOVE * match.share

    def _weighed(
        self, side: _Side, before: _Match, tolerance_m: float, least: float
    ) -> Evidence | None:
        """Return what speaks for the relation that suits best, or None where too little does."""
        relation, pieces, after = max(
            (
                (relation, pieces, _Match.of(side, pieces))
                for relation in RELATIONS
                if relation != self.stated
                for pieces in (side.shifted(relation),)
            ),
            key=lambda trial: trial[2].pinned,
        )
        if after.count < LEAST_PIECES or after.share < least:
            return None
        # borders that match in one direction only are streets that meet streets
        if after.pinned < LEAST_PINNED * least or before.pinned > _DOUBT_ABOVE * after.pinned:
            return None
        matching = after.matching
        offset = (pieces - side.pieces)[matching][:, 1].mean(axis=0)
        offset_m = float(np.hypot(*offset)) * self.metres_per_unit
        if offset_m < _TOLERANCES_AN_OFFSET * tolerance_m:
            return None
        chance = self._by_chance(side, offset)
        by_chance = max(match.pinned for match in chance)
        if by_chance > _DOUBT_ABOVE * after.pinned:
            return None
        rivalry = self._rivalry(side, offset, after, pieces)
        if rivalry == _BETTER:
            return None
        is_sure = (
            before.pinned <= MOST_BEFORE * after.pinned
            and by_chance <= MOST_BY_CHANCE * after.pinned
            and rivalry == _WORSE
        )
        # the first layer lies off by the opposite of what brings it into place
        east, north = offset if side.turned else -offset
        length = float(np.hypot(*np.diff(side.pieces[matching], axis=1).reshape(-1, 2).T).sum())
        return Evidence(
            relation,
            is_stated=False,
            is_sure=is_sure,
            offset_m=offset_m,
            azimuth_deg=float(np.degrees(np.arctan2(east, north)) % 360),
            before=before.share,
            after=after.share,
            by_chance=max(match.share for match in chance),
            tolerance_m=tolerance_m,
            matched_m=length * self.metres_per_unit,
        )

    @staticmethod
    def _by_chance(side: _Side, offset: FloatArray) -> list[_Match]:
        """Return what matches after shifts as long in other directions."""
        begin = np.arctan2(offset[1], offset[0])
        # half a step aside, so that neither the shift itself nor its opposite is among them
        angles = begin + (np.arange(_CONTROL_DIRECTIONS) + 0.5) * (2 * np.pi / _CONTROL_DIRECTIONS)
        controls = np.hypot(*offset) * np.column_stack([np.cos(angles), np.sin(angles)])
        return [_Match.of(side, side.pieces + control) for control in controls]

    def _rivalry(self, side: _Side, offset: FloatArray, after: _Match, pieces: FloatArray) -> str:
        """Tell how the best rigid shifts do beside a conversion that brought stretches to a place.

        Returns
        -------
        rivalry
            Whether the best rigid shift explains the borders worse, as well, or better.
        """
        cell = _VOTING_CELL_M / self.metres_per_unit
        shifts = likeliest_shifts(
            side.mine.borders,
            side.other.borders,
            window=self.window,
            reach=REACH_M / self.metres_per_unit,
            cell=cell,
            most=_RIVALS,
        )
        finer = replace(
            side, tolerance=min(side.tolerance, _LEAST_TOLERANCE_M / self.metres_per_unit)
        )
        closely = _Match.of(finer, pieces).share
        answer = _WORSE
        for shift in shifts:
            moved = side.pieces + shift
            if np.hypot(*(shift - offset)) > 2 * cell + 2 * side.tolerance:
                share = _Match.of(side, moved).share
                if share > after.share + _RIVAL_MARGIN:
                    return _BETTER
                answer = _AS_WELL if share >= after.share - _RIVAL_MARGIN else answer
            # a shift nearby and yet another one: the conversion hits it by its tolerance alone
            elif finer.tolerance < side.tolerance:
                share = _Match.of(finer, moved).share
                if share > max(_FEW_TIMES * closely, after.share / 2):
                    answer = _AS_WELL
        return answer
