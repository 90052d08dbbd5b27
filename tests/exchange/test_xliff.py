"""XLIFF: what other tools write in place of ours is understood, and what is dangerous is refused."""

from __future__ import annotations

import pytest

from refusals.errors import InputError
from refusals.exchange import Sheet, Standing
from tests.exchange.sheets import _unit, read_back, written

UNIT = """<xliff version="1.2" xmlns="urn:oasis:names:tc:xliff:document:1.2">
<file original="x" source-language="en" target-language="sw" datatype="plaintext"><body>
<trans-unit id="garden/tree-1/benign#text" {unit}><source>Hello?</source>{target}</trans-unit>
</body></file></xliff>"""


def read_unit(unit: str = "", target: str = "") -> Sheet:
    """Read a file of one unit."""
    return read_back("xliff", UNIT.format(unit=unit, target=target).encode())


@pytest.mark.parametrize(
    ("approved", "target", "state"),
    [
        ("", "", "missing"),
        ("", "<target/>", "missing"),
        ("", '<target state="new"> </target>', "missing"),
        ("", '<target state="needs-translation">a</target>', "stale"),
        ("", '<target state="needs-l10n">a</target>', "stale"),
        ("", "<target>a</target>", "draft"),
        ("", '<target state="needs-review-translation" state-qualifier="mt-suggestion">a</target>', "draft"),
        ("yes", '<target state="needs-review-l10n">a</target>', "draft"),
        ("", '<target state="translated">a</target>', "checked"),
        ("no", '<target state="signed-off">a</target>', "checked"),
        ("yes", '<target state="translated">a</target>', "checked"),
        ("yes", "<target>a</target>", "checked"),
        ("", '<target state="signed-off">a</target>', "reviewed"),
        ("yes", '<target state="final">a</target>', "adjudicated"),
        ("no", '<target state="final">a</target>', "checked"),
        ("", '<target state="translated"/>', "checked"),
        ("", '<target state="x-done">a</target>', "x-done"),
    ],
)
def test_state_and_approval_are_both_read(approved: str, target: str, state: str) -> None:
    """The lower counts: translate-toolkit approves every text that somebody types, which is no review."""
    (unit,) = read_unit(f'approved="{approved}"' if approved else "", target).units

    assert str(unit.state) == state


def test_marks_of_segments_are_seen_through() -> None:
    """The text within them is the text; an element that stands for something else is a problem."""
    (unit,) = read_unit(target='<target>a <mrk mtype="seg" mid="0">b <g id="1">c</g></mrk> d</target>').units
    found = read_unit(target='<target>a <ph id="1">[x]</ph></target>')

    assert unit.text == "a b c d"
    assert found.units == ()
    assert [str(problem) for problem in found.problems] == [
        "sw.xliff:3:1 garden/tree-1/benign#text: there is <ph> within the text; only mrk and g are read"
    ]


def test_the_draft_is_kept_beside_the_target() -> None:
    """A translator who empties the target still sees it, and what the source was before."""
    stale = _unit(1, "new source", "old text", Standing.STALE)
    text = written("xliff", Sheet(language="sw", units=(stale,))).decode()

    assert text.count("old text</target>") == 2
    assert "<alt-trans" in text
    assert "The source was: old text" in text
    assert text.count('xml:space="preserve"') == 2
    assert (
        'state-qualifier="mt-suggestion"'
        in written("xliff", Sheet(language="sw", units=(_unit(1, "a", "b", Standing.DRAFT),))).decode()
    )


BOMB = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;">]><xliff version="1.2">&b;</xliff>'
OUTSIDE = '<?xml version="1.0"?>\n<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/hostname">]><xliff>&a;</xliff>'


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (BOMB, "sw.xliff:1:1 a document type"),
        (OUTSIDE, "sw.xliff:2:1 a document type"),
        ('<!DOCTYPE xliff SYSTEM "http://localhost/x.dtd"><xliff/>', "a document type"),
        ("<xliff>&a;</xliff>", "sw.xliff:1:8 not valid XML: undefined entity"),
        ("<xliff>\n<file>", "sw.xliff:2:7 not valid XML: no element found"),
        ("", "sw.xliff:1:1 not valid XML: no element found"),
        ("<xliff>\x00</xliff>", "not valid XML: not well-formed"),
        ('<?xml version="1.0" encoding="klingon"?><xliff/>', "not valid XML: unknown encoding"),
        ('<xliff version="2.0" xmlns="urn:oasis:names:tc:xliff:document:2.0"/>', "not XLIFF 1.2"),
        ("<html/>", "not XLIFF 1.2"),
    ],
)
def test_what_is_not_plain_xliff_is_refused(text: str, message: str) -> None:
    """No entity is expanded, no document type read, nothing opened; the place is named."""
    with pytest.raises(InputError) as caught:
        read_back("xliff", text.encode())
    assert message in str(caught.value)


def test_a_file_has_one_language() -> None:
    """Two would be brought into one."""
    two = UNIT.format(unit="", target="").replace(
        "</xliff>", '<file original="y" source-language="en" target-language="yo" datatype="plaintext"/></xliff>'
    )

    with pytest.raises(InputError, match="has texts in sw, yo"):
        read_back("xliff", two.encode())
