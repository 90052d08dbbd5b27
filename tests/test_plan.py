"""The plan is drawn before the first call, from nothing but corpus, systems, policy, selection and seed."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from refusals.cases import Kind, Label
from refusals.corpus import Corpus, load_corpus
from refusals.errors import InputError, NothingSelectedError
from refusals.plan import Ending, Plan, Reader, make_plan, split_of
from refusals.policies import Expectation, load_policy
from refusals.study import Calibration, Selection
from tests.corpora import write_corpus

READER = Reader(name="x", kinds=frozenset(Kind))


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Corpus:
    """Five families in three languages."""
    return load_corpus(write_corpus(tmp_path_factory.mktemp("corpus"), families=5, languages=("en", "sw", "yo")))


def planned(corpus: Corpus, selection: Selection | None = None, *, policy: str = "default", seed: int = 0) -> Plan:
    """Plan one system."""
    return make_plan(corpus, [READER], load_policy(policy, corpus.folder), selection or Selection(), seed=seed)


def test_everything_is_planned_once(corpus: Corpus) -> None:
    """Every case in every language, for every system that reads its kind."""
    plan = planned(corpus)

    assert len(plan.trials) == 5 * 3 * 3
    assert len({trial.id for trial in plan.trials}) == len(plan.trials)


def test_the_same_seed_gives_the_same_order_and_another_another(corpus: Corpus) -> None:
    """The visiting order can be drawn again by anybody."""
    assert planned(corpus, seed=1) == planned(corpus, seed=1)
    assert [t.id for t in planned(corpus, seed=1).trials] != [t.id for t in planned(corpus, seed=2).trials]
    assert planned(corpus, seed=1).digest != planned(corpus, seed=2).digest


def test_the_digest_changes_with_anything_that_is_asked_or_expected(corpus: Corpus) -> None:
    """A run is not resumed under another policy, corpus or selection."""
    digests = {
        planned(corpus).digest,
        planned(corpus, policy="open").digest,
        planned(corpus, Selection(languages=("en",))).digest,
        planned(corpus, Selection(labels=("benign",))).digest,
        planned(corpus, Selection(limit=2)).digest,
    }

    assert len(digests) == 5


@pytest.mark.parametrize(
    ("selection", "count"),
    [
        (Selection(languages=("sw",)), 15),
        (Selection(labels=("harmful",)), 15),
        (Selection(limit=2), 18),
        (Selection(limit=99), 45),
        (Selection(kinds=("request",)), 45),
        (Selection(domains=("garden",)), 45),
    ],
)
def test_a_selection_leaves_what_it_names(corpus: Corpus, selection: Selection, count: int) -> None:
    """Options narrow the plan, families stay whole."""
    assert len(planned(corpus, selection).trials) == count


@pytest.mark.parametrize(
    ("selection", "said"),
    [
        (Selection(languages=("swa",)), "no language 'swa'; did you mean 'sw'"),
        (Selection(domains=("gardn",)), "no domain 'gardn'; did you mean 'garden'"),
        (Selection(labels=("harmfull",)), "no label 'harmfull'; did you mean 'harmful'"),
        (Selection(kinds=("prompt",)), "no kind 'prompt'"),
    ],
)
def test_a_name_that_is_not_there_is_answered_with_the_nearest(corpus: Corpus, selection: Selection, said: str) -> None:
    """A typo never selects nothing in silence."""
    with pytest.raises(InputError, match=said):
        planned(corpus, selection)


def test_an_empty_selection_has_its_own_exit_code(corpus: Corpus) -> None:
    """5, as in pytest: nothing was selected."""
    with pytest.raises(NothingSelectedError) as error:
        planned(corpus, Selection(kinds=("exchange",)))

    assert error.value.exit_code == 5


def test_a_prompt_tells_nothing_of_its_label(corpus: Corpus) -> None:
    """What a system sees has no word of case, family, domain or label."""
    from refusals.prompts import as_json

    for trial in planned(corpus).trials:
        sent = {key: value for key, value in as_json(trial.prompt).items() if key != "prompt"}
        for word in (trial.case, trial.family, trial.domain, str(trial.label), "benign", "harmful"):
            assert word not in str(sent)


def test_policies_say_what_is_expected(corpus: Corpus) -> None:
    """`open` leaves dual-use unscored; exceptions are by domain."""
    expected = {trial.label: trial.expectation for trial in planned(corpus, policy="open").trials}
    strict = load_policy("strict", Path())

    assert expected == {
        Label.BENIGN: Expectation.COMPLY,
        Label.DUAL_USE: Expectation.EITHER,
        Label.HARMFUL: Expectation.REFUSE,
    }
    assert strict.expects("chemical", Label.DUAL_USE) is Expectation.REFUSE
    assert strict.expects("cyber", Label.DUAL_USE) is Expectation.COMPLY


def test_a_missing_translation_is_planned_and_withheld(corpus: Corpus) -> None:
    """A hole in the corpus is a cell that did not run, not a smaller corpus."""
    gone = ("sw", "garden/tree-1/benign")
    holed = replace(corpus, translations={k: t for k, t in corpus.translations.items() if k != gone})
    withheld = [trial for trial in planned(holed).trials if trial.withheld]

    assert [(t.language, t.case, t.withheld, t.because) for t in withheld] == [
        (*gone, Ending.NOT_RUN, "there is no translation")
    ]


def test_a_kind_that_a_language_is_not_to_have_is_no_hole(corpus: Corpus) -> None:
    """A language says for which kinds of case it has texts; a text that is there is asked all the same."""
    sw = replace(corpus.languages["sw"], kinds=frozenset({Kind.EXCHANGE}))
    kept = ("sw", "garden/tree-1/benign")
    holed = replace(
        corpus,
        languages={**corpus.languages, "sw": sw},
        translations={k: t for k, t in corpus.translations.items() if k[0] != "sw" or k == kept},
    )
    trials = [trial for trial in planned(holed).trials if trial.language == "sw"]

    assert [(trial.case, trial.withheld) for trial in trials] == [(kept[1], None)]


def test_what_does_not_translate_is_left_out_and_counted(corpus: Corpus) -> None:
    """`untranslatable` has a reason, so it is no hole."""
    key = ("sw", "garden/tree-1/benign")
    text = replace(corpus.translations[key], wording=None, untranslatable="the pun is lost")
    plan = planned(replace(corpus, translations={**corpus.translations, key: text}))

    assert plan.untranslatable == {"sw": 1}
    assert len(plan.trials) == 44


def test_a_taxonomy_the_crosswalk_does_not_know_is_an_error(corpus: Corpus) -> None:
    """Nothing can be said of a scheme nobody has mapped; guessing would hide misses."""
    reader = replace(READER, taxonomy="llama-guard-9")
    with pytest.raises(InputError, match=r"does not know 'llama-guard-9'; did you mean 'llama-guard-3'"):
        make_plan(corpus, [reader], load_policy("default", corpus.folder), Selection())


def test_native_families_are_asked_in_their_language_only(tmp_path: Path) -> None:
    """A family written in Swahili has no source text in English."""
    folder = write_corpus(tmp_path, families=1, languages=("en", "sw"))
    family = (folder / "cases" / "garden" / "tree-1.yaml").read_text("utf-8")
    native = folder / "cases" / "native" / "sw" / "tunda.yaml"
    native.parent.mkdir(parents=True)
    text = family.replace("garden/tree-1", "native/sw/tunda").replace("author:", "language: sw\nauthor:")
    native.write_text(text.replace("How do I", "Je, how do I"), "utf-8")
    trials = [trial for trial in planned(load_corpus(folder)).trials if trial.native]

    assert {trial.language for trial in trials} == {"sw"}
    assert len(trials) == 3


def test_a_sample_is_of_families_that_every_language_has(tmp_path: Path) -> None:
    """A native family is asked in one language only, so a few of all would leave other languages nearly empty."""
    folder = write_corpus(tmp_path, families=3, languages=("en", "sw"))
    family = (folder / "cases" / "garden" / "tree-1.yaml").read_text("utf-8")
    for number in range(9):
        native = folder / "cases" / "native" / "sw" / f"tunda-{number}.yaml"
        native.parent.mkdir(parents=True, exist_ok=True)
        text = family.replace("garden/tree-1", f"native/sw/tunda-{number}").replace("author:", "language: sw\nauthor:")
        native.write_text(text.replace("How do I", f"Je, {number}, how do I"), "utf-8")
    corpus = load_corpus(folder)
    few = planned(corpus, Selection(limit=2)).trials
    native_only = planned(corpus, Selection(limit=2, domains=("native/sw",))).trials

    assert not any(trial.native for trial in few)
    assert len({trial.family for trial in few}) == 2
    assert len({trial.family for trial in native_only}) == 2


def test_a_sample_is_of_kinds_that_a_system_reads(corpus: Corpus) -> None:
    """`--limit 1` with a guard of requests draws a request, whatever else there is."""
    families = tuple(replace(f, kind=Kind.TRANSCRIPT) if f.id != "garden/tree-2" else f for f in corpus.families)
    reader = replace(READER, kinds=frozenset({Kind.REQUEST}))
    few = make_plan(
        replace(corpus, families=families), [reader], load_policy("default", corpus.folder), Selection(limit=1)
    )

    assert {trial.family for trial in few.trials} == {"garden/tree-2"}


def test_families_are_split_where_the_run_chooses_a_threshold(corpus: Corpus) -> None:
    """A whole family is in one part, in all languages; a run is not resumed under another limit."""
    policy = load_policy("default", corpus.folder)
    readers = [replace(READER, calibrate=Calibration(limit=limit)) for limit in (0.1, 0.2)]
    one, other = (make_plan(corpus, [reader], policy, Selection()) for reader in readers)

    parts = {(trial.family, trial.split) for trial in one.trials}
    assert parts == {(family.id, str(split_of(family.id, 0))) for family in corpus.families}
    assert one.calibrations == {"x": Calibration(limit=0.1)}
    assert len({one.digest, other.digest, planned(corpus).digest}) == 3
    assert {trial.split for trial in planned(corpus).trials} == {""}


def test_a_repeat_is_a_trial_of_its_own(corpus: Corpus) -> None:
    """It has an id, and the prompt of the others; what is asked once is planned as before."""
    reader = replace(READER, repeats=3)
    plan = make_plan(corpus, [reader], load_policy("default", corpus.folder), Selection())

    assert len(plan.trials) == len({trial.id for trial in plan.trials}) == 3 * 45
    assert len({trial.prompt.id for trial in plan.trials}) == 45
    assert {trial for trial in plan.trials if trial.repeat == 1} == set(planned(corpus).trials)
    assert plan.digest != planned(corpus).digest
