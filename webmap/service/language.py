"""Which language is a page in? The address says, else the reader's choice, else the browser."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urlencode, urlsplit

from flask import current_app, g, request

from gis.catalogue import DEFAULT_LANGUAGE, LANGUAGES

if TYPE_CHECKING:
    from webmap.service.served import ServedRun
    from webmap.service.wording import Wording

COOKIE = "mangqu_language"

#: A year; the cookie holds ``zh`` or ``en`` and nothing else.
COOKIE_AGE_S = 365 * 24 * 3600


def served_run() -> ServedRun:
    """Return the run that this application serves."""
    served: ServedRun = current_app.extensions["mangqu"]
    return served


def stated_language() -> str:
    """Return the language that the address states, or ``""``."""
    stated = request.args.get("lang", "")
    return stated if stated in LANGUAGES else ""


def page_language() -> str:
    """Return the language of this answer."""
    if "language" not in g:
        chosen = request.cookies.get(COOKIE, "")
        g.language = (
            stated_language()
            or (chosen if chosen in LANGUAGES else "")
            or request.accept_languages.best_match(LANGUAGES)
            or DEFAULT_LANGUAGE
        )
    language: str = g.language
    return language


def page_wording() -> Wording:
    """Return the words of this answer's language."""
    return served_run().wording[page_language()]


def own_address(address: str) -> str:
    """Return a path of this service without its ``lang``, or ``"/"`` for anything else.

    Whatever names another host, or could be read as if it did, is not a path of ours.
    """
    doubtful = not address.isprintable() or "\\" in address or not address.isascii()
    if doubtful or not address.startswith("/") or address.startswith("//"):
        return "/"
    parts = urlsplit(address)
    if parts.scheme or parts.netloc:
        return "/"
    query = [pair for pair in parse_qsl(parts.query) if pair[0] != "lang"]
    # a leading double slash inside the path would again be another host
    path = "/" + parts.path.lstrip("/")
    return f"{path}?{urlencode(query)}" if query else path
