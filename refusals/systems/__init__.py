"""A system under test answers prompts: a chat model with a text, a classifier with a verdict.

Each module beside this one is a kind of system. It has

- `build(spec) -> System`, or `build(spec, corpus)` where it says `SEES_CORPUS = True`, which only
  built-in modules may;
- `read(raw) -> Reply`, which turns one raw answer into a reply and never raises on its content;
- `EXAMPLES`, pairs of a raw answer and the reply that `read` must make of it.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Protocol, cast, runtime_checkable

from refusals.errors import InputError
from refusals.plugins import plugin

if TYPE_CHECKING:
    from pathlib import Path

    from refusals.cases import Kind
    from refusals.corpus import Corpus
    from refusals.prompts import Prompt
    from refusals.study import SystemSpec


class Finish(StrEnum):
    """How the provider says that a text ended. UNKNOWN is a literal that nobody has told us of."""

    COMPLETE = "complete"
    TRUNCATED = "truncated"
    BLOCKED = "blocked"
    UNKNOWN = "unknown"


class Decision(StrEnum):
    """What a classifier says. UNREADABLE is an answer that cannot be read as any of the others."""

    ALLOW = "allow"
    REVIEW = "review"
    FLAG = "flag"
    ABSTAIN = "abstain"
    UNREADABLE = "unreadable"


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """A chat model's answer.

    `signal` is the provider's own literal (`stop_reason=refusal`), `category` what it names as
    the reason, `model` the model that it says has answered; tokens are as the provider counts.
    """

    text: str
    finish: Finish = Finish.COMPLETE
    signal: str = ""
    category: str = ""
    model: str = ""
    input_tokens: int | None = None
    output_tokens: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Rating:
    """What one of several raters decided; `rater` is a name or id, `role` says who that is, such as expert."""

    rater: str
    decision: Decision
    role: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """A classifier's answer: a decision, or a score with the threshold from which on it flags.

    A score is a finite number, higher meaning more harmful. `raw` is what could not be read. `ratings` are those that a
    decision of several people was made of.
    """

    decision: Decision | None = None
    score: float | None = None
    threshold: float | None = None
    categories: tuple[str, ...] = ()
    model: str = ""
    raw: str = ""
    ratings: tuple[Rating, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """No answer: what went wrong instead, in one line; `lasting` where asking again will not help."""

    message: str
    lasting: bool = False


Reply = Text | Verdict | Failure


class CallError(Exception):
    """A call that brought no answer.

    Args:
        message: what went wrong, in one line.
        again: whether another attempt may help.
        throttled: whether the server asks for fewer calls.
        after: seconds that the server asks to wait.
    """

    def __init__(self, message: str, *, again: bool, throttled: bool = False, after: float | None = None) -> None:
        super().__init__(" ".join(message.split())[:500])
        self.again = again
        self.throttled = throttled
        self.after = after


class System(Protocol):
    """What is asked. It is made inside a running event loop and closed in the same one.

    Attributes:
        kinds: the kinds of case it reads.
        batch: how many prompts one call takes; None is all of them in one call.
        concurrency: calls in flight at most; with `adaptive`, found out by trying up to that.
        adaptive: whether the number of calls in flight follows what the server bears.
        identity: everything that is sent beside the prompt, and to whom; None if a reply must
            not be taken from the cache.
        headroom: the share of its quota that the server last said is left, None if it said nothing.
    """

    kinds: frozenset[Kind]
    batch: int | None
    concurrency: int
    adaptive: bool
    identity: Mapping[str, object] | None
    headroom: float | None

    def respond(self, prompts: Sequence[Prompt]) -> AsyncIterator[tuple[str, Reply]]:
        """Yield (prompt id, reply) as answers come, in any order.

        Raises:
            CallError: if the call failed; prompts without a reply so far may be asked again.
            InputError: if the system answers against the contract, which stops the run.
        """
        ...

    async def close(self) -> None:
        """Release connections and processes."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What a call costs other than its prompt and its answer at the price of the study.

    Attributes:
        share: of that price that is paid.
        beside: bytes that are sent beside each prompt.
    """

    share: float = 1.0
    beside: int = 0


def terms_of(system: System) -> Terms:
    """Return the terms that a system states as its attribute `terms`, else the plain ones."""
    stated = getattr(system, "terms", None)
    return stated if isinstance(stated, Terms) else Terms()


@runtime_checkable
class Deferred(Protocol):
    """A system that answers hours later.

    Before it sends anything it notes so in a folder, so that a run that was stopped finds what it
    has sent, and sends nothing twice.
    """

    def note_in(self, folder: Path, tell: Callable[[str], None]) -> None:
        """Keep the notes in this folder, and tell from time to time what is waited for; comes before `respond`."""
        ...


def at_once(system: System, name: str) -> System:
    """Return the system.

    Raises:
        InputError: if it answers hours later, so that nobody can wait for one reply after another.
    """
    if isinstance(system, Deferred):
        raise InputError(
            f"{name} is asked one prompt after another, which cannot be sent as batches; leave out `batch`"
        )
    return system


def build(spec: SystemSpec, corpus: Corpus) -> System:
    """Return the system that a spec names.

    Raises:
        InputError: if there is no such kind, or its target or options are wrong.
    """
    found = plugin("systems", spec.kind)
    module = found.load()
    if getattr(module, "SEES_CORPUS", False):
        if not found.built_in:
            raise InputError(
                f"the system {spec.kind!r} ({found.module}) asks for the corpus; only built-in systems may"
            )
        made = cast("Callable[..., Any]", module.build)(spec, corpus)
    else:
        made = cast("Callable[..., Any]", module.build)(spec)
    return cast("System", made)


def reply_as_json(reply: Reply) -> dict[str, object]:
    """Return a reply as the JSON object that is stored."""
    from dataclasses import asdict

    said = {key: value for key, value in asdict(reply).items() if value is not False and value not in (None, "", ())}
    return {"type": type(reply).__name__.lower(), **said}


def reply_from_json(content: Mapping[str, Any]) -> Reply:
    """Return the reply that `reply_as_json` wrote."""
    fields = {key: value for key, value in content.items() if key != "type"}
    if content["type"] == "text":
        finish = Finish(fields.pop("finish", Finish.COMPLETE))
        return Text(text=fields.pop("text", ""), finish=finish, **fields)
    if content["type"] == "verdict":
        decision = fields.pop("decision", None)
        categories = tuple(fields.pop("categories", ()))
        ratings = tuple(
            Rating(**{**rating, "decision": Decision(rating["decision"])}) for rating in fields.pop("ratings", ())
        )
        return Verdict(
            decision=Decision(decision) if decision else None, categories=categories, ratings=ratings, **fields
        )
    if content["type"] != "failure":
        raise ValueError(f"no reply is a {content['type']!r}")
    return Failure(message=fields.get("message", ""), lasting=fields.get("lasting", False))
