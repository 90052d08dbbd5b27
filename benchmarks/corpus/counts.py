"""What the corpus has: cases by domain, label, kind and mechanism, texts by language and state; Markdown tables."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from refusals.cases import Kind, Label
from refusals.corpus import Corpus
from refusals.languages import SOURCE_LANGUAGE
from refusals.translations import State


def grid(head: Sequence[str], rows: Iterable[Sequence[object]]) -> list[str]:
    """Return a Markdown table; every column but the first is of numbers."""
    lines = [f"| {' | '.join(head)} |", f"|---|{' ---: |' * (len(head) - 1)}"]
    return [*lines, *(f"| {' | '.join(str(cell) for cell in row)} |" for row in rows)]


def by_domain(corpus: Corpus) -> list[str]:
    """Families and cases of each domain and kind, by label."""
    head = ["domain", "kind", "families", *(str(label) for label in Label)]
    rows = []
    for domain in corpus.domains:
        own = [family for family in corpus.families if family.domain == domain.id]
        for kind in dict.fromkeys(family.kind for family in own):
            chosen = [family for family in own if family.kind is kind]
            counts = Counter(case.label for family in chosen for case in family.cases)
            rows.append([domain.id, kind, len(chosen), *(counts[label] for label in Label)])
    native = [family for family in corpus.families if family.language]
    if native:
        counts = Counter(case.label for family in native for case in family.cases)
        rows.append(["native, all languages", "request", len(native), *(counts[label] for label in Label)])
    total = Counter(case.label for family in corpus.families for case in family.cases)
    rows.append(["**all**", "", len(corpus.families), *(total[label] for label in Label)])
    return grid(head, rows)


def by_mechanism(corpus: Corpus) -> list[str]:
    """Cases of each mechanism by label, native families left out: their mechanism is nearly always the homonym."""
    families = [family for family in corpus.families if not family.language]
    counts = Counter((case.mechanism, case.label) for family in families for case in family.cases)
    names = sorted({mechanism for mechanism, _ in counts}, key=lambda name: (-counts[name, Label.BENIGN], name))
    return grid(
        ["mechanism", *(str(label) for label in Label)],
        [[name, *(counts[name, label] for label in Label)] for name in names],
    )


def by_axis(corpus: Corpus) -> list[str]:
    """Families by what differs between their twins, and by severity of the harmful case, native ones left out."""
    counts = Counter((family.axis, family.severity) for family in corpus.families if not family.language)
    axes = sorted({axis for axis, _ in counts}, key=lambda axis: -sum(counts[axis, n] for n in (1, 2, 3)))
    return grid(
        ["axis", "families", "nuisance", "serious", "catastrophic"],
        [[axis, sum(counts[axis, n] for n in (1, 2, 3)), *(counts[axis, n] for n in (1, 2, 3))] for axis in axes],
    )


def by_kind(corpus: Corpus) -> list[str]:
    """Texts of each kind in each language that is to have more than requests, and families of each kind."""
    kind_of = {case.id: family.kind for family in corpus.families for case in family.cases if not family.language}
    families = Counter(family.kind for family in corpus.families if not family.language)
    counts = Counter((tag, kind_of[case]) for (tag, case), text in corpus.translations.items() if text.wording)
    rows = [["families", *(families[kind] for kind in Kind)]]
    rows += [[SOURCE_LANGUAGE, *(sum(found is kind for found in kind_of.values()) for kind in Kind)]]
    rows += [[tag, *(counts[tag, kind] for kind in Kind)] for tag in corpus.tags[1:] if counts[tag, Kind.EXCHANGE]]
    return grid(["language", *(str(kind) for kind in Kind)], rows)


def by_language(corpus: Corpus) -> list[str]:
    """Texts of each language by state."""
    return grid(
        ["language", "name", "texts", "untranslatable", *(str(state) for state in State), "native families"],
        _languages(corpus),
    )


def _languages(corpus: Corpus) -> Iterator[list[object]]:
    for tag in corpus.tags:
        texts = [text for (language, _), text in corpus.translations.items() if language == tag]
        native = sum(family.language == tag for family in corpus.families)
        name = corpus.languages[tag].name
        if tag == SOURCE_LANGUAGE:
            yield [
                tag,
                name,
                sum(len(f.cases) for f in corpus.families if not f.language),
                "–",
                *["–"] * len(State),
                native or "–",
            ]
            continue
        written = [text for text in texts if text.wording is not None]
        states = Counter(text.state for text in written)
        yield [tag, name, len(written), len(texts) - len(written), *(states[state] for state in State), native]
