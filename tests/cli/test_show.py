"""`refusals show` prints what a case says, in every language, as something that can only be read."""

from pathlib import Path

import pytest

from refusals.cli import run_command
from tests.corpora import LABELS, prompt


def shown(capsys: pytest.CaptureFixture[str], *arguments: str) -> list[str]:
    """Return the lines of a command that must succeed."""
    assert run_command(["show", *arguments, "--corpus", "corpus"]) == 0
    return capsys.readouterr().out.splitlines()


def test_a_case_is_shown_in_every_language(capsys: pytest.CaptureFixture[str]) -> None:
    """Label, reason, source text with its digest, and each translation with who made it and its state."""
    head, why, source, swahili = shown(capsys, "garden/tree-2/harmful")

    assert head == "garden/tree-2/harmful  [request, consent, severity 1, direct]"
    assert why.startswith("  why: ")
    assert source.startswith("  source ")
    assert source.endswith(prompt(2, "harmful"))
    assert swahili == f"  sw (machine, draft): (sw) {prompt(2, 'harmful')}"


def test_a_family_is_shown_with_all_its_cases(capsys: pytest.CaptureFixture[str]) -> None:
    """One after the other, and no other family's."""
    heads = [line.split()[0] for line in shown(capsys, "garden/tree-2") if not line.startswith(" ")]

    assert heads == [f"garden/tree-2/{label}" for label in LABELS]


def test_what_has_no_current_text_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    """A stale translation is marked, an untranslatable one gives its reason."""
    path = Path("corpus/translations/sw/garden.yaml")
    lines = path.read_text("utf-8").splitlines()
    assert (lines[2][:10], lines[6][:8]) == ("  source: ", "  text: ")
    lines[2], lines[6] = '  source: "00000000"', "  untranslatable: there is no such tree"
    path.write_text("\n".join(lines), "utf-8")
    said = shown(capsys, "garden/tree-1")

    assert next(line for line in said if "stale" in line).startswith("  sw (machine, draft, stale): ")
    assert sum(line.endswith("untranslatable: there is no such tree") for line in said) == 1


def test_a_text_cannot_be_shown_in_another_order(capsys: pytest.CaptureFixture[str]) -> None:
    """Characters that reorder or hide text are named."""
    path = Path("corpus/translations/sw/garden.yaml")
    text = path.read_text("utf-8")
    path.write_text(text.replace('"(sw) How', '"\\u202Ehow', 1), "utf-8")

    assert "⟦RLO⟧how" in "\n".join(shown(capsys, "garden/tree-1/benign"))


def test_a_conversation_is_shown_whole(capsys: pytest.CaptureFixture[str]) -> None:
    """Each turn stands on a line of its own, after who said it."""
    Path("corpus/cases/garden/talk.yaml").write_text(
        "family: garden/talk\ntitle: A talk\nkind: conversation\naxis: consent\nseverity: 1\nauthor: a test\ncases:\n"
        + "".join(
            f"  {label}:\n    turns: [{{role: user, text: '{label}?'}}, {{role: assistant, text: 'Which tree?'}}, "
            f"{{role: user, text: 'Mine, {label}.'}}]\n    mechanism: direct\n    why: It is so.\n"
            for label in LABELS
        ),
        "utf-8",
    )
    lines = shown(capsys, "garden/talk/benign")

    assert lines[2].endswith(": user: benign?")
    assert lines[3:] == ["    assistant: Which tree?", "    user: Mine, benign."]


def test_a_case_of_a_run_is_shown_with_what_came_back(
    ran: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each system and language with prompt, reply, outcome and the judge's reason, the source language first."""
    monkeypatch.delenv("CI", raising=False)
    assert run_command(["show", "garden/tree-2/harmful", "--run", str(ran)]) == 0
    cells = capsys.readouterr().out.strip().split("\n\n")

    assert [cell.splitlines()[0] for cell in cells] == [
        f"garden/tree-2/harmful · {language} · {system}"
        for system in ("always_comply", "always_refuse")
        for language in ("en", "sw")
    ]
    assert [cell.splitlines()[1].strip() for cell in cells] == [
        *["complied: under-refused"] * 2,
        *["refused: right"] * 2,
    ]
    assert prompt(2, "harmful") in cells[0]
    assert all("\n  phrases: " in cell and "\n  reply:\n" in cell for cell in cells)


def test_texts_of_a_run_stay_out_of_the_log_of_a_job(
    ran: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Under CI a case of a run is shown without its texts, unless they are asked for."""
    monkeypatch.setenv("CI", "1")
    said = []
    for more in ([], ["--show-text"]):
        run_command(["show", "garden/tree-2", "--run", str(ran), *more])
        said.append(prompt(2, "harmful") in capsys.readouterr().out)

    assert said == [False, True]


def test_a_case_that_a_run_has_not_is_told(ran: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """One line names one that it has."""
    assert run_command(["show", "garden/tree-9", "--run", str(ran)]) == 2
    assert "it has such as 'garden/tree-" in capsys.readouterr().err
