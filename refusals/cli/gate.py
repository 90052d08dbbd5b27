"""`refusals gate` rules on a run, or on a study while it runs."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from refusals.cli._options import Asked, baseline_of, measured, study_of
from refusals.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from refusals.gates import Ruling
    from refusals.reports import Results


@click.command("gate")
@measured
@click.option("--study", "by", type=click.Path(path_type=Path), metavar="FILE", help="Rule by the gates of this study.")
@click.option("--out", type=click.Path(path_type=Path), metavar="DIR", help="Where a study is run to.")
@click.option("--concurrency", type=click.IntRange(min=1), metavar="N", help="Calls in flight at most.")
@click.option("--fresh", is_flag=True, help="Ask anew: no reply is taken from the cache or kept in it.")
@click.option("--json", "as_json", is_flag=True, help="Print the rulings as lines of JSON.")
@click.option("--sign", type=click.Path(path_type=Path), metavar="KEY", help="Sign the manifest (private key, PEM).")
@click.option(
    "--verify",
    type=click.Path(path_type=Path),
    metavar="KEY",
    help="First make sure of its signature (public key, PEM).",
)
def command(
    asked: Asked, by: Path | None, sign: Path | None, verify: Path | None, *, as_json: bool, **ways: Any
) -> int:
    """Print the rulings on a run, or on a study as it runs, one a line, and end with their exit code.

    \b
    refusals gate runs/next                            rule on the run in this folder
    refusals gate runs/next --baseline runs/last       held against another run
    refusals gate refusals.yaml --early-stop           run the study, no longer than it takes to decide
    refusals gate runs/next --sign key.pem             write manifest.sig beside its manifest.json
    refusals gate runs/next --verify key.pub           invalid unless signed, and as it was signed

    With --early-stop cells are asked in the random order of the plan, and a system is asked no more
    once each of its gates is decided by the finished prefix of that order: at any moment a pass, or a
    fail, is wrong with a probability of at most 5 %, in this suite (hypergeometric prior-posterior
    ratio). It is for gates with a limit on a rate; a system with another gate is asked everything.

    Exit codes: 0 pass or nothing asked, 1 fail, 2 bad input, 3 inconclusive, 4 invalid.
    """  # noqa: D301 - click reads the escape
    from refusals.gates import exit_code, overall

    _refuse_keys(asked, by, sign, verify)
    folder, ran = _folder(asked, ways)
    results = _results(folder, asked, by, ran=ran)
    if ran:
        from refusals.pipeline import write_reports

        write_reports(results, folder)
    fault = _unsigned(results, folder, verify)
    if sign and not fault:
        from refusals.pipeline.sealed import sign_manifest

        click.echo(f"signed: {sign_manifest(results, folder, sign)}", err=True)
    for line in _lines(results, fault, as_json=as_json):
        click.echo(line)
    return exit_code(overall([*results.rulings, *fault]))


def _refuse_keys(asked: Asked, by: Path | None, sign: Path | None, verify: Path | None) -> None:
    """Refuse, before anything is asked or written, a key that could not be of use.

    Raises:
        InputError: if a ruling that is not the run's own would be signed, a key cannot sign, or a run is to be verified
            that is still to come.
    """
    from refusals.signing import private_key

    if sign:
        another = "--study" if by else "--baseline" if asked.baseline and asked.study and asked.study.is_dir() else ""
        if another:
            raise InputError(
                f"--sign signs the ruling that a run's own reports say, and {another} makes another; leave {another} "
                "out, or run a study with these gates and this baseline, and sign that"
            )
        private_key(sign)
    if verify and asked.study and asked.study.is_file():
        raise InputError(
            f"--verify is for a run that was signed, and {asked.study} is a study that is still to be run; give the "
            "folder of the run, or leave --verify out"
        )


def _folder(asked: Asked, ways: Mapping[str, Any]) -> tuple[Path, bool]:
    """Return the folder of the run, and whether it was made, or gone on with, just now."""
    if asked.study is None:
        raise click.UsageError("name the folder of a run, or a study to run")
    if not asked.study.exists():
        raise InputError(f"{asked.study}: is neither the folder of a run, which `refusals run` writes, nor a study")
    if asked.study.is_dir():
        given = [name for name, value in _named(asked, ways).items() if value]
        if given:
            raise InputError(f"--{given[0].replace('_', '-')} is for a study that is run; {asked.study} has been run")
        return asked.study, False
    from refusals.cli._measuring import measure_into_folder, new_folder

    study, out = study_of(asked), ways["out"] or new_folder(asked.study.stem)
    measure_into_folder(study, out, concurrency=ways["concurrency"], fresh=ways["fresh"])
    return out, True


def _named(asked: Asked, ways: Mapping[str, Any]) -> dict[str, Any]:
    of_a_run = ("study", "baseline", "may_differ", "pairs")
    return {**{key: value for key, value in asdict(asked).items() if key not in of_a_run}, **ways}


def _results(folder: Path, asked: Asked, by: Path | None, *, ran: bool) -> Results:
    from refusals.pipeline import results_of
    from refusals.study import load_study

    study = load_study(by) if by else None
    against = None if ran else baseline_of(asked, study)  # a run has its own copy
    return results_of(folder, study, against=against)


def _unsigned(results: Results, folder: Path, key: Path | None) -> list[Ruling]:
    """Return the ruling that the manifest is not as it was signed; none where it is, or nobody asked."""
    from refusals.gates import INTEGRITY, Ruling, Standing
    from refusals.pipeline.sealed import fault_of

    fault = fault_of(results, folder, key) if key else ""
    invalid = Ruling(gate=INTEGRITY, system="manifest", language="*", standing=Standing.INVALID, reason=fault)
    return [invalid] if fault else []


def _lines(results: Results, fault: list[Ruling], *, as_json: bool) -> Iterator[str]:
    from refusals.clean import clean
    from refusals.gates import INTEGRITY, overall
    from refusals.reports.json import as_gate

    shown = [ruling for ruling in (*fault, *results.rulings) if ruling.gate != INTEGRITY or ruling.standing != "pass"]
    for ruling in shown:
        said = clean(f"{ruling.system} {ruling.language} {ruling.name}: {ruling.reason}")
        yield json.dumps(as_gate(ruling)) if as_json else f"{ruling.standing:12} {said}"
    if as_json:
        return
    for system, saved in results.saved.items():
        asked = sum(trial.system == system for trial in results.plan.trials)
        yield clean(f"{system}: asked {asked:,} of {asked + saved:,} cells, {saved:,} calls saved")
    yield f"ruling: {overall([*results.rulings, *fault]) or 'none asked, the run holds'}"
