"""Write a run as one immutable folder, and read it back."""

from __future__ import annotations

import hashlib
import json
import shutil
from datetime import date
from typing import TYPE_CHECKING, Any

import pandas as pd
import pyogrio
from pyogrio.errors import DataLayerError, DataSourceError

from gis.digests import is_list_column
from gis.errors import InputError
from gis.layers import project_files
from gis.model.project import MapSettings, Name, Settings
from gis.model.run import GEOMETRY_TYPES, Lineage, Past, Run, list_as_json
from gis.model.tables import TABLES, ColumnKind
from gis.output import add_layer, new_folder
from gis.writers.styles import embed_styles

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from gis.model.project import Project

GEOPACKAGE = "run.gpkg"
CERTIFICATE = "certificate.json"
SNAPSHOT = "project"
LOG = "log.txt"
LINEAGE = "lineage.gpkg"

#: Tables in ``run.gpkg``, those that a person opens first at the top.
RUN_TABLES = (
    "findings",
    "lane_findings",
    "finding_neighbours",
    "atoms",
    "standings",
    "zones",
    "claims",
    "agreements",
    "jurisdiction",
    "bodies",
    "matters",
)

#: What is drawn in ``lineage.gpkg``; brought to another coordinate system a place may come apart.
_LINEAGE_TYPES = {"earlier_findings": "MultiPolygon", "earlier_lane_findings": "MultiLineString"}


def write_run(run: Run, project: Project, folder: Path) -> None:
    """Write a run's folder: whole or not at all, and never over another.

    Raises
    ------
    OutputError
        If something is there already, or the place cannot be written.
    """
    with new_folder(folder) as aside:
        _write_geopackage(run, aside / GEOPACKAGE)
        if run.lineage is not None:
            for name, table in run.lineage.tables().items():
                add_layer(storable(name, table), aside / LINEAGE, name, _LINEAGE_TYPES.get(name))
        _snapshot(project, aside / SNAPSHOT)
        text = json.dumps(run.certificate, ensure_ascii=False, indent=1, sort_keys=True)
        (aside / CERTIFICATE).write_text(text + "\n", encoding="utf-8")
        (aside / LOG).write_text(log_text(run, project), encoding="utf-8")


def _write_geopackage(run: Run, path: Path) -> None:
    for name in RUN_TABLES:
        write_layer(name, getattr(run, name), path)
    embed_styles(path)


def write_layer(name: str, table: pd.DataFrame, path: Path) -> None:
    """Add a table of a run to a GeoPackage, which is made if it is not there."""
    add_layer(storable(name, table), path, name, GEOMETRY_TYPES.get(name))


def storable(name: str, table: pd.DataFrame) -> pd.DataFrame:
    """Return a table with lists as JSON and days as ISO text, which every reader understands."""
    result = table.copy()
    for column in table.columns:
        values = table[column]
        if is_list_column(name, column):
            result[column] = [list_as_json(value) for value in values]
        elif pd.api.types.is_datetime64_any_dtype(values.dtype):
            result[column] = values.dt.strftime("%Y-%m-%d").astype(object).where(values.notna(), "")
    return result


def _snapshot(project: Project, folder: Path) -> None:
    for relative in project_files(project):
        target = folder / relative
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(project.folder / relative, target)


def log_text(run: Run, project: Project) -> str:
    """Return the log of a run: what was read, remarked and found."""
    lines = [f"mangqu {run.certificate['software']['mangqu']}", f"as of {run.settings.as_of}"]
    lines += [
        f"{source.table}: {source.rows} rows from {source.path} {source.layer}".rstrip()
        for source in project.sources
    ]
    lines += [
        f"{remark.kind} {remark.problem}: {remark.file} {remark.layer} row {remark.row}"
        for remark in project.remarks
    ]
    lines += [f"{name}: {len(getattr(run, name))} rows" for name in RUN_TABLES]
    return "\n".join(lines) + "\n"


def layers_of(path: Path) -> list[str]:
    """Return the names of the layers and tables in a GeoPackage.

    Raises
    ------
    InputError
        If it cannot be opened.
    """
    try:
        return [str(name) for name, _ in pyogrio.list_layers(path)]
    except DataSourceError as error:
        raise InputError("damaged_run", file=path, why=str(error)) from error


def is_run(folder: Path) -> bool:
    """Tell whether a folder looks like a run rather than a project."""
    return (folder / CERTIFICATE).is_file() or (folder / GEOPACKAGE).is_file()


def read_run(folder: Path) -> Run:
    """Read a run's folder.

    Raises
    ------
    InputError
        If it is not a run, or one of its parts is missing or damaged.
    """
    proof = read_certificate(folder)
    tables = {name: _read_table(folder / GEOPACKAGE, name) for name in RUN_TABLES}
    settings = _settings(folder, proof)
    lineage = _lineage(folder / LINEAGE, proof["lineage"]) if "lineage" in proof else None
    return Run(settings=settings, certificate=proof, lineage=lineage, **tables)


def _lineage(path: Path, certified: dict[str, Any]) -> Lineage:
    return Lineage(
        past=Past(
            certificate_sha256=certified["previous_sha256"],
            findings=_read_table(path, "earlier_findings"),
            lane_findings=_read_table(path, "earlier_lane_findings"),
        ),
        finding_links=_read_table(path, "finding_links"),
    )


def certificate_sha256(folder: Path) -> str:
    """Return the SHA-256 of a run's certificate, by which a later run names it."""
    return hashlib.sha256((folder / CERTIFICATE).read_bytes()).hexdigest()


def read_certificate(folder: Path) -> dict[str, Any]:
    """Read ``certificate.json`` of a run.

    Raises
    ------
    InputError
        If it is missing or damaged.
    """
    path = folder / CERTIFICATE
    try:
        proof = json.loads(path.read_text(encoding="utf-8"), object_pairs_hook=_each_key_once)
    except FileNotFoundError as error:
        raise InputError("not_a_run", file=folder) from error
    except (OSError, UnicodeDecodeError, json.JSONDecodeError) as error:
        raise InputError("damaged_run", file=path, why=type(error).__name__) from error
    if not isinstance(proof, dict):
        raise InputError("damaged_run", file=path, why="{}")
    wrong = next(_malformed(proof), None)
    if wrong is not None:
        raise InputError("damaged_run", file=path, why=wrong)
    return proof


def _each_key_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Refuse an object in which one value hides another."""
    once = dict(pairs)
    if len(once) < len(pairs):
        keys = [key for key, _ in pairs]
        repeated = next(key for key in keys if keys.count(key) > 1)
        raise InputError("repeated_key", file=CERTIFICATE, key=repeated)
    return once


#: What the parts of a certificate are, and those of each of its inputs and questions.
_CERTIFICATE_PARTS: dict[str, type] = {
    "as_of": str,
    "settings": dict,
    "crs": str,
    "software": dict,
    "inputs": list,
    "remarks": list,
    "questions": list,
    "claims": dict,
    "tables": dict,
}
_INPUT_PARTS: dict[str, type] = {"table": str, "path": str, "layer": str, "files": dict}
_LINEAGE_PARTS: dict[str, type] = {"previous_sha256": str, "tables": dict}
_QUESTION_PARTS: dict[str, type] = {
    "matter": str,
    "level": str,
    "jurisdiction_m2": float,
    "covered_m2": float,
    "gap_m2": float,
    "contested_m2": float,
    "residual_m2": float,
    "by_standing": dict,
}


def _malformed(proof: dict[str, Any]) -> Iterator[str]:
    """Name the parts of a certificate that are missing or of the wrong kind."""
    yield from _wrong_parts(proof, _CERTIFICATE_PARTS)
    if "lineage" in proof:
        wrong = _wrong_parts(proof["lineage"], _LINEAGE_PARTS)
        yield from (f"lineage.{name}" for name in wrong)
    for part, kinds in (("inputs", _INPUT_PARTS), ("questions", _QUESTION_PARTS)):
        for entry in proof[part]:
            yield from (f"{part}.{name}" for name in _wrong_parts(entry, kinds))


def _wrong_parts(entry: object, kinds: dict[str, type]) -> Iterator[str]:
    stated = entry if isinstance(entry, dict) else {}
    return (name for name, kind in kinds.items() if not isinstance(stated.get(name), kind))


def _settings(folder: Path, proof: dict[str, Any]) -> Settings:
    try:
        stored = dict(proof["settings"])
        return Settings(
            **{
                **stored,
                "name": Name(**stored["name"]),
                "notice": Name(**stored["notice"]),
                "attribution": Name(**stored["attribution"]),
                "map": MapSettings(**stored["map"]),
                "matters": tuple(stored["matters"]),
                "as_of": date.fromisoformat(stored["as_of"]),
            }
        )
    except (KeyError, TypeError, ValueError) as error:
        raise InputError("damaged_run", file=folder / CERTIFICATE, why=str(error)) from error


def _read_table(path: Path, name: str) -> Any:  # noqa: ANN401 - with or without geometry
    try:
        table = pyogrio.read_dataframe(path, layer=name)
        return _restored(name, table)
    # a value that somebody changed by hand may be no list, no day or no number any more
    except (DataSourceError, DataLayerError, ValueError, TypeError, AttributeError) as error:
        raise InputError("damaged_run", file=path, layer=name, why=str(error)) from error


def _restored(name: str, table: Any) -> Any:  # noqa: ANN401
    """Return a table with its lists, days and numbers as they were before they were stored."""
    schema = TABLES.get(name)
    for column in table.columns:
        declared = schema.column(column) if schema is not None else None
        if is_list_column(name, column):
            table[column] = [tuple(json.loads(value)) for value in table[column]]
        elif declared is not None and declared.kind == ColumnKind.DATE:
            days = pd.to_datetime(table[column].replace("", None), format="%Y-%m-%d")
            table[column] = days.astype("datetime64[s]")
        elif declared is not None and declared.kind == ColumnKind.NUMBER:
            table[column] = table[column].astype("float64")
        elif column != "geometry" and table[column].dtype.kind not in "iuf":
            table[column] = table[column].fillna("").astype(object)
    return table
