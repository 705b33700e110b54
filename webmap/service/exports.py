"""Files to take away: the same answers as GeoJSON, CSV, GeoPackage, workbook, proof and map."""

from __future__ import annotations

import csv
import io
import json
import tempfile
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING

from flask import Blueprint, Response, request, send_file

from gis.writers.cells import harmless
from webmap.assets import InlineAssets
from webmap.maps.page import render_map_page
from webmap.reports.workbook import write_ledger, write_responsibility_lists
from webmap.service.filters import FILTER_NAMES, LEAST_NAMES, read_selection, refuse_unknown, select
from webmap.service.geojson import features, plain
from webmap.service.language import page_language, page_wording, served_run
from webmap.service.problems import UnknownNameError

if TYPE_CHECKING:
    from collections.abc import Callable

    from webmap.service.served import FeatureTable, IntArray, ServedRun
    from webmap.service.wording import Wording

exports = Blueprint("exports", __name__, url_prefix="/downloads")

XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@exports.get("/<any(findings, lanes):name>.geojson")
def geojson(name: str) -> Response:
    """Send the findings that the filters leave, as GeoJSON."""
    table, positions = _asked_for(name)
    content = {
        "type": "FeatureCollection",
        "features": features(table.frame, positions, table.key),
    }
    text = json.dumps(content, ensure_ascii=False, allow_nan=False)
    return _attachment(text.encode(), f"{name}.geojson", "application/geo+json")


@exports.get("/<any(findings, lanes):name>.csv")
def comma_separated(name: str) -> Response:
    """Send the findings that the filters leave, as CSV that spreadsheets open without harm."""
    table, positions = _asked_for(name)
    return _attachment(
        csv_bytes(table, positions, page_wording()), f"{name}.csv", "text/csv; charset=utf-8"
    )


@exports.get("/run.gpkg")
def geopackage() -> Response:
    """Send the run's GeoPackage as it lies in its folder."""
    return _from_folder("run.gpkg", "application/geopackage+sqlite3")


@exports.get("/certificate.json")
def certificate() -> Response:
    """Send the proof, byte by byte as the run was written with."""
    served = served_run()
    if served.folder is not None:
        return _from_folder("certificate.json", "application/json")
    text = json.dumps(served.run.certificate, ensure_ascii=False, indent=1)
    return _attachment(text.encode(), "certificate.json", "application/json")


@exports.get("/ledger.xlsx")
def ledger() -> Response:
    """Send the issue ledger as a workbook."""
    return _workbook("ledger.xlsx", write_ledger)


@exports.get("/responsibility-lists.xlsx")
def responsibilities() -> Response:
    """Send one responsibility list per body as a workbook."""
    return _workbook("responsibility-lists.xlsx", write_responsibility_lists)


@exports.get("/map.html")
def single_file_map() -> Response:
    """Send the map as one file that needs no network."""
    served, language = served_run(), page_language()

    def make() -> bytes:
        page = render_map_page(served.run, language=language, assets=InlineAssets(), nonce=None)
        return page.encode()

    content = served.made_once.get("map.html", language, make)
    return _attachment(content, "map.html", "text/html; charset=utf-8")


def csv_bytes(table: FeatureTable, positions: IntArray, wording: Wording) -> bytes:
    """Return rows as CSV in UTF-8 with a byte order mark, headed in the reader's language.

    Parameters
    ----------
    table
        Findings or lane findings.
    positions
        Rows wanted, in order.
    wording
        Language of the headings and names.
    """
    columns = _columns(table, wording)
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    writer.writerow([harmless(wording.text(f"column.{column}")) for column in columns])
    rows = table.frame.iloc[positions].to_dict("records")
    for row in rows:
        writer.writerow([harmless(cell(row)) for cell in columns.values()])
    # spreadsheets take a file for UTF-8 only by its byte order mark
    return buffer.getvalue().encode("utf-8-sig")


def _columns(
    table: FeatureTable, wording: Wording
) -> dict[str, Callable[[dict[str, object]], object]]:
    """Return how each column of the CSV is made from a row."""

    def stated(column: str) -> Callable[[dict[str, object]], object]:
        return lambda row: plain(row[column])

    def many(column: str, name: Callable[..., str]) -> Callable[[dict[str, object]], object]:
        return lambda row: name(row[column])

    own: dict[str, Callable[[dict[str, object]], object]]
    if table.name == "findings":
        own = {
            "area_m2": stated("area_m2"),
            "width_m": stated("width_m"),
            "neighbours": many("neighbours", wording.bodies),
            "first_receiver": lambda row: (
                wording.body(str(row["first_receiver"])) if row["first_receiver"] else ""
            ),
            "law": lambda row: wording.word("law", str(row["law"])),
            "lapsed_on": stated("lapsed_on"),
        }
    else:
        own = {
            "lane": lambda row: row[f"name_{wording.language}"] or row["lane_id"],
            "from_m": stated("from_m"),
            "to_m": stated("to_m"),
            "length_m": stated("length_m"),
            "left_bodies": many("left_bodies", wording.bodies),
            "right_bodies": many("right_bodies", wording.bodies),
        }
    return {
        "id": stated(table.key),
        "class": lambda row: wording.word("class", str(row["class"])),
        "matter": lambda row: wording.matter(str(row["matter"])),
        "level": lambda row: wording.level(str(row["level"])),
        "districts": many("districts", wording.districts),
        "zones": many("zones", wording.zones),
        **own,
        "bodies": many("bodies", wording.bodies),
        "reason": stated(f"reason_{wording.language}"),
        "lon": stated("lon"),
        "lat": stated("lat"),
        "as_of": stated("as_of"),
    }


def _asked_for(name: str) -> tuple[FeatureTable, IntArray]:
    served = served_run()
    table = served.table(name)
    refuse_unknown(request.args, (*FILTER_NAMES, LEAST_NAMES[table.measure]))
    return table, select(table, read_selection(request.args, served, table))


def _workbook(name: str, write: Callable[..., object]) -> Response:
    served, language = served_run(), page_language()

    def make() -> bytes:
        with tempfile.TemporaryDirectory(prefix="mangqu-") as folder:
            path = Path(folder) / name
            write(served.run, path, language=language)
            return path.read_bytes()

    return _attachment(served.made_once.get(name, language, make), name, XLSX_TYPE)


def _from_folder(name: str, content_type: str) -> Response:
    path = _file_in_run(served_run(), name)
    return send_file(
        path, mimetype=content_type, as_attachment=True, download_name=name, conditional=True
    )


def _file_in_run(served: ServedRun, name: str) -> Path:
    if served.folder is None or not (served.folder / name).is_file():
        raise UnknownNameError("page_unknown")
    # Flask reads relative paths from the application's own folder
    return (served.folder / name).resolve()


def _attachment(content: bytes, name: str, content_type: str) -> Response:
    response = Response(content, HTTPStatus.OK, content_type=content_type)
    response.headers["Content-Disposition"] = f'attachment; filename="mangqu-{name}"'
    return response
