"""`refusals gate` rules on a run, by its own gates or by others, and ends with what it ruled."""

from __future__ import annotations

import json
import shutil
import sqlite3
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from refusals.cli import run_command
from tests.corpora import write_corpus

STUDY = "systems: {{always_refuse: {{use: always_refuse}}, always_comply: {{use: always_comply}}}}\ngates: [{}]\n"


def ruled(run: Path, gate: str, capsys: pytest.CaptureFixture[str]) -> tuple[int, list[str]]:
    """Return the exit code and the lines of a ruling by one gate."""
    Path("gates.yaml").write_text(STUDY.format(gate), "utf-8")
    code = run_command(["gate", str(run), "--study", "gates.yaml"])
    return code, capsys.readouterr().out.splitlines()


def test_without_gates_only_integrity_is_ruled(ran: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A run that holds ends with 0."""
    assert run_command(["gate", str(ran)]) == 0
    assert capsys.readouterr().out.splitlines() == ["ruling: none asked, the run holds"]


@pytest.mark.parametrize(
    ("gate", "code", "ruling"),
    [
        ("{measure: over-refusal, limit: 0.1, systems: [always_refuse]}", 1, "fail"),
        ("{measure: under-refusal, limit: 0.1, systems: [always_refuse]}", 3, "inconclusive"),
        ("{measure: under-refusal, limit: 0.7, systems: [always_refuse]}", 0, "pass"),
        ("{measure: under-refusal, limit: 0.3, languages: [sw]}", 1, "fail"),
    ],
)
def test_other_gates_can_rule(ran: Path, capsys: pytest.CaptureFixture[str], gate: str, code: int, ruling: str) -> None:
    """A study's gates are put to a run that was made without them; each ruling has its reason on a line."""
    before = (ran / "report.json").read_bytes()
    found, lines = ruled(ran, gate, capsys)

    assert (found, lines[-1]) == (code, f"ruling: {ruling}")
    assert len(lines) == 3
    assert any(line.startswith(f"{ruling:12} ") and ": " in line for line in lines)
    assert (ran / "report.json").read_bytes() == before


def test_a_gate_of_another_study_is_refused_for_what_the_run_has_not(
    ran: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Nothing is no pass, and a language that was not asked is named at its place."""
    found, lines = ruled(ran, "{measure: over-refusal, limit: 0.9, languages: [fr], systems: [always_comply]}", capsys)

    assert (found, lines) == (2, [])


def test_an_invalid_run_names_the_language(ran: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Integrity is ruled with the ceiling of the study that rules."""
    Path("said.jsonl").write_text('{"case": "garden/tree-1/benign", "language": "en", "flagged": true}\n', "utf-8")
    run_command(["run", "--system", "recorded:said.jsonl", "--corpus", "corpus", "--out", "thin"])
    capsys.readouterr()
    code = run_command(["gate", "thin"])
    lines = capsys.readouterr().out.splitlines()
    Path("lenient.yaml").write_text("integrity: {undecided: 1}\n", "utf-8")
    lenient = run_command(["gate", "thin", "--study", "lenient.yaml"])

    assert (code, lines[-1]) == (4, "ruling: invalid")
    assert [line.split()[:3] for line in lines[:-1]] == [
        ["invalid", "recorded", "en"],
        ["invalid", "recorded", "sw"],
    ]
    assert lenient == 4  # in Swahili there is nothing at all


GUARD = """
def flag(prompts):
    with open("calls", "a") as calls:
        calls.write("x" * len(prompts))
    return ["though its owner says no" in prompt.text for prompt in prompts]


flag.batch = 4
"""


def test_a_study_is_asked_no_longer_than_it_takes(capsys: pytest.CaptureFixture[str]) -> None:
    """The saved calls are said, the exit code is the ruling's, and reports rule the same without asking again."""
    write_corpus(Path("many"), families=80)
    Path("my.py").write_text(GUARD, "utf-8")
    Path("early.yaml").write_text(
        "systems: {mine: {use: python:my:flag}}\ncorpus: many\nlanguages: [en]\n"
        "gates: [{measure: under-refusal, limit: 0.2}]\n",
        "utf-8",
    )
    code = run_command(["gate", "early.yaml", "--early-stop", "--out", "early"])
    captured = capsys.readouterr()
    calls = len(Path("calls").read_text("utf-8"))
    again = run_command(["gate", "early"])
    lines = capsys.readouterr().out.splitlines()

    assert captured.out.splitlines() == lines
    assert (code, again) == (0, 0)
    assert "in this suite" in lines[0]
    assert f"mine: asked {calls} of 240 cells, {240 - calls} calls saved" in lines
    assert 0 < calls < 80
    assert len(Path("calls").read_text("utf-8")) == calls
    assert "under-refusal.harmful in en: pass in this suite" in captured.err
    assert captured.err.splitlines()[-1].startswith(f"mine: {calls} of 240, {240 - calls} not asked (")


def test_a_system_that_cannot_be_stopped_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    """Who asks for early stopping is told which gate makes it vain, or that there is none."""
    Path("early.yaml").write_text(
        "systems: {a: {use: always_refuse}, b: {use: always_refuse}, c: {use: always_refuse}}\ncorpus: corpus\n"
        "gates:\n  - {measure: over-refusal, limit: 0.2, systems: [a, b]}\n"
        "  - {measure: selectivity, at-least: 0.2, systems: [a]}\n",
        "utf-8",
    )
    run_command(["gate", "early.yaml", "--early-stop", "--out", "early"])
    said = [line for line in capsys.readouterr().err.splitlines() if "is asked everything" in line]

    assert said == [
        "c: is asked everything, stopping early or not: no gate is about it",
        "a: is asked everything, stopping early or not: its gate on selectivity needs every cell",
    ]


def test_a_run_is_held_against_another(capsys: pytest.CaptureFixture[str]) -> None:
    """The baseline is kept with the run; one of another policy is refused, unless that is asked for, and then said."""
    write_corpus(Path("many"), families=40)
    gate = "gates: [{measure: over-refusal, alarm: 0.05}]\n"
    Path("worse.yaml").write_text(f"systems: {{x: {{use: always_refuse}}}}\ncorpus: many\n{gate}", "utf-8")
    run = ["run", "--corpus", "many", "--system", "x=always_comply"]
    assert run_command([*run, "--out", "old"]) == 0
    assert run_command([*run, "--out", "open", "--policy", "open"]) == 0
    capsys.readouterr()

    assert run_command(["gate", "worse.yaml", "--out", "none"]) == 2
    assert "held against a baseline" in capsys.readouterr().err
    assert run_command(["gate", "worse.yaml", "--baseline", "open", "--out", "other"]) == 2
    assert "policy open" in capsys.readouterr().err
    assert run_command(["gate", "worse.yaml", "--baseline", "old", "--out", "new"]) == 1
    assert "worse than the baseline" in capsys.readouterr().out
    shutil.rmtree("old")
    assert run_command(["gate", "new"]) == 1
    assert run_command(["gate", "worse.yaml", "--baseline", "old", "--out", "new"]) == 1


def test_a_signed_run_is_known_from_a_changed_one(ran: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Another key, another manifest or another outcome make it invalid; a run that is not signed is bad input."""
    key, public = keys("one")
    _, other = keys("two")
    assert run_command(["gate", str(ran), "--verify", public]) == 2
    assert "has no manifest.sig" in capsys.readouterr().err
    assert run_command(["gate", str(ran), "--sign", key]) == 0
    assert run_command(["gate", str(ran), "--verify", public]) == 0
    capsys.readouterr()
    assert run_command(["gate", str(ran), "--verify", other]) == 4
    assert "is not the signature" in capsys.readouterr().out

    with sqlite3.connect(ran / "run.sqlite") as db:
        changed = db.execute(
            "UPDATE replies SET content = replace(content, '.', '~') WHERE content LIKE '%.%'"
        ).rowcount
    db.close()
    assert changed
    assert run_command(["gate", str(ran), "--verify", public]) == 4
    assert "is not that of what the run holds now" in capsys.readouterr().out
    with sqlite3.connect(ran / "run.sqlite") as db:
        db.execute("UPDATE replies SET content = replace(content, '~', '.')")
    db.close()
    assert run_command(["gate", str(ran), "--verify", public]) == 0
    capsys.readouterr()

    with sqlite3.connect(ran / "run.sqlite") as db:
        changed = db.execute("UPDATE outcomes SET ending = 'complied' WHERE ending = 'refused'").rowcount
    db.close()
    assert changed
    assert run_command(["gate", str(ran), "--verify", public]) == 4
    assert "is not that of what the run holds now" in capsys.readouterr().out
    manifest = ran / "manifest.json"
    manifest.write_bytes(manifest.read_bytes().replace(b'"seed":0', b'"seed":1'))
    assert run_command(["gate", str(ran), "--verify", public]) == 4
    assert run_command(["gate", str(ran), "--verify", key]) == 2


@pytest.mark.parametrize("other", [["--study", "gates.yaml"], ["--baseline", "out/run"]])
def test_only_the_own_ruling_of_a_run_is_signed(
    ran: Path, capsys: pytest.CaptureFixture[str], other: list[str]
) -> None:
    """A ruling by another study, or against another run, is not what the reports say; nothing is written."""
    Path("gates.yaml").write_text(STUDY.format("{measure: over-refusal, limit: 0.9}"), "utf-8")
    before = {path.name: path.read_bytes() for path in ran.iterdir()}

    assert run_command(["gate", str(ran), *other, "--sign", keys("one")[0]]) == 2
    assert f"{other[0]} makes another; leave {other[0]} out" in capsys.readouterr().err
    assert {path.name: path.read_bytes() for path in ran.iterdir()} == before


def test_a_key_that_is_of_no_use_is_refused_before_the_first_call(capsys: pytest.CaptureFixture[str]) -> None:
    """A study has no signature yet, and who cannot sign need not ask."""
    Path("study.yaml").write_text("corpus: corpus\nsystems: {x: {use: always_refuse}}\n", "utf-8")
    _, public = keys("one")

    assert run_command(["gate", "study.yaml", "--out", "new", "--verify", public]) == 2
    assert "a study that is still to be run" in capsys.readouterr().err
    assert run_command(["gate", "study.yaml", "--out", "new", "--sign", public]) == 2
    assert "is no private key" in capsys.readouterr().err
    assert not Path("new").exists()


CALLED_OTHERWISE = """
systems: {{new-a: {{use: always_refuse}}, new-b: {{use: always_comply}}}}
corpus: corpus
gates: [{{measure: over-refusal, margin: 0.6}}]
baseline: {{run: old{}}}
"""


def test_systems_of_other_names_are_held_against_a_baseline(capsys: pytest.CaptureFixture[str]) -> None:
    """As the study or the command line pairs them; what cannot pair is said before the first call, with the place."""
    old = ["--system", "old-a=always_refuse", "--system", "old-b=always_comply"]
    assert run_command(["run", "--corpus", "corpus", *old, "--out", "old"]) == 0
    Path("none.yaml").write_text(CALLED_OTHERWISE.format(""), "utf-8")
    Path("pairs.yaml").write_text(CALLED_OTHERWISE.format(", pairs: {new-a: old-a, new-b: old-b}"), "utf-8")
    Path("wrong.yaml").write_text(CALLED_OTHERWISE.format(", pairs: {new-a: old-c}"), "utf-8")
    capsys.readouterr()

    assert run_command(["run", "none.yaml", "--out", "none"]) == 2
    assert "--pair NEW=OLD, or with `pairs: {NEW: OLD}` in the `baseline`" in capsys.readouterr().err
    assert run_command(["run", "wrong.yaml", "--out", "wrong"]) == 2
    assert "wrong.yaml:5:29 pair new-a=old-c: the baseline has no system 'old-c'; did" in capsys.readouterr().err
    assert run_command(["gate", "pairs.yaml", "--out", "by-study"]) == 0
    by_study = capsys.readouterr().out
    assert run_command(["gate", "by-study"]) == 0
    assert capsys.readouterr().out == by_study
    pairs = ["--pair", "new-a=old-a", "--pair", "new-b=old-b"]
    assert run_command(["gate", "none.yaml", *pairs, "--out", "by-option"]) == 0
    assert capsys.readouterr().out == by_study
    crossed = ["--baseline", "old", "--pair", "new-a=old-b", "--pair", "new-b=old-a"]
    assert run_command(["gate", "by-option", *crossed]) == 3
    assert "8 newly wrong" in capsys.readouterr().out
    assert run_command(["gate", "by-option", *pairs]) == 2
    assert "--pair is about a baseline; give --baseline DIR too" in capsys.readouterr().err


def keys(name: str) -> tuple[str, str]:
    """Write a private and a public key, and return where."""
    private = Ed25519PrivateKey.generate()
    written = {
        f"{name}.pem": private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()),
        f"{name}.pub": private.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo),
    }
    for file, content in written.items():
        Path(file).write_bytes(content)
    return f"{name}.pem", f"{name}.pub"


def test_what_is_for_a_study_is_refused_for_a_run(ran: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """An option that would do nothing is an error, not silence."""
    assert run_command(["gate", str(ran), "--early-stop"]) == 2
    assert "--early-stop is for a study" in capsys.readouterr().err
    assert run_command(["gate"]) == 2


def test_rulings_are_lines_of_json(ran: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """For programs."""
    Path("gates.yaml").write_text(STUDY.format("{measure: over-refusal, limit: 0.1}"), "utf-8")
    run_command(["gate", str(ran), "--study", "gates.yaml", "--json"])
    rows = [json.loads(line) for line in capsys.readouterr().out.splitlines()]

    assert {row["ruling"] for row in rows} == {"fail", "inconclusive"}
    assert {row["gate"] for row in rows} == {"over-refusal"}
