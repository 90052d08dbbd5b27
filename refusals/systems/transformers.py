"""`transformers:FOLDER` runs a model of Hugging Face's format in this process; FOLDER is relative to the study.

It wants `pip install 'refusals[transformers]'`, downloads nothing and runs no code that comes with weights. Which of
three it is follows from the folder's `config.json` and the options:

- a sequence classifier, where `harmful` names the labels that flag, with a semicolon between them: `harmful: LABEL_1`.
  Its score is their probability. The likeliest label decides, or the threshold of the study. Where several labels can
  hold at once (`problem_type: multi_label_classification`, or the option `several: "yes"`), each flags from a half on;
- a guard that is a language model, where `guard` names its kind: `guard: llama_guard`. It is sent the same, takes the
  same options (`version: "3"`), and is read by the same reader, as behind a server;
- a chat model, where neither is there. It answers greedily.

`batch` (8) is how many texts it takes at once, `dtype` and `device` are those of torch. A text that is longer than the
model takes is an error, and is not cut. Weights that are not in the folder stop the run: they would be random. Of an
exchange a classifier judges the reply. A gpt-oss-safeguard wants a server, which takes its channels apart.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import replace
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING, Any, cast

from refusals.cases import Kind
from refusals.errors import InputError, nearest
from refusals.plugins import plugin
from refusals.systems import Reply, _chat_completions, _local_classifier
from refusals.systems._extra import library
from refusals.systems._local_classifier import LocalClassifier
from refusals.systems._local_model import LanguageModel, digest
from refusals.systems._local_server import Local, LocalServer
from refusals.systems._server import Served
from refusals.systems._settings import kinds_of
from refusals.yamlfile import read_bytes

if TYPE_CHECKING:
    from pathlib import Path

    from refusals.study import SystemSpec

ADAPTER = "transformers/1"  # a new number makes cached replies stale
CHAT = "openai_compatible"  # the kind that a chat model in this process is asked and read as
BATCH = 8
_DTYPES = ("auto", "float32", "bfloat16", "float16")
_OWN = ("batch", "dtype", "device", "guard", "harmful", "several")
EXAMPLES: tuple[tuple[object, Reply], ...] = (*_local_classifier.EXAMPLES, *_chat_completions.EXAMPLES[:1])


def build(spec: SystemSpec) -> Local | LocalClassifier:
    """Return the system; the weights are loaded when it is asked first.

    Raises:
        InputError: if a library is not there, or the target, an option or a kind is missing or wrong.
    """
    if spec.key:
        raise InputError(f"{spec.name}: a model in this process takes no key; leave out `key`")
    folder = spec.folder / spec.target
    if not spec.target or not (folder / "config.json").is_file():
        raise InputError(
            f"{spec.name}: {folder} is no folder with a model: it has no config.json, and none is downloaded"
        )
    config = _config(folder)
    architecture = next(iter(config.get("architectures") or [""]))
    options = dict(spec.options)
    own = {name: options.pop(name) for name in _OWN if name in options}
    if architecture.endswith("ForSequenceClassification"):
        return _classifier(spec, folder, config, {**own, **options})
    if not architecture.endswith("ForCausalLM"):
        raise InputError(
            f"{folder}: is {architecture or 'of no architecture'}; allowed: …ForSequenceClassification, …ForCausalLM"
        )
    if wrong := next((name for name in ("harmful", "several") if name in own), None):
        raise InputError(f"{spec.name}: a {architecture} has no labels; leave out {wrong!r}")
    return _language_model(spec, folder, own, options)


def read(raw: object) -> Reply:
    """Return what an answer says: a classifier's probabilities, or a chat model's as a server would give it."""
    if isinstance(raw, Mapping) and "choices" in raw:
        return _chat_completions.read(raw)
    return _local_classifier.read(raw)


def _config(folder: Path) -> dict[str, Any]:
    try:
        found = json.loads(read_bytes(folder / "config.json"))
    except ValueError as error:
        raise InputError(f"{folder / 'config.json'}: is no JSON: {error}") from None
    return found if isinstance(found, dict) else {}


def _common(spec: SystemSpec, own: Mapping[str, str]) -> tuple[int, str, str]:
    """Return batch, dtype and device."""
    batch, dtype, device = own.get("batch", str(BATCH)), own.get("dtype", "auto"), own.get("device", "")
    if not re.fullmatch("[1-9][0-9]{0,3}", batch):
        raise InputError(f"{spec.name}: batch is {batch!r}; allowed: a number from 1 to 9999")
    if dtype not in _DTYPES:
        raise InputError(f"{spec.name}: dtype cannot be {dtype!r}; {nearest(dtype, list(_DTYPES))}")
    if not re.fullmatch(r"|cpu|mps|(cuda|xpu)(:\d+)?", device):
        raise InputError(f"{spec.name}: device is {device!r}; allowed: cpu, cuda, cuda:1, xpu, mps")
    return int(batch), dtype, device


def _facts(folder: Path, dtype: str) -> dict[str, object]:
    """Return what a model's answers depend on beside what it is sent."""
    try:
        versions = {name: version(name) for name in ("torch", "transformers")}
    except PackageNotFoundError:
        for name in ("torch", "transformers"):
            library(name, "transformers")
        versions = {}
    return {"adapter": ADAPTER, "weights": digest(folder), "dtype": dtype, **versions}


def _classifier(spec: SystemSpec, folder: Path, config: Mapping[str, Any], own: Mapping[str, str]) -> LocalClassifier:
    allowed = [name for name in _OWN if name != "guard"]
    if wrong := next((name for name in own if name not in allowed), None):
        raise InputError(f"{spec.name}: a classifier has no option {wrong!r}; {nearest(wrong, allowed)}")
    named = config.get("id2label")
    labels = list(named.values()) if isinstance(named, dict) else ["LABEL_0", "LABEL_1"]
    harmful = tuple(dict.fromkeys(each.strip() for each in own.get("harmful", "").split(";") if each.strip()))
    if not harmful or not set(harmful) <= set(labels):
        wrong = next((each for each in harmful if each not in labels), "")
        raise InputError(
            f"{spec.name}: `harmful` names the labels that flag, and {wrong!r} is none; {nearest(wrong, labels)}"
        )
    several = own.get("several", "yes" if config.get("problem_type") == "multi_label_classification" else "no")
    if several not in ("yes", "no"):
        raise InputError(f"{spec.name}: several cannot be {several!r}; allowed: yes, no")
    if several == "no" and (set(harmful) == set(labels) or len(set(labels)) < len(labels)):
        raise InputError(f"{spec.name}: with {', '.join(harmful)} among {', '.join(labels)} it would flag everything")
    batch, dtype, device = _common(spec, own)
    facts = {"harmful": list(harmful), "several": several, "threshold": spec.threshold}
    return LocalClassifier(
        folder=folder,
        harmful=harmful,
        several=several == "yes",
        dtype=dtype,
        device=device,
        timeout=spec.timeout,
        threshold=spec.threshold,
        kinds=kinds_of(spec, frozenset({Kind.REQUEST, Kind.EXCHANGE})),
        batch=batch,
        concurrency=spec.concurrency or 1,
        identity={**_facts(folder, dtype), **facts},
        taxonomy=spec.taxonomy,
    )


def _language_model(spec: SystemSpec, folder: Path, own: Mapping[str, str], options: Mapping[str, str]) -> Local:
    kind = own.get("guard", CHAT)
    name = re.sub(r"[^\w.-]", "-", folder.name)
    behind = replace(spec, kind=kind, target=f"{name}@http://127.0.0.1", options=tuple(options.items()))
    module = plugin("systems", kind).load()
    served = None if getattr(module, "SEES_CORPUS", False) else module.build(behind)
    if not isinstance(served, Served):
        raise InputError(f"{spec.name}: {kind!r} is no guard that stands behind a server")
    batch, dtype, device = _common(spec, own)
    server = LocalServer(
        load=lambda: LanguageModel.of(folder, dtype, device), timeout=spec.timeout, batch=batch, concurrency=1
    )
    facts = {key: value for key, value in (served.identity or {}).items() if key != "url"}
    return Local(
        served=replace(served, server=cast("Any", server)),
        batch=batch,
        concurrency=spec.concurrency or 1,
        identity={**facts, "as": facts.get("adapter"), **_facts(folder, dtype)},
        taxonomy=served.taxonomy,
        kinds=served.kinds,
    )
