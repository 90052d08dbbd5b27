"""The heat map is a table that sorts, filters and says what stands behind each figure, by mouse and by keyboard."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from refusals import reports
from refusals.clean import clean
from refusals.reports._heatmap import COLUMNS, STEPS, heatmap_of, step_of
from refusals.reports._numbers import DASH
from refusals.reports._slices import figures_of, slices_of
from refusals.reports._table import FURTHER, HEADLINE, table_of
from refusals.reports.html import render
from tests.reports.sample_results import LANGUAGES, WAYS, sample_results, usual_results

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from playwright.sync_api import Locator, Page

    from refusals.reports import Results
    from refusals.reports._heatmap import Heatmap
    from tests.reports.conftest import Opened

READY = "document.documentElement.dataset.maps === 'ready'"
TONGUES = tuple(facts for facts in LANGUAGES if facts.tag in ("en", "ar", "hi", "sw", "yo"))
OVER = 1  # the column of over-refusal, after that of the language


@cache
def _results() -> Results:
    return sample_results(languages=TONGUES, ways={"guard": WAYS["guard"]})


@cache
def _written() -> str:
    return render(_results())


def _map(results: Results, system: str = "guard") -> Heatmap:
    headline, further = (table_of(results, system, columns) for columns in (HEADLINE, FURTHER))
    return heatmap_of(results, headline, further)


@pytest.fixture(scope="module")
def page(opened: Callable[..., Opened]) -> Opened:
    """The usual results, in light."""
    found = opened(_written())
    found.until(READY)
    return found


def _figure(page: Page) -> Locator:
    return page.locator("figure.map")


def _column(figure: Locator, number: int) -> list[str]:
    return figure.locator(f"tbody tr:visible > :nth-child({number + 1})").all_inner_texts()


def _rates(figure: Locator) -> list[float]:
    figures = [re.match(r"[\d.]+", text) for text in _column(figure, OVER)[:-1]]
    return [float(found[0]) for found in figures if found]


def test_colours_tell_small_rates_apart() -> None:
    """One and five per cent are different colours, as are the ends, and nothing is beyond them."""
    assert [step_of(share) for share in (-0.2, 0.0, 0.01, 0.05, 0.25, 1.0)] == [0, 0, 2, 4, 10, 20]


@pytest.mark.parametrize("scheme", [0, 1], ids=["light", "dark"])
def test_the_scale_is_read_without_seeing_red_or_green(scheme: int) -> None:
    """Each step is lighter (or each darker) than the one before for a deuteranope, and its text stands out by 4.5."""
    style = Path(reports.__file__).parent.joinpath("page/heatmap.css").read_text("utf-8")
    found = re.findall(r"\.h\d+ \{ --square: (#\w{6}); --on: #(fff|000)", style)
    assert len(found) == 2 * (STEPS + 1)
    squares = found[scheme * (STEPS + 1) :][: STEPS + 1]
    seen = [_luminance(_deuteranope(_linear(square))) for square, _ in squares]

    assert seen in (sorted(seen), sorted(seen, reverse=True))
    assert len(set(seen)) == STEPS + 1
    for square, ink in squares:
        shine, of_ink = _luminance(_linear(square)), 1.0 if ink == "fff" else 0.0
        assert (max(shine, of_ink) + 0.05) / (min(shine, of_ink) + 0.05) >= 4.5


def _linear(colour: str) -> list[float]:
    shares = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    return [share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4 for share in shares]


def _luminance(linear: Sequence[float]) -> float:
    return sum(weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def _deuteranope(linear: Sequence[float]) -> list[float]:
    """What is seen without the medium cones (Machado, Oliveira & Fernandes 2009, severity 1)."""
    rows = ((0.367322, 0.860646, -0.227968), (0.280085, 0.672501, 0.047413), (-0.011820, 0.042940, 0.968881))
    return [sum(weight * part for weight, part in zip(row, linear, strict=True)) for row in rows]


def test_a_square_without_a_figure_has_no_colour_and_no_rank() -> None:
    """A language in which nothing was decided is hatched, says so, and has nothing to be sorted by."""
    line = next(line for line in _map(usual_results(), "chat").lines if line.row.tag == "zh-Hans")
    over = next(cell for cell in line.cells if cell.key == "over")

    assert (over.text, over.step, over.value) == ("none decided", None, None)


def test_every_rate_has_its_interval() -> None:
    """No square shows a figure without what stands beside it."""
    for system in WAYS:
        for line in _map(usual_results(), system).lines:
            assert all(cell.beside for cell in line.cells if cell.step is not None)


def test_parts_are_those_of_each_key_with_several_values() -> None:
    """The whole comes first; a part has a square for each column and row, and the whole those of the table."""
    results = _results()
    words: dict[str, int] = {}
    drawn = _map(results)
    (found,) = figures_of(results, {"guard": drawn}, words)
    said = list(words)
    parts = found["parts"]  # type: ignore[index, call-overload]
    texts = [[said[place] for place in column[0]] for column in parts[0][2]]

    assert [tuple(part[:2]) for part in parts] == [("", ""), *(group[0] for group in slices_of(results)[1:])]
    assert ("domain", "cyber") in {tuple(part[:2]) for part in parts}
    assert all(len(column[0]) == len(results.plan.languages) + 1 for part in parts for column in part[2])
    assert texts == [[line.cells[at].text for line in drawn.lines] for at in range(len(drawn.columns))]


def test_a_measure_that_a_part_has_not_has_a_dash() -> None:
    """Nothing harmful can be over-refused, and a gap in that is none: no square says that it was not run."""
    words: dict[str, int] = {}
    (found,) = figures_of(_results(), {"guard": _map(_results())}, words)
    said = list(words)
    (harmful,) = (part[2] for part in found["parts"] if part[1] == "harmful")  # type: ignore[index, call-overload]
    keys = [column.key for column in _map(_results()).columns]
    texts = {key: {said[place] for place in column[0]} for key, column in zip(keys, harmful, strict=True)}

    assert texts["over"] == {DASH}
    assert not any("not run" in column for column in texts.values())


def test_the_page_draws_the_whole_as_it_was_written(page: Opened) -> None:
    """What the script draws of all cases is what stood there before it ran."""
    figure = _figure(page.page)
    select = figure.get_by_label("cases")
    before = figure.locator("tbody").inner_text()
    select.select_option(label="cyber")
    assert figure.locator("tbody").inner_text() != before
    assert "domain cyber only" in figure.locator("[role=status]").inner_text()
    select.select_option(label="all")

    assert figure.locator("tbody").inner_text() == before
    for line, written in zip(figure.locator("tbody tr").all(), _map(_results()).lines, strict=True):
        assert line.locator("td b").all_text_contents() == [clean(cell.text) for cell in written.cells]


def test_every_column_sorts_and_says_so(page: Opened) -> None:
    """The first press puts the worst first, the second last; the mean stays below, and `aria-sort` tells which."""
    figure = _figure(page.page)
    head = figure.locator("thead th").nth(OVER)
    for sort, order in (("descending", -1), ("ascending", 1)):
        head.get_by_role("button").click()
        rates = _rates(figure)

        assert head.get_attribute("aria-sort") == sort
        assert rates == sorted(rates, key=lambda rate, order=order: order * rate)  # type: ignore[misc]
        assert _column(figure, 0)[-1].startswith("mean")
    for column in COLUMNS:
        figure.get_by_role("button", name=column.title, exact=True).click()
        sorted_by = figure.locator("thead th:is([aria-sort=descending], [aria-sort=ascending])")
        assert sorted_by.all_inner_texts() == [column.title]
    figure.get_by_role("button", name="reset").click()
    page.until("document.querySelector('figure.map th').ariaSort === 'ascending'")


def test_tier_and_script_leave_rows_out(page: Opened) -> None:
    """Only languages of the tier stay, and the mean of all of them goes."""
    figure = _figure(page.page)
    figure.get_by_label("resource tier").select_option(label="low")

    assert figure.locator("tbody tr:visible code").all_inner_texts() == ["sw", "yo"]
    assert figure.locator("[role=status]").inner_text().startswith("2 of 5 languages; the mean is")
    figure.get_by_label("resource tier").select_option(label="all")


def test_a_narrowed_map_has_an_address_of_its_own(page: Opened, opened: Callable[..., Opened]) -> None:
    """The address of what was chosen shows the same cases, rows and order to whom it is sent; nonsense shows all."""
    figure = _figure(page.page)
    figure.get_by_label("cases").select_option(label="cyber")
    figure.get_by_label("resource tier").select_option(label="low")
    figure.get_by_role("button", name="under-refusal", exact=True).click()
    fragment = page.page.url.partition("#")[2]
    shown = figure.locator("tbody tr:visible").all_inner_texts()
    figure.get_by_role("button", name="reset").click()
    page.until("location.hash === '#map/1'")
    everything = figure.locator("tbody tr:visible").all_inner_texts()
    there, lost = (opened(_written(), each) for each in (fragment, "map/1?cases=domain/none&tier=none&sort=none"))
    for each in (there, lost):
        each.until(READY)
    other = _figure(there.page)

    assert other.locator("tbody tr:visible").all_inner_texts() == shown != everything
    assert other.locator("[role=status]").inner_text().startswith("2 of 5 languages; domain cyber only")
    assert _figure(lost.page).locator("tbody tr:visible").all_inner_texts() == everything


def test_focus_and_hover_say_what_stands_behind_a_figure(page: Opened) -> None:
    """The same words appear for both, describe the square to a screen reader, and Escape takes them away."""
    figure, tip = _figure(page.page), page.page.locator("#tip")
    square = figure.locator("tbody tr").first.locator("td").first
    square.focus()
    said = tip.inner_text()

    assert re.fullmatch(r"en, over-refusal: [\d.]+ %; 95 % interval [\d.]+.[\d.]+; n \d+, \d+ families.*", said)
    assert square.get_attribute("aria-describedby") == "tip"
    page.page.keyboard.press("ArrowDown")
    assert tip.inner_text().startswith("ar, over-refusal")
    page.page.keyboard.press("ArrowRight")
    assert tip.inner_text().startswith("ar, under-refusal")
    page.page.keyboard.press("Escape")
    assert tip.is_hidden()
    square.hover()
    assert tip.inner_text() == said


def test_one_square_of_a_map_is_in_the_tab_order(page: Opened) -> None:
    """A keyboard passes a map in one step and walks inside with the arrows."""
    assert _figure(page.page).locator("td[tabindex='0']").count() == 1


def test_further_families_are_drawn_when_they_are_asked_for(page: Opened) -> None:
    """Each is an image with words, and the search narrows them."""
    folded = page.page.locator(".more-families")
    folded.locator("summary").click()
    cards = folded.locator("figure.family")
    cards.first.wait_for()
    everything = cards.count()
    folded.get_by_role("searchbox").fill("cyber")

    assert 0 < cards.count() < everything
    assert all("cyber/" in name for name in cards.locator("svg").evaluate_all("all => all.map(e => e.ariaLabel)"))


PARTS = [
    ("light", "#system-1"),
    ("dark", "figure.map"),
    ("light", "header"),
    ("light", "#overview"),
    ("dark", "#gates"),
]


@pytest.mark.parametrize(("scheme", "part"), PARTS)
def test_charts_are_for_everybody(opened: Callable[..., Opened], scheme: str, part: str) -> None:
    """Axe finds nothing serious in either scheme, the page asks for nothing and complains of nothing."""
    found = opened(_written(), color_scheme=scheme)
    found.until(READY)

    assert found.axe(part) == []
    assert (found.asked, found.said) == ([], [])


def test_nothing_overflows_a_narrow_page_or_print(opened: Callable[..., Opened]) -> None:
    """At 390 pixels only regions scroll; on paper there are no controls and further families stay folded."""
    found = opened(_written())
    found.until(READY)
    found.page.set_viewport_size({"width": 390, "height": 800})
    assert found.page.evaluate("document.documentElement.scrollWidth") == 390
    found.page.emulate_media(media="print")

    assert not _figure(found.page).locator("form").is_visible()
    assert not found.page.locator(".more-families").first.is_visible()


def test_it_reads_without_its_script(opened: Callable[..., Opened]) -> None:
    """All figures stand in the page; controls that would do nothing are not shown."""
    plain = re.sub(r"<script(?! type)>.*?</script>", "", _written(), flags=re.DOTALL)
    found = opened(plain.replace('aria-busy="true"', ""))

    assert len(_column(_figure(found.page), OVER)) == len(TONGUES) + 1
    assert not _figure(found.page).locator("form").is_visible()
