"""The pre-commit hook runs a command that there is, on the files that it is about."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

import yaml

from refusals.cli import run_command

ROOT = Path(__file__).parent.parent
(HOOK,) = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text("utf-8"))


def test_its_entry_is_a_command_of_the_package() -> None:
    """What pre-commit installs has the script, and the script has the command."""
    script, command = HOOK["entry"].split()
    project: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]

    assert script in project["scripts"]
    assert run_command([command, "--help"]) == 0
    assert (HOOK["language"], HOOK["pass_filenames"]) == ("python", False)


def test_it_runs_on_cases_and_translations_only() -> None:
    """A corpus at the top or in a folder counts; other files do not."""
    changed = ["cases/cyber/a.yaml", "safety/translations/sw/cyber.yaml", "README.md", "src/cases.py", "mycases/a.yaml"]

    assert [path for path in changed if re.search(HOOK["files"], path)] == changed[:2]


def test_the_readme_names_the_hook() -> None:
    """Whoever copies the snippet asks for a hook that there is."""
    assert f"hooks: [{{id: {HOOK['id']}}}]" in (ROOT / "README.md").read_text("utf-8")
