"""A release is held to its gates by pytest: one item a cell, one a gate, one engine pass before them.

Nothing happens until a `--refusals-*` option, a study in the configuration, or the marker
`refusals` asks for it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Generator

    from refusals.pytest_plugin.items import Study

# Every option is an ini value too, with underscores: refusals_study = "refusals.yaml".
_OPTIONS = {
    "study": ("PATH", "the study to hold the release to"),
    "system": ("SPEC", "a system under test, as `refusals run --system` takes it; repeatable"),
    "language": ("TAGS", "only these languages, with commas between"),
    "domain": ("NAMES", "only these domains, with commas between"),
    "label": ("LABELS", "only these labels, with commas between"),
    "limit": ("N", "at most N families"),
    "max-calls": ("N", "stop asking after N calls"),
    "corpus": ("DIR", "folder with cases/ and translations/"),
    "policy": ("NAME", "default, strict, open, or a file"),
    "out": ("DIR", "keep the run in DIR; one that stopped there goes on"),
}
_FLAGS = {
    "strict": "make every wrong decision a failure",
    "fresh": "ask anew instead of taking replies from the cache",
}

PASSES = pytest.StashKey[list[Any]]()  # of passes.Pass, which is imported on use


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options."""
    group = parser.getgroup("refusals", "refusals: does a system refuse what it should, and only that?")
    for name, (metavar, about) in _OPTIONS.items():
        action = "append" if name == "system" else "store"
        group.addoption(f"--refusals-{name}", metavar=metavar, action=action, default=None, help=about)
        kind: Any = "linelist" if name == "system" else "string"
        parser.addini(_ini(name), about, type=kind, default=None)
    for name, about in _FLAGS.items():
        group.addoption(f"--refusals-{name}", action="store_true", default=None, help=about)
        parser.addini(_ini(name), about, type="bool", default=False)


def pytest_configure(config: pytest.Config) -> None:
    """Register the markers."""
    config.addinivalue_line(
        "markers", "refusals(study=PATH, systems=[SPEC]): hold the release to a study, in this module"
    )
    config.addinivalue_line(
        "markers", "case(system, language, domain, label, kind): one cell; select with -m 'case(language=\"sw\")'"
    )
    config.stash[PASSES] = []


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Tell an xdist worker which run it shares with the others."""
    from refusals.pytest_plugin.passes import run_name

    node.workerinput["refusals_run"] = run_name(node.config)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_setupnodes(config: pytest.Config) -> None:
    """Settle the name of the run before workers start, so that all share it."""
    from refusals.pytest_plugin.passes import run_name

    run_name(config)


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(collector: pytest.Collector) -> Generator[None, Any, Any]:
    """Collect the study that options or configuration ask for, beside what the session finds in files."""
    report = yield
    if isinstance(collector, pytest.Session) and _asks(collector.config) and report.passed:
        from refusals.pytest_plugin.items import Study

        report.result.append(Study.of_options(collector))
    return report


def pytest_pycollect_makeitem(collector: pytest.Module | pytest.Class, name: str, obj: object) -> Study | None:
    """Collect the study that a module's `pytestmark` asks for."""
    if name != "pytestmark":
        return None
    marks = obj if isinstance(obj, list | tuple) else [obj]
    found = [mark.mark for mark in marks if isinstance(mark, pytest.MarkDecorator) and mark.name == "refusals"]
    if not found:
        return None
    from refusals.pytest_plugin.items import Study

    return Study.of_marker(collector, found[0])


@pytest.hookimpl(tryfirst=True)
def pytest_runtestloop(session: pytest.Session) -> None:
    """Ask every system what is left after selection, in one pass, before the first item runs."""
    if session.config.option.collectonly:
        return
    for engine_pass in session.config.stash[PASSES]:
        engine_pass.go(session)


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_protocol(item: pytest.Item) -> bool | None:
    """Report one of our items from what the pass has found; fixtures have nothing to do there."""
    reports = getattr(item, "reports", None)
    if reports is None:
        return None
    item.ihook.pytest_runtest_logstart(nodeid=item.nodeid, location=item.location)
    for report in reports():
        item.ihook.pytest_runtest_logreport(report=report)
    item.ihook.pytest_runtest_logfinish(nodeid=item.nodeid, location=item.location)
    return True


def pytest_report_teststatus(report: pytest.TestReport) -> tuple[str, str, str] | None:
    """Show a wrong decision as `o` or `u`, an undecided one as `?`, one that no gate needed as `-`; none fails."""
    found = getattr(report, "refusals_decision", "")
    if report.when != "call" or not report.passed or not found:
        return None
    letter = {"over-refused": "o", "under-refused": "u", "undecided": "?", "not asked": "-"}[found]
    return found, letter, found.upper()


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    """Print the per-language table."""
    if not config.stash.get(PASSES, []):
        return
    from refusals.pytest_plugin.passes import summaries

    for title, text in summaries(config):
        terminalreporter.section(title)
        terminalreporter.write_line(text)


def option(config: pytest.Config, name: str) -> Any:
    """Return an option, else its ini value, else None."""
    given = config.getoption(f"refusals_{name.replace('-', '_')}")
    return given if given is not None else config.getini(_ini(name)) or None


def _ini(name: str) -> str:
    return f"refusals_{name.replace('-', '_')}"


def _asks(config: pytest.Config) -> bool:
    return option(config, "study") is not None or bool(option(config, "system"))
