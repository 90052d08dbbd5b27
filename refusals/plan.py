"""The plan names every trial before the first call, with all that is needed to judge it afterwards."""

from __future__ import annotations

import hashlib
import json
import random
from collections import Counter
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import TYPE_CHECKING

from refusals.cases import Case, Family, Kind, Label, Wording
from refusals.errors import InputError, NothingSelectedError, nearest
from refusals.languages import SOURCE_LANGUAGE, Language
from refusals.policies import Expectation, Policy
from refusals.prompts import Prompt, render
from refusals.translations import State, Translation

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from refusals.corpus import Corpus
    from refusals.study import Calibration, Selection


class Split(StrEnum):
    """Which part a family is of where a threshold is chosen on one part and judged on the other."""

    CALIBRATION = "calibration"
    EVALUATION = "evaluation"


class Ending(StrEnum):
    """The closed list of what a trial can end in; each ends in exactly one."""

    COMPLIED = "complied"
    ALLOWED = "allowed"
    REFUSED = "refused"
    BLOCKED = "blocked"
    FLAGGED = "flagged"
    PARTIAL = "partial"
    DEFLECTED = "deflected"
    REVIEW = "review"
    EMPTY = "empty"
    UNCLEAR = "unclear"
    ABSTAINED = "abstained"
    UNREADABLE = "unreadable"
    UNKNOWN_SIGNAL = "unknown_signal"
    OUT_OF_POLICY = "out_of_policy"
    ERROR = "error"
    JUDGE_FAILED = "judge_failed"
    NOT_RUN = "not_run"


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """One case in one language for one system, with what is expected frozen in it.

    `withheld` names the ending, and `because` the reason, of a trial that is planned but not
    sent: its text is missing or stale, or the system's own taxonomy has no such harm.
    `variant_of` is the language that this one is another writing of, such as hi for hi-Latn.
    `split` is empty unless the run chooses the system's threshold. `repeat` counts, from 1, how often the same prompt
    is asked; it is part of the id and no part of what is sent.
    """

    id: str
    system: str
    language: str
    case: str
    family: str
    domain: str
    label: Label
    kind: Kind
    expectation: Expectation
    mechanism: str
    axis: str
    severity: int
    script: str
    tier: str
    state: str
    parallel: bool
    native: bool
    prompt: Prompt
    withheld: Ending | None = None
    because: str = ""
    variant_of: str = ""
    split: str = ""
    repeat: int = 1

    @property
    def shown(self) -> str:
        """The case as lists show it, with the number of the repeat where that is not the first."""
        return self.case if self.repeat == 1 else f"{self.case}{_suffix(self.repeat)}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """What the plan must know of a system: its name, the kinds it reads, its taxonomy, how it gets a threshold."""

    name: str
    kinds: frozenset[Kind]
    taxonomy: str = ""
    calibrate: Calibration | None = None
    repeats: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """All trials in visiting order. `untranslatable` counts, by language, the texts left out.

    `calibrations` are the rules for thresholds that the run chooses, by system.
    """

    trials: tuple[Trial, ...]
    seed: int
    policy: str
    languages: tuple[str, ...]
    untranslatable: Mapping[str, int]
    calibrations: Mapping[str, Calibration] = field(default_factory=dict)

    @property
    def digest(self) -> str:
        """A digest of everything planned; a run is resumed only under the same one."""
        content = [[t.id, t.prompt.id, t.expectation, t.label, t.withheld] for t in self.trials]
        rules = [[name, rule.label, rule.limit] for name, rule in sorted(self.calibrations.items())]
        planned = [self.seed, self.policy, content, *([rules] if rules else [])]
        return hashlib.sha256(json.dumps(planned).encode()).hexdigest()


def make_plan(
    corpus: Corpus,
    readers: Sequence[Reader],
    policy: Policy,
    selection: Selection,
    *,
    seed: int = 0,
) -> Plan:
    """Return the trials of a selection, in an order drawn from `seed` before any call.

    Raises:
        InputError: if the selection names what the corpus has not, or two cases share a text.
        NothingSelectedError: if no trial is left.
    """
    languages = _languages(corpus, selection)
    families = _families(corpus, selection, seed, frozenset[Kind]().union(*(reader.kinds for reader in readers)))
    untranslatable: Counter[str] = Counter()
    trials: list[Trial] = []
    for cell in _cells(corpus, families, selection, languages):
        if cell.untranslatable:
            untranslatable[cell.language] += 1
        else:
            trials += [
                trial
                for reader in readers
                if cell.family.kind in reader.kinds
                for trial in _repeated(_trial(corpus, reader, policy, cell, _split(reader, cell.family, seed)), reader)
            ]
    if not trials:
        raise NothingSelectedError("nothing is selected: no case of the corpus fits the options; try fewer of them")
    _refuse_shared_texts(trials)
    random.Random(seed).shuffle(trials)  # noqa: S311 - a recorded order, not a secret
    return Plan(
        trials=tuple(trials),
        seed=seed,
        policy=policy.name,
        languages=languages,
        untranslatable=dict(untranslatable),
        calibrations={reader.name: reader.calibrate for reader in readers if reader.calibrate},
    )


def split_of(family: str, seed: int) -> Split:
    """Return the part that a family is of: half of all, whichever other families there are."""
    digest = hashlib.sha256(f"{seed}/{family}".encode()).digest()
    return Split.CALIBRATION if digest[0] % 2 else Split.EVALUATION


def _split(reader: Reader, family: Family, seed: int) -> str:
    if reader.calibrate is None:
        return ""
    # A native family is in no headline, so that no threshold is chosen by it.
    return str(Split.EVALUATION if family.language else split_of(family.id, seed))


def _languages(corpus: Corpus, selection: Selection) -> tuple[str, ...]:
    for tag in selection.languages:
        if tag not in corpus.tags:
            raise InputError(f"the corpus has no language {tag!r}; {nearest(tag, list(corpus.tags))}")
    return tuple(dict.fromkeys(selection.languages)) or tuple(
        tag for tag in corpus.tags if not corpus.languages[tag].variant_of
    )


def _families(corpus: Corpus, selection: Selection, seed: int, read: frozenset[Kind]) -> list[Family]:
    domains = sorted({family.domain for family in corpus.families})
    for domain in selection.domains:
        if domain not in domains:
            raise InputError(f"the corpus has no domain {domain!r}; {nearest(domain, domains)}")
    for name, values in (("label", Label), ("kind", Kind)):
        for wanted in getattr(selection, f"{name}s"):
            if wanted not in list(values):
                raise InputError(f"there is no {name} {wanted!r}; {nearest(wanted, [str(v) for v in values])}")
    chosen = [
        family
        for family in corpus.families
        if (not selection.domains or family.domain in selection.domains)
        and (not selection.kinds or family.kind in selection.kinds)
    ]
    if selection.limit is not None and selection.limit < len(chosen):
        # A native family is asked in one language and is in no headline, and one of a kind that no system reads is not
        # asked at all: a sample is of the others, if there are any.
        pool = [family for family in chosen if family.kind in read] or chosen
        pool = [family for family in pool if not family.language] or pool
        size = min(selection.limit, len(pool))
        picked = set(random.Random(seed).sample([family.id for family in pool], size))  # noqa: S311
        chosen = [family for family in chosen if family.id in picked]
    return chosen


@dataclass(frozen=True, slots=True)
class _Cell:
    """A case in a language, with its translation where it needs one."""

    family: Family
    case: Case
    language: str
    translation: Translation | None
    at_least: State

    @property
    def own(self) -> bool:
        """Whether the case was written in this language."""
        return self.language == (self.family.language or SOURCE_LANGUAGE)

    @property
    def untranslatable(self) -> bool:
        return self.translation is not None and self.translation.wording is None

    @property
    def wording(self) -> Wording:
        """The words in this language; those of the source where there are none, which are not sent then."""
        text = self.translation
        return self.case.wording if self.own or text is None or text.wording is None else text.wording

    @property
    def lacking(self) -> str:
        """Why the text cannot be asked; empty if it can."""
        if self.own:
            return ""
        if self.translation is None:
            return "there is no translation"
        if self.translation.stale:
            return "the translation is stale: its source has changed"
        if list(State).index(self.translation.state) < list(State).index(self.at_least):
            return f"the translation is {self.translation.state}, the study asks for {self.at_least}"
        return ""


def _cells(
    corpus: Corpus, families: Iterable[Family], selection: Selection, languages: Iterable[str]
) -> Iterator[_Cell]:
    at_least = State(selection.at_least)
    for family in families:
        spoken = (family.language,) if family.language else languages
        for case in family.cases:
            if selection.labels and case.label not in selection.labels:
                continue
            for language in spoken:
                text = corpus.translations.get((language, case.id))
                if language in languages and (text is not None or _is_due(corpus.languages[language], family)):
                    yield _Cell(family, case, language, text, at_least)


def _is_due(language: Language, family: Family) -> bool:
    """Whether a text that is not there is a gap.

    A variant of a language is asked where it has a text: nobody writes everything in romanised Hindi. A language that
    is to have no texts of a kind is not asked them.
    """
    return bool(family.language) or (family.kind in language.kinds and not language.variant_of)


def _trial(corpus: Corpus, reader: Reader, policy: Policy, cell: _Cell, split: str) -> Trial:
    family, case, language, translation = cell.family, cell.case, cell.language, cell.translation
    withheld, because = _withheld(corpus, reader, cell)
    return Trial(
        id=f"{language}/{reader.name}/{case.id}",
        system=reader.name,
        language=language,
        case=case.id,
        family=family.id,
        domain=family.domain,
        label=case.label,
        kind=family.kind,
        expectation=policy.expects(family.domain, case.label),
        mechanism=case.mechanism,
        axis=family.axis,
        severity=family.severity,
        script=corpus.languages[language].script,
        tier=corpus.languages[language].tier,
        state="source" if cell.own else str(translation.state) if translation else "missing",
        parallel=cell.own or (translation is not None and translation.parallelism == "translated"),
        native=bool(family.language),
        prompt=render(cell.wording, family.kind, language),
        withheld=withheld,
        because=because,
        variant_of=corpus.languages[language].variant_of,
        split=split,
    )


def _repeated(trial: Trial, reader: Reader) -> Iterator[Trial]:
    yield trial
    # Those that are not sent too: a text that is missing weighs as much as one that is there.
    for repeat in range(2, reader.repeats + 1):
        yield replace(trial, id=f"{trial.id}{_suffix(repeat)}", repeat=repeat)


def _suffix(repeat: int) -> str:
    return f".repeat-{repeat}"


def _withheld(corpus: Corpus, reader: Reader, cell: _Cell) -> tuple[Ending | None, str]:
    if reader.taxonomy and _outside(corpus, cell.family, reader.taxonomy):
        return Ending.OUT_OF_POLICY, f"{reader.taxonomy} has no such harm"
    return (Ending.NOT_RUN, cell.lacking) if cell.lacking else (None, "")


def _outside(corpus: Corpus, family: Family, taxonomy: str) -> bool:
    """Whether the crosswalk says that the taxonomy has no code for the family's harm.

    Raises:
        InputError: if the crosswalk does not know the taxonomy, so that nothing can be said.
    """
    domain = next((domain for domain in corpus.domains if domain.id == family.domain), None)
    crosswalk = [entry for entry in family.hazards if entry[0] == taxonomy]
    crosswalk = crosswalk or [entry for entry in (domain.crosswalk if domain else ()) if entry[0] == taxonomy]
    if not crosswalk:
        known = sorted({scheme for each in corpus.domains for scheme, _, _ in each.crosswalk})
        raise InputError(f"the crosswalk of {family.domain} does not know {taxonomy!r}; {nearest(taxonomy, known)}")
    return all(relation == "none" for _, _, relation in crosswalk)


def _refuse_shared_texts(trials: Iterable[Trial]) -> None:
    seen: dict[tuple[str, str], str] = {}
    for trial in trials:
        if trial.withheld is Ending.NOT_RUN:
            continue
        other = seen.setdefault((trial.system, trial.prompt.id), trial.case)
        if other != trial.case:
            raise InputError(f"{other} and {trial.case} have the same text in {trial.language}; a text has one label")
