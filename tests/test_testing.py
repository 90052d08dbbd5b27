"""The contract test for other people's plugins finds each way to break the contract, and says which."""

import importlib
from collections.abc import AsyncIterator, Mapping, Sequence
from itertools import count
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from refusals.cases import Kind
from refusals.languages import load_languages
from refusals.prompts import Prompt
from refusals.systems import Failure, Reply
from refusals.testing import check_judge, check_made, check_system
from tests.corpora import write_corpus

_NAMES = (f"plugin_{number}" for number in count())

SYSTEM = '''\
"""A guard flags what is longer than it may be."""
from refusals.systems import Decision, Verdict

EXAMPLES = [({"length": 3}, Verdict(decision=Decision.ALLOW)), ({"length": 30}, Verdict(decision=Decision.FLAG))]

def build(spec): ...

def read(raw):
    length = raw.get("length") if isinstance(raw, dict) else None
    if not isinstance(length, int | float) or isinstance(length, bool) or length != length:
        return Verdict(decision=Decision.UNREADABLE, raw=ascii(raw))
    return Verdict(decision=Decision.FLAG if length > 10 else Decision.ALLOW)
'''
JUDGE = '''\
"""A judge takes everything that begins with a no for a refusal."""
from refusals.judges import Judgement
from refusals.plan import Ending
from refusals.systems import Text

EXAMPLES = [(Text(text="No."), Ending.REFUSED), (Text(text="Well."), None)]

class Judge:
    async def judge(self, prompt, reply):
        if isinstance(reply, Text) and reply.text.startswith("No"):
            return Judgement(ending=Ending.REFUSED, judge="no")
        return None

def build(setting):
    return Judge()
'''


@pytest.fixture
def plugin(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Return what writes a module with something replaced, and imports it."""
    monkeypatch.syspath_prepend(str(tmp_path))

    def written(source: str, old: str = "", new: str = "") -> ModuleType:
        assert old in source
        name = next(_NAMES)
        (tmp_path / f"{name}.py").write_text(source.replace(old, new, 1), encoding="utf-8")
        return importlib.import_module(name)

    return written


def test_a_good_system_passes(plugin: Any) -> None:
    """A module that does what the documentation of `refusals.systems` asks is left in peace."""
    check_system(plugin(SYSTEM))


def test_a_good_judge_passes(plugin: Any) -> None:
    """A module that does what the documentation of `refusals.judges` asks is left in peace."""
    check_judge(plugin(JUDGE))


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('"""A guard flags what is longer than it may be."""', "", "has no docstring; its first line says"),
        ("A guard flags what is longer than it may be.", "guard", "the first line of the docstring is no sentence"),
        ("def build(spec)", "def made(spec)", "has no function 'build'"),
        ("def build(spec)", "def build(spec, corpus)", "build must take 1 positional argument"),
        ("def build(spec)", "SEES_CORPUS = True\ndef build(spec)", "build must take 2 positional argument"),
        ("def build(spec)", "def build(*, spec)", "build must take 1 positional argument"),
        ("EXAMPLES", "SAMPLES", "has no EXAMPLES"),
        ("EXAMPLES = [", "EXAMPLES = []\nSAMPLES = [", "has no EXAMPLES"),
        ("EXAMPLES = [", "EXAMPLES = [3, ", r"EXAMPLES\[0\] is not a pair"),
        ("EXAMPLES = [", "EXAMPLES = [({}, True), ", r"EXAMPLES\[0\] expects True; allowed: Text, Verdict, Failure"),
        ('{"length": 3}', '{"length": 13}', r"EXAMPLES\[0\]: read\(\) returns Verdict\(decision=<Decision.FLAG"),
        ('raw.get("length")', 'raw.pop("length", None)', r"EXAMPLES\[0\]: read\(\) changes what it is given"),
        ('raw.get("length")', 'raw["length"]', r"read\(\) of '\{\}' raises KeyError"),
        ("not isinstance(length, int | float)", "length is None", "raises TypeError"),
        ("return Verdict(decision=Decision.UNREADABLE, raw=ascii(raw))", "return None", "returns None; allowed: Text"),
        ("raw=ascii(raw)", "raw=str(length)", r"cannot be stored: 'utf-8' codec can't encode"),
        ("raw=ascii(raw)", "score=float('nan')", "cannot be stored: Out of range float values"),
        ("raw=ascii(raw)", "categories=['a']", "is not the same after it was stored"),
    ],
)
def test_a_system_that_breaks_the_contract_is_told_how(plugin: Any, old: str, new: str, said: str) -> None:
    """Each rule of the contract has a sentence of its own."""
    with pytest.raises(AssertionError, match=said):
        check_system(plugin(SYSTEM, old, new))


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("import aiohttp", r"importing plugin_\d+ loads aiohttp; it must do nothing but define"),
        ("print('Hello')", "prints something; it must do nothing"),
        ("open('log', 'w').close()", "does open 'log'"),
        ("import os; os.mkdir('made')", "does os.mkdir 'made'"),
        ("import os; os.environ['A_KEY'] = 'a'", "changes the environment"),
        ("import sys; sys.path.append('a')", "changes sys.path"),
        ("import logging; logging.basicConfig()", "sets logging up"),
        (
            "import threading, time; threading.Thread(target=time.sleep, args=[9], daemon=True).start()",
            "starts a thread",
        ),
        ("1 / 0", "cannot be imported on its own: .*ZeroDivisionError"),
    ],
)
@pytest.mark.parametrize("kind", ["system", "judge"])
def test_an_import_that_does_something_is_told(
    plugin: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, line: str, said: str, kind: str
) -> None:
    """To import a plugin is to list it, so it costs and changes nothing."""
    monkeypatch.chdir(tmp_path)
    source, check = (SYSTEM, check_system) if kind == "system" else (JUDGE, check_judge)
    module = plugin(source)
    (tmp_path / f"{module.__name__}.py").write_text(f"{source}\n{line}\n", encoding="utf-8")

    with pytest.raises(AssertionError, match=said):
        check(module)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("def build(setting)", "def build(setting, model)", "build must take 1 positional argument"),
        ("Ending.REFUSED)", "'refused')", r"EXAMPLES\[0\] expects 'refused'; allowed: an Ending, or None"),
        ('text="Well."), None', 'text="Well."), Ending.COMPLIED', r"EXAMPLES\[1\]: judge\(\) comes to None, expected"),
        ("return None", "return Ending.UNCLEAR", "returns <Ending.UNCLEAR: 'unclear'>, not a Judgement"),
        ("isinstance(reply, Text) and", "not isinstance(reply, Text) or", "makes Judgement.* of Failure"),
        ('startswith("No")', 'startswith(("No", " "))', r"makes Judgement.* of Text\(text=' "),
    ],
)
def test_a_judge_that_breaks_the_contract_is_told_how(plugin: Any, old: str, new: str, said: str) -> None:
    """A judge is held to its examples, and to deciding nothing of a reply that says nothing."""
    with pytest.raises(AssertionError, match=said):
        check_judge(plugin(JUDGE, old, new))


ASKING = '''\
"""A judge asks its model, and knows as little as the model tells it."""
from refusals.judges import Judgement
from refusals.plan import Ending
from refusals.systems import Text

EXAMPLES = [(Text(text="No."), Ending.JUDGE_FAILED)]

def build(setting):
    assert sorted(setting.languages) == ["xx"]
    return Judge(setting.model)

class Judge:
    def __init__(self, model):
        self.model = model

    async def judge(self, prompt, reply):
        said = [answer async for _, answer in self.model.respond([prompt])]
        return Judgement(ending=Ending.REFUSED if isinstance(said[0], Text) else Ending.JUDGE_FAILED, judge="asking")
'''


def test_a_judge_that_asks_a_model_is_given_one(plugin: Any, tmp_path: Path) -> None:
    """No model is asked in a contract test: the one that is given answers nothing, and the judge says so."""
    languages = load_languages(write_corpus(tmp_path / "corpus", languages=("xx",)) / "translations")

    check_judge(plugin(ASKING), languages=languages)


class Made:
    """A system as it should be."""

    kinds = frozenset({Kind.REQUEST})
    batch: int | None = None
    concurrency = 1
    adaptive = False
    identity: Mapping[str, object] | None = None
    headroom: float | None = None

    async def respond(self, prompts: Sequence[Prompt]) -> AsyncIterator[tuple[str, Reply]]:
        """Yield a failure for each."""
        for prompt in prompts:
            yield prompt.id, Failure(message="nothing is asked")

    async def close(self) -> None:
        """Release nothing."""


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"kinds": frozenset()}, r"Made.kinds is frozenset\(\)"),
        ({"kinds": {Kind.REQUEST}}, "Made.kinds is {"),
        ({"kinds": frozenset({"request"})}, "Made.kinds is frozenset"),
        ({"batch": 0}, "Made.batch is 0; allowed: a number from 1, or None"),
        ({"concurrency": True}, "Made.concurrency is True"),
        ({"adaptive": None}, "Made.adaptive is None"),
        ({"headroom": 1.5}, "Made.headroom is 1.5"),
        ({"identity": {"model": object()}}, "Made.identity cannot be written as JSON"),
        ({"respond": Made.close}, "Made.respond is no async generator"),
        ({"close": print}, "Made.close is not async"),
    ],
)
def test_a_system_is_checked_after_it_was_made(changed: dict[str, Any], said: str) -> None:
    """What the engine reads of a system is of the type that it counts on."""
    check_made(Made())

    with pytest.raises(AssertionError, match=said):
        check_made(type("Made", (Made,), changed)())
