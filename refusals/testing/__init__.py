"""A plugin keeps its contract if these checks pass; each failure is an `AssertionError` in one sentence.

In the tests of a distribution that adds a system, a judge, a report or a check, without network and outside of a
running event loop:

    from refusals.testing import check_judge, check_report, check_system

    def test_guard() -> None:
        check_system(my_package.guard)
"""

from refusals.testing.checks import check_check
from refusals.testing.judges import check_judge
from refusals.testing.reports import check_report
from refusals.testing.systems import check_made, check_system

__all__ = ["check_check", "check_judge", "check_made", "check_report", "check_system"]
