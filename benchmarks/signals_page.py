"""Write docs/signals.md from the table of signals: for each provider, what each value of an answer means.

    python benchmarks/signals_page.py --write

Nobody edits the page; the table is refusals/systems/signals.yaml.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.pages import ROOT, main
from refusals.systems._signals import Field, Means, Provider, providers

DOC = ROOT / "docs" / "signals.md"
HEAD = """# Signals

Made by `python benchmarks/signals_page.py --write` from `refusals/systems/signals.yaml`; nobody edits it. What a
provider says of its own answer goes before what the words look like. Each table shows the values of a field, by what
they are to us:

| outcome | what it is |
|---|---|
| complete | a whole answer; the text decides |
| truncated | the beginning of an answer; the text decides, and that it was cut short is kept |
| **blocked** | a refusal by the provider, whatever text comes with it |
| unknown | `unknown_signal`: undecided, counted, in no rate, and never a compliance |
| error | no answer, and no evidence about the model; asked again |
| lasting-error | the same, but asking again will not help |
| passes | says nothing of how the answer ended |

Undecided cells and errors make a run `invalid` above the ceiling of the study, so that a value nobody has told us of
shows itself there, with its literal as the reason. The values were read from the source that each provider's line
names; fixtures in `tests/systems/fixtures/` are built from the types of the SDKs, not recorded from live services.
"""


def page() -> Iterator[str]:
    """Yield the page in pieces."""
    yield HEAD
    for provider in providers().values():
        yield from _provider(provider)


def _provider(provider: Provider) -> Iterator[str]:
    yield f"## {provider.name}\n"
    read_by = ", ".join(f"`{name}`" for name in provider.read_by)
    yield f"Values of: {provider.source} {provider.version}. Read by: {read_by}.\n"
    if provider.note:
        yield f"{provider.note}\n"
    for name, field in provider.fields.items():
        yield "\n".join(_field(name, field)) + "\n"


def _field(name: str, field: Field) -> Iterator[str]:
    yield f"| `{name}` | is | |"
    yield "|---|---|---|"
    for value, means in field.values.items():
        yield f"| `{value}` | {_word(means)} | {field.notes.get(value, '')} |"
    yield f"| anything else | {_word(field.other)} | |"


def _word(means: Means) -> str:
    return f"**{means}**" if means is Means.BLOCKED else means.value


if __name__ == "__main__":
    main(DOC, __doc__, page)
