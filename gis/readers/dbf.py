"""Read the attribute table of a Shapefile (dBASE III), knowing each byte's encoding.

The usual readers take GBK for Latin-1 where no label says otherwise, cut a text at its first NUL,
and stop without a word where the file ends early; here each of these is refused or asked about.
"""

from __future__ import annotations

import codecs
import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from gis.readers.encoding import decodes, text_encoding
from gis.readers.raw import FileNote, LayerFile, unique_columns

if TYPE_CHECKING:
    import numpy.typing as npt

    from gis.model.arrangement import BoolArray

#: Language driver byte; those that mean "whatever this computer uses" are left out.
_LANGUAGE_DRIVERS = {
    0x01: "cp437", 0x02: "cp850", 0x03: "cp1252", 0x13: "cp932", 0x4D: "gb18030",
    0x4E: "cp949", 0x4F: "cp950", 0x78: "cp950", 0x79: "cp949", 0x7A: "gb18030",
    0x7B: "cp932", 0xC8: "cp1250", 0xC9: "cp1251",
}  # fmt: skip

_FIELD_BYTES = 32
_DELETED = ord("*")
#: Kinds that a Shapefile may have. Others stand for text in a second file, or are in binary.
_KINDS = "CNFDL"
_END_OF_FIELDS = 0x0D


@dataclass(frozen=True, slots=True)
class DbfTable:
    """The records of a DBF file that are not deleted.

    Parameters
    ----------
    columns
        Values by name.
    records
        Number of records in the file, the deleted ones counted.
    deleted
        Which records are deleted; shape (records,).
    notes
        A remark where nothing labelled the encoding and the bytes decided.
    """

    columns: dict[str, list[object]]
    records: int
    deleted: BoolArray
    notes: tuple[FileNote, ...]


@dataclass(frozen=True, slots=True)
class _Field:
    name: bytes
    kind: str
    values: list[bytes]


def read_dbf(content: bytes, label: str, source: LayerFile) -> DbfTable:
    """Read a DBF file.

    Parameters
    ----------
    content
        The whole file.
    label
        What the ``.cpg`` file beside it says, or ``""``. An encoding stated in ``source`` goes
        before it, the file's own language driver byte after it.
    source
        The Shapefile, for messages.

    Raises
    ------
    InputError
        If the file ends early, its text is not in the encoding stated, or no encoding is
        stated and the bytes leave it open.
    """
    if len(content) < _FIELD_BYTES:
        raise source.error("file_truncated", part=".dbf")
    records, header_bytes, record_bytes = struct.unpack("<xxxxIHH", content[:12])
    table_bytes = content[header_bytes : header_bytes + records * record_bytes]
    if record_bytes == 0 or len(table_bytes) < records * record_bytes:
        raise source.error("file_truncated", part=".dbf")
    cells = np.frombuffer(table_bytes, dtype=np.uint8).reshape(records, record_bytes)
    deleted: BoolArray = cells[:, 0] == _DELETED
    fields = _fields(content[:header_bytes], cells[~deleted], source)
    encoding, notes = _encoding(fields, content[29], label, source)
    names = [_name(field.name, encoding, source) for field in fields]
    unique_columns(names, source)
    columns = {
        name: _values(field, name, encoding, source)
        for name, field in zip(names, fields, strict=True)
    }
    return DbfTable(columns, records, deleted, tuple(notes))


def _fields(header: bytes, cells: npt.NDArray[np.uint8], source: LayerFile) -> list[_Field]:
    fields = []
    start = 1  # after the byte that marks a deleted record
    for at in range(_FIELD_BYTES, len(header), _FIELD_BYTES):
        if header[at] == _END_OF_FIELDS:
            break
        if at + _FIELD_BYTES > len(header):
            raise source.error("file_truncated", part=".dbf")
        name = header[at : at + 11].split(b"\0", maxsplit=1)[0]
        length = header[at + 16]
        block = np.ascontiguousarray(cells[:, start : start + length])
        if block.shape[1] != length or length == 0:
            raise source.error("file_truncated", part=".dbf")
        values = block.view(f"S{length}").ravel().tolist()
        fields.append(_Field(name, chr(header[at + 11]), values))
        if fields[-1].kind not in _KINDS:
            reason = f"{name.decode('latin-1')}: {fields[-1].kind}"
            raise source.error("file_damaged", reason=reason)
        start += length
    if start != cells.shape[1]:  # the columns are not where the header has them
        raise source.error("file_damaged", reason=f".dbf: {start} ≠ {cells.shape[1]}")
    return fields


def _encoding(
    fields: list[_Field], driver: int, label: str, source: LayerFile
) -> tuple[str, list[FileNote]]:
    values = {value for field in fields if field.kind == "C" for value in field.values}
    # a name of ten bytes may end within a character, so names decide only where they are whole
    names = [field.name for field in fields]
    whole = [name for name in names if decodes([name], "utf-8")]
    only_names_tell = len(whole) < len(names) and all(value.isascii() for value in values)
    telling = names if only_names_tell else [*values, *whole]
    return text_encoding(telling, source, label, _LANGUAGE_DRIVERS.get(driver, ""))


def _name(name: bytes, encoding: str, source: LayerFile) -> str:
    # a name has room for ten bytes, so its last character may be cut in two
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        return decoder.decode(name, final=False).strip()
    except UnicodeDecodeError as error:
        raise source.error("wrong_encoding", encoding=encoding) from error


def _values(field: _Field, name: str, encoding: str, source: LayerFile) -> list[object]:
    known: dict[bytes, object] = {}
    values = []
    for row, value in enumerate(field.values, start=1):
        if value not in known:
            try:
                known[value] = _value(value, field.kind, encoding)
            except UnicodeDecodeError as error:
                raise source.error(
                    "wrong_encoding", row=row, column=name, encoding=encoding
                ) from error
            if b"\0" in value.rstrip(b"\0 ") and field.kind == "C":
                raise source.error("nul_in_text", row=row, column=name)
        values.append(known[value])
    return values


def _value(value: bytes, kind: str, encoding: str) -> object:
    text = value.decode(encoding if kind == "C" else "latin-1").strip(" \0")
    if kind in "NF":
        return _number(text)
    if kind == "D":
        return None if not text.strip("0") else text
    if kind == "L":
        return {"T": True, "Y": True, "F": False, "N": False}.get(text.upper())
    return text or None


def _number(text: str) -> object:
    if not text.strip("*"):
        return None  # a row of asterisks marks a number that did not fit
    if "_" in text:  # Python's own way of writing numbers
        return text
    try:
        return int(text)
    except ValueError:
        pass
    try:
        return float(text)
    except ValueError:
        return text
