"""A corpus is read strictly: a file that is broken anywhere is refused there, naming what stood there."""

from __future__ import annotations

import copy
import json
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from refusals.cases import load_cases
from refusals.corpus import find_corpus, load_corpus
from refusals.errors import InputError
from refusals.schema import conform, schema
from refusals.study import load_study
from refusals.yamlfile import parse_yaml, read_yaml

ROOT = Path(__file__).parent.parent
KINDS = ("family", "domain", "language", "translations", "study", "policy")

SAMPLES = {
    "family": ROOT / "cases" / "cyber" / "port-scanning.yaml",
    "domain": ROOT / "cases" / "cyber" / "_domain.yaml",
    "language": ROOT / "translations" / "sw" / "_language.yaml",
    "translations": ROOT / "translations" / "sw" / "cyber.yaml",
    "study": ROOT / "refusals" / "scaffold" / "refusals.yaml",
    "policy": ROOT / "refusals" / "policies" / "strict.yaml",
}

PLAIN = getattr(yaml, "CBaseLoader", yaml.BaseLoader)  # the same data, in a tenth of the time where there is libyaml

# What no schema of ours takes anywhere: a text nobody would write there.
STRANGE = "‡not-a-value‡"


@cache
def sample(kind: str) -> Any:
    """Return plain data of a valid file: its first entries, which have every key that there is to break."""
    data = yaml.load(SAMPLES[kind].read_text("utf-8"), PLAIN)
    return dict(list(data.items())[:6]) if kind == "translations" else data


def every_place(data: Any, trail: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Return the way to every node of plain data."""
    inner = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    return [trail, *(place for key, value in inner for place in every_place(value, (*trail, key)))]


def changed(data: Any, trail: tuple[Any, ...], value: Any) -> Any:
    """Return a copy with the node at `trail` replaced."""
    if not trail:
        return value
    made = copy.deepcopy(data)
    inner = made
    for key in trail[:-1]:
        inner = inner[key]
    inner[trail[-1]] = value
    return made


def written(data: Any) -> bytes:
    """Write plain data as YAML, every scalar quoted."""
    return (
        yaml.dump(data, allow_unicode=True, default_style='"', width=10_000, sort_keys=False)
        .replace("!!str ", "")
        .encode()
    )


@pytest.mark.parametrize("kind", KINDS)
@given(data=st.data())
def test_a_valid_file_broken_at_any_node_is_refused_there(kind: str, data: st.DataObject) -> None:
    """A node of the wrong shape is named with its place, and the value that stood there."""
    valid = sample(kind)
    trail = data.draw(st.sampled_from(every_place(valid)))
    node = valid
    for key in trail:
        node = node[key]
    broken = changed(valid, trail, STRANGE if isinstance(node, dict | list) else [STRANGE])
    text = written(broken)

    with pytest.raises(InputError) as error:
        conform(parse_yaml(text, "broken.yaml"), kind)

    place = error.value.place
    assert place is not None
    line = text.decode().splitlines()[place.line - 1]
    assert STRANGE in line[place.column - 1 :] or STRANGE in str(error.value)


@pytest.mark.parametrize("kind", KINDS)
@given(data=st.data())
def test_an_unknown_key_is_refused_wherever_keys_are_fixed(kind: str, data: st.DataObject) -> None:
    """A misspelt key is never ignored, and the nearest one is named."""
    valid = sample(kind)
    mappings = [trail for trail in every_place(valid) if _fixed_keys(kind, trail)]
    trail = data.draw(st.sampled_from(mappings)) if mappings else ()
    broken = changed(valid, (*trail, "promt"), "x")

    with pytest.raises(InputError, match=r"broken\.yaml:\d+:\d+ .*'promt'"):
        conform(parse_yaml(written(broken), "broken.yaml"), kind)


def _fixed_keys(kind: str, trail: tuple[Any, ...]) -> bool:
    fixed = {
        "family": {0, 2},
        "domain": {0},
        "language": {0},
        "translations": {1},
        "study": {0},
        "policy": {0},
    }
    return len(trail) in fixed[kind] and (kind != "family" or len(trail) == 0 or trail[0] == "cases")


@pytest.mark.parametrize("kind", KINDS)
def test_the_schemas_are_json_schema(kind: str) -> None:
    """Editors read the very files that the loader obeys."""
    jsonschema.Draft202012Validator.check_schema(schema(kind))


@pytest.mark.parametrize("kind", ["family", "domain", "language", "translations", "policy"])
def test_another_validator_agrees_on_every_file_of_the_corpus(kind: str) -> None:
    """Our small reading of JSON Schema and the reference one accept the same files."""
    patterns = {
        "family": ("cases", "*/[a-z]*.yaml"),
        "domain": ("cases", "*/_domain.yaml"),
        "language": ("translations", "*/_language.yaml"),
        "translations": ("translations", "*/[a-z]*.yaml"),
        "policy": ("refusals/policies", "*.yaml"),
    }
    folder, pattern = patterns[kind]
    relaxed = json.loads(json.dumps(schema(kind)).replace('"type": "integer"', '"type": "string"'))
    relaxed = json.loads(json.dumps(relaxed).replace('"minimum": 1, "maximum": 3', '"minLength": 1'))
    validator = jsonschema.Draft202012Validator(relaxed)
    files = sorted((ROOT / folder).glob(pattern))

    assert files
    for path in files:
        conform(read_yaml(path), kind)
        data = yaml.load(path.read_text("utf-8"), PLAIN)
        assert [error.message for error in validator.iter_errors(data)] == [], path


def corpus_with(tmp_path: Path, files: dict[str, str]) -> Path:
    """Write a small corpus, then the given files over it."""
    from tests.corpora import write_corpus

    write_corpus(tmp_path, families=2, languages=("en", "sw"))
    for name, text in files.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    return tmp_path


def test_no_is_not_a_language(tmp_path: Path) -> None:
    """`no` would be a boolean in YAML 1.1 and names two languages besides; the message says which."""
    language = (
        (ROOT / "translations" / "sw" / "_language.yaml").read_text("utf-8").replace("language: sw", "language: no", 1)
    )
    corpus = corpus_with(tmp_path, {"translations/no/_language.yaml": language})

    with pytest.raises(InputError, match=r"_language\.yaml:\d+:\d+ 'no' does not name one language; write nb"):
        load_corpus(corpus)


def test_no_is_not_a_language_in_a_study(tmp_path: Path) -> None:
    """The same in a study, where it is only looked up."""
    from refusals.plan import make_plan
    from refusals.policies import load_policy

    (tmp_path / "refusals.yaml").write_text("languages: [no]\n")
    study = load_study(tmp_path / "refusals.yaml")
    corpus = load_corpus(corpus_with(tmp_path, {}))

    with pytest.raises(InputError, match=r"no language 'no'; .*allowed: en, sw"):
        make_plan(corpus, [], load_policy("default", tmp_path), study.selection)


def test_a_family_lies_where_its_id_says(tmp_path: Path) -> None:
    """The file tree is the index: an id that differs from its path is refused."""
    corpus = corpus_with(tmp_path, {})
    family = next(path for path in (corpus / "cases").rglob("*.yaml") if not path.name.startswith("_"))
    family.rename(family.with_name("elsewhere.yaml"))

    with pytest.raises(InputError, match=r"elsewhere\.yaml:1:9 the family is called"):
        load_cases(corpus / "cases")


def test_a_translation_of_no_case_is_refused_with_the_nearest(tmp_path: Path) -> None:
    """A case that was renamed leaves no orphan behind unseen."""
    corpus = corpus_with(tmp_path, {})
    path = next(path for path in (corpus / "translations" / "sw").glob("[a-z]*.yaml"))
    path.write_text(path.read_text("utf-8").replace("/benign:", "/benign-9:", 1), "utf-8")

    with pytest.raises(InputError, match=r"no case has the id '.*/benign-9'; did you mean"):
        load_corpus(corpus)


def test_a_checked_translation_has_evidence(tmp_path: Path) -> None:
    """Nobody writes `reviewed` without saying what was found."""
    corpus = corpus_with(tmp_path, {})
    path = next(path for path in (corpus / "translations" / "sw").glob("[a-z]*.yaml"))
    path.write_text(path.read_text("utf-8").replace("state: draft", "state: reviewed", 1), "utf-8")

    with pytest.raises(InputError, match="the state reviewed needs `evidence`"):
        load_corpus(corpus)


def test_a_text_has_one_label(tmp_path: Path) -> None:
    """Two cases with the same text cannot both be right."""
    from refusals.cases import Kind
    from refusals.plan import Reader, make_plan
    from refusals.policies import load_policy
    from refusals.study import Selection

    corpus_folder = corpus_with(tmp_path, {})
    family = next(path for path in sorted((corpus_folder / "cases").rglob("*.yaml")) if not path.name.startswith("_"))
    data = yaml.load(family.read_text("utf-8"), yaml.BaseLoader)
    data["cases"]["harmful"]["prompt"] = data["cases"]["benign"]["prompt"]
    family.write_bytes(written(json.loads(json.dumps(data))))
    reader = Reader(name="x", kinds=frozenset(Kind))

    with pytest.raises(InputError, match="have the same text in en; a text has one label"):
        make_plan(load_corpus(corpus_folder), [reader], load_policy("default", tmp_path), Selection())


def test_the_project_s_own_corpus_is_whole() -> None:
    """Fourteen domains with twelve families each, every text that a language is to have, none of them stale."""
    corpus = load_corpus(find_corpus(None, ROOT))
    families = [family for family in corpus.families if not family.language]
    cases = [(family.kind, case.id) for family in families for case in family.cases]

    assert len(corpus.domains) == 14
    assert min(sum(f.domain == d.id for f in families) for d in corpus.domains) >= 12
    assert {len({case.label for case in family.cases}) for family in families} == {3}
    for tag in corpus.tags[1:]:
        if not corpus.languages[tag].variant_of:
            due = [case for kind, case in cases if kind in corpus.languages[tag].kinds]
            assert [case for case in due if (tag, case) not in corpus.translations] == [], tag
            assert len(due) >= 504
    assert [key for key, text in corpus.translations.items() if text.stale] == []


def test_every_language_has_what_judge_and_controls_need() -> None:
    """Thirty refusal phrases and more, and held-out ones that no list has."""
    corpus = load_corpus(find_corpus(None, ROOT))
    for tag in corpus.tags:
        language = corpus.languages[tag]
        assert len(set(language.refusals)) >= 30, tag
        assert len(set(language.refusals_held_out)) >= 10, tag
        assert not set(language.refusals) & set(language.refusals_held_out), tag
