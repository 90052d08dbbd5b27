"""A study is run into a folder by more than one command."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import chain, count
from pathlib import Path
from typing import TYPE_CHECKING

from refusals.cli._interrupts import run_until_interrupted
from refusals.errors import InterruptedRunError

if TYPE_CHECKING:
    from refusals.study import Study


def new_folder(name: str) -> Path:
    """Return a folder under `runs/` that is not there yet."""
    named = Path("runs") / f"{name}-{datetime.now(UTC):%Y%m%d-%H%M%S}"
    others = (named.with_name(f"{named.name}-{number}") for number in count(2))  # of the same second
    return next(folder for folder in chain([named], others) if not folder.exists())


def measure_into_folder(study: Study, folder: Path, *, concurrency: int | None, fresh: bool) -> None:
    """Run a study into a folder, with progress on standard error.

    Raises:
        InterruptedRunError: if it was interrupted; what there is so far is kept.
    """
    from refusals.cli._progress import watching
    from refusals.pipeline import Ways, measure, piloted, prepare

    async def go(ways: Ways) -> None:
        async def run(what: Study, where: Path) -> None:
            await measure(await prepare(what), where, ways)

        await run(await piloted(study, folder, run), folder)

    try:
        with watching() as watch:
            run_until_interrupted(go(Ways(concurrency=concurrency, fresh=fresh, watch=watch)))
    except KeyboardInterrupt:
        raise InterruptedRunError(go_on_with(folder)) from None


def go_on_with(folder: Path) -> str:
    """Return what is said where a run was interrupted."""
    return f"interrupted; results so far are kept. Go on with the same command and --out {folder}"
