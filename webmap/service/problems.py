"""Every way in which a request can fail, and the one table of status codes."""

from __future__ import annotations

import logging
from http import HTTPStatus
from typing import TYPE_CHECKING

from flask import Response, current_app, json, render_template, request
from werkzeug.exceptions import HTTPException

from gis.errors import InputError, MangquError
from webmap.service.language import page_wording

if TYPE_CHECKING:
    from flask import Flask

API_PREFIX = "/api/"

_log = logging.getLogger(__name__)


class ParameterError(MangquError):
    """A query parameter is refused.

    Parameters
    ----------
    problem
        Key in the catalogues.
    name, value
        The parameter and what was given for it.
    **details
        Further values that the sentences name.
    """

    def __init__(self, problem: str, *, name: str, value: str = "", **details: object) -> None:
        shown = value if len(value) <= _LONGEST_VALUE else value[:_LONGEST_VALUE] + "…"
        super().__init__(problem, name=name, given=shown, **details)
        self.parameter = name


class UnknownNameError(MangquError):
    """A page or a thing is asked for that the run does not hold."""


class MethodError(MangquError):
    """Something else than reading is asked for."""


class ServiceFaultError(MangquError):
    """The service itself failed; the details stand in its log and nowhere else."""


_LONGEST_VALUE = 80

#: From the kind of error to the status of the answer; the first that fits holds.
STATUS: tuple[tuple[type[MangquError], HTTPStatus], ...] = (
    (ParameterError, HTTPStatus.BAD_REQUEST),
    (UnknownNameError, HTTPStatus.NOT_FOUND),
    (MethodError, HTTPStatus.METHOD_NOT_ALLOWED),
    (InputError, HTTPStatus.BAD_REQUEST),
    (MangquError, HTTPStatus.INTERNAL_SERVER_ERROR),
)


def status_of(error: MangquError) -> HTTPStatus:
    """Return the status with which an error is answered."""
    return next(status for kind, status in STATUS if isinstance(error, kind))


def register(app: Flask) -> None:
    """Answer every failure of an application as a page or as problem+json (RFC 9457)."""
    app.register_error_handler(MangquError, _answer_known)
    app.register_error_handler(HTTPException, _answer_http)
    app.register_error_handler(Exception, _answer_fault)


def _answer_known(error: MangquError) -> Response:
    status = status_of(error)
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        _log.error("request failed: %s", error)
    return _answer(error, status)


def _answer_http(error: HTTPException) -> Response:
    code = HTTPStatus(error.code or HTTPStatus.INTERNAL_SERVER_ERROR)
    if code == HTTPStatus.METHOD_NOT_ALLOWED:
        return _answer(MethodError("method_refused"), code)
    if code == HTTPStatus.NOT_FOUND:
        return _answer(UnknownNameError("page_unknown"), code)
    if code < HTTPStatus.BAD_REQUEST:  # a redirect is an exception in Werkzeug
        return current_app.make_response(error.get_response())
    return _answer(MangquError("request_refused", reason=code.phrase), code)


def _answer_fault(error: Exception) -> Response:
    _log.error("request failed", exc_info=error)
    return _answer(ServiceFaultError("service_fault"), HTTPStatus.INTERNAL_SERVER_ERROR)


def _answer(error: MangquError, status: HTTPStatus) -> Response:
    wording = page_wording()
    title = wording.texts.text(f"error.{error.problem}", **error.details)
    remedy = wording.texts.text(f"remedy.{error.problem}", **error.details)
    if request.path.startswith(API_PREFIX):
        problem: dict[str, object] = {
            "type": f"urn:mangqu:problem:{error.problem}",
            "title": title,
            "status": status.value,
            "detail": remedy,
        }
        if isinstance(error, ParameterError):
            problem["parameter"] = error.parameter
        response = Response(json.dumps(problem), status, content_type="application/problem+json")
    else:
        page = render_template(
            "service_problem.html", status=status.value, title=title, remedy=remedy
        )
        response = Response(page, status, content_type="text/html; charset=utf-8")
    response.headers["Cache-Control"] = "no-store"
    if status == HTTPStatus.METHOD_NOT_ALLOWED:
        response.headers["Allow"] = "GET, HEAD"
    return response
