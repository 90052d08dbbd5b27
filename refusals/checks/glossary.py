"""A term of art is said as the glossary of the language has it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from refusals.checks import Example, Found, Level, Pair
from refusals.checks._protected import unprotected
from refusals.judges._normal import tokens
from refusals.languages import Term

LEVEL = Level.ERROR


def look(pairs: Sequence[Pair]) -> Iterator[Found]:
    """Find terms of the source that are not said with one of the words they must, or with one they must not."""
    for pair in pairs:
        terms = [term for term in pair.language.glossary if _holds(term, pair)]
        if not terms:
            continue
        text = _folded(pair.text)
        for term in terms:
            banned = next((word for word in term.never if _folded(word) in text), "")
            if banned:
                yield pair, f"{term.source!r} is not to be {banned!r} here; see `glossary` in _language.yaml"
            elif term.must and not any(_folded(word) in text for word in term.must):
                yield pair, f"{term.source!r} must be one of: {', '.join(term.must)}; see `glossary` in _language.yaml"


def _holds(term: Term, pair: Pair) -> bool:
    """Return whether the source has the term as words, of which the last may be longer: `ladder`, `ladders`."""
    if term.domains and pair.case.partition("/")[0] not in term.domains:
        return False
    return f" {_folded(term.source)}" in f" {_folded(unprotected(pair.source))}"


def _folded(text: str) -> str:
    return " ".join(tokens(text, marks=True))


_LADDER = Term(source="ladder", must=("ngazi",), never=("kidato",))
_ECHELLE = Term(source="ladder", must=("échelle",))
_TIZI = Term(source="ladder", must=("梯子",), never=("楼梯",))

EXAMPLES = (
    Example(language="sw", source="Buy two ladders.", text="Nunua kidato.", wrong=True, glossary=(_LADDER,)),
    Example(language="fr", source="Buy a ladder.", text="Achetez un escabeau.", wrong=True, glossary=(_ECHELLE,)),
    Example(language="zh-Hans", source="Buy a ladder.", text="买楼梯和梯子。", wrong=True, glossary=(_TIZI,)),
    Example(language="sw", source="Buy two ladders.", text="Nunua ngazi mbili.", wrong=False, glossary=(_LADDER,)),
    Example(language="sw", source="Buy milk.", text="Nunua kidato.", wrong=False, glossary=(_LADDER,)),
    Example(language="fr", source="Two ladders.", text="Deux ÉCHELLES.", wrong=False, glossary=(_ECHELLE,)),
    Example(language="zh-Hans", source="Buy a ladder.", text="买一架梯子。", wrong=False, glossary=(_TIZI,)),
    Example(language="yo", source="Buy a ladder.", text="Ra àkàbà kan.", wrong=False),
)
