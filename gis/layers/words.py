"""Take what people call a thing for our word, and list the words there are."""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from typing import TYPE_CHECKING

from gis.catalogue import LANGUAGES, Catalogue, Worded, catalogue
from gis.model.vocabulary import ZoneKind
from gis.readers.likeness import Known

if TYPE_CHECKING:
    from collections.abc import Iterable

#: Groups of labels in the catalogues that name the words of some column.
_LABEL_GROUPS = (
    "role",
    "level",
    "basis",
    "claim_status",
    "body_kind",
    "matter_kind",
    "zone",
    "event_kind",
)

_PARTS_OF_A_LABEL = re.compile(r"[（）()]")

#: Words of the trade beside those of the catalogues, by ours. 主管 is none of them: a body in
#: charge (主管部门) may answer for the work or only supervise who does.
_FURTHER_WORDS = {
    "lead": ("牵头", "牵头单位", "主责单位", "责任单位"),
    "assist": ("配合", "配合单位", "协助", "协管", "协办", "协同单位"),
    "supervise": ("监督", "监管"),
    "fallback": ("兜底单位",),
    "first_receiver": ("首问", "首接单位", "首问单位"),
    "sponsor": ("包保单位",),
    "province": ("省",),
    "city": ("市", "地市级", "设区市级"),
    "county": ("县级", "区级", "县", "区", "区县", "县区", "区县级", "县（区）", "县（区）级"),
    "street": ("乡镇", "镇", "乡", "乡级", "镇级", "乡镇级", "街道", "街道办", "街道办事处"),
    "community": ("村", "社区", "居委会", "村委会", "村级", "社区级"),
    "grid": ("网格级",),
    "law": ("法律", "法规"),
    "decision": ("三定方案", "三定规定", "文件"),
    "custom": ("习惯",),
    "oil_local": ("油地交叉", "油地交叉区域"),
    "fringe": ("城乡接合部", "城乡结合部"),
    "unit_surroundings": ("驻县单位周边", "驻区单位周边", "驻市单位周边", "单位周边"),
    "back_lane": ("背街小巷",),
}

#: The kinds of zone for which the product has rules; a user may add others.
ZONE_KINDS = tuple(ZoneKind)


class Offered(tuple[str, ...], Worded):
    """The words that a column may hold, in the language of the message."""

    __slots__ = ()

    def in_words(self, texts: Catalogue) -> str:
        """Return each word once, as the product calls it."""
        group = _group(tuple(self))
        called = [texts.label(group, word) if group else word for word in self]
        return texts.text("list.between").join(dict.fromkeys(called))


def our_word(value: str, choices: tuple[str, ...]) -> str | None:
    """Return the one of our words that a text means, or None.

    Parameters
    ----------
    value
        Our word, or what the product or the trade calls it, in any case and width.
    choices
        Our words.
    """
    if value in choices:
        return value
    return _words_by_label(choices).get(_folded(value))


def closest_words(value: str, choices: tuple[str, ...]) -> Iterable[str]:
    """Return our words whose names come closest to a text; all where none does."""
    called = _words_by_label(choices)
    hint = Known(called).closest(_folded(value)).split(" / ")
    return dict.fromkeys(called[part] for part in hint if part in called)


def _folded(text: str) -> str:
    return unicodedata.normalize("NFKC", text).strip().casefold()


@cache
def _words_by_label(choices: tuple[str, ...]) -> dict[str, str]:
    """Return our words by what the product and the trade call them, in both languages.

    A table that a person keeps says 主责 and 县区级, or 县区; both mean our words, and so do both
    halves of 街道（乡镇）级.
    """
    words = {word: word for word in choices}
    group = _group(choices)
    for language in LANGUAGES if group else ():
        for word in choices:
            label = catalogue(language).texts[f"{group}.{word}"]
            short = label.removesuffix("级")
            for part in (label, short, *_PARTS_OF_A_LABEL.split(short)):
                words.setdefault(_folded(part), word)
    for word in choices:
        for further in _FURTHER_WORDS.get(word, ()):
            words.setdefault(_folded(further), word)
    words.pop("", None)
    return words


@cache
def _group(choices: tuple[str, ...]) -> str:
    """Return the group of labels in the catalogues that names some words, or ``""``."""
    texts = catalogue(LANGUAGES[0]).texts
    for group in _LABEL_GROUPS:
        if all(f"{group}.{word}" in texts for word in choices):
            return group
    return ""
