"""What servers send that the stand-in never would: raw bytes over HTTP, and JSON with nodes replaced."""

import asyncio
import copy
import json
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from hypothesis import strategies as st

Send = Callable[[str], bytes]  # from the head of a request


def answer(body: bytes, status: int = 200, **headers: str) -> bytes:
    """Return the bytes of an answer; `retry_after="1"` is the header `retry-after`."""
    fields = {"content-type": "application/json", "content-length": str(len(body))} | headers
    head = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in fields.items())
    return f"HTTP/1.1 {status} Whatever\r\n{head}connection: close\r\n\r\n".encode() + body


def error(status: int, message: str = "no", **headers: str) -> bytes:
    """Return the bytes of an error that either protocol can read."""
    return answer(json.dumps({"error": {"type": "some_error", "message": message}}).encode(), status, **headers)


@dataclass(slots=True)
class Heard:
    """Where a server listens, and the heads of the requests that it got."""

    url: str
    heads: list[str] = field(default_factory=list)


@asynccontextmanager
async def sending(send: Send | bytes) -> AsyncIterator[Heard]:
    """Answer every request with these bytes, then close the connection."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        heard.heads.append(head)
        lengths = (line.split(":")[1] for line in head.lower().splitlines() if line.startswith("content-length"))
        await reader.readexactly(int(next(lengths, 0)))
        writer.write(send if isinstance(send, bytes) else send(head))
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    heard = Heard(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}")
    async with server:
        yield heard


# Surrogates too: JSON can carry half a character, which nothing can store.
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(exclude_categories=()), max_size=8),
    lambda children: st.lists(children, max_size=3) | st.dictionaries(st.text(max_size=8), children, max_size=3),
    max_leaves=5,
)


def paths(node: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Yield the path of each node below the root."""
    entries = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    for key, child in entries:
        yield (*path, key)
        yield from paths(child, (*path, key))


@st.composite
def replaced(draw: st.DrawFn, valid: Mapping[str, Any]) -> Any:
    """Draw a valid answer in which one or two nodes are something else, or are gone."""
    raw = copy.deepcopy(dict(valid))
    for _ in range(draw(st.integers(1, 2))):
        *above, last = draw(st.sampled_from(list(paths(raw)) or [("new",)]))
        parent: Any = raw
        for key in above:
            parent = parent[key]
        if draw(st.booleans()) and isinstance(parent, dict):
            parent.pop(last, None)
        else:
            parent[last] = draw(json_values)
    return raw
