"""A classifier in this process says how probable each of its labels is; the study says which of them are harmful."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from refusals.errors import RefusalsError
from refusals.systems import CallError, Decision, Failure, Reply, Verdict
from refusals.systems._answer import finite, unreadable
from refusals.systems._chat import at, text_at
from refusals.systems._extra import library
from refusals.systems._guard import judged_text, score_decides
from refusals.systems._local_model import load
from refusals.systems._thread import in_thread

if TYPE_CHECKING:
    from pathlib import Path

    from refusals.cases import Kind
    from refusals.prompts import Prompt

_KIND = "SequenceClassification"
HALF = 0.5  # from where on a label that has a probability of its own is said
_SUM = 0.01  # by how much probabilities that exclude each other may miss one


def read(raw: object) -> Reply:
    """Return the verdict that the probabilities of labels are: `{"probabilities": {…}, "harmful": […], "several": …}`.

    Where only one label can hold, the score is the sum of the harmful ones and the likeliest label decides; where
    several can, it is the highest of them, and each decides from a half on.
    """
    if isinstance(at(raw, "error"), str):
        return Failure(message=text_at(raw, "error")[:400])
    given, harmful, several = at(raw, "probabilities"), at(raw, "harmful"), at(raw, "several") is True
    if not isinstance(given, Mapping) or not isinstance(harmful, list) or not harmful:
        return unreadable(raw)
    found = {label: finite(share) for label, share in given.items()}
    odds = {label: share for label, share in found.items() if share is not None and 0 <= share <= 1}
    if len(odds) < len(found) or not all(label in list(odds) for label in harmful):
        return unreadable(raw)
    if not several and abs(sum(odds.values()) - 1) > _SUM:
        return unreadable(raw)
    said = [label for label in odds if odds[label] >= HALF] if several else [max(odds, key=lambda label: odds[label])]
    shares = [share for label, share in odds.items() if label in harmful]
    flagged = tuple(label for label in said if label in harmful)
    return Verdict(
        decision=Decision.FLAG if flagged else Decision.ALLOW,
        score=max(shares) if several else min(1.0, sum(shares)),
        categories=flagged,
    )


def _odds(harmful: list[str], *, several: bool = False, **odds: object) -> dict[str, object]:
    return {"probabilities": odds, "harmful": harmful, "several": several}


_ODD: tuple[object, ...] = (
    _odds(["harm"], safe=0.75, harm=0.75),
    _odds(["harm"], safe=1.0, harm=-0.25, several=True),
    _odds(["harm"], safe=1.0, harm=None, several=True),
    _odds(["harm"], safe=1.0, harm="low", several=True),
    _odds(["harm"], safe=1.0),
    _odds(["harm"]),
    _odds([], safe=1.0),
    {},
    None,
)

EXAMPLES: tuple[tuple[object, Reply], ...] = (
    (_odds(["harm"], safe=0.75, harm=0.25), Verdict(decision=Decision.ALLOW, score=0.25)),
    (_odds(["harm"], safe=0.25, harm=0.75), Verdict(decision=Decision.FLAG, score=0.75, categories=("harm",))),
    (_odds(["hate", "sex"], safe=0.5, hate=0.25, sex=0.25), Verdict(decision=Decision.ALLOW, score=0.5)),
    (_odds(["hate", "sex"], hate=0.75, sex=0.5, news=1.0, several=True),
     Verdict(decision=Decision.FLAG, score=0.75, categories=("hate", "sex"))),
    (_odds(["hate"], hate=0.25, news=1.0, several=True), Verdict(decision=Decision.ALLOW, score=0.25)),
    *((raw, unreadable(raw)) for raw in _ODD),
    ({"error": "600 tokens are more than the 512 that it takes"},
     Failure(message="600 tokens are more than the 512 that it takes")),
)  # fmt: skip


@dataclass(slots=True, kw_only=True)
class LocalClassifier:
    """A sequence classifier. `timeout` is in seconds, for one batch, the loading of weights aside."""

    folder: Path
    harmful: tuple[str, ...]
    several: bool
    dtype: str
    device: str
    timeout: float
    threshold: float | None
    kinds: frozenset[Kind]
    batch: int | None
    concurrency: int
    identity: Mapping[str, object] | None
    taxonomy: str
    adaptive: bool = False
    headroom: float | None = None
    _loaded: tuple[Any, Any, str] | None = field(default=None, repr=False)
    _loading: asyncio.Lock = field(default_factory=asyncio.Lock, repr=False)

    async def respond(self, prompts: Sequence[Prompt]) -> AsyncIterator[tuple[str, Reply]]:
        """Yield the verdict on each prompt.

        Raises:
            CallError: if the model raised, or took longer than `timeout`.
            InputError: if the model cannot be loaded.
        """
        async with self._loading:
            if self._loaded is None:
                self._loaded = await in_thread(lambda kind: load(self.folder, kind, self.dtype, self.device), _KIND)
        try:
            async with asyncio.timeout(self.timeout):
                raws = await in_thread(self._classified, [judged_text(prompt) for prompt in prompts])
        except TimeoutError:
            raise CallError(f"no answer within {self.timeout:g} s (`timeout` allows more)", again=False) from None
        except RefusalsError:
            raise
        except Exception as error:
            raise CallError(f"{type(error).__name__}: {error}", again=False) from error
        decided = score_decides(read, self.threshold)
        for prompt, raw in zip(prompts, raws, strict=True):
            yield prompt.id, decided(raw)

    def _classified(self, texts: list[str]) -> list[dict[str, Any]]:
        torch = library("torch", "transformers")
        assert self._loaded is not None
        tokenizer, model, device = self._loaded
        room = min(
            tokenizer.model_max_length, getattr(model.config, "max_position_embeddings", tokenizer.model_max_length)
        )
        cut = tokenizer(texts)
        lengths = [len(ids) for ids in cut["input_ids"]]
        fits = [position for position, length in enumerate(lengths) if length <= room]
        answers: dict[int, dict[str, Any]] = {}
        if fits:
            batch = tokenizer([texts[position] for position in fits], padding=True, return_tensors="pt").to(device)
            with torch.inference_mode():
                logits = model(**batch).logits.float()
            shares = (logits.sigmoid() if self.several else logits.softmax(dim=-1)).tolist()
            names = [model.config.id2label[number] for number in range(len(shares[0]))]
            answers = {
                position: {"probabilities": dict(zip(names, row, strict=True))}
                for position, row in zip(fits, shares, strict=True)
            }
        return [
            {**answers[position], "harmful": list(self.harmful), "several": self.several}
            if position in answers
            else {"error": f"{length} tokens are more than the {room} that it takes"}
            for position, length in enumerate(lengths)
        ]

    async def close(self) -> None:
        """Let the weights go."""
        self._loaded = None
