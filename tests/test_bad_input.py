"""Bad input of every kind ends with 2 and one line: what is wrong and where, what is allowed or how to go on."""

from __future__ import annotations

import json
import re
import shlex
import sqlite3
import sys
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest

from refusals.cli import run_command
from refusals.pipeline import only_here
from tests.corpora import write_corpus

PYTHON = f"'{sys.executable}'"
READING = "import json, sys\nasked = [json.loads(line) for line in sys.stdin]\n"
CASE = '{"case": "garden/tree-1/benign", "language": "en", '
PROGRESS = re.compile(r"\w+: \d+ (cells|of)")
REPORTS = "run --system always_refuse --out run"


@dataclass(frozen=True, slots=True, kw_only=True)
class Bad:
    """A command with the files that it finds, and the parts that its one line must have."""

    command: str
    parts: tuple[str, ...]
    files: tuple[tuple[str, str], ...] = ()
    first: str = ""  # a command that runs before
    code: int = 2


def study(text: str, *parts: str) -> Bad:
    """Return what is wrong with a study."""
    return Bad(command="run study.yaml", files=(("study.yaml", text),), parts=parts)


def guard(code: str, *parts: str) -> Bad:
    """Return what is wrong with what a program writes."""
    files = (("guard.py", READING + code),)
    return Bad(command=f'run --system "command:{PYTHON} guard.py"', files=files, parts=parts)


def recorded(text: str, *parts: str) -> Bad:
    """Return what is wrong with recorded answers."""
    return Bad(command="run --system recorded:said.jsonl", files=(("said.jsonl", text),), parts=parts)


def function(code: str, *parts: str) -> Bad:
    """Return what is wrong with what a function is or returns."""
    return Bad(command="run --system python:guard:flag", files=(("guard.py", code),), parts=parts)


def corpus(path: str, text: str, *parts: str) -> Bad:
    """Return what is wrong with a file of the corpus."""
    return Bad(command=REPORTS, files=((f"corpus/{path}", text),), parts=parts)


BAD = {
    # studies
    "no study": Bad(command="run nothere.yaml", parts=("nothere.yaml", "cannot be read")),
    "study is a folder": Bad(command="run corpus", parts=("corpus", "cannot be read")),
    "no yaml": study("systems: [\n", "study.yaml:2:1"),
    "tabs": study("systems:\n\tguard: {}\n", "study.yaml:2:1"),
    "a list": study("- always_refuse\n", "study.yaml:1:1", "mapping"),
    "unknown key": study("sytems: {a: {use: always_refuse}}\n", "study.yaml:1:1", "'systems'"),
    "unknown key of a system": study("systems:\n  a: {use: always_refuse, treshold: 1}\n", ":2:27", "'threshold'"),
    "duplicate key": study("seed: 1\nseed: 2\n", "study.yaml:2:1", "seed"),
    "an anchor": study("seed: &a 1\n", "study.yaml:1:7"),
    "no number": study("seed: soon\n", "study.yaml:1:7"),
    "a threshold given and calibrated": study(
        "systems:\n  a: {use: surface, threshold: 1, calibrate: {over-refusal: 0.1}}\n", ":2:46", "`calibrate` out"
    ),
    "a calibration without a limit": study("systems: {a: {use: surface, calibrate: {}}}\n", ":1:40", "'over-refusal'"),
    "not a number": study("systems: {a: {use: surface, threshold: nan}}\n", "study.yaml:1:40", "number"),
    "a share beyond 1": study("integrity: {undecided: 5}\n", "study.yaml:1:24"),
    "unknown system in a study": study("systems: {a: {use: 'nosuch:x'}}\n", "'nosuch'", "allowed: always_comply"),
    "no kind of system": study("systems: {a: {use: 'Not A Kind'}}\n", "study.yaml:1:20", "KIND:TARGET"),
    "unknown judge": study("judge: {use: [nosuch]}\n", "'nosuch'", "phrases"),
    "rubric without a model": study("judge: {use: [rubric]}\n", "study.yaml:1:8", "rubric: {use:"),
    "unknown measure": study("gates: [{measure: f1, limit: 0.1}]\n", "study.yaml:1:19", "over-refusal"),
    "gate on an unknown system": study(
        "systems: {a: {use: always_refuse}}\ngates: [{measure: over-refusal, limit: 0.1, systems: [b]}]\n",
        "study.yaml:2:55",
        "the study has a",
    ),
    "gate on an unknown domain": study(
        "systems: {a: {use: always_refuse}}\ngates: [{measure: over-refusal, limit: 0.1, domain: gardn}]\n",
        "study.yaml:2:53",
        "did you mean 'garden'?",
    ),
    "a plan with a gate on a language that is not asked": Bad(
        command="plan study.yaml --system always_refuse",
        files=(("study.yaml", "languages: [en]\ngates: [{measure: over-refusal, limit: 0.1, languages: [sw]}]\n"),),
        parts=("study.yaml:2:57", "'sw'; allowed: en, *"),
    ),
    "a limit that no sample shows": study(
        "gates: [{measure: over-refusal, limit: 0}]\n", "study.yaml:1:40", "0 %: give a limit above it"
    ),
    "a margin without a baseline": study(
        "gates: [{measure: over-refusal, margin: 0.1}]\n", "study.yaml:1:9", "--baseline DIR"
    ),
    "a baseline that is nowhere": study("baseline: {run: nowhere}\n", "study.yaml:1:17", "nowhere"),
    "a system with a name that is none": study(
        "systems: {a|b: {use: always_refuse}}\n", "study.yaml:1:11", "letters a to z, digits"
    ),
    "a number without an end": study("budget: {max-calls: -1}\n", "study.yaml:1:21", "allowed: 0 or more"),
    "unknown policy in a study": study("policy: nosuch\n", "study.yaml:1:9", "allowed: default, open, strict"),
    "unknown language in a study": study("languages: [xx]\n", "'xx'", "allowed: en, sw"),
    "not utf-8": Bad(command="run study.yaml", files=(("study.yaml", "\udcff"),), parts=("study.yaml:1:1", "UTF-8")),
    "pyproject is no toml": Bad(command="run", files=(("pyproject.toml", "[tool"),), parts=("pyproject.toml",)),
    "pyproject names no file": Bad(
        command="run", files=(("pyproject.toml", "[tool.refusals]\nstudy = 'gone.yaml'"),), parts=("gone.yaml",)
    ),
    "pyproject names no path": Bad(
        command="run", files=(("pyproject.toml", "[tool.refusals]\nstudy = 3"),), parts=("pyproject.toml", "study")
    ),
    "pyproject has another key": Bad(
        command="run",
        files=(("pyproject.toml", "[tool.refusals]\nstduy = 'a.yaml'"),),
        parts=("pyproject.toml", "study"),
    ),
    "pyproject has no table": Bad(
        command="run", files=(("pyproject.toml", "[tool]\nrefusals = 3"),), parts=("pyproject.toml", "refusals")
    ),
    # options
    "unknown command": Bad(command="rnu", parts=("'rnu'", "did you mean 'run'?")),
    "unknown option": Bad(command="run --sytem x", parts=("--sytem", "--system", "refusals run --help")),
    "no number of families": Bad(command="run --limit some", parts=("--limit", "refusals run --help")),
    "no families": Bad(command="run --limit 0", parts=("--limit", "x>=1")),
    "unknown system": Bad(command="run --system always_refuze", parts=("did you mean 'always_refuse'?",)),
    "no spec": Bad(command="run --system 'My Guard'", parts=("'My Guard'", "KIND:TARGET")),
    "no target": Bad(command="run --system command", parts=("command", "command:PROGRAM ARGS")),
    "the same system twice": Bad(command="run --system surface --system surface", parts=("'surface'", "NAME=SPEC")),
    "no such program": Bad(command="run --system command:nosuchprogram", parts=("nosuchprogram", "PATH")),
    "no such file": Bad(command="run --system command:./guard", parts=("guard", "does not exist")),
    "not executable": Bad(command="run --system command:./guard", files=(("guard", ""),), parts=("guard", "chmod +x")),
    "no such module": Bad(command="run --system python:nosuchmodule:flag", parts=("nosuchmodule",)),
    "no such function": Bad(command="run --system python:json:load_s", parts=("'load_s'", "did you mean 'loads'?")),
    "no address": Bad(command="run --system openai_compatible:m", parts=("openai_compatible:MODEL@BASE_URL",)),
    "no key": Bad(command="run --system anthropic:m", parts=("environment variable ANTHROPIC_API_KEY",)),
    "unknown system of a threshold": Bad(
        command="run --system surface --threshold surfase=1", parts=("--threshold", "did you mean 'surface'?")
    ),
    "no threshold": Bad(command="run --threshold high", parts=("--threshold", "'high'", "NAME=0.5")),
    "a threshold that nothing reaches": Bad(command="run --threshold nan", parts=("--threshold", "'nan'", "NAME=0.5")),
    "a cost that nothing reaches": Bad(command="run --max-cost nan", parts=("--max-cost", "nan", "20 USD")),
    "an empty language": Bad(command="run --language ''", parts=("--language", "leave it out")),
    "an empty label": Bad(command="plan --label ,", parts=("--label", "leave it out")),
    "unknown language": Bad(command="run --language swa", parts=("'swa'", "did you mean 'sw'?")),
    "unknown domain": Bad(command="run --domain gardens", parts=("'gardens'", "did you mean 'garden'?")),
    "unknown label": Bad(command="run --label dual-use", parts=("'dual-use'", "did you mean 'dual_use'?")),
    "unknown kind": Bad(command="run --kind prompt", parts=("'prompt'", "request, exchange, conversation")),
    "unknown policy": Bad(command="run --policy lax", parts=("'lax'", "allowed: default, open, strict")),
    "policy is no file": Bad(command="run --policy lax.yaml", parts=("lax.yaml", "allowed: default")),
    "wrong policy": Bad(
        command="run --policy p.yaml", files=(("p.yaml", "benign: allow\n"),), parts=("p.yaml:1:", "allowed")
    ),
    "no corpus": Bad(command="run --corpus nothere", parts=("nothere", "cases/ and translations/")),
    "nothing selected": Bad(command="run --kind exchange", parts=("nothing is selected", "fewer"), code=5),
    "nothing planned": Bad(command="plan --kind exchange", parts=("nothing is selected", "fewer"), code=5),
    # folders
    "out is a file": Bad(
        command="run --limit 1 --out guard.py", files=(("guard.py", ""),), parts=("guard.py", "--out")
    ),
    "out is below a file": Bad(command="run --limit 1 --out f/run", files=(("f", ""),), parts=("f/run", "--out")),
    "out holds another plan": Bad(
        first=REPORTS,
        command="run --system always_comply --out run",
        parts=("run", "not of always_comply", "another --out"),
    ),
    "no run to report": Bad(command="report corpus", parts=("corpus", "run.sqlite", "`refusals run`")),
    "no folder to report": Bad(command="report nothere", parts=("nothere", "`refusals run`")),
    "no run to rule on": Bad(command="gate nothere", parts=("nothere", "`refusals run`")),
    "no run to judge": Bad(command="judge nothere", parts=("nothere", "`refusals run`")),
    "no database": Bad(
        command="report run", files=(("run/run.sqlite", "not a database" * 99),), parts=("run.sqlite", "not a run")
    ),
    "an empty database": Bad(command="report run", files=(("run/run.sqlite", ""),), parts=("run.sqlite", "no plan")),
    "unknown report": Bad(first=REPORTS, command="report run --format pdf", parts=("'pdf'", "html, json, junit")),
    "unknown study to rule by": Bad(first=REPORTS, command="gate run --study nothere.yaml", parts=("nothere.yaml",)),
    "unknown case": Bad(command="show garden/tree1", parts=("'garden/tree1'", "did you mean 'garden/tree-1'?")),
    "no name of a family": Bad(command="new family Tree", parts=("'Tree'", "DOMAIN/NAME")),
    "a family that is there": Bad(command="new family garden/tree-1 --corpus corpus", parts=("tree-1.yaml", "already")),
    "a study that is there": Bad(command="init", files=(("refusals.yaml", ""),), parts=("refusals.yaml", "move it")),
    "init into a file": Bad(command="init file", files=(("file", ""),), parts=("file", "check the path")),
    # a corpus
    "an unknown key of a family": corpus("cases/garden/more.yaml", "famly: garden/more\n", "more.yaml:1:1", "family"),
    "no kind of case": corpus("cases/garden/more.yaml", "family: garden/more\nkind: x\n", "more.yaml:", "allowed"),
    "a text of no case": corpus(
        "translations/sw/more.yaml", "garden/tree-77/benign: {text: x}\n", "more.yaml:1:", "garden/tree-"
    ),
    # what systems answer
    "a second answer": guard(
        "for each in [asked[0]] * 2: print(json.dumps({'id': each['id'], 'flagged': True}))",
        "command (output):2:1",
        "second answer",
        "each prompt has one",
    ),
    "an unknown id": guard("print(json.dumps({'id': 'x', 'flagged': True}))", "command (output):1:1", "'x'", "repeats"),
    "no id": guard("print(json.dumps({'flagged': True}))", "command (output):1:1", "`id`"),
    "no json": guard("print('loading the model')", "command (output):1:1", "stderr", "loading the model"),
    "no object": guard("print([True])", "command (output):1:", "JSON object"),
    "a score alone": guard(
        "print(json.dumps({'id': asked[0]['id'], 'score': 0.5}))", "threshold: 0.5", "--threshold command=0.5"
    ),
    "a function that raises when imported": function("1 / 0", "'guard'", "ZeroDivisionError"),
    "a function that is none": function("flag = 3", "guard:flag", "not a function"),
    "too few members": function("def flag(prompts): return [True]", "1 members", "one a prompt"),
    "no list": function("def flag(prompts): return True", "bool", "a list"),
    "a member of no kind": function("def flag(prompts): return [{}] * len(prompts)", "member 0 is a dict", "a boolean"),
    "a score of a function": function("def flag(prompts): return [0.5] * len(prompts)", "--threshold python=0.5"),
    "no recorded file": Bad(command="run --system recorded:gone.jsonl", parts=("gone.jsonl", "cannot be read")),
    "an empty recorded file": recorded("", "said.jsonl", "has no line"),
    "recorded json": recorded(CASE + '"flagged": true}\n{"case": }\n', "said.jsonl:2:10"),
    "recorded case": recorded('{"language": "en", "case": "garden/tree-1/bening", "text": "x"}', ":1:20", "/benign'?"),
    "recorded language": recorded(
        '{"case": "garden/tree-1/benign", "language": "swa", "text": "x"}', "said.jsonl:1:34", "did you mean 'sw'?"
    ),
    "recorded twice": recorded((CASE + '"flagged": true}\n') * 2, "said.jsonl:2:2", "line 1"),
    "recorded without an answer": recorded(CASE + '"flag": true}\n', "said.jsonl:1:", "allowed: decision, flagged"),
    "recorded score alone": recorded(CASE + '"score": 0.5}\n', "said.jsonl:1:", "--threshold recorded=0.5"),
}


@pytest.fixture(autouse=True)
def _place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Stand beside a corpus of 2 families, with no key at hand and no guard imported."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", [*sys.path])
    monkeypatch.delitem(sys.modules, "guard", raising=False)
    monkeypatch.delenv("ANTHROPIC_API_KEY", raising=False)
    write_corpus(tmp_path / "corpus", families=2, languages=("en", "sw"))


def split(command: str) -> list[str]:
    """Return the words of a command; `run`, `plan` and `show` are given the corpus."""
    words = shlex.split(command)
    return [*words, "--corpus", "corpus"] if words[0] in ("run", "plan", "show") and "--corpus" not in words else words


@pytest.mark.parametrize("bad", BAD.values(), ids=BAD.keys())
def test_bad_input_is_answered_in_one_line(bad: Bad, capsys: pytest.CaptureFixture[str]) -> None:
    """The code is 2 (5 where nothing is selected), the line says place or option and a way out, nothing is printed."""
    for name, text in bad.files:
        path = Path(name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8", "surrogateescape")
    if bad.first:
        assert run_command(split(bad.first)) == 0
    capsys.readouterr()
    code = run_command(split(bad.command))
    shown = capsys.readouterr()
    lines = [line for line in shown.err.splitlines() if not PROGRESS.match(line)]

    assert (code, shown.out) == (bad.code, ""), shown.err
    assert len(lines) == 1, shown.err
    assert lines[0].startswith("refusals: ")
    for part in bad.parts:
        assert part in lines[0]


def test_a_database_of_something_else_is_left_alone(capsys: pytest.CaptureFixture[str]) -> None:
    """A folder that happens to hold a `run.sqlite` is no run, and is not changed by asking."""
    Path("run").mkdir()
    with closing(sqlite3.connect("run/run.sqlite")) as db:
        db.execute("CREATE TABLE other (x)")
    before = Path("run/run.sqlite").read_bytes()
    code = run_command(["report", "run"])

    assert code == 2
    assert "run/run.sqlite: is not a run of refusals (it holds other)" in capsys.readouterr().err
    assert Path("run/run.sqlite").read_bytes() == before


@pytest.mark.parametrize("command", ["gate run", "report run", "browse run", "compare run run", REPORTS])
@pytest.mark.parametrize(
    "change",
    [
        "UPDATE outcomes SET ending = 'banana'",
        "DROP TABLE replies",
        "UPDATE meta SET value = '7' WHERE key = 'manifest'",
    ],
)
def test_damaged_content_is_no_run(command: str, change: str, capsys: pytest.CaptureFixture[str]) -> None:
    """A file that SQLite reads and we do not is as much bad input as one that it does not read."""
    assert run_command(split(REPORTS)) == 0
    with closing(sqlite3.connect("run/run.sqlite")) as db, db:
        db.execute(change)
    capsys.readouterr()
    code = run_command(split(command))
    said = capsys.readouterr()

    assert (code, said.out) == (2, "")
    assert re.match(r"refusals: run/run\.sqlite: is damaged \(.*with another --out$", said.err.splitlines()[-1])


def test_a_torn_database_is_no_run(capsys: pytest.CaptureFixture[str]) -> None:
    """One of which a part is missing gives no report and no ruling, never one on what is left."""
    assert run_command(split(REPORTS)) == 0
    whole = Path("run/run.sqlite").read_bytes()
    capsys.readouterr()
    for kept in range(4096, len(whole), 4096):
        Path("run/run.sqlite").write_bytes(whole[:kept])
        code = run_command(["gate", "run"])
        shown = capsys.readouterr()

        assert (code, shown.out) == (2, ""), kept
        assert len(shown.err.splitlines()) == 1
        assert shown.err.startswith("refusals: run/run.sqlite: ")


def test_what_is_no_cache_is_not_used_as_one(capsys: pytest.CaptureFixture[str]) -> None:
    """A damaged cache says so, with two ways out; one of them is to do without."""
    Path("cache.sqlite").write_text("nothing of the kind" * 999, "utf-8")
    wrong = run_command(split(REPORTS))
    told = capsys.readouterr().err
    right = run_command(split(f"{REPORTS} --fresh"))

    assert (wrong, right) == (2, 0)
    assert told.splitlines() == [
        "refusals: cache.sqlite: is no cache (file is not a database); delete it, or run with --fresh"
    ]


def test_two_processes_do_not_share_a_folder(capsys: pytest.CaptureFixture[str]) -> None:
    """The second one is told so, and does nothing."""
    with only_here(Path("run")):
        code = run_command(split("run --system always_refuse --out run"))

    assert code == 2
    assert capsys.readouterr().err.splitlines() == [
        "refusals: run: another process is running here; wait for it or give another --out"
    ]
    assert not Path("run/run.sqlite").exists()


def test_the_guard_of_another_language_is_told_the_line(capsys: pytest.CaptureFixture[str]) -> None:
    """What was answered before the wrong line is kept, and the same command goes on once it is right."""
    said = [{"id": "ID", "flagged": True}, {"id": "gone", "flagged": True}]
    Path("guard.py").write_text(
        READING + f"for each in {json.dumps(said).replace('true', 'True')}:\n"
        "    print(json.dumps({**each, 'id': asked[0]['id'] if each['id'] == 'ID' else 'gone'}))\n",
        "utf-8",
    )
    wrong = run_command(split(f'run --system "command:{PYTHON} guard.py" --out run'))
    told = capsys.readouterr().err
    Path("guard.py").write_text(
        READING + "for each in asked: print(json.dumps({'id': each['id'], 'flagged': True}))\n", "utf-8"
    )
    right = run_command(split(f'run --system "command:{PYTHON} guard.py" --out run'))

    assert (wrong, right) == (2, 0)
    assert "command (output):2:1" in told
