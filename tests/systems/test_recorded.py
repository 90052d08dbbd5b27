"""Recorded answers are matched by cell, and a file that does not fit the corpus is no answer."""

import asyncio
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from refusals.cases import Kind, Wording
from refusals.corpus import Corpus, load_corpus
from refusals.errors import InputError
from refusals.prompts import render
from refusals.study import SystemSpec
from refusals.systems import Decision, Failure, Reply, Text, Verdict
from refusals.systems._cells import cells
from refusals.systems.recorded import Recorded, build
from refusals.testing import check_made
from tests.corpora import write_corpus

CASE = "garden/tree-1/benign"


@pytest.fixture
def corpus(tmp_path: Path) -> Corpus:
    """Return two families in English and Swahili."""
    return load_corpus(write_corpus(tmp_path / "corpus", families=2))


def system(corpus: Corpus, text: str, threshold: float | None = None) -> Recorded:
    """Write the file beside the corpus and return the system that repeats it."""
    folder = corpus.folder
    (folder / "said.jsonl").write_text(text, encoding="utf-8")
    return build(
        SystemSpec(name="experts", kind="recorded", target="said.jsonl", folder=folder, threshold=threshold), corpus
    )


def answers(made: Recorded, corpus: Corpus) -> dict[tuple[str, str], Reply]:
    """Return what a system answers, by case and language."""
    known = list(cells(corpus))

    async def run() -> dict[str, Reply]:
        return {identity: reply async for identity, reply in made.respond([cell.prompt for cell in known])}

    got = asyncio.run(run())
    return {(cell.case.id, cell.language): got[cell.prompt.id] for cell in known}


def line(content: Mapping[str, Any]) -> str:
    """Return a line for a cell that exists, with more in it."""
    return json.dumps({"case": CASE, "language": "en", **content}) + "\n"


def test_what_is_built_is_a_system(corpus: Corpus) -> None:
    """A file may have answers to every kind of case, and needs no cache."""
    made = system(corpus, line({"text": "Yes."}))

    check_made(made)
    assert made.kinds == set(Kind)
    assert made.identity is None


def test_each_cell_has_its_own_answer(corpus: Corpus) -> None:
    """An answer is that of its case and language and of no other."""
    known = [(cell.case.id, cell.language) for cell in cells(corpus)]
    text = "".join(line({"case": case, "language": tag, "text": f"{case} in {tag}"}) for case, tag in reversed(known))

    assert len(known) == 12
    assert {(case, tag): Text(text=f"{case} in {tag}") for case, tag in known} == answers(system(corpus, text), corpus)


def test_a_cell_without_a_line_is_a_failure(corpus: Corpus) -> None:
    """What nobody has answered is not allowed, nor refused."""
    got = answers(system(corpus, line({"flagged": True})), corpus)

    assert got.pop((CASE, "en")) == Verdict(decision=Decision.FLAG)
    assert set(got.values()) == {Failure(message="no line for this cell in said.jsonl")}


def test_a_prompt_that_the_corpus_does_not_have_is_a_failure(corpus: Corpus) -> None:
    """An answer is to the wording that the corpus has, and to no other."""
    made = system(corpus, line({"flagged": True}))

    async def run() -> list[Reply]:
        other = render(Wording(prompt="How tall is a tree?"), Kind.REQUEST, "en")
        return [reply async for _, reply in made.respond([other])]

    assert [Failure(message="no line for this cell in said.jsonl")] == asyncio.run(run())


def test_an_answer_to_another_wording_does_not_count(corpus: Corpus) -> None:
    """Where the file says which prompt was answered, an answer to an older one is no answer."""
    identity = next(cell.prompt.id for cell in cells(corpus) if (cell.case.id, cell.language) == (CASE, "en"))

    got = answers(system(corpus, line({"id": identity, "text": "Yes."})), corpus)
    assert got[CASE, "en"] == Text(text="Yes.")

    got = answers(system(corpus, line({"id": "0" * 24, "text": "Yes."})), corpus)
    assert got[CASE, "en"] == Failure(message="the recorded answer is to another wording of this case")


def test_other_keys_are_left_alone(corpus: Corpus) -> None:
    """Whoever records may note more than is read, and blank lines say nothing."""
    got = answers(system(corpus, "\n" + line({"annotator": "A", "text": "Yes.", "score": None}) + "\r\n"), corpus)

    assert got[CASE, "en"] == Text(text="Yes.")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "said.jsonl: has no line"),
        ("{'case': 1}", ":1:2 the line is not a JSON object: Expecting property name"),
        (line({"text": "a"}) + '{"case": "x" "language"}', ":2:14 the line is not a JSON object"),
        ('{"text": "a"}', ":1:1 the corpus has no case None; a case is called <domain>/<slug>/<label>"),
        (line({"case": "garden/tree-1/benig"}), ":1:2 the corpus has no case 'garden/tree-1/benig'; did you mean"),
        (line({"language": "xx", "text": "a"}), ":1:34 the corpus has no language 'xx'; allowed: en, sw"),
        (line({"language": 3, "text": "a"}), ":1:34 the corpus has no language 3; allowed: en, sw"),
        (line({"text": "a"}) + "\n" + line({"text": "a"}), ":3:2 this cell, or one of the same text, has line 1"),
        (line({"descision": "flag"}), ":1:2 the line has no answer; allowed: decision, flagged, score, text, error"),
        (line({"score": 0.4}), ":1:52 the system 'experts' answers with a score alone and has no threshold"),
    ],
)
def test_a_line_that_does_not_fit_has_a_place(corpus: Corpus, text: str, said: str) -> None:
    """Whoever made the file finds the line, the column and what is allowed."""
    with pytest.raises(InputError) as caught:
        system(corpus, text)

    assert said in str(caught.value)


def test_a_score_takes_the_threshold_of_the_study(corpus: Corpus) -> None:
    """Scores that were recorded are decided at the threshold of today."""
    got = answers(system(corpus, line({"score": 0.4}), threshold=0.3), corpus)

    assert got[CASE, "en"] == Verdict(score=0.4, threshold=0.3)


def test_an_untranslatable_case_has_no_cell(tmp_path: Path) -> None:
    """A language in which a case has no text has no answer to it either."""
    folder = write_corpus(tmp_path / "corpus", families=1)
    path = folder / "translations" / "sw" / "garden.yaml"
    texts = path.read_text(encoding="utf-8")
    path.write_text(texts.replace('  text: "(sw) ', '  untranslatable: "', 1), encoding="utf-8")

    with pytest.raises(InputError, match=":1:34 the corpus has no text of garden/tree-1/benign in sw"):
        system(load_corpus(folder), line({"language": "sw", "text": "a"}))


def test_a_file_that_is_not_there_is_told_before_the_run(corpus: Corpus) -> None:
    """A path is relative to the study, and the error shows where that leads."""
    with pytest.raises(InputError, match=r"missing\.jsonl: cannot be read: No such file"):
        build(SystemSpec(name="a", kind="recorded", target="missing.jsonl", folder=corpus.folder), corpus)
    with pytest.raises(InputError, match=r"write recorded:FILE\.jsonl"):
        build(SystemSpec(name="a", kind="recorded", folder=corpus.folder), corpus)
