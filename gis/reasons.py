"""Why is this place a finding? One sentence in Chinese or English, put together from facts."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from gis.catalogue import catalogue
from gis.model.vocabulary import (
    GAP_STANDINGS,
    LaneFindingClass,
    Position,
    SliverKind,
    Standing,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gis.catalogue import Catalogue

#: More names than this make a sentence unreadable; the rest are counted.
NAMES_SHOWN = 3

_HECTARE_M2 = 10_000.0
_SQUARE_KILOMETRE_M2 = 1_000_000.0
_KILOMETRE_M = 1_000.0
_FINE_LIMIT = 10.0
_COARSE_LIMIT = 100.0
_LEAST = 0.01


def finding_reason(  # noqa: PLR0913 - a sentence names every fact of a finding
    *,
    standing: str,
    sliver: str,
    matter: str,
    level: str,
    bodies: Sequence[str],
    neighbours: Sequence[tuple[str, float]],
    districts: Sequence[str],
    lapsed_on: str,
    width_m: float,
    threshold_m: float,
    area_m2: float,
    position: str,
    language: str,
) -> str:
    """Say in one sentence why a place is a finding.

    Parameters
    ----------
    standing
        How the place stands (:class:`gis.model.vocabulary.Standing`).
    sliver
        ``"gap"`` or ``"overlap"`` for a sliver, else ``""``.
    matter, level
        Names in the language; ``""`` for every matter or every level.
    bodies
        Names of the bodies concerned, as in the column ``bodies`` of the findings.
    neighbours
        Name and shared border in metres, the longest first; ``""`` is the limit of the
        jurisdiction.
    districts
        Names of the districts that the place lies in.
    lapsed_on
        ISO date on which the last lead claim ended, or ``""``.
    width_m, threshold_m
        Width of the place, and the width below which it is a sliver, in metres.
    area_m2
        Area in square metres.
    position
        Where a gap lies (:class:`gis.model.vocabulary.Position`), or ``""``.
    language
        ``"zh"`` or ``"en"``.

    Returns
    -------
    sentence
        Ends with a full stop; names are quoted as they are, not escaped for any format.

    Raises
    ------
    KeyError
        If the standing, the kind of sliver or the language is unknown.
    """
    texts = catalogue(language)
    place = _place(area_m2, districts, texts)
    if sliver:
        owners = list(bodies) if sliver == SliverKind.OVERLAP else []
        owners = owners or [name for name, _ in neighbours if name] or list(bodies)
        return texts.text(
            f"reason.sliver_{SliverKind(sliver).value}" if owners else "reason.sliver_alone",
            place=place,
            width=length_text(width_m, language),
            threshold=length_text(threshold_m, language),
            bodies=_names(owners, texts),
        )
    return texts.text(
        _sentence(standing, bodies, lapsed_on),
        place=place,
        matter=_optional("reason.matter", texts, matter=matter),
        level=_optional("reason.level", texts, level=level),
        finer=texts.text("reason.level_named", level=level)
        if level
        else texts.text("reason.level_finer"),
        bodies=_names(bodies, texts),
        count=len(bodies),
        date=date_text(lapsed_on, language),
        around=_around(position, neighbours, texts) if standing in GAP_STANDINGS else "",
    )


def _sentence(standing: str, bodies: Sequence[str], lapsed_on: str) -> str:
    """Return the key of the sentence that the known facts suffice for."""
    if not bodies:
        return f"reason.{standing}.nobody"
    undated = standing == Standing.LAPSED and not lapsed_on
    return "reason.lapsed.undated" if undated else f"reason.{standing}"


def lane_reason(  # noqa: PLR0913 - a sentence names every fact of a finding
    *,
    lane_class: str,
    lane: str,
    matter: str,
    level: str,
    left: Sequence[str],
    right: Sequence[str],
    from_m: float,
    to_m: float,
    language: str,
) -> str:
    """Say in one sentence why a stretch of a lane is a finding.

    Parameters
    ----------
    lane_class
        ``"lane_unowned"`` or ``"lane_border"``.
    lane
        Name of the lane in the language, or ``""``.
    matter, level
        Names in the language; ``""`` for every matter or every level.
    left, right
        Names of the bodies on either side, looking from the lane's first vertex.
    from_m, to_m
        Where the stretch starts and ends, in metres along the lane.
    language
        ``"zh"`` or ``"en"``.

    Raises
    ------
    KeyError
        If the class or the language is unknown.
    """
    texts = catalogue(language)
    stretch = texts.text(
        "reason.stretch" if lane else "reason.stretch_unnamed",
        lane=lane,
        start=length_text(from_m, language),
        end=length_text(to_m, language),
        length=length_text(to_m - from_m, language),
    )
    known = bool(left or right) or lane_class == LaneFindingClass.BORDER
    sides = texts.text(
        "reason.sides",
        left=_names(left, texts) or texts.text("reason.no_side"),
        right=_names(right, texts) or texts.text("reason.no_side"),
    )
    return texts.text(
        f"reason.{LaneFindingClass(lane_class).value}",
        stretch=stretch,
        matter=_optional("reason.matter", texts, matter=matter),
        level=_optional("reason.level", texts, level=level),
        sides=sides if known else "",
    )


def area_text(area_m2: float, language: str) -> str:
    """Return an area with the unit that suits its size: m², hectares or km².

    >>> area_text(1234.2, "zh"), area_text(25_000, "en"), area_text(1_230_000, "en")
    ('1,234 平方米', '2.5 ha', '1.2 km²')
    """
    # compared after rounding, so that 9,999.7 m² does not read as 10,000 m²
    if round(area_m2) < _HECTARE_M2:
        return _quantity(area_m2, "unit.m2", language)
    if round(area_m2, -4) < _SQUARE_KILOMETRE_M2:
        return _quantity(area_m2 / _HECTARE_M2, "unit.ha", language)
    return _quantity(area_m2 / _SQUARE_KILOMETRE_M2, "unit.km2", language)


def length_text(length_m: float, language: str) -> str:
    """Return a length in metres, or in kilometres from 10 km on.

    >>> length_text(0.3, "zh"), length_text(1320, "en"), length_text(12_500, "en")
    ('0.3 米', '1,320 m', '12.5 km')
    """
    if round(length_m) < _FINE_LIMIT * _KILOMETRE_M:
        return _quantity(length_m, "unit.m", language)
    return _quantity(length_m / _KILOMETRE_M, "unit.km", language)


def date_text(iso: str, language: str) -> str:
    """Return an ISO date as the language writes it; ``""`` stays empty.

    >>> date_text("2026-06-30", "zh"), date_text("2026-06-30", "en")
    ('2026年6月30日', '30 June 2026')
    """
    if not iso:
        return ""
    day = dt.date.fromisoformat(iso[:10])
    texts = catalogue(language)
    month = texts.text(f"month.{day.month}")
    return texts.text("date.long", year=day.year, month=month, day=day.day)


def _quantity(value: float, unit: str, language: str) -> str:
    texts = catalogue(language)
    if 0 < value < _LEAST:
        return texts.text("unit.less", quantity=texts.text(unit, number=f"{_LEAST:g}"))
    return texts.text(unit, number=_number(value))


def _number(value: float) -> str:
    if value < 1:
        return f"{value:.2f}".rstrip("0").rstrip(".")
    if round(value, 1) < _COARSE_LIMIT:
        return f"{value:.1f}".removesuffix(".0")
    return f"{value:,.0f}"


def _optional(key: str, texts: Catalogue, **value: str) -> str:
    return texts.text(key, **value) if all(value.values()) else ""


def _place(area_m2: float, districts: Sequence[str], texts: Catalogue) -> str:
    size = "large" if round(area_m2, -4) >= _SQUARE_KILOMETRE_M2 else "small"
    named = [name for name in districts if name]
    where = "nowhere" if not named else "within" if len(named) == 1 else "across"
    return texts.text(
        f"reason.place.{where}",
        plot=texts.text(f"reason.plot.{size}", area=area_text(area_m2, texts.language)),
        districts=_names(named, texts, "districts"),
    )


def _names(names: Sequence[str], texts: Catalogue, counted: str = "bodies") -> str:
    """Join names as the language does, and count those beyond ``NAMES_SHOWN``."""
    if len(names) > NAMES_SHOWN:
        rest = len(names) - NAMES_SHOWN
        key = f"reason.more.{counted}.{'one' if rest == 1 else 'other'}"
        shown = texts.text("reason.comma").join(names[:NAMES_SHOWN])
        return texts.text(key, names=shown, rest=rest, count=len(names))
    if len(names) > 1:
        head = texts.text("reason.comma").join(names[:-1])
        return texts.text("reason.and", head=head, last=names[-1])
    return "".join(names)


def _around(position: str, neighbours: Sequence[tuple[str, float]], texts: Catalogue) -> str:
    if position == Position.DETACHED:
        return texts.text("reason.around.detached")
    # the first border explains the figure in brackets, the others follow its example
    named = [(name, shared_m) for name, shared_m in neighbours if name]
    borders = [
        texts.text(
            "reason.border" if index == 0 else "reason.border_next",
            body=name,
            shared=length_text(shared_m, texts.language),
        )
        for index, (name, shared_m) in enumerate(named)
    ]
    if not borders:
        return texts.text("reason.around.inlet_alone") if position == Position.INLET else ""
    if position == Position.BETWEEN_PARTS and len(borders) > 1:
        # the parts are those of the body that shares most; the others are merely next to it
        return texts.text(
            "reason.around.between_parts_beside",
            main=borders[0],
            others=_names(borders[1:], texts),
        )
    key = f"reason.around.{position}" if position else "reason.around.unknown"
    return texts.text(key, borders=_names(borders, texts))
