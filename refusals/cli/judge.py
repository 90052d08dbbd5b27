"""`refusals judge` reads stored replies again."""

from __future__ import annotations

from pathlib import Path

import click

from refusals.cli._interrupts import run_until_interrupted


@click.command("judge")
@click.argument("run", type=click.Path(path_type=Path))
@click.option("--study", type=click.Path(path_type=Path), help="Judge as this study says; by default as built in.")
@click.option("--corpus", type=click.Path(path_type=Path), metavar="DIR", help="Folder with translations/.")
def command(run: Path, study: Path | None, corpus: Path | None) -> int:
    """Judge the stored replies of the folder RUN again, without asking its systems, and report."""
    from refusals.cli._terminal import show
    from refusals.gates import exit_code
    from refusals.pipeline import judge_again, results_of, write_reports
    from refusals.study import built_in_study, load_study

    asked = load_study(study) if study else built_in_study()
    changed = run_until_interrupted(judge_again(run, asked, corpus))
    results = results_of(run, asked if study else None)
    write_reports(results, run)
    show(results)
    click.echo(f"\n{changed:,} outcomes changed")
    return exit_code(results.standing)
