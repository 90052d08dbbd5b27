"""A translation is of the source as it is now."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from refusals.checks import Example, Found, Level, Pair

LEVEL = Level.ERROR


def look(pairs: Sequence[Pair]) -> Iterator[Found]:
    """Find translations whose source has changed since; every part of such a case is found once, by its first."""
    seen: set[str] = set()
    for pair in pairs:
        if pair.stale and pair.case not in seen:
            seen.add(pair.case)
            yield pair, "its source has changed since; translate it again, or write the new digest if it still holds"


EXAMPLES = (
    Example(language="sw", source="Buy milk.", text="Nunua maziwa.", stale=True, wrong=True),
    Example(language="fr", source="Buy milk.", text="Achetez du lait.", stale=True, wrong=True),
    Example(language="hi", source="Buy milk.", text="दूध ख़रीदिए।", stale=True, wrong=True),
    Example(language="sw", source="Buy milk.", text="Nunua maziwa.", wrong=False),
)
