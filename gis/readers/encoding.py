"""Which encoding a text without a label is in: asked of the bytes, never assumed."""

from __future__ import annotations

import codecs
import re

#: GB18030 reads everything that GBK and GB 2312 write.
_CHINESE = "gb18030"
_ALIASES = {"gbk": _CHINESE, "gb2312": _CHINESE, "cp936": _CHINESE, "936": _CHINESE}

#: Python's codecs that make text of no file, some of them with halves of characters in it.
_NOT_OF_FILES = {"idna", "punycode", "raw-unicode-escape", "unicode-escape", "utf-7"}

#: Tried in this order on unlabelled bytes; both are strict enough to fail on the other's text.
GUESSES = ("utf-8", _CHINESE)


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


def decodes(parts: list[bytes], encoding: str) -> bool:
    """Tell whether an encoding makes text of every part."""
    try:
        for part in parts:
            part.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True


def guessed_encoding(parts: list[bytes]) -> str | None:
    """Return the first of ``GUESSES`` that makes text of every part, or None."""
    return next((encoding for encoding in GUESSES if decodes(parts, encoding)), None)
