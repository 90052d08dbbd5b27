"""Every built-in plugin keeps the contract that other people's are held to."""

import pytest

from refusals.plugins import Plugin, plugins
from refusals.testing import check_check, check_judge, check_report, check_system


def _built_in(folder: str) -> list[object]:
    return [pytest.param(plugin, id=plugin.name) for plugin in plugins(folder).values() if plugin.built_in]


@pytest.mark.parametrize("plugin", _built_in("systems"))
def test_a_system_keeps_the_contract(plugin: Plugin) -> None:
    """A system reads what its examples say, never raises on an answer, and its import does nothing."""
    check_system(plugin.load())


@pytest.mark.parametrize("plugin", _built_in("judges"))
def test_a_judge_keeps_the_contract(plugin: Plugin) -> None:
    """A judge comes to what its examples say, decides nothing of a reply that says nothing, and imports quickly."""
    check_judge(plugin.load())


@pytest.mark.parametrize("plugin", _built_in("reports"))
def test_a_report_keeps_the_contract(plugin: Plugin) -> None:
    """A report renders whatever a run can come to, the same at each call, and lets nothing hostile through."""
    check_report(plugin.load())


LOOKING = [found for found in plugins("checks").values() if found.built_in and hasattr(found.load(), "look")]


@pytest.mark.parametrize("plugin", LOOKING, ids=lambda plugin: plugin.name)
def test_a_check_keeps_the_contract(plugin: Plugin) -> None:
    """A check finds the bad ones of its own examples, among the texts of the corpus, and no good one."""
    check_check(plugin.load())


def test_the_page_of_systems_is_todays() -> None:
    """docs/systems.md is made from the modules, and made again when they change."""
    from benchmarks.pages import joined
    from benchmarks.systems_page import DOC, page

    assert DOC.read_text("utf-8") == joined(page())
