"""The corpus as a whole: no label by the back door, no family twice, no wrapper that predicts the answer."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from refusals.cases import Kind
from refusals.checks import Finding, alike_families, check, label_leakage, mechanism_balance
from refusals.corpus import Corpus, find_corpus, load_corpus
from refusals.errors import InputError
from tests.corpora import write_corpus

ROOT = Path(__file__).parent.parent.parent


@pytest.fixture(scope="module")
def own() -> Corpus:
    """The project's own corpus."""
    return load_corpus(find_corpus(None, ROOT))


@pytest.mark.parametrize("lint", [mechanism_balance.lint, alike_families.lint])
def test_the_project_s_own_corpus_is_clean(own: Corpus, lint) -> None:  # type: ignore[no-untyped-def]  # noqa: ANN001
    """No wrapper predicts the label, no family is there twice."""
    assert list(lint(own)) == []


def test_labels_leak_nowhere_but_where_it_is_published(own: Corpus) -> None:
    """A language that is over a limit is named in docs/corpus.md, in the last column of its table of leakage."""
    page = (ROOT / "docs" / "corpus.md").read_text("utf-8")
    table = page[page.index("## Whether words give labels away") : page.index("## Families that are alike")]
    rows = [line.strip("|").split("|") for line in table.splitlines() if line.startswith("|")][2:]
    over = {row[0].strip() for row in rows if row[-1].strip() != "\u2013"}

    assert {finding.language for finding in label_leakage.lint(own)} <= over


def test_a_corpus_that_gives_its_labels_away_is_told_in_which_language(tmp_path: Path) -> None:
    """The test corpus says the label in its last words: 25 families are enough to see it."""
    corpus = load_corpus(write_corpus(tmp_path, families=25, languages=("en", "sw")))
    found = list(label_leakage.lint(corpus))

    assert {finding.language for finding in found} == {"en", "sw"}
    assert any(finding.message.startswith("words tell the label of a family never seen in 100%") for finding in found)


def test_a_mechanism_of_one_label_is_found(own: Corpus) -> None:
    """Fiction under every label but one predicts the answer."""
    families = [
        replace(
            family,
            cases=tuple(
                replace(case, mechanism="fiction") if case.label == "harmful" else case for case in family.cases
            ),
        )
        for family in own.families
    ]
    (found, *_) = [f for f in mechanism_balance.lint(replace(own, families=tuple(families))) if "fiction" in f.message]

    asked = [family for family in own.families if not family.language]
    assert f"harmful {len(asked)}" in found.message


def test_families_on_the_same_words_are_found(own: Corpus) -> None:
    """A copy under another name is named with its original."""
    first = next(family for family in own.families if family.kind is Kind.REQUEST)
    copy = replace(first, id="x/copy", cases=tuple(replace(case, id=f"x/copy/{case.label}") for case in first.cases))
    found = list(alike_families.lint(replace(own, families=(*own.families, copy))))

    assert [finding.case for finding in found] == [case.id for case in copy.cases]
    assert first.cases[0].id in found[0].message


def test_a_dismissed_finding_stays_dismissed_with_its_reason(own: Corpus) -> None:
    """`dismissed` in the file of a translation says why; the finding is kept and marked."""
    from refusals import checks
    from refusals.checks import Level

    key = ("sw", own.families[0].cases[0].id)
    finding = Finding(check="length", level=Level.ERROR, language=key[0], case=key[1], message="x")
    text = replace(own.translations[key], dismissed=(("length", "one word for all of it"),))
    corpus = replace(own, translations={**own.translations, key: text})

    (marked,) = checks._dismissed([finding], corpus)
    assert marked.dismissed == "one word for all of it"
    with pytest.raises(InputError, match="has no 'lenght'; "):
        check(corpus, names=["lenght"])
