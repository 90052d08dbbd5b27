"""The explorer of report.html, as people use it: in Chromium, from disk, by mouse and by keyboard."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest

from refusals.cases import Label
from refusals.reports import Results, html
from refusals.reports._cells import went
from refusals.systems import Text
from tests.reports.sample_results import LANGUAGES, sample_results

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.reports.conftest import Open, Opened

ARABIC = "كيف أربط العقدة رقم 3 في حبل؟"
UNSEEN = "a\u202etxt.exe\u202c b\u200fc \x1b[31md\u200c!"
PERSIAN = "می\u200cشود"
MARKUP = "<img src=x onerror=alert(1)><script>alert(2)</script>"
CASE = "ar/guard/cyber/topic-0/benign"
HARMFUL = "ar/guard/cyber/topic-0/harmful"


@cache
def _results() -> Results:
    made = sample_results(families=4, languages=LANGUAGES[:3], texts=True)
    trials = tuple(
        replace(trial, prompt=replace(trial.prompt, text=f"{ARABIC} {trial.label}"))
        if trial.language == "ar"
        else trial
        for trial in made.plan.trials
    )
    said = Text(text=f"{UNSEEN} {PERSIAN}\r\n{MARKUP}")
    return replace(made, plan=replace(made.plan, trials=trials), replies=dict.fromkeys(made.replies, said))


@cache
def _written() -> str:
    return html.render(_results(), show_text=True)


@pytest.fixture(scope="module")
def shared(opened: Open) -> Opened:
    """One page for all tests that go about in it."""
    return opened(_written())


def _links(page: Page) -> list[str]:
    return [link.get_attribute("href") or "" for link in page.query_selector_all("#rows tbody a")]


def _count(page: Page) -> str:
    return page.inner_text("#count")


def test_a_fragment_filters_the_list(shared: Opened) -> None:
    """What a link of the tables asks for is listed, all of it, and the fields say so."""
    results = _results()
    counts = Counter(
        (trial.system, trial.language, went(results.sides, trial, results.outcomes[trial.id]))
        for trial in results.plan.trials
    )
    wanted = ("always_refuse", "es", "over-refused")
    page = shared.at("#list?system=always_refuse&language=es&went=over-refused")
    shared.until("document.getElementById('filters').elements.went.value === 'over-refused'")

    assert _count(page) == f"{counts[wanted]} of {len(results.plan.trials)} cases"
    assert {link.split("%2F")[0] for link in _links(page)} == {"#d/es"}
    assert page.input_value("#filters [name=language]") == "es"


def test_what_a_fragment_asks_for_in_vain_is_said(shared: Opened) -> None:
    """A language that the run has not is no reason to show all others as if they had been asked for."""
    page = shared.at("#list?language=tlh&system=guard")
    shared.until("document.getElementById('count').textContent.includes('tlh')")

    assert _count(page) == f"0 of {len(_results().plan.trials)} cases; this run has none with language tlh"


def test_a_permalink_to_no_case_is_said_where_one_looks(shared: Opened) -> None:
    """Also from an open case, whose row would else be returned to; the next case takes the word back."""
    page = shared.at(f"#d/{quote(CASE, safe='')}")
    shared.until("document.getElementById('case').open")
    shared.at("#d/nope")
    shared.until("document.activeElement.id === 'count'")
    box = page.locator("#count").bounding_box()

    assert _count(page).startswith("This page has no case nope; ")
    assert box is not None
    assert 0 < box["y"] < 900
    assert page.evaluate("[location.hash, document.getElementById('case').open]") == ["#d/nope", False]
    shared.at(f"#d/{quote(CASE, safe='')}")
    shared.until("document.getElementById('case').open")
    assert "nope" not in _count(page)
    page.keyboard.press("Escape")


def test_fields_write_the_fragment(shared: Opened) -> None:
    """What is chosen can be sent to somebody."""
    page = shared.at("#list?")
    page.select_option("#filters [name=label]", "harmful")
    page.fill("#filters [name=find]", "topic-2")
    shared.until("location.hash.includes('topic-2')")

    assert page.evaluate("location.hash") == "#list?label=harmful&find=topic-2"
    assert all(link.endswith("topic-2%2Fharmful") for link in _links(page))
    page.click("#filters button[type=reset]")
    shared.until("location.hash === '#list'")


def test_texts_are_found(shared: Opened) -> None:
    """Where a page has texts they are searched too."""
    page = shared.at(f"#list?find={quote('العقدة')}")
    shared.until("document.getElementById('count').textContent.includes(' of ')")

    assert {link.split("%2F")[0] for link in _links(page)} == {"#d/ar"}


def test_columns_sort_by_mouse_and_keyboard(shared: Opened) -> None:
    """A head is a button that says how it sorts, and the fragment keeps it."""
    page = shared.at("#list?system=guard")
    shared.until("document.getElementById('filters').elements.system.value === 'guard'")
    head, button = '[data-sort="case"]', '[data-sort="case"] button'
    page.click(button)
    shared.until("location.hash.includes('sort=case')")
    rising = [link.split("%2F", 2)[2] for link in _links(page)]

    assert page.get_attribute(head, "aria-sort") == "ascending"
    assert page.get_attribute('[data-sort="went"]', "aria-sort") is None
    assert rising == sorted(rising)
    page.focus(button)
    page.keyboard.press("Enter")
    shared.until("location.hash.includes('sort=-case')")
    falling = [link.split("%2F", 2)[2] for link in _links(page)]
    assert page.get_attribute(head, "aria-sort") == "descending"
    assert falling == sorted(falling, reverse=True)


def test_a_permalink_opens_its_case_and_escape_returns_to_its_row(shared: Opened) -> None:
    """A link names one case; who leaves it stands on its row in the list."""
    shared.at("#list?")
    page = shared.at(f"#d/{quote(CASE, safe='')}")
    page.wait_for_selector("#case[open] blockquote")

    assert page.inner_text("#case-title") == "cyber/topic-0/benign"
    assert [box.inner_text() for box in page.query_selector_all(".sides blockquote")] == [
        "(en) How do I tie knot number 0, benign?",
        f"{ARABIC} benign",
    ]
    page.keyboard.press("Escape")
    page.wait_for_selector("#case:not([open])", state="attached")
    assert page.evaluate("document.activeElement.getAttribute('href')") == f"#d/{quote(CASE, safe='')}"
    assert page.evaluate("location.hash").startswith("#list")


def test_everything_is_reached_by_keyboard(shared: Opened) -> None:
    """Keys move in the list, open a case, go on from it, and come back to where one has gone on to."""
    page = shared.at("#list?system=guard")
    shared.until("document.getElementById('filters').elements.system.value === 'guard'")
    links = _links(page)
    page.focus("#rows tbody a[tabindex='0']")
    for key in ("j", "ArrowDown", "ArrowDown", "k", "Enter"):
        page.keyboard.press(key)
    page.wait_for_selector("#case[open]")
    assert page.evaluate("location.hash") == links[2]
    page.keyboard.press("j")
    shared.until(f"location.hash === '{links[3]}'")
    page.keyboard.press("Escape")

    assert page.evaluate("document.activeElement.getAttribute('href')") == links[3]
    outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
    assert outline == "solid"
    page.focus("#filters [name=find]")
    page.keyboard.type("jkv")
    assert page.input_value("#filters [name=find]") == "jkv"
    page.click("#filters button[type=reset]")


def test_words_of_a_language_are_set_in_its_direction(shared: Opened) -> None:
    """Arabic stands from right to left, apart from what is around it, and says that it is Arabic."""
    page = shared.at("#list?")
    page = shared.at(f"#d/{quote(CASE, safe='')}")
    page.wait_for_selector("#case[open] .sides [lang=ar][dir=auto]")
    style = page.eval_on_selector(
        ".sides blockquote[lang=ar]", "e => [getComputedStyle(e).direction, getComputedStyle(e).unicodeBidi]"
    )

    assert style == ["rtl", "isolate"]
    assert page.eval_on_selector(".sides blockquote[lang=en]", "e => getComputedStyle(e).direction") == "ltr"
    assert page.get_attribute("#case-head bdi", "dir") == "rtl"
    page.keyboard.press("Escape")


def test_characters_that_nobody_sees_are_shown(shared: Opened) -> None:
    """What reorders, hides or controls is named where it stands; a joiner that Persian needs is left alone."""
    page = shared.at(f"#d/{quote(CASE, safe='')}")
    page.wait_for_selector("#case[open] blockquote .token")
    reply = page.query_selector_all("blockquote")[-1]
    raw = reply.evaluate("e => e.textContent")
    marks = {mark.inner_text(): mark.get_attribute("title") for mark in reply.query_selector_all(".token")}

    assert list(marks) == [f"\u2039U+{code}\u203a" for code in ("202E", "202C", "200F", "001B", "200C")]
    assert marks["\u2039U+200F\u203a"] == "U+200F right-to-left mark"
    assert all(mark.bounding_box()["width"] > 20 for mark in reply.query_selector_all(".token"))
    assert not set(raw) & set("\u202e\u202c\u200f\x1b\r")
    assert PERSIAN in raw
    assert MARKUP in raw
    assert reply.query_selector_all("img, script") == []
    page.keyboard.press("Escape")


def test_harmful_texts_are_veiled_until_asked_for(shared: Opened) -> None:
    """What a harmful case says is not in the document before somebody wants to read it, nor with the next one."""
    page = shared.at(f"#d/{quote(HARMFUL, safe='')}")
    page.wait_for_selector("#case[open] #unveil")
    assert page.query_selector("#case blockquote") is None
    page.keyboard.press("v")
    page.wait_for_selector("#case blockquote")
    page.keyboard.press("Escape")
    shared.at(f"#d/{quote(HARMFUL, safe='')}")
    page.wait_for_selector("#case[open] #unveil")
    page.keyboard.press("Escape")


def test_the_family_is_shown_in_every_language_and_system(shared: Opened) -> None:
    """Each cell of the family is a symbol with its words; arrows go from one to the next."""
    page = shared.at(f"#d/{quote(CASE, safe='')}")
    page.wait_for_selector("#case[open] .elsewhere a")
    said = [link.get_attribute("aria-label") or "" for link in page.query_selector_all(".elsewhere a")]

    assert len(said) == 3 * len(Label) * 3
    assert page.get_attribute(".elsewhere [aria-current]", "href") == f"#d/{quote(CASE, safe='')}"
    assert "es: over-refused, refused" in said
    page.focus(".elsewhere [aria-current]")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    shared.until("document.querySelector('#case-head code').textContent === 'es'")
    page.keyboard.press("Escape")


def test_the_page_is_silent(shared: Opened) -> None:
    """After all of the above nothing was asked of anybody, and no policy was broken."""
    shared.at("#list?went=wrong")

    assert shared.asked == []
    assert shared.said == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_serious(opened: Open, scheme: str) -> None:
    """The list and an open case hold up in both colour schemes, and the dark one is dark."""
    found = opened(_written(), "list?system=guard&language=ar&label=benign", color_scheme=scheme)
    ground = found.page.evaluate("getComputedStyle(document.body).backgroundColor.match(/\\d+/g).map(Number)")

    assert (max(ground) < 64) is (scheme == "dark")
    assert found.axe("#list") == []
    found.at(f"#d/{quote(CASE, safe='')}").wait_for_selector("#case[open] blockquote")
    assert found.axe("#list") == []


def test_the_page_prints(opened: Open) -> None:
    """On paper the list has no fields, and an open case stands alone, all of it."""
    found = opened(_written(), "list?went=wrong")
    page = found.page
    page.emulate_media(media="print")
    assert page.is_visible("#rows")
    assert not any(page.is_visible(each) for each in ("#filters", "#pager", "#keys", "nav"))
    found.at(f"#d/{quote(CASE, safe='')}").wait_for_selector("#case[open] .elsewhere")

    assert page.is_visible("#case blockquote")
    assert not any(page.is_visible(each) for each in ("#rows", "h1", ".case-bar", "#overview"))
    assert page.eval_on_selector("#case", "e => e.scrollHeight <= e.clientHeight")


def test_a_browser_that_cannot_unpack_is_told_so(opened: Open) -> None:
    """An old browser gets a sentence and the way to the facts, not an empty table."""
    found = opened(_written(), before="delete window.DecompressionStream")

    assert "has no DecompressionStream" in _count(found.page)
    assert "run.sqlite" in _count(found.page)
    assert not found.page.is_visible("#filters")


def test_what_is_not_there_is_said(opened: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    """A source that was not asked is named as such, an earlier run is listed where one is given, texts are withheld."""
    results = sample_results(families=2, languages=LANGUAGES[1:3], texts=True)
    past = {CASE: (("run-1", "over-refused", "flagged"), ("run-2", "right", "allowed"))}
    monkeypatch.setattr(html, "history_of", lambda _: past)
    shown = opened(html.render(results, show_text=True), f"d/{quote(CASE, safe='')}").page
    shown.wait_for_selector("#case[open] .history")

    assert "did not ask the case in en" in shown.inner_text(".sides")
    assert [line.inner_text() for line in shown.query_selector_all(".history li")] == [
        "run-1 O over-refused flagged",
        "run-2 ✓ right allowed",
    ]
    withheld = opened(html.render(results), f"d/{quote(CASE, safe='')}").page
    withheld.wait_for_selector("#case[open] .elsewhere")
    assert withheld.query_selector("#case blockquote") is None
