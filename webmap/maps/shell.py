"""The part of a map that Folium builds: the Leaflet map, its panes, empty layers, a basemap.

Folium treats what it renders as a template again, on the server, and puts names into scripts
unescaped. So it never meets a word of the user's: features travel as JSON and are drawn by our
own script, and only words written in this module reach Folium.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import folium
from branca.element import CssLink, Element, Figure, JavascriptLink
from folium.map import CustomPane

from gis.errors import InputError
from gis.model.vocabulary import FindingClass, LaneFindingClass, ZoneKind
from webmap.assets import UnmappedAssetError, manifest

if TYPE_CHECKING:
    from gis.model.project import MapSettings

#: Panes from the bottom up.
PANES = {
    "zones": 405,
    "claims": 410,
    "jurisdiction": 415,
    "slivers": 420,
    "findings": 425,
    "lanes": 430,
    "marks": 435,
}
MAX_ZOOM = 22
_OSM = "https://tile.openstreetmap.org/{z}/{x}/{y}.png"
_OSM_CREDIT = '© <a href="https://www.openstreetmap.org/copyright">OpenStreetMap</a>'
_TIANDITU = (
    "https://t{{s}}.tianditu.gov.cn/{layer}_w/wmts?SERVICE=WMTS&REQUEST=GetTile&VERSION=1.0.0"
    "&LAYER={layer}&STYLE=default&TILEMATRIXSET=w&FORMAT=tiles"
    "&TILEMATRIX={{z}}&TILEROW={{y}}&TILECOL={{x}}&tk={key}"
)
_TIANDITU_CREDIT = '© <a href="https://www.tianditu.gov.cn">天地图</a>'
_TIANDITU_KEY = re.compile(r"[0-9A-Za-z]+")


@dataclass(frozen=True, slots=True)
class Shell:
    """What Folium made, in parts.

    Parameters
    ----------
    styles, scripts
        Third-party files below ``static/``, in the order in which they are needed.
    html
        The element that becomes the map.
    script
        The statements that make the map and its layers.
    names
        The script's variables for ``map`` and ``basemap`` (may be missing), and for every empty
        layer: ``class.<finding class>``, ``zone.<kind>``, ``claims``, ``jurisdiction``.
    tile_hosts
        Addresses from which a basemap is fetched; empty when the map is offline.
    """

    styles: tuple[str, ...]
    scripts: tuple[str, ...]
    html: str
    script: str
    names: dict[str, str]
    tile_hosts: tuple[str, ...]


def build_shell(settings: MapSettings) -> Shell:
    """Build the empty map.

    Raises
    ------
    InputError
        If the key of the basemap is not letters and digits.
    UnmappedAssetError
        If Folium asks for a file that the manifest does not know.
    """
    figure = Figure()
    leaflet = folium.Map(location=(0, 0), zoom_start=2, tiles=None, zoom_control=False)
    # plots a few decimetres wide want more than the 18 levels that tiles have
    leaflet.options.update({"max_zoom": MAX_ZOOM, "zoom_snap": 0.25, "fade_animation": False})
    leaflet.add_to(figure)
    names = {"map": _named(leaflet, "mangqu")}
    for pane, z_index in PANES.items():
        made = CustomPane(pane, z_index=z_index, pointer_events=True)
        _named(made, pane)
        made.add_to(leaflet)
    layers = (
        "jurisdiction",
        "claims",
        *(f"zone.{kind}" for kind in ZoneKind),
        *(f"class.{name}" for name in (*FindingClass, *LaneFindingClass)),
    )
    for number, layer in enumerate(layers):
        group = folium.FeatureGroup(name=layer)
        names[layer] = _named(group, str(number))
        group.add_to(leaflet)
    tile_hosts = _add_basemap(leaflet, settings, names)
    return _taken_apart(figure, names, tile_hosts)


def _named(element: Element, identity: str) -> str:
    """Give an element a name that is the same in every run, and return it."""
    element._id = identity  # noqa: SLF001 - the random default makes equal maps differ
    name: str = element.get_name()
    return name


def _add_basemap(
    leaflet: folium.Map, settings: MapSettings, names: dict[str, str]
) -> tuple[str, ...]:
    if settings.basemap == "none":
        return ()
    if settings.basemap == "osm":
        layers, credit, subdomains = [_OSM], _OSM_CREDIT, ""
        hosts: tuple[str, ...] = ("https://tile.openstreetmap.org",)
    else:
        # the key goes into a script: what reads the settings refused others, and so does this
        if _TIANDITU_KEY.fullmatch(settings.tianditu_key) is None:
            raise InputError("tianditu_key_wrong", file="mangqu.toml", column="tianditu_key")
        layers = [
            _TIANDITU.format(layer=name, key=settings.tianditu_key) for name in ("vec", "cva")
        ]
        credit, subdomains = _TIANDITU_CREDIT, "01234567"
        hosts = tuple(f"https://t{number}.tianditu.gov.cn" for number in subdomains)
    group = folium.FeatureGroup(name="basemap")
    names["basemap"] = _named(group, "basemap")
    group.add_to(leaflet)
    for number, address in enumerate(layers):
        tiles = folium.TileLayer(
            address, attr=credit, subdomains=subdomains, max_zoom=MAX_ZOOM, max_native_zoom=18
        )
        _named(tiles, str(number))
        tiles.add_to(group)
    return hosts


def _taken_apart(figure: Figure, names: dict[str, str], tile_hosts: tuple[str, ...]) -> Shell:
    figure.render()
    styles: list[str] = []
    scripts: list[str] = []
    for name, element in figure.header._children.items():  # noqa: SLF001 - branca has no other way
        if isinstance(element, CssLink | JavascriptLink):
            local = manifest().local(element.url)
            if local is not None:
                (styles if isinstance(element, CssLink) else scripts).append(local)
        # the page's own head sets the encoding, the viewport (Folium's forbids zooming) and sizes
        elif name not in ("meta_http", names["map"]):
            raise UnmappedAssetError("unmapped_asset", address=name)
    return Shell(
        styles=tuple(styles),
        scripts=tuple(scripts),
        html=_rendered(figure.html),
        script=_rendered(figure.script),
        names=names,
        tile_hosts=tile_hosts,
    )


def _rendered(part: Element) -> str:
    children = part._children.values()  # noqa: SLF001 - branca has no other way
    return "\n".join(child.render().strip() for child in children)
