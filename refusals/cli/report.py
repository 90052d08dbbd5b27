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
    help="Make one report: terminal, markdown, json, junit, html, csv or parquet.",
)
@click.option("--out", type=click.Path(path_type=Path), metavar="FILE", help="Where to; standard output by default.")
@texts_on_request
def command(run: Path, shown: str | None, out: Path | None, *, show_text: bool) -> int:
    """Make the reports of the folder RUN again from its run.sqlite alone.

    \b
    refusals report RUN                                       every file that `run` wrote
    refusals report RUN --format terminal                     what `run` printed
    refusals report RUN --format csv --out outcomes.csv       a row a cell, for a spreadsheet
    refusals report RUN --format parquet --out o.parquet      the same with types, for a notebook

    The exit code is the run's ruling, as it was after `refusals run`.
    """  # noqa: D301 - click reads the escape
    from refusals.cli._terminal import show
    from refusals.gates import exit_code
    from refusals.pipeline import results_of, write_reports
    from refusals.plugins import plugin
    from refusals.reports import render

    if out is not None and not shown:
        raise click.UsageError("--out FILE needs --format NAME")
    if shown:
        plugin("reports", shown)  # before the run is read
    results = results_of(run, texts=show_text)
    say_texts(shown=show_text)
    if shown == "terminal" and out is None:
        show(results)
    elif shown:
        _put(render(shown, results, show_text=show_text), shown, out)
    else:
        for path in write_reports(results, run, show_text=show_text):
            click.echo(path)
    return exit_code(results.standing)


def _put(content: str | bytes, name: str, out: Path | None) -> None:
    from refusals.cli._streams import put
    from refusals.errors import InputError
    from refusals.wholefile import write_whole

    if out is None:
        if not put(content):
            raise InputError(f"{name} is no text that a terminal can show; give --out FILE")
        return
    if out.is_dir():
        raise InputError(f"{out}: is a folder; name the file, such as {out / f'outcomes.{name}'}")
    out.parent.mkdir(parents=True, exist_ok=True)
    write_whole(out, content)
    click.echo(f"wrote {out}")
