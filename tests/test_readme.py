"""What the README shows is what happens."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

from refusals.cases import Kind
from refusals.cli import run_command
from refusals.corpus import find_corpus, load_corpus
from refusals.schema import conform
from refusals.yamlfile import parse_yaml

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text("utf-8")
DOCS = sorted([ROOT / "README.md", *(ROOT / "docs").glob("*.md")])


def blocks(language: str) -> list[str]:
    """Return the code blocks of the README in a language."""
    fences = README.split("```")
    return [fence.partition("\n")[2] for fence in fences[1::2] if fence.partition("\n")[0] == language]


def test_the_counts_in_the_readme_are_the_corpus_s() -> None:
    """Families, domains, languages and texts are counted, not remembered."""
    corpus = load_corpus(find_corpus(None, ROOT))
    tags = [tag for tag in corpus.tags if not corpus.languages[tag].variant_of]
    families = [family for family in corpus.families if not family.language]
    requests = [family for family in families if family.kind is Kind.REQUEST]
    native = [family for family in corpus.families if family.language]
    texts = sum(tag in tags and text.wording is not None for (tag, _), text in corpus.translations.items())
    texts += sum(len(family.cases) for family in corpus.families)
    said = " ".join(README.split())

    assert f"{len(families)} families in {len(corpus.domains)} domains" in said
    assert f"{len(requests)} of them requests in {len(tags)} languages" in said
    assert f"{len(native)} native families" in said
    assert f"{texts:,} texts in all" in said


def test_every_study_in_the_readme_is_valid() -> None:
    """A reader can copy it."""
    found = blocks("yaml")

    assert found
    for text in found:
        conform(parse_yaml(text.encode(), "README.md"), "study")
        assert yaml.safe_load(text)


def test_every_python_block_in_the_readme_compiles() -> None:
    """The same for code."""
    found = blocks("python")

    assert found
    for text in found:
        compile(text, "README.md", "exec")


def test_every_command_in_the_readme_exists() -> None:
    """Commands and their options are those of the program."""
    from click.testing import CliRunner

    from refusals.cli import group

    for line in re.findall(r"^\$ refusals (.*)$", README, re.MULTILINE):
        name, *rest = re.sub(r"#.*", "", line).split()
        said = CliRunner().invoke(group, [name, "--help"]).output
        assert said.startswith("Usage"), line
        for word in rest:
            assert not word.startswith("--") or word in said, f"{line}: {word}"


@pytest.mark.parametrize("path", DOCS, ids=lambda path: path.name)
def test_every_link_leads_somewhere(path: Path) -> None:
    """No document points to a file that is not there."""
    for target in re.findall(r"\]\(([^)#]+)[^)]*\)", path.read_text("utf-8")):
        assert target.startswith("https://") or (path.parent / target).exists(), target


def test_every_command_has_help_that_teaches(capsys: pytest.CaptureFixture[str]) -> None:
    """`--help` of each command says more than its name, and the group's lists the exit codes."""
    from refusals.cli import Commands, group

    assert isinstance(group, Commands)
    for name in group.list_commands(None):  # type: ignore[arg-type]
        assert run_command([name, "--help"]) == 0
        assert len(capsys.readouterr().out) > 150, name
    run_command(["--help"])
    assert "130  interrupted" in capsys.readouterr().out
