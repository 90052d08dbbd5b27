"""A translation must not shout where its source does not: a rule of this team's house."""

from collections.abc import Iterator, Sequence

from refusals.checks import Example, Level, Pair

LEVEL = Level.WARNING
MARKS = "!\u00a1\uff01"

EXAMPLES = (
    Example(language="es", source="Where is the ladder?", text="¿Dónde está la escalera?", wrong=False),
    Example(language="es", source="Where is the ladder?", text="¡¿Dónde está la escalera?!", wrong=True),
    Example(language="fr", source="Stop! The ladder is wet.", text="Stop ! L'échelle est mouillée.", wrong=False),
)


def look(pairs: Sequence[Pair]) -> Iterator[tuple[Pair, str]]:
    """Find texts with a mark of exclamation that the source has not."""
    for pair in pairs:
        if any(mark in pair.text for mark in MARKS) and "!" not in pair.source:
            yield pair, "it shouts and its source does not; end the sentence as the source does"
