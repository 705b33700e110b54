"""Which encoding a text without a label is in: asked of the bytes, never assumed."""

from __future__ import annotations

import codecs
import re
from typing import TYPE_CHECKING

from gis.readers.raw import FileNote

if TYPE_CHECKING:
    from collections.abc import Iterable

    from gis.readers.raw import LayerFile

#: GB18030 reads everything that GBK and GB 2312 write.
_CHINESE = "gb18030"
_ALIASES = {"gbk": _CHINESE, "gb2312": _CHINESE, "cp936": _CHINESE, "936": _CHINESE}

#: Python's codecs that make text of no file, some of them with halves of characters in it.
_NOT_OF_FILES = {"idna", "punycode", "raw-unicode-escape", "unicode-escape", "utf-7"}


def known_encoding(label: str) -> str | None:
    """Return Python's name of a text encoding, or None where there is none of that name."""
    word = label.strip().lower().replace("ansi", "").replace("oem", "").strip()
    if word in _ALIASES:
        return _ALIASES[word]
    number = re.fullmatch(r"(?:cp)?(\d{3,5})", word)
    if number:
        word = "utf-8" if number[1] == "65001" else f"cp{number[1]}"
    try:
        found = codecs.lookup(word)
        "".encode(found.name)  # base64 and its like are codecs too, but not of text
    except (LookupError, ValueError):
        return None
    if found.name.replace("_", "-") in _NOT_OF_FILES:
        return None
    return _ALIASES.get(found.name, found.name)


def text_encoding(
    parts: Iterable[bytes], source: LayerFile, label: str = "", driver: str = ""
) -> tuple[str, list[FileNote]]:
    """Return the encoding of a file's texts: as stated, as labelled, or as the bytes tell.

    Parameters
    ----------
    parts
        Texts of the file, each whole. ASCII tells nothing and may be left out.
    source
        The file; the encoding that the user states for it goes before all others.
    label
        What the file's maker says beside it, such as the content of a ``.cpg``, or ``""``.
    driver
        Encoding that a mark within the file stands for, or ``""``.

    Returns
    -------
    encoding
        Python's name of it.
    notes
        A remark with a sample where nothing but the bytes decided against UTF-8.

    Raises
    ------
    InputError
        If no such encoding is known, or the bytes leave it open: then with what a sample would
        say in each.
    """
    stated = source.encoding or label
    if stated:
        encoding = known_encoding(stated)
        if encoding is None:
            raise source.error("encoding_unknown", encoding=stated)
        return encoding, []
    if driver:
        return driver, []
    telling = sorted({part for part in parts if not part.isascii()})
    if decodes(telling, "utf-8"):
        return "utf-8", _doubts(telling)
    sample = next(part for part in telling if not decodes([part], "utf-8"))
    if not decodes(telling, _CHINESE) or not _is_common_chinese(telling):
        readings = " / ".join(f"{name}: {preview(sample, name)}" for name in _OFFERED)
        raise source.error("encoding_unclear", readings=readings)
    details: dict[str, object] = {
        "encoding": _CHINESE,
        "sample": preview(sample, _CHINESE),
        "otherwise": preview(sample, "utf-8"),
    }
    return _CHINESE, [FileNote("encoding_guessed", details)]


def _doubts(telling: list[bytes]) -> list[FileNote]:
    """Return a remark where texts are UTF-8 and yet make Chinese only as GB 18030."""
    if not telling or any(_is_chinese(part.decode("utf-8")) for part in telling):
        return []
    if not decodes(telling, _CHINESE) or not _is_common_chinese(telling):
        return []
    sample = telling[0]
    details: dict[str, object] = {
        "sample": preview(sample, "utf-8"),
        "otherwise": preview(sample, _CHINESE),
    }
    return [FileNote("encoding_doubted", details)]


def _is_chinese(text: str) -> bool:
    return any(_is_in_gb2312(mark) for mark in text if not mark.isascii())


def preview(text: bytes, encoding: str) -> str:
    """Return the beginning of a text as it reads in an encoding, a mark for what does not."""
    shown = text[:_PREVIEW_BYTES].decode(encoding, "replace").strip()
    return "".join(mark if mark.isprintable() else " " for mark in shown)[:_PREVIEW_MARKS]


#: Encodings of which a sample is shown where the bytes leave it open.
_OFFERED = ("utf-8", _CHINESE, "big5", "cp1252")
_PREVIEW_BYTES, _PREVIEW_MARKS = 64, 24

#: Latin, Greek and traditional Chinese texts often are GB 18030 as well, but of characters that
#: nobody writes; names of Chinese places are within GB 2312 but for one in some hundred.
_COMMON_PART = 0.8


def _is_common_chinese(parts: list[bytes]) -> bool:
    marks = [mark for part in parts for mark in part.decode(_CHINESE) if not mark.isascii()]
    common = sum(_is_in_gb2312(mark) for mark in set(marks))
    return common >= _COMMON_PART * len(set(marks))


def _is_in_gb2312(mark: str) -> bool:
    try:
        mark.encode("gb2312")
    except UnicodeEncodeError:
        return False
    return True


def decodes(parts: list[bytes], encoding: str) -> bool:
    """Tell whether an encoding makes text of every part."""
    try:
        for part in parts:
            part.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True
