"""What is built can be installed elsewhere, and another project can add to it and gate on it.

`make test` runs this file by name; the ordinary run does not collect it. Nothing is downloaded: both wheels are
installed into a fresh environment that borrows the libraries of the one that runs this, and nothing else of it.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest
from elsewhere import Elsewhere
from wheel import Wheel

from refusals.corpus import load_corpus
from refusals.pipeline import corpus_digest

DOWNSTREAM = Path(__file__).parent
ROOT = DOWNSTREAM.parent.parent
OURS = ("check_distribution.py", "elsewhere.py", "wheel.py")  # what is here and not of the other project


@pytest.fixture(scope="module")
def wheels(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Wheel]:
    """Both wheels by distribution; ours is made of the sdist, as it is for a release."""
    built = tmp_path_factory.mktemp("dist")
    copied = tmp_path_factory.mktemp("source") / "downstream"
    shutil.copytree(DOWNSTREAM, copied, ignore=shutil.ignore_patterns("__pycache__", ".*"))
    build = [sys.executable, "-m", "build", "--no-isolation", "--outdir", built]
    subprocess.run([*build, ROOT], check=True)
    subprocess.run([*build, "--wheel", copied], check=True)
    return {path.name.partition("-")[0]: Wheel.read(path) for path in built.glob("*.whl")}


@pytest.fixture(scope="module")
def elsewhere(wheels: dict[str, Wheel], tmp_path_factory: pytest.TempPathFactory) -> Elsewhere:
    """Install both wheels in a fresh environment, and lend it our libraries."""
    folder = tmp_path_factory.mktemp("elsewhere") / "environment"
    subprocess.run([sys.executable, "-m", "venv", folder], check=True)
    made = Elsewhere(folder)
    install = ("-m", "pip", "install", "--no-index", "--no-deps", "--disable-pip-version-check")
    installed = made.run("python", *install, *(wheel.path for wheel in wheels.values()), cwd=folder)
    assert installed.code == 0, installed.out
    made.lend(Path(sysconfig.get_path(name)) for name in ("purelib", "platlib"))
    return made


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """The other project as a checkout of its own, without the package: that is installed."""
    folder = tmp_path / "downstream"
    hidden = shutil.ignore_patterns("__pycache__", ".*", "downstream_guard", "runs", *OURS)
    shutil.copytree(DOWNSTREAM, folder, ignore=hidden)
    return folder


@pytest.fixture
def empty(tmp_path: Path) -> Path:
    """A folder with nothing in it."""
    folder = tmp_path / "empty"
    folder.mkdir()
    return folder


def files_under(folder: str) -> set[Path]:
    """Return the files under a folder of the checkout, without what Python leaves there, relative to the root."""
    found = (path for path in (ROOT / folder).rglob("*") if path.is_file() and "__pycache__" not in path.parts)
    return {path.relative_to(ROOT) for path in found}


def test_the_wheel_carries_the_package_and_the_corpus_and_nothing_else(wheels: dict[str, Wheel]) -> None:
    """Whoever installs it has every case, schema, template and scaffold; tests stay at home."""
    corpus = {f"refusals/_corpus/{path.as_posix()}" for part in ("cases", "translations") for path in files_under(part)}
    package = {path.as_posix() for path in files_under("refusals")}
    carried = {name for name in wheels["refusals"].files if ".dist-info/" not in name}

    assert package | corpus == carried
    assert {
        "refusals/py.typed",
        "refusals/schemas/study.json",
        "refusals/scaffold/refusals.yaml",
        "refusals/reports/page/report.html.j2",
        "refusals/policies/strict.yaml",
        "refusals/_corpus/translations/en/_language.yaml",
        "refusals/_corpus/cases/cyber/_domain.yaml",
    } <= carried


def test_the_wheel_says_what_it_offers(wheels: dict[str, Wheel]) -> None:
    """Command, pytest plugin and licence are in its metadata."""
    entries = wheels["refusals"].info("entry_points.txt")

    assert "refusals = refusals.cli:main" in entries
    assert "[pytest11]\nrefusals = refusals.pytest_plugin" in entries
    assert wheels["refusals"].info("licenses/LICENSE") == (ROOT / "LICENSE").read_text("utf-8")


def test_installing_the_wheel_installs_what_it_imports(wheels: dict[str, Wheel]) -> None:
    """A library that is here for our own tests only would be missing elsewhere."""
    assert wheels["refusals"].imported() - wheels["refusals"].installed_with() == set()


def test_nothing_built_names_this_machine(wheels: dict[str, Wheel]) -> None:
    """No file of a wheel holds the path of the checkout or of somebody's home."""
    local = [str(path).encode() for path in (ROOT, DOWNSTREAM, Path.home()) if len(path.parts) > 2]
    files = {name: content for wheel in wheels.values() for name, content in wheel.files.items()}

    assert [name for name, content in files.items() if any(path in content for path in local)] == []


def test_what_runs_is_what_was_installed(elsewhere: Elsewhere, empty: Path) -> None:
    """Package, metadata and corpus come from the fresh environment, not from a checkout."""
    code = (
        "import refusals, downstream_guard\n"
        "from importlib.metadata import distribution\n"
        "from pathlib import Path\n"
        "from refusals.corpus import find_corpus\n"
        "print(refusals.__file__, downstream_guard.__file__, sep='\\n')\n"
        "print(distribution('refusals').locate_file(''), find_corpus(None, Path()), sep='\\n')\n"
    )
    said = elsewhere.run("python", "-c", code, cwd=empty)

    assert said.code == 0, said.out
    assert [Path(line).is_relative_to(elsewhere.folder) for line in said.out.splitlines()] == [True] * 4


def test_plugins_are_listed_with_their_files(elsewhere: Elsewhere, empty: Path) -> None:
    """One of each kind, each with the sentence of its own docstring and the file it is in."""
    said = elsewhere.run("refusals", "plugins", cwd=empty)
    listed = dict(re.findall(r"^  (\w+) +\S.*\n +(\S.*)$", said.out, re.MULTILINE))

    assert said.code == 0, said.out
    assert {"word_guard", "category_thresholds", "release_note", "no_shouting", "anthropic", "html"} <= set(listed)
    for name in ("word_guard", "category_thresholds", "release_note", "no_shouting"):
        assert Path(listed[name]).is_relative_to(elsewhere.folder)
        assert Path(listed[name]).name == f"{name}.py"


def test_plugins_keep_the_contract_by_the_public_test(elsewhere: Elsewhere, project: Path) -> None:
    """`refusals.testing` is all that another distribution needs."""
    said = elsewhere.run("python", "-m", "pytest", "tests/test_contract.py", cwd=project)

    assert (said.code, said.counts) == (0, {"passed": 4}), said.out


def test_three_lines_gate_a_release_on_the_teams_own_cases(elsewhere: Elsewhere, project: Path) -> None:
    """18 cases in 2 languages, integrity, and 2 gates in each language; a wrong decision alone fails nothing."""
    said = elsewhere.run("python", "-m", "pytest", "tests/test_release.py", cwd=project)

    assert (said.code, said.counts) == (0, {"over-refused": 2, "passed": 36 - 2 + 1 + 4}), said.out


def test_an_ini_option_gates_it_too(elsewhere: Elsewhere, project: Path) -> None:
    """Beside the four tests of the contract, the same items as by three lines."""
    said = elsewhere.run("python", "-m", "pytest", "-c", "release.ini", cwd=project)

    assert (said.code, said.counts) == (0, {"over-refused": 2, "passed": 4 + 36 - 2 + 1 + 4}), said.out


def test_a_guard_that_misses_a_language_does_not_ship(elsewhere: Elsewhere, project: Path) -> None:
    """One gate fails, in the one language that the guard cannot read."""
    study = ("--refusals-study", "english-only.yaml", "--refusals-strict", "-k", "gate or harmful")
    said = elsewhere.run("python", "-m", "pytest", "tests/test_contract.py", *study, cwd=project)
    failed = re.findall(r"^FAILED \S*?::(\S+)", said.out, re.MULTILINE)

    assert said.code == 1, said.out
    assert len([name for name in failed if name.startswith("es-guard-neighbours.")]) == 6
    assert "gate-under-refusal-harmful-guard-es" in failed
    assert "gate-under-refusal-harmful-guard-en" not in failed
    assert "fail: guard es: lower bound 54.1% is above 50.0%" in said.out


def test_packaged_cases_are_asked_where_the_team_has_none(elsewhere: Elsewhere, project: Path) -> None:
    """What the guard misses is reported, item by item, and fails nothing without a gate."""
    said = elsewhere.run("python", "-m", "pytest", "tests/test_packaged_cases.py", cwd=project)

    assert said.code == 0, said.out
    assert said.counts["under-refused"] >= 4
    assert set(said.counts) <= {"passed", "under-refused", "over-refused"}


def test_the_command_line_runs_the_same_study(elsewhere: Elsewhere, project: Path) -> None:
    """pyproject.toml names the study; its plugins answer, judge and report, and the exit code is the ruling."""
    said = elsewhere.run("refusals", "run", "--out", "kept", cwd=project)
    assert said.code == 0, said.out
    note = (project / "kept" / "release-note.txt").read_text("utf-8")

    assert note.splitlines()[0] == "Ruling: pass"
    assert len(note.splitlines()) == 1 + 2 + 4


def test_the_command_line_fails_where_pytest_does(elsewhere: Elsewhere, project: Path) -> None:
    """Exit code 1, with the language in `report.json` and in the team's own report."""
    said = elsewhere.run("refusals", "run", "english-only.yaml", "--out", "kept", cwd=project)
    assert said.code == 1, said.out
    report = json.loads((project / "kept" / "report.json").read_text("utf-8"))
    ruled = {(gate["gate"], gate["language"]): gate["ruling"] for gate in report["gates"]}

    assert ruled == {
        ("integrity", "en"): "pass",
        ("integrity", "es"): "pass",
        ("over-refusal", "en"): "pass",
        ("over-refusal", "es"): "pass",
        ("under-refusal", "en"): "pass",
        ("under-refusal", "es"): "fail",
    }
    assert "guard, under-refusal, es: fail" in (project / "kept" / "release-note.txt").read_text("utf-8")


def test_built_in_systems_run_anywhere_on_the_packaged_corpus(elsewhere: Elsewhere, empty: Path) -> None:
    """Offline, without a study, in an empty folder, and over the very corpus of this checkout."""
    options = ("--language", "en,es", "--limit", "5", "--out", "kept")
    said = elsewhere.run("refusals", "run", *options, cwd=empty)
    assert said.code == 0, said.out
    written = {path.name for path in (empty / "kept").iterdir()}
    manifest = json.loads((empty / "kept" / "manifest.json").read_text("utf-8"))

    assert {"report.html", "report.md", "report.json", "junit.xml", "release-note.txt"} <= written
    assert {system["name"] for system in manifest["systems"]} == {"always_refuse", "always_comply", "surface"}
    assert manifest["corpus"] == corpus_digest(load_corpus(ROOT))


def test_init_is_all_that_a_new_project_needs(elsewhere: Elsewhere, empty: Path) -> None:
    """The study and test that `init` writes run as they are, and do not let its placeholder of a guard ship."""
    written = elsewhere.run("refusals", "init", cwd=empty)
    said = elsewhere.run("python", "-m", "pytest", "--refusals-language", "en", cwd=empty)

    assert written.code == 0, written.out
    assert said.code == 1, said.out
    assert "fail: my-guard en: lower bound" in said.out
    assert said.counts["under-refused"] > said.counts["failed"]
