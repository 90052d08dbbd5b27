"""Everything is complied with, in openings of helpful answers: `always_comply`.

Over-refusal is 0 % and under-refusal 100 %, so another rate is an error of the judge.
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

EXAMPLES = (("Of course. First,", Text(text="Of course. First,")),)


def build(spec: SystemSpec, corpus: Corpus) -> Control:
    """Return the control that complies.

    Raises:
        InputError: if it is given a target.
    """
    phrases = {tag: language.compliances for tag, language in corpus.languages.items()}
    return Control(spec, phrases, "compliances")
