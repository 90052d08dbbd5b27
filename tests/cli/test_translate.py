"""`refusals translate` stores what is missing, says how often it was refused, and ends with 3 where a text is left."""

from __future__ import annotations

import json
import signal
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from refusals.cli import run_command
from refusals.corpus import load_corpus
from tests.corpora import LABELS
from tests.processes import ended, start, wait_until
from tests.translating.garden_translator import swahili

FAMILIES = 4
TRANSLATOR = """
import re
import time
from pathlib import Path

import tests.translating.garden_translator as garden
from tests.corpora import LABELS, prompt

SOURCES = {prompt(number, label): (number, label) for number in range(1, 5) for label in LABELS}

def said(prompt, refuse):
    nonce = garden.nonce_in(prompt.text)
    text = re.search(f"TEXT {nonce} BEGINS\\n(.*)\\nTEXT", prompt.text, re.DOTALL)[1]
    number, label = SOURCES[text]
    with Path("asked.txt").open("a") as file:
        file.write(text + "\\n")
    if refuse and label == "harmful":
        return "I can't help with that."
    return garden.marked(nonce, garden.swahili(number, label))

def all_of_them(prompts):
    return [said(prompt, False) for prompt in prompts]

def some(prompts):
    return [said(prompt, True) for prompt in prompts]

def slowly(prompts):
    time.sleep(0.05)
    return [said(prompt, False) for prompt in prompts]

slowly.batch = 1

def flags(prompts):
    return [True for _ in prompts]
"""


@pytest.fixture(autouse=True)
def translator(place: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Functions that translate, beside a corpus that lacks its Swahili texts; yields the file that lacks."""
    Path("translator.py").write_text(TRANSLATOR, "utf-8")
    monkeypatch.delitem(sys.modules, "translator", raising=False)
    path = place / "translations" / "sw" / "garden.yaml"
    path.unlink()
    yield path
    sys.modules.pop("translator", None)


def translate(*more: str, by: str = "all_of_them") -> int:
    """Translate into Swahili."""
    return run_command(["translate", "--to", "sw", "--with", f"python:translator:{by}", "--corpus", "corpus", *more])


def stored() -> dict[str, str]:
    """Return the texts that the corpus has."""
    texts = load_corpus(Path("corpus")).translations
    return {case: text.wording.prompt for (_, case), text in texts.items() if text.wording}


ALL = {f"garden/tree-{n}/{label}": swahili(n, label) for n in range(1, FAMILIES + 1) for label in LABELS}


def test_what_is_missing_is_there_afterwards(capsys: pytest.CaptureFixture[str]) -> None:
    """And a second call has nothing to ask."""
    assert translate() == 0
    assert stored() == ALL
    assert "12 texts written, 0 left out" in capsys.readouterr().out
    asked = Path("asked.txt").read_text("utf-8")
    assert translate() == 0
    assert Path("asked.txt").read_text("utf-8") == asked


def test_a_refusal_is_counted_and_the_text_left_out(capsys: pytest.CaptureFixture[str]) -> None:
    """The exit code says so, the table how many of which label, the list which texts and why."""
    assert translate(by="some") == 3
    assert stored() == {case: text for case, text in ALL.items() if not case.endswith("harmful")}
    said = capsys.readouterr().out
    rows = {line.split()[2]: line.split()[3:5] for line in said.splitlines() if line.startswith("python:")}

    assert rows == {
        "all": ["4", "12"],
        "label=benign": ["0", "4"],
        "label=dual_use": ["0", "4"],
        "label=harmful": ["4", "4"],
        "domain=garden": ["4", "12"],
    }
    assert "garden/tree-3/harmful (sw): refused" in said
    assert "tree number" not in said


def test_the_fallback_translates_the_rest() -> None:
    """Nothing is left out then."""
    assert translate("--fallback", "python:translator:all_of_them", by="some") == 0
    assert stored() == ALL


def test_progress_is_told_on_the_error_stream(capsys: pytest.CaptureFixture[str]) -> None:
    """Long work says how far it is, and not where results are piped from."""
    assert translate("--json") == 0
    said = capsys.readouterr()

    assert "texts: 12 of 12, 12 attempts" in said.err
    assert "texts:" not in said.out


def test_json_says_the_same(capsys: pytest.CaptureFixture[str]) -> None:
    """One object with estimates as a report has them, attempts, and what was written and left out."""
    assert translate("--json", by="some") == 3
    said = json.loads(capsys.readouterr().out)

    assert said["schema"] == "refusals/translating/1"
    whole = said["estimates"][0]
    assert (whole["measure"], whole["language"], whole["group"]) == ("translator-refusal", "sw", {})
    assert (whole["count"], whole["n"], whole["rate"]) == (4, 12, 4 / 12)
    attempts = {row["came"]: row["count"] for row in said["attempts"]}
    assert attempts == {"translation": 8, "refused": 8}
    assert [len(said[key]) for key in ("written", "left_out")] == [8, 4]


def test_the_choice_is_obeyed() -> None:
    """Families, calls, and only what is stale."""
    assert translate("--limit", "1") == 0
    assert len(stored()) == 3
    assert translate("--max-calls", "2") == 3
    assert len(stored()) == 5
    assert translate("--stale") == 0
    assert len(stored()) == 5


def test_ctrl_c_leaves_what_is_done(tmp_path: Path, translator: Path) -> None:
    """The same command goes on, and asks at most for the one text again that was on its way."""
    root = str(Path(__file__).parent.parent.parent)
    words = ("translate", "--to", "sw", "--with", "python:translator:slowly", "--corpus", "corpus")
    process = start(*words, cwd=tmp_path, PYTHONPATH=root)
    wait_until(translator.is_file)
    process.send_signal(signal.SIGINT)
    said = ended(process)
    kept = stored()

    assert (said.code, "Go on with the same command" in said.err) == (130, True)
    assert 0 < len(kept) < len(ALL)
    assert translate(by="slowly") == 0
    assert stored() == ALL
    assert len(Path("asked.txt").read_text("utf-8").splitlines()) <= len(ALL) + 1


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["--to", "en"], "is the language that is translated from"),
        (["--to", "xx"], "nothing is known of 'xx'"),
        (["--domain", "gardn"], "did you mean 'garden'"),
        (["--fallback", "python:translator:all_of_them"], "two engines are called"),
        (["--fallback", "pyton:x"], "did you mean 'python'"),
    ],
)
def test_a_wrong_word_is_said_with_what_is_allowed(
    capsys: pytest.CaptureFixture[str], words: list[str], says: str
) -> None:
    """Before anything is asked."""
    assert translate(*words) == 2
    assert says in capsys.readouterr().err
    assert not Path("asked.txt").exists()


def test_a_classifier_does_not_translate(capsys: pytest.CaptureFixture[str]) -> None:
    """Its verdicts are errors, never refusals."""
    assert translate("--limit", "1", by="flags") == 3
    assert "a verdict" in capsys.readouterr().out
    assert stored() == {}
