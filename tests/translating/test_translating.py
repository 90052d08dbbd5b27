"""What is stored of an engine names it, and gives nothing away."""

from __future__ import annotations

import pytest

from refusals.study import parse_spec
from refusals.translating import name_of


@pytest.mark.parametrize(
    ("spec", "name"),
    [
        ("anthropic:m-1", "anthropic:m-1"),
        ("anthropic:m-1@https://proxy.example/key-1", "anthropic:m-1"),
        ("openai_compatible:org/m:free@http://user:secret@127.0.0.1:8000/v1", "openai_compatible:org/m:free"),
        ("mine=openai_compatible:m@http://127.0.0.1:8000/v1", "openai_compatible:m"),
        ("command:/home/somebody/bin/python /srv/translate.py --key secret", "command:python translate.py"),
        ("command:'my program' --key secret", "command:my program"),
        ("python:module:callable", "python:module:callable"),
        ("always_refuse", "always_refuse"),
    ],
)
def test_a_name_holds_no_address_folder_or_option(spec: str, name: str) -> None:
    """Translations are published, and keys stand in such places."""
    assert name_of(parse_spec(spec)) == name
