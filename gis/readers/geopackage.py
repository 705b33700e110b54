"""Read a GeoPackage with SQLite alone, so that nothing in the file can name another source."""

from __future__ import annotations

import contextlib
import sqlite3
from typing import TYPE_CHECKING

from gis.readers.parts import JOURNALS
from gis.readers.raw import LayerFile, RawLayer, shapes_from_wkb, suggestion, unique_columns

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gis.model.arrangement import GeometryArray
    from gis.readers.desk import Desk

#: GeoPackage 1.0, 1.1 and 1.2 or later, in the file's header.
_APPLICATION_IDS = {0x47503130, 0x47503131, 0x47504B47}

#: Length of the envelope in a geometry's header, by its code.
_ENVELOPE_BYTES = {0: 0, 1: 32, 2: 48, 3: 48, 4: 64}

_FIXED_HEADER_BYTES = 8
_WHOLE_NUMBERS = {"INTEGER", "INT", "MEDIUMINT"}
_BATCH_ROWS = 10_000


def read_geopackage(source: LayerFile, desk: Desk) -> RawLayer:
    """Read one table of a GeoPackage, in the order of its rows.

    Raises
    ------
    InputError
        If the file is damaged, open elsewhere, or holds no such table.
    """
    for ending in JOURNALS:
        beside = source.path.with_name(source.path.name + ending)
        if beside.exists() and beside.stat().st_size > 0:
            raise source.error("geopackage_in_use")
    try:
        with _connection(source) as connection:
            return _read(connection, source, desk)
    except (sqlite3.DatabaseError, UnicodeDecodeError) as error:
        raise source.error("file_damaged", reason=str(error)) from error


@contextlib.contextmanager
def _connection(source: LayerFile) -> Iterator[sqlite3.Connection]:
    # immutable: nothing is written beside the user's file, not even a lock
    uri = f"{source.path.resolve().as_uri()}?mode=ro&immutable=1"
    connection = sqlite3.connect(uri, uri=True)
    try:
        connection.execute("PRAGMA trusted_schema = OFF")
        yield connection
    finally:
        connection.close()


def _read(connection: sqlite3.Connection, source: LayerFile, desk: Desk) -> RawLayer:
    (application_id,) = connection.execute("PRAGMA application_id").fetchone()
    if application_id not in _APPLICATION_IDS:
        raise source.error("format_unknown")
    (verdict,) = connection.execute("PRAGMA quick_check(1)").fetchone()
    if verdict != "ok":
        raise source.error("file_damaged", reason=verdict)
    table = _chosen_table(connection, source)
    source = LayerFile(source.path, source.shown, table, source.encoding)
    _refuse_unless_plain_table(connection, source)
    geometry_column, crs = _geometry_column(connection, source)
    quoted = _quoted(table)
    info = connection.execute(f"PRAGMA table_info({quoted})").fetchall()
    # GDAL's numbering of the rows; a key that is a text was written by somebody
    keys = {
        name for _, name, kind, *_, position in info if position and kind.upper() in _WHOLE_NUMBERS
    }
    # quoted, and known to be a table of the file
    (count,) = connection.execute(f"SELECT count(*) FROM {quoted}").fetchone()  # noqa: S608
    cursor = connection.execute(f"SELECT * FROM {quoted} ORDER BY rowid")  # noqa: S608
    # reckoned columns come as well, of which the table's own list says nothing
    names = [name for name, *_ in cursor.description]
    rows: list[tuple[object, ...]] = []
    while batch := cursor.fetchmany(_BATCH_ROWS):
        rows += batch
        desk.progress(len(rows), count)
    if count != len(rows):
        raise source.error("rows_missing", expected=count, found=len(rows))
    by_name = {name: [row[at] for row in rows] for at, name in enumerate(names)}
    attributes = [name for name in names if name != geometry_column and name not in keys]
    unique_columns(attributes, source)
    if geometry_column and geometry_column not in by_name:
        raise source.error("file_damaged", reason=f"no column {geometry_column}")
    geometry, broken = _geometries(by_name[geometry_column]) if geometry_column else (None, {})
    return RawLayer(
        layer=table,
        rows=len(rows),
        columns={name: by_name[name] for name in attributes},
        geometry=geometry,
        crs=crs,
        files=(source.path,),
        broken=broken,
    )


def _chosen_table(connection: sqlite3.Connection, source: LayerFile) -> str:
    contents = connection.execute(
        "SELECT table_name, data_type FROM gpkg_contents ORDER BY table_name"
    ).fetchall()
    features = [name for name, kind in contents if kind == "features"]
    readable = features + [name for name, kind in contents if kind == "attributes"]
    if source.layer:
        if source.layer not in readable:
            raise source.error("layer_unknown", suggestion=suggestion(source.layer, readable))
        return source.layer
    # tables of attributes beside a single layer are most often its styles
    candidates = features or readable
    if not candidates:
        raise source.error("layer_missing")
    if len(candidates) > 1:
        raise source.error("layer_not_named", layers=" / ".join(candidates))
    return str(candidates[0])


def _refuse_unless_plain_table(connection: sqlite3.Connection, source: LayerFile) -> None:
    found = connection.execute(
        "SELECT type, sql FROM sqlite_master WHERE name = ?", (source.layer,)
    ).fetchone()
    if found is None:
        raise source.error("file_damaged", reason=f"no such table: {source.layer}")
    kind, sql = found
    # a view or virtual table may run for ever or stand for something outside the file
    if kind != "table" or "virtual" in str(sql).lower().split("table", maxsplit=1)[0]:
        raise source.error("layer_not_a_table")


def _geometry_column(
    connection: sqlite3.Connection, source: LayerFile
) -> tuple[str | None, str | None]:
    found = connection.execute(
        "SELECT column_name, srs_id FROM gpkg_geometry_columns WHERE table_name = ?",
        (source.layer,),
    ).fetchone()
    if found is None:
        return None, None
    column, srs_id = found
    stated = connection.execute(
        "SELECT organization, organization_coordsys_id, definition"
        " FROM gpkg_spatial_ref_sys WHERE srs_id = ?",
        (srs_id,),
    ).fetchone()
    if stated is None or srs_id in {-1, 0}:
        return column, None
    organization, code, definition = stated
    if str(organization).upper() == "EPSG":
        return column, f"EPSG:{code}"
    return column, str(definition)


def _geometries(blobs: list[object]) -> tuple[GeometryArray, dict[int, str]]:
    binary: list[bytes | None] = []
    broken: dict[int, str] = {}
    for at, blob in enumerate(blobs):
        try:
            binary.append(None if blob is None else _well_known_binary(blob))
        except ValueError as error:
            binary.append(None)
            broken[at] = str(error)
    shapes, unreadable = shapes_from_wkb(binary)
    return shapes, broken | unreadable


def _well_known_binary(blob: object) -> bytes:
    """Return what follows a geometry's header (GeoPackage 1.3, clause 2.1.3)."""
    if not isinstance(blob, bytes) or blob[:2] != b"GP" or len(blob) < _FIXED_HEADER_BYTES:
        raise ValueError("not a GeoPackage geometry")
    flags = blob[3]
    envelope = _ENVELOPE_BYTES.get(flags >> 1 & 0b111)
    if envelope is None or flags & 0b10_0000:
        raise ValueError("unknown GeoPackage geometry")
    return blob[_FIXED_HEADER_BYTES + envelope :]


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
