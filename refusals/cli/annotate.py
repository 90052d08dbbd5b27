"""`refusals annotate` has people read some replies of a run, and corrects its rates by what they found."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from refusals.plan import Trial
    from refusals.systems import Reply


@click.command("annotate")
@click.argument("run", type=click.Path(path_type=Path))
@click.option("--draw", type=click.IntRange(min=1), metavar="N", help="Draw N replies of each language and verdict.")
@click.option("--out", type=click.Path(path_type=Path), metavar="FILE", help="Where the drawn replies are written.")
@click.option("--seed", type=click.IntRange(min=0), default=0, metavar="N", help="Seed of the draw (default 0).")
@click.option("--take", type=click.Path(path_type=Path), metavar="FILE", help="Store what people wrote into FILE.")
def command(run: Path, draw: int | None, out: Path | None, seed: int, take: Path | None) -> int:
    """Correct the rates of the folder RUN by replies that people read.

    \b
    refusals annotate RUN --draw 30 --out replies.jsonl
    refusals annotate RUN --take replies.jsonl

    The first writes a line of JSON a reply, mixed and without the judge's verdict, with how likely it
    was to be drawn. A person writes into `outcome` what it is: complied, partial, deflected, refused,
    empty or unclear. The second stores that, and reports anew: figures are corrected wherever 10
    refusals and 10 other replies were read of each rate, with every verdict of the judge among them
    (selectivity where all were); where not, a figure is called uncorrected, its worst case is what
    the judge may hide, and gates are ruled by that alone.
    """  # noqa: D301 - click reads the escape
    if (take is None) is (draw is None):
        raise click.UsageError("give either --draw N --out FILE or --take FILE")
    if draw is not None:
        if out is None:
            raise click.UsageError("--draw needs --out FILE")
        return _draw(run, draw, out, seed)
    assert take is not None
    return _take(run, take)


def _draw(run: Path, each: int, out: Path, seed: int) -> int:
    from refusals.annotations import draw, strata
    from refusals.errors import NothingSelectedError
    from refusals.pipeline import results_of
    from refusals.systems import Text
    from refusals.wholefile import write_whole

    results = results_of(run, texts=True)
    answered = [trial for trial in results.plan.trials if isinstance(results.replies.get(trial.id), Text)]
    drawn = draw(strata(answered, results.outcomes, results.sides), each, seed)
    if not drawn:
        raise NothingSelectedError("the run has no text of a chat model to read")
    lines = [json.dumps(_line(trial, results.replies[trial.id], chance), ensure_ascii=False) for trial, chance in drawn]
    write_whole(out, "".join(f"{line}\n" for line in lines))
    click.echo(f"{len(drawn):,} replies written to {out}; fill in `outcome` and give it to --take", err=True)
    return 0


def _line(trial: Trial, reply: Reply, chance: float) -> dict[str, object]:
    prompt = trial.prompt
    return {
        "trial": trial.id,
        "system": trial.system,
        "language": trial.language,
        "request": prompt.text or [{"role": turn.role, "text": turn.text} for turn in prompt.turns],
        "reply": getattr(reply, "text", None),
        "probability": chance,
        "outcome": "",
        "by": "",
    }


def _take(run: Path, path: Path) -> int:
    from refusals.annotations import ANNOTATIONS, as_fact, read_annotations, text_of
    from refusals.cli._terminal import show
    from refusals.gates import exit_code
    from refusals.pipeline import only_here, results_of, write_reports
    from refusals.pipeline.folder import database_in, opened

    raw, database = text_of(path), database_in(run)
    with only_here(run), opened(database) as kept:
        annotations = read_annotations(raw, str(path), kept.read())
        kept.state(ANNOTATIONS, as_fact(annotations))
    results = results_of(run)
    write_reports(results, run)
    show(results)
    click.echo(f"\n{len(annotations):,} annotations stored")
    return exit_code(results.standing)
