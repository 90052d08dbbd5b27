"""What the corpus is measured with: blind sheets and their scores, canaries, what is published, and the page of it."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from dataclasses import replace
from functools import cache
from pathlib import Path
from random import Random

import pytest

from benchmarks.corpus import canaries, counts, power, publish, surface
from benchmarks.corpus.readings import readings
from benchmarks.corpus.sheets import PLANTED, label_sheets, shown, texts_of
from benchmarks.corpus.sheets import main as make_sheets
from refusals.cases import Kind, Turn, Wording
from refusals.checks import mechanism_balance
from refusals.corpus import Corpus, load_corpus

ROOT = Path(__file__).parent.parent
SCHEMES = {
    "ailuminate-1.0",
    "llama-guard-2",
    "llama-guard-3",
    "llama-guard-4",
    "openai-omni-moderation-2024",
    "qwen3guard-2025",
    "nemotron-safety-guard-v3",
    "azure-content-safety-2024",
    "frontier-policy-2025",
}


@cache
def own() -> Corpus:
    """The project's own corpus."""
    return load_corpus(ROOT)


def test_every_domain_is_placed_in_every_scheme() -> None:
    """A classifier whose taxonomy lacks a harm is told so, and never counted as missing it."""
    assert {domain.id: {scheme for scheme, _, _ in domain.crosswalk} for domain in own().domains} == {
        domain.id: SCHEMES for domain in own().domains
    }


def test_every_domain_has_twelve_families() -> None:
    """Fewer would make a domain a matter of a few topics."""
    found = Counter(family.domain for family in own().families if not family.language and family.kind is Kind.REQUEST)

    assert set(found.values()) == {12}
    assert len(found) == 14


def test_no_mechanism_predicts_the_label() -> None:
    """A wrapper such as fiction stands under every label alike."""
    assert list(mechanism_balance.lint(own())) == []


def test_twins_are_about_equally_long() -> None:
    """Length must not tell a label; twins differ by words, not by clauses."""
    uneven = {}
    for family in own().families:
        lengths = [len(shown(case.wording)) for case in family.cases]
        if max(lengths) > 1.25 * min(lengths):
            uneven[family.id] = lengths

    assert uneven == {}


def test_a_sheet_shows_one_member_of_a_family() -> None:
    """A reader who saw the twins beside each other would judge the difference, not the text."""
    texts = texts_of(own(), "en")
    sheets = label_sheets(texts, Random(1))

    assert len(sheets) == max(Counter(text.family.id for text in texts).values()) + 1
    for rows in sheets[:-1]:
        assert max(Counter(text.family.id for text, _, _ in rows).values()) == 1
        planted = sum(bool(damage) for _, _, damage in rows)
        assert planted == round(PLANTED * len(rows)) > 0
    read = Counter(text.case.id for rows in sheets for text, _, damage in rows if not damage)
    assert read == dict.fromkeys((text.case.id for text in texts), 1)


def test_damage_is_never_the_text_itself() -> None:
    """Planted damage that changes nothing could not be noticed."""
    sheets = label_sheets(texts_of(own(), "es"), Random(2))
    damaged = [(text, said, damage) for rows in sheets for text, said, damage in rows if damage]

    assert {damage for _, _, damage in damaged} == {"twin", "cut", "spliced"}
    assert [text.case.id for text, said, _ in damaged if said == text.said] == []


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Sheets of Spanish."""
    out = tmp_path_factory.mktemp("sheets")
    before, sys.argv = sys.argv, ["sheets", "--language", "es", "--out", str(out), "--seed", "3"]
    try:
        make_sheets()
    finally:
        sys.argv = before
    return out


def test_a_sheet_gives_nothing_away(made: Path) -> None:
    """No id, no label and no English stands on a sheet, but for the reasons that twins are matched to."""
    blind = "".join(path.read_text("utf-8") for path in sorted((made / "es").glob("*.tsv")) if path.stem != "twins")
    lines = set((made / "es" / "twins.tsv").read_text("utf-8").splitlines())

    assert not [family.id for family in own().families if family.id in blind]
    assert "dual_use" not in blind
    english = [case for family in own().families if not family.language for case in family.cases]
    assert not [case.id for case in english if shown(case.wording) in blind]
    assert {line.split("\t")[1] for line in lines} <= set("ABCD1234")


def test_a_perfect_reader_is_scored_so(made: Path) -> None:
    """And one who answers nothing is not scored at all."""
    key = json.loads((made / "keys" / "es.json").read_text("utf-8"))
    folder = made / "es"
    assert readings(folder, key).reads == ()
    for sheet, rows in key.items():
        if sheet.startswith("label"):
            said = {no: row["case"].rpartition("/")[2].partition("-")[0] for no, row in rows.items()}
            odd = {no: "odd" if row["planted"] else "" for no, row in rows.items()}
            wrong = {no for no, row in rows.items() if row["planted"] == "twin"}
            flipped = {"benign": "harmful", "harmful": "benign", "dual_use": "benign"}
            lines = [f"{no}\t{flipped[label] if no in wrong else label}\t{odd[no]}\n" for no, label in said.items()]
            (folder / f"{sheet}.read").write_text("".join(lines), "utf-8")
    answers = [
        f"{no}\t{' '.join(f'{letter}={place}' for letter, place in right.items() if letter != 'family')}\tword\n"
        for no, right in key["twins"].items()
    ]
    (folder / "twins.read").write_text("".join(answers), "utf-8")
    found = readings(folder, key)

    assert found.unanswered == 0
    assert all(read.kept for read in found.plain)
    assert all(read.noticed for read in found.planted)
    assert found.planted
    assert all(found.twins.values())


def test_every_file_begins_with_its_canary() -> None:
    """Whoever trains on the files can be told so."""
    assert [str(path.relative_to(ROOT)) for path in canaries.missing()] == []


def test_canaries_differ_by_language_and_version_and_are_in_no_text() -> None:
    """A canary that a system is sent would teach it."""
    found = {tag: canaries.canary(tag) for tag in own().tags}
    texts = [text.wording for text in own().translations.values() if text.wording]
    said = "".join(shown(wording) for wording in (*texts, *(c.wording for f in own().families for c in f.cases)))

    assert len(set(found.values())) == len(found)
    assert canaries.canary("sw", "0.1.0") != canaries.canary("sw", "0.2.0")
    assert not [tag for tag, canary in found.items() if canary in said]


def test_the_validator_of_croissant_accepts_what_is_published(tmp_path: Path) -> None:
    """A line a text, and metadata that the format's own program takes."""
    count = publish.publish(own(), tmp_path, "2026-11-28")
    lines = (tmp_path / "corpus.jsonl").read_text("utf-8").splitlines()
    first = json.loads(lines[0])
    validator = str(Path(sys.executable).with_name("mlcroissant"))
    command = [validator, "validate", "--jsonld", str(tmp_path / "croissant.json")]
    said = subprocess.run(command, capture_output=True, encoding="utf-8", check=False)

    assert len(lines) == count > 5000
    assert first.keys() == publish.FIELDS.keys()
    assert said.returncode == 0, said.stderr
    assert "Done" in said.stderr + said.stdout
    assert "error" not in said.stderr.lower()


def test_the_power_of_a_gate_is_that_of_the_binomial() -> None:
    """168 families pass a 5 % gate with two errors; twelve cannot."""
    assert [power.most_errors(n) for n in (12, 71, 72, 168)] == [-1, -1, 0, 2]
    assert power.power(72, 0.01) == pytest.approx(0.99**72)
    assert power.power(12, 0.01) == 0.0


def test_the_page_has_today_s_counts() -> None:
    """docs/corpus.md is made from the files, and made again when they change."""
    page = (ROOT / "docs" / "corpus.md").read_text("utf-8")

    for table in (
        counts.by_domain(own()),
        counts.by_mechanism(own()),
        counts.by_axis(own()),
        counts.by_language(own()),
        counts.by_kind(own()),
    ):
        assert [line for line in table if line not in page] == []


def test_turns_and_replies_are_one_line_of_a_sheet() -> None:
    """A sheet has a line a text, whatever the text is."""
    turns = Wording(turns=(Turn(role="user", text="one\ntwo"), Turn(role="assistant", text="three")))

    assert shown(turns) == "[user] one ⏎ two ⏎ [assistant] three"
    assert shown(replace(Wording(prompt="ask"), reply="answer")) == "[user] ask ⏎ [assistant] answer"


def test_exchanges_of_mass_harm_are_redacted_under_every_label() -> None:
    """What tells the label is what the reply sets out to do, never a fact; there are no conversations on it."""
    for family in own().families:
        if family.domain not in ("chemical", "biological", "radiological-nuclear") or family.kind is Kind.REQUEST:
            continue
        assert family.kind is Kind.EXCHANGE, family.id
        assert {case.form for case in family.cases} == {"redacted"}, family.id
        counts = {(case.wording.reply or "").count("[withheld]") for case in family.cases}
        assert len(counts) == 1, (family.id, counts)
        assert counts != {0}, family.id


def test_what_surface_can_do_was_measured_on_todays_texts() -> None:
    """The table of deals takes minutes to make, so it is kept, with the digest of the texts it is of."""
    kept = surface.RECORD.read_text("utf-8")

    assert kept.startswith(f"Texts {surface.digest(surface.known(own()))}, ")
    assert kept in (ROOT / "docs" / "corpus.md").read_text("utf-8")


def test_every_kind_has_families_enough_in_eight_languages() -> None:
    """Sixty exchanges, twenty-four conversations, twenty-four transcripts, each in eight languages or more."""
    found = Counter(family.kind for family in own().families if not family.language)

    assert found[Kind.EXCHANGE] >= 60
    assert found[Kind.CONVERSATION] >= 24
    assert found[Kind.TRANSCRIPT] >= 24
    for kind in Kind:
        assert sum(kind in own().languages[tag].kinds for tag in own().tags if tag != "en") >= 7, kind


def test_the_form_of_a_kind_is_kept() -> None:
    """A conversation ends with the user, a transcript with the agent, and what twins share is the same."""
    for family in own().families:
        for case in family.cases:
            roles = [turn.role for turn in case.wording.turns]
            if family.kind is Kind.CONVERSATION:
                assert roles[0] == roles[-1] == "user", case.id
                assert len(roles) in (3, 5), case.id
            if family.kind is Kind.TRANSCRIPT:
                assert roles[0] == "system", case.id
                assert roles[-1] == "assistant", case.id
                assert "tool" in roles, case.id


def test_every_language_has_native_families_or_says_why_fewer() -> None:
    """Six each, or three at least and a reason; each has both twins, and a gloss that says what they mean."""
    corpus = own()
    for tag in corpus.tags:
        if tag == "en" or corpus.languages[tag].variant_of:
            continue
        found = [family for family in corpus.families if family.language == tag]
        assert len(found) >= (3 if corpus.languages[tag].native_shortfall else 6), tag
        for family in found:
            assert {"benign", "harmful"} <= {case.label for case in family.cases}, family.id
            assert all(case.gloss and case.why for case in family.cases), family.id


def test_a_family_s_own_place_in_a_scheme_is_one_that_its_domain_could_have() -> None:
    """An override names a scheme of the crosswalk, and says something else than the domain does."""
    corpus = own()
    of = {domain.id: domain for domain in corpus.domains}
    overridden = [family for family in corpus.families if family.hazards]

    assert len(overridden) > 50
    for family in overridden:
        for scheme in {scheme for scheme, _, _ in family.hazards}:
            mine = {entry for entry in family.hazards if entry[0] == scheme}
            assert scheme in SCHEMES, (family.id, scheme)
            assert mine != {entry for entry in of[family.domain].crosswalk if entry[0] == scheme}, (family.id, scheme)
