"""Read ``mangqu.toml``: what the project is called, how it is asked, and where its layers lie."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from gis.errors import InputError, InputErrors
from gis.layers.crs import named_crs
from gis.layers.toml_text import toml_document
from gis.layers.values import MOST_ACCURACY_M
from gis.model.project import MapSettings, Name, Settings
from gis.model.tables import TABLES
from gis.readers.encoding import known_encoding
from gis.readers.raw import is_unsafe_name, suggestion

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

PROJECT_FILE = "mangqu.toml"

DATUMS = ("wgs84", "cgcs2000", "gcj02", "bd09")
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
)
MAP_KEYS = ("basemap", "tianditu_key")
LAYER_KEYS = (
    "path",
    "layer",
    "encoding",
    "datum",
    "datum_checked",
    "crs",
    "accuracy_m",
    "columns",
    "constants",
)
#: Understood by later versions; ignoring them now would be a wrong answer.
RESERVED_TABLES = ("zones", "risk", "rules")

#: A wider sliver than this many times its accuracy is a mistake.
_MOST_SLIVER_K = 1000

_REQUIRED_LAYERS = ("jurisdiction", "claims")
_HEADER = re.compile(r"\s*\[\[?\s*([^\]]+?)\s*\]\]?\s*(?:#.*)?$")


@dataclass(frozen=True, slots=True)
class LayerDeclaration:
    """One ``[layers.NAME]`` of the project file.

    Parameters
    ----------
    table
        Table it fills, alone or together with others.
    path
        File, relative to the project's folder.
    layer, encoding, datum, crs
        As stated, or ``""``.
    datum_checked
        Whether the user vouches for the datum, so that the guard only remarks on it.
    accuracy_m
        Stated accuracy in metres, or None.
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
    accuracy_m: float | None = None
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
    """

    settings: Settings
    layers: tuple[LayerDeclaration, ...]


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
    reader = _Reader(text)
    for name in reader.unknown(document, ("project", "map", "layers")):
        if name in RESERVED_TABLES:
            reader.refuse("not_yet", "", name)
        else:
            reader.refuse_word("unknown_table", "", name, ("project", "map", "layers"))
    settings = _settings(document, reader, today=today, as_of=as_of)
    layers = tuple(_layers(document, reader))
    declared = {layer.table for layer in layers}
    # a mistyped name is told already, and would be told twice as a table that is missing
    wanted = () if reader.errors else _REQUIRED_LAYERS
    for table in wanted:
        if table not in declared:
            reader.refuse("layer_required", "", f"layers.{table}")
    if reader.errors:
        raise InputErrors(reader.errors)
    return ProjectFile(settings, layers)


def _text(path: Path) -> str:
    if "\0" in str(path):
        raise InputError("path_unsafe", file=path)
    try:
        return path.read_text("utf-8-sig")
    except FileNotFoundError as error:
        raise InputError("project_missing", file=path) from error
    except UnicodeDecodeError as error:
        raise InputError("wrong_encoding", file=PROJECT_FILE, encoding="UTF-8") from error
    except OSError as error:
        raise InputError(
            "file_unreadable", file=path, reason=error.strerror or str(error)
        ) from error


class _Reader:
    """Takes values out of the parsed file and gathers what is wrong with them."""

    def __init__(self, text: str) -> None:
        self.lines = text.splitlines()
        self.errors: list[InputError] = []

    def refuse(self, problem: str, where: str, key: str, **details: object) -> None:
        error = InputError(problem, file=PROJECT_FILE, row=self._line(where, key))
        error.column = f"{where}.{key}".strip(".")
        error.value = details.pop("value", None)
        error.details.update(details)
        self.errors.append(error)

    def refuse_word(self, problem: str, where: str, word: str, known: tuple[str, ...]) -> None:
        self.refuse(problem, where, word, suggestion=suggestion(word, known))

    def unknown(self, table: dict[str, Any], known: tuple[str, ...]) -> Iterator[str]:
        return (key for key in table if key not in known)

    def table(self, parent: dict[str, Any], key: str, where: str = "") -> dict[str, Any]:
        value = parent.get(key, {})
        if isinstance(value, dict):
            return value
        self.refuse("toml_wrong_type", where, key, expected="table")
        return {}

    def text(self, table: dict[str, Any], key: str, where: str) -> str:
        value = table.get(key, "")
        if isinstance(value, str):
            return value.strip()
        self.refuse("toml_wrong_type", where, key, expected="text")
        return ""

    def word(self, table: dict[str, Any], key: str, where: str, words: tuple[str, ...]) -> str:
        value = self.text(table, key, where)
        if value and value not in words:
            self.refuse(
                "toml_wrong_word", where, key, value=value, suggestion=suggestion(value, words)
            )
            return ""
        return value

    def truth(self, table: dict[str, Any], key: str, where: str) -> bool:
        value = table.get(key, False)
        if isinstance(value, bool):
            return value
        self.refuse("toml_wrong_type", where, key, expected="true / false")
        return False

    def name(self, table: dict[str, Any], key: str, where: str) -> Name:
        value = table.get(key, "")
        if isinstance(value, str):
            return Name(value.strip(), value.strip())
        known = isinstance(value, dict) and set(value) <= {"zh", "en"}
        if known and all(isinstance(text, str) for text in value.values()):
            return Name(value.get("zh", "").strip(), value.get("en", "").strip())
        self.refuse("toml_wrong_name", where, key)
        return Name()

    def number(
        self, table: dict[str, Any], key: str, where: str, allowed: Callable[[float], bool]
    ) -> float | None:
        value = table.get(key)
        if value is None:
            return None
        number = isinstance(value, (int, float)) and not isinstance(value, bool)
        # allowed() is false for NaN as well
        if number and allowed(value):
            return float(value)
        self.refuse("toml_wrong_number", where, key, value=value)
        return None

    def _line(self, where: str, key: str) -> int | None:
        """Return where a key seems to stand; tomllib itself does not say."""
        number = self._line_under(where, key)
        if number is None and "." in where:
            # an inline table has no header of its own
            parent, _, name = where.rpartition(".")
            number = self._line_under(parent, name)
        return number

    def _line_under(self, where: str, key: str) -> int | None:
        """Return the line of a key, or of a table's header, below the header of its table."""
        numbered = re.search(r"#(\d+)", where)
        table = re.sub(r"#\d+", "", where)
        full = f"{table}.{key}".strip(".")
        pattern = re.compile(rf"""(?:^|[{{,])\s*["']?{re.escape(key)}["']?\s*(?:=|\.)""")
        current, seen = "", 0
        for number, line in enumerate(self.lines, start=1):
            header = _HEADER.match(line)
            if header:
                current = re.sub(r"""["'\s]""", "", header[1])
                seen += current == table
                if full == current or current.startswith(f"{full}."):
                    return number
                continue
            here = current == table and (numbered is None or seen == int(numbered[1]))
            if here and pattern.search(line):
                return number
        return None


def _settings(
    document: dict[str, Any], reader: _Reader, *, today: date, as_of: date | None
) -> Settings:
    head = reader.table(document, "project")
    for key in reader.unknown(head, PROJECT_KEYS):
        reader.refuse_word("unknown_key", "project", key, PROJECT_KEYS)
    crs = reader.text(head, "crs", "project") or "auto"
    if crs != "auto":
        found = named_crs(crs)
        if found is None or not (found.is_geographic or found.is_projected):
            reader.refuse("toml_wrong_crs", "project", "crs", value=crs)
        crs = crs.upper()
    defaults = Settings(name=Name(), as_of=today)
    precision = reader.number(head, "precision_m", "project", lambda x: 0 < x <= 1)
    accuracy = reader.number(head, "accuracy_m", "project", _is_accuracy)
    sliver_k = reader.number(head, "sliver_k", "project", _is_factor)
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
        map=_map_settings(document, reader),
    )


def _is_accuracy(value: float) -> bool:
    return 0 <= value <= MOST_ACCURACY_M


def _is_factor(value: float) -> bool:
    return 0 <= value <= _MOST_SLIVER_K


def _as_of(head: dict[str, Any], reader: _Reader) -> date | None:
    value = head.get("as_of")
    if value is None:
        return None
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    if isinstance(value, str):
        try:
            return date.fromisoformat(value.strip())
        except ValueError:
            pass
    reader.refuse("toml_wrong_date", "project", "as_of", value=value)
    return None


def _matters(head: dict[str, Any], reader: _Reader) -> tuple[str, ...]:
    value = head.get("matters", [])
    if isinstance(value, list) and all(isinstance(item, str) and item.strip() for item in value):
        return tuple(dict.fromkeys(item.strip() for item in value))
    reader.refuse("toml_wrong_type", "project", "matters", expected="list")
    return ()


def _map_settings(document: dict[str, Any], reader: _Reader) -> MapSettings:
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


def _layers(document: dict[str, Any], reader: _Reader) -> Iterator[LayerDeclaration]:
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


def _layer(name: str, table: dict[str, Any], where: str, reader: _Reader) -> LayerDeclaration:
    for key in reader.unknown(table, LAYER_KEYS):
        reader.refuse_word("unknown_key", where, key, LAYER_KEYS)
    path = reader.text(table, "path", where)
    if not path and isinstance(table.get("path", ""), str):
        reader.refuse("path_missing", where, "path")
    elif is_unsafe_name(path) or "\\" in path:
        reader.refuse("path_unsafe", where, "path", value=path)
    encoding = reader.text(table, "encoding", where)
    if encoding and known_encoding(encoding) is None:
        reader.refuse("toml_wrong_word", where, "encoding", value=encoding,
                      suggestion="utf-8 / gb18030")  # fmt: skip
    crs = reader.text(table, "crs", where)
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
        accuracy_m=reader.number(table, "accuracy_m", where, _is_accuracy),
        columns=_columns(name, table, where, reader),
        constants=_constants(name, table, where, reader),
    )


def _columns(name: str, table: dict[str, Any], where: str, reader: _Reader) -> dict[str, str]:
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


def _constants(name: str, table: dict[str, Any], where: str, reader: _Reader) -> dict[str, object]:
    constants = reader.table(table, "constants", where)
    known = tuple(column.name for column in TABLES[name].columns)
    for ours, value in constants.items():
        if ours not in known:
            reader.refuse_word("unknown_column", f"{where}.constants", ours, known)
        elif isinstance(value, dict):
            reader.refuse("toml_wrong_type", f"{where}.constants", ours, expected="text")
    return constants
