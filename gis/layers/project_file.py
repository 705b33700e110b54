"""Read ``mangqu.toml``: what the project is called, how it is asked, and where its layers lie."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

import numpy as np

from gis.errors import InputError, InputErrors
from gis.layers.crs import named_crs
from gis.layers.dates import as_day
from gis.layers.toml_reader import TomlReader
from gis.layers.toml_text import toml_document
from gis.layers.values import MOST_ACCURACY_M
from gis.model.project import MapSettings, Name, PracticeSettings, Settings
from gis.model.tables import TABLES
from gis.readers.coordinates import NAMES
from gis.readers.encoding import known_encoding
from gis.readers.raw import is_unsafe_name

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PROJECT_FILE = "mangqu.toml"

DATUMS = ("wgs84", "cgcs2000", "gcj02", "bd09")
#: Which coordinate comes first in a file: easting or longitude, or northing or latitude.
AXES = ("xy", "yx")
BASEMAPS = ("none", "osm", "tianditu")

PROJECT_KEYS = (
    "name",
    "notice",
    "attribution",
    "as_of",
    "crs",
    "precision_m",
    "accuracy_m",
    "sliver_k",
    "matters",
    "horizon_days",
)
MAP_KEYS = ("basemap", "tianditu_key")
PRACTICE_KEYS = ("q", "silent_days")
RULES_KEYS = ("path",)
LAYER_KEYS = (
    "path",
    "layer",
    "encoding",
    "geometry",
    "datum",
    "datum_checked",
    "crs",
    "axes",
    "accuracy_m",
    "valid_to_inclusive",
    "columns",
    "constants",
)
#: Understood by later versions; ignoring them now would be a wrong answer.
RESERVED_TABLES = ("zones", "risk")

_PARTS = ("project", "map", "practice", "rules", "layers")

#: A wider sliver than this many times its accuracy is a mistake.
_MOST_SLIVER_K = 1000

#: A calendar looks no farther than so many days ahead, a hundred years.
MOST_HORIZON_DAYS = 36_525

#: Ten years: silence beyond is no matter of practice.
_MOST_DAYS = 3650

_REQUIRED_LAYERS = ("jurisdiction", "claims")


@dataclass(frozen=True, slots=True)
class LayerDeclaration:
    """One ``[layers.NAME]`` of the project file.

    Parameters
    ----------
    table
        Table it fills, alone or together with others.
    path
        File, relative to the project's folder.
    layer, encoding, datum, crs, axes
        As stated, or ``""``.
    datum_checked
        Whether the user vouches for the datum, so that the guard only remarks on it.
    accuracy_m
        Stated accuracy in metres, or None.
    valid_to_inclusive
        Whether ``valid_to`` holds the last day of validity instead of the first without it; None
        where nothing is said, which is taken for no.
    geometry
        Columns of a table that hold the coordinates, by what each holds.
    columns
        Name in the file by our name.
    constants
        Value for every row by our name.
    """

    table: str
    path: str
    layer: str = ""
    encoding: str = ""
    datum: str = ""
    datum_checked: bool = False
    crs: str = ""
    axes: str = ""
    accuracy_m: float | None = None
    valid_to_inclusive: bool | None = None
    geometry: dict[str, str] = field(default_factory=dict)
    columns: dict[str, str] = field(default_factory=dict)
    constants: dict[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ProjectFile:
    """What a project file states.

    Parameters
    ----------
    settings
        Its head.
    layers
        Its layers, in the order of the file within each table.
    rules
        File of its ordinance, relative to the project's folder, or ``""``.
    """

    settings: Settings
    layers: tuple[LayerDeclaration, ...]
    rules: str = ""


def read_project_file(path: Path, *, today: date, as_of: date | None = None) -> ProjectFile:
    """Read and check a project file.

    Parameters
    ----------
    path
        The file.
    today
        Day asked about where neither ``as_of`` nor the file names one.
    as_of
        Day asked about, whatever the file says.

    Raises
    ------
    InputError
        If the file is missing or is no TOML.
    InputErrors
        If it holds unknown keys or wrong values: all of them at once.
    """
    text = _text(path)
    document = toml_document(text, PROJECT_FILE)
    reader = TomlReader(text, PROJECT_FILE)
    for name in reader.unknown(document, _PARTS):
        if name in RESERVED_TABLES:
            reader.refuse("not_yet", "", name)
        else:
            reader.refuse_word("unknown_table", "", name, _PARTS)
    settings = _settings(document, reader, today=today, as_of=as_of)
    layers = tuple(_layers(document, reader))
    rules = _rules(document, reader)
    declared = {layer.table for layer in layers}
    # a mistyped name is told already, and would be told twice as a table that is missing
    wanted = () if reader.errors else _REQUIRED_LAYERS
    for table in wanted:
        if table not in declared:
            reader.refuse("layer_required", "", f"layers.{table}")
    if reader.errors:
        raise InputErrors(reader.errors)
    return ProjectFile(settings, layers, rules)


def _text(path: Path) -> str:
    if "\0" in str(path):
        raise InputError("path_unsafe", file=path)
    try:
        return path.read_text("utf-8-sig")
    except FileNotFoundError as error:
        raise InputError("project_missing", file=path) from error
    except UnicodeDecodeError as error:
        raise InputError("project_encoding", file=PROJECT_FILE) from error
    except OSError as error:
        raise InputError(
            "file_unreadable", file=path, reason=error.strerror or str(error)
        ) from error


def _settings(
    document: dict[str, Any], reader: TomlReader, *, today: date, as_of: date | None
) -> Settings:
    head = reader.table(document, "project")
    for key in reader.unknown(head, PROJECT_KEYS):
        reader.refuse_word("unknown_key", "project", key, PROJECT_KEYS)
    crs = _crs(head, "project", reader) or "auto"
    if crs != "auto":
        found = named_crs(crs)
        if found is None or not (found.is_geographic or found.is_projected):
            reader.refuse("toml_wrong_crs", "project", "crs", value=crs)
        crs = crs.upper()
    defaults = Settings(name=Name(), as_of=today)
    precision = reader.number(head, "precision_m", "project", lambda x: 0 < x <= 1)
    accuracy = reader.number(head, "accuracy_m", "project", _is_accuracy)
    sliver_k = reader.number(head, "sliver_k", "project", _is_factor)
    horizon = reader.number(head, "horizon_days", "project", _is_horizon)
    stated_day = _as_of(head, reader)
    return Settings(
        name=reader.name(head, "name", "project"),
        notice=reader.name(head, "notice", "project"),
        attribution=reader.name(head, "attribution", "project"),
        as_of=as_of or stated_day or today,
        crs=crs,
        precision_m=defaults.precision_m if precision is None else precision,
        accuracy_m=defaults.accuracy_m if accuracy is None else accuracy,
        sliver_k=defaults.sliver_k if sliver_k is None else sliver_k,
        matters=_matters(head, reader),
        horizon_days=defaults.horizon_days if horizon is None else int(horizon),
        map=_map_settings(document, reader),
        practice=_practice_settings(document, reader),
    )


def _crs(table: dict[str, Any], where: str, reader: TomlReader) -> str:
    """Return the coordinate system that is stated, ``""`` for none or a bare number."""
    value = table.get("crs", "")
    number = str(value).strip()
    if isinstance(value, bool) or not (number.isascii() and number.isdigit()):
        return reader.text(table, "crs", where)
    reader.refuse("toml_crs_is_a_number", where, "crs", value=value, number=number)
    return ""


def _is_accuracy(value: float) -> bool:
    return 0 <= value <= MOST_ACCURACY_M


def _is_factor(value: float) -> bool:
    return 0 <= value <= _MOST_SLIVER_K


def _is_horizon(value: float) -> bool:
    return 0 <= value <= MOST_HORIZON_DAYS and value == int(value)


def _as_of(head: dict[str, Any], reader: TomlReader) -> date | None:
    value = head.get("as_of")
    if value is None:
        return None
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    if isinstance(value, str):
        try:
            day = as_day(value)
        except ValueError:
            day = None
        if day is not None and not np.isnat(day):
            return date.fromisoformat(str(day)[:10])
    reader.refuse("toml_wrong_date", "project", "as_of", value=value)
    return None


def _matters(head: dict[str, Any], reader: TomlReader) -> tuple[str, ...]:
    value = head.get("matters", [])
    if isinstance(value, list) and all(isinstance(item, str) and item.strip() for item in value):
        return tuple(dict.fromkeys(item.strip() for item in value))
    reader.refuse("toml_wrong_type", "project", "matters", expected="list")
    return ()


def _map_settings(document: dict[str, Any], reader: TomlReader) -> MapSettings:
    table = reader.table(document, "map")
    for key in reader.unknown(table, MAP_KEYS):
        reader.refuse_word("unknown_key", "map", key, MAP_KEYS)
    basemap = reader.word(table, "basemap", "map", BASEMAPS) or "none"
    key = reader.text(table, "tianditu_key", "map")
    if key and not (key.isascii() and key.isalnum()):
        reader.refuse("tianditu_key_wrong", "map", "tianditu_key")
    if basemap == "tianditu" and not key:
        reader.refuse("tianditu_key_missing", "map", "basemap")
    return MapSettings(basemap, key)


def _practice_settings(document: dict[str, Any], reader: TomlReader) -> PracticeSettings:
    table = reader.table(document, "practice")
    for key in reader.unknown(table, PRACTICE_KEYS):
        reader.refuse_word("unknown_key", "practice", key, PRACTICE_KEYS)
    defaults = PracticeSettings()
    q = reader.number(table, "q", "practice", lambda x: 0 < x < 1)
    days = reader.number(table, "silent_days", "practice", _is_number_of_days)
    return PracticeSettings(
        q=defaults.q if q is None else q,
        silent_days=defaults.silent_days if days is None else int(days),
    )


def _is_number_of_days(value: float) -> bool:
    return 1 <= value <= _MOST_DAYS and value == int(value)


def _rules(document: dict[str, Any], reader: TomlReader) -> str:
    """Return the file of the ordinance, ``""`` where the project names none."""
    if "rules" not in document:
        return ""
    table = reader.table(document, "rules")
    for key in reader.unknown(table, RULES_KEYS):
        reader.refuse_word("unknown_key", "rules", key, RULES_KEYS)
    return _path(table, "rules", reader)


def _path(table: dict[str, Any], where: str, reader: TomlReader) -> str:
    path = reader.text(table, "path", where)
    if not path and isinstance(table.get("path", ""), str):
        reader.refuse("path_missing", where, "path")
    elif is_unsafe_name(path) or "\\" in path:
        reader.refuse("path_unsafe", where, "path", value=path)
    return path


def _layers(document: dict[str, Any], reader: TomlReader) -> Iterator[LayerDeclaration]:
    tables = reader.table(document, "layers")
    for name, value in tables.items():
        if name not in TABLES:
            reader.refuse_word("unknown_layer", "layers", name, tuple(TABLES))
            continue
        several = value if isinstance(value, list) else [value]
        for index, table in enumerate(several, start=1):
            where = f"layers.{name}" + (f"#{index}" if isinstance(value, list) else "")
            if not isinstance(table, dict):
                reader.refuse("toml_wrong_type", "layers", name, expected="table")
                continue
            yield _layer(name, table, where, reader)


def _layer(name: str, table: dict[str, Any], where: str, reader: TomlReader) -> LayerDeclaration:
    for key in reader.unknown(table, LAYER_KEYS):
        reader.refuse_word("unknown_key", where, key, LAYER_KEYS)
    path = _path(table, where, reader)
    encoding = reader.text(table, "encoding", where)
    if encoding and known_encoding(encoding) is None:
        reader.refuse("toml_wrong_word", where, "encoding", value=encoding,
                      suggestion="utf-8 / gb18030")  # fmt: skip
    crs = _crs(table, where, reader)
    if crs and named_crs(crs) is None:
        reader.refuse("toml_wrong_crs", where, "crs", value=crs)
    return LayerDeclaration(
        table=name,
        path=path,
        layer=reader.text(table, "layer", where),
        encoding=encoding,
        datum=reader.word(table, "datum", where, DATUMS),
        datum_checked=reader.truth(table, "datum_checked", where),
        crs=crs,
        axes=reader.word(table, "axes", where, AXES),
        accuracy_m=reader.number(table, "accuracy_m", where, _is_accuracy),
        valid_to_inclusive=reader.truth(table, "valid_to_inclusive", where)
        if "valid_to_inclusive" in table
        else None,
        geometry=_coordinates(table, where, reader),
        columns=_columns(name, table, where, reader),
        constants=_constants(name, table, where, reader),
    )


def _coordinates(table: dict[str, Any], where: str, reader: TomlReader) -> dict[str, str]:
    """Return which columns hold the coordinates: one written shape, or a pair."""
    stated = table.get("geometry", {})
    stated = {"wkt": stated} if isinstance(stated, str) else stated
    known = isinstance(stated, dict) and tuple(sorted(stated)) in _COORDINATES
    if known and all(isinstance(name, str) and name for name in stated.values()):
        return {what: stated[what] for what in NAMES if what in stated}
    if stated:
        reader.refuse("toml_wrong_geometry", where, "geometry", value=stated)
    return {}


#: What may stand in ``geometry`` together, in the order of the alphabet.
_COORDINATES = {("wkt",), ("lonlat",), ("lat", "lon"), ("x", "y")}


def _columns(name: str, table: dict[str, Any], where: str, reader: TomlReader) -> dict[str, str]:
    columns = reader.table(table, "columns", where)
    known = tuple(column.name for column in TABLES[name].columns)
    for ours, theirs in columns.items():
        if ours not in known:
            reader.refuse_word("unknown_column", f"{where}.columns", ours, known)
        elif not isinstance(theirs, str) or not theirs:
            reader.refuse("toml_wrong_type", f"{where}.columns", ours, expected="text")
        elif ours in table.get("constants", {}):
            reader.refuse("column_stated_twice", f"{where}.columns", ours)
    return {ours: theirs for ours, theirs in columns.items() if isinstance(theirs, str)}


def _constants(
    name: str, table: dict[str, Any], where: str, reader: TomlReader
) -> dict[str, object]:
    constants = reader.table(table, "constants", where)
    known = tuple(column.name for column in TABLES[name].columns)
    for ours, value in constants.items():
        if ours not in known:
            reader.refuse_word("unknown_column", f"{where}.constants", ours, known)
        elif isinstance(value, dict):
            reader.refuse("toml_wrong_type", f"{where}.constants", ours, expected="text")
    return constants
