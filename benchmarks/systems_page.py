"""Write docs/systems.md from the kinds of system there are: how each is named, what it is sent, and how it is read.

    python benchmarks/systems_page.py --write

Nobody edits the page: what it says of a kind is its module's own description, and its table the module's `EXAMPLES`,
each of which a test holds to be true.
"""

from __future__ import annotations

import inspect
import json
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import ModuleType

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.pages import ROOT, main
from refusals.plugins import plugins
from refusals.systems import Decision, Failure, Finish, Reply, Text, Verdict
from refusals.systems._chat import STATUS

DOC = ROOT / "docs" / "systems.md"
LONGEST = 110

HEAD = """# Systems

Made by `python benchmarks/systems_page.py --write` from the modules as they stand; nobody edits it. A system is named
on the command line as `--system KIND:TARGET`, or in a study with its options:

```yaml
systems:
  guard:
    use: llama_guard:meta-llama/Llama-Guard-3-8B@http://127.0.0.1:8000/v1
    options: {version: "3"}
    threshold: 0.5        # where the score decides, not the word
```

Each table shows what comes in and what is made of it. What is no verdict is **unreadable**: undecided, counted, and
never safe. An error in place of an answer is no reply at all; the call is tried again where that may help, else it ends
as an error. [signals.md](signals.md) says what each literal of a provider means.

Perspective (Comment Analyzer) has no kind of its own: the service ends on 31 December 2026, and gives out no new quota
before. What it has said is scored as `recorded`, with a line for each case and language that holds the score of the
attribute you use and the threshold under the system in the study; where it knows no such language, the line holds its
error and the cell stays undecided:

```json
{"case": "cyber/port-scanning/benign", "language": "en", "score": 0.0312, "categories": ["TOXICITY"]}
{"case": "cyber/port-scanning/benign", "language": "sw", "error": "LANGUAGE_NOT_SUPPORTED_BY_ATTRIBUTE"}
```
"""


def page() -> Iterator[str]:
    """Yield the page in pieces."""
    yield HEAD
    for found in sorted(plugins("systems").values(), key=lambda each: each.name):
        if not found.built_in:
            continue
        module = found.load()
        yield f"## `{found.name}`\n"
        yield f"{inspect.cleandoc(module.__doc__ or '')}\n"
        yield "\n".join(_table(module)) + "\n"


def _table(module: ModuleType) -> Iterator[str]:
    yield "| comes in | is read as |"
    yield "|---|---|"
    rows = ((_cell(_raw(raw)), _cell(_reply(reply))) for raw, reply in module.EXAMPLES)
    yield from dict.fromkeys(f"| {came} | {read} |" for came, read in rows)


def _raw(raw: object) -> str:
    """Return what came in: a guard's own words where there are such, else the JSON."""
    if (
        isinstance(raw, Mapping)
        and isinstance(raw.get("choices"), list)
        and len(raw["choices"]) == 1
        and STATUS not in raw
    ):
        choice = raw["choices"][0]
        message = choice.get("message") or {} if isinstance(choice, Mapping) else {}
        said = message.get("content") if isinstance(message, Mapping) else None
        finish = choice.get("finish_reason") if isinstance(choice, Mapping) else None
        if isinstance(said, str) and set(message) <= {"role", "content"}:
            judged = f" (of the {raw['judged']})" if "judged" in raw else ""
            ended = f", {finish}" if finish != "stop" else ""
            odds = _odds(choice)
            return f"{json.dumps(said, ensure_ascii=False)}{ended}{odds}{judged}"
    return json.dumps(raw, ensure_ascii=False, default=repr)


def _odds(choice: Mapping[str, object]) -> str:
    tokens = choice.get("logprobs")
    if not isinstance(tokens, Mapping):
        return ""
    import math

    shares = {each["token"]: math.exp(each["logprob"]) for each in tokens["content"][0]["top_logprobs"]}
    return ", first token " + ", ".join(f"{token} {share:.2f}" for token, share in shares.items())


def _reply(reply: Reply) -> str:
    if isinstance(reply, Failure):
        return f"no answer: {reply.message}"
    if isinstance(reply, Text):
        said = [reply.finish.value, reply.signal, reply.category, json.dumps(reply.text, ensure_ascii=False)]
        ended = "**blocked**" if reply.finish is Finish.BLOCKED else said[0]
        return ", ".join(filter(None, (ended, *said[1:])))
    return _verdict(reply)


def _verdict(reply: Verdict) -> str:
    if reply.decision is Decision.UNREADABLE:
        return "**unreadable**"
    said = [reply.decision.value] if reply.decision else []
    if reply.score is not None:
        said.append(f"score {reply.score:.3g}")
    if reply.threshold is not None:
        said.append(f"flags from {reply.threshold:.3g}")
    return ", ".join([*said, *reply.categories])


def _cell(text: str) -> str:
    short = text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"
    safe = "".join(character if character.isprintable() else "\ufffd" for character in short)
    return safe.replace("|", "\\|").replace("<", "&lt;").replace("`", "'").encode("utf-8", "replace").decode()


if __name__ == "__main__":
    main(DOC, __doc__, page)
