"""report.html is one file that asks nothing of the network and runs nothing but its own script."""

from __future__ import annotations

import json
import re
from base64 import b64encode
from collections import Counter
from hashlib import sha256
from html.parser import HTMLParser

import pytest

from refusals.clean import clean
from refusals.reports.html import render
from tests.reports.sample_results import (
    HOSTILE,
    LANGUAGES,
    WAYS,
    hostile_results,
    sample_results,
    usual_results,
)

VOID = {"meta", "input", "br"}
Attributes = list[tuple[str, str | None]]


class Page(HTMLParser):
    """The elements of a page in order, their attributes, and the text of those that hold raw text."""

    def __init__(self, written: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.raw: list[tuple[str, dict[str, str | None], str]] = []
        self.open: list[str] = []
        self.comments: list[str] = []
        self.feed(written)
        self.close()

    def handle_starttag(self, tag: str, attrs: Attributes) -> None:
        """Open an element."""
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: Attributes) -> None:
        """Add an element without content."""
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        """Close the element that is open, and no other."""
        assert self.open.pop() == tag

    def handle_comment(self, data: str) -> None:
        """Keep a comment, of which there should be none."""
        self.comments.append(data)

    def handle_data(self, data: str) -> None:
        """Keep what stands in elements of raw text."""
        if self.open and self.open[-1] in ("script", "style"):
            tag, attributes = self.elements[-1]
            self.raw.append((tag, attributes, data))

    def shapes(self) -> Counter[tuple[str, ...]]:
        """Return how often each element with these attributes is there."""
        return Counter((tag, *sorted(attributes)) for tag, attributes in self.elements)

    def all(self, tag: str) -> list[dict[str, str | None]]:
        """Return the attributes of all elements of a name."""
        return [attributes for name, attributes in self.elements if name == tag]


def _listed(written: str) -> dict[str, list[list[object]]]:
    return json.loads(next(data for _, attributes, data in Page(written).raw if attributes.get("id") == "decisions"))


@pytest.mark.parametrize("string", HOSTILE, ids=ascii)
def test_nothing_said_becomes_an_element(string: str) -> None:
    """The page has the same elements with the same attributes whatever a model, a program or a file says."""
    plain, hostile = (Page(render(hostile_results(each), show_text=True)) for each in ("plain", string))

    assert hostile.shapes() == plain.shapes()
    assert hostile.open == []
    assert hostile.comments == []


@pytest.mark.parametrize("string", HOSTILE, ids=ascii)
def test_what_was_said_is_read_back_from_the_list(string: str) -> None:
    """The embedded list is JSON with the cleaned strings, and no character in it can end its element."""
    written = render(hostile_results(string), show_text=True)
    listed = _listed(written)
    texts = {text for row in listed["rows"] for _, text in row[-1]}
    raw = next(data for _, attributes, data in Page(written).raw if attributes.get("id") == "decisions")

    assert texts == {clean(string, lines=True)}
    assert set("<>&\u2028\u2029").isdisjoint(raw)


def test_the_page_asks_for_nothing() -> None:
    """No address is in it but fragments of itself, and no attribute that runs or styles anything."""
    written = render(usual_results(), show_text=True)
    for tag, attributes in Page(written).elements:
        assert not {"src", "srcset", "action", "formaction", "style", "data", "poster", "xlink:href"} & set(
            attributes
        ), tag
        assert not any(name.startswith("on") for name in attributes)
        assert tag not in ("link", "iframe", "object", "embed", "base", "img")
        assert (attributes.get("href") or "#").startswith("#")
    assert re.findall(r"https?:|url\((?!#)|@import", written) == []


def test_the_policy_allows_this_script_and_style_only() -> None:
    """The hashes of the content security policy are those of the page's own styles and scripts, and no others."""
    page = Page(render(usual_results()))
    policy = next(each["content"] for each in page.all("meta") if each.get("http-equiv") == "Content-Security-Policy")
    held = [(tag, data) for tag, attributes, data in page.raw if "type" not in attributes]

    assert policy is not None
    assert policy.startswith("default-src 'none';")
    assert "unsafe" not in policy
    for kind in ("style", "script"):
        hashes = [b64encode(sha256(data.encode()).digest()).decode() for tag, data in held if tag == kind]
        sources = " ".join(f"'sha256-{digest}'" for digest in hashes)
        assert hashes
        assert f"{kind}-src {sources};" in policy


def test_each_name_of_a_language_says_language_and_direction() -> None:
    """Words of a language carry `lang` and `dir`, so that browser and reader do not guess."""
    page = Page(render(usual_results()))
    names = {(each["lang"], each["dir"]) for each in page.all("bdi") if "lang" in each}

    assert names == {(facts.tag, facts.direction) for facts in LANGUAGES}
    assert ("ar", "rtl") in names
    assert _listed(render(usual_results()))["languages"]["ar"] == ["العربية", "rtl", "Arab"]


def test_every_drawing_has_a_text() -> None:
    """A drawing is an image with a title and a description, or it is decoration."""
    page = Page(render(usual_results()))
    drawings = page.all("svg")
    images = [each for each in drawings if each.get("role") == "img"]
    known = {each.get("id") for _, each in page.elements}

    assert len(images) == 3 * 3
    assert all(each.get("aria-hidden") == "true" for each in drawings if each not in images)
    assert all(set((each["aria-labelledby"] or "").split()) <= known for each in images)


def test_ids_are_unique_and_links_lead_somewhere() -> None:
    """No two elements share an id, and each fragment is one of them, a filter or a row of the list."""
    page = Page(render(usual_results()))
    ids = [each["id"] for _, each in page.elements if "id" in each]
    targets = {(each["href"] or "").removeprefix("#") for each in page.all("a")}

    assert len(set(ids)) == len(ids)
    assert {target for target in targets if not target.startswith("list?")} <= set(ids)


def test_the_list_holds_each_wrong_and_undecided_cell_once() -> None:
    """Nothing wrong is left out, and nothing right is listed."""
    results = sample_results(families=6, languages=LANGUAGES[:3])
    listed = _listed(render(results))
    rows = [(listed["words"][row[1]], listed["words"][row[0]], row[2]) for row in listed["rows"]]
    wrong = sum(e.count for e in results.estimates if _is_total(e))
    undecided = sum(e.undecided for e in results.estimates if _is_total(e))

    assert len(set(rows)) == len(rows)
    assert len(rows) == wrong + undecided


def _is_total(estimate: object) -> bool:
    measure, language, group = (getattr(estimate, name) for name in ("measure", "language", "group"))
    return measure in ("over-refusal", "under-refusal") and language != "*" and group in ((), (("native", "true"),))


def test_texts_are_in_the_page_only_when_asked_for() -> None:
    """Without `show_text` the list has digests, with it the texts, which the script puts in as text."""
    shown = _listed(render(usual_results(), show_text=True))["rows"]
    withheld = _listed(render(usual_results()))["rows"]

    assert {len(row) for row in withheld} == {10}
    assert all(dict(row[10])["prompt"].startswith("(") and "answer" in dict(row[10]) for row in shown)


def test_a_list_that_is_cut_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    """A run with more wrong decisions than a page can show names how many there are and where all of them are."""
    monkeypatch.setattr("refusals.reports._decisions.MOST", 3)
    written = render(usual_results())

    assert len(_listed(written)["rows"]) == 3
    assert "The first 3 are listed; all are in <code>run.sqlite</code>." in written


def test_the_page_stays_small() -> None:
    """Three systems over 42 families in nine languages fit in 600 kB, the one that is always wrong among them."""
    written = render(sample_results(ways=dict.fromkeys(("one", "two", "three"), WAYS["always_refuse"])))

    assert len(written.encode()) < 600_000


def test_the_script_never_writes_markup() -> None:
    """Rows are made of elements and text; nothing is parsed as HTML in the browser."""
    page = Page(render(usual_results()))
    scripts = [data for tag, attributes, data in page.raw if tag == "script" and not attributes]
    parsed = re.compile(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(|new Function|fetch\(")

    assert scripts
    assert [found for script in scripts for found in parsed.findall(script)] == []
