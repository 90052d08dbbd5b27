"""Faults are injected into the texts of a language, and counted where the checks say more than of the text without."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from random import Random
from types import ModuleType

from benchmarks.faults import Kind, Spot
from benchmarks.faults.kinds import KINDS
from refusals import cases
from refusals.checks import Level, Pair, pairs_of
from refusals.corpus import Corpus
from refusals.plugins import plugins
from refusals.translations import State

SEED = 20261123
TEXTS = 63
# What these say of a text depends on the other texts, so that at most a tenth of what they are shown has a fault.
AMONG_OTHERS = frozenset({"length", "marks_lost", "near_duplicate", "rare_letters", "source_words_left"})

Said = frozenset[tuple[str, Level]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """How many faults were injected, how many of them found, and how many found by an error."""

    injected: int = 0
    found: int = 0
    errors: int = 0

    def __add__(self, other: Tally) -> Tally:
        return Tally(
            injected=self.injected + other.injected,
            found=self.found + other.found,
            errors=self.errors + other.errors,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Injected:
    """A fault: where the text stands, the text before, and the text with the fault in it."""

    at: int
    before: Pair
    after: Pair


class Room:
    """All requests of a language, with what the checks say of them as they are.

    The parts of other kinds of case are often a few words, which no check can tell much of.
    """

    def __init__(self, corpus: Corpus, tag: str, texts: int = TEXTS) -> None:
        families = tuple(family for family in corpus.families if family.kind is cases.Kind.REQUEST)
        self.corpus, self.tag, self.texts = replace(corpus, families=families), tag, texts
        self.pairs = pairs_of(self.corpus, tag)
        self.read = translated(self.corpus)
        self.checks = {name: found.load() for name, found in plugins("checks").items()}

    @cached_property
    def clean(self) -> Mapping[str, Said]:
        """What is said of the texts as they are."""
        return self.say([Injected(at=at, before=pair, after=pair) for at, pair in enumerate(self.pairs)])

    def say(self, injected: Sequence[Injected], *, trades: bool = False) -> Mapping[str, Said]:
        """Return checks and levels by case, of errors and warnings that are not dismissed."""
        said: dict[str, set[tuple[str, Level]]] = defaultdict(set)
        for name, module in self.checks.items():
            if not hasattr(module, "look"):
                continue
            for shown, looked_at in self._shown(injected, name, trades=trades):
                cases = {pair.case for pair in looked_at}
                for case, level in self._found(name, module, shown):
                    if case in cases:
                        said[case].add((name, level))
        return {case: frozenset(found) for case, found in said.items()}

    def _shown(
        self, injected: Sequence[Injected], name: str, *, trades: bool
    ) -> Iterator[tuple[Sequence[Pair], Sequence[Pair]]]:
        """Yield what a check is shown, and which of it has a fault."""
        if name not in AMONG_OTHERS:
            yield [one.after for one in injected], [one.after for one in injected]
            return
        for turn in range(Spot.TURNS):
            some = [one for one in injected if one.at % Spot.TURNS == turn]
            shown = list(self.pairs)
            for one in some:
                shown[one.at] = one.after
                if trades:
                    other = next(at for at, pair in enumerate(self.pairs) if pair.text == one.after.text)
                    shown[other] = replace(self.pairs[other], text=one.before.text)
            yield shown, [one.after for one in some]

    def _found(self, name: str, module: ModuleType, shown: Sequence[Pair]) -> Iterator[tuple[str, Level]]:
        for pair, _, *level in module.look(shown) if shown else ():
            text = self.corpus.translations.get((self.tag, pair.case))
            own = level[0] if level else module.LEVEL
            if own is not Level.NOTE and not (text and name in dict(text.dismissed)):
                yield pair.case, own

    def inject(self, name: str) -> list[Injected]:
        """Return the faults of a kind, one a case, drawn if there are too many."""
        kind, draw = KINDS[name], Random(f"{SEED} {name} {self.tag}")
        first = {pair.case: at for at, pair in reversed(list(enumerate(self.pairs)))}
        made = [self._injected(kind, at, draw) for at in sorted(first.values())]
        found = [one for one in made if one is not None]
        return found if len(found) <= self.texts else sorted(draw.sample(found, self.texts), key=lambda one: one.at)

    def _injected(self, kind: Kind, at: int, draw: Random) -> Injected | None:
        before = self.pairs[at]
        if kind.given:
            given = kind.given[at % len(kind.given)]
            before = replace(before, source=given + before.source, text=given + before.text)
        spot = Spot(pair=before, number=at, pairs=self.pairs, elsewhere=self._elsewhere(before), draw=draw)
        made = kind.make(spot)
        if made is None:
            return None
        return Injected(at=at, before=before, after=replace(before, text=made) if isinstance(made, str) else made)

    def _elsewhere(self, pair: Pair) -> Sequence[str]:
        """Return the case in languages of the same script, or else in all others."""
        texts = {
            tag: other.wording.prompt
            for tag in self.read
            if tag != self.tag and (other := self.corpus.translations.get((tag, pair.case))) and other.wording
        }
        same = [text for tag, text in texts.items() if self.corpus.languages[tag].script == pair.language.script]
        return same or list(texts.values()) or [pair.source]

    def tally(self, name: str) -> Tally:
        """Count what the checks say more of texts with a fault than of the same texts without."""
        injected = self.inject(name)
        if not injected:
            return Tally()
        kind = KINDS[name]
        faulty = self.say(injected, trades=kind.trades)
        before = self.clean
        if kind.given:
            before = self.say([replace(one, after=one.before) for one in injected])
        more = [faulty.get(one.after.case, frozenset()) - before.get(one.after.case, frozenset()) for one in injected]
        return Tally(
            injected=len(more),
            found=sum(map(bool, more)),
            errors=sum(any(level is Level.ERROR for _, level in said) for said in more),
        )

    def alarms(self) -> Tally:
        """Count untouched texts with a finding, and with an error."""
        said = self.clean.values()
        return Tally(
            injected=len({pair.case for pair in self.pairs}),
            found=sum(map(bool, said)),
            errors=sum(any(level is Level.ERROR for _, level in one) for one in said),
        )


def translated(corpus: Corpus) -> list[str]:
    """Return the languages whose texts have all been read, without variants of others.

    What a check says of a draft that nobody has read yet may be right.
    """
    used = {tag for tag, _ in corpus.translations}
    drafts = {tag for (tag, _), text in corpus.translations.items() if text.state is State.DRAFT}
    return [tag for tag in corpus.tags if tag in used - drafts and not corpus.languages[tag].variant_of]
