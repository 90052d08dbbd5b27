"""A program's answers are its own: each is matched by id, and what it does not say is a failure."""

import asyncio
import json
import os
import shlex
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import aclosing, suppress
from pathlib import Path

import pytest

from refusals.cases import Kind, Turn, Wording
from refusals.errors import InputError
from refusals.prompts import Prompt, as_json, render
from refusals.study import SystemSpec
from refusals.systems import Decision, Failure, Reply, Text, Verdict
from refusals.systems.command import Command, build
from refusals.testing import check_made

READ = "import json, sys\nprompts = [json.loads(line) for line in sys.stdin]\n"
ALLOW = 'print(json.dumps({"id": prompt["id"], "decision": "allow"}))\n'


def prompts(count: int) -> list[Prompt]:
    """Return so many prompts that differ."""
    return [render(Wording(prompt=f"How tall is tree {number}?"), Kind.REQUEST, "en") for number in range(count)]


def spec(folder: Path, source: str, *, timeout: float = 60.0, threshold: float | None = None) -> SystemSpec:
    """Write the program into the folder, and return the spec that starts it there."""
    (folder / "guard.py").write_text(source, encoding="utf-8")
    target = shlex.join([sys.executable, "guard.py"])
    return SystemSpec(name="guard", kind="command", target=target, folder=folder, timeout=timeout, threshold=threshold)


async def _answers(system: Command, asked: Sequence[Prompt]) -> list[tuple[str, Reply]]:
    try:
        return [answer async for answer in system.respond(asked)]
    finally:
        await system.close()


def answers(made: SystemSpec, asked: Sequence[Prompt]) -> list[tuple[str, Reply]]:
    """Return what the system answers to one call."""
    return asyncio.run(_answers(build(made), asked))


def failure(folder: Path, source: str, *, timeout: float = 60.0) -> str:
    """Return the message of the failure that a program ends in which answers nothing."""
    [(_, reply)] = answers(spec(folder, source, timeout=timeout), prompts(1))
    assert isinstance(reply, Failure)
    return reply.message


def test_what_is_built_is_a_system(tmp_path: Path) -> None:
    """All prompts go into one call, and nothing is taken from the cache."""
    made = build(spec(tmp_path, ""))

    check_made(made)
    assert made.batch is None
    assert made.identity is None
    assert made.kinds == {Kind.REQUEST}


def test_a_program_is_sent_each_prompt_as_a_line_of_json(tmp_path: Path) -> None:
    """The program sees every field of a prompt and nothing else; reply and turns are null where there are none."""
    asked = [
        render(Wording(prompt="Cut\u2028in \U0001f600 two\n"), Kind.REQUEST, "en"),
        render(Wording(prompt="Is it ripe?", reply="Yes."), Kind.EXCHANGE, "sw"),
        render(Wording(turns=(Turn(role="user", text="Well?"),)), Kind.CONVERSATION, "sw"),
    ]
    source = READ + 'for prompt in prompts:\n    print(json.dumps({"id": prompt["id"], "text": json.dumps(prompt)}))'

    got = [json.loads(reply.text) for _, reply in answers(spec(tmp_path, source), asked) if isinstance(reply, Text)]

    assert [as_json(prompt) for prompt in asked] == got


def test_answers_may_come_in_any_order(tmp_path: Path) -> None:
    """An answer belongs to the prompt whose id it repeats, wherever it stands."""
    asked = prompts(50)
    source = (
        READ + 'for prompt in reversed(prompts):\n    print(json.dumps({"id": prompt["id"], "text": prompt["prompt"]}))'
    )

    got = dict(answers(spec(tmp_path, source), asked))

    assert {prompt.id: Text(text=prompt.text) for prompt in asked} == got


def test_an_answer_is_yielded_before_the_program_has_ended(tmp_path: Path) -> None:
    """What was answered before a crash is not lost, so an answer is handed on when it comes."""
    source = (
        "import json, pathlib, sys, time\n"
        "for line in sys.stdin:\n"
        '    print(json.dumps({"id": json.loads(line)["id"], "flagged": True}))\n'
        '    while not pathlib.Path("go-on").exists(): time.sleep(0.01)\n'
    )
    system = build(spec(tmp_path, source))
    asked = prompts(3)

    async def run() -> list[str]:
        got = []
        async for identity, _ in system.respond(asked):
            got.append(identity)
            (tmp_path / "go-on").touch()
        return got

    assert [prompt.id for prompt in asked] == asyncio.run(run())


def test_full_pipes_block_neither_side(tmp_path: Path) -> None:
    """A program may write more than a pipe holds, on both streams, before it reads on."""
    asked = prompts(1500)
    source = (
        "import json, sys\n"
        "for line in sys.stdin:\n"
        '    print("x" * 4000, file=sys.stderr)\n'
        '    print(json.dumps({"id": json.loads(line)["id"], "text": "y" * 4000}))\n'
    )

    got = answers(spec(tmp_path, source), asked)

    assert len(asked) == len(got)
    assert all(reply == Text(text="y" * 4000) for _, reply in got)


def test_a_prompt_without_an_answer_is_a_failure(tmp_path: Path) -> None:
    """A program that ends well and leaves a prompt out has not allowed it."""
    asked = prompts(3)
    got = dict(answers(spec(tmp_path, READ + f"for prompt in prompts[1:]:\n    {ALLOW}"), asked))

    assert got[asked[0].id] == Failure(message="no answer for this id; the program ended with exit code 0")
    assert got[asked[1].id] == got[asked[2].id] == Verdict(decision=Decision.ALLOW)


def test_a_crash_is_told_with_its_code_and_last_words(tmp_path: Path) -> None:
    """The way out of a crash is in its last line, so that is what the failure says."""
    asked = prompts(2)
    source = READ + f"prompt = prompts[0]\n{ALLOW}sys.stdout.flush()\nraise SystemError('no such layer')"
    got = dict(answers(spec(tmp_path, source), asked))

    assert got[asked[0].id] == Verdict(decision=Decision.ALLOW)
    reply = got[asked[1].id]
    assert isinstance(reply, Failure)
    assert "exit code 1" in reply.message
    assert "SystemError: no such layer" in reply.message


@pytest.mark.skipif(sys.platform == "win32", reason="there are no signals")
def test_a_signal_is_told_by_name(tmp_path: Path) -> None:
    """A program that the system has killed did not fail by itself."""
    assert "SIGKILL" in failure(tmp_path, "import os, signal; os.kill(os.getpid(), signal.SIGKILL)")


def test_a_program_that_reads_nothing_breaks_nothing(tmp_path: Path) -> None:
    """A pipe that the program closed is no error of ours: the prompts are unanswered."""
    asked = prompts(5000)
    got = answers(spec(tmp_path, "import sys; sys.exit(3)"), asked)

    assert {prompt.id for prompt in asked} == {identity for identity, _ in got}
    assert all(isinstance(reply, Failure) and "exit code 3" in reply.message for _, reply in got)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ('{"id": "FIRST", "flagged": true}', "guard (output):2:1 a second answer to the id 'FIRST'"),
        ('{"id": "abc", "flagged": true}', "guard (output):2:1 an answer to the id 'abc', which was not asked"),
        ('{"id": 7, "flagged": true}', "guard (output):2:1 an answer to the id 7, which was not asked"),
        ('{"flagged": true}', "guard (output):2:1 the answer has no `id`"),
        ("Loading weights ...", "guard (output):2:1 the line is not a JSON object: Expecting value; print logs on"),
        ('{"id": "abc", "flagged": tru}', "guard (output):2:26 the line is not a JSON object"),
        ('["allow"]', "guard (output):2:1 the line is not a JSON object but list"),
        ('{"id": "SECOND", "id": "SECOND"}', "guard (output):2:1 the line is not a JSON object: the key 'id' stands"),
        ("[" * 100_000, "guard (output):2:1 the line is not a JSON object: "),
        ("9" * 5000, "guard (output):2:1 the line is not a JSON object: "),
        ("\\xff", "guard (output):2:1 the line is not UTF-8; print logs on stderr"),
    ],
)
def test_a_broken_contract_stops_the_run(tmp_path: Path, line: str, said: str) -> None:
    """An answer that belongs to no prompt may be anybody's, so nothing of such a program is used."""
    first, second = (prompt.id for prompt in prompts(2))
    written = line.replace("FIRST", first).replace("SECOND", second)
    raw = b"\xff" if line == "\\xff" else written.encode()
    source = READ + f'print(json.dumps({{"id": {first!r}, "flagged": False}}), flush=True)\n'
    source += f"sys.stdout.buffer.write({raw!r} + b'\\n')"

    with pytest.raises(InputError) as caught:
        answers(spec(tmp_path, source), prompts(2))

    assert str(caught.value).startswith(said.replace("FIRST", first))


def test_blank_lines_and_a_byte_order_mark_say_nothing(tmp_path: Path) -> None:
    """What editors and consoles add is no answer, and a last line need not end."""
    source = READ + (
        'answer = json.dumps({"id": prompts[0]["id"], "score": None, "flagged": True})\n'
        'sys.stdout.buffer.write(("\\ufeff" + answer + "\\r\\n\\n  \\n").encode())\n'
        'sys.stdout.buffer.write(json.dumps({"id": prompts[1]["id"], "decision": "review"}).encode())\n'
    )

    got = [reply for _, reply in answers(spec(tmp_path, source), prompts(2))]

    assert [Verdict(decision=Decision.FLAG), Verdict(decision=Decision.REVIEW)] == got


@pytest.mark.parametrize("size", [2**20, 2**23 - 100])
def test_a_line_may_be_long(tmp_path: Path, size: int) -> None:
    """An answer of up to 8 MiB is read whole."""
    source = READ + f'print(json.dumps({{"id": prompts[0]["id"], "text": "z" * {size}}}))'
    [(_, reply)] = answers(spec(tmp_path, source), prompts(1))

    assert isinstance(reply, Text)
    assert reply.text == "z" * size


@pytest.mark.parametrize("end", ["", "\\n"])
def test_a_line_may_not_be_endless(tmp_path: Path, end: str) -> None:
    """A program that never ends its line must not fill the memory."""
    source = f"import sys\nsys.stdout.write('z' * {2**23 + 1} + '{end}')\nsys.stdout.flush()"

    with pytest.raises(InputError, match="line 1 of the program's output has more than 8,388,608 bytes"):
        answers(spec(tmp_path, source), prompts(1))


def test_a_score_alone_needs_a_threshold(tmp_path: Path) -> None:
    """No threshold is taken for granted: without one the run stops and says how to give it."""
    source = READ + 'for prompt in prompts:\n    print(json.dumps({"id": prompt["id"], "score": 0.4}))'

    [(_, reply)] = answers(spec(tmp_path, source, threshold=0.3), prompts(1))
    assert reply == Verdict(score=0.4, threshold=0.3)

    with pytest.raises(InputError, match=r"`threshold: 0\.5` under it in the study, or give --threshold guard=0\.5"):
        answers(spec(tmp_path, source), prompts(1))


def test_a_silent_program_is_ended(tmp_path: Path) -> None:
    """A hang must not hold the run for ever, and what was not answered is a failure that says so."""
    asked = prompts(2)
    source = READ + f"import time\nprompt = prompts[0]\n{ALLOW}print('stuck', file=sys.stderr)\ntime.sleep(600)"
    got = dict(answers(spec(tmp_path, source, timeout=1.0), asked))

    assert got[asked[0].id] == Verdict(decision=Decision.ALLOW)
    reply = got[asked[1].id]
    assert isinstance(reply, Failure)
    assert (
        "no sign of life for 1 s and was ended (`timeout` allows more); its last line on stderr: stuck" in reply.message
    )


def test_a_program_that_closes_its_output_and_stays_is_ended(tmp_path: Path) -> None:
    """The end of the output is not the end of the program."""
    message = failure(tmp_path, "import os, sys, time\nos.close(1)\ntime.sleep(600)", timeout=1.0)

    assert "no sign of life" in message


def test_progress_on_stderr_is_a_sign_of_life(tmp_path: Path) -> None:
    """A program that answers at its very end, and reports progress until then, is not hung."""
    source = (
        READ + "import time\nfor _ in range(8):\n    time.sleep(0.25)\n    print('.', file=sys.stderr, flush=True)\n"
    )
    source += f"for prompt in prompts:\n    {ALLOW}"
    [(_, reply)] = answers(spec(tmp_path, source, timeout=1.0), prompts(1))

    assert reply == Verdict(decision=Decision.ALLOW)


FORKS = """\
import pathlib, subprocess, sys, time
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
pathlib.Path("children").write_text(str(child.pid))
for line in sys.stdin: pass
pathlib.Path("ready").touch()
time.sleep(600)
"""


def wait_until(holds: Callable[[], bool]) -> None:
    """Wait until something holds, for half a minute at most."""
    for _ in range(3000):
        if holds():
            return
        time.sleep(0.01)
    raise AssertionError("it never came to hold")


def is_gone(identity: int) -> bool:
    """Return whether a process is gone, or a zombie that its new parent has yet to bury."""
    try:
        os.kill(identity, 0)
        return Path(f"/proc/{identity}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0] == "Z"
    except (ProcessLookupError, FileNotFoundError):
        return True


@pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
@pytest.mark.parametrize("how", ["cancel", "close"])
def test_a_cancelled_run_ends_the_program_and_its_children(tmp_path: Path, how: str) -> None:
    """Nothing that a run has started outlives it."""
    system = build(spec(tmp_path, FORKS))

    async def run() -> None:
        task = asyncio.create_task(_answers(system, prompts(1)))
        await asyncio.to_thread(wait_until, (tmp_path / "ready").exists)
        if how == "cancel":
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task
        else:
            await system.close()
            await task

    asyncio.run(run())
    child = int((tmp_path / "children").read_text())
    wait_until(lambda: is_gone(child))


def test_answers_may_be_left_off(tmp_path: Path) -> None:
    """A reader that stops reading ends the program, for nobody else will."""
    system = build(spec(tmp_path, READ + f"import time\nfor prompt in prompts:\n    {ALLOW}time.sleep(600)"))

    async def run() -> list[str]:
        async with aclosing(system.respond(prompts(3))) as replies:
            return [(await anext(replies))[0]]

    assert [prompts(1)[0].id] == asyncio.run(run())


def test_arguments_reach_the_program_as_they_are_written(tmp_path: Path) -> None:
    """No shell reads the target: quotes group words and nothing else means anything."""
    made = spec(tmp_path, READ + 'print(json.dumps({"id": prompts[0]["id"], "text": json.dumps(sys.argv[1:])}))')
    target = f"{made.target} 'two words' $HOME *.py ; | > out"
    [(_, reply)] = answers(SystemSpec(name="guard", kind="command", target=target, folder=tmp_path), prompts(1))

    assert isinstance(reply, Text)
    assert json.loads(reply.text) == ["two words", "$HOME", "*.py", ";", "|", ">", "out"]


@pytest.mark.parametrize(
    ("target", "said"),
    [
        ("", "lacks what it drives; write command:PROGRAM ARGS"),
        ("no-such-program-anywhere --fast", "the program 'no-such-program-anywhere' is not on the PATH"),
        ("./missing", "missing does not exist; paths are relative to"),
        ("./plain.txt", "plain.txt may not be executed; allow it"),
        ("'open", "cannot be split into words: No closing quotation"),
        ("''", "names no program"),
    ],
)
def test_a_program_that_cannot_be_started_is_told_before_the_run(tmp_path: Path, target: str, said: str) -> None:
    """A wrong target is an error of the study, not of every cell."""
    (tmp_path / "plain.txt").write_text("not a program")

    with pytest.raises(InputError) as caught:
        build(SystemSpec(name="guard", kind="command", target=target, folder=tmp_path))

    assert said in str(caught.value)


def test_options_are_refused(tmp_path: Path) -> None:
    """A setting that nothing obeys is not ignored in silence."""
    options = (("batch", "4"),)

    with pytest.raises(InputError, match="takes no `options`; found batch"):
        build(SystemSpec(name="guard", kind="command", target=sys.executable, folder=tmp_path, options=options))


def test_a_program_without_a_format_stops_the_run(tmp_path: Path) -> None:
    """A file that may be executed but cannot be is told with the system's own reason."""
    (tmp_path / "guard").write_bytes(b"\x00\x01")
    (tmp_path / "guard").chmod(0o755)

    with pytest.raises(InputError, match="cannot be started"):
        answers(SystemSpec(name="guard", kind="command", target="./guard", folder=tmp_path), prompts(1))
