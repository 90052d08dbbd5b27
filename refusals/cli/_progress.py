"""A live bar where somebody looks on, plain lines where nobody does; both on standard error."""

from __future__ import annotations

import sys
import time
from collections import Counter
from collections.abc import Callable, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from refusals.outcomes import RETRIED

if TYPE_CHECKING:
    from collections.abc import Iterator

    from refusals.outcomes import Outcome
    from refusals.plan import Trial
    from refusals.runner import Watch
    from refusals.runner.line import Line

SECONDS_BETWEEN_LINES = 10.0


@contextmanager
def watching() -> Iterator[Watch]:
    """Yield whoever looks on."""
    if not sys.stderr.isatty():
        lines = Lines()
        yield lines
        lines.close()
        return
    bars = Bars()
    try:
        yield bars
    finally:
        bars.close()


@contextmanager
def counting(what: str, total: int) -> Iterator[Callable[[bool], None]]:
    """Yield what is to be called for each attempt at one of `total` things, and whether that one is done now."""
    if not sys.stderr.isatty():
        yield _Count(what, total)
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn(what), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True)) as progress:
        task = progress.add_task(what, total=total)
        yield lambda done: progress.update(task, advance=done)


class _Count:
    """A line every few seconds, and one when all are done."""

    def __init__(self, what: str, total: int) -> None:
        self._what, self._total = what, total
        self._done = self._tried = 0
        self._last = time.monotonic()

    def __call__(self, done: bool) -> None:  # noqa: FBT001 - the one thing that is told
        self._tried += 1
        self._done += done
        now = time.monotonic()
        if self._done == self._total or now - self._last > SECONDS_BETWEEN_LINES:
            self._last = now
            said = f"{self._what}: {self._done:,} of {self._total:,}, {self._tried:,} attempts"
            print(said, file=sys.stderr, flush=True)  # noqa: T201 - numbers only


class Lines:
    """One line a system every few seconds, and one at its end."""

    def __init__(self) -> None:
        self._totals: Mapping[str, int] = {}
        self._done: Counter[str] = Counter()
        self._asked: Counter[str] = Counter()
        self._saved: Counter[str] = Counter()
        self._failed: Counter[str] = Counter()
        self._began = self._last = time.monotonic()

    def begin(self, totals: Mapping[str, int], done: Mapping[str, int]) -> None:
        """Say what there is to do."""
        self._totals = totals
        self._done = Counter(done)
        for name, total in totals.items():
            already = f", {done[name]:,} done before" if done[name] else ""
            self._say(f"{name}: {total:,} cells{already}")

    def ended(self, trial: Trial, outcome: Outcome, line: Line) -> None:
        """Count, and say so from time to time."""
        name = trial.system
        self._saved[name] += outcome.stopped_early
        self._done[name] += not outcome.stopped_early
        self._asked[name] += trial.withheld is None and not outcome.stopped_early
        self._failed[name] += outcome.ending in RETRIED and not outcome.stopped_early
        now = time.monotonic()
        ended = self._done[name] + self._saved[name] == self._totals[name]
        if ended or now - self._last > SECONDS_BETWEEN_LINES:
            self._last = now
            rate = self._asked[name] / max(now - self._began, 0.001)
            failed = f", {self._failed[name]:,} failed" if self._failed[name] else ""
            saved = f", {self._saved[name]:,} not asked" if self._saved[name] else ""
            cost = f", {line.purse.cost:.2f} USD" if line.purse.cost else ""
            of = f"{self._done[name]:,} of {self._totals[name]:,}"
            self._say(f"{name}: {of}{saved}{failed}{cost} ({rate:,.0f} cells/s)")

    def waits(self, system: str, said: str) -> None:
        """Say from time to time what is waited for."""
        now = time.monotonic()
        if now - self._last > SECONDS_BETWEEN_LINES:
            self._last = now
            self._say(f"{system}: {said}")

    def decided(self, system: str, said: str) -> None:
        """Say which gate has been decided."""
        self._say(f"{system}: {said}")

    def close(self) -> None:
        """Nothing is left to say."""

    @staticmethod
    def _say(text: str) -> None:
        print(text, file=sys.stderr, flush=True)  # noqa: T201 - names of systems and numbers only


class Bars:
    """A bar a system with rate, cost and failures."""

    def __init__(self) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

        self._progress = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn("{task.fields[said]}"),
            TimeRemainingColumn(),
            console=Console(stderr=True),
        )
        self._tasks: dict[str, Any] = {}
        self._failed: Counter[str] = Counter()
        self._saved: Counter[str] = Counter()
        self._began = time.monotonic()

    def begin(self, totals: Mapping[str, int], done: Mapping[str, int]) -> None:
        """Draw the bars."""
        for name, total in totals.items():
            self._tasks[name] = self._progress.add_task(name, total=total, completed=done[name], said="")
        self._progress.start()

    def ended(self, trial: Trial, outcome: Outcome, line: Line) -> None:
        """Move the bar."""
        name = trial.system
        self._failed[name] += outcome.ending in RETRIED and not outcome.stopped_early
        rate = line.purse.calls / max(time.monotonic() - self._began, 0.001)
        said = f"{rate:,.0f}/s, {line.limiter.in_flight} in flight"
        said += f", {line.purse.cost:.2f} USD" if line.purse.cost else ""
        self._saved[name] += outcome.stopped_early
        said += f", {self._saved[name]:,} not asked" if self._saved[name] else ""
        said += f", [red]{self._failed[name]:,} failed[/red]" if self._failed[name] else ""
        self._progress.update(self._tasks[name], advance=not outcome.stopped_early, said=said)

    def waits(self, system: str, said: str) -> None:
        """Say beside the bar what is waited for."""
        self._progress.update(self._tasks[system], said=said)

    def decided(self, system: str, said: str) -> None:
        """Say above the bars which gate has been decided."""
        self._progress.console.print(f"{system}: {said}", markup=False, highlight=False)

    def close(self) -> None:
        """Leave the bars as they are."""
        self._progress.stop()
