"""A corpus is a folder with cases and translations; a team's own is as good as ours."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

from refusals.cases import Domain, Family, load_cases
from refusals.errors import InputError
from refusals.languages import SOURCE_LANGUAGE, Language, load_languages
from refusals.translations import Translation
from refusals.translations.loading import load_translations

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True, kw_only=True)
class Corpus:
    """All cases with their texts in every language, and the facts of those languages.

    `tags` are the languages that the corpus has texts in, the source language first.
    """

    folder: Path
    domains: tuple[Domain, ...]
    families: tuple[Family, ...]
    languages: Mapping[str, Language]
    translations: Mapping[tuple[str, str], Translation]
    tags: tuple[str, ...]


def find_corpus(given: Path | None, beside: Path) -> Path:
    """Return the corpus folder: the given one, else beside the study, the checkout, the packaged one.

    Raises:
        InputError: if the given folder has no `cases/`.
    """
    if given is not None:
        if not (given / "cases").is_dir():
            raise InputError(f"{given}: has no folder `cases`; a corpus has cases/ and translations/")
        return given
    return beside if (beside / "cases").is_dir() else packaged_corpus()


def packaged_corpus() -> Path:
    """Return the folder of the corpus that came with the program: the checkout, or in the package.

    Raises:
        InputError: if there is none.
    """
    package = Path(str(files("refusals")))
    for folder in (package.parent, package / "_corpus"):
        if (folder / "cases").is_dir():
            return folder
    raise InputError("no corpus was found; give one with --corpus DIR")


def load_corpus(folder: Path) -> Corpus:
    """Read a corpus. Facts of languages that it does not state are taken from the packaged ones.

    Raises:
        InputError: with the place of the first thing that is wrong.
    """
    with _without_collection():
        return _load(folder)


@contextmanager
def _without_collection() -> Iterator[None]:
    """Keep the cycle collector from walking, again and again, what is only ever added to; all counts as old after."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.freeze()
            gc.unfreeze()
            gc.enable()


def _load(folder: Path) -> Corpus:
    domains, families = load_cases(folder / "cases")
    if not families:
        raise InputError(f"{folder / 'cases'}: there is no family in it; `refusals new family` writes one")
    own = load_languages(folder / "translations")
    translations = load_translations(folder / "translations", families)
    known = {**_packaged_languages(folder), **own}
    return Corpus(
        folder=folder,
        domains=domains,
        families=families,
        languages=known,
        translations=translations,
        tags=_tags(families, translations, known, folder),
    )


def _packaged_languages(folder: Path) -> dict[str, Language]:
    packaged = packaged_corpus()
    return {} if packaged.resolve() == folder.resolve() else load_languages(packaged / "translations")


def _tags(
    families: tuple[Family, ...],
    translations: Mapping[tuple[str, str], Translation],
    known: Mapping[str, Language],
    folder: Path,
) -> tuple[str, ...]:
    used = {tag for tag, _ in translations} | {family.language for family in families if family.language}
    used |= {path.parent.name for path in (folder / "translations").glob("*/_language.yaml")}
    for tag in sorted({*used, SOURCE_LANGUAGE} - set(known)):
        raise InputError(
            f"{folder / 'translations' / tag}: has texts but no _language.yaml; it says what the language is"
        )
    return (SOURCE_LANGUAGE, *sorted(used - {SOURCE_LANGUAGE}))
