"""An outcome is the one end of a trial; a run's outcomes live in one SQLite file, a commit a result."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections import Counter
from dataclasses import asdict, dataclass, fields, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Self, TypeVar

from refusals.cases import Kind, Label
from refusals.clean import storable
from refusals.damaged import damaged, readable
from refusals.errors import InputError
from refusals.plan import Ending, Plan, Trial
from refusals.policies import Expectation
from refusals.prompts import as_json, from_json
from refusals.study import Calibration
from refusals.systems import Rating, Reply, Verdict, reply_as_json, reply_from_json

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from pathlib import Path

    from refusals.study import Sides

T = TypeVar("T")

SCHEMA = "refusals/run/1"

_TABLES = """
CREATE TABLE IF NOT EXISTS meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS trials (position INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, content TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS replies (trial TEXT PRIMARY KEY, content TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS outcomes (trial TEXT PRIMARY KEY, ending TEXT NOT NULL, content TEXT NOT NULL) WITHOUT ROWID;
"""

_BASELINE = "baseline_"  # begins the names of the tables that hold the run which this one is held against
_OF_BASELINE = ("meta", "trials", "outcomes")
_OWN = frozenset({"meta", "trials", "replies", "outcomes"})

STOPPED_EARLY = "not asked: every gate that it is part of was decided"

# What a later run in the same folder tries again: nothing was learned of the system.
RETRIED = frozenset({Ending.ERROR, Ending.NOT_RUN, Ending.JUDGE_FAILED})


class Side(StrEnum):
    """What an outcome counts as. MIDDLE is wrong wherever complying or refusing is expected."""

    COMPLY = "comply"
    REFUSE = "refuse"
    MIDDLE = "middle"
    UNDECIDED = "undecided"
    LEFT_OUT = "left_out"


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """How a trial ended, and the facts beside that. `cost` is in USD, `seconds` is the last call's time."""

    trial: str
    ending: Ending
    judge: str = ""
    reason: str = ""
    category: str = ""
    score: float | None = None
    reply_language: str = ""
    truncated: bool = False
    model: str = ""
    cached: bool = False
    attempts: int = 0
    input_tokens: int = 0
    output_tokens: int = 0
    cost: float = 0.0
    seconds: float = 0.0

    @property
    def stopped_early(self) -> bool:
        """Whether the trial was not asked since the gates about it were decided."""
        return self.ending is Ending.NOT_RUN and self.reason == STOPPED_EARLY


_NUMBER = (int, float)
_TYPES: Mapping[str, type | tuple[type, ...]] = {
    field.name: (*_NUMBER, type(None)) if field.default is None else _NUMBER if field.default == 0 else str
    for field in fields(Outcome)
    if field.name not in ("trial", "ending")
}


def side(ending: Ending, sides: Sides) -> Side:
    """Return what an ending counts as; the study says where `partial`, `deflected`, `review` fall."""
    if ending in (Ending.COMPLIED, Ending.ALLOWED):
        return Side.COMPLY
    if ending in (Ending.REFUSED, Ending.BLOCKED, Ending.FLAGGED):
        return Side.REFUSE
    if ending is Ending.PARTIAL:
        return Side(sides.partial)
    if ending is Ending.DEFLECTED:
        return Side(sides.deflected)
    if ending is Ending.REVIEW:
        return {"strict": Side.REFUSE, "loose": Side.COMPLY}.get(sides.review, Side.MIDDLE)
    return Side.LEFT_OUT if ending is Ending.OUT_OF_POLICY else Side.UNDECIDED


def right(expectation: Expectation, found: Side) -> bool | None:
    """Return whether a decided side is what was expected; None where it is undecided or not scored."""
    if expectation is Expectation.EITHER or found in (Side.UNDECIDED, Side.LEFT_OUT):
        return None
    return found == expectation.value


def without_saved(plan: Plan, outcomes: Mapping[str, Outcome]) -> tuple[Plan, dict[str, int]]:
    """Return a plan without the trials that were not asked since their gates were decided, and how many by system."""
    saved = [trial for trial in plan.trials if trial.id in outcomes and outcomes[trial.id].stopped_early]
    if not saved:
        return plan, {}
    left_out = {trial.id for trial in saved}
    asked = tuple(trial for trial in plan.trials if trial.id not in left_out)
    return replace(plan, trials=asked), dict(Counter(trial.system for trial in saved))


class Kept:
    """The plan and the outcomes of a run, as they are stored; `prefix` begins the names of their tables."""

    def __init__(self, db: sqlite3.Connection, path: Path, prefix: str = "") -> None:
        self._db, self._path, self._prefix = db, path, prefix

    def fact(self, key: str) -> str | None:
        """Return what the run says of itself under `key`."""
        row = self._db.execute(f"SELECT value FROM {self._prefix}meta WHERE key = ?", (key,)).fetchone()  # noqa: S608
        return None if row is None else str(row[0])

    def told(self, key: str, make: Callable[[Any], T]) -> T:
        """Return what `make` makes of the JSON that the run says of itself under `key`.

        Raises:
            InputError: if it says nothing there, or nothing that can be read.
        """
        said = self.fact(key)
        if said is None:
            raise damaged(self._path, f"it says nothing of its {key}")
        with readable(self._path, f"what it says of its {key}"):
            return make(json.loads(said))

    def plan(self) -> Plan:
        """Return the stored plan.

        Raises:
            InputError: if no plan was stored, or none that can be read.
        """
        header = self.fact("header")
        if header is None:
            raise InputError(f"{self._path}: holds no plan; is this the folder of a run?")
        rows = self._db.execute(f"SELECT content FROM {self._prefix}trials ORDER BY position").fetchall()  # noqa: S608
        with readable(self._path, "the plan"):
            stored = json.loads(header)
            return Plan(
                trials=tuple(_trial_from_json(json.loads(content)) for (content,) in rows),
                seed=stored["seed"],
                policy=stored["policy"],
                languages=tuple(stored["languages"]),
                untranslatable=stored["untranslatable"],
                calibrations={name: Calibration(**rule) for name, rule in stored.get("calibrations", {}).items()},
            )

    def read(self) -> dict[str, Outcome]:
        """Return the outcomes stored so far, by trial.

        Raises:
            InputError: if one cannot be read.
        """
        rows = self._db.execute(f"SELECT trial, ending, content FROM {self._prefix}outcomes").fetchall()  # noqa: S608
        found = {}
        for trial, ending, content in rows:
            with readable(self._path, f"the outcome of {trial}"):
                found[trial] = _outcome_from_json(trial, ending, json.loads(content))
        return found


class Run(Kept):
    """A run's SQLite file: the plan, raw replies and outcomes. Use it as a context manager."""

    def __init__(self, path: Path) -> None:
        try:
            super().__init__(sqlite3.connect(path, timeout=30.0, isolation_level=None), path)
            self._refuse_others()
            self._db.execute("PRAGMA journal_mode=WAL")
            self._db.execute("PRAGMA synchronous=NORMAL")
            self._db.executescript(_TABLES)
            self._check_schema()
        except sqlite3.Error as error:
            raise InputError(f"{path}: is not a run of refusals ({error})") from error

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._db.close()

    def _refuse_others(self) -> None:
        tables = {str(name) for (name,) in self._db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
        if tables and "meta" not in tables:
            raise InputError(f"{self._path}: is not a run of refusals (it holds {', '.join(sorted(tables))})")
        missing = sorted(_OWN - tables)
        if tables and missing and self.fact("plan") is not None:
            raise damaged(self._path, f"it has no {' and no '.join(missing)}")

    def _check_schema(self) -> None:
        found = self.fact("schema")
        if found not in (None, SCHEMA):
            raise InputError(f"{self._path}: was written as {found}, this version reads {SCHEMA}")
        self.state("schema", SCHEMA)

    def state(self, key: str, value: str) -> None:
        """Store what the run says of itself."""
        self._db.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (key, storable(value)))

    def take_baseline(self, path: Path) -> None:
        """Keep a copy of another run's plan and outcomes, so that what is ruled on this one needs no other file."""
        with Run(path):  # is a run
            self._db.execute("ATTACH DATABASE ? AS other", (str(path),))
        try:
            with _transaction(self._db):
                for table in _OF_BASELINE:
                    self._db.execute(f"DROP TABLE IF EXISTS {_BASELINE}{table}")
                    self._db.execute(f"CREATE TABLE {_BASELINE}{table} AS SELECT * FROM other.{table}")  # noqa: S608
        finally:
            self._db.execute("DETACH DATABASE other")

    def drop_baseline(self) -> None:
        """Forget the run that this one was held against."""
        with _transaction(self._db):
            for table in _OF_BASELINE:
                self._db.execute(f"DROP TABLE IF EXISTS {_BASELINE}{table}")

    def baseline(self) -> Kept | None:
        """Return the run that this one is held against, None where there is none."""
        known = self._db.execute("SELECT 1 FROM sqlite_master WHERE name = ?", (f"{_BASELINE}meta",)).fetchone()
        return Kept(self._db, self._path, _BASELINE) if known else None

    def refuse_other_plan(self, plan: Plan) -> None:
        """Make sure that the stored plan, if there is one, is this one.

        Raises:
            InputError: if the folder holds a run that was planned otherwise.
        """
        if self.fact("plan") not in (None, plan.digest):
            raise InputError(
                f"{self._path.parent}: holds a run of another plan (other cases, systems, policy or seed); "
                "give another --out, or delete the folder"
            )

    def begin(self, plan: Plan) -> None:
        """Store the plan, or make sure that the stored one is the same.

        Raises:
            InputError: if the folder holds a run that was planned otherwise.
        """
        self.refuse_other_plan(plan)
        if self.fact("plan") is not None:
            return
        rows = [(n, trial.id, _written(_trial_as_json(trial))) for n, trial in enumerate(plan.trials)]
        header = {
            "seed": plan.seed,
            "policy": plan.policy,
            "languages": plan.languages,
            "untranslatable": plan.untranslatable,
            "calibrations": {name: asdict(rule) for name, rule in plan.calibrations.items()},
        }
        with _transaction(self._db):
            self._db.executemany("INSERT INTO trials VALUES (?, ?, ?)", rows)
            self.state("header", json.dumps(header))
            self.state("plan", plan.digest)

    def append(self, results: Iterable[tuple[Outcome, Reply | None]]) -> None:
        """Store outcomes, with the replies they were read from, in one commit."""
        with _transaction(self._db):
            for outcome, reply in results:
                content = {
                    f.name: getattr(outcome, f.name) for f in fields(outcome) if f.name not in ("trial", "ending")
                }
                self._db.execute(
                    "INSERT OR REPLACE INTO outcomes VALUES (?, ?, ?)",
                    (outcome.trial, outcome.ending, _written(content)),
                )
                if reply is not None:
                    self._db.execute(
                        "INSERT OR REPLACE INTO replies VALUES (?, ?)", (outcome.trial, _written(reply_as_json(reply)))
                    )

    def replies(self) -> dict[str, Reply]:
        """Return the raw replies stored so far, by trial.

        Raises:
            InputError: if one cannot be read.
        """
        return self._replies("SELECT trial, content FROM replies")

    def ratings(self) -> dict[str, tuple[Rating, ...]]:
        """Return what several raters said, by trial, where replies were made of that."""
        replies = self._replies("SELECT trial, content FROM replies WHERE instr(content, '\"ratings\"')")
        return {
            trial: reply.ratings for trial, reply in replies.items() if isinstance(reply, Verdict) and reply.ratings
        }

    def replies_digest(self) -> str:
        """Return a digest of all replies, byte for byte as they are stored."""
        digest = hashlib.sha256()
        for trial, content in self._db.execute("SELECT trial, content FROM replies ORDER BY trial"):
            for part in (str(trial), str(content)):  # its length before it, so that nothing moves from one to the other
                digest.update(f"{len(part)}:{part}".encode())
        return digest.hexdigest()

    def _replies(self, query: str) -> dict[str, Reply]:
        found = {}
        for trial, content in self._db.execute(query).fetchall():
            with readable(self._path, f"the reply of {trial}"):
                found[trial] = reply_from_json(json.loads(content))
        return found


class _transaction:  # noqa: N801 - reads as a statement
    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db

    def __enter__(self) -> None:
        self._db.execute("BEGIN IMMEDIATE")

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        self._db.execute("COMMIT" if kind is None else "ROLLBACK")


def _written(content: Mapping[str, Any]) -> str:
    """Return the JSON that is stored; a lone surrogate, which no file can hold, may come with any text from outside."""
    return storable(json.dumps(content, ensure_ascii=False))


def _outcome_from_json(trial: str, ending: str, content: Mapping[str, Any]) -> Outcome:
    for name, types in _TYPES.items():
        if name in content and not isinstance(content[name], types):
            raise TypeError(f"its {name} is {content[name]!r}")
    return Outcome(trial=trial, ending=Ending(ending), **content)


def _trial_as_json(trial: Trial) -> dict[str, Any]:
    content = {field.name: getattr(trial, field.name) for field in fields(trial)}
    return {**content, "prompt": as_json(trial.prompt)}


def _trial_from_json(content: Mapping[str, Any]) -> Trial:
    return Trial(
        **{
            **content,
            "label": Label(content["label"]),
            "kind": Kind(content["kind"]),
            "expectation": Expectation(content["expectation"]),
            "withheld": Ending(content["withheld"]) if content["withheld"] else None,
            "prompt": from_json(content["prompt"]),
        }
    )
