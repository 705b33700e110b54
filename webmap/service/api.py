"""The JSON interface under ``/api/v1``: the run as programs read it."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict
from http import HTTPStatus
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import numpy as np
from flask import Blueprint, Response, json, request

from gis.layers.datum import bd09_to_wgs84, gcj02_to_wgs84
from gis.model.vocabulary import NO_LEVEL
from gis.summary import tally
from gis.whois import who_answers
from webmap.service.filters import (
    FILTER_NAMES,
    LEAST_NAMES,
    number,
    read_selection,
    refuse_unknown,
    select,
    single,
    whole_number,
    word,
)
from webmap.service.geojson import features, geometry_objects, plain
from webmap.service.language import served_run
from webmap.service.problems import ParameterError, UnknownNameError

if TYPE_CHECKING:
    from gis.layers.datum import Shift
    from webmap.service.served import FeatureTable, IntArray, ServedRun

api = Blueprint("api", __name__, url_prefix="/api/v1")

DEFAULT_LIMIT = 100
LARGEST_LIMIT = 1000
LARGEST_OFFSET = 10**9

#: Tolerance, in degrees, beyond which hardly a shape is left of a city.
COARSEST_DEG = 1.0

#: What coordinates may be given in, and how to get back to WGS 84.
DATUMS: dict[str, Shift | None] = {
    "wgs84": None,
    "gcj02": gcj02_to_wgs84,
    "bd09": bd09_to_wgs84,
}

JSON_TYPE = "application/json"
GEOJSON_TYPE = "application/geo+json"


@api.get("/")
def landing() -> Response:
    """Answer with the addresses of everything else."""
    refuse_unknown(request.args, ())
    paths = ("summary", "findings", "lanes", "jurisdiction", "whois", "certificate")
    return _answer(
        {"links": [{"rel": "item", "title": path, "href": f"{_root()}/{path}"} for path in paths]}
    )


@api.get("/summary")
def summary() -> Response:
    """Answer with the figures of every question."""
    refuse_unknown(request.args, ())
    served = served_run()
    settings = served.run.settings
    return _answer(
        {
            "name": {"zh": settings.name.zh, "en": settings.name.en},
            "notice": {"zh": settings.notice.zh, "en": settings.notice.en},
            "as_of": settings.as_of.isoformat(),
            "jurisdiction_m2": served.run.certificate["jurisdiction_m2"],
            "questions": [
                {**question, "counts": counts_of(served, question["matter"], question["level"])}
                for question in served.run.certificate["questions"]
            ],
            **asdict(tally(served.run)),
        }
    )


@api.get("/findings")
def findings() -> Response:
    """Answer with findings as a GeoJSON FeatureCollection, page by page."""
    return _collection(served_run().findings)


@api.get("/lanes")
def lanes() -> Response:
    """Answer with lane findings as a GeoJSON FeatureCollection, page by page."""
    return _collection(served_run().lanes)


@api.get("/findings/<finding_id>")
def finding(finding_id: str) -> Response:
    """Answer with one finding, with the metres it shares with each neighbour."""
    refuse_unknown(request.args, ())
    served = served_run()
    table = served.findings
    feature = features(table.frame, np.array([position_of(table, finding_id)]), table.key)[0]
    feature["properties"]["neighbour_lengths"] = [
        {"body": body, "shared_m": shared} for body, shared in served.neighbours.get(finding_id, [])
    ]
    feature["links"] = [{"rel": "collection", "type": GEOJSON_TYPE, "href": f"{_root()}/findings"}]
    return _answer(feature, GEOJSON_TYPE)


@api.get("/jurisdiction")
def jurisdiction() -> Response:
    """Answer with the districts of the jurisdiction, simplified where a tolerance is given."""
    refuse_unknown(request.args, ("tolerance",))
    tolerance = number(request.args, "tolerance", low=0.0, high=COARSEST_DEG)
    frame = served_run().jurisdiction
    shapes = frame.geometry.simplify(tolerance) if tolerance else frame.geometry
    rows = frame.drop(columns=frame.geometry.name).to_dict("records")
    return _answer(
        {
            "type": "FeatureCollection",
            "features": [
                {"type": "Feature", "geometry": geometry, "properties": plain(row)}
                for row, geometry in zip(rows, geometry_objects(shapes), strict=True)
            ],
        },
        GEOJSON_TYPE,
    )


@api.get("/whois")
def whois() -> Response:
    """Answer who is responsible at a point, matter by matter."""
    refuse_unknown(request.args, ("lon", "lat", "datum", "matter"))
    served = served_run()
    lon, lat = required_place()
    matter = single(request.args, "matter") or None
    if matter is not None and matter not in set(served.run.matters["matter_id"]):
        raise ParameterError("parameter_choice", name="matter", value=matter)
    answers = who_answers(served.run, lon, lat, matter=matter)
    return _answer(
        {
            "lon": lon,
            "lat": lat,
            "as_of": served.run.settings.as_of.isoformat(),
            "inside": bool(answers),
            "answers": [plain(asdict(answer)) for answer in answers],
        }
    )


@api.get("/certificate")
def certificate() -> Response:
    """Answer with the proof as it stands in the run."""
    refuse_unknown(request.args, ())
    return _answer(served_run().run.certificate)


def counts_of(served: ServedRun, matter: str, level: str) -> dict[str, int]:
    """Return the number of findings of each class for one question, the gravest first."""
    frame = served.findings.frame
    rows = frame[(frame["matter"] == matter) & frame["level"].isin([level, NO_LEVEL])]
    counts = Counter(rows["class"])
    return {word: counts[word] for word in served.findings.classes if counts[word]}


def position_of(table: FeatureTable, name: str) -> int:
    """Return the row of a finding.

    Raises
    ------
    UnknownNameError
        If the run holds no such finding.
    """
    position = table.positions.get(name)
    if position is None:
        raise UnknownNameError("finding_unknown", name=name[:80])
    return position


def required_place() -> tuple[float, float]:
    """Return the longitude and latitude that a request names, on WGS 84.

    ``datum`` says what the figures are given in; Chinese map applications shift theirs.

    Raises
    ------
    ParameterError
        If either is missing, no number or off the globe, or the datum is not known.
    """
    lon = number(request.args, "lon", low=-180.0, high=180.0)
    lat = number(request.args, "lat", low=-90.0, high=90.0)
    if lon is None or lat is None:
        raise ParameterError("parameter_missing", name="lon" if lon is None else "lat")
    shift = DATUMS[word(request.args, "datum", DATUMS, "wgs84")]
    if shift is None:
        return lon, lat
    lons, lats = shift(np.array([lon]), np.array([lat]))
    return float(lons[0]), float(lats[0])


def _collection(table: FeatureTable) -> Response:
    least = LEAST_NAMES[table.measure]
    refuse_unknown(request.args, (*FILTER_NAMES, least, "limit", "offset"))
    selected = select(table, read_selection(request.args, served_run(), table))
    limit = whole_number(request.args, "limit", default=DEFAULT_LIMIT, low=1, high=LARGEST_LIMIT)
    offset = whole_number(request.args, "offset", default=0, low=0, high=LARGEST_OFFSET)
    page = selected[offset : offset + limit]
    return _answer(
        {
            "type": "FeatureCollection",
            "numberMatched": len(selected),
            "numberReturned": len(page),
            "links": _page_links(table, selected, limit, offset),
            "features": features(table.frame, page, table.key),
        },
        GEOJSON_TYPE,
    )


def _page_links(
    table: FeatureTable, selected: IntArray, limit: int, offset: int
) -> list[dict[str, str]]:
    offsets = {"self": offset}
    if offset > 0:
        offsets["prev"] = max(0, offset - limit)
    if offset + limit < len(selected):
        offsets["next"] = offset + limit
    filters = [
        pair for pair in request.args.items(multi=True) if pair[0] not in {"limit", "offset"}
    ]
    return [
        {
            "rel": relation,
            "type": GEOJSON_TYPE,
            "href": f"{_root()}/{table.name}?"
            + urlencode([*filters, ("limit", limit), ("offset", start)]),
        }
        for relation, start in offsets.items()
    ]


def _root() -> str:
    return f"{request.script_root}/api/v1"


def _answer(content: dict[str, Any], content_type: str = JSON_TYPE) -> Response:
    response = Response(
        json.dumps(content, ensure_ascii=False, allow_nan=False),
        HTTPStatus.OK,
        content_type=f"{content_type}; charset=utf-8",
    )
    # a run never changes, so its certificate stands for every answer made from it
    response.set_etag(served_run().etag)
    return response.make_conditional(request)  # type: ignore[return-value]
