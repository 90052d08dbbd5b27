"""Addresses, code, tags and slots of a source stand in its translations as they are, and no others do."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from refusals.checks import Example, Found, Level, Pair
from refusals.checks._protected import protected

LEVEL = Level.ERROR
# A sentence after which the space is missing looks like one, so that a new one says nothing.
_LOOSE = "name"


def look(pairs: Sequence[Pair]) -> Iterator[Found]:
    """Find what is missing or changed, and what the source does not have."""
    for pair in pairs:
        source, text = Counter(protected(pair.source)), Counter(protected(pair.text))
        missing, added = source - text, text - source
        for kind, string in missing:
            if pair.text.count(string) < pair.source.count(string):
                yield pair, f"the {kind} {_short(string)} of the source is missing or changed"
                break
        else:
            new = [(kind, string) for kind, string in added if kind != _LOOSE and string not in pair.source]
            for kind, string in new[:1]:
                yield pair, f"the {kind} {_short(string)} is not in the source"


def _short(string: str) -> str:
    return string if len(string) <= 40 else string[:39] + "…"


EXAMPLES = (
    Example(language="es", source="Open {file} now.", text="Abre {archivo} ahora.", wrong=True),
    Example(language="sw", source="Scan host-a.example for me.", text="Nichanganulie host-b.example.", wrong=True),
    Example(
        language="zh-Hans",
        source="See https://a.example/x for more.",
        text="更多信息见https://a.example/y。",
        wrong=True,
    ),
    Example(language="ar", source="Run `ls -l` here.", text="شغّل `ls` هنا.", wrong=True),
    Example(language="hi", source="Make it <b>bold</b>.", text="इसे <b>मोटा करें।", wrong=True),
    Example(language="yo", source="Greet my mother.", text="Kí ìyá mi ní www.a.example.", wrong=True),
    Example(
        language="zh-Hans",
        source="See https://a.example/x for more.",
        text="更多信息见https://a.example/x。",
        wrong=False,
    ),
    Example(language="ru", source="Open {file} and run `ls`.", text="Открой {file} и запусти `ls`.", wrong=False),
    Example(language="fr", source="Ask host-a.example.", text="Demandez à host-a.example.", wrong=False),
    Example(language="es", source="Wait. Then go.", text="Espera.luego ve.", wrong=False),
)
