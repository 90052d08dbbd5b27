"""compare.html is one file that asks nothing of the network, and its list can be filtered, linked to and read."""

from __future__ import annotations

import json
import re
from base64 import b64encode
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from refusals.gates import Standing
from refusals.reports.comparison.html import render
from tests.reports.comparison.sample_comparisons import STANDINGS, hostile_compared
from tests.reports.sample_results import HOSTILE
from tests.reports.test_html import Page

if TYPE_CHECKING:
    from playwright.sync_api import Browser
    from playwright.sync_api import Page as Tab


@pytest.mark.parametrize("string", HOSTILE, ids=ascii)
def test_nothing_said_becomes_an_element(string: str) -> None:
    """The page has the same elements with the same attributes whatever a study, a program or a file says."""
    plain, hostile = (Page(render(hostile_compared(each))) for each in ("y", string))

    assert hostile.shapes() == plain.shapes()
    assert hostile.open == []
    assert hostile.comments == []
    listed = next(data for _, attributes, data in hostile.raw if attributes.get("id") == "listed")
    assert set("<>&\u2028\u2029").isdisjoint(listed)
    assert len(json.loads(listed)["rows"]) == len(hostile_compared(string).comparison.flips)


@pytest.mark.parametrize("standing", STANDINGS, ids=str)
def test_the_page_asks_for_nothing_and_runs_nothing_else(standing: Standing | None) -> None:
    """No address is in it but fragments of itself, and the policy has the digests of its own styles and script."""
    written = render(STANDINGS[standing]())
    page = Page(written)
    policy = next(each["content"] for each in page.all("meta") if each.get("http-equiv") == "Content-Security-Policy")
    ids = [each["id"] for _, each in page.elements if "id" in each]

    assert policy is not None
    assert policy.startswith("default-src 'none';")
    assert "unsafe" not in policy
    for tag, attributes, data in page.raw:
        if "type" not in attributes:
            digest = b64encode(sha256(data.encode()).digest()).decode()
            assert re.search(rf"{tag}-src [^;]*'sha256-{re.escape(digest)}'", policy)
    assert re.findall(r"https?:|url\((?!#)|@import", written) == []
    assert len(set(ids)) == len(ids)
    for tag, attributes in page.elements:
        assert not {"src", "action", "style", "data"} & set(attributes), tag
        assert (attributes.get("href") or "#").startswith("#")
        assert set((attributes.get("aria-labelledby") or "").split()) <= set(ids)


@pytest.fixture(scope="module")
def tab(chromium: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tab]:
    """The page of a comparison that fails, opened from disk on a telephone; its console says nothing."""
    path: Path = tmp_path_factory.mktemp("page") / "compare.html"
    path.write_text(render(STANDINGS[Standing.FAIL]()), "utf-8")
    said: list[str] = []
    found = chromium.new_page(viewport={"width": 390, "height": 800})
    found.on("console", lambda message: said.append(message.text))
    found.on("pageerror", lambda error: said.append(str(error)))
    found.goto(path.as_uri())
    yield found
    found.close()
    assert said == []


def _rows(tab: Tab) -> list[str]:
    return tab.locator("#rows tbody tr").all_inner_texts()


def test_the_list_is_filtered_and_linked_to(tab: Tab) -> None:
    """By a filter, by a link of the table, and by the address of one case."""
    assert tab.locator("#count").inner_text() == "13 cases"

    tab.locator("select[name=change]").select_option("better")
    assert len(_rows(tab)) == 1
    assert tab.evaluate("location.hash") == "#flips?change=better"

    tab.locator("button[type=reset]").click()
    tab.wait_for_timeout(50)
    assert len(_rows(tab)) == 13

    tab.evaluate("location.hash = 'f/' + encodeURIComponent('sw/x/d0/f000/benign')")
    tab.wait_for_timeout(50)
    assert tab.locator("#count").inner_text().startswith("one case: sw/x/d0/f000/benign")
    assert len(_rows(tab)) == 1

    tab.locator(".differences a").first.click()
    tab.wait_for_timeout(50)
    assert tab.evaluate("location.hash") == "#flips?language=sw&system=x"
    assert len(_rows(tab)) == 13


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_is_serious_to_axe_and_nothing_sticks_out(tab: Tab, scheme: str) -> None:
    """In both colour schemes, on a telephone."""
    from axe_playwright_python.sync_playwright import Axe

    tab.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    found = Axe().run(tab).response["violations"]

    assert [each["id"] for each in found if each["impact"] in ("serious", "critical")] == []
    assert tab.evaluate("document.documentElement.scrollWidth <= innerWidth")
