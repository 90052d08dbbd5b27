"""Every check finds what is wrong among its own examples and nothing else, and none fires on the project's corpus."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path
from types import ModuleType

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from refusals.checks import Example, Found, Level, Pair, check, pairs_of
from refusals.corpus import Corpus, load_corpus
from refusals.errors import InputError
from refusals.languages import SOURCE_LANGUAGE
from refusals.plugins import plugins
from tests.corpora import write_corpus

ROOT = Path(__file__).parent.parent.parent
CHECKS = {name: found.load() for name, found in plugins("checks").items() if found.built_in}
LOOKING = [name for name, module in CHECKS.items() if hasattr(module, "look")]
# Texts say nothing on their own about these, so that a language's examples cannot be few.
FEWEST_LANGUAGES = 3


@cache
def corpus() -> Corpus:
    """Return the project's own corpus."""
    return load_corpus(ROOT)


def pair(example: Example, number: int = 0) -> Pair:
    """Return an example as the pair that a check sees, each a case of a family of its own."""
    return Pair(
        language=replace(corpus().languages[example.language], glossary=example.glossary),
        source_language=corpus().languages[SOURCE_LANGUAGE],
        case=f"garden/example-{number}/benign",
        part="text",
        source=example.source,
        text=example.text,
        stale=example.stale,
    )


def findings(module: ModuleType, pairs: Sequence[Pair]) -> Iterator[Found]:
    """Yield what a check finds, each language's pairs with those of the corpus beside them."""
    for tag in dict.fromkeys(one.language.tag for one in pairs):
        yield from module.look([*(one for one in pairs if one.language.tag == tag), *pairs_of(corpus(), tag)])


@pytest.mark.parametrize("name", LOOKING)
def test_examples_are_of_several_languages_and_kinds(name: str) -> None:
    """A check that was only tried on one language was not tried; one without a good example may find everything."""
    examples = CHECKS[name].EXAMPLES

    assert len({example.language for example in examples}) >= FEWEST_LANGUAGES
    assert {example.wrong for example in examples} == {True, False}
    assert isinstance(CHECKS[name].LEVEL, Level)


@pytest.mark.parametrize("name", LOOKING)
def test_an_error_of_the_corpus_is_an_error_of_the_check(name: str) -> None:
    """The project's own translations have no error; what is dismissed says why."""
    errors = [finding for finding in check(corpus(), names=[name]) if finding.level is Level.ERROR]

    assert [f"{one.language} {one.case}: {one.message}" for one in errors if not one.dismissed] == []


@pytest.mark.parametrize("name", LOOKING)
@given(data=st.data())
@settings(max_examples=40, deadline=None)
def test_no_text_makes_a_check_raise(name: str, data: st.DataObject) -> None:
    """A check has an answer for every text, since it runs before anybody has read them."""
    texts = st.one_of(st.text(), st.sampled_from(["", "\n", "***", "{x} 1,2 a.example", "[…]", "١٢ ² ½", "\u200d"]))
    tags = st.sampled_from(corpus().tags)
    drawn = data.draw(st.lists(st.tuples(texts, texts, st.booleans()), min_size=1, max_size=25))
    tag = data.draw(tags)
    pairs = [
        pair(Example(language=tag, source=source, text=text, wrong=False, stale=stale), number)
        for number, (source, text, stale) in enumerate(drawn)
    ]
    found = list(CHECKS[name].look(pairs))

    assert {one[0].case for one in found} <= {one.case for one in pairs}
    assert all("\n" not in one[1] and len(one[1]) < 400 for one in found)


@pytest.mark.parametrize("name", LOOKING)
def test_a_check_says_the_same_twice(name: str) -> None:
    """A finding that comes and goes cannot be worked off, and langdetect draws at random unless it is seeded."""
    pairs = [pair(example, number) for number, example in enumerate(CHECKS[name].EXAMPLES)]

    assert list(findings(CHECKS[name], pairs)) == list(findings(CHECKS[name], pairs))


def test_no_check_takes_a_pair_for_wrong_that_is_a_short_greeting() -> None:
    """Short texts give a check little to go by, so that it says nothing."""
    greetings = {"es": "Hola", "ru": "Привет", "hi": "नमस्ते", "ar": "مرحبًا", "zh-Hans": "你好", "yo": "Báwo ni"}
    pairs = [pair(Example(language=tag, source="Hi", text=text, wrong=False)) for tag, text in greetings.items()]

    assert [
        (name, found[0].text)
        for name in LOOKING
        for found in findings(CHECKS[name], pairs)
        if found[0].text in greetings.values()
    ] == []


def test_findings_are_in_the_order_of_places(tmp_path: Path) -> None:
    """Findings are read along the files: by language, file, line, check."""
    found = check(load_corpus(write_corpus(tmp_path, languages=("en", "fr", "sw"))), languages=["sw", "fr"])
    places = [(one.language, one.place.path, one.place.line, one.check) for one in found if one.place]

    assert len(places) > 9
    assert places == sorted(places)


def test_a_dismissed_finding_keeps_its_reason_and_counts_for_nothing(tmp_path: Path) -> None:
    """Whoever says that a finding does not hold says why, beside the text; other checks are not silenced."""
    folder = write_corpus(tmp_path, families=1, languages=("en", "sw"))
    path = folder / "translations" / "sw" / "garden.yaml"
    text = path.read_text("utf-8")
    path.write_text(text.replace("  state: draft\n", "  state: draft\n  dismissed: {source_words_left: a quote}\n", 1))
    found = check(load_corpus(folder), names=["source_words_left", "detected_language"])

    assert {(one.case, one.check, one.dismissed) for one in found} >= {
        ("garden/tree-1/benign", "source_words_left", "a quote"),
        ("garden/tree-1/benign", "detected_language", ""),
        ("garden/tree-1/harmful", "source_words_left", ""),
    }


def test_a_source_that_fails_in_most_languages_is_found_once(tmp_path: Path) -> None:
    """Where most languages go wrong, the source is what to look at; fewer than three languages tell nothing."""
    few = load_corpus(write_corpus(tmp_path / "few", families=1, languages=("en", "sw", "fr")))
    many = load_corpus(write_corpus(tmp_path / "many", families=1, languages=("en", "sw", "fr", "es", "yo")))

    assert check(few, names=["many_languages_fail"]) == ()
    found = check(many, names=["many_languages_fail"])
    assert [(one.case, one.language, one.level) for one in found] == [
        (f"garden/tree-1/{label}", SOURCE_LANGUAGE, Level.WARNING) for label in ("benign", "dual_use", "harmful")
    ]


@pytest.mark.parametrize(("languages", "names"), [(["xx"], []), ([], ["lenght"])])
def test_what_does_not_exist_is_not_found_clean(languages: list[str], names: list[str]) -> None:
    """A misspelt language or check would have no findings, which looks like a clean corpus."""
    with pytest.raises(InputError, match=r"did you mean|allowed"):
        check(corpus(), languages, names)


def test_a_glossary_is_read_from_the_facts_of_the_language(tmp_path: Path) -> None:
    """Terms are data of a language, and hold in the domains that they name."""
    folder = write_corpus(tmp_path, families=1, languages=("en", "sw"))
    facts = folder / "translations" / "sw" / "_language.yaml"
    glossary = "glossary:\n  fruit: {must: [tunda], domains: [garden]}\n  tree: {must: [mti], domains: [cyber]}\n"
    facts.write_text(facts.read_text("utf-8") + glossary, encoding="utf-8")
    found = check(load_corpus(folder), names=["glossary"])

    assert {one.message for one in found} == {"'fruit' must be one of: tunda; see `glossary` in _language.yaml"}
    assert len(found) == len({one.case for one in found}) == 3
