"""The files of a corpus's translations: each text is written as it comes, and what others wrote meanwhile stays."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from typing import TYPE_CHECKING

from refusals.errors import InputError
from refusals.translations import Translation
from refusals.translations.loading import load_translations
from refusals.translations.writing import write_translations

if TYPE_CHECKING:
    from pathlib import Path

    from refusals.corpus import Corpus


class Pages:
    """The translations of a corpus, by (language, case id), in memory and on disk.

    Raises:
        InputError: if the corpus is the packaged one, which the next update would overwrite.
    """

    def __init__(self, corpus: Corpus) -> None:
        if corpus.folder.name == "_corpus":
            raise InputError(f"{corpus.folder}: is the packaged corpus; give one of your own with --corpus DIR")
        self._folder = corpus.folder / "translations"
        self._families = corpus.families
        self._order = {case.id: place for place, case in enumerate(c for f in corpus.families for c in f.cases)}
        self._texts = dict(corpus.translations)
        self._seen = {path: _digest(path) for path in self._folder.glob("*/*.yaml")}

    def put(self, text: Translation, before: Translation | None) -> bool:
        """Write a text into its file, whole or not at all, in the order of the cases.

        It returns False, and writes nothing, if somebody has written another text than `before` there meanwhile.

        Raises:
            InputError: if somebody has changed the file meanwhile, and it cannot be read any more.
        """
        domain = text.case.partition("/")[0]
        path = self._folder / text.language / f"{domain}.yaml"
        if self._seen.get(path, "") != _digest(path):
            self._texts = dict(load_translations(self._folder, self._families))
        if not _same(self._texts.get((text.language, text.case)), before):
            return False
        self._texts[text.language, text.case] = text
        listed = [
            each for (tag, case), each in self._texts.items() if tag == text.language and case.startswith(f"{domain}/")
        ]
        write_translations(path, sorted(listed, key=lambda each: self._order[each.case]))
        self._seen[path] = _digest(path)
        return True


def _same(one: Translation | None, other: Translation | None) -> bool:
    """Return whether two are the same in all but their place in the file."""
    if one is None or other is None:
        return one is other
    return replace(one, place=None) == replace(other, place=None)


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else ""
