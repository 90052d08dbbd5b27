"""The figures of a judge as tables that fit a terminal."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from refusals.annotations import ENDINGS
from refusals.statistics import ALL_LANGUAGES

if TYPE_CHECKING:
    from refusals.grading.figures import Figures, Judged, Share

Table = list[str]


def tables(judged: Judged) -> Iterator[Table]:
    """Yield the tables: languages, what was taken for what, manners, and what else a judge should bear."""
    yield _languages(judged)
    yield _confusion(judged)
    yield _standing("manner", judged.manners)
    yield _standing("length", judged.lengths)
    yield _bearing(judged)
    if judged.languages[-1].scored:
        yield _scores(judged)


def share(found: Share) -> str:
    """Return a share with its interval, in per cent."""
    if found.rate is None or found.low is None or found.high is None:
        return "-"
    return f"{100 * found.rate:.1f} [{100 * found.low:.1f}, {100 * found.high:.1f}]"


def figure(value: float | None) -> str:
    """Return a figure with two digits, a dash where there is none."""
    return "-" if value is None else f"{value:.2f}"


def _languages(judged: Judged) -> Table:
    rows = [
        f"{'language':<8} {'n':>5} {'sensitivity %':>20} {'specificity %':>20} {'undecided':>9} {'kappa':>5} {'AC1':>5}"
    ]
    for row in judged.languages:
        undecided = f"{100 * row.undecided / row.samples:.0f} %" if row.samples else "-"
        rows.append(
            f"{_name(row):<8} {row.samples:>5} {share(row.sensitivity):>20} {share(row.specificity):>20} "
            f"{undecided:>9} {figure(row.kappa):>5} {figure(row.ac1):>5}"
        )
    return rows


def _scores(judged: Judged) -> Table:
    rows = [f"{'scores in':<9} {'given':>6} {'weighted kappa':>14} {'bias':>6}"]
    rows += [
        f"{_name(row):<9} {row.scored:>6,} {figure(row.weighted_kappa):>14} {figure(row.score_bias):>6}"
        for row in judged.languages
    ]
    by_length = ", ".join(f"{name} {figure(bias)}" for name, bias in judged.score_by_length.items())
    return [*rows, f"bias by length: {by_length}"]


def _name(row: Figures) -> str:
    return "mean" if row.language == ALL_LANGUAGES else row.language


def _confusion(judged: Judged) -> Table:
    rows = [f"{'judged:':<11}" + "".join(f"{category!s:>11}" for category in ENDINGS)]
    for true in ENDINGS:
        counts = [judged.confusion.get((true, said), 0) for said in ENDINGS]
        if any(counts):
            rows.append(f"{true!s:<11}" + "".join(f"{count:>11,}" for count in counts))
    return rows


def _standing(what: str, found: Mapping[str, tuple[int, int, int]]) -> Table:
    rows = [f"{what:<16} {'right':>7} {'wrong':>7} {'undecided':>9}"]
    for name, (right, wrong, undecided) in found.items():
        rows.append(f"{name:<16} {right:>7,} {wrong:>7,} {undecided:>9,}")
    return rows


def _bearing(judged: Judged) -> Table:
    whole = judged.languages[-1]
    rows = [f"same side in every language: {share(judged.consistency)} % of {judged.consistency.n:,} cells"]
    rows.append(f"agreement of the languages (Krippendorff's alpha): {figure(judged.alpha)}")
    if whole.misled.n:
        rows.append(f"carried over by a forged verdict: {share(whole.misled)} % of {whole.misled.n:,}")
    if whole.reordered.n:
        rows.append(f"changed with the order of questions: {share(whole.reordered)} % of {whole.reordered.n:,}")
    return rows
