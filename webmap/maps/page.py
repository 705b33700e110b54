"""The page of a map: the shell that Folium built, our scripts, and the run as data blocks."""

from __future__ import annotations

import hashlib
import json
import re
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from gis.catalogue import DEFAULT_LANGUAGE, LANGUAGES
from gis.output import new_file
from webmap.assets import Assets, InlineAssets
from webmap.maps.data import map_data
from webmap.maps.shell import build_shell
from webmap.text import page_catalogue

if TYPE_CHECKING:
    from gis.catalogue import Catalogue
    from gis.model.run import Run

#: Our scripts, in the order in which they build on each other.
SCRIPTS = ("map-texts.js", "map-card.js", "map-layers.js", "map-list.js", "map-start.js")
STYLE = "map.css"

_TEMPLATES = Path(__file__).parent.parent / "templates"
#: The part of the catalogues that the scripts need.
_GROUPS = ("basis", "card", "class", "date", "law", "level", "map", "meaning", "month", "position")
_GROUPS_TOO = ("role", "sliver", "standing", "unit", "zone")
_RISKY = re.compile("[<>&\u2028\u2029\ud800-\udfff]")


def write_map(run: Run, path: Path, *, language: str = DEFAULT_LANGUAGE) -> None:
    """Write the map of a run as one file that asks nothing of any network.

    Parameters
    ----------
    run
        The run.
    path
        The file; it is written aside first and appears whole.
    language
        Language in which it opens; the other is a click away.

    Raises
    ------
    OutputError
        If the file cannot be written.
    MissingPartError
        If the third-party files have not been fetched.
    """
    page = render_map_page(run, language=language, assets=InlineAssets(), nonce=None)
    with new_file(path) as aside:
        aside.write_text(page, encoding="utf-8")


def render_map_page(
    run: Run,
    *,
    language: str,
    assets: Assets,
    nonce: str | None,
    navigation: tuple[tuple[str, str], ...] = (),
) -> str:
    """Return the page that shows a run on a map.

    Parameters
    ----------
    run
        The run.
    language
        Language in which it opens.
    assets
        How it gets at scripts and styles.
    nonce
        What the service's content security policy expects on each script and style, or None for
        a file, which then carries a policy of its own.
    navigation
        Addresses of other pages, with their labels.

    Raises
    ------
    InputError
        If the settings ask for a basemap that is not valid.
    MissingPartError
        If the third-party files have not been fetched.
    """
    shell = build_shell(run.settings.map)
    data = _json_block(map_data(run))
    texts = page_catalogue(language)
    # a file has no server to draw a nonce: nobody can write a payload that knows this digest of it
    own_nonce = nonce or hashlib.sha256(data.encode("utf-8")).hexdigest()[:32]
    name = run.settings.name.text(language)
    page: str = (
        templates()
        .get_template("map.html")
        .render(
            language=language,
            title=texts.text("map.title", name=name) if name else texts.text("map.title_unnamed"),
            notice=run.settings.notice.text(language),
            text=texts.text,
            nonce=own_nonce,
            policy="" if nonce else policy(own_nonce, shell.tile_hosts),
            navigation=navigation,
            styles=[assets.style(style) for style in (*shell.styles, STYLE)],
            libraries=[assets.script(script) for script in shell.scripts],
            scripts=[assets.script(script) for script in SCRIPTS],
            shell_html=Markup(shell.html),  # noqa: S704 - made of words in our code only
            shell_script=Markup(shell.script),  # noqa: S704 - made of words in our code only
            blocks={
                "mq-shell": _json_block(shell.names),
                "mq-texts": _json_block(
                    {code: _page_texts(page_catalogue(code)) for code in LANGUAGES}
                ),
                "mq-data": data,
            },
        )
    )
    return page


@cache
def templates() -> Environment:
    """Return the templates of pages; what they are given is escaped."""
    return Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def _json_block(value: Any) -> Markup:  # noqa: ANN401 - whatever JSON can hold
    """Return JSON that stands inside a script element without ever being read as markup."""
    text = json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    escaped = _RISKY.sub(lambda match: f"\\u{ord(match[0]):04x}", text)
    return Markup(escaped)  # noqa: S704 - no character of markup is left


def _page_texts(texts: Catalogue) -> dict[str, str]:
    groups = {*_GROUPS, *_GROUPS_TOO}
    return {key: text for key, text in texts.texts.items() if key.partition(".")[0] in groups}


def policy(nonce: str, tile_hosts: tuple[str, ...]) -> str:
    """Return what a page in a file may load: what carries the nonce, and tiles of some hosts."""
    images = " ".join(("data:", *tile_hosts))
    return (
        f"default-src 'none'; script-src 'nonce-{nonce}'; style-src 'nonce-{nonce}'; "
        f"img-src {images}; base-uri 'none'; form-action 'none'"
    )
