"""The pages that people read."""

from __future__ import annotations

import secrets
from collections import Counter
from functools import cache
from typing import TYPE_CHECKING, Any

from flask import Blueprint, Flask, Response, redirect, render_template, request, url_for

from gis.catalogue import LANGUAGES
from gis.certificate import TOLERANCE
from gis.model.vocabulary import FindingClass, Level
from gis.summary import tally
from gis.whois import who_answers
from webmap.assets import LinkedAssets
from webmap.counting import counted, counted_as
from webmap.maps.page import render_map_page
from webmap.reports.responsibilities import IN_FORCE, TOUCHING_KINDS, validities
from webmap.service.api import DATUMS, counts_of, position_of, required_place
from webmap.service.filters import FILTER_NAMES, LEAST_NAMES, read_selection, select, single
from webmap.service.language import (
    COOKIE,
    COOKIE_AGE_S,
    own_address,
    page_language,
    page_wording,
    served_run,
    stated_language,
)
from webmap.service.listing import SIZES, make_listing
from webmap.service.problems import UnknownNameError
from webmap.service.replies import reply
from webmap.service.security import nonce

if TYPE_CHECKING:
    from webmap.service.served import FeatureTable, ServedRun
    from webmap.service.wording import Wording

pages = Blueprint("pages", __name__)

#: Pages in the menu, in its order.
MENU = ("overview", "map_page", "findings", "lanes", "bodies", "whois", "certificate", "downloads")


#: A small map is a few hundred points across; so many steps are finer than any of them.
SMALL_MAP_STEPS = 2000


@pages.get("/")
def overview() -> str:
    """Show what the run says in figures."""
    served = served_run()
    questions = [
        {
            **question,
            "counts": counts_of(served, question["matter"], question["level"]),
            "holds": holds(question),
        }
        for question in served.run.certificate["questions"]
    ]
    return render_template("service_overview.html", questions=questions, tally=_tally_texts(served))


@pages.get("/map")
def map_page() -> Response:
    """Show the map."""
    served, language = served_run(), page_language()
    # drawn once with a secret in the place of the nonce, which differs from answer to answer
    mark = _nonce_mark()

    def make() -> bytes:
        wording = served.wording[language]
        page = render_map_page(
            served.run,
            language=language,
            assets=LinkedAssets(lambda name: url_for("static", filename=name)),
            nonce=mark,
            navigation=tuple(
                (url_for(f"pages.{name}"), wording.text(f"menu.{name}"))
                for name in MENU
                if name != "map_page"
            ),
        )
        return page.encode()

    content = served.made_once.get("map", language + stated_language(), make)
    return Response(
        content.replace(mark.encode(), nonce().encode()), content_type="text/html; charset=utf-8"
    )


@pages.get("/findings")
def findings() -> str:
    """Show the table of findings."""
    return _table_page(served_run().findings, "service_findings.html")


@pages.get("/lanes")
def lanes() -> str:
    """Show the table of lane findings."""
    return _table_page(served_run().lanes, "service_lanes.html")


@pages.get("/findings/<finding_id>")
def finding(finding_id: str) -> str:
    """Show everything that is known of one finding."""
    served = served_run()
    row = served.findings.row(position_of(served.findings, finding_id))
    return render_template(
        "service_finding.html",
        row=row,
        neighbours=served.neighbours.get(finding_id, []),
        tolerance=outline_tolerance(served),
    )


@pages.get("/bodies")
def bodies() -> str:
    """Show every body with what it leads."""
    return render_template("service_bodies.html", rows=_body_rows(served_run()))


@pages.get("/body")
def body() -> str:
    """Show one body's responsibilities and the findings that name it."""
    served = served_run()
    body_id = single(request.args, "id")  # a query, for an id may hold a slash
    rows = served.run.bodies[served.run.bodies["body_id"] == body_id]
    if rows.empty:
        raise UnknownNameError("body_unknown", name=body_id[:80])
    claims = served.run.claims[served.run.claims["body"] == body_id]
    validity = validities(claims, served.run.bodies, served.run.settings.as_of)
    named = _touching(served.findings, body_id)
    return render_template(
        "service_body.html",
        body=rows.iloc[0].to_dict(),
        led=sorted(served.led_area.get(body_id, {}).items()),
        claims=claims.drop(columns=claims.geometry.name)
        .assign(validity=validity)
        .to_dict("records"),
        not_in_force=sum(state not in IN_FORCE for state in validity),
        named=[row for row in named if counted_as(row["class"]) == "places"],
        joint=[row for row in named if counted_as(row["class"]) == "joint"],
        lanes=_touching(served.lanes, body_id),
        shared={
            finding_id: dict(beside).get(body_id, 0.0)
            for finding_id, beside in served.neighbours.items()
        },
    )


@pages.get("/whois")
def whois() -> str:
    """Show who answers for a place."""
    served, wording = served_run(), page_wording()
    asked = bool(single(request.args, "lon") or single(request.args, "lat"))
    place = required_place() if asked else None
    answers = who_answers(served.run, *place) if place else []
    replies = [reply(answer, served, wording) for answer in answers]
    # what nobody has settled comes first: that is what a caller must know
    tones = ("open", "disputed", "settled")
    replies.sort(key=lambda one: tones.index(one.tone))
    questions = [(answer.matter, answer.level) for answer in answers]
    return render_template(
        "service_whois.html",
        place=place,
        datums=tuple(DATUMS),
        drawn=[word for word in served.findings.classes if word != FindingClass.SLIVER],
        tolerance=outline_tolerance(served),
        replies=replies,
        districts=tuple(dict.fromkeys(name for answer in answers for name in answer.districts)),
        # on a border every side answers
        on_border=len(set(questions)) < len(questions),
    )


@pages.get("/certificate")
def certificate() -> str:
    """Show the proof."""
    proof = served_run().run.certificate
    questions = [{**question, "holds": holds(question)} for question in proof["questions"]]
    return render_template(
        "service_certificate.html",
        proof=proof,
        questions=questions,
        remarks=[remark_sentence(remark, page_wording()) for remark in proof["remarks"]],
    )


@pages.get("/downloads")
def downloads() -> str:
    """Show what can be taken away."""
    return render_template("service_downloads.html", in_folder=served_run().folder is not None)


@pages.get("/language/<any(zh, en):language>")
def choose_language(language: str) -> Response:
    """Remember the reader's language and go back to the page."""
    response = redirect(own_address(request.args.get("next", "/")), 303)
    response.set_cookie(
        COOKIE,
        language,
        max_age=COOKIE_AGE_S,
        httponly=True,
        samesite="Lax",
        secure=request.is_secure,
    )
    return response  # type: ignore[return-value]


def register_words(app: Flask) -> None:
    """Give every template its language, names and figures."""

    @app.context_processor
    def words() -> dict[str, Any]:
        served, wording = served_run(), page_wording()
        other = next(language for language in LANGUAGES if language != wording.language)
        return {
            "w": wording,
            "t": wording.text,
            "language": wording.language,
            "other_language": other,
            "here": request.full_path.rstrip("?"),
            "nonce": nonce(),
            "served": served,
            "settings": served.run.settings,
            "menu": MENU,
        }

    @app.url_defaults
    def keep_language(endpoint: str, values: dict[str, Any]) -> None:
        """Let a language that the address states follow the reader from page to page."""
        keeps = endpoint.startswith(("pages.", "exports.")) and endpoint != "pages.choose_language"
        if keeps and request and stated_language():
            values.setdefault("lang", stated_language())


def holds(question: dict[str, Any]) -> bool:
    """Tell whether the areas of a question add up to the jurisdiction."""
    return bool(abs(question["residual_m2"]) <= TOLERANCE * question["jurisdiction_m2"])


def outline_tolerance(served: ServedRun) -> str:
    """Return how far, in degrees, the outline on a small map may stray unseen."""
    west, south, east, north = served.bounds
    return f"{min(1.0, max(east - west, north - south) / SMALL_MAP_STEPS):.6f}"


def remark_sentence(remark: dict[str, Any], wording: Wording) -> str:
    """Say in one line what was mended, converted or refused in which row."""
    details = {name: str(value) for name, value in remark["details"].items()}
    try:
        what = wording.texts.text(f"remark.{remark['problem']}", **details)
    except KeyError:  # a run of an older version may hold a remark that has no sentence here
        what = remark["problem"]
    file = wording.text("space").join(part for part in (remark["file"], remark["layer"]) if part)
    if not remark["row"]:
        return wording.text("certificate.remark_file", file=file, what=what)
    return wording.text("certificate.remark", file=file, row=remark["row"], what=what)


def _table_page(table: FeatureTable, template: str) -> str:
    served, wording = served_run(), page_wording()
    parameters = request.args
    selected = select(table, read_selection(parameters, served, table))
    listing = make_listing(table, selected, parameters, wording, request.path)
    asked_again: dict[str, Any] = dict(listing.filters())
    levels = {
        *table.frame["level"],
        *(question["level"] for question in served.run.certificate["questions"]),
    }
    present = {
        "level": [level for level in Level if level in levels],
        "class": [word for word in table.classes if (table.frame["class"] == word).any()],
    }
    return render_template(
        template,
        listing=listing,
        rows=[table.row(position) for position in listing.positions],
        counted={
            kind: f"{number:,}"
            for kind, number in counted(table.frame["class"].iloc[selected]).items()
        },
        asked={
            name: parameters.get(name, "") for name in (*FILTER_NAMES, LEAST_NAMES[table.measure])
        },
        filtered=bool(listing.filters()),
        take_away=[
            (label, url_for(endpoint, name=table.name, **asked_again))
            for label, endpoint in (
                ("CSV", "exports.comma_separated"),
                ("GeoJSON", "exports.geojson"),
            )
        ],
        present=present,
        sizes=SIZES,
    )


def _touching(table: FeatureTable, body_id: str) -> list[dict[str, Any]]:
    """Return the rows that name a body, the gravest first."""
    named = [table.row(row) for row, names in enumerate(table.body_sets) if body_id in names]
    named.sort(key=lambda row: (table.classes.index(row["class"]), -row[table.measure]))
    return named


def _tally_texts(served: ServedRun) -> dict[str, str]:
    total = tally(served.run)
    numbers = {
        "places": total.places,
        "joint": total.joint,
        "slivers": total.slivers,
        "lanes": total.lane_unowned + total.lane_border,
    }
    return {kind: f"{number:,}" for kind, number in numbers.items()}


def _body_rows(served: ServedRun) -> list[dict[str, Any]]:
    counts = Counter(
        name
        for table in (served.findings, served.lanes)
        for names, word in zip(table.body_sets, table.frame["class"], strict=True)
        if counted_as(word) in TOUCHING_KINDS
        for name in names
    )
    return [
        {
            **{str(column): value for column, value in row.items()},
            "led_m2": max(served.led_area.get(row["body_id"], {"": 0.0}).values()),
            "findings": counts[row["body_id"]],
        }
        for row in served.run.bodies.to_dict("records")
    ]


@cache
def _nonce_mark() -> str:
    return secrets.token_hex(24)
