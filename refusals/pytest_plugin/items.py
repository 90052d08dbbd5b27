"""Items of a study: a cell reports what was decided there, a gate reports its ruling."""

from __future__ import annotations

import re
from abc import abstractmethod
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from refusals.errors import RefusalsError
from refusals.gates import INTEGRITY, JUDGE, questions
from refusals.grading.anchors import needed
from refusals.outcomes import right, side
from refusals.plan import Trial
from refusals.policies import Expectation
from refusals.pytest_plugin import PASSES, option
from refusals.pytest_plugin.passes import Pass
from refusals.study import Selection, built_in_study, load_study, parse_spec, told_apart

if TYPE_CHECKING:
    from refusals.gates import Ruling
    from refusals.study import Study as StudyFile


def item_id(*parts: str) -> str:
    """Return an id in [a-z0-9._-] that says what an item is of."""
    return re.sub(r"[^a-z0-9._-]+", "-", "-".join(parts).lower().replace("/", "."))


class Study(pytest.Collector):
    """Collects the cells and gates of one study."""

    def __init__(self, *, study: Any, **rest: Any) -> None:
        super().__init__(**rest)
        self._make_study = study

    @classmethod
    def of_options(cls, session: pytest.Session) -> Study:
        """Return the collector of the study that options or configuration ask for."""
        path = _configured(session.config)
        study: Study = cls.from_parent(
            session,
            name="refusals",
            nodeid="refusals",
            study=lambda: _with_options(load_study(path) if path else built_in_study(), session.config),
        )
        return study

    @classmethod
    def of_marker(cls, parent: pytest.Collector, mark: pytest.Mark) -> Study:
        """Return the collector of the study that a module's marker names."""
        unknown = set(mark.kwargs) - {"study", "systems"}
        if mark.args or unknown:
            raise pytest.Collector.CollectError(
                "the marker is refusals(study=PATH, systems=[SPEC, …]), with keywords only"
            )
        name = mark.kwargs.get("study")
        path = _beside(parent.path.parent, parent.config.rootpath, name) if name else None

        def make() -> StudyFile:
            study = load_study(path) if path else built_in_study()
            specs = mark.kwargs.get("systems")
            if specs:
                folder = parent.path.parent
                study = replace(study, systems=told_apart(parse_spec(spec, folder) for spec in specs))
            return _with_options(study, parent.config)

        study: Study = cls.from_parent(parent, name="refusals", study=make)
        return study

    def collect(self) -> Iterable[pytest.Item]:
        """Yield an item for every cell and every gate of the plan."""
        try:
            title = item_id((self.parent.nodeid if self.parent else "") or self.name)
            engine_pass = Pass(config=self.config, study=self._make_study(), title=title)
        except RefusalsError as error:
            raise self.CollectError(str(error)) from error
        self.config.stash[PASSES].append(engine_pass)
        for trial in sorted(engine_pass.plan.trials, key=lambda trial: trial.id):
            yield Cell.of(self, engine_pass, trial)
        yield from self._gates(engine_pass)

    def _gates(self, engine_pass: Pass) -> Iterator[pytest.Item]:
        systems = sorted({trial.system for trial in engine_pass.plan.trials})
        for system in systems:
            yield Gate.of(self, engine_pass, (INTEGRITY, system, ""))
        if needed(engine_pass.study.judge.use):
            yield Gate.of(self, engine_pass, (INTEGRITY, JUDGE, ""))
        for asked in questions(engine_pass.study, engine_pass.plan):
            yield Gate.of(self, engine_pass, (asked.name, asked.system, asked.language))

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:  # noqa: ARG002
        """Show an error of ours as its one line."""
        if isinstance(excinfo.value, self.CollectError):
            return str(excinfo.value)
        return pytest.Collector.repr_failure(self, excinfo)


class Reported(pytest.Item):
    """An item that is reported from what the pass has found."""

    engine_pass: Pass
    trial: Trial | None = None

    def reports(self) -> Iterator[pytest.TestReport]:
        """Yield the reports of set-up, call and tear-down."""
        found, why = ("", self.engine_pass.broken) if self.engine_pass.broken else self.found()
        yield self._report("setup", "passed", None)
        yield self._report("call", "failed" if why else "passed", why or None, found)
        yield self._report("teardown", "passed", None)

    def _report(self, when: Any, outcome: Any, why: str | None, found: str = "") -> pytest.TestReport:
        return pytest.TestReport(
            nodeid=self.nodeid,
            location=self.location,
            keywords={},
            outcome=outcome,
            longrepr=why,
            when=when,
            user_properties=self.user_properties,
            refusals_decision=found,
        )

    @abstractmethod
    def found(self) -> tuple[str, str]:
        """Return what was decided, if it was wrong or undecided, and why that fails (empty: it does not)."""

    def runtest(self) -> None:
        """Fail as the report would, for whoever runs the item by itself."""
        _, why = self.found()
        if why:
            pytest.fail(why, pytrace=False)

    def reportinfo(self) -> tuple[Path, int | None, str]:
        """Say what the item is of."""
        return self.path, None, f"refusals {self.name}"  # not the id's end: pytest would turn its dots into ::


class Cell(Reported):
    """A case in a language for a system."""

    trial: Trial

    @classmethod
    def of(cls, parent: Study, engine_pass: Pass, trial: Trial) -> Cell:
        """Return the item of a trial, with the marker `case` to select it by."""
        cell: Cell = cls.from_parent(parent, name=item_id(trial.language, trial.system, trial.shown))
        cell.engine_pass, cell.trial = engine_pass, trial
        facts = {"system": trial.system, "language": trial.language, "domain": trial.domain}
        facts |= {"label": str(trial.label), "kind": str(trial.kind)}
        cell.add_marker(pytest.mark.case(**facts))
        cell.user_properties.extend((key, facts[key]) for key in ("language", "label", "domain"))
        return cell

    def found(self) -> tuple[str, str]:
        """A wrong decision fails only where the session is strict."""
        outcome = self.engine_pass.outcomes.get(self.trial.id)
        if outcome is None:
            return "undecided", ""
        if outcome.stopped_early:
            return "not asked", ""
        was_right = right(self.trial.expectation, side(outcome.ending, self.engine_pass.study.sides))
        if was_right or (was_right is None and self.trial.expectation is Expectation.EITHER):
            return "", ""
        if was_right is None:
            return ("" if outcome.ending == "out_of_policy" else "undecided"), ""
        wrong = "over-refused" if self.trial.expectation is Expectation.COMPLY else "under-refused"
        said = f"{wrong}: expected {self.trial.expectation}, {outcome.ending} ({outcome.reason})"
        return wrong, said if option(self.config, "strict") else ""


class Gate(Reported):
    """A gate, or the integrity of a system's run in all its languages."""

    asked: tuple[str, str, str]

    @classmethod
    def of(cls, parent: Study, engine_pass: Pass, asked: tuple[str, str, str]) -> Gate:
        """Return the item of (name of the gate, system, language)."""
        named = [part.replace("*", "mean").replace(".", "-") for part in asked if part]
        gate: Gate = cls.from_parent(parent, name=item_id("gate", *named))
        gate.engine_pass, gate.asked = engine_pass, asked
        return gate

    def found(self) -> tuple[str, str]:
        """Anything but a pass fails, and says as what."""
        ruled = [ruling for ruling in self.engine_pass.rulings if self._is_mine(ruling)]
        bad = [ruling for ruling in ruled if ruling.standing != "pass"]
        if not ruled:
            return "", "invalid: none of its cells was asked"
        return "", "\n".join(f"{ruling.standing}: {ruling.system} {ruling.language}: {ruling.reason}" for ruling in bad)

    def _is_mine(self, ruling: Ruling) -> bool:
        name, system, language = self.asked
        return ruling.name == name and ruling.system == system and language in ("", ruling.language)


def _configured(config: pytest.Config) -> Path | None:
    given = option(config, "study")
    if given is None:
        return None
    base = config.invocation_params.dir if config.getoption("refusals_study") else config.rootpath
    found = (base / str(given)).resolve()
    if not found.is_file():
        raise pytest.UsageError(f"refusals: there is no study {given!r} in {base}; `refusals init` writes one")
    return found


def _beside(module: Path, root: Path, name: str) -> Path:
    for folder in (module, root):
        if (folder / name).is_file():
            return (folder / name).resolve()
    raise pytest.Collector.CollectError(f"there is no study {name!r} beside the module or in {root}")


def _with_options(study: StudyFile, config: pytest.Config) -> StudyFile:
    specs = option(config, "system")
    if specs:
        study = replace(study, systems=told_apart(parse_spec(spec, config.invocation_params.dir) for spec in specs))
    limit, calls = option(config, "limit"), option(config, "max-calls")
    selection = Selection(
        languages=_words(config, "language") or study.selection.languages,
        domains=_words(config, "domain") or study.selection.domains,
        labels=_words(config, "label") or study.selection.labels,
        kinds=study.selection.kinds,
        limit=_number("limit", limit) if limit else study.selection.limit,
        at_least=study.selection.at_least,
    )
    corpus, policy = option(config, "corpus"), option(config, "policy")
    return replace(
        study,
        selection=selection,
        budget=replace(study.budget, max_calls=_number("max-calls", calls)) if calls else study.budget,
        corpus=config.rootpath / corpus if corpus else study.corpus,
        policy=policy or study.policy,
    )


def _words(config: pytest.Config, name: str) -> tuple[str, ...]:
    return tuple(word for word in str(option(config, name) or "").split(",") if word)


def _number(name: str, written: str) -> int:
    if not written.isdecimal():
        raise pytest.UsageError(f"--refusals-{name}: {written!r} is no whole number")
    return int(written)
