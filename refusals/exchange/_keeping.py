"""Texts that were taken are written into the files of their domains; other files stay as they are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from refusals.translations.writing import write_translations

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from refusals.corpus import Corpus
    from refusals.translations import Translation


def keep(corpus: Corpus, tag: str, texts: Iterable[Translation]) -> tuple[Path, ...]:
    """Write texts of a language into a corpus, and return the files that this changed.

    Texts that are there keep their order; a new one stands behind its predecessor in the corpus.
    """
    order = {case.id: number for number, case in enumerate(case for family in corpus.families for case in family.cases)}
    changed: dict[str, dict[str, Translation]] = {}
    for text in texts:
        changed.setdefault(text.case.partition("/")[0], {})[text.case] = text
    written = []
    for domain, news in changed.items():
        path = corpus.folder / "translations" / tag / f"{domain}.yaml"
        there = [old for (language, _), old in corpus.translations.items() if language == tag]
        write_translations(path, _merged([old for old in there if old.case.startswith(f"{domain}/")], news, order))
        written.append(path)
    return tuple(written)


def _merged(there: list[Translation], news: Mapping[str, Translation], order: Mapping[str, int]) -> list[Translation]:
    texts = [news.get(old.case, old) for old in there]
    present = {old.case for old in there}
    for identity in sorted(set(news) - present, key=lambda each: order[each]):
        later = (at for at, text in enumerate(texts) if order[text.case] > order[identity])
        texts.insert(next(later, len(texts)), news[identity])
    return texts
