"""Notes of batches outlive the process, and hold each question at most once."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from refusals.errors import InputError
from refusals.systems._batch_notes import FILE, BatchNotes


def test_what_was_noted_is_found_by_another_process(tmp_path: Path) -> None:
    """Before the id of the batch is known, and after."""
    notes = BatchNotes(tmp_path)
    written = notes.write(["a", "b"], newest="msgbatch_7")
    other = BatchNotes(tmp_path)
    before = other.posted({"b"})
    named = notes.name(written, "msgbatch_8")
    after = other.posted({"a", "z"})
    notes.close()

    assert before == [written]
    assert after == [named]
    assert (written.batch, named.batch, named.newest) == ("", "msgbatch_8", "msgbatch_7")
    assert other.posted({"z"}) == []
    assert other.known() == {"msgbatch_8"}
    other.close()


def test_ids_tell_nothing_and_are_never_the_same(tmp_path: Path) -> None:
    """They are what the API takes, and the same question sent again has another one."""
    notes = BatchNotes(tmp_path)
    first = notes.write(["harmful/1", "b"], newest="")
    notes.drop(first.keys)
    second = notes.write(["harmful/1", "b"], newest="")
    notes.close()

    assert sorted(first.keys.values()) == sorted(second.keys.values())
    assert not first.keys.keys() & second.keys.keys()
    assert all(re.fullmatch("[a-f0-9]{40}", identity) for identity in (*first.keys, *second.keys))


def test_what_got_no_reply_is_struck_out_alone(tmp_path: Path) -> None:
    """The rest of the batch stays, and so does its id."""
    notes = BatchNotes(tmp_path)
    posted = notes.name(notes.write(["a", "b"], newest=""), "msgbatch_1")
    notes.drop(identity for identity, key in posted.keys.items() if key == "a")

    assert notes.posted({"a"}) == []
    assert list(notes.posted({"b"})[0].keys.values()) == ["b"]
    notes.drop(posted.keys)
    assert notes.posted({"a", "b"}) == []
    assert notes.known() == {"msgbatch_1"}
    notes.close()


def test_a_question_is_on_its_way_once(tmp_path: Path) -> None:
    """A second note of the same question is an error, and changes nothing."""
    import sqlite3

    notes = BatchNotes(tmp_path)
    posted = notes.write(["a"], newest="")
    with pytest.raises(sqlite3.IntegrityError):
        notes.write(["b", "a"], newest="")

    assert notes.posted({"a", "b"}) == [posted]
    notes.close()


def test_another_file_is_left_alone(tmp_path: Path) -> None:
    """What is no notes is said to be none."""
    (tmp_path / FILE).write_text("no database at all, and longer than the header of one" * 20, "utf-8")

    with pytest.raises(InputError, match=r"batches\.sqlite: holds no notes of batches"):
        BatchNotes(tmp_path)
