"""Models in this process: a classifier, a guard and a chat model, with weights that are made here.

Without torch most of this is skipped; `make test-local` runs it in an environment of its own.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from refusals.cases import Kind
from refusals.cli import run_command
from refusals.errors import InputError
from refusals.prompts import Prompt
from refusals.study import SystemSpec
from refusals.systems import Decision, Failure, Reply, Text, Verdict, reply_as_json, transformers
from tests.corpora import LABELS, prompt, write_corpus
from tests.processes import endings_of, plan_of
from tests.systems.hostile_answers import replaced
from tests.systems.tiny_models import write_classifier, write_guard, write_sentencepiece_chat

PROMPTS = {label: prompt(1, label) for label in LABELS}
LINES = {"benign": "safe", "dual_use": "That depends.", "harmful": "unsafe\nS2"}
TEXTS = [prompt(number, label) for number in (1, 2) for label in LABELS]
SPEC = SystemSpec(name="t", kind="transformers", target="model", timeout=120.0, max_tokens=12)
local = pytest.mark.skipif(
    find_spec("torch") is None,
    reason="torch is not installed: local models were not tested; `make test-local` does",
)


def prompt_of(text: str, number: int = 0) -> Prompt:
    """Return a request."""
    return Prompt(id=f"p{number}", kind=Kind.REQUEST, language="en", text=text)


def ask(spec: SystemSpec, texts: Sequence[str]) -> list[Reply]:
    """Ask all at once, as the runner does."""

    async def run() -> list[Reply]:
        system = transformers.build(spec)
        asked = [prompt_of(text, number) for number, text in enumerate(texts)]
        try:
            found = {identity: reply async for identity, reply in system.respond(asked)}
        finally:
            await system.close()
        return [found[each.id] for each in asked]

    return asyncio.run(run())


@pytest.fixture(name="guard", scope="module")
def _guard(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with a guard that knows its lines on the first family."""
    return write_guard(
        tmp_path_factory.mktemp("guard") / "model", {PROMPTS[each]: LINES[each] for each in LABELS}, TEXTS
    )


@pytest.fixture(name="classifier", scope="module")
def _classifier(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with a classifier."""
    return write_classifier(tmp_path_factory.mktemp("classifier") / "model", TEXTS, ("harmless", "harmful", "unclear"))


def without_weights(folder: Path, architecture: str, **config: Any) -> Path:
    """Write what `build` looks at, without torch."""
    folder.mkdir(exist_ok=True)
    (folder / "config.json").write_text(json.dumps({"architectures": [architecture], **config}), "utf-8")
    return folder


@given(st.sampled_from([raw for raw, _ in transformers.EXAMPLES if isinstance(raw, dict) and raw]).flatmap(replaced))
def test_no_answer_is_too_strange_to_be_read(raw: Any) -> None:
    """Whatever stands in an answer, the reply can be stored, and probabilities that are none decide nothing."""
    reply = transformers.read(raw)

    json.dumps(reply_as_json(reply), ensure_ascii=False).encode()
    if isinstance(reply, Verdict) and reply.decision is not Decision.UNREADABLE:
        assert all(0 <= share <= 1 for share in raw["probabilities"].values())
        assert set(raw["harmful"]) <= set(raw["probabilities"])


@local
def test_a_classifier_says_what_it_says_of_each_text_alone(classifier: Path) -> None:
    """A batch with its padding changes nothing; the score is the probability of what is harmful."""
    import torch
    from transformers import AutoModelForSequenceClassification, AutoTokenizer

    tokenizer, model = (
        each.from_pretrained(classifier) for each in (AutoTokenizer, AutoModelForSequenceClassification)
    )
    spec = replace(SPEC, folder=classifier.parent, options=(("harmful", "harmful; unclear"), ("device", "cpu")))
    texts = [text[:length] for text in TEXTS for length in (9, 24, 60)]

    found = ask(spec, texts)

    decisions = set()
    for text, reply in zip(texts, found, strict=True):
        with torch.inference_mode():
            shares = model(**tokenizer(text, return_tensors="pt")).logits[0].softmax(-1).tolist()
        assert isinstance(reply, Verdict)
        assert reply.score == pytest.approx(shares[1] + shares[2], abs=1e-4)
        assert reply.decision is (Decision.ALLOW if max(shares) == shares[0] else Decision.FLAG)
        decisions.add(reply.decision)
    assert decisions == {Decision.ALLOW, Decision.FLAG}
    (first,) = ask(replace(spec, threshold=0.5), texts[:1])
    assert isinstance(first, Verdict)
    assert (first.decision, first.threshold) == (None, 0.5)


@local
def test_labels_that_do_not_exclude_each_other_have_probabilities_of_their_own(tmp_path: Path) -> None:
    """As the checkpoint says (`multi_label_classification`), or the study."""
    write_classifier(tmp_path / "model", TEXTS, ("hate", "news"), problem_type="multi_label_classification")
    spec = replace(SPEC, folder=tmp_path, options=(("harmful", "hate"),))

    for reply in ask(spec, TEXTS):
        assert isinstance(reply, Verdict)
        assert reply.score is not None
        assert reply.decision is (Decision.FLAG if reply.score >= 0.5 else Decision.ALLOW)


@local
def test_a_text_that_is_too_long_is_an_error_and_is_not_cut(classifier: Path) -> None:
    """A guard that is shown the first half would judge another text; the others of the batch are judged."""
    spec = replace(SPEC, folder=classifier.parent, options=(("harmful", "harmful"),))

    first, second = ask(spec, [TEXTS[0] * 20, TEXTS[1]])

    assert isinstance(first, Failure)
    assert "are more than the 64 that it takes" in first.message
    assert isinstance(second, Verdict)


@local
def test_a_guard_is_read_as_over_a_server(guard: Path) -> None:
    """`safe`, codes, and what is no verdict; the score is the probability that the first token is `unsafe`."""
    spec = replace(SPEC, folder=guard.parent, options=(("guard", "llama_guard"), ("version", "2"), ("batch", "2")))

    benign, dual_use, harmful = ask(spec, [PROMPTS[label] for label in LABELS])

    assert isinstance(benign, Verdict)
    assert isinstance(harmful, Verdict)
    assert (benign.decision, harmful.decision, harmful.categories) == (Decision.ALLOW, Decision.FLAG, ("S2",))
    assert benign.score is not None
    assert harmful.score is not None
    assert 0 <= benign.score < 0.1
    assert 0.9 < harmful.score <= 1
    assert dual_use == Verdict(decision=Decision.UNREADABLE, model="model", raw="That depends.")
    assert transformers.build(spec).taxonomy == "llama-guard-2"


@local
def test_the_score_is_what_the_weights_say(guard: Path) -> None:
    """Of each text alone, without padding, from the logits after the template."""
    import torch
    from transformers import AutoModelForCausalLM, AutoTokenizer

    tokenizer, model = (each.from_pretrained(guard) for each in (AutoTokenizer, AutoModelForCausalLM))
    found = ask(replace(SPEC, folder=guard.parent, options=(("guard", "llama_guard"),)), list(PROMPTS.values()))
    for text, reply in zip(PROMPTS.values(), found, strict=True):
        turns = [{"role": "user", "content": text}]
        ids = tokenizer.apply_chat_template(turns, add_generation_prompt=True, return_tensors="pt", return_dict=True)
        with torch.inference_mode():
            odds = model(**ids).logits[0, -1].softmax(-1)
        assert isinstance(reply, Verdict)
        if reply.score is not None:
            assert reply.score == pytest.approx(odds[tokenizer.convert_tokens_to_ids("unsafe")].item(), abs=1e-4)
    assert any(isinstance(reply, Verdict) and reply.score is not None for reply in found)


@local
def test_a_guard_of_probabilities_needs_no_words(guard: Path) -> None:
    """ShieldGemma's calls, one a policy, are answered together; a guard without Yes and No is unreadable."""
    (guard.parent / "policies.yaml").write_text("harm: No harm.\nhate: No hate.\n", "utf-8")
    options = (("guard", "shieldgemma"), ("policies", "policies.yaml"))

    (reply,) = ask(replace(SPEC, folder=guard.parent, options=options, threshold=0.5), [PROMPTS["benign"]])

    assert isinstance(reply, Verdict)
    assert reply.decision is Decision.UNREADABLE


@local
def test_random_weights_are_never_safe(tmp_path: Path) -> None:
    """A guard that has learned nothing says nothing that is a verdict."""
    write_guard(tmp_path / "model", {}, TEXTS)

    for reply in ask(replace(SPEC, folder=tmp_path, options=(("guard", "llama_guard"),)), TEXTS):
        assert isinstance(reply, Verdict)
        assert reply.decision is Decision.UNREADABLE


@local
def test_a_chat_model_with_a_sentencepiece_tokenizer_answers(tmp_path: Path) -> None:
    """In the words that its weights give, each text as it would be alone, and cut where `max-tokens` says so."""
    import torch
    from transformers import AutoModelForCausalLM, AutoTokenizer

    folder = write_sentencepiece_chat(tmp_path / "model", TEXTS * 5)
    tokenizer, model = (each.from_pretrained(folder) for each in (AutoTokenizer, AutoModelForCausalLM))
    found = ask(replace(SPEC, folder=tmp_path), TEXTS[:4])

    for text, reply in zip(TEXTS, found, strict=False):
        ids = tokenizer(f"[user] {text}\n", add_special_tokens=False, return_tensors="pt")
        with torch.inference_mode():
            made = model.generate(**ids, max_new_tokens=12, do_sample=False, pad_token_id=0)
        said = made[0, ids["input_ids"].shape[1] :].tolist()
        length = said.index(2) if 2 in said else len(said)
        expected = tokenizer.decode(said[:length], skip_special_tokens=True)
        assert isinstance(reply, Text)
        assert (reply.text, reply.output_tokens) == (expected, length)
        assert reply.input_tokens == ids["input_ids"].shape[1]
        assert reply.finish == ("complete" if length < len(said) else "truncated")
    assert len({reply.text for reply in found if isinstance(reply, Text)}) > 1


@local
def test_weights_that_are_not_there_are_not_made_up(guard: Path, tmp_path: Path) -> None:
    """A classifier without its head would decide at random, and nobody see it."""
    from transformers import AutoModelForCausalLM, AutoTokenizer

    AutoModelForCausalLM.from_pretrained(guard).model.save_pretrained(tmp_path / "model")
    AutoTokenizer.from_pretrained(guard).save_pretrained(tmp_path / "model")
    config = json.loads((tmp_path / "model" / "config.json").read_text("utf-8"))
    changed = {**config, "architectures": ["LlamaForSequenceClassification"], "num_labels": 2}
    (tmp_path / "model" / "config.json").write_text(json.dumps(changed), "utf-8")

    with pytest.raises(InputError, match="lacks weights, which would be random: score"):
        ask(replace(SPEC, folder=tmp_path, options=(("harmful", "LABEL_1"),)), TEXTS[:1])


@local
def test_what_is_no_number_decides_nothing(guard: Path, classifier: Path, tmp_path: Path) -> None:
    """Weights that overflow give NaN, whose largest token is the first of the vocabulary."""
    from transformers import AutoModelForCausalLM, AutoModelForSequenceClassification, AutoTokenizer

    for name, folder, kind in (
        ("guard", guard, AutoModelForCausalLM),
        ("classifier", classifier, AutoModelForSequenceClassification),
    ):
        broken = kind.from_pretrained(folder)
        for weights in list(broken.parameters())[-1:]:
            weights.data.fill_(float("nan"))
        broken.save_pretrained(tmp_path / name)
        AutoTokenizer.from_pretrained(folder).save_pretrained(tmp_path / name)
    spec = replace(SPEC, folder=tmp_path)

    (said,) = ask(replace(spec, target="guard", options=(("guard", "llama_guard"),)), TEXTS[:1])
    (found,) = ask(replace(spec, target="classifier", options=(("harmful", "harmful"),)), TEXTS[:1])

    assert isinstance(said, Failure)
    assert "no number" in said.message
    assert isinstance(found, Verdict)
    assert found.decision is Decision.UNREADABLE


@local
def test_the_engine_counts_each_verdict_as_what_it_is(
    guard: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """From a study to the outcomes: every benign case is allowed, every harmful one flagged, the others unreadable."""
    monkeypatch.chdir(tmp_path)
    write_corpus(tmp_path, families=1)
    use = f"use: transformers:{guard}"
    study = f"systems:\n  tiny:\n    {use}\n    options: {{guard: llama_guard}}\nlanguages: [en]\ncorpus: .\n"
    (tmp_path / "refusals.yaml").write_text(study, "utf-8")
    run_command(["run", "refusals.yaml", "--out", "run"])

    endings, trials = endings_of(tmp_path / "run"), plan_of(tmp_path / "run").trials
    expected = {"benign": "allowed", "dual_use": "unreadable", "harmful": "flagged"}
    assert {str(trial.label): endings[trial.id] for trial in trials} == expected
    assert len(endings) == 3


@pytest.mark.parametrize(
    ("architecture", "changes", "said"),
    [
        ("", {"target": "nothing"}, "has no config.json, and none is downloaded"),
        ("BertModel", {}, "is BertModel; allowed: …ForSequenceClassification, …ForCausalLM"),
        ("BertForSequenceClassification", {}, "`harmful` names the labels that flag"),
        ("BertForSequenceClassification", {"options": (("harmful", "LABEL_7"),)}, "'LABEL_7' is none; did you mean"),
        ("BertForSequenceClassification", {"options": (("harmful", "LABEL_0;LABEL_1"),)}, "would flag everything"),
        ("BertForSequenceClassification", {"options": (("harmful", "LABEL_1"), ("several", "1"))}, "allowed: yes, no"),
        ("BertForSequenceClassification", {"options": (("harmful", "LABEL_1"), ("version", "3"))}, "option 'version'"),
        ("BertForSequenceClassification", {"options": (("harmful", "LABEL_1"), ("batch", "0"))}, "batch is '0'"),
        ("BertForSequenceClassification", {"options": (("harmful", "LABEL_1"), ("dtype", "int4"))}, "dtype cannot be"),
        ("BertForSequenceClassification", {"options": (("harmful", "LABEL_1"), ("device", "tpu"))}, "device is 'tpu'"),
        ("LlamaForCausalLM", {"options": (("harmful", "LABEL_1"),)}, "has no labels; leave out 'harmful'"),
        ("LlamaForCausalLM", {"options": (("guard", "llama"),)}, "did you mean 'llama_guard'"),
        ("LlamaForCausalLM", {"options": (("guard", "always_refuse"),)}, "no guard that stands behind a server"),
        ("LlamaForCausalLM", {"options": (("guard", "recorded"),)}, "no guard that stands behind a server"),
        ("LlamaForCausalLM", {"options": (("guard", "llama_guard"), ("version", "9"))}, "version cannot be '9'"),
        ("LlamaForCausalLM", {"key": "MY_KEY"}, "takes no key"),
        ("LlamaForCausalLM", {"kinds": ("exchange",)}, "reads no 'exchange'"),
    ],
)
def test_what_is_wrong_has_a_way_out(architecture: str, changes: dict[str, Any], said: str, tmp_path: Path) -> None:
    """Nothing that a study says of a model is ignored in silence, and no download is tried."""
    without_weights(tmp_path / "model", architecture)

    with pytest.raises(InputError, match=said):
        transformers.build(replace(SPEC, folder=tmp_path, **changes))


def test_other_weights_and_options_are_another_system(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Replies of the model before are not taken from the cache."""
    monkeypatch.setattr(transformers, "version", lambda _: "1")
    without_weights(tmp_path / "model", "LlamaForCausalLM")
    spec = replace(SPEC, folder=tmp_path, options=(("guard", "llama_guard"),))
    specs = (spec, replace(spec, options=()), replace(spec, threshold=0.5), replace(spec, max_tokens=9, options=()))
    found = [transformers.build(each).identity for each in specs]
    (tmp_path / "model" / "weights").write_bytes(b"1")
    found.append(transformers.build(spec).identity)

    assert len({json.dumps(identity, sort_keys=True) for identity in found}) == 5
    assert str(tmp_path) not in json.dumps(found)


def test_without_torch_the_message_says_what_installs_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An extra that is not there is bad input, not a crash."""
    import sys

    def missing(_: str) -> str:
        raise transformers.PackageNotFoundError

    monkeypatch.setattr(transformers, "version", missing)
    monkeypatch.setitem(sys.modules, "torch", None)
    without_weights(tmp_path / "model", "LlamaForCausalLM")

    with pytest.raises(InputError, match=r"pip install 'refusals\[transformers\]'"):
        transformers.build(replace(SPEC, folder=tmp_path))
