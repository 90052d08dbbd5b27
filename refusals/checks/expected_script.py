"""A text is written in the script of its language."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from refusals.checks import Example, Found, Level, Pair
from refusals.checks._protected import own_text
from refusals.checks._script import has_forms, is_other_form, names_of, script_of

LEVEL = Level.ERROR
ENOUGH = 0.7  # share of the letters, names and addresses left out
FEWEST = 4  # letters
OTHER_FORM = 0.1  # share of Han characters; texts have a third of them and more
OTHER_FEWEST = 2


def look(pairs: Sequence[Pair]) -> Iterator[Found]:
    """Find texts with too few letters of the script that `_language.yaml` states, or with characters of its twin."""
    for pair in pairs:
        code = pair.language.script
        expected = names_of(code)
        if not expected:
            yield pair, f"the script {code} is not known to this check, so no text of {pair.language.tag} was looked at"
            return
        counts = Counter(script for character in own_text(pair.text, pair.source) if (script := script_of(character)))
        letters, own = counts.total(), sum(counts[name] for name in expected)
        if letters >= FEWEST and own < ENOUGH * letters:
            most = max((name for name in counts if name not in expected), key=lambda name: counts[name])
            yield pair, f"{own} of {letters} letters are {code}, most others {most.title()}; translate all of it"
        elif has_forms(code):
            other = sum(is_other_form(character, code) for character in pair.text)
            if other >= OTHER_FEWEST and other > OTHER_FORM * own:
                yield pair, f"{other} characters are not of the form {code} but of the other one"


EXAMPLES = (
    Example(language="ar", source="How do I cook rice?", text="Kayfa atbukhu al-aruzz?", wrong=True),
    Example(language="ru", source="How do I cook rice?", text="Kak svarit' ris?", wrong=True),
    Example(language="hi", source="How do I cook rice at home?", text="मैं how to cook rice at home?", wrong=True),
    Example(language="es", source="How do I cook rice?", text="Как сварить рис?", wrong=True),
    Example(
        language="zh-Hans", source="Could you read this letter to me?", text="請問你能讀這封信給我聽嗎？", wrong=True
    ),
    Example(
        language="zh-Hans", source="Could you read this letter to me?", text="请问你能读这封信给我听吗？", wrong=False
    ),
    Example(language="yo", source="How do I cook rice?", text="Báwo ni mo ṣe lè se ìrẹsì?", wrong=False),
    Example(
        language="hi", source="Ask Dana about host-a.example.", text="Dana से host-a.example के बारे में पूछिए।", wrong=False
    ),
    Example(language="ar", source="Dana, Ori, USB", text="Dana, Ori, USB", wrong=False),
    Example(language="hi", source='keys.copy("all", to="him")', text='keys.copy("सब", to="उसे")', wrong=False),
    Example(language="hi", source='keys.copy("all six")', text='keys.copy("all six")', wrong=True),
)
