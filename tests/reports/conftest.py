"""Pages are opened from disk in one headless Chromium a module, which notes whatever they ask for or complain of."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome") or ""


@dataclass(slots=True)
class Opened:
    """A page, what it asked for but itself, and what its console said."""

    page: Page
    asked: list[str] = field(default_factory=list)
    said: list[str] = field(default_factory=list)

    def at(self, fragment: str) -> Page:
        """Go to a fragment of the page, as somebody does who pastes it into the address."""
        self.page.evaluate("fragment => { location.hash = fragment; }", fragment)
        return self.page

    def until(self, holds: str) -> None:
        """Wait until an expression holds; Playwright's own way to would need a laxer policy than the page has."""
        for _ in range(500):
            if self.page.evaluate(holds):
                return
            self.page.wait_for_timeout(20)
        raise AssertionError(f"never: {holds}")

    def axe(self, part: str) -> list[str]:
        """Return the serious and critical findings of axe in a part of the page, each with an element."""
        from axe_playwright_python.sync_playwright import Axe

        found = Axe().run(self.page, part).response["violations"]
        return [
            f"{each['id']}: {each['nodes'][0]['html']}" for each in found if each["impact"] in ("serious", "critical")
        ]


Open = Callable[..., Opened]


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """Start Chromium. Playwright holds the thread's event loop meanwhile, so that it ends with the module."""
    if not CHROMIUM:
        pytest.skip("there is no Chromium; install it, or name it in the environment variable CHROMIUM")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def opened(chromium: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Open]:
    """Open a page that a test has rendered: `opened(written, "list?went=undecided", color_scheme="dark")`."""
    contexts = []

    def open_page(written: str, fragment: str = "", *, before: str = "", **options: Any) -> Opened:
        path = tmp_path_factory.mktemp("page") / "report.html"
        path.write_text(written, "utf-8")
        contexts.append(chromium.new_context(viewport={"width": 1280, "height": 900}, **options))
        page = Opened(contexts[-1].new_page())
        page.page.on("request", lambda request: page.asked.append(request.url))
        page.page.on("console", lambda message: page.said.append(message.text))
        page.page.on("pageerror", lambda error: page.said.append(str(error)))
        if before:
            page.page.add_init_script(before)
        page.page.goto(f"{path.as_uri()}#{fragment}")
        page.page.wait_for_selector("#list:not([aria-busy])")
        page.asked.remove(page.asked[0])  # itself
        return page

    yield open_page
    for context in contexts:
        context.close()
