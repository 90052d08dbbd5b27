"""`refusals report` writes the reports of a run again."""

from __future__ import annotations

from pathlib import Path

import click

from refusals.cli._texts import say_texts, texts_on_request


@click.command("report")
@click.argument("run", type=click.Path(path_type=Path))
@click.option(
    "--format",
    "shown",
    metavar="NAME",
    help="Print one report to standard output: terminal, markdown, json, junit, html.",
)
@texts_on_request
def command(run: Path, shown: str | None, *, show_text: bool) -> int:
    """Make the reports of the folder RUN again from its run.sqlite alone.

    The exit code is the run's ruling, as it was after `refusals run`.
    """
    from refusals.gates import exit_code
    from refusals.pipeline import results_of, write_reports
    from refusals.reports import render

    say_texts(shown=show_text)
    results = results_of(run, texts=show_text)
    if shown:
        click.echo(render(shown, results, show_text=show_text), nl=False)
        return exit_code(results.standing)
    for path in write_reports(results, run, show_text=show_text):
        click.echo(path)
    return exit_code(results.standing)
