"""What Folium builds: nothing of the user's, nothing from a network, the same every time."""

from __future__ import annotations

import pytest

from gis.errors import InputError
from gis.model.project import MapSettings
from gis.model.vocabulary import FindingClass, LaneFindingClass, ZoneKind
from webmap.assets import UnmappedAssetError
from webmap.maps.shell import build_shell


def test_two_shells_are_equal_to_the_letter():
    assert build_shell(MapSettings()) == build_shell(MapSettings())


def test_without_a_basemap_the_shell_names_no_address():
    shell = build_shell(MapSettings())
    assert "http" not in shell.html + shell.script
    assert shell.tile_hosts == ()


def test_every_class_and_zone_kind_has_a_layer_that_the_script_makes():
    shell = build_shell(MapSettings())
    layers = {f"class.{name}" for name in (*FindingClass, *LaneFindingClass)}
    layers |= {f"zone.{kind}" for kind in ZoneKind}
    assert layers <= shell.names.keys()
    for name in shell.names.values():
        assert f"var {name} = L." in shell.script


def test_a_file_that_folium_asks_for_and_nobody_listed_stops_the_build(monkeypatch):
    monkeypatch.setattr(
        "folium.Map.default_js", [("new", "https://cdn.example/new.js")], raising=True
    )
    with pytest.raises(UnmappedAssetError, match=r"cdn\.example"):
        build_shell(MapSettings())


def test_tianditu_brings_map_and_labels_with_the_key():
    shell = build_shell(MapSettings("tianditu", "0123456789abcdef" * 2))
    assert shell.script.count("tk=0123456789abcdef0123456789abcdef") == 2
    assert "LAYER=vec" in shell.script
    assert "LAYER=cva" in shell.script
    assert shell.tile_hosts[0] == "https://t0.tianditu.gov.cn"


@pytest.mark.parametrize("key", ["", "a b", "{{7*191}}", "a" * 31 + "\n", "é" * 32])
def test_a_key_that_is_not_letters_and_digits_is_refused(key):
    with pytest.raises(InputError, match="Tianditu"):
        build_shell(MapSettings("tianditu", key))
