"""`refusals run` measures and reports."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import chain, count
from pathlib import Path
from typing import TYPE_CHECKING

import click

from refusals.cli._interrupts import run_until_interrupted
from refusals.cli._options import Asked, measured, study_of
from refusals.cli._texts import say_texts, texts_on_request

if TYPE_CHECKING:
    from refusals.study import Study


@click.command("run")
@measured
@click.option("--concurrency", type=click.IntRange(min=1), metavar="N", help="Calls in flight at most.")
@click.option(
    "--out", type=click.Path(path_type=Path), metavar="DIR", help="Where to; a run that stopped there goes on."
)
@click.option("--fresh", is_flag=True, help="Ask anew: no reply is taken from the cache or kept in it.")
@texts_on_request
def command(asked: Asked, concurrency: int | None, out: Path | None, *, fresh: bool, show_text: bool) -> int:
    """Ask the systems of STUDY every case in every language, judge the answers and report.

    Without STUDY and --system the built-in systems run over the whole corpus, offline. Results
    are kept as they come: what was interrupted goes on with the same --out.
    """
    study = study_of(asked)
    folder = out or _new_folder(asked.study.stem if asked.study else "run")
    try:
        _measure(study, folder, concurrency=concurrency, fresh=fresh)
        return _report(folder, show_text=show_text)
    except KeyboardInterrupt:
        click.echo(
            f"refusals: interrupted; results so far are kept. Go on with the same command and --out {folder}", err=True
        )
        return 130


def _new_folder(name: str) -> Path:
    named = Path("runs") / f"{name}-{datetime.now(UTC):%Y%m%d-%H%M%S}"
    others = (named.with_name(f"{named.name}-{number}") for number in count(2))  # of the same second
    return next(folder for folder in chain([named], others) if not folder.exists())


def _measure(study: Study, folder: Path, *, concurrency: int | None, fresh: bool) -> None:
    from refusals.cli._progress import watching
    from refusals.pipeline import Ways, measure, piloted, prepare

    async def go(ways: Ways) -> None:
        async def run(what: Study, where: Path) -> None:
            await measure(await prepare(what), where, ways)

        await run(await piloted(study, folder, run), folder)

    with watching() as watch:
        run_until_interrupted(go(Ways(concurrency=concurrency, fresh=fresh, watch=watch)))


def _report(folder: Path, *, show_text: bool) -> int:
    from refusals.gates import exit_code
    from refusals.pipeline import results_of, write_reports
    from refusals.reports import render

    say_texts(shown=show_text)
    results = results_of(folder, texts=show_text)
    written = write_reports(results, folder, show_text=show_text)
    click.echo(render("terminal", results))
    click.echo(f"Reports: {', '.join(str(path) for path in written)}")
    return exit_code(results.standing)
