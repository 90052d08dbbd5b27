"""What `action.yml` does: install, run, rule, then tell GitHub of it and end as was ruled.

Standard library only, since it runs before anything is installed. Inputs come as environment variables INPUT_*.
"""

from __future__ import annotations

import json
import os
import re
import secrets
import shlex
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, NoReturn

if TYPE_CHECKING:
    from collections.abc import Iterator

HERE = Path(__file__).resolve().parent.parent
RULED = {0: ("pass", "none"), 1: ("fail",), 3: ("inconclusive",), 4: ("invalid",)}  # exit codes that are a ruling
BROKEN = """\
# ✗ no ruling

error: ended with exit code {code} before there was a ruling; the log of this step says why.
"""


class Inputs(NamedTuple):
    """What the workflow asks for."""

    study: str
    run: str
    version: str
    args: list[str]
    show_text: bool
    fail_on: str


def read() -> Inputs:
    """Return the inputs, or end with 2 and a sentence that says what is allowed."""
    given = {name: os.environ.get(f"INPUT_{name}", "") for name in ("STUDY", "RUN", "VERSION", "ARGS")}
    show_text = os.environ.get("INPUT_SHOW_TEXT") or "false"
    fail_on = os.environ.get("INPUT_FAIL_ON") or "inconclusive"
    if show_text not in ("true", "false"):
        wrong("show-text", "true or false")
    if fail_on not in ("inconclusive", "fail"):
        wrong("fail-on", "inconclusive or fail")
    if given["VERSION"] not in ("", "installed") and not re.fullmatch(r"[0-9][0-9A-Za-z.+!]*", given["VERSION"]):
        wrong("version", "a version such as 0.1.0, `installed`, or nothing")
    for name in ("STUDY", "RUN"):
        if given[name].startswith("-") or not given[name].isprintable():
            wrong(name.lower(), "a path of printable characters that does not begin with -")
    try:
        words = shlex.split(given["ARGS"])
    except ValueError as error:
        wrong("args", f"arguments quoted as in a shell ({error})")
    return Inputs(
        study=given["STUDY"],
        run=given["RUN"] or "refusals-run",
        version=given["VERSION"],
        args=words,
        show_text=show_text == "true",
        fail_on=fail_on,
    )


def wrong(name: str, allowed: str) -> NoReturn:
    """End because an input is wrong, without repeating it."""
    end(2, "error", f"the input `{name}` is wrong; allowed: {allowed}")


def install(version: str) -> int:
    """Install refusals into the Python that runs this, and return pip's exit code."""
    if version == "installed":
        return 0
    what = f"refusals=={version}" if version else str(HERE)
    return called(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", what])


def called(arguments: list[str]) -> int:
    """Run Python with these arguments; whatever it prints is no command to the runner."""
    with unheard():
        return subprocess.run([sys.executable, *arguments], check=False).returncode


@contextmanager
def unheard() -> Iterator[None]:
    """Have the runner take no workflow commands from the log meanwhile."""
    word = secrets.token_hex(16)
    print(f"::stop-commands::{word}", flush=True)
    try:
        yield
    finally:
        print(f"\n::{word}::", flush=True)


def measured(inputs: Inputs) -> int:
    """Run the study and rule on it; return the exit code of the ruling, or of what went wrong before."""
    asked = [*([inputs.study] if inputs.study else []), *inputs.args, "--out", inputs.run]
    code = called(["-m", "refusals", "run", *asked, *(["--show-text"] if inputs.show_text else [])])
    return called(["-m", "refusals", "gate", inputs.run]) if code in RULED else code


def ruling_of(folder: Path, code: int) -> str:
    """Return the word of the ruling; `error` where there is none, or the report says another than the exit code."""
    if code not in RULED:
        return "error"
    try:
        word = json.loads((folder / "report.json").read_text("utf-8"))["ruling"] or "none"
    except (OSError, ValueError, KeyError):
        return "error"
    return word if word in RULED[code] else "error"


def told(inputs: Inputs, code: int, ruling: str) -> None:
    """Append to the job's summary and to the outputs of this step."""
    folder = Path(inputs.run)
    there = ruling != "error"
    summary = (folder / "report.md").read_text("utf-8") if there else BROKEN.format(code=code)
    append("GITHUB_STEP_SUMMARY", f"{summary}\n")
    outputs = {
        "ruling": ruling,
        "exit-code": str(code),
        "report": (folder / "report.html").as_posix() if there else "",
        "folder": folder.as_posix(),
    }
    for name, value in outputs.items():
        mark = secrets.token_hex(16)
        append("GITHUB_OUTPUT", f"{name}<<{mark}\n{value}\n{mark}\n")


def append(variable: str, text: str) -> None:
    """Append to the file that GitHub names; without one nothing is written."""
    if os.environ.get(variable):
        with Path(os.environ[variable]).open("a", encoding="utf-8", newline="\n") as file:
            file.write(text)


def end(code: int, level: str, sentence: str) -> NoReturn:
    """Say a sentence as an annotation of this level, and end."""
    print(f"::{level} title=refusals::{sentence}" if level else sentence, flush=True)
    sys.exit(code)


def main() -> None:
    """Do all of it, and end as the run was ruled, unless `fail-on` lets it through."""
    inputs = read()
    code = 2 if install(inputs.version) else measured(inputs)
    ruling = ruling_of(Path(inputs.run), code)
    told(inputs, code, ruling)
    said = f"refusals: {ruling} (exit code {code})"
    if ruling == "error":
        end(code or 70, "error", said)
    if ruling == "inconclusive" and inputs.fail_on == "fail":
        end(0, "warning", f"{said}, which fail-on: fail lets through")
    end(code, "error" if code else "", said)


if __name__ == "__main__":
    main()
