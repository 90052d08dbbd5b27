"""The source text that a translation was made from: it stands beside it, or in the history of its family's file."""

from __future__ import annotations

import os
import subprocess
from typing import TYPE_CHECKING

from refusals.cases import Kind, Wording, read_wording
from refusals.checks import parts_of
from refusals.errors import InputError
from refusals.schema import conform
from refusals.yamlfile import parse_yaml

if TYPE_CHECKING:
    from pathlib import Path

    from refusals.translations import Translation

SECONDS = 30.0
# What a hook sets: it would lead to the repository that was committed to, not to that of the corpus.
_ELSEWHERE = frozenset({"GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX"})
VERSIONS = 500  # of a file that are looked at, the newest first


def previous_source(folder: Path, text: Translation) -> str:
    """Return the source that a translation of the corpus in `folder` was made from; empty where it is not known."""
    if text.previous:
        return text.previous
    family, _, key = text.case.rpartition("/")
    path = f"cases/{family}.yaml"
    commits = _git(folder, "rev-list", f"--max-count={VERSIONS}", "HEAD", "--", path)
    for commit in (commits or b"").decode().split():
        # Plumbing gives bytes as they are: no pager, filter or program that a repository names is run.
        raw = _git(folder, "cat-file", "blob", f"{commit}:./{path}")
        found = None if raw is None else _wording(raw, f"{commit[:8]}:{path}", key)
        if found is not None and found.digest == text.source:
            return as_text(found)
    return ""


def as_text(wording: Wording) -> str:
    """Return the words of a case as one text."""
    return "\n\n".join(words for _, words in parts_of(wording))


def _wording(raw: bytes, name: str, key: str) -> Wording | None:
    """Return the words of a case in an old version; None where that lacks it, or was no valid family yet."""
    try:
        node = conform(parse_yaml(raw, name), "family")
        case = node.entries["cases"].entries.get(key)
        return None if case is None else read_wording(case, Kind(node.text("kind")), "prompt")
    except InputError:  # it is not the version that is looked for: a translation was never loaded beside it
        return None


def _git(folder: Path, *arguments: str) -> bytes | None:
    """Return what git says; None where there is no git, no repository or no such thing in it."""
    try:
        said = subprocess.run(  # noqa: S603 - the words are ours, and no shell reads them
            ["git", *arguments],  # noqa: S607 - the user's own git
            cwd=folder,
            env={name: value for name, value in os.environ.items() if name not in _ELSEWHERE},
            capture_output=True,
            timeout=SECONDS,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return said.stdout if said.returncode == 0 else None
