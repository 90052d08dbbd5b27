"""Options that several commands share, and the study that they make of a file or of nothing."""

from __future__ import annotations

import math
import tomllib
from dataclasses import dataclass, replace
from functools import update_wrapper
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from refusals.errors import InputError, nearest

if TYPE_CHECKING:
    from collections.abc import Callable

    from refusals.study import Baseline, Selection, Study, SystemSpec

EARLY = 0.05  # the chance of a false pass, and of a false fail, of a gate that is decided early


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What the command line says about what is measured."""

    study: Path | None = None
    system: tuple[str, ...] = ()
    threshold: tuple[str, ...] = ()
    language: tuple[str, ...] = ()
    domain: tuple[str, ...] = ()
    label: tuple[str, ...] = ()
    kind: tuple[str, ...] = ()
    limit: int | None = None
    seed: int | None = None
    max_calls: int | None = None
    max_cost: float | None = None
    corpus: Path | None = None
    policy: str | None = None
    baseline: Path | None = None
    may_differ: tuple[str, ...] = ()
    pairs: tuple[str, ...] = ()
    early_stop: bool = False


def held_against() -> tuple[Callable[..., Any], ...]:
    """Return the options that name the run which another is held against."""
    return (
        click.option(
            "--baseline", type=click.Path(path_type=Path), metavar="DIR", help="The run that gates hold it against."
        ),
        click.option(
            "--may-differ",
            multiple=True,
            metavar="WHAT[,WHAT]",
            help="What of the baseline may be another: corpus, policy, judge. Reports say so.",
        ),
        click.option(
            "--pair",
            "pairs",
            multiple=True,
            metavar="NEW=OLD",
            help="What a system is called in the baseline; repeatable.",
        ),
    )


def baseline_of(asked: Asked, study: Study | None = None) -> Baseline | None:
    """Return the baseline that options name, else that of the study.

    Raises:
        InputError: if something is said of no baseline.
    """
    from refusals.study import Baseline

    words = tuple(word for said in asked.may_differ for word in said.split(",") if word)
    own = study.baseline if study else None
    run = asked.baseline or (own.run if own else None)
    if run is None:
        given = "--may-differ" if words else "--pair" if asked.pairs else ""
        if given:
            raise InputError(f"{given} is about a baseline; give --baseline DIR too")
        return None
    return Baseline(
        run=run,
        may_differ=words or (own.may_differ if own else ()),
        pairs=asked.pairs or (own.pairs if own else ()),
        place=own.place if own and not asked.pairs else None,
    )


def measured(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command the options that say what is measured; they arrive as one `asked`."""
    options = (
        click.argument("study", required=False, type=click.Path(path_type=Path)),
        click.option("--system", multiple=True, metavar="[NAME=]SPEC", help=_SPECS),
        click.option("--threshold", multiple=True, metavar="[NAME=]SCORE", help="From which score on a system flags."),
        click.option("--language", multiple=True, metavar="TAG[,TAG]", help="Only these languages (BCP-47 tags)."),
        click.option("--domain", multiple=True, metavar="NAME[,NAME]", help="Only these domains."),
        click.option("--label", multiple=True, metavar="LABEL", help="Only benign, dual_use or harmful cases."),
        click.option("--kind", multiple=True, metavar="KIND", help="Only these kinds of case."),
        click.option(
            "--limit",
            type=click.IntRange(min=1),
            metavar="N",
            help="At most N families, drawn by the seed; native ones only where there are no others.",
        ),
        click.option("--seed", type=click.IntRange(min=0), metavar="N", help="Seed of the visiting order (default 0)."),
        click.option(
            "--max-calls", type=click.IntRange(min=0), metavar="N", help="Stop after N calls; the rest is not_run."
        ),
        click.option(
            "--max-cost", type=click.FloatRange(min=0), metavar="USD", help="Stop at this cost; the rest is not_run."
        ),
        click.option(
            "--corpus", type=click.Path(path_type=Path), metavar="DIR", help="Folder with cases/ and translations/."
        ),
        click.option("--policy", metavar="NAME", help="default, strict, open, or a file of your own."),
        *held_against(),
        click.option(
            "--early-stop",
            is_flag=True,
            help="Ask a system no more once its gates are decided, each with an error of 5 %.",
        ),
    )

    def gathered(**given: Any) -> Any:
        asked = Asked(**{name: given.pop(name) for name in Asked.__dataclass_fields__})
        return command(asked=asked, **given)

    update_wrapper(gathered, command)
    for option in reversed(options):
        gathered = option(gathered)
    return gathered


_SPECS = (
    "A system under test: anthropic:MODEL, openai_compatible:MODEL@BASE_URL, command:'PROGRAM ARGS', "
    "python:module:callable, recorded:FILE.jsonl, or a built-in one. Repeatable."
)


def study_of(asked: Asked) -> Study:
    """Return the study of the file, changed by the options; the built-in one if there is neither.

    Raises:
        InputError: if the file or an option is wrong.
    """
    from refusals.study import built_in_study, load_study, parse_spec, told_apart

    path = asked.study or _named_by_pyproject()
    study = built_in_study() if path is None else load_study(path)
    if asked.system:
        study = replace(
            study,
            systems=told_apart(parse_spec(spec) for spec in asked.system),
            gates=() if path is None else study.gates,
        )
    if asked.max_cost is not None and not math.isfinite(asked.max_cost):
        raise InputError(f"--max-cost: {asked.max_cost} is no sum; write 20 for 20 USD")
    study = replace(study, systems=_with_thresholds(study.systems, asked.threshold), selection=_selection(study, asked))
    budget = replace(
        study.budget,
        max_calls=study.budget.max_calls if asked.max_calls is None else asked.max_calls,
        max_cost=study.budget.max_cost if asked.max_cost is None else asked.max_cost,
    )
    return replace(
        study,
        budget=budget,
        seed=study.seed if asked.seed is None else asked.seed,
        corpus=asked.corpus or study.corpus,
        baseline=baseline_of(asked, study),
        early_stop=study.early_stop or (EARLY if asked.early_stop else None),
        policy=str(Path.cwd() / asked.policy) if asked.policy and "." in asked.policy else asked.policy or study.policy,
    )


def _selection(study: Study, asked: Asked) -> Selection:
    chosen = study.selection
    return replace(
        chosen,
        languages=_words("language", asked.language) or chosen.languages,
        domains=_words("domain", asked.domain) or chosen.domains,
        labels=_words("label", asked.label) or chosen.labels,
        kinds=_words("kind", asked.kind) or chosen.kinds,
        limit=asked.limit or chosen.limit,
    )


def _words(option: str, values: tuple[str, ...]) -> tuple[str, ...]:
    words = tuple(word for value in values for word in value.split(",") if word)
    if values and not words:
        raise InputError(f"--{option} names nothing; leave it out to ask all of them")
    return words


def _with_thresholds(specs: tuple[SystemSpec, ...], given: tuple[str, ...]) -> tuple[SystemSpec, ...]:
    for written in given:
        name, _, score = written.rpartition("=")
        names = [spec.name for spec in specs]
        if name and name not in names:
            raise InputError(f"--threshold: no system is called {name!r}; {nearest(name, names)}")
        try:
            value = float(score)
        except ValueError:
            value = math.nan
        if not math.isfinite(value):  # nothing reaches a NaN: all would be allowed
            raise InputError(f"--threshold: {score!r} is no number; write NAME=0.5")
        specs = tuple(
            replace(spec, threshold=value, calibrate=None) if name in ("", spec.name) else spec for spec in specs
        )
    return specs


def _named_by_pyproject() -> Path | None:
    path = Path("pyproject.toml")
    if not path.is_file():
        return None
    try:
        settings = tomllib.loads(path.read_text("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InputError(f"pyproject.toml: {error}") from error
    tool = settings.get("tool")
    ours = tool.get("refusals", {}) if isinstance(tool, dict) else {}
    if not isinstance(ours, dict) or ours.keys() - {"study"} or not isinstance(ours.get("study", ""), str):
        raise InputError("pyproject.toml: [tool.refusals] is wrong; allowed: `study`, the path of a study")
    return Path(ours["study"]) if "study" in ours else None
