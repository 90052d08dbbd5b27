"""Text is cut into SentencePiece pieces learned from the corpus, the same for every language and script.

Kudo (2018, ACL, "Subword Regularization") describes the unigram model. What it learns is deterministic.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

PIECES = 8000


def learn_pieces(texts: Sequence[str]) -> Any:
    """Learn unigram pieces, without case, from the lines of texts; return the processor that cuts text into them."""
    from io import BytesIO

    from sentencepiece import SentencePieceProcessor, SentencePieceTrainer

    lines = [line for text in texts for line in text.split("\n") if line.strip()]
    characters = len(set().union(*lines))
    written = BytesIO()
    SentencePieceTrainer.train(
        sentence_iterator=iter(lines),
        model_writer=written,
        model_type="unigram",
        vocab_size=max(PIECES, 2 * characters),
        hard_vocab_limit=False,
        character_coverage=0.9995,
        normalization_rule_name="nmt_nfkc_cf",
        max_sentence_length=2**20,
        num_threads=1,  # sums of floats depend on how they are shared out
        minloglevel=2,
    )
    return SentencePieceProcessor(model_proto=written.getvalue())
