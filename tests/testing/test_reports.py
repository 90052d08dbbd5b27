"""The contract test for other people's reports finds each way to break the contract, and says which."""

import importlib
from itertools import count
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from refusals.outcomes import side
from refusals.plan import Ending
from refusals.testing import check_report
from refusals.testing.results import sample_results

_NAMES = (f"report_{number}" for number in count())

REPORT = '''\
"""A report counts what was asked."""
from refusals.clean import clean

FILE = "count.txt"

def render(results, *, show_text=False):
    said = [f"{len(results.plan.trials)} trials, {results.standing}"]
    said += [clean(ruling.reason) for ruling in results.rulings]
    if show_text:
        said += [clean(trial.prompt.text) for trial in results.plan.trials]
    return "\\n".join(said) + "\\n"
'''


@pytest.fixture
def report(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Return what writes a module with something replaced, and imports it."""
    monkeypatch.syspath_prepend(str(tmp_path))

    def written(old: str = "", new: str = "") -> ModuleType:
        assert old in REPORT
        name = next(_NAMES)
        (tmp_path / f"{name}.py").write_text(REPORT.replace(old, new, 1), encoding="utf-8")
        return importlib.import_module(name)

    return written


def test_a_report_may_be_no_text(report: Any) -> None:
    """What is made when it is asked for may be bytes."""
    check_report(report('return "\\n".join(said) + "\\n"', 'return "\\n".join(said).encode() + b"\\0"'))


def test_lines_may_end_as_in_csv(report: Any) -> None:
    """CRLF is an end of a line and no control character."""
    check_report(report('return "\\n".join(said) + "\\n"', 'return "\\r\\n".join(said) + "\\r\\n"'))


@pytest.mark.parametrize("file", ["count.txt", ""])
def test_a_good_report_passes(report: Any, file: str) -> None:
    """A module that does what the documentation of `refusals.reports` asks is left in peace."""
    check_report(report("count.txt", file))


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('"""A report counts what was asked."""', "", "has no docstring"),
        ('FILE = "count.txt"', "", r"has no FILE; the name of its file, or '' if it is only printed"),
        ('"count.txt"', "3", "has no FILE"),
        ('"count.txt"', '"../count.txt"', r"FILE is '\.\./count.txt'; allowed: a name of ASCII letters"),
        ('"count.txt"', r'"sub\\count.txt"', "allowed: a name of ASCII letters"),
        ('"count.txt"', '".."', r"FILE is '\.\.'; allowed"),
        ('"count.txt"', '"run.sqlite"', "FILE is 'run.sqlite', which the run itself writes"),
        ('"count.txt"', '"report.html"', "FILE is 'report.html', which the report 'html' writes"),
        ("def render(", "def rendered(", "has no function 'render'"),
        ("(results, *, ", "(results, study, *, ", "render must take 1 positional argument"),
        ("*, show_text=False", "**options", "render must take show_text=False"),
        ("show_text=False", "show_text=True", "render must take show_text=False"),
        ("if show_text:", "if True:", r"render\(\) of results with every ending shows a prompt"),
        ("results.standing", "results.standing.value", r"of results without gates raises AttributeError: 'NoneType'"),
        ("len(results.plan.trials)", "1 // len(results.outcomes)", "of results without one outcome raises ZeroDiv"),
        ("clean(ruling.reason)", "ruling.reason", "of results with hostile words lets control characters through"),
        ("clean(trial.prompt.text)", "trial.prompt.text", "of results with hostile words lets control characters"),
        ('"count.txt"', '"count.html"', "of results with hostile words lets markup through"),
        ('+ "\\n"', '+ str(id(object()) + __import__("time").perf_counter_ns())', "is another string at each call"),
        ('return "\\n".join(said) + "\\n"', "return said", "returns a list; allowed: a string, or bytes where"),
        (
            'return "\\n".join(said) + "\\n"',
            'return str(id(object())).encode() + b"%d" % __import__("time").time_ns()',
            "is another string at each call",
        ),
        ("FILE =", "import jinja2\nFILE =", "loads jinja2; it must do nothing but define"),
    ],
)
def test_a_report_that_breaks_the_contract_is_told_how(report: Any, old: str, new: str, said: str) -> None:
    """Each rule of the contract has a sentence of its own."""
    with pytest.raises(AssertionError, match=said):
        check_report(report(old, new))


def test_the_sample_ends_in_every_way() -> None:
    """A report that passes has seen each ending, each side of it, and rulings of more than one kind."""
    results = sample_results()

    assert {outcome.ending for outcome in results.outcomes.values()} == set(Ending)
    assert len({side(outcome.ending, results.sides) for outcome in results.outcomes.values()}) >= 4
    assert results.standing == "invalid"
    assert sample_results(endings=(Ending.REFUSED,)).standing == "fail"
    assert sample_results(endings=(Ending.REFUSED,), gates=False).standing is None
