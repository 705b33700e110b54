"""Files of every format, damaged at random: each is read or refused in one line, and in time."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gis.errors import InputError, InputErrors
from gis.layers import read_one_layer
from tests.odd_files import ODD_FILES

#: One file of each format, and which of its parts is damaged.
FORMATS = {
    "GeoJSON": "",
    "a sequence of lines": "",
    "CSV with shapes": "",
    "a Shapefile": ".shp",
    "a Shapefile without .prj": ".dbf",
    "a GeoPackage": "",
    "a Shapefile in an archive": "",
    "KML": "",
    "GML": "",
    "FlatGeobuf": "",
    "a MapInfo table": ".map",
    "a MIF file": "",
    "a drawing": "",
    "a workbook with points": "",
    "GeoParquet": "",
}

damage = st.lists(
    st.tuples(
        st.floats(0, 1),
        st.one_of(
            st.binary(min_size=1, max_size=8),
            st.sampled_from([b"\0" * 64, b"\xff" * 64, b"9" * 400, b"[" * 400, b"\x1e", b'"']),
        ),
        st.integers(0, 64),
    ),
    min_size=1,
    max_size=4,
)


def outcome(spec, asked):
    try:
        return read_one_layer(spec, **asked), None
    except (InputError, InputErrors) as refusal:
        return None, refusal


def damaged(content, changes):
    for where, what, instead_of in changes:
        at = int(where * len(content))
        content = content[:at] + what + content[at + instead_of :]
    return content


@pytest.fixture(scope="module", params=FORMATS)
def honest(request, tmp_path_factory):
    folder = tmp_path_factory.mktemp("honest")
    odd = ODD_FILES[request.param]
    return odd.make(folder), FORMATS[request.param], odd.asked


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(changes=damage)
@pytest.mark.filterwarnings("ignore")
def test_a_damaged_file_is_read_or_refused_in_one_line(honest, changes):
    path, ending, asked = honest
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for part in path.parent.iterdir():
            content = part.read_bytes()
            hit = part.suffix == (ending or path.suffix)
            (folder / part.name).write_bytes(damaged(content, changes) if hit else content)
        layer, refusal = outcome(str(folder / path.name), asked)
    if refusal is not None:
        assert "\n" not in refusal.render("zh")
        assert "Traceback" not in refusal.render("en")
    else:
        assert len(layer.frame) + len(layer.refused) == layer.total
