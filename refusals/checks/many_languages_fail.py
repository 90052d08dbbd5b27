"""A source that goes wrong in most languages is wrong itself."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from refusals.checks import Finding, Level
from refusals.languages import SOURCE_LANGUAGE

if TYPE_CHECKING:
    from refusals.corpus import Corpus

LEVEL = Level.WARNING
FEWEST = 3  # languages
ITS_OWN = frozenset({"stale"})  # checks whose findings come from a change of the source, in all languages at once
EXAMPLES = ()


def sum_up(findings: Sequence[Finding], corpus: Corpus) -> Iterator[Finding]:
    """Warn of cases with errors, dismissed ones left out, in most of the languages that they are in."""
    wrong: dict[str, set[str]] = defaultdict(set)
    for finding in findings:
        is_error = finding.level is Level.ERROR and not finding.dismissed and finding.check not in ITS_OWN
        if is_error and (finding.language, finding.case) in corpus.translations:
            wrong[finding.case].add(finding.language)
    for case, tags in wrong.items():
        among = sum(text.case == case for text in corpus.translations.values())
        if len(tags) >= FEWEST and 2 * len(tags) > among:
            yield Finding(
                check="many_languages_fail",
                level=LEVEL,
                message=f"{len(tags)} of {among} languages have errors here; is the source text clear?",
                language=SOURCE_LANGUAGE,
                case=case,
            )
