"""Third-party files: only those in the manifest, never a network at run time."""

from __future__ import annotations

import re

import pytest

from gis.errors import MissingPartError
from webmap.assets import (
    InlineAssets,
    LinkedAssets,
    UnmappedAssetError,
    asset_text,
    fetch,
    manifest,
)


def test_every_copied_file_comes_with_its_licence():
    packages = {file.package for file in manifest().files}
    licensed = {file.package for file in manifest().files if "LICENSE" in file.source}
    assert licensed == packages


def test_an_address_that_nobody_listed_is_refused():
    with pytest.raises(UnmappedAssetError, match="not listed"):
        manifest().local("https://cdn.example/plugin.js")


def test_an_asset_dropped_on_purpose_has_no_copy():
    dropped = next(iter(manifest().dropped))
    assert manifest().local(dropped) is None


def test_a_missing_file_says_which_command_fetches_it():
    with pytest.raises(MissingPartError, match="make assets"):
        asset_text("vendor/nothing/nothing.js")
    with pytest.raises(MissingPartError, match="make assets"):
        LinkedAssets().script("vendor/nothing/nothing.js")


def test_a_style_written_into_the_page_asks_for_no_image():
    text = InlineAssets().style("vendor/leaflet/leaflet.css").text
    asked = [address for address in re.findall(r"url\(([^)]*)\)", text) if address[0] != "#"]
    assert asked
    assert all(address.startswith("data:image/png;base64,") for address in asked)


def test_a_script_written_into_the_page_cannot_end_it():
    text = InlineAssets().script("vendor/leaflet/leaflet.js").text
    assert "Leaflet 1.9.4" in text[:200]
    assert "</script" not in text


def test_a_linked_script_has_the_address_that_the_service_gives():
    piece = LinkedAssets(lambda name: f"/s/{name}").script("map-start.js")
    assert (piece.url, piece.text) == ("/s/map-start.js", "")


def test_a_machine_without_npm_and_without_the_wheel_is_told_so(tmp_path, monkeypatch):
    (tmp_path / "vendor.json").write_text('{"files": [], "dropped": {}}', encoding="utf-8")
    for name in ("package.json", "package-lock.json"):
        (tmp_path / name).write_text("{}", encoding="utf-8")
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr("webmap.assets.find_spec", lambda _name: None)
    monkeypatch.setattr("sys.executable", "/bin/false")
    with pytest.raises(MissingPartError, match="Node"):
        fetch(tmp_path, tmp_path)
