"""`refusals gate` rules on a run."""

from __future__ import annotations

from pathlib import Path

import click


@click.command("gate")
@click.argument("run", type=click.Path(path_type=Path))
@click.option(
    "--study", type=click.Path(path_type=Path), help="Rule by the gates of this study instead of the run's own."
)
def command(run: Path, study: Path | None) -> int:
    """Print the rulings on the folder RUN, one a line, and end with their exit code."""
    from refusals.clean import clean
    from refusals.gates import exit_code
    from refusals.pipeline import results_of
    from refusals.study import load_study

    results = results_of(run, load_study(study) if study else None)
    for ruling in results.rulings:
        if ruling.gate != "integrity" or ruling.standing != "pass":
            said = clean(f"{ruling.system} {ruling.language} {ruling.name}: {ruling.reason}")
            click.echo(f"{ruling.standing:12} {said}")
    click.echo(f"ruling: {results.standing or 'none asked, the run holds'}")
    return exit_code(results.standing)
