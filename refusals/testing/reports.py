"""A report is checked by rendering results of every kind: nothing asked, nothing decided, hostile words."""

from __future__ import annotations

import inspect
import re
from typing import TYPE_CHECKING

from refusals.clean import clean
from refusals.pipeline import DATABASE
from refusals.plan import Ending
from refusals.plugins import plugins
from refusals.testing.imports import check_inert
from refusals.testing.modules import check_documented, check_takes, hold
from refusals.testing.results import PROMPT, sample_results, saying

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import ModuleType

    from refusals.reports import Results

_OF_THE_RUN = (DATABASE, f"{DATABASE}-wal", f"{DATABASE}-shm", "manifest.json")
_MARKUP = (".html", ".htm", ".svg", ".xml")
_TAG = "<script>alert(1)</script>"
_HOSTILE = f"{_TAG} \x1b[31mred\x1b[0m \x1b]8;;http://a.example\x07link \u202etxt.exe \x00\x9b \ud800 \u2028"


def check_report(module: ModuleType) -> None:
    """Check a module that is a report: documentation, `FILE`, signature, what it renders, import.

    It is given results with every ending, with a gate that fails, without gates, without one decided cell, without one
    outcome, and with hostile words wherever a model, a program or a file may put some.

    Raises:
        AssertionError: at the first thing that is wrong.
    """
    check_documented(module)
    _check_file(module)
    check_takes(module, "render", 1)
    shown = inspect.signature(module.render).parameters.get("show_text")
    hold(shown is not None and shown.default is False, f"{module.__name__}.render must take show_text=False")
    for kind, results in _kinds():
        what = f"{module.__name__}: render() of results {kind}"
        rendered = _rendered(module, results, what, show_text=False)
        hidden = (PROMPT if isinstance(rendered, str) else PROMPT.encode()) not in rendered  # type: ignore[operator]
        hold(hidden, f"{what} shows a prompt; texts are shown with show_text=True only")
        _rendered(module, results, what, show_text=True)
    check_inert(module)


def _check_file(module: ModuleType) -> None:
    file = getattr(module, "FILE", None)
    hold(isinstance(file, str), f"{module.__name__} has no FILE; the name of its file, or '' if it is only printed")
    assert isinstance(file, str)
    plain = re.fullmatch(r"|[A-Za-z0-9_][A-Za-z0-9._-]*", file)
    hold(plain, f"{module.__name__}: FILE is {file!r}; allowed: a name of ASCII letters, digits, '.', '_' and '-'")
    hold(file not in _OF_THE_RUN, f"{module.__name__}: FILE is {file!r}, which the run itself writes")
    others = [other for other in plugins("reports").values() if other.module != module.__name__]
    taken = {getattr(other.load(), "FILE", ""): other.name for other in others}
    free = not file or file not in taken
    hold(free, f"{module.__name__}: FILE is {file!r}, which the report {taken.get(file)!r} writes")


def _kinds() -> Iterator[tuple[str, Results]]:
    yield "with every ending", sample_results()
    yield "of which a gate fails", sample_results(endings=(Ending.REFUSED,))
    yield "without gates", sample_results(endings=(Ending.ALLOWED, Ending.FLAGGED), gates=False)
    yield "without one decided cell", sample_results(endings=(Ending.ERROR,))
    yield "without one outcome", sample_results(endings=())
    yield "with hostile words", saying(sample_results(), _HOSTILE)


def _rendered(module: ModuleType, results: Results, what: str, *, show_text: bool) -> str | bytes:
    try:
        rendered, again = (module.render(results, show_text=show_text) for _ in range(2))
    except Exception as error:
        raise AssertionError(f"{what} raises {type(error).__name__}: {error}") from error
    hold(
        isinstance(rendered, str | bytes),
        f"{what} returns a {type(rendered).__name__}; allowed: a string, or bytes where it is no text",
    )
    hold(rendered == again, f"{what} is another string at each call; the same results give the same bytes")
    if isinstance(rendered, bytes):
        return rendered
    assert isinstance(rendered, str)
    hold(
        rendered.replace("\r\n", "\n") == clean(rendered, lines=True),
        f"{what} lets control characters through; refusals.clean.clean() takes them out of what came from outside",
    )
    markup = module.FILE.endswith(_MARKUP) and _TAG in rendered
    hold(not markup, f"{what} lets markup through; escape what came from outside")
    return rendered
