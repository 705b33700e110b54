"""What keeps the service's pages from being turned against their readers."""

from __future__ import annotations

import ipaddress
import re
import secrets
from typing import TYPE_CHECKING

from flask import g, request

from webmap.service.language import served_run
from webmap.service.problems import MethodError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment
    from flask import Flask, Response

READING = ("GET", "HEAD")

#: Nothing that is sent to a read-only service has a reason to be larger.
LARGEST_BODY = 16 * 1024

LOOPBACK_NAMES = ("localhost", "127.0.0.1", "[::1]")

#: Where the tiles of an online basemap come from, by its name in the project's settings.
BASEMAP_HOSTS = {
    "none": "",
    "osm": "https://tile.openstreetmap.org",
    "tianditu": "https://*.tianditu.gov.cn",
}

_HOST = re.compile(r"(?P<name>\[[0-9a-f:.]+\]|[a-z0-9._-]+)(:[0-9]{1,5})?", re.IGNORECASE)


class TrustedHosts:
    """Refuse requests for a host that is not this service: a page elsewhere may have renamed it.

    A name server under foreign control can point its own name at this machine and so read the
    service from a foreign page; an address in figures cannot be rebound like that.

    Parameters
    ----------
    application
        The application behind.
    names
        Names that are ours besides the loopback's; ``.example.cn`` stands for every name below.
    """

    def __init__(self, application: WSGIApplication, names: Iterable[str]) -> None:
        self.application = application
        self.names = tuple(name.lower() for name in (*LOOPBACK_NAMES, *names))

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer a request, or refuse it before anything reads it."""
        if self.trusts(environ.get("HTTP_HOST", "")):
            return self.application(environ, start_response)
        body = b"400 Unknown host\n"
        headers = [
            ("Content-Type", "text/plain; charset=utf-8"),
            ("Content-Length", str(len(body))),
            ("X-Content-Type-Options", "nosniff"),
            ("Cache-Control", "no-store"),
        ]
        start_response("400 Bad Request", headers)
        return [body]

    def trusts(self, host: str) -> bool:
        """Tell whether a ``Host`` header names this service."""
        match = _HOST.fullmatch(host)
        if match is None:
            return False
        name = match["name"].lower()
        try:
            ipaddress.ip_address(name.strip("[]"))
        except ValueError:
            return any(
                name == ours or (ours.startswith(".") and name.endswith(ours))
                for ours in self.names
            )
        return True


def register(app: Flask, trusted_hosts: Iterable[str]) -> None:
    """Let an application be read only, by its own name only, and state what pages may do."""
    app.config["MAX_CONTENT_LENGTH"] = LARGEST_BODY
    app.config["MAX_FORM_MEMORY_SIZE"] = LARGEST_BODY
    app.config["SESSION_COOKIE_HTTPONLY"] = True
    app.config["SESSION_COOKIE_SAMESITE"] = "Lax"
    app.before_request(_refuse_writing)
    app.after_request(_state_policy)
    wsgi_app: Callable[..., Iterable[bytes]] = app.wsgi_app
    app.wsgi_app = TrustedHosts(wsgi_app, trusted_hosts)  # type: ignore[method-assign]


def nonce() -> str:
    """Return this answer's number, known to its own scripts and styles alone."""
    if "nonce" not in g:
        g.nonce = secrets.token_urlsafe(16)
    value: str = g.nonce
    return value


def _refuse_writing() -> None:
    if request.method not in READING:
        raise MethodError("method_refused")


def _state_policy(response: Response) -> Response:
    tiles = BASEMAP_HOSTS.get(served_run().run.settings.map.basemap, "")
    policy = {
        "default-src": "'none'",
        "script-src": f"'self' 'nonce-{nonce()}'",
        "style-src": f"'self' 'nonce-{nonce()}'",
        "img-src": f"'self' data: {tiles}".strip(),
        "connect-src": "'self'",
        "font-src": "'self'",
        "base-uri": "'none'",
        "form-action": "'self'",
        "frame-ancestors": "'self'",
    }
    headers = response.headers
    headers["Content-Security-Policy"] = "; ".join(f"{k} {v}" for k, v in policy.items())
    headers["X-Content-Type-Options"] = "nosniff"
    headers["X-Frame-Options"] = "SAMEORIGIN"
    headers["Referrer-Policy"] = "strict-origin-when-cross-origin"
    headers["Cross-Origin-Opener-Policy"] = "same-origin"
    headers["Cross-Origin-Resource-Policy"] = "same-origin"
    # a phone may say where it is, to this service alone
    headers["Permissions-Policy"] = (
        "geolocation=(self), camera=(), microphone=(), payment=(), usb=(), interest-cohort=()"
    )
    response.vary.update(("Accept-Language", "Cookie"))
    headers.setdefault("Cache-Control", "no-cache")
    return response
