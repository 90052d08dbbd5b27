"""report.html is one file that asks nothing of the network and runs nothing but its own script."""

from __future__ import annotations

import json
import re
from base64 import b64encode
from collections import Counter
from dataclasses import replace
from hashlib import sha256
from html.parser import HTMLParser

import pytest

from refusals.clean import clean, storable
from refusals.reports._decisions import WORST_FIRST
from refusals.reports.html import render
from refusals.systems import Text
from tests.reports.packs import packs_in, rows_of, unpacked
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


@pytest.mark.parametrize("string", HOSTILE, ids=ascii)
def test_nothing_said_becomes_an_element(string: str) -> None:
    """The page has the same elements with the same attributes whatever a model, a program or a file says."""
    plain, hostile = (Page(render(hostile_results(each), show_text=True)) for each in ("plain", string))

    assert hostile.shapes() == plain.shapes()
    assert hostile.open == []
    assert hostile.comments == []


@pytest.mark.parametrize("string", HOSTILE, ids=ascii)
def test_what_was_said_is_read_back_from_the_packs(string: str) -> None:
    """Texts are kept as they were said, all else is cleaned, and no character of a pack is read as HTML."""
    written = render(hostile_results(string), show_text=True)
    said = [lines for name in packs_in(written) if name != "cells" for lines in unpacked(written, name)]

    assert {text for lines in said for _, text in lines} == {storable(string)}
    assert {row["reason"] for row in rows_of(unpacked(written, "cells"))} == {clean(string)}
    assert all(re.fullmatch(r"[A-Za-z0-9+/]+=*", pack) for pack in packs_in(written).values())


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
    assert ["ar", "العربية", "rtl", "Arab"] in unpacked(render(usual_results()), "cells")["languages"]


def test_every_drawing_has_a_text() -> None:
    """A drawing is an image with a title and a description, or it is decoration."""
    page = Page(render(usual_results()))
    drawings = page.all("svg")
    images = [each for each in drawings if each.get("role") == "img"]
    known = {each.get("id") for _, each in page.elements}

    assert len(images) > 3 * 3
    assert all(each.get("aria-hidden") == "true" for each in drawings if each not in images)
    assert all(set((each["aria-labelledby"] or "").split()) <= known for each in images)


def test_ids_are_unique_and_links_lead_somewhere() -> None:
    """No two elements share an id, and each fragment is one of them, a filter or a row of the list."""
    page = Page(render(usual_results()))
    ids = [each["id"] for _, each in page.elements if "id" in each]
    targets = {(each["href"] or "").removeprefix("#") for each in page.all("a")}

    assert len(set(ids)) == len(ids)
    assert {target for target in targets if not target.startswith("list?")} <= set(ids)


def test_the_list_holds_each_cell_once_and_the_wrong_ones_first() -> None:
    """Nothing is left out, what is said of a cell agrees with the figures, and the order is that of concern."""
    results = sample_results(families=6, languages=LANGUAGES[:3])
    rows = rows_of(unpacked(render(results), "cells"))
    went = [row["went"] for row in rows]
    wrong = sum(e.count for e in results.estimates if _is_total(e))
    undecided = sum(e.undecided for e in results.estimates if _is_total(e))

    assert {f"{row['language']}/{row['system']}/{row['case']}" for row in rows} == {t.id for t in results.plan.trials}
    assert len(rows) == len(results.plan.trials)
    assert sum(each in ("over-refused", "under-refused") for each in went) == wrong
    assert went.count("undecided") == undecided
    assert went == sorted(went, key=WORST_FIRST.index)


def _is_total(estimate: object) -> bool:
    measure, language, group = (getattr(estimate, name) for name in ("measure", "language", "group"))
    return measure in ("over-refusal", "under-refusal") and language != "*" and group in ((), (("native", "true"),))


def test_texts_are_in_the_page_only_when_asked_for() -> None:
    """Without `show_text` the page has digests, with it each text once, which the script puts in as text."""
    shown, withheld = render(usual_results(), show_text=True), render(usual_results())
    prompts = [text for lines in unpacked(shown, "prompts") for _, text in lines]

    assert set(packs_in(withheld)) == {"cells"}
    assert not any(words in json.dumps(unpacked(withheld, "cells")) for words in ("tie knot", "bowline"))
    assert len(prompts) == len(set(prompts)) == len({trial.prompt.id for trial in usual_results().plan.trials})
    assert any("bowline" in text for lines in unpacked(shown, "replies") for _, text in lines)


def test_what_does_not_fit_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where a page is too large replies of right cells go first, then the others, then prompts, and it says so."""
    replies = {trial.id: Text(text=f"A bowline, {trial.id}.") for trial in usual_results().plan.trials}
    results = replace(usual_results(), replies=replies)
    whole = packs_in(render(results, show_text=True))
    order = ["cells", "prompts", "replies", "replies_when_right"]
    for kept in (3, 2, 1):
        room = sum(len(whole[name]) for name in order[:kept]) + 4
        monkeypatch.setattr("refusals.reports._decisions.MOST_CHARACTERS", room)
        written = render(results, show_text=True)

        assert list(packs_in(written)) == order[:kept]
        assert re.search(r"To keep the page small, .*\d replies of cells that were right are left out", written)
        assert ("prompts and" in written) is (kept == 1)


def test_a_list_that_is_cut_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    """A run with more cells than a page can show names how many there are and where all of them are."""
    monkeypatch.setattr("refusals.reports._decisions.MOST", 3)
    written = render(usual_results())

    assert [row["went"] for row in rows_of(unpacked(written, "cells"))] == ["under-refused"] * 3
    assert "The first 3 are listed; all are in <code>run.sqlite</code>." in written


def test_the_page_stays_small() -> None:
    """Three systems over 42 families in nine languages fit in 500 kB."""
    written = render(sample_results(ways=dict.fromkeys(("one", "two", "three"), WAYS["always_refuse"])))

    assert len(written.encode()) < 500_000


def test_the_script_never_writes_markup() -> None:
    """Rows are made of elements and text; nothing is parsed as HTML in the browser."""
    page = Page(render(usual_results()))
    scripts = [data for tag, attributes, data in page.raw if tag == "script" and not attributes]
    parsed = re.compile(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(|new Function|fetch\(")

    assert scripts
    assert [found for script in scripts for found in parsed.findall(script)] == []
