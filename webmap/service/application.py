"""The service's application: one run, as pages and as JSON."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from flask import Flask, Response, json
from jinja2 import StrictUndefined

from gis.model.run import Run
from webmap.service import problems, security
from webmap.service.api import api
from webmap.service.exports import exports
from webmap.service.pages import pages, register_words
from webmap.service.served import ServedRun

if TYPE_CHECKING:
    from collections.abc import Iterable


def create_application(run: Path | Run, *, trusted_hosts: Iterable[str] = ()) -> Flask:
    """Return the application that serves one run, to be read and not changed.

    Parameters
    ----------
    run
        A run folder, or a run in memory (whose GeoPackage cannot be downloaded then).
    trusted_hosts
        Names by which readers may call the service besides ``localhost`` and addresses in
        figures; ``.example.cn`` stands for every name below.

    Raises
    ------
    InputError
        If the folder holds no run that can be read.
    """
    served = ServedRun(run) if isinstance(run, Run) else ServedRun.read(Path(run))
    app = Flask("webmap", static_folder="static", template_folder="templates")
    app.config["PROVIDE_AUTOMATIC_OPTIONS"] = False
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
    app.extensions["mangqu"] = served
    security.register(app, trusted_hosts)
    problems.register(app)
    register_words(app)
    app.register_blueprint(pages)
    app.register_blueprint(exports)
    app.register_blueprint(api)

    @app.get("/healthz")
    def healthz() -> Response:
        content = json.dumps({"status": "ok", "run": served.etag})
        response = Response(content, content_type="application/json")
        response.headers["Cache-Control"] = "no-store"
        return response

    return app
