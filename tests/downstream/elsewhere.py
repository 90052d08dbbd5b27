"""A fresh environment that knows nothing of the checkout, and what is said there."""

from __future__ import annotations

import os
import re
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

SCRIPTS = "Scripts" if os.name == "nt" else "bin"
NOT_OURS = ("PYTHONPATH", "PYTHONHOME", "PYTEST_ADDOPTS", "PYTEST_PLUGINS", "PYTEST_CURRENT_TEST", "VIRTUAL_ENV")


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What a command has said and how it ended."""

    code: int
    out: str

    @property
    def counts(self) -> dict[str, int]:
        """The counts of pytest's last line, by word."""
        last = self.out.rstrip().splitlines()[-1].partition(" in ")[0]
        return {word: int(number) for number, word in re.findall(r"(\d+) ([a-z][a-z-]+)", last)}


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """A fresh environment with both distributions in it."""

    folder: Path

    def run(self, program: str, *arguments: str | Path, cwd: Path) -> Said:
        """Run a program of the environment in a folder, without anything that points at the checkout."""
        command = [self.folder / SCRIPTS / program, *arguments]
        environment = {key: value for key, value in os.environ.items() if key not in NOT_OURS}
        done = subprocess.run(
            command,
            cwd=cwd,
            env={**environment, "PYTHONUTF8": "1"},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            check=False,
        )
        return Said(code=done.returncode, out=done.stdout)

    def lend(self, libraries: Iterable[Path]) -> None:
        """Show the environment what is installed in these folders, but nothing of `refusals`, editable or not."""
        lent = self.folder / "lent"
        lent.mkdir()
        entries = {entry.name: entry for folder in libraries for entry in folder.iterdir()}
        for name, entry in entries.items():
            if not name.lower().startswith(("refusals", "_editable", "__editable")):
                (lent / name).symlink_to(entry, target_is_directory=entry.is_dir())
        where = self.run("python", "-c", "import sysconfig; print(sysconfig.get_path('purelib'))", cwd=self.folder)
        Path(where.out.strip(), "lent.pth").write_text(f"{lent}\n", encoding="utf-8")
