"""Unpack a ZIP archive into a private folder, within stated limits, and read the layer in it.

Spreadsheets (XLSX, ODS) and KMZ are archives too and are told by what they hold. Names in archives
made on Chinese computers are in GBK without saying so; all are read as UTF-8 where they can be.
Source: PKWARE APPNOTE 6.3.10, 4.4.4 (flags) and appendix D (names).
"""

from __future__ import annotations

import io
import stat
import zipfile
import zlib
from dataclasses import replace
from lzma import LZMAError
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from gis.readers.limits import (
    MOST_BYTES,
    MOST_ENTRIES,
    MOST_RATIO,
    RATIO_COUNTS_FROM_BYTES,
)
from gis.readers.parts import FOLDER_SUFFIX, SIBLINGS
from gis.readers.raw import FileNote, chosen_layer
from gis.readers.spreadsheet import read_spreadsheet
from gis.readers.xml_layers import read_kmz

if TYPE_CHECKING:
    from pathlib import Path

    from gis.readers.desk import Desk
    from gis.readers.raw import LayerFile, RawLayer

#: A file of another's that the layers lie in, by its ending; siblings come with it.
_LAYER_ENDINGS = (
    ".shp", ".tab", ".mif", ".gpkg", ".geojson", ".json", ".geojsonl", ".ndjson", ".fgb",
    ".parquet", ".kml", ".gml", ".dxf", ".csv",
)  # fmt: skip
_SIBLING_ENDINGS = {ending for endings in SIBLINGS.values() for ending in endings}
_OF_SPREADSHEETS = ("xl/workbook.xml", "xl/workbook.bin")
_OPEN_DOCUMENT = "mimetype"
_KML_OF_KMZ = "doc.kml"

_ENCRYPTED, _NAME_IN_UTF8 = 0x1, 0x800
_OLD_NAMES, _CHINESE_NAMES = "cp437", "gb18030"
_ARCHIVE = b"PK\x03\x04"
_CHUNK_BYTES = 1024 * 1024
#: Beside their data, archives carry what desktop programs keep for themselves.
_NOT_DATA = ("__MACOSX/", ".DS_Store", "Thumbs.db")

#: Between the name of a file in an archive and the layer in it.
LAYER_MARK = "/"


def read_archive(source: LayerFile, desk: Desk) -> RawLayer:
    """Read a layer of an archive; ``layer`` names a file in it, or ``file/layer``.

    Raises
    ------
    InputError
        If the archive is damaged, encrypted, unpacks to too much, holds no layer, or holds
        several and none is named.
    """
    try:
        with zipfile.ZipFile(source.path) as archive:
            members = _members(archive, source)
            names = set(members)
            if names.intersection(_OF_SPREADSHEETS) or _is_open_document(archive, members):
                return read_spreadsheet(source, desk)
            if _KML_OF_KMZ in names or _only_kml(names):
                return read_kmz(source, desk)
            unpacked = _unpacked(archive, members, desk.folder / "unpacked", source)
    except (zipfile.BadZipFile, zlib.error, LZMAError, EOFError, NotImplementedError) as error:
        raise source.error("file_damaged", reason=str(error)) from error
    return _read_within(unpacked, source, desk)


def _members(archive: zipfile.ZipFile, source: LayerFile) -> dict[str, zipfile.ZipInfo]:
    """Return the files of an archive by name, refusing what no honest one holds."""
    entries = archive.infolist()
    if len(entries) > MOST_ENTRIES:
        raise source.error("archive_too_large", found=len(entries), limit=MOST_ENTRIES)
    members: dict[str, zipfile.ZipInfo] = {}
    for entry in entries:
        name = _name(entry)
        path = PurePosixPath(name)
        kind = entry.external_attr >> 16
        if path.is_absolute() or ".." in path.parts or "\\" in name or stat.S_ISLNK(kind):
            raise source.error("archive_path_unsafe", value=name)
        if entry.is_dir() or name.startswith(_NOT_DATA[0]) or path.name in _NOT_DATA:
            continue
        if entry.flag_bits & _ENCRYPTED:
            raise source.error("archive_encrypted")
        if name.lower() in (known.lower() for known in members):
            raise source.error("archive_name_repeated", value=name)
        members[name] = entry
    total = sum(entry.file_size for entry in members.values())
    packed = max(sum(entry.compress_size for entry in members.values()), 1)
    if total > MOST_BYTES or (total > RATIO_COUNTS_FROM_BYTES and total > packed * MOST_RATIO):
        raise source.error("archive_unpacks_to_too_much", found=total, limit=MOST_BYTES)
    return members


def _name(entry: zipfile.ZipInfo) -> str:
    if entry.flag_bits & _NAME_IN_UTF8:
        return entry.filename
    # without the flag, Python has taken each byte for a character of the first IBM computers
    name = entry.filename.encode(_OLD_NAMES, "replace")
    for encoding in ("utf-8", _CHINESE_NAMES):
        try:
            return name.decode(encoding)
        except UnicodeDecodeError:
            continue
    return entry.filename


def _is_open_document(archive: zipfile.ZipFile, members: dict[str, zipfile.ZipInfo]) -> bool:
    entry = members.get(_OPEN_DOCUMENT)
    if entry is None or entry.file_size > len(_SPREADSHEET_MIME) * 2:
        return False
    return archive.read(entry).startswith(_SPREADSHEET_MIME)


_SPREADSHEET_MIME = b"application/vnd.oasis.opendocument.spreadsheet"


def _only_kml(names: set[str]) -> bool:
    kml = [name for name in names if name.lower().endswith(".kml")]
    others = [name for name in names if _ending(name) in _LAYER_ENDINGS and name not in kml]
    return len(kml) == 1 and not others


def _unpacked(
    archive: zipfile.ZipFile,
    members: dict[str, zipfile.ZipInfo],
    folder: Path,
    source: LayerFile,
) -> dict[str, Path]:
    """Write what may be part of a layer below a folder; return each data set's path by its name."""
    sets: dict[str, Path] = {}
    for name, entry in members.items():
        path = PurePosixPath(name)
        within = next((p for p in path.parents if p.suffix.lower() == FOLDER_SUFFIX), None)
        wanted = _ending(name) in (*_LAYER_ENDINGS, *_SIBLING_ENDINGS, ".xml")
        if within is None and not wanted:
            continue
        place = folder.joinpath(*path.parts)
        place.parent.mkdir(parents=True, exist_ok=True)
        _unpack(archive, entry, place, source)
        if within is not None:
            sets[str(within)] = folder.joinpath(*within.parts)
        elif _ending(name) in _LAYER_ENDINGS:
            sets[name] = place
    return sets


def _unpack(
    archive: zipfile.ZipFile, entry: zipfile.ZipInfo, place: Path, source: LayerFile
) -> None:
    left = entry.file_size
    with archive.open(entry) as packed, place.open("xb") as file:
        while chunk := packed.read(_CHUNK_BYTES):
            left -= len(chunk)
            if left < 0:  # more than the archive's own list of contents says
                raise source.error("file_damaged", reason=entry.filename)
            file.write(chunk)


def _ending(name: str) -> str:
    return PurePosixPath(name).suffix.lower()


def _read_within(sets: dict[str, Path], source: LayerFile, desk: Desk) -> RawLayer:
    from gis.readers.formats import read_file

    name, layer = _split(source.layer, sets)
    drawn = {name: int(not source.wanted or _ending(name) != ".csv") for name in sets}
    chosen = chosen_layer(drawn, replace(source, layer=name))
    inner = replace(source, path=sets[chosen], shown=f"{source.shown}/{chosen}", layer=layer)
    with inner.path.open("rb") if inner.path.is_file() else io.BytesIO() as file:
        if file.read(len(_ARCHIVE)) == _ARCHIVE:
            raise inner.error("archive_within")
    raw = read_file(inner, desk)
    named = LAYER_MARK.join(filter(None, (chosen if len(sets) > 1 else "", raw.layer)))
    taken = () if source.layer or len(sets) == 1 else (FileNote("member_taken", {"name": chosen}),)
    return replace(
        raw,
        layer=named if source.layer else raw.layer,
        files=(source.path,),
        notes=(*raw.notes, *taken),
    )


def _split(layer: str, sets: dict[str, Path]) -> tuple[str, str]:
    """Return which file of the archive is meant, and which layer in it."""
    for name in sets:
        if layer == name:
            return name, ""
        if layer.startswith(name + LAYER_MARK):
            return name, layer.removeprefix(name + LAYER_MARK)
    return ("", layer) if len(sets) == 1 else (layer, "")
