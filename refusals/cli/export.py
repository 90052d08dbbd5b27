"""`refusals export` writes texts for the tools of translators."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from refusals.cases import Label
    from refusals.exchange import Standing


@click.command("export")
@click.option("--to", "tag", required=True, metavar="TAG", help="The language to translate into, such as sw or pt-BR.")
@click.option(
    "--format", "form", metavar="NAME", help="xliff, po, xlsx or jsonl; by default what the ending of --out says."
)
@click.option("--label", multiple=True, metavar="LABEL", help="Only benign, dual_use or harmful cases. Repeatable.")
@click.option("--missing", is_flag=True, help="Only cases that have no text in the language.")
@click.option("--stale", is_flag=True, help="Only texts that were made from a source that has changed since.")
@click.option("--out", type=click.Path(path_type=Path), metavar="FILE", help="Where to; standard output by default.")
@click.option("--corpus", type=click.Path(path_type=Path), metavar="DIR", help="Folder with cases/ and translations/.")
def command(  # noqa: PLR0913 - one parameter an option
    tag: str,
    form: str | None,
    label: tuple[str, ...],
    out: Path | None,
    corpus: Path | None,
    *,
    missing: bool,
    stale: bool,
) -> None:
    """Write the texts of a language beside their sources, for a translator or a reviewer to work on.

    \b
    refusals export --to sw --out sw.xlsx                     all of it, for a spreadsheet
    refusals export --to sw --missing --stale --out sw.xliff  only what is to be done
    refusals export --to sw --format po --label benign        nothing harmful, to standard output

    \b
    state here    XLIFF 1.2                                 PO
    missing       needs-translation                         empty
    stale         needs-translation, with the old text      fuzzy, with the previous source
    draft         needs-review-translation                  fuzzy
    checked       translated                                translated
    reviewed      signed-off and approved                   translated
    adjudicated   final and approved                        translated

    Each text comes with its label, why the case has that label, and the advice to translate it
    and not to answer it. The file holds harmful requests unless --label says otherwise: send it
    to people who expect that. `refusals import FILE --by NAME` takes the work back.
    """  # noqa: D301 - click reads the escape
    from refusals.corpus import find_corpus, load_corpus
    from refusals.errors import InputError
    from refusals.exchange import export, format_of
    from refusals.plugins import plugin

    if form is None and out is None:
        raise InputError("say what to write: --format xliff, po, xlsx or jsonl, or --out FILE with such an ending")
    form = form or format_of(out or Path())
    text = bool(plugin("exchange", form).load().TEXT)
    if out is None and not text:
        raise InputError(f"{form} is no text that a terminal can show; give --out FILE")
    if out is not None and out.exists():
        raise InputError(f"{out}: is there already, perhaps with somebody's work in it; give another --out")
    loaded = load_corpus(find_corpus(corpus, Path.cwd()))
    content = export(loaded, tag, form, labels=_labels(label), standings=_standings(missing=missing, stale=stale))
    if out is None:
        _to_standard_output(content)
        return
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_bytes(content)
    click.echo(f"wrote {out}")


def _labels(given: tuple[str, ...]) -> tuple[Label, ...]:
    from refusals.cases import Label
    from refusals.errors import InputError, nearest

    words = [word for value in given for word in value.split(",") if word]
    for word in words:
        if word not in set(Label):
            raise InputError(f"--label: {word!r} is no label; {nearest(word, [str(label) for label in Label])}")
    return tuple(label for label in Label if label in words or not words)


def _standings(*, missing: bool, stale: bool) -> tuple[Standing, ...]:
    from refusals.exchange import Standing

    asked = [standing for standing, wanted in ((Standing.MISSING, missing), (Standing.STALE, stale)) if wanted]
    return tuple(asked or Standing)


def _to_standard_output(content: bytes) -> None:
    """Write the text as it is, in the encoding that it says it has."""
    reconfigure = getattr(sys.stdout, "reconfigure", None)
    if reconfigure is not None:
        reconfigure(encoding="utf-8", newline="\n")
    click.echo(content.decode(), nl=False)
