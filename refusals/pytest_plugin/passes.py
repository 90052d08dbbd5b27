"""One pass of the engine answers for every item of a study that selection has left."""

from __future__ import annotations

import asyncio
import shutil
import time
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from refusals.errors import RefusalsError
from refusals.gates import Ruling
from refusals.outcomes import Outcome, Run
from refusals.pipeline import DATABASE, Prepared, Ways, measure_into, only_here, prepare, results_of
from refusals.pipeline.ruling import Stored, rule, stored_in
from refusals.plan import Plan, Trial

if TYPE_CHECKING:
    from refusals.corpus import Corpus
    from refusals.runner.line import Line
    from refusals.study import Study

RUN_NAME = pytest.StashKey[str]()
SECONDS_BETWEEN_LINES = 10.0
SECONDS_TO_WAIT = 24 * 3600.0


@dataclass(slots=True)
class Pass:
    """A study's plan and, once it has gone, the outcomes and rulings that its items report."""

    config: pytest.Config
    study: Study
    title: str
    corpus: Corpus = field(init=False)
    plan: Plan = field(init=False)
    outcomes: Mapping[str, Outcome] = field(init=False, default_factory=dict)
    rulings: tuple[Ruling, ...] = field(init=False, default=())
    stored: Stored | None = field(init=False, default=None)
    broken: str = field(init=False, default="")

    def __post_init__(self) -> None:
        prepared = asyncio.run(_prepared_and_closed(self.study))
        self.corpus, self.plan = prepared.corpus, prepared.plan

    @property
    def out(self) -> Path:
        """The folder of the run, the same for every xdist worker."""
        from refusals.pytest_plugin import option

        given = option(self.config, "out")
        if given:
            return (self.config.rootpath / str(given)).resolve()
        return _cache_folder(self.config) / f"{run_name(self.config)}-{self.title}"

    def go(self, session: pytest.Session) -> None:
        """Ask what is left after selection; under xdist the first worker asks and the others read."""
        from refusals.pytest_plugin.items import Reported

        mine = [item for item in session.items if isinstance(item, Reported) and item.engine_pass is self]
        if not mine:
            return
        selected = {item.trial.id for item in mine if item.trial is not None}
        try:
            if selected:
                self._ask(selected)
            ruled = rule(self.study, self.plan, self.outcomes, self.stored)
            self.outcomes, self.rulings = ruled.outcomes, ruled.rulings
        except RefusalsError as error:
            self.broken = str(error)

    def _ask(self, selected: Iterable[str]) -> None:
        from refusals.pytest_plugin import option

        if not option(self.config, "out"):
            _forget_old_runs(self.config)
        part = frozenset(selected)
        plan = replace(self.plan, trials=tuple(trial for trial in self.plan.trials if trial.id in part))
        ways = Ways(fresh=bool(option(self.config, "fresh")), watch=_Said(self.config))
        with only_here(self.out, wait=SECONDS_TO_WAIT), Run(self.out / DATABASE) as kept:
            if kept.fact("passed") != run_name(self.config):
                asyncio.run(_measured(self.study, self.corpus, plan, kept, (self.out, ways)))
                kept.state("passed", run_name(self.config))
            self.outcomes = kept.read()
            self.stored = stored_in(kept, self.out / DATABASE)


async def _prepared_and_closed(study: Study) -> Prepared:
    prepared = await prepare(study)
    for system in prepared.systems.values():
        await system.close()
    return prepared


async def _measured(study: Study, corpus: Corpus, plan: Plan, kept: Run, how: tuple[Path, Ways]) -> None:
    prepared = replace(await prepare(study, corpus), plan=plan)
    await measure_into(prepared, kept, *how)


class _Said:
    """Tells the terminal how a long pass goes; silent where there is none, as in an xdist worker."""

    def __init__(self, config: pytest.Config) -> None:
        self._terminal: Any = config.pluginmanager.get_plugin("terminalreporter")
        self._total = self._done = 0
        self._last = time.monotonic()

    def begin(self, totals: Mapping[str, int], done: Mapping[str, int]) -> None:
        """Count what there is to do."""
        self._total, self._done = sum(totals.values()), sum(done.values())

    def ended(self, trial: Trial, outcome: Outcome, line: Line) -> None:  # noqa: ARG002 - the shape of a watch
        """Say now and then how far it is."""
        self._done += not outcome.stopped_early
        now = time.monotonic()
        if self._terminal is not None and now - self._last > SECONDS_BETWEEN_LINES:
            self._last = now
            self._terminal.write_line(f"refusals: {self._done:,} of {self._total:,} cells")

    def waits(self, system: str, said: str) -> None:
        """Say now and then what is waited for."""
        now = time.monotonic()
        if self._terminal is not None and now - self._last > SECONDS_BETWEEN_LINES:
            self._last = now
            self._terminal.write_line(f"refusals: {system} {said}")

    def decided(self, system: str, said: str) -> None:
        """Say which gate has been decided."""
        if self._terminal is not None:
            self._terminal.write_line(f"refusals: {system} {said}")


def run_name(config: pytest.Config) -> str:
    """Return the name of this session's runs; a worker has it from its controller."""
    if RUN_NAME not in config.stash:
        given = getattr(config, "workerinput", {}).get("refusals_run")
        config.stash[RUN_NAME] = given or f"run-{uuid.uuid4().hex[:12]}"
    return config.stash[RUN_NAME]


def _cache_folder(config: pytest.Config) -> Path:
    named = config.getini("cache_dir") if config.pluginmanager.hasplugin("cacheprovider") else ".pytest_cache"
    return config.rootpath / str(named) / "d" / "refusals"


def _forget_old_runs(config: pytest.Config) -> None:
    """Delete runs that a session left in pytest's cache more than a day ago."""
    for old in _cache_folder(config).glob("run-*"):
        if old.stat().st_mtime < time.time() - SECONDS_TO_WAIT:
            shutil.rmtree(old, ignore_errors=True)


def summaries(config: pytest.Config) -> Iterable[tuple[str, str]]:
    """Yield title and table of every run of this session, where this process shows a terminal."""
    from refusals.pytest_plugin import PASSES, option
    from refusals.reports.terminal import WIDTH, render

    if hasattr(config, "workerinput") or RUN_NAME not in config.stash:
        return
    given = option(config, "out")
    folders = [config.rootpath / given] if given else sorted(_cache_folder(config).glob(f"{run_name(config)}-*"))
    writer = config.get_terminal_writer()
    width = writer.fullwidth if writer.hasmarkup else WIDTH
    by_out = {engine_pass.out: engine_pass for engine_pass in config.stash[PASSES]}
    for folder in folders:
        if (folder / DATABASE).is_file():
            engine_pass = by_out.get(folder)
            if engine_pass is not None and engine_pass.broken:
                continue
            yield (
                f"refusals: {folder.name.removeprefix(run_name(config) + '-')}",
                render(results_of(folder), width=width),
            )
