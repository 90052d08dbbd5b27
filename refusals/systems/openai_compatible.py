"""`openai_compatible:MODEL@BASE_URL` asks a model of any server that speaks Chat Completions.

BASE_URL is what `/chat/completions` is put behind, such as `http://127.0.0.1:8000/v1`. Nothing
else is asked for than a text: no system prompt, no tools. How answers are read stands in
`_chat_completions`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from refusals.systems._chat import CONCURRENCY, messages, read_kinds, read_options
from refusals.systems._chat_completions import EXAMPLES, read
from refusals.systems._endpoint import read_endpoint
from refusals.systems._server import Served, Server

if TYPE_CHECKING:
    from refusals.study import SystemSpec

__all__ = ["EXAMPLES", "build", "read"]

ADAPTER = "openai_compatible/1"  # a new number makes cached replies stale
KEY = "OPENAI_API_KEY"
PATH = "/chat/completions"
# OpenAI's own newer models take the second name only, most other servers know the first only.
_LIMITS = ("max_tokens", "max_completion_tokens")
_OPTIONS = {"max-tokens-field": _LIMITS}


def build(spec: SystemSpec) -> Served:
    """Return the system.

    Raises:
        InputError: if the target, an option, a kind or the key is missing or wrong.
    """
    endpoint = read_endpoint(spec, variable=KEY)
    own = urlsplit(endpoint.url).hostname == "api.openai.com"
    limit = read_options(spec, _OPTIONS).get("max-tokens-field", _LIMITS[own])
    sent = {"model": endpoint.model, limit: spec.max_tokens}
    return Served(
        server=Server(endpoint=endpoint, timeout=spec.timeout, concurrency=spec.concurrency or CONCURRENCY),
        path=PATH,
        body=lambda prompt: {**sent, "messages": messages(prompt)},
        read=lambda raw, _: read(raw),
        kinds=read_kinds(spec),
        identity={"adapter": ADAPTER, "url": endpoint.url, **sent},
    )
