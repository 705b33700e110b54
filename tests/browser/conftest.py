"""A real browser for the tests, cut off from every network, that reports whatever goes wrong."""

from __future__ import annotations

import shutil
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

#: Pictures that a person looks at; not kept in the repository.
ARTEFACTS = Path(__file__).parents[2] / "artefacts"


@dataclass
class WatchedPage:
    """A page, and what went wrong on it: failed or forbidden requests, errors, dialogs."""

    page: Page
    problems: list[str] = field(default_factory=list)

    def picture(self, name: str, **options: Any) -> None:
        """Keep a picture for a person to look at."""
        ARTEFACTS.mkdir(exist_ok=True)
        self.page.screenshot(path=ARTEFACTS / f"{name}.png", **options)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One Chromium for all tests of a worker."""
    executable = shutil.which("chromium") or shutil.which("chromium-browser")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def open_page(browser: Browser) -> Iterator[Callable[..., WatchedPage]]:
    """Open addresses that start with ``allowed`` and nothing else; fail on any problem.

    ``open_page(address, allowed="file://", width=1280, height=800, ready="html[data-ready]")``
    """
    opened: list[WatchedPage] = []

    def open_page(
        address: str,
        *,
        allowed: str = "file://",
        width: int = 1280,
        height: int = 800,
        ready: str = "html[data-ready]",
        **context: Any,
    ) -> WatchedPage:
        page = browser.new_context(
            viewport={"width": width, "height": height}, **context
        ).new_page()
        watched = WatchedPage(page)
        opened.append(watched)
        note = watched.problems.append

        def route(request_route: Any) -> None:
            url = request_route.request.url
            if url.startswith((allowed, "data:")):
                request_route.continue_()
            else:
                note(f"asked for {url}")
                request_route.abort()

        page.route("**/*", route)
        page.on("pageerror", lambda error: note(f"page error: {error}"))
        page.on("requestfailed", lambda request: note(f"failed: {request.url}"))
        page.on(
            "console",
            lambda message: (
                note(f"console: {message.text}") if message.type in ("error", "warning") else None
            ),
        )
        page.on("dialog", lambda dialog: (note(f"dialog: {dialog.message}"), dialog.dismiss()))
        page.goto(address)
        page.wait_for_selector(ready, state="attached", timeout=20_000)
        return watched

    yield open_page
    for watched in opened:
        watched.page.context.close()
    problems = [problem for watched in opened for problem in watched.problems]
    assert problems == []
