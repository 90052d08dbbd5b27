"""What is written is read back, whatever script and whatever marks are in it."""

from __future__ import annotations

import tempfile
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from refusals.cases import Case, Family, Kind, Label, Turn, Wording
from refusals.corpus import find_corpus, load_corpus
from refusals.translations import Evidence, Review, State, Translation, evidence_digest
from refusals.translations.loading import load_translations
from refusals.translations.writing import write_translations

ROOT = Path(__file__).parent.parent.parent
# Everything that the reader takes as text: no control characters but tab and newline, no surrogates.
TEXTS = st.text(
    st.characters(
        exclude_categories=["Cs", "Cc"], exclude_characters="\u2028\u2029\ufeff\ufffe\uffff", include_characters="\t\n"
    ),
    min_size=1,
    max_size=200,
).filter(lambda text: text.strip())
WORDINGS = st.builds(Wording, prompt=TEXTS)
MARKS = ("a", "#", "-", ":", "'", '"', "&", "*", "!", "> |", "%", "@", "`", "{ }", "[ ]", ",", "?", "https://x.y/#z")
SENTENCES = st.lists(st.sampled_from([*MARKS, "अ", "العربية", "中文", "ọ̀"]), min_size=1).map(" ".join)


def family(kind: Kind) -> Family:
    """A family of one case that is translated."""
    turns = (Turn(role="user", text="Hello?"),)
    wording = Wording(turns=turns) if kind is Kind.CONVERSATION else Wording(prompt="Hello?", reply=_reply(kind))
    case = Case(id="garden/tree/benign", label=Label.BENIGN, wording=wording, mechanism="direct", why="x")
    return Family(
        id="garden/tree", domain="garden", title="x", kind=kind, axis="intent", severity=1, author="x", cases=(case,)
    )


def _reply(kind: Kind) -> str | None:
    return "Hi." if kind is Kind.EXCHANGE else None


def read_back(text: Translation, kind: Kind = Kind.REQUEST) -> Translation:
    """Write one translation and read it."""
    with tempfile.TemporaryDirectory() as folder:
        write_translations(Path(folder) / "sw" / "garden.yaml", [text])
        (found,) = load_translations(Path(folder), [family(kind)]).values()
    return found


def translation(**facts: object) -> Translation:
    """A draft of the one case."""
    source = family(Kind.REQUEST).cases[0].wording.digest
    given = {"wording": Wording(prompt="Habari?"), "claimed": State.DRAFT, "by": "machine", "source": source, **facts}
    return Translation(case="garden/tree/benign", language="sw", stale=given["source"] != source, **given)  # type: ignore[arg-type]


@given(TEXTS | SENTENCES)
def test_a_text_is_read_as_it_was_written(text: str) -> None:
    """No character is lost: spaces, newlines, marks that mean something in YAML, any script."""
    found = read_back(translation(wording=Wording(prompt=text)))

    assert found.wording == Wording(prompt=text)


@given(TEXTS, TEXTS)
def test_replies_and_turns_are_read_as_they_were_written(one: str, other: str) -> None:
    """The same for exchanges and conversations."""
    exchange = Wording(prompt=one, reply=other)
    talk = Wording(turns=(Turn(role="user", text=one), Turn(role="assistant", text=other)))

    assert read_back(translation(wording=exchange), Kind.EXCHANGE).wording == exchange
    assert read_back(translation(wording=talk), Kind.CONVERSATION).wording == talk


@settings(max_examples=50)
@given(TEXTS, TEXTS)
def test_the_whole_life_of_a_translation_is_read_as_it_was_written(name: str, reason: str) -> None:
    """Who, when, with what evidence, and which findings were dismissed."""
    text = translation(claimed=State.REVIEWED, translator="anthropic:m", on="2026-11-01", prompt="01234567")
    assert text.wording is not None
    evidence = Evidence(
        of=evidence_digest(text.wording, text.source),
        by="same-family machine",
        on="2026-11-02",
        back=name,
        label="benign",
        answers=(("same-intent", True), ("same-negation", False)),
    )
    full = translation(
        claimed=State.REVIEWED,
        translator="anthropic:m",
        on="2026-11-01",
        prompt="01234567",
        previous=reason,
        parallelism="transcreated",
        evidence=evidence,
        reviews=(Review(state=State.REVIEWED, by=" ".join(name.split()), on="2026-11-03"),),
        dismissed=(("length", reason),),
    )
    found = read_back(full)

    assert {f: getattr(found, f) for f in full.__slots__ if f != "place"} == {
        f: getattr(full, f) for f in full.__slots__ if f != "place"
    }
    assert found.state is State.REVIEWED


def test_evidence_of_another_text_makes_a_draft_of_it() -> None:
    """Whoever edits a checked text has a draft again, whatever the file claims."""
    evidence = Evidence(of="00000000", by="same-family machine", on="2026-11-02")

    assert read_back(translation(claimed=State.CHECKED, evidence=evidence)).state is State.DRAFT


def test_writing_the_corpus_again_changes_no_text(tmp_path: Path) -> None:
    """Every file of the project reads the same after it was written anew."""
    corpus = load_corpus(find_corpus(None, ROOT))
    files: dict[tuple[str, str], list[Translation]] = {}
    for (tag, case), text in corpus.translations.items():
        files.setdefault((tag, case.partition("/")[0]), []).append(text)
    for (tag, domain), texts in files.items():
        write_translations(tmp_path / tag / f"{domain}.yaml", texts)
    again = load_translations(tmp_path, corpus.families)

    assert {key: text.wording for key, text in again.items()} == {
        key: text.wording for key, text in corpus.translations.items()
    }


def test_comments_at_the_top_stay(tmp_path: Path) -> None:
    """A note to translators is not lost when a tool writes."""
    path = tmp_path / "sw" / "garden.yaml"
    path.parent.mkdir()
    path.write_text("# Keep the names.\n# They are invented.\ngarden/tree/benign: {text: a}\n")
    write_translations(path, [translation()])

    assert path.read_text("utf-8").startswith("# Keep the names.\n# They are invented.\ngarden/tree/benign:\n")
