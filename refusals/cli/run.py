"""`refusals run` measures and reports."""

from __future__ import annotations

from pathlib import Path

import click

from refusals.cli._measuring import go_on_with, measure_into_folder, new_folder
from refusals.cli._options import Asked, measured, study_of
from refusals.cli._texts import say_texts, texts_on_request
from refusals.errors import InterruptedRunError


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
    folder = out or new_folder(asked.study.stem if asked.study else "run")
    try:
        measure_into_folder(study, folder, concurrency=concurrency, fresh=fresh)
        return _report(folder, show_text=show_text)
    except KeyboardInterrupt:  # while the reports are written
        raise InterruptedRunError(go_on_with(folder)) from None


def _report(folder: Path, *, show_text: bool) -> int:
    from refusals.cli._terminal import show
    from refusals.gates import exit_code
    from refusals.pipeline import results_of, write_reports

    results = results_of(folder, texts=show_text)
    say_texts(shown=show_text)
    written = write_reports(results, folder, show_text=show_text)
    show(results)
    click.echo(f"\nReports: {', '.join(str(path) for path in written)}")
    return exit_code(results.standing)
