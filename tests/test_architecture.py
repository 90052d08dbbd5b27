"""The import order of refusals/__init__.py holds for every file, and importing does nothing."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

import refusals
from refusals import DOORS, STAGES, TOOLS

PACKAGE = Path(refusals.__file__).parent
FILES = sorted(path for path in PACKAGE.rglob("*.py") if "scaffold" not in path.parts and "_corpus" not in path.parts)
ORDER = (*TOOLS, *STAGES, *DOORS)

HEAVY = (
    "aiohttp",
    "anthropic",
    "jinja2",
    "langdetect",
    "numpy",
    "openpyxl",
    "polib",
    "py3langid",
    "rich",
    "scipy",
    "sklearn",
    "yaml",
)
LIGHT_IMPORTS = (
    "refusals",
    "refusals.cli",
    "refusals.pytest_plugin",
    "refusals.study",
    "refusals.plan",
    "refusals.runner",
)


def module_of(path: Path) -> str:
    """Return the dotted name of a file."""
    parts = path.relative_to(PACKAGE.parent).with_suffix("").parts
    return ".".join(part for part in parts if part != "__init__")


def stage_of(module: str) -> str:
    """Return the stage, tool or door that a module is in; empty for the package itself."""
    parts = module.split(".")
    return parts[1] if len(parts) > 1 else ""


def imports_of(path: Path) -> list[tuple[int, str, bool]]:
    """Return (line, module, at module level) of every import of ours in a file."""
    tree = ast.parse(path.read_text("utf-8"))
    top = {id(node) for node in tree.body}
    found = []
    for node in ast.walk(tree):
        names: list[str] = []
        if isinstance(node, ast.ImportFrom) and node.module:
            inner = [f"{node.module}.{alias.name}" for alias in node.names]
            names = [
                name if (PACKAGE.parent / (name.replace(".", "/") + ".py")).exists() else node.module for name in inner
            ]
        elif isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        found += [(node.lineno, name, id(node) in top) for name in names if name.split(".")[0] == "refusals"]
    return found


@pytest.mark.parametrize("path", FILES, ids=module_of)
def test_a_file_imports_only_what_stands_before_it(path: Path) -> None:
    """A stage imports stages above it and tools; nothing imports a door."""
    own = stage_of(module_of(path))
    for line, name, _ in imports_of(path):
        other = stage_of(name)
        if other in ("", own) or own == "__main__":
            continue
        assert other in ORDER, f"{path}:{line}: {other} has no place in the order of refusals/__init__.py"
        assert other not in DOORS, f"{path}:{line}: nothing imports the door {other}"
        assert own == "" or ORDER.index(other) < ORDER.index(own), f"{path}:{line}: {other} comes after {own}"


def test_every_file_has_its_place() -> None:
    """A module that is in no line of the order is a room nobody has planned."""
    known = {*ORDER, "scaffold", "schemas", "_corpus"}
    rooms = {path.stem if path.is_file() else path.name for path in PACKAGE.iterdir() if path.name != "__pycache__"}

    assert rooms - known - {"__init__", "__main__", "py"} == set()


def test_no_import_cycle() -> None:
    """Module-level imports form no cycle, inside a stage neither."""
    graph = {module_of(path): {name for _, name, top in imports_of(path) if top} for path in FILES}
    state: dict[str, int] = {}

    def visit(module: str, trail: tuple[str, ...]) -> None:
        assert state.get(module) != 1, " -> ".join((*trail, module))
        if module in graph and module not in state:
            state[module] = 1
            for other in graph[module] - {module}:
                visit(other, (*trail, module))
            state[module] = 2

    for module in graph:
        visit(module, ())


@pytest.mark.parametrize("module", LIGHT_IMPORTS)
def test_importing_loads_nothing_heavy(module: str) -> None:
    """Start-up is quick because heavy libraries are loaded on use."""
    code = f"import {module}, sys; print(' '.join(sorted(m for m in {HEAVY!r} if m in sys.modules)))"
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert said.stdout.strip() == ""


def test_importing_everything_touches_nothing(tmp_path: Path) -> None:
    """Importing opens no file for writing, starts no process, no thread and no socket, and reads no environment."""
    code = """
import sys
seen = []
def hook(event, arguments):
    if event == "open" and isinstance(arguments[1], str) and set(arguments[1]) & set("wax+"):
        seen.append((event, str(arguments[0])))
    if event in ("socket.connect", "socket.bind", "subprocess.Popen", "os.mkdir", "_thread.start_new_thread"):
        seen.append((event,))
sys.dont_write_bytecode = True
sys.addaudithook(hook)
import importlib
for name in sys.argv[1:]:
    importlib.import_module(name)
print(seen)
"""
    modules = [module_of(path) for path in FILES]
    command = [sys.executable, "-c", code, *modules]
    said = subprocess.run(command, capture_output=True, text=True, check=True, cwd=tmp_path)

    assert said.stdout.strip() == "[]"
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("path", FILES, ids=module_of)
def test_no_language_is_named_in_code(path: Path) -> None:
    """Facts of a language are data: no tag is compared with, but for the source language's one constant."""
    tags = {folder.name for folder in (PACKAGE.parent / "translations").iterdir() if folder.is_dir()} | {
        "zh",
        "zh-Hant",
    }
    text = path.read_text("utf-8")
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Compare):
            for side in (node.left, *node.comparators):
                values = side.elts if isinstance(side, ast.Tuple | ast.List | ast.Set) else [side]
                named = {v.value for v in values if isinstance(v, ast.Constant) and isinstance(v.value, str)} & tags
                assert not named, f"{path}:{node.lineno}: compares with the language {named}"
    if path.name != "languages.py":
        assert not re.search(r"SOURCE_LANGUAGE\s*=", text)


def test_names_say_what_a_room_is_for() -> None:
    """No file is called after having no idea of its own."""
    banned = {"utils", "helpers", "common", "misc", "base", "core", "manager", "handler"}

    assert [path for path in FILES if path.stem.strip("_") in banned] == []


def test_output_leaves_through_the_doors_only() -> None:
    """`print` is called by the command line alone, so that every exit can be cleaned."""
    for path in FILES:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "print":
                assert stage_of(module_of(path)) in DOORS, f"{path}:{node.lineno}: prints"
