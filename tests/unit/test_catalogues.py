"""The catalogues: two languages that say the same things."""

from __future__ import annotations

import string

import pytest

from gis.catalogue import LANGUAGES, catalogue
from gis.model.vocabulary import (
    Basis,
    BodyKind,
    ClaimStatus,
    FindingClass,
    LaneFindingClass,
    Level,
    Position,
    Relation,
    Role,
    SliverKind,
    Standing,
    ZoneKind,
)
from webmap.text import page_catalogue

LABELS = {
    "class": (*FindingClass, *LaneFindingClass),
    "meaning": (*FindingClass, *LaneFindingClass),
    "standing": tuple(Standing),
    "zone": tuple(ZoneKind),
    "role": tuple(Role),
    "level": tuple(Level),
    "body_kind": tuple(BodyKind),
    "basis": tuple(Basis),
    "claim_status": tuple(ClaimStatus),
    "sliver": tuple(SliverKind),
    "position": tuple(Position),
    "relation": tuple(Relation),
    "law": (
        "cross_border",
        "back_lane",
        "oil_local",
        "unit_surroundings",
        "unclear",
        "agreement",
        "data",
    ),
}


def _places(text: str) -> list[str]:
    return sorted(name for _, name, _, _ in string.Formatter().parse(text) if name is not None)


@pytest.mark.parametrize("texts", [catalogue, page_catalogue])
def test_both_languages_have_the_same_keys(texts):
    assert texts("zh").texts.keys() == texts("en").texts.keys()


def test_both_languages_name_the_same_values_in_every_sentence():
    chinese, english = (page_catalogue(language).texts for language in LANGUAGES)
    unequal = [
        key
        for key in chinese
        if _places(chinese[key]) != _places(english[key])
        # 等 3 家 counts all of them, "and 2 others" the rest
        and not key.startswith("reason.more.")
    ]
    assert unequal == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_text_is_empty(language):
    assert [key for key, text in page_catalogue(language).texts.items() if text == ""] == []


def test_every_word_of_the_vocabulary_has_a_label():
    texts = catalogue("zh").texts
    missing = [f"{group}.{word}" for group, words in LABELS.items() for word in words]
    assert [key for key in missing if key not in texts] == []
