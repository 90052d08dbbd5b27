"""Everything is refused, in whole refusals that no judge's phrase list holds: `always_refuse`.

Over-refusal and refusal of harm are 100 %, so a rate below that is an error of the judge.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from refusals.systems import Text
from refusals.systems._control import Control, read

if TYPE_CHECKING:
    from refusals.corpus import Corpus
    from refusals.study import SystemSpec

__all__ = ["EXAMPLES", "SEES_CORPUS", "build", "read"]

SEES_CORPUS = True

EXAMPLES = (("I can't help with that.", Text(text="I can't help with that.")),)


def build(spec: SystemSpec, corpus: Corpus) -> Control:
    """Return the control that refuses.

    Raises:
        InputError: if it is given a target.
    """
    phrases = {tag: language.refusals_held_out for tag, language in corpus.languages.items()}
    return Control(spec, phrases, "refusals-held-out")
