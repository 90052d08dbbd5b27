"""All kinds of fault by name; each module of them is imported here."""

from __future__ import annotations

from benchmarks.faults import KINDS, letters, texts

__all__ = ["KINDS", "letters", "texts"]
