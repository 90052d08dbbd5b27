"""Models of a few thousand random weights, made where a test asks for them; a little training teaches one its lines.

Each is a folder as Hugging Face's libraries write it, with a tokenizer of its own. Only where torch is installed.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

TEMPLATE = (
    "{% for message in messages %}<|{{ message['role'] }}|>{{ message['content'] }}<|end|>{% endfor %}"
    "{% if add_generation_prompt %}<|assistant|>{% endif %}"
)
SPECIAL = ("<|pad|>", "<|end|>", "<|user|>", "<|assistant|>", "<|system|>")
SIZE = {"hidden_size": 48, "intermediate_size": 96, "num_hidden_layers": 2, "num_attention_heads": 4}


def tokenizer_of(texts: Sequence[str]) -> Any:
    """Return a byte-level BPE tokenizer that has learned these texts, and `safe` and `unsafe` as pieces."""
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
    from transformers import PreTrainedTokenizerFast

    raw = Tokenizer(models.BPE())
    raw.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    raw.decoder = decoders.ByteLevel()
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    trainer = trainers.BpeTrainer(
        vocab_size=500, special_tokens=list(SPECIAL), initial_alphabet=alphabet, show_progress=False
    )
    raw.train_from_iterator([*texts, *["unsafe", "safe"] * 50], trainer)
    made = PreTrainedTokenizerFast(tokenizer_object=raw, pad_token="<|pad|>", eos_token="<|end|>")
    made.chat_template = TEMPLATE
    return made


def write_guard(folder: Path, lines: Mapping[str, str], texts: Sequence[str] = ()) -> Path:
    """Write a causal language model that answers each of these prompts with its line."""
    import torch
    from transformers import LlamaConfig, LlamaForCausalLM

    torch.manual_seed(0)
    tokenizer = tokenizer_of([*lines, *lines.values(), *texts])
    config = LlamaConfig(
        vocab_size=len(tokenizer), max_position_embeddings=256, eos_token_id=tokenizer.eos_token_id, **SIZE
    )
    model = LlamaForCausalLM(config)
    asked = [
        tokenizer.apply_chat_template([{"role": "user", "content": each}], tokenize=False, add_generation_prompt=True)
        for each in lines
    ]
    if lines:
        _learn(model, tokenizer, asked, [f"{said}<|end|>" for said in lines.values()])
    model.generation_config.repetition_penalty = 5.0  # what a checkpoint brings is not what a guard is asked with
    model.save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder


def _learn(model: Any, tokenizer: Any, asked: Sequence[str], said: Sequence[str]) -> None:
    """Teach the model what is said to what is asked, until it is nearly sure."""
    import torch

    batch = tokenizer([a + s for a, s in zip(asked, said, strict=True)], padding=True, return_tensors="pt")
    labels = batch["input_ids"].masked_fill(batch["attention_mask"] == 0, -100)
    for row, ids in enumerate(tokenizer(list(asked))["input_ids"]):
        labels[row, : len(ids)] = -100
    steps = torch.optim.AdamW(model.parameters(), lr=5e-3)
    loss = torch.tensor(1.0)
    for _ in range(300):
        if loss.item() < 0.005:
            return
        steps.zero_grad()
        loss = model(input_ids=batch["input_ids"], attention_mask=batch["attention_mask"], labels=labels).loss
        loss.backward()
        steps.step()
    raise AssertionError(f"the model has not learned its lines: {loss.item()}")


def write_classifier(folder: Path, texts: Sequence[str], labels: Sequence[str], **config: Any) -> Path:
    """Write a sequence classifier with random weights."""
    import torch
    from transformers import BertConfig, BertForSequenceClassification

    torch.manual_seed(1)
    tokenizer = tokenizer_of(texts)
    tokenizer.model_max_length = 64
    named = dict(enumerate(labels))
    made = BertConfig(
        vocab_size=len(tokenizer),
        max_position_embeddings=64,
        id2label=named,
        label2id={label: number for number, label in named.items()},
        initializer_range=1.0,  # so that its probabilities are far from even
        **SIZE,
        **config,
    )
    BertForSequenceClassification(made).save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder


def write_sentencepiece_chat(folder: Path, texts: Sequence[str]) -> Path:
    """Write a chat model with random weights whose tokenizer is a SentencePiece model, learned here."""
    import sentencepiece
    import torch
    from transformers import LlamaConfig, LlamaForCausalLM

    torch.manual_seed(2)
    folder.mkdir(parents=True)
    (folder / "texts.txt").write_text("\n".join(texts), "utf-8")
    sentencepiece.SentencePieceTrainer.train(
        input=str(folder / "texts.txt"),
        model_prefix=str(folder / "tokenizer"),
        model_type="bpe",
        vocab_size=400,
        byte_fallback=True,
        hard_vocab_limit=False,
        minloglevel=2,
    )
    about = {
        "tokenizer_class": "LlamaTokenizer",
        "bos_token": "<s>",
        "eos_token": "</s>",
        "unk_token": "<unk>",
        "chat_template": "{% for message in messages %}[{{ message['role'] }}] {{ message['content'] }}\n{% endfor %}",
    }
    (folder / "tokenizer_config.json").write_text(json.dumps(about), "utf-8")
    pieces = sentencepiece.SentencePieceProcessor(model_file=str(folder / "tokenizer.model")).get_piece_size()
    config = LlamaConfig(vocab_size=pieces, max_position_embeddings=128, bos_token_id=1, eos_token_id=2, **SIZE)
    LlamaForCausalLM(config).save_pretrained(folder)
    return folder
