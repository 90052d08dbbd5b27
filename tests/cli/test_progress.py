"""How a run goes is told on the error stream: in lines for a file, in bars for a terminal; results alone are output."""

from __future__ import annotations

import os
import re
import subprocess
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.processes import COMMAND, PATIENCE
from tests.stand_in import Behaviour, running

pty = pytest.importorskip("pty", reason="Windows has none")


def on_a_terminal(*arguments: str) -> tuple[int, str, str]:
    """Run a command with its error stream on a terminal, and return exit code, output and what that showed."""
    leader, follower = pty.openpty()
    shown: list[bytes] = []

    def listen() -> None:
        while chunk := _read(leader):
            shown.append(chunk)

    listening = threading.Thread(target=listen)
    listening.start()
    said = subprocess.run(
        [*COMMAND, *arguments],
        env={**os.environ, "TERM": "xterm-256color", "COLUMNS": "100"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=follower,
        encoding="utf-8",
        timeout=PATIENCE,
        check=False,
    )
    os.close(follower)
    listening.join(PATIENCE)
    os.close(leader)
    return said.returncode, said.stdout, b"".join(shown).decode()


def _read(leader: int) -> bytes:
    try:
        return os.read(leader, 65536)
    except OSError:  # how Linux says that nobody has the other end any more
        return b""


def in_a_file(*arguments: str) -> tuple[int, str, str]:
    """Run a command with its error stream in a pipe, and return exit code, output and errors."""
    said = subprocess.run(
        [*COMMAND, *arguments],
        env={**os.environ, "COLUMNS": "100"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        timeout=PATIENCE,
        check=False,
    )
    return said.returncode, said.stdout, said.stderr


def ask(how: Callable[..., tuple[int, str, str]], out: str) -> tuple[int, str, str]:
    """Run the corpus against a server of which every fifth call fails for good."""
    with running(Behaviour(unauthorised=True)) as url:
        return how("run", "--system", f"openai_compatible:m@{url}/v1", "--corpus", "corpus", "--out", out)


def test_a_file_gets_plain_lines() -> None:
    """What there is to do, and how it ended, with what failed; no escape sequence."""
    code, out, err = ask(in_a_file, "run")

    assert code == 4
    assert "\x1b" not in out + err
    first, last = err.splitlines()
    assert first == "openai_compatible: 24 cells"
    assert re.fullmatch(r"openai_compatible: 24 of 24, 24 failed \(\d+ cells/s\)", last)


def test_a_terminal_gets_a_bar_and_its_cursor_back() -> None:
    """The bar ends full, names what failed, and leaves the terminal as it was; the output is that of a pipe."""
    code, out, shown = ask(on_a_terminal, "run")
    _, piped, _ = in_a_file("report", "run", "--format", "terminal")

    assert code == 4
    assert "24/24" in shown
    assert "24 failed" in shown
    assert shown.rindex("\x1b[?25h") > shown.rindex("\x1b[?25l")
    assert out.startswith(piped)
    assert "\x1b" not in out


@pytest.mark.parametrize("how", [on_a_terminal, in_a_file])
def test_a_wait_for_batches_is_told(how: Callable[..., tuple[int, str, str]], monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody takes a run that waits for one that hangs: a bar says so at once, lines from time to time."""
    monkeypatch.delenv("ANTHROPIC_CUSTOM_HEADERS", raising=False)
    with running(Behaviour(batch_polls=8)) as url:
        Path("study.yaml").write_text(
            f"systems: {{m: {{use: 'anthropic:m@{url}', options: {{batch: true, poll: 0.2}}}}}}\ncorpus: corpus\n",
            "utf-8",
        )
        code, _, shown = how("run", "study.yaml", "--out", "run")

    assert code == 0
    assert ("waits for 24 requests" in shown) == (how is on_a_terminal)


def test_a_stopped_run_gives_the_cursor_back() -> None:
    """An error on the way takes the bar down first, so that its line can be read."""
    code, out, shown = on_a_terminal("run", "--system", "command:echo loading", "--corpus", "corpus", "--out", "run")
    cursor = shown.rfind("\x1b[?25h")

    assert (code, out) == (2, "")
    assert cursor > shown.rfind("\x1b[?25l")
    assert "refusals: command (output):1:" in shown[cursor:]
