"""How large report.html is, and how soon Chromium lists its cases: 150,000 of them, with texts that are all different.

The cases are the project's own in all of its languages, the systems as many as it takes. Replies are words of the
language's own texts by chance, which compress worse than anything that a model says. The floor is a page of as many
bytes that does nothing with them.

python benchmarks/report.py [--cells 150000] [--reply 400] [--times 5]
"""

from __future__ import annotations

import argparse
import os
import random
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from refusals.cases import Kind
from refusals.corpus import load_corpus
from refusals.gates import overall, rule_on
from refusals.languages import Language
from refusals.outcomes import Outcome
from refusals.plan import Ending, Plan, Reader, Trial, make_plan
from refusals.policies import Expectation, load_policy
from refusals.reports import LanguageFacts, Manifest, Results, SystemFacts
from refusals.reports._decisions import decisions_of
from refusals.reports.html import render
from refusals.statistics import estimate
from refusals.study import GateSpec, Selection, Study
from refusals.systems import Text

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

ROOT = Path(__file__).resolve().parents[1]
WRONG, FAILED = 0.06, 0.01
FLOOR = (
    '<!doctype html><meta charset="utf-8"><p>floor<script type="text/plain">{}</script>'
    '<script>performance.mark("listed")</script>'
)
CHANGED = """async ([does, name, value]) => {
  const form = document.getElementById("filters");
  const [rows] = document.getElementById("rows").tBodies;
  const began = performance.now();
  const done = new Promise((held) => { new MutationObserver(held).observe(rows, { childList: true }); });
  if (does === "sort") document.querySelector(`[data-sort=${name}] button`).click();
  else {
    form.elements[name].value = value;
    form.elements[name].dispatchEvent(new Event("input", { bubbles: true }));
  }
  await done;
  return performance.now() - began;
}"""


def results_of(cells: int, length: int) -> Results:
    """Return results of so many cells, with replies of about that many characters."""
    corpus = load_corpus(ROOT)
    one = make_plan(corpus, [_reader("model-1")], load_policy("default", ROOT), Selection())
    names = [f"model-{number + 1}" for number in range(-(-cells // len(one.trials)))]
    plan = make_plan(corpus, [_reader(name) for name in names], load_policy("default", ROOT), Selection())
    plan = replace(plan, trials=plan.trials[:cells])
    draw = random.Random(7)
    outcomes = {trial.id: _outcome(trial, draw) for trial in plan.trials}
    study = Study(systems=(), gates=(GateSpec(measure="over-refusal", label="benign", limit=0.05),))
    estimates = estimate(plan, outcomes, study.sides)
    rulings = rule_on(study, plan, outcomes, estimates)
    return Results(
        manifest=Manifest(
            version="0",
            python="3",
            platform="Linux",
            started="2026-01-02T08:00:00Z",
            finished="2026-01-02T08:00:00Z",
            corpus="c0" * 32,
            plan=plan.digest,
            seed=0,
            policy=plan.policy,
            judges=("phrases",),
            systems=tuple(SystemFacts(name=name, kind="recorded", target="", identity=None) for name in names),
            languages=tuple(
                LanguageFacts(
                    tag=each.tag, name=each.name, direction=each.direction, script=each.script, tier=each.tier
                )
                for each in (corpus.languages[tag] for tag in plan.languages)
            ),
            untranslatable=plan.untranslatable,
            states={},
            calls=cells,
            cost=0.0,
        ),
        plan=plan,
        outcomes=outcomes,
        estimates=estimates,
        rulings=rulings,
        standing=overall(rulings),
        replies=dict(_replies(plan, draw, length)),
        sides=study.sides,
    )


def _facts(each: Language) -> LanguageFacts:
    return LanguageFacts(tag=each.tag, name=each.name, direction=each.direction, script=each.script, tier=each.tier)


def _reader(name: str) -> Reader:
    return Reader(name=name, kinds=frozenset(Kind))


def _outcome(trial: Trial, draw: random.Random) -> Outcome:
    fate = draw.random()
    refuses = (trial.expectation is Expectation.REFUSE) is not (fate < WRONG)
    ending = Ending.ERROR if fate > 1 - FAILED else Ending.REFUSED if refuses else Ending.COMPLIED
    return Outcome(
        trial=trial.id,
        ending=ending,
        judge="phrases",
        reason=f"says phrase {draw.randrange(60)} of {trial.language}",
        score=round(draw.random(), 6),
        reply_language=trial.language,
        model=f"{trial.system}-2026",
        attempts=1,
    )


def _replies(plan: Plan, draw: random.Random, length: int) -> Iterator[tuple[str, Text]]:
    words: dict[str, list[str]] = {}
    for trial in plan.trials:
        words.setdefault(trial.language, []).extend(_words(trial))
    for trial in plan.trials:
        known = words[trial.language]
        count = 1 + int(draw.expovariate(1 / length) / (1 + sum(map(len, known[:1000])) / len(known[:1000])))
        yield trial.id, Text(text=" ".join(draw.choices(known, k=count)))


def _words(trial: Trial) -> list[str]:
    """Return the words of a prompt; of languages that put no spaces between words, three characters each."""
    text = trial.prompt.text or " ".join(turn.text for turn in trial.prompt.turns)
    spaced = text.count(" ") * 12 > len(text)
    return text.split() if spaced else [text[at : at + 3] for at in range(0, len(text), 3)]


def main() -> None:
    """Make the page and its floor, open both as often as asked, and print what that took."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cells", type=int, default=150_000)
    parser.add_argument("--reply", type=int, default=400, help="characters of a reply, on average")
    parser.add_argument("--times", type=int, default=5)
    parser.add_argument("--keep", type=Path, help="write the page there too")
    parser.add_argument("--open", type=Path, help="a page that was kept, instead of making one")
    given = parser.parse_args()
    written = given.open.read_text("utf-8") if given.open else _rendered(given.cells, given.reply)
    if given.keep:
        given.keep.write_text(written, "utf-8")
    print(f"{'size':34} {len(written.encode()) / 1e6:.1f} MB")
    for name, value in _opened(written, given.times):
        print(f"{name:34} {value}")


def _rendered(cells: int, reply: int) -> str:
    results = results_of(cells, reply)
    began = time.process_time()
    decisions_of(results, show_text=True)
    packed = time.process_time() - began
    written = render(results, show_text=True)
    took = time.process_time() - began - packed
    said = sum(len(each.text.encode()) for each in results.replies.values() if isinstance(each, Text))
    print(f"{cells:,} cells, replies of {said / 1e6:.1f} MB in all")
    print(f"{'rendered':34} {took:.1f} s of CPU, {packed:.1f} of them to pack the cases")
    return written


def _opened(written: str, times: int) -> Iterator[tuple[str, str]]:
    from playwright.sync_api import sync_playwright

    path = os.environ.get("CHROMIUM") or shutil.which("chromium")
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        ours, floor = Path(folder, "report.html"), Path(folder, "floor.html")
        ours.write_text(written, "utf-8")
        floor.write_text(FLOOR.format("A" * (len(written.encode()) - len(FLOOR))), "utf-8")
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        pairs = [(_ready(browser, ours), _ready(browser, floor)) for _ in range(times)]
        for at, said in enumerate(("ready after", "of the page's own thread, CPU")):
            listed, bare = (median(each[at] for each in side) for side in zip(*pairs, strict=True))
            yield said, f"{listed:.2f} s, {listed / bare:.1f} times the floor of {bare:.2f} s"
        yield from _used(_page(browser, ours, "#rows tr"))
        page = _page(browser, ours, "#rows tr")
        began = time.perf_counter()
        page.click("#rows tbody a")
        page.wait_for_selector("#case[open] .elsewhere")
        yield "first case opened", f"{(time.perf_counter() - began) * 1000:.0f} ms"
        browser.close()


def _page(browser: Browser, path: Path, shown: str) -> Page:
    page = browser.new_page()
    page.goto(path.as_uri())
    page.wait_for_selector(shown, state="attached")
    return page


def _ready(browser: Browser, path: Path) -> tuple[float, float]:
    """Return the seconds until cases are listed and drawn, by the clock and of the page's own thread."""
    page = browser.new_page()
    meter = page.context.new_cdp_session(page)
    meter.send("Performance.enable", {"timeDomain": "threadTicks"})
    page.goto(path.as_uri())
    while not page.evaluate("performance.getEntriesByName('listed').length"):
        page.wait_for_timeout(50)
    page.evaluate("new Promise((drawn) => requestAnimationFrame(() => setTimeout(drawn)))")
    listed = page.evaluate("performance.getEntriesByName('listed')[0].startTime") / 1000
    busy = {each["name"]: each["value"] for each in meter.send("Performance.getMetrics")["metrics"]}["TaskDuration"]
    page.close()
    return listed, busy


def _used(page: Page) -> Iterator[tuple[str, str]]:
    for said, does, name, value in (
        ("filter by language", "filter", "language", "sw"),
        ("filter by label too", "filter", "label", "harmful"),
        ("all again", "filter", "language", ""),
        ("sort by case", "sort", "case", ""),
        ("sort by score", "sort", "score", ""),
        ("find in texts, unpacked for it", "filter", "find", "habari"),
        ("find in texts", "filter", "find", "habar"),
    ):
        waited = " (200 of them waited for more letters)" if name == "find" else ""
        yield said, f"{page.evaluate(CHANGED, [does, name, value]):.0f} ms{waited}"
    page.close()


if __name__ == "__main__":
    main()
