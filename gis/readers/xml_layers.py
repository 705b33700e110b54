"""Read KML, KMZ and GML: looked through first for what XML can hide, then read by GDAL.

GDAL is shown a copy in UTF-8 without a document type, so that there is no entity to unfold, no
schema to fetch and no link to follow, and features are counted before it sees them.
"""

from __future__ import annotations

import codecs
import contextlib
import html
import re
import zipfile
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING
from xml.parsers import expat

from gis.readers.encoding import known_encoding
from gis.readers.gdal_layer import layers_of, read_gdal_layer
from gis.readers.limits import MOST_BYTES

if TYPE_CHECKING:
    from pathlib import Path

    from gis.readers.desk import Desk
    from gis.readers.raw import LayerFile, RawLayer

MOST_DEPTH = 200

_DECLARATION = re.compile(r"\s*<\?xml[^>]*\?>")
_ENCODING = re.compile(r"""encoding\s*=\s*["']([\w.:-]+)["']""")
_DECLARATION_CHARACTERS = 300
_WRITTEN_DECLARATION = b'<?xml version="1.0" encoding="UTF-8"?>\n'
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_NAMESPACE_END = " "
_GML_NAMESPACE = "opengis.net/gml"
_GML_MEMBERS = ("featureMember", "featureMembers", "member")
#: Columns that GDAL adds to every KML layer, with what stands there if the file says nothing.
_ADDED_TO_KML = {
    "Name": None, "description": None, "timestamp": None, "begin": None, "end": None,
    "altitudeMode": None, "tessellate": -1,
    "extrude": 0, "visibility": -1, "drawOrder": None, "icon": None, "snippet": None,
}  # fmt: skip


class _TooDeepError(ValueError):
    """Elements lie in one another deeper than ``MOST_DEPTH``."""


class _DocumentTypeError(ValueError):
    """There is a document type, which may define entities."""


@dataclass(slots=True)
class _Contents:
    """What an XML document holds, as seen from its tags."""

    root: str = ""
    open_tags: list[str] = field(default_factory=list)
    placemarks: int = 0
    members: int = 0
    renamed: dict[str, str] = field(default_factory=dict)

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """Note that an element begins."""
        del attributes
        local = name.rpartition(_NAMESPACE_END)[2]
        if not self.open_tags:
            self.root = "kml" if local == "kml" else "gml" if _is_gml(name) else local
        if len(self.open_tags) >= MOST_DEPTH:
            raise _TooDeepError
        self.placemarks += local == "Placemark"
        held = bool(self.open_tags) and self.open_tags[-1] in _GML_MEMBERS
        within = any(tag in _GML_MEMBERS for tag in self.open_tags[:-1])
        self.members += held and not within
        self.open_tags.append(local)

    def end(self, name: str) -> None:
        """Note that an element ends."""
        del name
        self.open_tags.pop()


def _is_gml(root: str) -> bool:
    return _GML_NAMESPACE in root or root.rpartition(_NAMESPACE_END)[2] == "FeatureCollection"


def root_of(head: bytes) -> str:
    """Return ``"kml"`` or ``"gml"`` if an XML file that begins so is one of them, else its root."""
    contents = _Contents()
    try:
        text = _decoded(head, None)
    except LookupError:
        return ""
    # what is wrong is told where the whole is looked through
    with contextlib.suppress(expat.ExpatError, _TooDeepError):
        parser = _parser(contents)
        parser.StartDoctypeDeclHandler = None
        parser.Parse(text.encode("utf-8", "replace"), False)
    if contents.root not in {"kml", "gml"} and _GML_NAMESPACE in text:
        return "gml"
    return contents.root


def read_kml(source: LayerFile, desk: Desk) -> RawLayer:
    """Read a folder of a KML file, as a layer.

    Raises
    ------
    InputError
        If it is no well-formed XML, has a document type, is nested too deeply, or GDAL finds
        fewer placemarks than there are.
    """
    return _read_kml(source.path.read_bytes(), source, desk)


def read_kmz(source: LayerFile, desk: Desk) -> RawLayer:
    """Read the document of a KMZ file.

    Raises
    ------
    InputError
        As for :func:`read_kml`, or if it is too large unpacked.
    """
    with zipfile.ZipFile(source.path) as archive:
        named = [name for name in archive.namelist() if name.lower().endswith(".kml")]
        names = [name for name in named if not name.startswith("__MACOSX/")] or named
        main = "doc.kml" if "doc.kml" in names else names[0]
        if archive.getinfo(main).file_size > MOST_BYTES:
            raise source.error("file_too_large", limit=MOST_BYTES)
        content = archive.read(main)
    return _read_kml(content, source, desk)


def read_gml(source: LayerFile, desk: Desk) -> RawLayer:
    """Read a feature type of a GML file.

    Raises
    ------
    InputError
        As for :func:`read_kml`.
    """
    place = desk.folder / "layer.gml"
    contents = _copied(source.path.read_bytes(), place, source)
    if contents.members:
        _refuse_unless_all(sum(layers_of(place, "GML", source).values()), contents.members, source)
    return read_gdal_layer(place, "GML", source, desk)


def _read_kml(content: bytes, source: LayerFile, desk: Desk) -> RawLayer:
    place = desk.folder / "layer.kml"
    contents = _copied(content, place, source)
    if contents.placemarks == 0:
        raise source.error("layer_missing")
    _refuse_unless_all(
        sum(layers_of(place, "LIBKML", source).values()), contents.placemarks, source
    )
    raw = read_gdal_layer(place, "LIBKML", source, desk)
    for name, unsaid in _ADDED_TO_KML.items():
        if all(value in {unsaid, None} for value in raw.columns.get(name, ["kept"])):
            del raw.columns[name]
    columns = {contents.renamed.get(name, name): cells for name, cells in raw.columns.items()}
    return replace(raw, columns=columns)


def _refuse_unless_all(found: int, expected: int, source: LayerFile) -> None:
    if found != expected:
        raise source.error("rows_missing", expected=expected, found=found)


def _copied(content: bytes, place: Path, source: LayerFile) -> _Contents:
    """Write a copy in UTF-8 and return what the document holds."""
    try:
        text = _decoded(content, source)
    except UnicodeDecodeError as error:
        raise source.error("wrong_encoding", encoding=error.encoding) from error
    except LookupError as error:
        raise source.error("encoding_unknown", encoding=str(error)) from error
    contents = _Contents()
    clean = text.encode("utf-8", "surrogatepass")
    try:
        _parser(contents).Parse(clean, True)
    except expat.ExpatError as error:
        reason = expat.ErrorString(error.code)
        raise source.error("xml_damaged", row=error.lineno, reason=reason) from error
    except _DocumentTypeError as error:
        raise source.error("xml_with_document_type") from error
    except _TooDeepError as error:
        raise source.error("xml_nested_deeply", limit=MOST_DEPTH) from error
    renamed, contents.renamed = _with_plain_names(text)
    place.write_bytes(_WRITTEN_DECLARATION + renamed.encode("utf-8", "surrogatepass"))
    return contents


def _with_plain_names(text: str) -> tuple[str, dict[str, str]]:
    """Return a document whose data have names that GDAL keeps, and what they were before.

    Of a name that is not ASCII its KML driver keeps nothing, so that several become one column.
    """
    before: dict[str, str] = {}
    plain: dict[str, str] = {}

    def rename(match: re.Match[str]) -> str:
        name = html.unescape(match["name"] or "")
        if name.isascii():
            return match[0]
        if name not in plain:
            plain[name] = f"mangqu_data_{len(plain) + 1}"
            before[plain[name]] = name
        return f"{match['start']}{match['quote']}{plain[name]}{match['quote']}"

    return _DATA_NAME.sub(rename, text), before


#: The name of a datum (KML 2.2, 9.2); what stands in comments and CDATA is none.
_DATA_NAME = re.compile(
    r"""(?P<skipped><!--.*?-->|<!\[CDATA\[.*?\]\]>)"""
    r"""|(?P<start><(?:\w+:)?Data\b[^>]*?\sname\s*=\s*)(?P<quote>["'])(?P<name>.*?)(?P=quote)""",
    re.DOTALL,
)


def _decoded(content: bytes, source: LayerFile | None) -> str:
    """Return the text of a document without its declaration, which would name another encoding.

    Without a source, what cannot be decoded is replaced.

    Raises
    ------
    UnicodeDecodeError
        If the text is not in the encoding that it states.
    LookupError
        If there is no such encoding.
    """
    marked = next((name for mark, name in _MARKS if content.startswith(mark)), "")
    beginning = content[:_DECLARATION_CHARACTERS].decode(marked or "latin-1", "replace")
    declaration = _DECLARATION.match(beginning.removeprefix("\ufeff"))
    declared = _ENCODING.search(declaration[0]) if declaration else None
    stated = source.encoding if source is not None else ""
    stated = stated or (declared[1] if declared else "")
    name = marked or (known_encoding(stated) if stated else "utf-8")
    if name is None:
        raise LookupError(stated)
    text = content.decode(name, "replace" if source is None else "strict").removeprefix("\ufeff")
    found = _DECLARATION.match(text[:_DECLARATION_CHARACTERS])
    return text[found.end() :] if found else text


def _parser(contents: _Contents) -> expat.XMLParserType:
    parser = expat.ParserCreate(encoding="utf-8", namespace_separator=_NAMESPACE_END)
    parser.StartElementHandler = contents.start
    parser.EndElementHandler = contents.end
    parser.StartDoctypeDeclHandler = _refuse_document_type
    return parser


def _refuse_document_type(*declared: object) -> None:
    del declared
    raise _DocumentTypeError
