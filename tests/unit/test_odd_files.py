"""Good, odd and bad files, one by one: what is read, mended with a note, or refused."""

from __future__ import annotations

import pytest

from gis.errors import InputError, InputErrors
from gis.layers import read_one_layer
from tests.odd_files import ODD_FILES


def outcome(spec, asked):
    """Return in one line what becomes of a file, after rendering messages in both languages."""
    try:
        layer = read_one_layer(str(spec), **asked)
    except (InputError, InputErrors) as refusal:
        error = refusal.errors[0] if isinstance(refusal, InputErrors) else refusal
        assert error.render("zh") != error.render("en")
        assert "\n" not in error.render("zh")
        parts = {"row": error.row, "column": error.column}
        place = [f"{part} {value}" for part, value in parts.items() if value]
        return " ".join(["refused", error.problem, *place])
    notes = [f"{note.kind} {note.problem} {note.row}" for note in (*layer.remarks, *layer.refused)]
    return "; ".join([f"read {len(layer.frame)}", *notes])


def test_the_shelf_is_full():
    assert len(ODD_FILES) >= 120


@pytest.mark.parametrize("name", ODD_FILES)
@pytest.mark.filterwarnings("ignore:Column names longer than 10 characters")
@pytest.mark.filterwarnings("ignore:Normalized/laundered field name")
def test_what_becomes_of(tmp_path, name):
    odd = ODD_FILES[name]
    assert outcome(odd.make(tmp_path), odd.asked) == odd.outcome
