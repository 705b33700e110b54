"""Make the pictures of the documentation from the samples: ``make docs``.

Builds the Panjin sample, analyses it, and takes pictures of its map and of the service's pages in a
headless Chromium. Needs the ``china`` and ``test`` extras and Chromium on the search path.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from datetime import date
from pathlib import Path

from mangqu_samples.panjin.build import build
from playwright.sync_api import sync_playwright

from gis.pipeline import run_project
from webmap.maps import write_map

IMAGES = Path(__file__).with_name("images")

DESK = {"width": 1280, "height": 800}


def main() -> int:
    """Write every picture and return 0, or say what is missing and return 1."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        sys.stderr.write("Chromium is not on the search path.\n")
        return 1
    IMAGES.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as name:
        project = Path(name) / "panjin"
        build(project)
        run = run_project(project, project / "run", today=date(2026, 8, 15))
        write_map(run, project / "map.html", language="zh")
        alley = run.findings.loc[
            run.findings["zones"].map(lambda kinds: "back_lane" in kinds)
            & (run.findings["class"] == "void"),
            "finding_id",
        ].iloc[0]
        with sync_playwright() as player:
            browser = player.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
            page = browser.new_page(viewport=DESK)
            page.goto(f"{(project / 'map.html').as_uri()}#finding={alley}")
            page.locator(".leaflet-popup-content").wait_for()
            page.wait_for_function(
                "getComputedStyle(document.querySelector('.leaflet-popup')).opacity === '1'"
            )
            page.screenshot(path=IMAGES / "panjin-map.png")
            browser.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
