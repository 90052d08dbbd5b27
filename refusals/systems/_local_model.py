"""A language model in this process answers as a server that speaks Chat Completions: one reader reads both.

It is greedy and asked nothing that a server is not: messages go through the model's own chat template, a bare prompt
goes as it is, and where probabilities are wanted it gives those of every token's likeliest alternatives. Nothing here
downloads anything, or runs code that comes with weights.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from refusals.errors import InputError
from refusals.systems._extra import library

if TYPE_CHECKING:
    from pathlib import Path

WHOLE = 16 * 2**20  # bytes up to which a file is digested, longer ones by their size and age


def digest(folder: Path) -> str:
    """Return what tells whether a model's files are the same as before."""
    found = hashlib.sha256()
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        facts = path.stat()
        found.update(f"{path.relative_to(folder).as_posix()}\0{facts.st_size}\0".encode())
        found.update(path.read_bytes() if facts.st_size <= WHOLE else str(facts.st_mtime_ns).encode())
    return found.hexdigest()


def load(folder: Path, kind: str, dtype: str, device: str) -> tuple[Any, Any, str]:
    """Return a tokenizer, a model of an `AutoModelFor…` class, and the device that it is on.

    Raises:
        InputError: if it cannot be loaded, or lacks weights, which would then be made up.
    """
    torch, transformers = library("torch", "transformers"), library("transformers", "transformers")
    device = device or ("cuda" if torch.cuda.is_available() else "cpu")
    try:
        tokenizer = transformers.AutoTokenizer.from_pretrained(folder, local_files_only=True, trust_remote_code=False)
        model, facts = getattr(transformers, f"AutoModelFor{kind}").from_pretrained(
            folder, dtype=dtype, local_files_only=True, trust_remote_code=False, output_loading_info=True
        )
        model = model.to(device).eval()
    except Exception as error:
        raise InputError(f"transformers:{folder} cannot be loaded: {type(error).__name__}: {error}") from error
    lacking = sorted(map(str, [*facts.get("missing_keys", ()), *facts.get("mismatched_keys", ())]))
    if lacking:
        raise InputError(f"transformers:{folder} lacks weights, which would be random: {', '.join(lacking)[:200]}")
    if tokenizer.pad_token_id is None:
        tokenizer.pad_token = tokenizer.eos_token or tokenizer.unk_token
    model.config.pad_token_id = tokenizer.pad_token_id
    return tokenizer, model, device


@dataclass(frozen=True, slots=True)
class LanguageModel:
    """A causal language model with its tokenizer."""

    name: str
    tokenizer: Any
    model: Any
    device: str
    ends: frozenset[int]

    @classmethod
    def of(cls, folder: Path, dtype: str, device: str) -> LanguageModel:
        """Load it.

        Raises:
            InputError: if it cannot be loaded.
        """
        tokenizer, model, device = load(folder, "CausalLM", dtype, device)
        tokenizer.padding_side = "left"
        known = model.generation_config.eos_token_id
        listed = known if isinstance(known, list) else [known]
        ends = frozenset(each for each in (*listed, tokenizer.eos_token_id) if each is not None)
        # What a checkpoint brings, such as a penalty on repetition, would be put into what is asked.
        model.generation_config = library("transformers", "transformers").GenerationConfig()
        return cls(folder.name, tokenizer, model, device, ends)

    def complete(self, bodies: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
        """Return the answer to each body, as Chat Completions has it; what cannot be asked is an error of its own."""
        asked = [self._asked(body) for body in bodies]
        room = self.model.config.max_position_embeddings
        limits = [int(body.get("max_tokens") or body["max_completion_tokens"]) for body in bodies]
        fits = [len(ids) + limit <= room for ids, limit in zip(asked, limits, strict=True)]
        ready = [position for position, fit in enumerate(fits) if fit]
        made = self._generated([asked[position] for position in ready], max(limits), bodies) if ready else []
        answers = dict(zip(ready, made, strict=True))
        return [
            answers.get(position)
            or {"error": {"message": f"{len(ids)} tokens and {limit} to answer are more than the {room} that it takes"}}
            for position, (ids, limit) in enumerate(zip(asked, limits, strict=True))
        ]

    def _asked(self, body: Mapping[str, Any]) -> list[int]:
        if "prompt" in body:
            return list(self.tokenizer(body["prompt"])["input_ids"])
        more = body.get("chat_template_kwargs", {})
        text = self.tokenizer.apply_chat_template(body["messages"], tokenize=False, add_generation_prompt=True, **more)
        return list(self.tokenizer(text, add_special_tokens=False)["input_ids"])

    def _generated(
        self, asked: list[list[int]], limit: int, bodies: Sequence[Mapping[str, Any]]
    ) -> list[dict[str, Any]]:
        torch, transformers = library("torch", "transformers"), library("transformers", "transformers")
        top = max(int(body.get("top_logprobs") or 0) for body in bodies)
        padded = self.tokenizer.pad({"input_ids": asked}, padding=True, return_tensors="pt").to(self.device)
        way = transformers.GenerationConfig(
            max_new_tokens=limit,
            do_sample=False,
            eos_token_id=sorted(self.ends) or None,
            pad_token_id=self.tokenizer.pad_token_id,
            output_scores=True,
            return_dict_in_generate=True,
        )
        with torch.inference_mode():
            made = self.model.generate(
                input_ids=padded["input_ids"], attention_mask=padded["attention_mask"], generation_config=way
            )
        rows = made.sequences[:, padded["input_ids"].shape[1] :].tolist()
        return [self._answer(asked[row], ids, made.scores, row, top) for row, ids in enumerate(rows)]

    def _answer(self, asked: list[int], ids: list[int], scores: Any, row: int, top: int) -> dict[str, Any]:
        length = next((place for place, each in enumerate(ids) if each in self.ends), len(ids))
        if any(bool(step[row].isnan().any()) for step in scores[: length + 1]):
            return {"error": {"message": "what the model computes is no number (`dtype: float32` may help)"}}
        text = self.tokenizer.decode(ids[:length], skip_special_tokens=True)
        choice: dict[str, Any] = {
            "index": 0,
            "message": {"role": "assistant", "content": text},
            "finish_reason": "stop" if length < len(ids) else "length",
        }
        if top:
            choice["logprobs"] = {
                "content": [self._odds(scores[place][row], ids[place], top) for place in range(length)]
            }
        usage = {"prompt_tokens": len(asked), "completion_tokens": length}
        return {"model": self.name, "choices": [choice], "usage": usage}

    def _odds(self, scores: Any, chosen: int, top: int) -> dict[str, Any]:
        logs = scores.float().log_softmax(dim=-1)
        likeliest = [
            (self.tokenizer.decode([each]), logs[each].item())
            for each in logs.topk(min(top, len(logs))).indices.tolist()
        ]
        return {
            "token": self.tokenizer.decode([chosen]),
            "logprob": logs[chosen].item(),
            "top_logprobs": [{"token": token, "logprob": log} for token, log in likeliest],
        }
