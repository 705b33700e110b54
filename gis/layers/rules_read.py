"""Open the ordinance that a project names, and hold it against the project's tables."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from gis.errors import InputError, InputErrors
from gis.layers.rules_file import Known, law_stated
from gis.model.project import Source

if TYPE_CHECKING:
    from pathlib import Path

    from gis.layers.crosschecks import Table
    from gis.layers.refusals import Refusals
    from gis.model.law import Law

#: An ordinance is read by people; more than this is something else.
_MOST_BYTES = 4 << 20


def read_law(
    folder: Path, path: str, tables: dict[str, Table], wanting: set[str], refusals: Refusals
) -> tuple[Law | None, tuple[Source, ...]]:
    """Read an ordinance.

    Parameters
    ----------
    folder
        The project's folder, resolved.
    path
        The file relative to it, or ``""`` for none.
    tables
        The project's tables, related.
    wanting
        Tables of which a layer could not be read; what they lack may stand there.
    refusals
        What is wrong with it is added here.

    Returns
    -------
    law, sources
        None where there is none or it is refused; where it came from, as the project keeps it.
    """
    if not path:
        return None, ()
    try:
        content = _content(folder, path)
        text = _text(content, path)
        law = law_stated(text, path, _known(tables, wanting))
    except InputErrors as error:
        refusals.add(error.errors)
    except InputError as error:
        refusals.add([error])
    else:
        return law, (_source(law, path, content),)
    return None, ()


def _content(folder: Path, path: str) -> bytes:
    file = folder / path
    if not file.resolve().is_relative_to(folder) or ".." in file.parts:
        raise InputError("path_outside", file=path)
    try:
        if file.stat().st_size > _MOST_BYTES:
            raise InputError("rules_too_large", file=path)
        return file.read_bytes()
    except FileNotFoundError as error:
        raise InputError("file_missing", file=path) from error
    except OSError as error:
        raise InputError(
            "file_unreadable", file=path, reason=error.strerror or str(error)
        ) from error


def _text(content: bytes, path: str) -> str:
    try:
        # TOML ends its lines either way, and tomllib reads only one
        return content.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        raise InputError("wrong_encoding", file=path, encoding="UTF-8") from error


def _known(tables: dict[str, Table], wanting: set[str]) -> Known:
    def names(table: str, column: str) -> frozenset[str] | None:
        own = tables[table]
        whole = own.whole and table not in wanting
        return frozenset(own.frame[column].tolist()) - {""} if whole else None

    matters = tables["matters"].frame
    parents = dict(zip(matters["matter_id"].tolist(), matters["parent_id"].tolist(), strict=True))
    return Known(
        bodies=names("bodies", "body_id"),
        matters=None if names("matters", "matter_id") is None else parents,
        zones=names("zones", "kind"),
        place_kinds=names("places", "kind"),
        districts=names("jurisdiction", "district_id"),
    )


def _source(law: Law, path: str, content: bytes) -> Source:
    return Source(
        table="rules",
        path=path,
        layer="",
        files={path: hashlib.sha256(content).hexdigest()},
        rows=len(law.rules),
        crs="",
        datum="",
        accuracy_m=None,
    )
