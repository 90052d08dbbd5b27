"""Texts in the very form that `writing` gives them, read a text at a time.

`rows_as_written` returns what the whole reader and the schema would come to, or None where a file has anything else
in it: then they read it, and say what is wrong with it. So nothing is decided here, and no error made.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from refusals.cases import Kind
from refusals.plainfile import LONGEST

_DAY, _DIGEST = r"[0-9]{4}-[0-9]{2}-[0-9]{2}", "[0-9a-f]{8}"
_NAME = r"[A-Za-z0-9][A-Za-z0-9 _-]*(?<! )"


def _block(margin: int) -> str:
    """Return the pattern of a folded block's lines or of what stands in quotes without escapes, in two groups."""
    line = rf" {{{margin}}}[^ \n\t][^\n]*(?<![ \t])\n"
    return rf'(?:>-\n((?:{line})+)|"([^"\\\n]+)"\n)'


_ROLES = "system|user|assistant|tool"
_TURN = rf"    - role: ({_ROLES})\n      text: {_block(8)}"
_UNGROUPED = re.sub(r"\((?!\?)", "(?:", _TURN)
_EVIDENCE = (
    rf"  evidence:\n    of: ({_DIGEST})\n    back: {_block(6)}(?:    label: (benign|dual_use|harmful)\n)?"
    rf"    by: ({_NAME})\n    on: ({_DAY})\n"
)
_TEXT = re.compile(
    rf"([a-z0-9/_-]+):\n(?:  text: {_block(4)}(?:  reply: {_block(4)})?|  turns:\n((?:{_UNGROUPED})+))"
    rf"  source: ({_DIGEST})\n  by: (machine|human)\n(?:  translator: ({_NAME})\n)?(?:  prompt: ({_DIGEST})\n)?"
    rf"(?:  on: ({_DAY})\n)?  state: (draft|checked)\n({_EVIDENCE})?"
)
_TURNS = re.compile(_TURN)
_COMMENTS = re.compile(r"(?:#[^\n]*\n)*")
_NEEDED = {  # of each kind, whether a text, a reply and turns are there
    Kind.REQUEST: (True, False, False),
    Kind.EXCHANGE: (True, True, False),
    Kind.CONVERSATION: (False, False, True),
    Kind.TRANSCRIPT: (False, False, True),
}


def rows_as_written(text: str, domain: str, kinds: Mapping[str, Kind], file: int) -> list[tuple[Any, ...]] | None:
    r"""Return the rows of a file, in the order of the fields of a row; None if it is in another form, or not right.

    Args:
        text: without characters that no file may have, or other ends of lines than `\n`.
        domain: that all texts of the file must belong to.
        kinds: the kind of every case, by its id.
        file: the number of the file among those of its language.
    """
    begin = _COMMENTS.match(text).end()  # type: ignore[union-attr]  # it matches nothing as well
    line = 1 + text.count("\n", 0, begin)
    found: dict[str, tuple[Any, ...]] = {}
    for entry in iter(_TEXT.scanner(text, begin).match, None):  # type: ignore[attr-defined]  # where one ends the next begins
        groups = entry.groups("")
        case, folded, quoted, reply_folded, reply_quoted, turns = groups[:6]
        source, by, translator, told, on, state, evidence = groups[6:13]
        of, back_folded, back_quoted, label, checker, day = groups[13:]
        prompt = quoted or _joined(folded, 4)
        reply = reply_quoted or _joined(reply_folded, 4)
        said = tuple((turn[1], turn[3] or _joined(turn[2], 8)) for turn in _TURNS.finditer(turns)) if turns else ()
        back = back_quoted or _joined(back_folded, 6)
        kind = kinds.get(case)
        if kind is None or case in found or not case.startswith(domain) or case[len(domain)] != "/":
            return None
        if (prompt != "", reply != "", turns != "") != _NEEDED[kind] or (state == "checked" and not evidence):
            return None
        texts = (prompt, reply, back, *(text for _, text in said))
        if any(text and (len(text) > LONGEST or not text.strip()) for text in texts) or not all(x for _, x in said):
            return None
        seen = (of, checker, day, back, label, ()) if evidence else None
        found[case] = (
            *(case, prompt, reply or None, said, "", source, by, state, translator, told, on),
            *("", "translated", seen, (), (), file, line, 1),
        )
        line += text.count("\n", *entry.span())
        begin = entry.end()
    return list(found.values()) if found and begin == len(text) else None


def _joined(folded: str, margin: int) -> str:
    """Return the lines of a folded block, each of which has this margin, with a space between them."""
    return folded[margin:-1].replace("\n" + " " * margin, " ")
