"""A stand-in server speaks both model protocols on the loopback interface and counts every call honestly.

In a test: `async with StandIn(Behaviour(mode="refuse")) as server:` gives `server.url` and `server.ledger`.
For tests that start or kill processes: `with running(Behaviour(rate_429=0.1)) as url:` and `read_ledger(url)`.
By hand: `python -m tests.stand_in --port 0 --latency 0.05 --rate-429 0.1`.
"""

import argparse
import asyncio
import json
import os
import stat
import subprocess
import sys
import urllib.request
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field, fields
from functools import cache, partial
from pathlib import Path
from random import Random
from typing import Any, Literal, NamedTuple, Self

from aiohttp import web

from tests.stand_in_batches import Batches

ROOT = Path(__file__).parent.parent
HELP = "Of course. First read the manual, then try it on a machine of your own."
HELP_CUT = "Of course. First read the"
NO = "I'm sorry, but I can't help with that."
FILTERED = "Output blocked by content filtering policy"
DRIPS = 20  # pieces in which a slow body trickles out


class Reply(NamedTuple):
    """What is said in either protocol; where the text is None there is no content at all."""

    text: str | None
    stop_reason: str = "end_turn"
    finish_reason: str = "stop"
    refusal: str | None = None
    status: int = 200


REPLIES = {
    "comply": Reply(HELP),
    "refuse": Reply(NO),
    "signal-refusal": Reply(None, "refusal", refusal=NO),
    "partial-refusal": Reply(HELP_CUT, "refusal", "content_filter"),
    "content-filter": Reply(None, "refusal", "content_filter"),
    "filter-400": Reply(None, status=400),
    "empty": Reply(""),
    "max-tokens": Reply(HELP_CUT, "max_tokens", "length"),
    "unknown": Reply(HELP, "brand_new", "brand_new"),
    "nonsense": Reply("qwx zzt 0000"),
}
ERRORS: dict[int, tuple[str, str, str | None]] = {  # Anthropic's type, OpenAI's type and code
    400: ("invalid_request_error", "invalid_request_error", None),
    401: ("authentication_error", "invalid_request_error", "invalid_api_key"),
    404: ("not_found_error", "invalid_request_error", None),
    429: ("rate_limit_error", "requests", "rate_limit_exceeded"),
    500: ("api_error", "server_error", None),
    529: ("overloaded_error", "server_error", "overloaded"),
}

Json = dict[str, Any]
Answer = Callable[[Json], str | Reply]  # from a request's body
Fault = Literal[401, 429, 500, 529, "truncated", "hanging"]  # a number is the status sent in place of an answer


@dataclass(frozen=True, slots=True, kw_only=True)
class Behaviour:
    """Everything that a stand-in does is chosen here, and each field is a command-line flag too.

    Raises:
        ValueError: if the mode is unknown or lacks its script, or the rates do not share out one call.
    """

    mode: str = "comply"  # a key of `REPLIES`, or by_script
    answer: Answer | Path | None = None  # for by_script; a file is JSON {prompt: {"text": …} or mode}, "*" for the rest
    seed: int = 0  # decides, with the number of the call, which fault the call meets
    latency: float = 0.0  # seconds before an answer; a fault's status is sent at once
    drip: float = 0.0  # seconds in which a body trickles out
    rate_429: float = 0.0
    rate_500: float = 0.0
    rate_529: float = 0.0
    rate_truncated: float = 0.0  # the connection closes in the middle of the JSON
    rate_hanging: float = 0.0  # nothing is ever sent
    retry_after: str = "1"  # header of a 429, in seconds or as a date; "" sends none
    limit: int = 0  # calls in flight above which 429 is sent; 0 is no limit
    quota: int = 0  # calls that the quota headers grant; 0 sends none
    quota_used: int = 0  # those of them that were spent before the first call
    unauthorised: bool = False  # 401, always
    batch_polls: int = 0  # looks at a batch that find it in progress
    batch_faults: str = ""  # what the first, the second, … request in a batch meets: expired, or the type of an error
    batch_always: bool = False  # the last of them is met by all others too
    batch_lost: int = 0  # creations, the first ones, that never arrive
    batch_silent: int = 0  # creations, the first that arrive, whose answer is never sent
    batch_drip: float = 0.0  # seconds between two lines of results
    batch_cut: int = 0  # lines after which the connection closes, the first time

    def __post_init__(self) -> None:
        if self.mode not in {*REPLIES, "by_script"} or (self.mode == "by_script") != (self.answer is not None):
            raise ValueError(f"mode {self.mode!r}: use by_script with `answer`, or alone one of {', '.join(REPLIES)}")
        if min(self.rates) < 0 or sum(self.rates) > 1:
            raise ValueError(f"rates {self.rates}: each must be at least 0, and their sum at most 1")

    @property
    def rates(self) -> tuple[float, ...]:
        """The shares of the calls that meet 429, 500, 529, a truncated body and silence."""
        return self.rate_429, self.rate_500, self.rate_529, self.rate_truncated, self.rate_hanging

    def fault(self, number: int, in_flight: int) -> Fault | None:
        """Return what goes wrong with a call: the same for the same seed and number, unless the limit decides."""
        if self.unauthorised:
            return 401
        if 0 < self.limit < in_flight:
            return 429
        faults: tuple[Fault | None, ...] = (429, 500, 529, "truncated", "hanging", None)
        return Random(f"{self.seed}:{number}").choices(faults, (*self.rates, max(0.0, 1 - sum(self.rates))))[0]

    def reply(self, body: Json) -> Reply:
        """Return the answer to a request; a prompt that the script lacks is a `KeyError`."""
        if self.answer is None:
            return REPLIES[self.mode]
        if isinstance(self.answer, Path):
            script, prompt = read_script(self.answer), last_prompt(body)
            return script[prompt if prompt in script else "*"]
        said = self.answer(body)
        return said if isinstance(said, Reply) else Reply(said)


@cache
def read_script(path: Path) -> dict[str, Reply]:
    """Return the replies of a script by prompt."""
    script: Json = json.loads(path.read_text("utf-8"))
    return {prompt: REPLIES[said] if isinstance(said, str) else Reply(said["text"]) for prompt, said in script.items()}


@dataclass(slots=True)
class Ledger:
    """The server's own count, which no client can embellish; a call that got no answer has no status."""

    calls: int = 0
    in_flight: int = 0
    max_in_flight: int = 0
    prompts: Counter[str] = field(default_factory=Counter)  # calls by the text of the last user message
    statuses: Counter[int] = field(default_factory=Counter)
    creations: int = 0  # of batches that were begun
    batches: int = 0  # that arrived
    polls: int = 0  # looks at one batch
    results: int = 0  # lines of results that were sent
    custom_ids: Counter[str] = field(default_factory=Counter)  # requests in batches

    def open(self, prompt: str) -> int:
        """Enter a call and return its number, counted from 1."""
        self.calls += 1
        self.prompts[prompt] += 1
        self.in_flight += 1
        self.max_in_flight = max(self.max_in_flight, self.in_flight)
        return self.calls


def last_prompt(body: Json) -> str:
    """Return the text of the last user message, whether it is a string or a list of parts."""
    content = next((turn["content"] for turn in reversed(body["messages"]) if turn["role"] == "user"), "")
    return content if isinstance(content, str) else "".join(part.get("text", "") for part in content)


def count_tokens(text: str | None) -> int:
    """Return a plausible number of tokens: one for every four characters begun."""
    return -(-len(text or "") // 4)


class Anthropic:
    """The Messages API; a filtered prompt is an invalid request there."""

    path, id_header, required = "/v1/messages", "request-id", frozenset({"model", "messages", "max_tokens"})
    quota_headers = "anthropic-ratelimit-requests-limit", "anthropic-ratelimit-requests-remaining"

    @staticmethod
    def message(body: Json, reply: Reply, number: int) -> Json:
        """Build an answer."""
        refused = {"type": "refusal", "category": "cyber", "explanation": None}
        return {
            "id": f"msg_{number:024d}",
            "type": "message",
            "role": "assistant",
            "model": body["model"],
            "content": [{"type": "text", "text": reply.text}] if reply.text else [],
            "stop_reason": reply.stop_reason,
            "stop_sequence": None,
            "stop_details": refused if reply.stop_reason == "refusal" else None,
            "usage": {"input_tokens": count_tokens(last_prompt(body)), "output_tokens": count_tokens(reply.text)},
        }

    @staticmethod
    def error(status: int, message: str) -> Json:
        """Build an error."""
        return {"type": "error", "error": {"type": ERRORS[status][0], "message": message}}

    filtered = error


class OpenAI:
    """The Chat Completions API; a filtered prompt is an error of Azure's there."""

    path, id_header, required = "/v1/chat/completions", "x-request-id", frozenset({"model", "messages"})
    quota_headers = "x-ratelimit-limit-requests", "x-ratelimit-remaining-requests"

    @staticmethod
    def message(body: Json, reply: Reply, number: int) -> Json:
        """Build an answer."""
        message = {"role": "assistant", "content": reply.text, "refusal": reply.refusal}
        asked, said = count_tokens(last_prompt(body)), count_tokens(reply.text or reply.refusal)
        return {
            "id": f"chatcmpl-{number:024d}",
            "object": "chat.completion",
            "created": 1_800_000_000 + number,
            "model": body["model"],
            "choices": [{"index": 0, "message": message, "finish_reason": reply.finish_reason}],
            "usage": {"prompt_tokens": asked, "completion_tokens": said, "total_tokens": asked + said},
        }

    @staticmethod
    def error(status: int, message: str) -> Json:
        """Build an error."""
        _, kind, code = ERRORS[status]
        return {"error": {"message": message, "type": kind, "param": None, "code": code}}

    @staticmethod
    def filtered(status: int, message: str) -> Json:
        """Build the error with which Azure blocks a prompt."""
        result = {"violence": {"filtered": True, "severity": "high"}, "hate": {"filtered": False, "severity": "safe"}}
        inner = {"code": "ResponsibleAIPolicyViolation", "content_filter_result": result}
        error = {"message": message, "type": None, "param": "prompt", "code": "content_filter", "status": status}
        return {"error": error | {"innererror": inner}}


Protocol = type[Anthropic] | type[OpenAI]


class StandIn:
    """A server that lives as long as its `async with` block; `behaviour` may be exchanged meanwhile."""

    def __init__(self, behaviour: Behaviour | None = None, *, port: int = 0) -> None:
        self.behaviour = behaviour or Behaviour()
        self.ledger = Ledger()
        self._port = port
        app = web.Application(client_max_size=2**28)
        self.batches = Batches(
            behaviour=lambda: self.behaviour,
            ledger=lambda: self.ledger,
            answer=partial(self._answer, Anthropic),
            error=Anthropic.error,
            prompt=last_prompt,
        )
        app.add_routes(self.batches.routes)
        app.add_routes([web.post(protocol.path, partial(self._serve, protocol)) for protocol in (Anthropic, OpenAI)])
        app.add_routes([web.get("/ledger", self._show), web.post("/reset", self._reset)])
        self._runner = web.AppRunner(app, access_log=None, handler_cancellation=True, shutdown_timeout=0.05)

    async def __aenter__(self) -> Self:
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", self._port).start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._runner.cleanup()

    @property
    def url(self) -> str:
        """The address without a path, such as `http://127.0.0.1:40123`."""
        return f"http://127.0.0.1:{self._runner.addresses[0][1]}"

    async def _show(self, _: web.Request) -> web.Response:
        return web.json_response({entry.name: getattr(self.ledger, entry.name) for entry in fields(Ledger)})

    async def _reset(self, _: web.Request) -> web.Response:
        self.ledger = Ledger(in_flight=self.ledger.in_flight, max_in_flight=self.ledger.in_flight)
        return web.json_response({})

    async def _serve(self, protocol: Protocol, request: web.Request) -> web.StreamResponse:
        body: Json = await request.json()
        number = self.ledger.open(last_prompt(body))
        try:
            fault = self.behaviour.fault(number, self.ledger.in_flight)
            if fault == "hanging":
                await asyncio.Event().wait()
            if isinstance(fault, int):
                status, payload = int(fault), protocol.error(fault, "The stand-in was told to answer so.")
            else:
                await asyncio.sleep(self.behaviour.latency)
                status, payload = self._answer(protocol, body, number)
            self.ledger.statuses[status] += 1
            response = web.json_response(payload, status=status, headers=self._headers(protocol, status, number))
            if fault == "truncated" or self.behaviour.drip:
                return await self._trickle(request, response, cut=fault == "truncated")
            return response
        finally:
            self.ledger.in_flight -= 1

    def _answer(self, protocol: Protocol, body: Json, number: int) -> tuple[int, Json]:
        if missing := protocol.required - body.keys():
            return 400, protocol.error(400, f"{', '.join(sorted(missing))}: field required")
        try:
            reply = self.behaviour.reply(body)
        except LookupError as error:
            return 400, protocol.error(400, f"the script has no reply: {error!r}")
        if reply.status != 200:
            return reply.status, protocol.filtered(reply.status, FILTERED)
        return 200, protocol.message(body, reply, number)

    def _headers(self, protocol: Protocol, status: int, number: int) -> dict[str, str]:
        chosen = self.behaviour
        headers = {protocol.id_header: f"req_{number:024d}"}
        if status == 429 and chosen.retry_after:
            headers["retry-after"] = chosen.retry_after
        if chosen.quota:
            left = max(0, chosen.quota - chosen.quota_used - number)
            headers |= zip(protocol.quota_headers, (str(chosen.quota), str(left)), strict=True)
        return headers

    async def _trickle(self, request: web.Request, response: web.Response, *, cut: bool) -> web.StreamResponse:
        assert isinstance(response.body, bytes)
        slow = web.StreamResponse(status=response.status, headers=response.headers)
        slow.content_length = length = len(response.body)
        await slow.prepare(request)
        size = -(-length // DRIPS)
        for start in range(0, length // 2 if cut else length, size):
            await asyncio.sleep(self.behaviour.drip / DRIPS)
            await slow.write(response.body[start : start + size])
        if cut and request.transport:
            request.transport.close()
        return slow


def flags(behaviour: Behaviour) -> list[str]:
    """Return the command line that makes the same behaviour in another process."""
    if callable(behaviour.answer):
        raise TypeError("a function cannot go to another process: let `answer` be a file")
    chosen = {name: value for name, value in asdict(behaviour).items() if value != getattr(Behaviour(), name)}
    return [f"--{name.replace('_', '-')}" + ("" if value is True else f"={value}") for name, value in chosen.items()]


def parse(arguments: Sequence[str]) -> tuple[Behaviour, int]:
    """Return the behaviour and the port that a command line names."""
    parser = argparse.ArgumentParser(description="Serve a stand-in model on 127.0.0.1 until standard input closes.")
    parser.add_argument("--port", type=int, default=0)
    for name, default in asdict(Behaviour()).items():
        kind = Path if default is None else type(default)
        how: Json = {"action": "store_true"} if kind is bool else {"type": kind, "default": default}
        parser.add_argument(f"--{name.replace('_', '-')}", **how)
    options = vars(parser.parse_args(arguments))
    port = options.pop("port")
    return Behaviour(**options), port


@contextmanager
def running(behaviour: Behaviour | None = None) -> Iterator[str]:
    """Run a stand-in in a process of its own and yield its URL; it ends with the block, or with this process."""
    command = [sys.executable, "-P", "-m", "tests.stand_in", *flags(behaviour or Behaviour())]
    found = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])])}
    with subprocess.Popen(command, env=found, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        try:
            line = process.stdout.readline()
            if not line:
                raise RuntimeError(f"the stand-in did not start: {command}")
            yield line.split()[-1]
        finally:
            process.kill()


def read_ledger(url: str) -> Ledger:
    """Return the ledger of the stand-in at a URL."""
    with urllib.request.urlopen(f"{url}/ledger", timeout=10) as response:
        entries: Json = json.load(response)
    entries |= {name: Counter(entries[name]) for name in ("prompts", "custom_ids")}
    entries["statuses"] = Counter({int(status): count for status, count in entries["statuses"].items()})
    return Ledger(**entries)


async def serve(behaviour: Behaviour, port: int) -> None:
    """Serve until killed, or until the process at the other end of standard input is gone."""
    async with StandIn(behaviour, port=port) as server:
        sys.stdout.write(f"listening on {server.url}\n")
        sys.stdout.flush()
        kind = os.fstat(sys.stdin.fileno()).st_mode
        if not (stat.S_ISFIFO(kind) or stat.S_ISSOCK(kind)):
            await asyncio.Event().wait()
        reader = asyncio.StreamReader()
        await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
        await reader.read()


if __name__ == "__main__":
    with suppress(KeyboardInterrupt):
        asyncio.run(serve(*parse(sys.argv[1:])))
