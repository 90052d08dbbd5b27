"""What a user sees: numbers that can be made by hand, the same bytes again, and nothing that leaves the machine."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections import Counter
from contextlib import chdir, redirect_stdout
from io import StringIO
from pathlib import Path
from shutil import copyfile

import pytest

from refusals.cli import run_command
from refusals.corpus import find_corpus, load_corpus
from tests.processes import endings_of, outcomes_of, plan_of, refusals, report_of

ROOT = Path(__file__).parent.parent
GUARD = """\
import json
import sys

WORDS = {"en": {"how", "what", "without"}, "sw": {"jinsi", "gani", "bila"}}

with open("answers.jsonl", "w", encoding="utf-8") as answers:
    for line in sys.stdin:
        asked = json.loads(line)
        words = set(asked["prompt"].lower().replace("?", " ").replace(",", " ").split())
        flagged = bool(words & WORDS[asked["language"]])
        print(json.dumps({"id": asked["id"], "flagged": flagged}))
        kept = {"text": asked["prompt"], "language": asked["language"], "flagged": flagged}
        answers.write(json.dumps(kept) + "\\n")
"""
WRONG = {  # by measure, the labels that are counted and the answer that is wrong (or, of dual use, reported)
    "over-refusal": (("benign", "dual_use"), True),
    "under-refusal": (("harmful",), False),
    "dual-use-refusal": (("dual_use",), True),
}


def labels() -> dict[tuple[str, str], str]:
    """Return the label of each text of the project's corpus by language, native families left aside."""
    corpus = load_corpus(find_corpus(None, Path()))
    cases = {case.id: case for family in corpus.families if not family.language for case in family.cases}
    texts = {("en", case.wording.prompt): case.label for case in cases.values()}
    for (language, case), translation in corpus.translations.items():
        if translation.wording is not None:
            texts[language, translation.wording.prompt] = cases[case].label
    return {key: str(label) for key, label in texts.items()}


def test_a_guard_of_twenty_lines_gets_the_numbers_that_a_hand_would(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every count, n and rate of the report follows from what the guard said, per language and label."""
    monkeypatch.chdir(tmp_path)
    Path("my_guard.py").write_text(GUARD, "utf-8")
    guard = f"command:'{sys.executable}' my_guard.py"
    code = run_command(["run", "--system", guard, "--language", "en,sw", "--out", "run"])
    known = labels()
    said = Counter(
        (answer["language"], known[answer["language"], answer["text"]], answer["flagged"])
        for answer in map(json.loads, Path("answers.jsonl").read_text("utf-8").splitlines())
        if (answer["language"], answer["text"]) in known
    )
    found = {
        (each["measure"], each["language"], each["group"].get("label")): each
        for each in report_of(Path("run"))["estimates"]
        if each["group"].keys() <= {"label"}
    }
    made = 0
    for measure, (counted, wrong) in WRONG.items():
        for language in ("en", "sw"):
            for group in (counted, *((label,) for label in counted)):
                estimate = found[measure, language, group[0] if group != counted else None]
                count = sum(said[language, label, wrong] for label in group)
                n = count + sum(said[language, label, not wrong] for label in group)
                made += 1

                assert 0 < count < n
                assert (estimate["count"], estimate["n"], estimate["undecided"]) == (count, n, 0)
                assert estimate["rate"] == count / n
                assert estimate["low"] < count / n < estimate["high"]
        both = [found[measure, language, None]["rate"] for language in ("en", "sw")]
        assert found[measure, "*", None]["rate"] == pytest.approx(sum(both) / 2)
    assert (code, made) == (0, 2 * (3 + 2 + 2))


@pytest.fixture(scope="module")
def built_in(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[str]]:
    """What `make run` makes: the run of the built-in systems over the whole corpus, and what it printed."""
    out = tmp_path_factory.mktemp("built-in") / "run"
    printed = StringIO()
    with chdir(ROOT), redirect_stdout(printed):
        assert run_command(["run", "--out", str(out)]) == 0
    return out, printed.getvalue().splitlines()


@pytest.fixture(scope="module")
def variants(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run of the controls over the variants of languages, which are asked only by name."""
    out = tmp_path_factory.mktemp("variants") / "run"
    corpus = load_corpus(find_corpus(None, Path()))
    written = {language for language, _ in corpus.translations}
    languages = ",".join(tag for tag in corpus.tags if corpus.languages[tag].variant_of and tag in written)
    systems = ["--system", "always_refuse", "--system", "always_comply"]
    assert run_command(["run", *systems, "--language", languages, "--out", str(out)]) == 0
    return out


def test_make_run_prints_what_the_readme_shows(built_in: tuple[Path, list[str]]) -> None:
    """Every line of the sample but the cuts: the controls to the figure, `surface` but for its figures.

    What `surface` decides near its threshold may differ with the libraries that it is made of.
    """
    _, printed = built_in
    fences = (ROOT / "README.md").read_text("utf-8").split("```")
    sample = next(fence for fence in fences[1::2] if not fence.partition("\n")[0]).partition("\n")[2]
    control, learned = sample.split("…\n")

    assert len(control.splitlines()) + len(learned.splitlines()) > 15
    assert [line for line in control.splitlines() if line not in printed] == []
    assert [line for line in learned.splitlines() if shape(line) not in map(shape, printed)] == []


def shape(line: str) -> list[str]:
    """Return the words of a line with every number as #."""
    return re.sub(r"[\d.<>]+", "#", line).split()


@pytest.mark.parametrize("which", ["built_in", "variants"])
def test_the_controls_are_read_right_in_every_language(which: str, request: pytest.FixtureRequest) -> None:
    """Who refuses all over-refuses all, who complies always under-refuses all, and no reply of theirs is unclear."""
    found = request.getfixturevalue(which)
    controls = found[0] if isinstance(found, tuple) else found
    report = report_of(controls)
    expected = {
        ("always_refuse", "over-refusal"): 1.0,
        ("always_refuse", "under-refusal"): 0.0,
        ("always_comply", "over-refusal"): 0.0,
        ("always_comply", "under-refusal"): 1.0,
    }
    languages = {facts["tag"] for facts in report["manifest"]["languages"]}
    systems = {trial.id: trial.system for trial in plan_of(controls).trials}
    read = set()
    for each in report["estimates"]:
        key = each["system"], each["measure"]
        if key in expected and not each["group"]:
            read.add((*key, each["language"]))
            assert (each["rate"], each["undecided"]) == (expected[key], 0), each

    assert len(languages) > (5 if which == "built_in" else 0)
    assert read == {(*key, language) for key in expected for language in {*languages, "*"}}
    ends = outcomes_of(controls).values()
    assert {end.judge for end in ends if systems[end.trial].startswith("always_")} == {"phrases"}


def test_a_report_can_be_made_again_from_the_database_alone(variants: Path, tmp_path: Path) -> None:
    """With another hash seed, time zone and locale too, every file is the same to the byte."""
    controls = variants
    again = tmp_path / "again"
    again.mkdir()
    copyfile(controls / "run.sqlite", again / "run.sqlite")
    said = refusals(
        "report", str(again), cwd=tmp_path, PYTHONHASHSEED="7", TZ="Asia/Kathmandu", LC_ALL="C", COLUMNS="40"
    )
    names = sorted(path.name for path in controls.iterdir() if path.suffix in (".json", ".html", ".md", ".xml"))

    assert (said.code, said.err) == (0, "")
    assert names == ["junit.xml", "manifest.json", "report.html", "report.json", "report.md"]
    assert [name for name in names if (again / name).read_bytes() != (controls / name).read_bytes()] == []


ALONE = """
import os
import sys

def hook(event, arguments):
    if event in ("socket.connect", "socket.bind", "socket.getaddrinfo", "socket.gethostbyname", "socket.sendto"):
        sys.stderr.write(f"{event} {arguments}")
        os._exit(99)  # whatever would catch an exception

sys.addaudithook(hook)
from refusals.cli import main
main()
"""


@pytest.mark.parametrize(
    ("arguments", "wanted"),
    [
        (["--help"], "Exit codes"),
        (["run", "--limit", "2", "--language", "en,sw", "--out", "run"], "always_comply"),
        (["plugins"], "openai_compatible"),
    ],
    ids=["help", "run", "plugins"],
)
def test_nothing_leaves_the_machine_unasked(tmp_path: Path, arguments: list[str], wanted: str) -> None:
    """The built-in systems, the judges, the reports and the help open no connection and look up no name."""
    command = [sys.executable, "-c", ALONE, *arguments]
    said = subprocess.run(command, cwd=tmp_path, capture_output=True, encoding="utf-8", check=False)

    assert said.returncode == 0, said.stderr
    assert wanted in said.stdout


def test_what_init_writes_works_as_written(tmp_path: Path) -> None:
    """In an empty folder: `init`, then `run` and `pytest`, which both hold the toy guard to its gates."""
    written = refusals("init", cwd=tmp_path)
    study = tmp_path / "refusals.yaml"
    study.write_text(study.read_text("utf-8").replace("# languages: [en, es, hi, sw]", "languages: [en, sw]"), "utf-8")
    ran = refusals("run", "refusals.yaml", cwd=tmp_path)
    tested = subprocess.run(
        [sys.executable, "-m", "pytest"], cwd=tmp_path, capture_output=True, encoding="utf-8", check=False
    )
    (run,) = (tmp_path / "runs").glob("refusals-*")

    assert (written.code, written.err) == (0, "")
    assert "my_guard.py" in written.out
    assert (ran.code, ran.out.splitlines()[0][:6]) == (1, "✗ fail")
    assert set(endings_of(run).values()) == {"allowed", "flagged"}
    assert {trial.language for trial in plan_of(run).trials} == {"en", "sw"}
    assert tested.returncode == 1
    assert "FAILED tests/test_refusals.py::refusals::gate-under-refusal-harmful-my-guard-en" in tested.stdout
    assert "error" not in tested.stdout.lower().splitlines()[-1]
