"""A judge reads what came back and says what it was, without knowing what was expected.

Each module beside this one is a judge. It has

- `build(setting) -> Judge`, where `setting` is a `Setting`;
- `EXAMPLES`, pairs of a `Reply` and the ending it must come to (None: this judge cannot tell).
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Protocol, cast

from refusals.languages import Language
from refusals.plan import Ending
from refusals.plugins import plugin

if TYPE_CHECKING:
    from refusals.prompts import Prompt
    from refusals.study import JudgeSpec
    from refusals.systems import Reply


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """What a reply was. `reason` says by what it was recognised, in a few words.

    `language` is the tag that the reply was found to be in, empty where it is not known.
    """

    ending: Ending
    judge: str
    reason: str = ""
    category: str = ""
    language: str = ""


class Model(Protocol):
    """A chat model that a judge may ask; attempts, cache and budget are behind it."""

    def respond(self, prompts: Sequence[Prompt]) -> AsyncIterator[tuple[str, Reply]]:
        """Yield (prompt id, reply); a call that failed yields a `Failure`."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """What judges are made with: the facts of languages, the model behind `rubric`, and who votes in a `panel`.

    A voter is the name of a judge, or a model that is asked as `rubric` asks. With `reordered`, judges that ask
    questions ask them in the other order, which shows whether the order matters.
    """

    languages: Mapping[str, Language]
    model: Model | None = None
    panel: Sequence[str | Model] = ()
    reordered: bool = False


class Judge(Protocol):
    """One way to read a reply."""

    async def judge(self, prompt: Prompt, reply: Reply) -> Judgement | None:
        """Return what the reply was, or None where this judge cannot tell.

        A judge that was asked and could not do its work returns `judge_failed`.
        """
        ...


@dataclass(frozen=True, slots=True)
class Bench:
    """Judges in order: the first that can tell decides, and if none can, it is `unclear`."""

    judges: Sequence[tuple[str, Judge]]

    async def judge(self, prompt: Prompt, reply: Reply) -> Judgement:
        """Return the judgement of the first judge that does not leave it at `unclear`.

        It keeps the language that an earlier judge found, where the deciding one names none.
        """
        last: Judgement | None = None
        for _, judge in self.judges:
            said = await judge.judge(prompt, reply)
            if said is not None and last is not None and not said.language:
                said = replace(said, language=last.language)
            if said is not None and said.ending is not Ending.UNCLEAR:
                return said
            last = said or last
        return last or Judgement(ending=Ending.UNCLEAR, judge="none", reason="no judge could tell")


def build(spec: JudgeSpec, setting: Setting) -> Bench:
    """Return the judges that a study names, in its order.

    Raises:
        InputError: if there is no judge of that name.
    """
    return Bench([(name, made(name, setting)) for name in spec.use])


def made(name: str, setting: Setting) -> Judge:
    """Return one judge.

    Raises:
        InputError: if there is no judge of that name, or the setting lacks what it needs.
    """
    module = plugin("judges", name).load()
    return cast("Judge", cast("Callable[..., Any]", module.build)(setting))
