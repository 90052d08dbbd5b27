"""`refusals compare` says what a candidate run changed against a baseline."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from refusals.reports.comparison import Compared


@click.command("compare")
@click.argument("baseline", type=click.Path(path_type=Path))
@click.argument("candidate", type=click.Path(path_type=Path))
@click.option("--pair", "pairs", multiple=True, metavar="NEW=OLD", help="Compare these systems; repeatable.")
@click.option(
    "--may-differ",
    "may_differ",
    multiple=True,
    metavar="WHAT[,WHAT]",
    help="What need not be the same: corpus, policy, judge. Every report says so.",
)
@click.option(
    "--margin",
    type=click.FloatRange(0, 1, min_open=True, max_open=True),
    metavar="SHARE",
    help="Ask that neither rate is higher by more than this, such as 0.01, in the mean of the languages.",
)
@click.option(
    "--alarm",
    type=click.FloatRange(0, 0.5, min_open=True, max_open=True),
    metavar="SHARE",
    help="Ask that no language raises an alarm at this family-wise error, such as 0.05.",
)
@click.option(
    "--format",
    "shown",
    metavar="NAME",
    help="Print one format: terminal, markdown, json, csv (differences), flips (csv of cases), html, junit.",
)
@click.option("--out", type=click.Path(path_type=Path), metavar="DIR", help="Write all formats into this folder.")
def command(  # noqa: PLR0913, PLR0917 - one parameter an option
    baseline: Path,
    candidate: Path,
    pairs: tuple[str, ...],
    may_differ: tuple[str, ...],
    margin: float | None,
    alarm: float | None,
    shown: str | None,
    out: Path | None,
) -> int:
    """Compare the run in the folder CANDIDATE with that in BASELINE, cell by cell.

    \b
    refusals compare runs/last runs/next                      what changed, in 80 columns
    refusals compare runs/last runs/next --margin 0.01        fail unless no worse by 1 point
    refusals compare runs/last runs/next --alarm 0.05         fail where a language is worse
    refusals compare runs/a runs/b --pair guard-2=guard-1     systems of other names
    refusals compare runs/last runs/next --out cmp            compare.html, compare.md, …

    Only cells with the same text, expectation and repeat are paired. Differences are clustered by
    family, with a two-sided 95 % interval; a margin is held against the one-sided 95 % bound with
    every undecided cell counted against the candidate. An alarm is adjusted for all languages of a
    measure; no alarm does not show that a language is no worse.

    Runs on another corpus, policy or judge are refused, unless --may-differ names what differs:

    \b
    refusals compare runs/last runs/next --may-differ corpus,judge

    Without --margin and --alarm nothing is asked, and the exit code is 0, or 4 where too many cells
    are undecided for anything to be said; with them 0 pass, 1 fail, 3 inconclusive, 4 invalid.
    """  # noqa: D301 - click reads the escape
    from refusals.cli._streams import put
    from refusals.cli._terminal import coloured, say
    from refusals.gates import exit_code
    from refusals.pipeline.comparing import Asked, compare_folders
    from refusals.reports.comparison import render, require_format, terminal

    if shown:
        require_format(shown)  # before the runs are read
    asked = Asked(
        pairs=pairs,
        may_differ=tuple(word for said in may_differ for word in said.split(",") if word),
        margin=margin,
        alarm=alarm,
    )
    compared = compare_folders(baseline, candidate, asked)
    if shown in (None, "terminal") and (shown or out is None):
        say(terminal.render(compared, colour=coloured()))
    elif shown:
        put(render(shown, compared))
    if out is not None:
        _write(compared, out, quiet=bool(shown))
    return exit_code(compared.standing)


def _write(compared: Compared, out: Path, *, quiet: bool) -> None:
    from refusals.reports.comparison import files_of
    from refusals.wholefile import write_whole

    out.mkdir(parents=True, exist_ok=True)
    for name, content in files_of(compared).items():
        write_whole(out / name, content)
        if not quiet:
            click.echo(out / name)
